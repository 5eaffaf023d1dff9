"""What a room has answered to moves and leaves with keys: a copy of one gets the same answer and does nothing."""

from collections import deque
from hashlib import blake2b
from typing import Any, Self

import msgspec
from msgspec import Struct

from server.backends.holds import REMEMBER_ANSWER_MS, Hold
from server.errors import ClientError
from server.messages import encode
from server.rooms.room_deps import RoomDeps

MOST_ANSWERS = 1_000
"""How many answers to one player a room remembers."""


class CommandKey(Struct, frozen=True):
    """The key under which a player sent a move or a leave. ``command`` is equal for equal commands only."""

    key: str
    command: str

    @classmethod
    def of(cls, key: str, *command: Any) -> Self:
        """The key of a command with these parts, which are values of JSON."""
        parts = msgspec.json.encode(command, order="deterministic")
        return cls(key, blake2b(parts, digest_size=16).hexdigest())


class Move(Struct, frozen=True):
    """A player's move: ``fields`` are the game's own. It counts in ``round`` only; None: in the live one."""

    fields: dict[str, Any]
    round: str | None = None
    key: CommandKey | None = None


class Answer(Struct, frozen=True, omit_defaults=True):
    """What a player was told: the ``reply``, or a refusal with a ``code``."""

    reply: dict[str, Any] = {}
    code: str = ""
    message: str = ""
    extra: dict[str, Any] = {}

    @classmethod
    def of_refusal(cls, refusal: ClientError) -> Self:
        return cls(code=refusal.error.code, message=refusal.message, extra=refusal.extra)

    def tell(self) -> dict[str, Any]:
        """Returns the reply, or raises the refusal."""
        if self.code:
            raise ClientError(self.code, self.message, **self.extra)
        return self.reply


decode_answer = msgspec.json.Decoder(Answer).decode


class Answered(Struct, frozen=True):
    """The first answer under a key. ``ended`` names the round that the move has ended: the player may know the answer
    only when that round is over."""

    command: str
    answer: Answer
    ended: str | None = None


class Answers:
    """What a room has answered to moves and leaves with keys, by player and key.

    An answer is kept for as long as its round and ``keep_ms`` longer, but no more than the last ``most`` of a player.
    The holds backend gets a copy, for the time when the room is closed or on another node.
    """

    def __init__(
        self, room: str, deps: RoomDeps, *, keep_ms: int = REMEMBER_ANSWER_MS, most: int = MOST_ANSWERS
    ) -> None:
        self._room = room
        self._deps = deps
        self._keep_ms = keep_ms
        self._most = most
        self._by_user: dict[int, dict[str, Answered]] = {}
        self._of_live_round: dict[tuple[int, str], Answered] = {}
        """The answers since the last round ended, by player and key."""
        self._older: deque[tuple[int, int, str, Answered]] = deque()
        """When to forget an answer (ms of the monotonic clock), its player and key, and the answer."""

    def first(self, user_id: int, key: CommandKey | None) -> Answered | None:
        """The answer to an earlier copy of the command. Raises ClientError key_conflict if the key was used for
        another one."""
        known = None if key is None else self._by_user.get(user_id, {}).get(key.key)
        if known is not None and key is not None and known.command != key.command:
            raise ClientError("key_conflict")
        return known

    def require_unused(self, user_id: int, key: str) -> None:
        """Raises ClientError key_conflict if the key of a bet was used for a move or a leave."""
        if user_id in self._by_user and key in self._by_user[user_id]:
            raise ClientError("key_conflict")

    def add(self, user_id: int, key: CommandKey, answer: Answer, ended: str | None = None) -> Answered:
        of_user = self._by_user.setdefault(user_id, {})
        if len(of_user) >= self._most:
            oldest = next(iter(of_user))
            del of_user[oldest]
            self._of_live_round.pop((user_id, oldest), None)
        answered = Answered(key.command, answer, ended)
        of_user[key.key] = self._of_live_round[user_id, key.key] = answered
        return answered

    def share(self, user_id: int, key: CommandKey, answer: Answer) -> None:
        """Let the holds backend remember the answer, too. Call this when the player may know it."""
        used = Hold(
            user_id=user_id,
            key=key.key,
            amount=0,
            room=self._room,
            bet="",
            selection=key.command.encode(),
            answer=encode(answer),
        )
        self._deps.holds.remember(used)

    def round_over(self) -> None:
        """The live round is over: from now on the time runs after which its answers are forgotten."""
        now = self._deps.clock.monotonic_ms()
        until = now + self._keep_ms
        self._older.extend((until, user_id, key, answered) for (user_id, key), answered in self._of_live_round.items())
        self._of_live_round.clear()
        while self._older and self._older[0][0] < now:
            _, user_id, key, answered = self._older.popleft()
            of_user = self._by_user.get(user_id, {})
            if of_user.get(key) is answered:
                del of_user[key]
            if not of_user:
                self._by_user.pop(user_id, None)
