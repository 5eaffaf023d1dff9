"""The people in a room: its seats and their players, those who are away, and the number of spectators."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Protocol

from game_engine.game import Seat
from server import messages
from server.backends.holds import CachedAccount
from server.clock import to_ms
from server.errors import ClientError
from server.messages import PlayerAway, PlayerBack, PlayerJoined, PlayerLeft, RoomEvent, Sitter, Spectators
from server.rooms.frame_log import FrameLog
from server.rooms.room_deps import RoomDeps
from storage.store import PlayerRow


class Member:
    """A player with a seat. ``nodes`` are the nodes on which the player has a connection to the room."""

    __slots__ = ("away", "grace", "leaving", "nodes", "seat", "session_id", "taken", "user_id", "username")

    def __init__(self, seat: Seat, user_id: int, username: str, session_id: int) -> None:
        self.seat = seat
        self.user_id = user_id
        self.username = username
        self.session_id = session_id
        self.away = False
        self.leaving = False
        """The player leaves at the end of the round."""
        self.taken: messages.BringsBack | None = None
        """In a game with table stakes: what the player took from the room when they last played, and until when they
        have to bring it back. None while it is on the table."""
        self.nodes: set[str] = set()
        self.grace: asyncio.TimerHandle | None = None

    def describe(self) -> Sitter:
        return Sitter(player=self.username, session=self.session_id, away=self.away, seat=self.seat)

    def rename(self, username: str) -> list[RoomEvent]:
        """Use the account's current name from the next round on. Returns the events that announce a new one."""
        old, self.username = self.username, username
        if old == username:
            return []
        events: list[RoomEvent] = [PlayerJoined(username, self.session_id, self.seat), PlayerLeft(old)]
        return [*events, PlayerAway(username)] if self.away else events

    def stop_grace(self) -> None:
        if self.grace is not None:
            self.grace.cancel()
            self.grace = None


