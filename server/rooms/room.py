"""A room: one game, its players, what they may do and what is seen of it.

A command's way: inbox → the engine says what it costs → the bank holds it → the engine applies it → events.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw

from game_engine.game import Act, AnyGame, Step
from server import messages
from server.backends.bus import Claim, EncodedFrame
from server.backends.directory import Terms
from server.backends.holds import CachedAccount, Hold, KeyUsedError
from server.errors import ClientError, UnreachableError
from server.messages import Position, bad_request, encode
from server.rooms.access import Access
from server.rooms.betting import allowed
from server.rooms.delayed_frames import DelayedFrames
from server.rooms.frame_log import FrameLog
from server.rooms.live_round import LiveRound, Place, action_of, selection_of
from server.rooms.membership import Membership
from server.rooms.room_deps import Services, Setting
from server.rooms.round_loop import RoundLoop
from server.rooms.seating import Seating, Sitting
from server.rooms.spectators import SpectatorCount
from server.rooms.turns import Turns

CHAT_LINES = 50
CLOSING = "closing"
"""Why a room is paused that its owner has closed."""


class Room:
    """A room is public (always open, under its game's name), solo (``owner`` is the player for whom it was opened), or
    private: opened by a player for others, on ``terms``; without any, it was closed."""

    def __init__(
        self,
        claim: Claim,
        game: AnyGame,
        options: Any,
        game_id: int,
        services: Services,
        *,
        terms: Terms | None = None,
    ) -> None:
        config = services.config
        self.claim = claim
        self.key = key = claim.room
        self.game = game
        self.options = options
        self.is_public = key == game.name
        self.is_solo = not game.shared
        self.is_private = not self.is_public and not self.is_solo
        self.owner: int | None = None
        self.closing = self.is_private and (terms is None or terms.closing)
        self.paused: str | None = services.trouble()
        self.seating = Seating(game.seats if terms is None else terms.seats)
        self.access = Access(terms, self.seating)
        self.chat: deque[messages.ChatLine] = deque(maxlen=CHAT_LINES)
        self.limits = messages.StakeLimits(config.min_stake, config.max_stake)
        self.frames = FrameLog(
            claim,
            services.owns,
            services.bus,
            services.clock,
            interval_ms=config.frame_interval_ms,
            keep=config.history_frames,
        )
        self.late = DelayedFrames(claim, services, terms.delay) if terms is not None and terms.delay else None
        if self.late is not None:
            self.frames.sent = self._sent
        self._inbox = Turns(config.room_inbox)
        self._services = services
        self._game_id = game_id
        place = Place(game_id, key, 0, encode(options))
        self.rounds = RoundLoop(
            Setting(game, options, place, self.seating, claim, self.frames, self._inbox, services, self._round_over)
        )
        self.stays = Membership(place, self.seating, self._inbox, self.rounds, services)
        self.audience = SpectatorCount(self.seating, self.rounds.say)
        self._cached: tuple[int, messages.Snapshot] | None = None
        self._for_spectators: messages.SnapshotAt | None = None
        self._beginning: messages.Snapshot | None = None

    # ---- commands ----

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        """Place a bet. Raises ClientError, or KeyUsedError when the key is known."""
        selection = selection_of(self.game, request.selection)
        await self._services.holds.learn_losses(account.user_id)
        async with self._inbox.turn():
            try:
                return await self._place(account, request, selection)
            except UnreachableError:
                raise
            except ClientError:
                # Taking the hold says whether the key is known; what is refused before that may have been placed once.
                self.rounds.backing.require_no_doubt(account.user_id, request.key)
                used = await self._services.holds.find(account.user_id, request.key)
                if used is not None:
                    raise KeyUsedError(used) from None
                raise

    async def _place(self, account: CachedAccount, request: messages.Bet, selection: Any) -> messages.BetOk:
        sitting = self._sitting(account.user_id)
        if self.paused is not None:
            raise ClientError("paused", reason=self.paused)
        round_ = self.rounds.takes_bets(request.round)
        if not self.limits.min_stake <= request.amount <= self.limits.max_stake:
            stakes = f"Stakes here are from {self.limits.min_stake} to {self.limits.max_stake} cents."
            raise ClientError("limit_exceeded", stakes, field="amount")
        hold, wallet = await self.rounds.wagers.place(round_, sitting, request.amount, selection, request.key)
        return messages.BetOk(hold.bet, round_.name, wallet.balance, wallet.held, wallet.version)

    async def act(self, account: CachedAccount, fields: dict[str, Any]) -> dict[str, Any]:
        """A move of the game; ``fields`` is the request without its envelope. Raises ClientError."""
        await self._services.holds.learn_losses(account.user_id)
        async with self._inbox.turn():
            sitting = self._sitting(account.user_id)
            round_ = self.rounds.live
            if round_ is None or round_.ended:
                raise ClientError("illegal_action", "No round is running.")
            if self.game.action is None:
                raise ClientError("illegal_action", "The game has no actions.")
            try:
                command = action_of(self.game, round_, sitting.seat, fields)
            except msgspec.ValidationError as error:
                raise bad_request(error) from None
            step = await self._apply_act(account, round_, command)
            self.rounds.follow(round_, step)
        if step.outcome is not None:
            await self.rounds.over(round_)
        return step.reply

    async def _apply_act(self, account: CachedAccount, round_: LiveRound, command: Act) -> Step[Any]:
        stake = allowed(round_.stake_of, command)
        if stake == 0:
            return await self.rounds.wagers.apply(round_, command)
        key = f"{round_.name:>64}+{len(round_.holds)}"  # longer than any that a client can choose
        hold = Hold(account.user_id, key, stake, self.key, round_.name, b"null")
        _, step = await self.rounds.wagers.stake_and_apply(round_, command, hold)
        round_.holds.append(hold)
        return step

    async def say(self, account: CachedAccount, text: str) -> None:
        """Chat. Raises ClientError not_seated."""
        async with self._inbox.turn():
            sitting = self._sitting(account.user_id)
            at = self._services.clock.now_ms()
            self.chat.append(messages.ChatLine(sitting.username, text, at))
            self.rounds.say(messages.ChatSaid(sitting.username, text, at))

    def _sitting(self, user_id: int) -> Sitting:
        sitting = self.seating.of(user_id)
        if sitting is None or sitting.leaving:
            raise ClientError("not_seated")
        return sitting

    # ---- what is seen ----

    async def standing(self, user_id: int | None, *, anew: bool = False) -> messages.SnapshotAt:
        """The snapshot that this viewer may see, standing exactly at its seq. ``anew``: who comes from another
        numbering stands at the beginning of this one, as long as every frame since is to be had."""
        beginning = Position(self.frames.epoch, 0)
        if anew and self._beginning is not None and self.frames.since(beginning.epoch, beginning.seq) is not None:
            return standing_at(self, beginning, self._for(user_id, self._beginning))
        return await self.frames.at_rest(lambda: self._standing(user_id))

    def begin(self) -> None:
        """Note what there is to see before the first frame: the first ones tell the end of the last owner's round."""
        self._beginning = snapshot_of(self)
        if self.late is not None:
            self.late.begin(msgspec.structs.replace(self._beginning, history=[], chat=[]))

    def _sent(self, frame: EncodedFrame, lasting: bool) -> None:
        assert self.late is not None
        self.late.take(frame, snapshot_of(self) if lasting else None)

    def late_standing(self, user_id: int | None) -> messages.SnapshotAt:
        """What is shown, late, to a viewer without a seat. Raises ClientError unavailable while the room may belong to
        another node, or has no such view."""
        if self.late is None or not self._services.owns(self.claim):
            raise ClientError("unavailable")
        return standing_at(self, self.late.at(), self._for(user_id, self.late.snapshot))

    def _standing(self, user_id: int | None) -> messages.SnapshotAt:
        if self._cached is None or self._cached[0] != self.frames.seq:
            self._cached, self._for_spectators = (self.frames.seq, snapshot_of(self)), None
        snapshot, at = self._cached[1], Position(self.frames.epoch, self.frames.seq)
        sitting = self.seating.of(user_id)
        if sitting is None and not self.access.is_owner(user_id):
            self._for_spectators = self._for_spectators or standing_at(self, at, snapshot)
            return self._for_spectators
        if sitting is not None and self.rounds.live:
            snapshot = msgspec.structs.replace(snapshot, view=self.rounds.live.view(sitting.seat))
        return standing_at(self, at, self._for(user_id, snapshot))

    def _for(self, user_id: int | None, snapshot: messages.Snapshot) -> messages.Snapshot:
        """The snapshot with what is for the eyes of a seat's player, and of the owner."""
        sitting, terms = self.seating.of(user_id), self.access.terms
        if sitting is not None:
            you = messages.You(sitting.username, sitting.session_id, sitting.seat)
            snapshot = msgspec.structs.replace(snapshot, you=you)
        if terms is not None and snapshot.private is not None and self.access.is_owner(user_id):
            private = msgspec.structs.replace(snapshot.private, invite=terms.invite)
            snapshot = msgspec.structs.replace(snapshot, private=private)
        return snapshot

    def owner_name(self) -> str | None:
        """Of a private room: who opened it."""
        terms = self.access.terms
        if terms is None:
            return None
        account = self._services.holds.account(terms.owner)
        return terms.username if account is None else account.username

    def set_paused(self, reason: str | None) -> None:
        """Take no bets for this reason, or go on with None."""
        if reason != self.paused and not self.closing:
            self.paused = reason
            self.rounds.say(messages.RoomPaused(reason) if reason else messages.RoomResumed(), soon=True)

    # ---- its end ----

    def _round_over(self) -> None:
        self.stays.round_over()

    def begin_to_close(self) -> Terms:
        """Take no bets any more; the terms of the room from now on."""
        self.set_paused(CLOSING)
        self.closing = True
        assert self.access.terms is not None
        self.access.terms = msgspec.structs.replace(self.access.terms, closing=True)
        return self.access.terms

    async def stop(self, deadline: float) -> None:
        """Let the live round end within ``deadline`` seconds, or make it void; nobody sits down any more."""
        self.stays.admit_nobody()
        await self.rounds.stop(deadline)

    def close(self) -> None:
        """The room is no more, or goes on elsewhere: tell what is left to tell."""
        self.rounds.alarm.stop()
        self.frames.flush()
        if self.late is not None:
            self.late.close()
        self.stays.close()

    def drop(self) -> None:
        """Another node has the room: it was never ours to tell anything."""
        self.rounds.drop()
        self.frames.drop()
        if self.late is not None:
            self.late.drop()
        self.stays.close()


def standing_at(room: Room, at: Position, snapshot: messages.Snapshot) -> messages.SnapshotAt:
    return messages.SnapshotAt(room.key, at.epoch, at.seq, Raw(encode(snapshot)))


def snapshot_of(room: Room) -> messages.Snapshot:
    """The room as a spectator sees it."""
    live = room.rounds.live
    return messages.Snapshot(
        game=room.game.name,
        round=live.described() if live else None,
        paused=room.paused,
        view=live.view(None) if live else {"phase": "waiting"},
        bets=live.wagers() if live else [],
        players=[sitting.described() for sitting in room.seating.all()],
        spectators=room.audience.spectators,
        chat=list(room.chat),
        history=list(room.rounds.history),
        limits=room.limits,
        options=room.options,
        private=_private(room),
    )


def _private(room: Room) -> messages.PrivateRoom | None:
    terms = room.access.terms
    if terms is None:
        return None
    return messages.PrivateRoom(
        owner=room.owner_name() or terms.username,
        seats=terms.seats,
        listed=terms.listed,
        watch=terms.watch,
        delay=terms.delay,
        invited_only=terms.invited_only,
    )


def summary_of(room: Room) -> messages.RoomSummary:
    """The room as a card of the lobby, which everybody sees, so that it tells no more than a stranger may watch."""
    terms = room.access.terms
    view, round_, history = _glance(room)
    return messages.RoomSummary(
        room=room.key,
        game=room.game.name,
        title=room.game.title,
        shared=room.game.shared,
        private=room.is_private,
        owner=room.owner_name(),
        seats=room.seating.size,
        watch="everybody" if terms is None else terms.watch,
        invited_only=terms is not None and terms.invited_only,
        delay=0 if terms is None else terms.delay,
        options=room.options,
        players=len(room.seating),
        spectators=room.audience.spectators,
        phase=view["phase"],
        closes_at=view.get("closes_at"),
        started_at=view.get("started_at"),
        paused=room.paused,
        round=round_.round if round_ else None,
        history=list(history)[:10],
    )


def _glance(room: Room) -> tuple[dict[str, Any], messages.RoundName | None, Iterable[messages.PastRound]]:
    """The game's view, the round, and those before it, as a stranger sees them."""
    terms = room.access.terms
    if terms is not None and terms.watch != "everybody":
        return {"phase": "hidden"}, None, ()
    if room.late is not None:
        seen = room.late.snapshot
        return seen.view, seen.round, seen.history
    live = room.rounds.live
    if live is None:
        return {"phase": "waiting"}, None, room.rounds.history
    return live.view(None), live.described(), room.rounds.history
