"""Plays a script again in worlds that differ only in draws, and compares what each viewer gets in them.

A world differs from the script's own in one draw of the round's stream. As long as a viewer may not know of that draw,
the viewer must get the same in both: views, events, replies, refusals, and the outcome. What a viewer may know is what
``Game.known`` returns. For a game that does not override it, it is what an event and the view both show; so an event
that tells what the view does not show, or a view that shows what no event has told, is found.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.chance import DRAWS, ShiftedSeed
from game_engine.contract.promise import BrokenPromiseError, as_json, require, script_of
from game_engine.contract.table import Met, Refusal, Round
from game_engine.game import Act, Bet, Command, Game, Leave, RefusedError, Seat, Seeds, Step, Wake

Viewer = Seat | None
WORLDS = 12
"""How many other worlds are compared with a script's own."""


class Sight(Struct, frozen=True):
    """What a viewer gets of one step, with the outcome if it has one. ``known`` is None unless the game states it."""

    told: bytes
    seen: bytes
    known: Any


class World:
    """A script that is played again with seeds of its own: commands come as they did, refused or not."""

    def __init__(self, round_: Round, seeds: Seeds, client_seeds: dict[Seat, str] | None = None) -> None:
        self.game, self.bets, self.now = round_.game, 0, round_.opened_at
        self._client_seeds = client_seeds or {}
        self._states_known = type(self.game).known is not Game.known
        self.step: Step[Any] = self.game.open(round_.options, seeds, self.now)

    def try_(self, now: int, command: Command) -> Step[Any] | Refusal:
        """Apply a command. Returns the refusal, or the step that it led to."""
        self.now = max(now, self.now)
        if isinstance(command, Bet):
            seed = self._client_seeds.get(command.seat, command.client_seed)
            command = msgspec.structs.replace(command, number=self.bets + 1, client_seed=seed)
        try:
            self.game.stake_of(self.step.state, command)
            self.step = self.game.apply(self.step.state, command, self.now)
        except RefusedError as refused:
            return Refusal.of(refused)
        self.bets += isinstance(command, Bet)
        return self.step

    def is_due(self, now: int) -> bool:
        return self.step.wake_at is not None and self.step.wake_at <= now

    def sight(self, viewer: Viewer) -> Sight:
        """What the viewer gets of the last step."""
        told: list[Any] = [
            (event.data, event.seat, event.bet) for event in self.step.events if event.to in (None, viewer)
        ]
        if self.step.outcome is not None:
            told.append(self.step.outcome)
        state = self.step.state
        known = self.game.known(state, viewer) if self._states_known else None
        seen = as_json(self.game.view(state, viewer), "A view")
        return Sight(told=as_json(told, "An event"), seen=seen, known=known)

    def play_out(self, seats: Sequence[Seat]) -> None:
        """Let all players leave, and the time pass, until the round ends."""
        for seat in seats:
            if self.step.outcome is None:
                self.try_(self.now, Leave(seat))
        for number in range(200):
            if self.step.outcome is not None or self.step.wake_at is None:
                break
            self.try_(self.step.wake_at + 2 ** (number // 5), Wake())


class Recorded(Struct, frozen=True):
    """One command of a script as it went: what came of it, and what each viewer got."""

    now: int
    command: Command | None
    due: bool
    result: Step[Any] | Refusal
    ended: bool
    sights: dict[Viewer, Sight]


def record(round_: Round, world: World) -> Iterator[Recorded]:
    """Play the script of ``round_`` in ``world``."""
    viewers: tuple[Viewer, ...] = (None, *round_.seats)
    commands: list[tuple[int, Command | None]] = [(round_.opened_at, None), *round_.tried]
    for now, command in commands:
        due = world.is_due(now)
        result = world.step if command is None else world.try_(now, command)
        sights = {viewer: world.sight(viewer) for viewer in viewers}
        ended = world.step.outcome is not None
        yield Recorded(now=now, command=command, due=due, result=result, ended=ended, sights=sights)


def check_secrets(round_: Round, dice: Random) -> None:
    """Compare worlds. Raises BrokenPromiseError if a viewer gets anything that depends on what they may not know."""
    seed = ShiftedSeed(round_.seeds.server_seed)
    own = _own(round_, World(round_, Seeds(seed, round_.seeds.nonce)), seed)
    for _ in range(WORLDS if seed.read else 0):
        index = dice.randrange(min(seed.read, 60))
        # A neighbouring draw changes as little as possible, where draws choose from a list.
        shift = dice.choice([dice.randrange(1, DRAWS), DRAWS // dice.randint(4, 64), -DRAWS // dice.randint(4, 64)])
        other = ShiftedSeed(round_.seeds.server_seed)
        other.shifts = {index: shift}
        _Comparison(round_, f"draw {index} is moved by {shift / DRAWS:.4f}").compare(
            own, record(round_, World(round_, Seeds(other, round_.seeds.nonce)))
        )


def _own(round_: Round, world: World, seed: ShiftedSeed) -> list[Recorded]:
    """Record the script's own world. Nothing may be drawn while the round takes bets."""
    own: list[Recorded] = []
    read = 0
    for each in record(round_, world):
        own.append(each)
        # A late move may be refused because the round has gone on; what was drawn to find that out is not kept.
        read = seed.read = read if isinstance(each.result, Refusal) else seed.read
        if seed.read and world.step.outcome is None and world.game.view(world.step.state, None)["phase"] == "betting":
            raise BrokenPromiseError(
                "Nothing may be drawn in the phase betting: later bettors' client seeds have to count, and the round "
                "may still become void.",
                _script(round_, len(own) - 1),
            )
    return own


def _script(round_: Round, commands: int) -> str:
    return script_of(round_.options, round_.seeds, round_.opened_at, round_.tried[:commands])


class _Comparison:
    """Two worlds side by side, as long as some viewer may not know that they differ."""

    def __init__(self, round_: Round, difference: str) -> None:
        self._round, self._difference = round_, difference
        self._unaware: set[Viewer] = {None, *round_.seats}
        self._states_known = type(round_.game).known is not Game.known
        self._at = 0

    def compare(self, own: Sequence[Recorded], other: Iterator[Recorded]) -> None:
        for self._at, one in enumerate(own):
            two = next(other)
            self._compare_answers(one, two)
            if one.ended != two.ended or (one.ended and not self._states_known):
                return
            for viewer in sorted(self._unaware, key=lambda each: -1 if each is None else each):
                self._compare_sights(viewer, one, two)
            if one.ended or not self._unaware:
                return

    def _compare_answers(self, one: Recorded, two: Recorded) -> None:
        """Compare refusals and replies, which only the player who acted gets."""
        seat = one.command.seat if isinstance(one.command, Bet | Act) else None
        if seat is None or seat not in self._unaware:
            return
        late = one.due or two.due
        refused = [each.result if isinstance(each.result, Refusal) else None for each in (one, two)]
        if any(refused):
            self._require(late or refused[0] == refused[1], f"seat {seat}'s command is answered", *refused)
            if refused[0] != refused[1]:
                self._unaware.discard(seat)
            return
        replies = [each.result.reply for each in (one, two) if isinstance(each.result, Step)]
        still = self._may_not_know(seat, one, two)
        self._require(late or not still or replies[0] == replies[1], f"seat {seat} gets the reply", *replies)

    def _may_not_know(self, seat: Seat, one: Recorded, two: Recorded) -> bool:
        """Whether the seat may not know of the difference after this step either; the end is announced later."""
        if one.ended or two.ended:
            return True
        before, after = one.sights[seat], two.sights[seat]
        return before.known == after.known if self._states_known else before == after

    def _compare_sights(self, viewer: Viewer, one: Recorded, two: Recorded) -> None:
        mine, others = one.sights[viewer], two.sights[viewer]
        who = "a spectator" if viewer is None else f"seat {viewer}"
        if self._states_known:
            if mine.known != others.known:
                self._unaware.discard(viewer)
                return
            self._require(mine.told == others.told, f"{who} is told", mine.told.decode(), others.told.decode())
            self._require(mine.seen == others.seen, f"{who}'s view shows", mine.seen.decode(), others.seen.decode())
            return
        if mine.told != others.told and mine.seen != others.seen:
            self._unaware.discard(viewer)
            return
        told = f"an event that the view does not follow tells {who}"
        self._require(mine.told == others.told, told, mine.told.decode(), others.told.decode())
        seen = f"the view, with nothing that an event has told, shows {who}"
        self._require(mine.seen == others.seen, seen, mine.seen.decode(), others.seen.decode())

    def _require(self, kept: bool, what: str, one: Any, two: Any) -> None:
        if not kept:
            promise = f"Nothing hidden may appear: {what}\n    {one}\nand if only {self._difference}\n    {two}"
            raise BrokenPromiseError(promise, _script(self._round, self._at))


# ---- what the seeds do ----


def count_influences(round_: Round, met: Met) -> None:
    """Count whether other seeds lead to other facts: the server's, the nonce, a bettor's, and draws of the stream."""
    outcome = round_.step.outcome
    bettors = list(dict.fromkeys(bet.seat for bet in round_.bets))
    if outcome is None or not bettors:
        return
    seeds = round_.seeds
    shifted = ShiftedSeed(seeds.server_seed)
    shifted.shifts = dict.fromkeys(range(60), DRAWS // 2 + 12_345)
    worlds = {
        "server seed": World(round_, Seeds(seeds.server_seed[::-1], seeds.nonce)),
        "nonce": World(round_, Seeds(seeds.server_seed, seeds.nonce + 1)),
        "stream of floats": World(round_, Seeds(shifted, seeds.nonce)),
        "client seed of the first bettor": World(round_, seeds, {bettors[0]: "another"}),
    }
    if len(bettors) > 1:
        worlds["client seed of the last bettor"] = World(round_, seeds, {bettors[-1]: "another"})
    for name, world in worlds.items():
        met.influences[name] += 0
        for now, command in round_.tried:
            if world.step.outcome is None:
                world.try_(now, command)
        world.play_out(round_.seats)
        other = world.step.outcome
        met.influences[name] += other is not None and other.facts != outcome.facts


def check_influences(met: Met) -> None:
    """Raise BrokenPromiseError if some seed never changed anything."""
    for name, count in met.influences.items():
        require(count > 0, f"The outcome must depend on the {name}; in all rounds played it made no difference.")