class Seats:
    """The seats of one room, 0 … ``size`` − 1."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._by_user: dict[int, Member] = {}
        self._taken: Counter[Seat] = Counter()
        """How many members and joining players have each seat. Only the same player can have it twice."""
        self._reserved: dict[int, tuple[Seat, int]] = {}
        """For users who are joining: their seat, and how many of their requests wait."""
        self._lowest_free = 0

    def __len__(self) -> int:
        return len(self._by_user)

    def of(self, user_id: int | None) -> Member | None:
        return None if user_id is None else self._by_user.get(user_id)

    def at(self, seat: Seat) -> Member | None:
        return next((member for member in self._by_user.values() if member.seat == seat), None)

    def all(self) -> list[Member]:
        return list(self._by_user.values())

    def choose_or_any(self, wanted: int | None) -> Seat:
        """The wanted seat if it is free, otherwise the lowest free one. Raises ClientError room_full."""
        is_free = wanted is not None and wanted < self.size and wanted not in self._taken
        return self.choose(wanted if is_free else None)

    def choose(self, wanted: int | None) -> Seat:
        """The wanted seat if it is free; the lowest free one if ``wanted`` is None. Raises ClientError room_full."""
        if wanted is not None:
            if wanted >= self.size:
                raise ClientError("bad_request", reason="no_such_seat", field="seat", least=0, most=self.size - 1)
            if wanted in self._taken:
                raise ClientError("room_full", reason="seat_taken", field="seat")
            return Seat(wanted)
        while self._lowest_free in self._taken:
            self._lowest_free += 1
        if self._lowest_free >= self.size:
            raise ClientError("room_full")
        return Seat(self._lowest_free)

    def reserve(self, user_id: int, wanted: int | None) -> Seat:
        """Keep a seat for a player who is joining: the wanted one, or the lowest free one. A second request of the same
        player gets the same seat. ``give_up`` must follow. Raises ClientError room_full."""
        seat, requests = self._reserved.get(user_id) or (self.choose(wanted), 0)
        self._reserved[user_id] = (seat, requests + 1)
        self._taken[seat] += 1
        return seat

    def give_up(self, user_id: int) -> None:
        """A request that had reserved a seat has ended; the player may have taken it."""
        seat, requests = self._reserved.pop(user_id)
        if requests > 1:
            self._reserved[user_id] = (seat, requests - 1)
        self._free(seat)

    def take(self, member: Member) -> None:
        self._by_user[member.user_id] = member
        self._taken[member.seat] += 1

    def vacate(self, member: Member) -> None:
        member.stop_grace()
        del self._by_user[member.user_id]
        self._free(member.seat)

    def _free(self, seat: Seat) -> None:
        self._taken[seat] -= 1
        if not self._taken[seat]:
            del self._taken[seat]
            self._lowest_free = min(self._lowest_free, seat)


class GraceListener(Protocol):
    def grace_over(self, user_id: int) -> None:
        """The player has been away for the whole grace period."""


class Membership:
    """Gives and takes the seats of one room, with the sessions and accounts of their players."""

    def __init__(
        self,
        key: str,
        game_id: int,
        deps: RoomDeps,
        *,
        seats: Seats,
        frames: FrameLog,
        listener: GraceListener,
        table_stakes: bool = False,
    ) -> None:
        """``table_stakes``: the game wants players to bring back what they took."""
        self._key = key
        self._game_id = game_id
        self._table_stakes = table_stakes
        self._seats = seats
        self._frames = frames
        self._deps = deps
        self._listener = listener
        self._admits = True

    def rejoin(self, user_id: int, node: str) -> Member | None:
        """The player's seat, if they have one; they have a connection on ``node`` now."""
        member = self._seats.of(user_id)
        if member is None:
            return None
        member.stop_grace()
        member.nodes.add(node)
        was_away, member.away, member.leaving = member.away, False, False
        if was_away:
            self._frames.add(PlayerBack(member.username))
        return member

    def reserve(self, user_id: int, wanted: int | None) -> Seat:
        """Keep a seat for a new player: the wanted one, or any if ``wanted`` is None. ``give_up`` must follow. Raises
        ClientError."""
        self._require_admission()
        return self._seats.reserve(user_id, wanted)

    def give_up(self, user_id: int) -> None:
        """The player has taken the reserved seat, or will not."""
        self._seats.give_up(user_id)

    def _require_admission(self) -> None:
        if not self._admits:
            raise ClientError("unavailable", reason="room_closing")

    async def start_session(self, account: CachedAccount, seat: Seat) -> int:
        """Record the beginning of the player's stay; returns its id. ``sit`` or ``end_session`` must follow. Raises
        ClientError, DatabaseUnavailableError."""
        session_id = await self._deps.sessions.start(account.user_id, self._game_id, self._key, seat)
        try:
            await self._deps.holds.enter(account.row())
        except BaseException:
            self._deps.sessions.end(session_id)
            raise
        return session_id

    async def find_taken(self, user_id: int) -> messages.BringsBack | None:
        """What the player has to bring back to the room. From the database, so that it holds after a restart, on every
        node and in every seat. Raises DatabaseUnavailableError."""
        if not self._table_stakes:
            return None
        since = self._deps.clock.now_ms() - self._deps.bring_back_ms
        found = await self._deps.sessions.taken_stack(user_id, self._key, since)
        if found is None:
            return None
        # If the clock was set back since then, the row is dated in the future. That must not prolong the hour.
        return self._brings_back(found.amount, min(to_ms(found.at), self._deps.clock.now_ms()))

    def _brings_back(self, amount: int, at: int) -> messages.BringsBack:
        return messages.BringsBack(amount=amount, left_at=at, until=at + self._deps.bring_back_ms)

    def stacks_taken(self, returned: Mapping[int, int]) -> None:
        """A round has ended and paid this back, in cents by user. What is bet again is not taken."""
        if not self._table_stakes:
            return
        now = self._deps.clock.now_ms()
        for user_id, amount in returned.items():
            member = self._seats.of(user_id)
            if member is not None:
                member.taken = self._brings_back(amount, now) if amount else None

    def must_bring(self, member: Member) -> messages.BringsBack | None:
        """What the player's next bet has to bring back; None if nothing."""
        taken = member.taken
        return None if taken is None or self._deps.clock.now_ms() >= taken.until else taken

    def sit(
        self, account: CachedAccount, seat: Seat, session_id: int, node: str, taken: messages.BringsBack | None
    ) -> Member:
        """Give the player the seat that was reserved. Raises ClientError."""
        self._require_admission()
        member = Member(seat, account.user_id, account.username, session_id)
        member.taken = taken
        member.nodes.add(node)
        self._seats.take(member)
        self._frames.add(PlayerJoined(member.username, session_id, seat))
        return member

    def end_session(self, user_id: int, session_id: int) -> None:
        self._deps.holds.exit(user_id)
        self._deps.sessions.end(session_id)

    async def resume(self, row: PlayerRow, session_id: int, seat: int | None) -> None:
        """Seat a player who had this seat when another node owned the room; in any seat if it is not known or taken.
        They have the grace period to reconnect. Raises ClientError."""
        taken = await self.find_taken(row.user_id)
        await self._deps.holds.enter(row)
        self._deps.sessions.resume(session_id, self._key)
        member = Member(self._seats.choose_or_any(seat), row.user_id, row.username, session_id)
        member.taken = taken
        self._seats.take(member)
        self._start_grace(member)

    def disconnect(self, user_id: int, node: str) -> None:
        """The player's last connection on ``node`` is gone. If they have none on other nodes, start the grace
        period."""
        member = self._seats.of(user_id)
        if member is None:
            return
        member.nodes.discard(node)
        if not member.nodes and not member.away and self._admits:
            self._start_grace(member)
            self._frames.add(PlayerAway(member.username))

    def _start_grace(self, member: Member) -> None:
        member.stop_grace()
        member.away = True
        loop = asyncio.get_running_loop()
        member.grace = loop.call_later(self._deps.config.grace, self._listener.grace_over, member.user_id)

    def keep_nodes(self, alive: Collection[str]) -> None:
        """Players have no connections on nodes other than ``alive``."""
        for member in self._seats.all():
            for node in member.nodes.difference(alive):
                self.disconnect(member.user_id, node)

    def leave(self, member: Member) -> None:
        """Free the member's seat and end the session."""
        self._seats.vacate(member)
        self._frames.add(PlayerLeft(member.username))
        self._frames.add_departure(member.user_id)
        self.end_session(member.user_id, member.session_id)
        if not len(self._seats):
            self._deps.listener.room_empty(self._key)

    def round_over(self) -> None:
        """Free the seats of the players who leave at the end of the round."""
        for member in self._seats.all():
            if member.leaving:
                self.leave(member)

    def stop_admitting(self) -> None:
        """From now on, give no seats and start no grace periods."""
        self._admits = False

    def end_sessions(self) -> None:
        """The room closes for good: its sessions end."""
        for member in self._seats.all():
            self._deps.sessions.end(member.session_id)

    def close(self) -> None:
        """Forget the members. Their sessions continue on the room's next node, or have ended."""
        self._admits = False
        for member in self._seats.all():
            self._seats.vacate(member)
            self._deps.holds.exit(member.user_id)


class SpectatorCount:
    """``spectators`` counts the connections, on all nodes, whose users have no seat."""

    def __init__(self, seats: Seats, frames: FrameLog) -> None:
        self.spectators = 0
        self._seats = seats
        self._frames = frames
        self._by_node: dict[str, tuple[int, dict[int, int]]] = {}

    def set_watchers(self, node: str, anonymous: int, users: dict[int, int]) -> None:
        """``anonymous`` connections and, by user, the connections of ``users`` watch the room on ``node``."""
        self._by_node[node] = (anonymous, users)
        count = sum(self._without_seat(*watchers) for watchers in self._by_node.values())
        if count != self.spectators:
            self.spectators = count
            self._frames.add(Spectators(count))

    def keep_nodes(self, alive: Collection[str]) -> None:
        """No one watches on nodes other than ``alive``."""
        for node in [node for node in self._by_node if node not in alive]:
            self.set_watchers(node, 0, {})
            del self._by_node[node]

    def _without_seat(self, anonymous: int, users: dict[int, int]) -> int:
        seat_of = self._seats.of
        return anonymous + sum(n for user_id, n in users.items() if seat_of(user_id) is None)
