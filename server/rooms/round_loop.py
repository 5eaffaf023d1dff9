"""One round after another in a room.

A round is opened (its seed's hash is public), played, ended by the engine, settled by the ledger, announced, and
followed by the next one. Nothing about a result leaves the room before the ledger has committed it. A round that
can't be played or settled is void: its holds are given back and its players are told.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from math import inf
from typing import Any

import msgspec

from game_engine.game import Command, Event, Outcome, Step, Wake
from game_engine.game import RoundOpened as BetsOpened
from server import messages
from server.backends.bus import EncodedPrivateFrame, user_channel
from server.errors import ClientError
from server.messages import encode
from server.rooms.betting import Betting
from server.rooms.live_round import LiveRound, Place
from server.rooms.room_deps import Setting
from server.rooms.round_store import RoundStore
from server.rooms.wake_timer import WakeTimer
from server.tasks import Tasks
from storage.settlement import OpenRound, Settlement

log = logging.getLogger(__name__)

HISTORY_ROUNDS = 30
LONGEST_REPLY = 2.0
"""Seconds that the reply to a move waits for the end of the round which it brought about."""


class RoundLoop:
    """``live`` is the round that is open, running or being settled; ``history`` the last outcomes, newest first."""

    def __init__(self, setting: Setting) -> None:
        self.live: LiveRound | None = None
        self.history: deque[messages.PastRound] = deque(maxlen=HISTORY_ROUNDS)
        self._setting = setting
        self._services = setting.services
        self.alarm = WakeTimer(setting.services.clock, lambda: self.tasks.start(self._wake()))
        self.tasks = Tasks(setting.place.room)
        self.backing = RoundStore(setting.claim, setting.services, self.tasks)
        self.wagers = Betting(setting, self.backing, self.follow)
        self._stopping = False
        self._over = asyncio.Event()

    # ---- opening and playing ----

    def prepare(self, number: int, options: Any = None) -> LiveRound:
        """The round of this number, its seed drawn, not open yet; with the room's options if there are no others."""
        here = self._setting.place
        encoded = here.options if options is None else encode(options)
        place = Place(here.game_id, here.room, number, encoded)
        return LiveRound(self._setting.game, options or self._setting.options, place, self._services.draw_seed())

    def open(self, upcoming: LiveRound) -> None:
        """Open a prepared round for bets."""
        self.live = upcoming
        self._over.clear()
        for sitting in self._setting.seating.all():
            account = self._services.holds.account(sitting.user_id)
            if account is not None:
                for event in sitting.renewed(account.username, account.client_seed):
                    self.say(event)
        step = upcoming.open(self._services.clock.now_ms())
        closes_at = None
        for told in step.events:
            if isinstance(told.data, BetsOpened):
                closes_at = told.data.closes_at
                others = tuple([other for other in step.events if other is not told])
                step = msgspec.structs.replace(step, events=others)
        number, seed_hash = upcoming.place.number, upcoming.server_seed_hash
        self.say(messages.RoundOpened(upcoming.name, number, seed_hash, closes_at), soon=True)
        self.follow(upcoming, step)

    def takes_bets(self, wanted: str | None) -> LiveRound:
        """The open round, if it is the one wanted. Raises ClientError betting_closed."""
        if self.live is None or self.live.ended or (wanted is not None and wanted != self.live.name):
            raise ClientError("betting_closed")
        return self.live

    def follow(self, round_: LiveRound, step: Step[Any]) -> None:
        """Tell what a step led to, and see to what comes next."""
        if step.outcome is not None:
            self.alarm.stop()
            self.tasks.start(self._settle(round_, step.outcome, step.events))
            return
        for event in step.events:
            self._tell(round_, event)
        self.alarm.set(step.wake_at)

    def run(self, round_: LiveRound, command: Command) -> None:
        """Apply a command that the rules can't refuse. A failure of the engine makes the round void."""
        try:
            at, step = round_.attempt(command, self._services.clock.now_ms())
            round_.adopt(at, command, step)
            self.backing.note(at, command)
            self.follow(round_, step)
        except Exception:
            log.exception("%s failed on %s", round_.name, type(command).__name__)
            round_.ended = True
            self.tasks.start(self._void(round_, "internal_error"))

    def say(self, event: Any, *, tick: bool = False, soon: bool = False, stood: int | None = None) -> None:
        """Tell the room; players of a solo room never wait for others. ``stood`` is a user who has just stood up."""
        if stood is not None:
            self._setting.frames.stood(stood)
        self._setting.frames.add(event, tick=tick, soon=soon or not self._setting.game.shared)

    def _tell(self, round_: LiveRound, event: Event) -> None:
        told = round_.wire_event(event)
        if event.to is None:
            self.say(told, tick=event.tick)
        else:
            wire = encode(messages.PrivateFrame(self._setting.place.room, [told]))
            user_id = round_.bettors[event.to].user_id
            self._services.bus.publish(user_channel(user_id), EncodedPrivateFrame(user_id, wire), self._setting.claim)

    async def _wake(self) -> None:
        async with self._setting.inbox.own_turn():
            if self.live is not None and not self.live.ended:
                self.run(self.live, Wake())

    async def over(self, round_: LiveRound) -> None:
        """Wait until an ended round has been announced, but not for a database that is away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_REPLY):
                while self.live is round_:
                    await self._over.wait()

    # ---- ending ----

    async def _settle(self, round_: LiveRound, outcome: Outcome, events: tuple[Event, ...]) -> None:
        """Commit an ended round, then announce it, with the events that its end brought."""
        upcoming, its_row = self._next(round_, outcome.next_options)
        try:
            row = round_.settled_row(outcome, its_row)
        except Exception:
            log.exception("%s could not be settled", round_.name)
            await self._void(round_, "internal_error")
            return
        settlement = await self._services.settler.settle(row)
        if settlement.status != "settled":
            log.error("%s was not settled: %s", round_.name, settlement.reason)
        if settlement.status == "failed":
            # Should the round be on record all the same, that is what the answer says.
            settlement = await self._record_void(round_, "not_settled", its_row)
        if settlement.status != "settled":
            await self._announce_void(round_, "not_settled", upcoming)
            return
        if not await self.backing.settled(round_, settlement.wallets, round_.lost(outcome), upcoming):
            return
        async with self._setting.inbox.own_turn():
            self.history.appendleft(messages.PastRound(round_.name, outcome.facts))
            for event in events:
                self._tell(round_, event)
            self.say(round_.ended_event(outcome), soon=True)
            self._go_on(upcoming)
            if outcome.carried_stakes and upcoming is not None and self.live is upcoming:
                await self.wagers.place_again(upcoming, outcome.carried_stakes, round_.bettors)

    async def _void(self, round_: LiveRound, reason: str) -> None:
        """End a round without an outcome: on record, stakes free, players told."""
        upcoming, its_row = self._next(round_, round_.options)
        await self._record_void(round_, reason, its_row)
        await self._announce_void(round_, reason, upcoming)

    async def _record_void(self, round_: LiveRound, reason: str, upcoming: OpenRound | None) -> Settlement:
        settlement = await self._services.settler.settle(round_.void_row(reason, upcoming))
        if settlement.status == "failed":
            log.error("%s is void, and not on record as that: %s", round_.name, settlement.reason)
        return settlement

    async def _announce_void(self, round_: LiveRound, reason: str, upcoming: LiveRound | None) -> None:
        if not await self.backing.void(round_, upcoming):
            return
        async with self._setting.inbox.own_turn():
            self.say(messages.RoundVoid(round_.name, reason), soon=True)
            self._go_on(upcoming)

    def _next(self, round_: LiveRound, options: Any) -> tuple[LiveRound | None, OpenRound | None]:
        """The round after this one, prepared, and what puts it on record together with this one's end."""
        if self._stopping:
            return None, None
        upcoming = self.prepare(round_.place.number + 1, options)
        return upcoming, upcoming.open_row(self._services.clock.now_ms()) if self._setting.game.shared else None

    def _go_on(self, upcoming: LiveRound | None) -> None:
        self.live = None
        self._over.set()
        self._setting.round_over()
        if upcoming is not None and (self._setting.game.shared or len(self._setting.seating)):
            self.open(upcoming)

    async def stop(self, deadline: float | None) -> None:
        """Open no further round; end the live one within ``deadline`` seconds, else make it void. None: it may last as
        long as it does."""
        self._stopping = True
        loop = asyncio.get_running_loop()
        ends_by = inf if deadline is None else loop.time() + deadline
        while self.live is not None:
            left = ends_by - loop.time()
            in_vain = not self.alarm.is_set and (deadline is None or not self.live.bets)
            if left <= 0 or in_vain or (left < inf and self.live.view(None)["phase"] == "betting"):
                await self._abandon(self.live)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), max(left, 0.1) if left < inf else None)

    async def _abandon(self, round_: LiveRound) -> None:
        async with self._setting.inbox.own_turn():
            if not round_.ended:
                round_.ended = True
                self.alarm.stop()
                self.tasks.start(self._void(round_, "shutdown"))

    def drop(self) -> None:
        """The room is another node's: nothing that is under way here counts any more."""
        self._stopping = True
        self.live = None
        self._over.set()
        self.alarm.stop()
