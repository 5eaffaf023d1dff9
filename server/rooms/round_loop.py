"""One round after another in a room, and one command at a time.

A round is opened (the hash of its seed becomes public), played, ended by the engine, settled by the ledger, announced,
and followed by the next one. Nothing about a result leaves the room before the ledger has committed it. A round that
can't be opened, played or settled is void: the room releases its holds and tells its players. If faults of the game
make rounds void one after another, the room pauses between them.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Self

import msgspec
from msgspec import UNSET, Raw, UnsetType

from game_engine.game import (
    Act,
    BettingOpened,
    Command,
    Event,
    Leave,
    Outcome,
    RefusedError,
    ShortenTurns,
    Step,
    Wake,
)
from server import messages
from server.backends.bus import Claim, EncodedPrivateFrame, user_channel
from server.clock import Clock, RoundClock
from server.errors import ClientError, UnreachableError
from server.messages import VoidReason, encode
from server.retry import Attempts
from server.rooms.answers import Answers
from server.rooms.betting import Betting, PlacedBet, StakesAndJournal
from server.rooms.frame_log import FrameLog
from server.rooms.live_round import (
    ImpossibleOutcomeError,
    LiveRound,
    RoundSetup,
    StandingMove,
    StandingStake,
    public_facts,
)
from server.rooms.membership import Member, Membership, Seats
from server.rooms.room_deps import RoomDeps
from server.tasks import Tasks
from storage.settlement import OpenRound, Settlement

log = logging.getLogger(__name__)

HISTORY_ROUNDS = 30
CLOCK_STEP_MS = 1_000
"""A smaller difference between the wall clock and that of a round does no harm."""


class CommandQueue:
    """Lets one command at a time into the room, in order of arrival: ``async with queue.turn(): …``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting = 0
        self._lock = asyncio.Lock()

    def turn(self) -> Self:
        """For a client's command. Raises ClientError unavailable if ``limit`` others are waiting."""
        if self._waiting >= self._limit:
            raise ClientError("unavailable", reason="room_busy")
        return self

    def own_turn(self) -> Self:
        """For the room's own work (time, settlement): never refused."""
        return self

    async def __aenter__(self) -> None:
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_exception: object) -> None:
        self._lock.release()


class WakeTimer:
    """Calls ``ring`` once, at the time that was set last."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None

    def set(self, at_ms: int | None) -> None:
        """Ring at this time, in ms since the epoch, in place of any other time; None: don't ring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at_ms is not None:
            wait_ms = max(0, at_ms - self._clock.now_ms())
            self._timer = asyncio.get_running_loop().call_later(wait_ms / 1000, self._ring)

    @property
    def is_set(self) -> bool:
        return self._timer is not None


