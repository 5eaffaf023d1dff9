"""A room: one game, its players, and everything that players and the node can do with it.

A player's command goes through these steps: wait for the room's turn → the engine names the stake → the holds backend
reserves it → the journal records the command → the engine's step counts → events go out in a frame.
"""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from msgspec import UNSET

from game_engine.game import Seat, Step
from server import messages
from server.backends.bus import Claim, EncodedFrame
from server.backends.directory import Terms
from server.backends.holds import CachedAccount, KeyUsedError
from server.clock import RoundClock, utc
from server.errors import ClientError, UnreachableError
from server.messages import Position, VoidReason, bad_request
from server.rooms.access import Access, Admission
from server.rooms.answers import Answer, CommandKey, Move
from server.rooms.chat import ChatLog
from server.rooms.delayed_frames import DelayedFrames
from server.rooms.frame_log import FrameLog
from server.rooms.live_round import LiveRound, RoundSetup, StandingMove, StandingStake, action_of, selection_of
from server.rooms.membership import Member, Membership, Seats, SpectatorCount
from server.rooms.room_deps import RoomDeps
from server.rooms.round_loop import CommandQueue, RoundLoop
from server.rooms.snapshots import Snapshots, snapshot_of, summary_of
from server.tasks import Tasks
from storage.ledger import LARGEST_BALANCE
from storage.store import PlayerRow

CHAT_LINES = 50
OF_LATE_MOVES = frozenset({"illegal_action", "not_your_turn"})
"""The codes with which the rules refuse a move that comes after the round, among others."""
CLOSING = "closing"
"""The reason for a pause: the owner is closing the room."""
GAME_FAULT = "game"
"""The reason for a pause: no round is open, because faults of the game made the last ones void."""