class RoundLoop:
    """``live`` is the round that is open, running or being settled; ``history`` the last outcomes, newest first."""

    def __init__(
        self,
        setup: RoundSetup,
        claim: Claim,
        deps: RoomDeps,
        clock: RoundClock,
        *,
        frames: FrameLog,
        seats: Seats,
        members: Membership,
        queue: CommandQueue,
        waiting_changed: Callable[[], None],
        late_ms: int = 5_000,
        first_pause_s: float = 1.0,
        longest_pause_s: float = 30.0,
    ) -> None:
        """``late_ms``: for how long after a round's opening a move may have been meant for the round before.

        ``waiting_changed`` is called when ``is_waiting`` has changed. The pauses are those before the round that
        follows two or more rounds with faults; each is twice as long as the one before.
        """
        self.live: LiveRound | None = None
        self.history: deque[messages.PastRound] = deque(maxlen=HISTORY_ROUNDS)
        self._setup = setup
        self._claim = claim
        self._frames = frames
        self._seats = seats
        self._members = members
        self._queue = queue
        self._deps = deps
        self._clock = clock
        self._tasks = Tasks(setup.room)
        self._stakes_and_journal = StakesAndJournal(claim, deps, self._tasks)
        self._betting = Betting(deps, clock, self._stakes_and_journal)
        self.answers = Answers(setup.room, deps)
        self._wake_timer = WakeTimer(clock, self._start_wake)
        self._late_ms = late_ms
        self._waiting_changed = waiting_changed
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._faults = 0
        """The number of rounds that faults of the game have made void since one was settled."""
        self._upcoming: LiveRound | None = None
        """The round that opens after a pause."""
        self.is_waiting = False
        """Whether no round is open because of faults of the game."""
        self._stopping = False
        self._over = asyncio.Event()
        self._before: tuple[str, frozenset[int]] = ("", frozenset())
        """The round that ended last, and the ids of the users who had bets in it."""

    # ---- opening ----

    def prepare(self, number: int, options: Any = None) -> LiveRound:
        """The round with this number, its seed drawn, not open yet. ``options`` replace those of the room."""
        setup = self._setup
        if options is not None:
            setup = msgspec.structs.replace(setup, options=options, options_json=encode(options))
        return LiveRound(setup, number, self._deps.draw_seed())

    def open(self, upcoming: LiveRound) -> None:
        """Open a prepared round for bets. If the game can't open it, the round is void, and the next one follows."""
        self._clock.follow()
        self.live = upcoming
        self._over.clear()
        for member in self._seats.all():
            account = self._deps.holds.account(member.user_id)
            if account is not None:
                for renaming in member.rename(account.username):
                    self._frames.add(renaming)
        try:
            step = self._announce_opening(upcoming)
        except Exception:
            game = self._setup.game.name
            log.exception(
                "%s: the game %s failed to open the round; the round will be void",
                upcoming.name,
                game,
                extra={"round": upcoming.name},
            )
            self._end_as_void(upcoming, VoidReason.INTERNAL_ERROR)
            return
        self._follow(upcoming, step)
        if self.is_waiting and not upcoming.ended:
            self._set_waiting(False)

    def _announce_opening(self, upcoming: LiveRound) -> Step[Any]:
        """Returns the first step of the round, without the event that is announced here."""
        step = upcoming.open(self._clock.now_ms())
        closes_at = None
        for event in step.events:
            if isinstance(event.data, BettingOpened):
                closes_at = event.data.closes_at
                step = msgspec.structs.replace(
                    step, events=tuple([other for other in step.events if other is not event])
                )
        opened = messages.RoundOpened(
            round=upcoming.name,
            number=upcoming.number,
            server_seed_hash=upcoming.server_seed_hash,
            closes_at=closes_at,
        )
        self._frames.add(opened, flush_now=True)
        return step

    # ---- playing ----

    def betting_round(self, wanted: str | None) -> LiveRound:
        """The round that takes bets. Raises ClientError betting_closed if there is none, or not the ``wanted`` one."""
        if self.live is None or self.live.ended or (wanted is not None and wanted != self.live.name):
            raise ClientError("betting_closed")
        return self.live

    def require_key_free(self, user_id: int, key: str) -> None:
        """Raises UnreachableError while a hold with this key is being released."""
        self._stakes_and_journal.require_key_free(user_id, key)

    async def place_bet(
        self,
        round_: LiveRound,
        member: Member,
        amount: int,
        selection: Any,
        *,
        key: str,
        client_seed: str | None = None,
        stands: bool = False,
        brings_back: int | UnsetType = UNSET,
    ) -> PlacedBet:
        """Place a bet and announce it. ``client_seed`` counts if this is the player's first bet in the round; None: the
        account's own. ``stands``: the stake stayed in the game after the round before. ``brings_back`` is as in the
        engine's Bet. Raises ClientError, KeyUsedError; then nothing has changed."""
        self._follow_clock(round_)
        placed = await self._betting.place(
            round_,
            member,
            amount,
            selection,
            key=key,
            client_seed=client_seed,
            stands=stands,
            brings_back=brings_back,
        )
        member.taken = None
        hold = placed.hold
        event = messages.BetPlaced(
            player=member.username, bet=hold.bet, amount=hold.amount, selection=Raw(hold.selection)
        )
        # The bettor has the reply. If the bet ends the round, the others get this event together with its result.
        self._frames.add(event, hold_back=placed.step.outcome is not None)
        self._follow(round_, placed.step)
        return placed

    def _follow_clock(self, round_: LiveRound) -> None:
        """If the wall clock was set while the round waited for its first bet, without a deadline and however long that
        takes, the round begins again at the new time."""
        if not self._wake_timer.is_set and round_.is_untouched and abs(self._clock.behind_ms()) >= CLOCK_STEP_MS:
            self._clock.follow()
            round_.open(self._clock.now_ms())

    async def act(self, round_: LiveRound, user_id: int, command: Act) -> Step[Any]:
        """Apply a player's move and announce it. Raises ClientError; then nothing has changed."""
        step = await self._betting.act(round_, user_id, command)
        self._follow(round_, step)
        return step

    def missed_by(self, member: Member) -> str | None:
        """The name of the round that was over when the player's move came, if that explains why it was refused: the
        live one, or the one that ended just before it. None if there is none."""
        live = self.live
        if live is not None:
            now = self._clock.now_ms()
            is_in = member.seat in live.players
            if is_in and live.is_over_at(now):
                return live.name
            if now - live.opened_at > self._late_ms or (is_in and not live.takes_bets):
                return None
        name, bettors = self._before
        return name if member.user_id in bettors else None

    def has_bets_of(self, member: Member) -> bool:
        return self.live is not None and member.seat in self.live.players

    def leave(self, member: Member) -> None:
        """Tell the live round that a player who has bets in it leaves."""
        if self.live is not None and not self.live.ended:
            self._apply(self.live, Leave(member.seat))

    def _apply(self, round_: LiveRound, command: Command) -> None:
        """Apply a command that the rules can't refuse. If the engine fails, the round is void."""
        try:
            at, step = round_.attempt(command, self._clock.now_ms())
            round_.adopt(at, command, step)
            self._stakes_and_journal.record_nowait(at, command)
            self._follow(round_, step)
        except Exception:
            log.exception(
                "%s: the engine failed on %s; the round will be void",
                round_.name,
                type(command).__name__,
                extra={"round": round_.name},
            )
            self._end_as_void(round_, VoidReason.INTERNAL_ERROR)

    def _follow(self, round_: LiveRound, step: Step[Any]) -> None:
        """Announce the events of a step; then wait for the next wake-up, or settle the round."""
        if step.outcome is not None:
            self._wake_timer.set(None)
            self._tasks.start(self._settle(round_, step.outcome, step.events))
            return
        try:
            self._announce(round_, step.events)
        except Exception:
            log.exception(
                "%s: an event can't be announced; the round will be void", round_.name, extra={"round": round_.name}
            )
            self._end_as_void(round_, VoidReason.INTERNAL_ERROR)
            return
        self._wake_timer.set(step.wake_at)

    def _announce(self, round_: LiveRound, events: Iterable[Event]) -> None:
        for event in events:
            wire_event = round_.wire_event(event)
            if event.to is None:
                self._frames.add(wire_event, tick=event.tick)
            else:
                user_id = round_.players[event.to].user_id
                self._tell(user_id, wire_event)

    def _tell(self, user_id: int, event: Any) -> None:
        """Send the event to this player alone."""
        wire = encode(messages.PrivateFrame(self._setup.room, [event]))
        self._deps.bus.publish(user_channel(user_id), EncodedPrivateFrame(user_id, wire), self._claim)

    def _start_wake(self) -> None:
        self._tasks.start(self._wake())

    async def _wake(self) -> None:
        async with self._queue.own_turn():
            upcoming, self._upcoming = self._upcoming, None
            if upcoming is not None:
                self.open(upcoming)
            elif self.live is not None and not self.live.ended:
                self._apply(self.live, Wake())

    async def wait_over(self, name: str) -> None:
        """Wait until an ended round has been announced, or until the reply has taken too long: the database may be
        away.

        A reply that goes out before the commit tells nobody of a result or a payout that may not be settled. It says
        only that the move was accepted, which is in the journal, and what the player knew already: the contract test
        refuses a game whose reply says more about the end, and no listed game says anything in the reply to a move
        that ends a round. The result, the payout and the wallet are announced after the commit.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._deps.reply_timeout_s):
                while self.live is not None and self.live.name == name:
                    await self._over.wait()

    # ---- ending ----

    async def _settle(self, round_: LiveRound, outcome: Outcome, events: tuple[Event, ...]) -> None:
        """Commit an ended round, then announce it, with the ``events`` of its last step."""
        try:
            upcoming, upcoming_row = self._prepare_next(round_, outcome.next_options)
            row = round_.settled_row(outcome, upcoming_row)
        except ImpossibleOutcomeError as error:
            game = round_.setup.game.name
            log.error(
                "%s: the game %s has a fault: %s; the round will be void",
                round_.name,
                game,
                error,
                extra={"round": round_.name},
            )
            await self._void(round_, VoidReason.INTERNAL_ERROR)
            return
        except Exception:
            log.exception(
                "%s: the outcome can't be recorded; the round will be void", round_.name, extra={"round": round_.name}
            )
            await self._void(round_, VoidReason.INTERNAL_ERROR)
            return
        settlement = await self._deps.settlements.submit(row)
        if settlement.status != "settled":
            log.error(
                "%s was not settled (%s); the round will be void",
                round_.name,
                settlement.reason,
                extra={"round": round_.name},
            )
        if settlement.status == "failed":
            # If the round has been committed all the same, the ledger answers with that.
            settlement = await self._record_void(round_, VoidReason.NOT_SETTLED, upcoming_row)
        if settlement.status != "settled":
            await self._announce_void(round_, VoidReason.NOT_SETTLED, settlement, upcoming)
            return
        for user_id in settlement.uncovered:
            log.error(
                "%s: user %d could not pay the stakes; their bets are void, the others settled",
                round_.name,
                user_id,
                extra={"round": round_.name, "user_id": user_id},
            )
        outcome = round_.with_void_bets(outcome, settlement.uncovered)
        if not await self._stakes_and_journal.finish_recorded(
            round_, settlement.wallets, round_.losses(outcome), upcoming
        ):
            return
        self._faults = 0
        async with self._queue.own_turn():
            self.history.appendleft(messages.PastRound(round_.name, public_facts(round_.setup.game, outcome.facts)))
            self._before = (round_.name, frozenset([player.user_id for player in round_.players.values()]))
            try:
                self._announce(round_, events)
            except Exception:
                log.exception(
                    "%s: its last events can't be announced; the result is announced without them",
                    round_.name,
                    extra={"round": round_.name},
                )
            self._frames.add(round_.ended_event(outcome), flush_now=True)
            self._members.stacks_taken(round_.returned(outcome, settlement.uncovered))
            self._go_on(upcoming)
            if upcoming is not None:
                stakes = [
                    StandingStake(
                        user_id=round_.players[stake.seat].user_id,
                        seat=stake.seat,
                        amount=stake.amount,
                        selection=stake.selection,
                    )
                    for stake in outcome.carried_stakes
                ]
                await self._carry_stakes(stakes, self.live)
            self._tell_what_was_taken(round_)

    def _tell_what_was_taken(self, ended: LiveRound) -> None:
        for player in ended.players.values():
            member = self._seats.of(player.user_id)
            if member is not None and member.taken is not None:
                self._tell(member.user_id, messages.StackTaken(member.taken))

    async def stand(self, stakes: Iterable[StandingStake], moves: Iterable[StandingMove]) -> None:
        """Bet the stakes that stay in the game, and repeat moves that stake nothing and end nothing. The room has moved
        to this node, and its first round is open. Call it in the room's turn."""
        round_ = self.live
        await self._carry_stakes(stakes, round_)
        if round_ is None:
            return
        for move in moves:
            member = self._seats.of(move.user_id)
            if member is None or member.seat != move.command.seat or round_.ended:
                continue
            with suppress(ClientError, RefusedError):
                free = round_.stake_of(move.command) == 0
                if free and round_.attempt(move.command, self._clock.now_ms())[1].outcome is None:
                    await self.act(round_, move.user_id, move.command)

    async def _carry_stakes(self, stakes: Iterable[StandingStake], upcoming: LiveRound | None) -> None:
        """Bet the stakes that stay in the game, for the players who still have their seats and can pay. Tell the
        others that the stake went back to the wallet. ``upcoming`` is None or has ended if the game failed to open
        it."""
        for stake in stakes:
            member = self._seats.of(stake.user_id)
            if member is None or member.seat != stake.seat:
                continue
            try:
                if upcoming is None or upcoming.ended:
                    raise ClientError("unavailable", reason="no_next_round")
                await self._carry(stake, member, upcoming)
            except ClientError as error:
                room = self._setup.room
                log.info(
                    "%s: the stake of seat %s is not carried over: %s", room, stake.seat, error, extra={"room": room}
                )
                self._return_stake(stake, error)
            except Exception:
                room = self._setup.room
                log.exception(
                    "%s: the game failed on the stake of seat %s, which is not carried over",
                    room,
                    stake.seat,
                    extra={"room": room},
                )
                self._return_stake(stake, ClientError("unavailable", reason="game_failed"))

    def _return_stake(self, stake: StandingStake, why: ClientError) -> None:
        self._tell(stake.user_id, messages.StakeReturned.of(stake.amount, why))

    async def _carry(self, stake: StandingStake, member: Member, upcoming: LiveRound) -> None:
        """Bet the stake again, once Redis answers. Raises ClientError."""
        async for _ in Attempts(self._deps.retry_s):
            with suppress(UnreachableError):
                await self.place_bet(
                    upcoming,
                    member,
                    stake.amount,
                    stake.selection,
                    key=upcoming.own_key(),
                    stands=True,
                    brings_back=stake.brings_back,
                )
                return
            if not await self._deps.lease.confirm(self._claim):
                return

    def _end_as_void(self, round_: LiveRound, reason: VoidReason) -> None:
        """Take no more commands for the round, and make it void."""
        round_.ended = True
        self._wake_timer.set(None)
        self._tasks.start(self._void(round_, reason))

    async def _void(self, round_: LiveRound, reason: VoidReason) -> None:
        """End a round without an outcome: record it, return the stakes, tell the players."""
        options = round_.setup.options
        if reason is VoidReason.INTERNAL_ERROR:
            self._faults += 1
            if not round_.journal:
                options = self._setup.options  # what the round before handed on may be what the game can't open
        upcoming, upcoming_row = self._prepare_next(round_, options)
        settlement = await self._record_void(round_, reason, upcoming_row)
        await self._announce_void(round_, reason, settlement, upcoming)

    async def _record_void(self, round_: LiveRound, reason: VoidReason, upcoming: OpenRound | None) -> Settlement:
        settlement = await self._deps.settlements.submit(round_.void_row(reason, upcoming))
        if settlement.status == "failed":
            log.error(
                "%s is void, but the database could not record that: %s",
                round_.name,
                settlement.reason,
                extra={"round": round_.name},
            )
        return settlement

    async def _announce_void(
        self, round_: LiveRound, reason: VoidReason, settlement: Settlement, upcoming: LiveRound | None
    ) -> None:
        if settlement.status == "failed":
            is_ours = await self._stakes_and_journal.finish_unrecorded(round_, upcoming)
        else:
            is_ours = await self._stakes_and_journal.finish_recorded(round_, settlement.wallets, {}, upcoming)
        if not is_ours:
            return
        self._deps.void_counts[reason] += 1
        async with self._queue.own_turn():
            self._frames.add(messages.RoundVoid(round_.name, reason), flush_now=True)
            self._members.stacks_taken(round_.staked())
            self._go_on(upcoming)
            self._tell_what_was_taken(round_)

    def _prepare_next(self, round_: LiveRound, options: Any) -> tuple[LiveRound | None, OpenRound | None]:
        """The next round, prepared, and the row that records it in the transaction that settles ``round_``."""
        if self._stopping:
            return None, None
        upcoming = self.prepare(round_.number + 1, options)
        return upcoming, upcoming.open_row(self._deps.clock.now_ms()) if self._setup.game.shared else None

    def _go_on(self, upcoming: LiveRound | None) -> None:
        self.live = None
        self._over.set()
        self.answers.round_over()
        self._members.round_over()
        if upcoming is None or not (self._setup.game.shared or len(self._seats)):
            return
        if self._faults < 2:
            self.open(upcoming)
            return
        pause_s = min(self._longest_pause_s, self._first_pause_s * 2 ** (self._faults - 2))
        log.error(
            "%s: faults of the game %s made %d rounds in a row void; the next round opens in %g s",
            self._setup.room,
            self._setup.game.name,
            self._faults,
            pause_s,
            extra={"room": self._setup.room},
        )
        now = self._clock.now_ms()
        upcoming.wait(now)
        self._upcoming = upcoming
        self._wake_timer.set(now + int(1000 * pause_s))
        self._set_waiting(True)

    def _set_waiting(self, is_waiting: bool) -> None:
        if is_waiting != self.is_waiting:
            self.is_waiting = is_waiting
            self._waiting_changed()

    # ---- stopping ----

    async def stop(self, *, turn_s: float | None = None, deadline_s: float | None = None) -> None:
        """Open no further round, and wait until the live one is over.

        Nobody may choose between a result and a void round once they have seen a part of it. So a round is void only
        if it still takes bets or has none. Any other is settled: no turn in it lasts longer than ``turn_s`` seconds
        from now on, and if it still runs after ``deadline_s`` seconds, it is played out by the rules (see
        ``LiveRound.play_out``). None: turns keep their length; there is no deadline.
        """
        self._stopping = True
        self._skip_upcoming()
        round_ = self.live
        if round_ is None:
            return
        async with self._queue.own_turn():
            has_clock = self._wake_timer.is_set
            nobody_can_choose = round_.takes_bets or not (round_.ended or round_.bets)
            if nobody_can_choose and (turn_s is not None or not has_clock):
                self._end_as_void(round_, VoidReason.SHUTDOWN)
            elif not round_.ended and turn_s is not None:
                self._apply(round_, ShortenTurns(max(1, int(turn_s * 1000))))
        # A round that waits for a player without a clock would otherwise never end.
        wait_s = deadline_s if deadline_s is not None or has_clock else turn_s
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), wait_s)
            return
        async with self._queue.own_turn():
            self._play_out(round_)
        await self._over.wait()

    def _skip_upcoming(self) -> None:
        """Make the round void that would open after a pause: it is on record as open."""
        upcoming, self._upcoming = self._upcoming, None
        if upcoming is not None:
            self.live = upcoming
            self._over.clear()
            self._end_as_void(upcoming, VoidReason.SHUTDOWN)

    def _play_out(self, round_: LiveRound) -> None:
        try:
            for at, command, step in round_.play_out(self._clock.now_ms()):
                self._stakes_and_journal.record_nowait(at, command)
                lasting = tuple([event for event in step.events if not event.tick])
                self._follow(round_, msgspec.structs.replace(step, events=lasting))
        except Exception:
            log.exception(
                "%s: the engine failed while the room closed; the round will be void",
                round_.name,
                extra={"round": round_.name},
            )
            self._end_as_void(round_, VoidReason.INTERNAL_ERROR)

    async def restore(self) -> bool:
        """Write the live round's holds and journal again. Returns False if another node owns the room now."""
        return await self._stakes_and_journal.restore(self.live or self._upcoming)

    def close(self) -> None:
        """Cancel the wake-up timer."""
        self._wake_timer.set(None)

    def drop(self) -> None:
        """Another node owns the room: ignore everything that still runs here."""
        self._stopping = True
        self.live = self._upcoming = None
        self._over.set()
        self._wake_timer.set(None)