class Room:
    """A room is *public* (always open, with its game's name as its key), *solo* (opened for one player), or *private*
    (opened by a player for others, on ``terms``). A private room without terms was closed on another node."""

    def __init__(
        self,
        claim: Claim,
        setup: RoundSetup,
        deps: RoomDeps,
        *,
        paused: str | None = None,
        terms: Terms | None = None,
        solo_player: int | None = None,
    ) -> None:
        config = deps.config
        self.claim = claim
        self.key = claim.room
        self.game = game = setup.game
        self.options = setup.options
        self.is_public = self.key == game.name
        self.is_solo = not game.shared
        self.is_private = not self.is_public and not self.is_solo
        self.solo_player = solo_player
        """The user for whom a solo room was opened."""
        self.closing = self.is_private and (terms is None or terms.closing)
        self.paused = self._pause_of_node = paused
        self.chat = ChatLog(CHAT_LINES)
        self.limits = messages.StakeLimits(config.min_stake, config.max_stake)
        self._deps = deps
        self._tasks = Tasks(self.key)
        clock = RoundClock(deps.clock)
        self._queue = CommandQueue(config.room_inbox)
        self.seats = Seats(game.seats if terms is None else terms.seats)
        self.access = Access(terms, self.seats)
        self.delayed = None
        if terms is not None and terms.delay:
            self.delayed = DelayedFrames(
                claim, deps.lease, deps.bus, delay_s=terms.delay, keep=config.history_frames, retry_s=deps.retry_s
            )
        self.frames = FrameLog(
            claim,
            deps.lease,
            deps.bus,
            clock,
            self,
            interval_ms=config.frame_interval_ms if game.shared else 0,  # no other players' events to batch
            keep=config.history_frames,
        )
        self.members = Membership(
            self.key,
            setup.game_id,
            deps,
            seats=self.seats,
            frames=self.frames,
            listener=self,
            table_stakes=game.table_stakes,
        )
        self.watchers = SpectatorCount(self.seats, self.frames)
        self.rounds = RoundLoop(
            setup,
            claim,
            deps,
            clock,
            frames=self.frames,
            seats=self.seats,
            members=self.members,
            queue=self._queue,
            waiting_changed=self._show_pause,
        )
        self._snapshots = Snapshots(self)

    # ---- seats ----

    async def join(self, account: CachedAccount, seat: int | None, invite: str | None, node: str) -> int:
        """Give the player a seat, or return to the one that they have; they have a connection on ``node``. Returns the
        session.
        Raises ClientError, DatabaseUnavailableError."""
        self.access.require_seat(account.user_id, invite)
        try:
            async with self._queue.turn():
                member = self.members.rejoin(account.user_id, node)
                reserved = None if member else self.members.reserve(account.user_id, seat)
            if member is None:
                assert reserved is not None
                member = await self._sit_down(account, reserved, node)
        except BaseException:
            self.report_if_empty()
            raise
        self.access.add_guests([account.user_id])
        return member.session_id

    async def _sit_down(self, account: CachedAccount, seat: Seat, node: str) -> Member:
        try:
            # Outside the queue, so that no command waits for the database. The player has no bet here by now, so no
            # later round pays them anything.
            taken = await self.members.find_taken(account.user_id)
            session_id = await self.members.start_session(account, seat)
            async with self._queue.own_turn():
                try:
                    member = self.members.rejoin(account.user_id, node)
                    if member is None:
                        return self.members.sit(account, seat, session_id, node, taken)
                except BaseException:
                    self.members.end_session(account.user_id, session_id)
                    raise
                self.members.end_session(account.user_id, session_id)  # the player joined twice at the same time
                return member
        finally:
            self.members.give_up(account.user_id)

    async def resume(self, row: PlayerRow, session_id: int, seat: int | None) -> None:
        """Seat a player who had this seat when another node owned the room. Raises ClientError."""
        await self.members.resume(row, session_id, seat)
        if self.is_solo:
            self.solo_player = row.user_id

    async def leave(self, user_id: int, key: CommandKey | None = None) -> None:
        """Free the player's seat; if they have a live bet, at the end of its round. A second leave with the same key
        does nothing. Raises ClientError key_conflict."""
        await self._leave(user_id, only_if_away=False, key=key)

    def grace_over(self, user_id: int) -> None:
        self._tasks.start(self._leave(user_id, only_if_away=True))

    async def _leave(self, user_id: int, *, only_if_away: bool, key: CommandKey | None = None) -> None:
        async with self._queue.own_turn():
            member = self.seats.of(user_id)
            is_copy = self.rounds.answers.first(user_id, key) is not None
            if is_copy or member is None or (only_if_away and not member.away):
                return
            if key is not None:
                self.rounds.answers.add(user_id, key, Answer())
            if self.rounds.has_bets_of(member):
                member.leaving = True
                # Only the room remembers this leave. If its node dies before the leave is in the journal, the player
                # still has the seat at the next node, and a copy must be able to give it up there.
                self.rounds.leave(member)
                return
            self.members.leave(member)
            if key is not None:
                self.rounds.answers.share(user_id, key, Answer())

    def reconnect(self, user_id: int, node: str) -> bool:
        """The player has a connection on ``node`` again. Returns False if they have lost their seat."""
        return self.members.rejoin(user_id, node) is not None

    def disconnect(self, user_id: int, node: str) -> None:
        """The player's last connection on ``node`` is gone."""
        self.members.disconnect(user_id, node)

    def admit(self, user_id: int | None, invite: str | None) -> Admission:
        """How the user may watch the room. Raises ClientError no_such_room if they may see nothing."""
        return self.access.admit(user_id, invite)

    def set_watchers(self, node: str, anonymous: int, users: dict[int, int]) -> None:
        """Who watches on a node: the number of anonymous connections, and the connections of each user."""
        self.watchers.set_watchers(node, anonymous, users)

    def keep_nodes(self, alive: Collection[str]) -> None:
        """No player or spectator is connected to a node other than ``alive``."""
        self.watchers.keep_nodes(alive)
        self.members.keep_nodes(alive)

    @property
    def is_empty(self) -> bool:
        """Whether all seats are free."""
        return not len(self.seats)

    @property
    def size(self) -> int:
        """The number of seats, free or taken."""
        return self.seats.size

    def report_if_empty(self) -> None:
        if self.is_empty:
            self._deps.listener.room_empty(self.key)

    # ---- playing ----

    async def bet(self, account: CachedAccount, request: messages.Bet) -> messages.BetOk:
        """Place a bet. Raises ClientError, or KeyUsedError if the key was used before."""
        selection = selection_of(self.game, request.selection)
        await self._deps.holds.learn_losses(account.user_id)
        async with self._queue.turn():
            try:
                return await self._place_bet(account, request, selection)
            except UnreachableError:
                raise
            except ClientError:
                # The refusal may have come before the hold, which checks the key (see ``RoomService.bet``).
                self.rounds.require_key_free(account.user_id, request.key)
                used = await self._deps.holds.find(account.user_id, request.key)
                if used is not None:
                    raise KeyUsedError(used) from None
                raise

    async def _place_bet(self, account: CachedAccount, request: messages.Bet, selection: Any) -> messages.BetOk:
        self.rounds.answers.require_unused(account.user_id, request.key)
        member = self._member(account.user_id)
        if self.paused is not None:
            raise ClientError("paused", reason=self.paused)
        round_ = self.rounds.betting_round(request.round)
        back = self.members.must_bring(member)
        if back is not None:
            self._require_brought_back(account, request.amount, back)
        most = self.limits.max_stake if back is None else max(self.limits.max_stake, back.amount)
        if not self.limits.min_stake <= request.amount <= most:
            least, most = self.limits.min_stake, self.limits.max_stake
            raise ClientError("limit_exceeded", reason="stakes", field="amount", least=least, most=most)
        if account.balance > LARGEST_BALANCE:
            raise ClientError("limit_exceeded", reason="balance")
        placed = await self.rounds.place_bet(
            round_,
            member,
            request.amount,
            selection,
            key=request.key,
            client_seed=request.client_seed,
            brings_back=UNSET if back is None else back.amount,
        )
        wallet = placed.wallet
        return messages.BetOk(
            bet=placed.hold.bet, round=round_.name, balance=wallet.balance, held=wallet.held, version=wallet.version
        )

    def _require_brought_back(self, account: CachedAccount, amount: int, back: messages.BringsBack) -> None:
        """Raises ClientError unless the bet brings back what the player took from the room."""
        available = account.balance - account.held
        if available < back.amount:
            raise _must_bring("insufficient_funds", back, available=available)
        if amount < back.amount:
            raise _must_bring("stack_too_small", back)

    async def act(self, account: CachedAccount, move: Move) -> dict[str, Any]:
        """Make a move in the game. A copy with the same key gets the first answer. Raises ClientError."""
        answers, user_id, key = self.rounds.answers, account.user_id, move.key
        await self._deps.holds.learn_losses(user_id)
        async with self._queue.turn():
            first = answers.first(user_id, key)
            if first is None:
                answer, ended = await self._answer(user_id, move)
                if key is not None:
                    answers.add(user_id, key, answer, ended)
            else:
                answer, ended = first.answer, first.ended
        if ended is not None:
            await self.rounds.wait_over(ended)
        if first is None and key is not None:
            answers.share(user_id, key, answer)
        return answer.tell()

    async def _answer(self, user_id: int, move: Move) -> tuple[Answer, str | None]:
        """The answer to a move, and the name of the round if the move has ended it. A refusal that says nothing about
        the move itself is raised: not_seated, unavailable."""
        member = self._member(user_id)
        try:
            round_, step = await self._make_move(member, move)
        except ClientError as refusal:
            if refusal.error.code == "unavailable":
                raise
            missed = self.rounds.missed_by(member) if refusal.error.code in OF_LATE_MOVES else None
            if missed is not None and move.round in (None, missed):
                refusal = _too_late(refusal.error.code, missed)
            return Answer.of_refusal(refusal), None
        return Answer(step.reply), None if step.outcome is None else round_.name

    async def _make_move(self, member: Member, move: Move) -> tuple[LiveRound, Step[Any]]:
        if self.game.action is None:
            raise ClientError("illegal_action", reason="no_actions")
        round_ = self.rounds.live
        if move.round is not None and (round_ is None or round_.name != move.round):
            raise _too_late("illegal_action", move.round)
        if round_ is None or round_.ended:
            raise ClientError("illegal_action", reason="no_round")
        try:
            command = action_of(self.game, round_, member.seat, move.fields)
        except msgspec.ValidationError as error:
            raise bad_request(error) from None
        return round_, await self.rounds.act(round_, member.user_id, command)

    async def say(self, account: CachedAccount, text: str) -> None:
        """Chat. Raises ClientError not_seated."""
        async with self._queue.turn():
            member = self._member(account.user_id)
            at = self._deps.clock.now_ms()
            line = messages.ChatLine(member.username, text, at)
            oldest = self.frames.oldest if self.delayed is None else min(self.frames.oldest, self.delayed.oldest)
            self.chat.add(account.user_id, line, seq=self.frames.seq + 1, oldest=oldest)
            self.frames.add(messages.ChatSaid(member.username, text, at))

    def forget(self, user_id: int) -> None:
        """The account is deleted: its chat lines leave the room, and the frames for clients that reconnect."""
        lines = self.chat.forget(user_id)
        self.frames.remove_lines(lines)
        if self.delayed is not None:
            self.delayed.remove_lines(lines)
        for name in sorted({line.player for line in lines}):
            self.frames.add(messages.ChatRemoved(name))

    def _member(self, user_id: int) -> Member:
        member = self.seats.of(user_id)
        if member is None or member.leaving:
            raise ClientError("not_seated")
        return member

    # ---- views ----

    @property
    def terms(self) -> Terms | None:
        """The terms on which a player opened the private room; None: they are not known, or this is not a private
        room."""
        return self.access.terms

    async def snapshot(self, view: str, user_id: int | None, *, from_start: bool = False) -> messages.SnapshotAt:
        """The room as this user may see it now, with its position. ``view`` is the room's key or its delayed view.

        ``from_start``: the room before the first frame of this owner, if all frames since then are still kept. A client
        that had an earlier owner's frames gets them all, so that it learns how the live round ended (decision 14).

        Raises ClientError unavailable while the lease is uncertain.
        """
        if view != self.key:
            return self._snapshots.delayed(user_id)
        if from_start and self.frames.since(Position(self.frames.epoch, 0)) is not None:
            first = self._snapshots.first(user_id)
            if first is not None:
                return first
        return await self.frames.observe(lambda: self._snapshots.current(user_id))

    def frames_since(self, view: str, position: Position) -> list[EncodedFrame] | None:
        """The view's frames after ``position``, or None if they are not all kept. Raises ClientError unavailable while
        the lease is uncertain."""
        if view == self.key:
            return self.frames.since(position)
        return None if self.delayed is None else self.delayed.since(position)

    def positions(self) -> dict[str, Position]:
        """The views of the room, with the position of each."""
        positions = {self.key: self.frames.position()}
        if self.delayed is not None:
            positions[self.delayed.view] = self.delayed.position()
        return positions

    def frame_sent(self, frame: EncodedFrame, *, only_ticks: bool) -> None:
        if self.delayed is not None:
            self.delayed.add(frame, None if only_ticks else snapshot_of(self))

    def summary(self) -> messages.RoomSummary:
        """The room as the lobby shows it. Everyone sees it, so it shows only what any spectator may see."""
        return summary_of(self)

    def owner_name(self) -> str | None:
        """The name of the player who opened the private room."""
        terms = self.access.terms
        if terms is None:
            return None
        account = self._deps.holds.account(terms.owner)
        return terms.username if account is None else account.username

    # ---- its life on this node ----

    def prepare_round(self, number: int, options: Any = None) -> LiveRound:
        """The round with which the room will begin. ``options`` replace those of the room."""
        return self.rounds.prepare(number, options)

    def begin(self, first: LiveRound, past: Iterable[messages.PastRound] = (), voided: Iterable[str] = ()) -> None:
        """Open the first round. ``past`` are the outcomes before it, newest first; ``voided`` the names of the rounds
        that the previous owner left open."""
        self.rounds.history.extend(past)
        self._snapshots.begin()
        for name in voided:
            self.frames.add(messages.RoundVoid(name, VoidReason.OWNER_LOST))
        self.rounds.open(first)

    async def begin_again(
        self,
        first: LiveRound,
        past: Iterable[messages.PastRound],
        voided: Iterable[str],
        *,
        stakes: Iterable[StandingStake],
        moves: Iterable[StandingMove],
    ) -> None:
        """Open the first round on this node, with the ``stakes`` that stay in the game and the ``moves`` to repeat. No
        player's command comes before them."""
        async with self._queue.own_turn():
            self.begin(first, past, voided)
            await self.rounds.stand(stakes, moves)

    def add_guests(self, user_ids: Iterable[int]) -> None:
        """Users who may come back to the private room without an invite."""
        self.access.add_guests(user_ids)

    def set_paused(self, reason: str | None) -> None:
        """Take no bets for this reason; None: take bets again, unless the game has a fault."""
        self._pause_of_node = reason
        self._show_pause()

    def _show_pause(self) -> None:
        if not self.closing:
            self._pause(self._pause_of_node or (GAME_FAULT if self.rounds.is_waiting else None))

    def _pause(self, reason: str | None) -> None:
        if reason != self.paused:
            self.paused = reason
            self.frames.add(messages.RoomPaused(reason) if reason else messages.RoomResumed(), flush_now=True)

    async def restore(self) -> None:
        """The backends were away and may have lost the live round: write it again, then send the pending events."""
        if await self._deps.lease.confirm(self.claim) and await self.rounds.restore():
            self.frames.flush()

    def request_close(self) -> None:
        """The owner of the private room wants to close it."""
        self._deps.listener.close_requested(self.key)

    def begin_to_close(self) -> Terms:
        """Take no more bets. Returns the terms of the private room from now on."""
        self._pause(CLOSING)
        self.closing = True
        return self.access.close()

    async def stop(self, *, turn_s: float, deadline_s: float | None = None) -> None:
        """Refuse new players, and end the live round (see ``RoundLoop.stop``)."""
        self.members.stop_admitting()
        await self.rounds.stop(turn_s=turn_s, deadline_s=deadline_s)

    async def finish_round(self) -> None:
        """Open no further round, and wait for the end of the live one, however long that takes."""
        await self.rounds.stop()

    def flush(self) -> None:
        """Send the pending events."""
        self.frames.flush()

    def end(self) -> None:
        """The room closes for good: end its sessions and tell its watchers."""
        self.members.end_sessions()
        if not self.is_public:
            self.frames.add(messages.RoomClosed(), flush_now=True)
        self.close()

    def close(self) -> None:
        """The room is closed on this node: send the pending events, and let the players go."""
        self.rounds.close()
        self.frames.flush()
        if self.delayed is not None:
            self.delayed.close()
        self.members.close()

    def drop(self) -> None:
        """Another node owns the room: stop sending."""
        self.rounds.drop()
        self.frames.drop()
        if self.delayed is not None:
            self.delayed.drop()
        self.members.close()


def _must_bring(code: str, back: messages.BringsBack, **more: int) -> ClientError:
    extra: dict[str, Any] = {"left_at": utc(back.left_at), "until": utc(back.until), **more}
    return ClientError(code, reason="brings_back", field="amount", minimum=back.amount, **extra)


def _too_late(code: str, round_: str) -> ClientError:
    return ClientError(code, reason="too_late", round=round_)
