"""The contract that every game keeps, tested by random scripts: a small runner plays a script and checks each step."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from msgspec import inspect as mi

from game_engine.game import (
    Act,
    AnyGame,
    Bet,
    BettingOpened,
    Command,
    Leave,
    Outcome,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.replay import Entry, journal_to_json, replay

OPENED_AT = 1_790_000_000_000
PUNCTUAL_WAKES, LATE_WAKES = 100, 40
"""How often a round is woken after its script; the late wakes are ever later, so that a long round ends soon."""
REFUSALS = {"bad_request", "betting_closed", "limit_exceeded", "not_your_turn", "illegal_action"}


class Move(Struct, frozen=True):
    """One line of a script: after ``wait_ms``, try ``command``. The runner sets the number of a bet."""

    wait_ms: int
    command: "Command | Pick"


class Pick(Struct, frozen=True):
    """One of the actions that the seat is then offered; ``choice`` selects it and the values of its fields."""

    seat: Seat
    choice: int


class Script(Struct, frozen=True):
    """Who does what, and when. Unless ``punctual``, wakes come only after all moves."""

    options: Any
    seeds: Seeds
    moves: tuple[Move, ...]
    punctual: bool


# ---- scripts generated from a game's own types ----


def values(kind: mi.Type) -> st.SearchStrategy[Any]:
    """Return values of a selection, action or options type; floats are hundredths, as players send them."""
    if isinstance(kind, mi.StructType):
        return st.builds(kind.cls, **{field.name: values(field.type) for field in kind.fields})
    if isinstance(kind, mi.UnionType):
        return st.one_of(*(values(choice) for choice in kind.types))
    if isinstance(kind, mi.FloatType):
        return _numbers(round((kind.ge or 0) * 100), round((kind.le or 100) * 100)).map(lambda n: n / 100)
    if isinstance(kind, mi.IntType):
        return _numbers(int(kind.ge or 0), int(kind.le or 8))
    if isinstance(kind, mi.ListType | mi.VarTupleType):
        items = st.lists(values(kind.item_type), min_size=kind.min_length or 0, max_size=kind.max_length or 5)
        return items.map(tuple) if isinstance(kind, mi.VarTupleType) else items
    if isinstance(kind, mi.LiteralType):
        return st.sampled_from(kind.values)
    simple: dict[type[mi.Type], st.SearchStrategy[Any]] = {mi.BoolType: st.booleans(), mi.NoneType: st.none()}
    return simple[type(kind)]


def _numbers(least: int, most: int) -> st.SearchStrategy[int]:
    """Return the whole range, but prefer its low end, where most rules take effect."""
    return st.integers(least, min(most, least + 500)) | st.integers(least, most)


def scripts(game: AnyGame) -> st.SearchStrategy[Script]:
    seats = st.integers(0, min(game.seats, 4) - 1).map(Seat)
    bets = st.builds(
        Bet,
        seats,
        st.just(0),
        st.integers(1, 2_000) | st.integers(0, 10**12),
        st.sampled_from(["a", "seed-1", "Z_z"]),
        values(mi.type_info(game.selection)) if msgspec.structs.fields(game.selection) else st.builds(game.selection),
    )
    commands: st.SearchStrategy[Command | Pick] = bets | bets | st.builds(Leave, seats) | st.just(Wake())
    if game.action is not None:
        picks = st.builds(Pick, seats, st.integers(0, 9) | st.integers(0, 2**32))
        commands = commands | st.builds(Act, seats, values(mi.type_info(game.action))) | picks | picks | picks
    waits = st.integers(0, 40) | st.integers(0, 7_000)
    seeds = st.builds(Seeds, st.integers(0, 2**256 - 1).map("{:064x}".format), st.integers(1, 10**6))
    options = st.just(game.options()) | values(mi.type_info(game.options))
    moves = st.lists(st.builds(Move, waits, commands), max_size=12 if game.action is None else 40).map(tuple)
    return st.builds(Script, options, seeds, moves, st.booleans())


def picked(kind: mi.Type, offered: Mapping[str, Any], choice: int) -> Any:
    """Return one of the ``offered`` actions, as an instance of its struct in the union ``kind``."""
    variants = kind.types if isinstance(kind, mi.UnionType) else (kind,)
    structs = {each.tag: each for each in variants if isinstance(each, mi.StructType)}
    name = sorted(offered)[choice % len(offered)]
    fields = {}
    for field in structs[name].fields:
        bounds = offered[name].get(field.name)
        if bounds or field.required:
            fields[field.name] = _chosen(field.type, bounds or {}, choice // 7)
    return structs[name].cls(**fields)


def _chosen(kind: mi.Type, bounds: Mapping[str, int], choice: int) -> Any:
    if isinstance(kind, mi.IntType):
        least, most = bounds.get("minimum", kind.ge or 0), bounds.get("maximum", kind.le or 8)
        return int(least + choice % (most - least + 1))
    if isinstance(kind, mi.LiteralType):
        return kind.values[choice % len(kind.values)]
    assert isinstance(kind, mi.BoolType), f"the runner can't choose a value of {kind}"
    return choice % 2 == 0


# ---- the runner ----


class Round:
    """Plays a script as a room would, and asserts at each step what holds for every game."""

    def __init__(self, game: AnyGame, script: Script) -> None:
        self.game, self.script = game, script
        self.now = OPENED_AT
        self.step: Step[Any] = game.open(script.options, script.seeds, self.now)
        self.steps = [self.step]
        self.journal: list[Entry] = []
        self.bets: list[Bet] = []
        self.held = 0
        self.shown: list[Any] = []
        """Everything that anyone could have seen before the end."""
        self._check_step(self.step)

    def play(self) -> "Round":
        for move in self.script.moves:
            until = self.now + move.wait_ms
            if self.script.punctual:
                self._wake(until)
            self.now = until
            if self.step.outcome:
                break
            command = self._resolved(move.command)
            if command is not None:
                self.try_(command)
        self._play_to_the_end()
        return self

    def _resolved(self, command: "Command | Pick") -> Command | None:
        if isinstance(command, Bet):
            return msgspec.structs.replace(command, number=len(self.bets) + 1)
        if not isinstance(command, Pick):
            return command
        offered = self._offered(command.seat)
        if not offered:
            return None
        return Act(command.seat, picked(mi.type_info(self.game.action), offered, command.choice))

    def _offered(self, seat: Seat) -> dict[str, Any]:
        offered: dict[str, Any] = self.game.view(self.step.state, seat)["actions"]
        return offered

    def _wake(self, until: int) -> None:
        while self.step.wake_at is not None and self.step.wake_at <= until:
            self.now = max(self.now, self.step.wake_at)
            self.try_(Wake())

    def _play_to_the_end(self) -> None:
        """Everyone leaves; then a round with a bet must end by waking alone."""
        for seat in range(min(self.game.seats, 4)):
            if not self.step.outcome:
                self.try_(Leave(Seat(seat)))
        for number in range(PUNCTUAL_WAKES + LATE_WAKES):
            if self.step.outcome or self.step.wake_at is None:
                break
            lateness = 2 ** max(0, number - PUNCTUAL_WAKES) - 1
            self.now = max(self.now, self.step.wake_at + lateness)
            self.try_(Wake())
        assert self.step.outcome or not self.bets, "a round with bets must end when it is left and woken"

    def try_(self, command: Command) -> None:
        state, before = self.step.state, repr(self.step.state)
        offered = self._offered(command.seat) if isinstance(command, Act) and self.game.action else {}
        try:
            stake = self.game.stake_of(state, command)
            step = self.game.apply(state, command, self.now)
        except RefusedError as refusal:
            self._check_refusal(command, refusal)
            return
        finally:
            assert repr(state) == before, "a state must not change"
        if isinstance(command, Act) and self.script.punctual:
            assert msgspec.to_builtins(command.action)["action"] in offered, "other actions must be refused"
        self._keep(command, stake, step)

    def _check_refusal(self, command: Command, refusal: RefusedError) -> None:
        assert refusal.code in REFUSALS
        assert refusal.message.endswith(".")
        assert not isinstance(command, Leave | Wake), "a Leave or a Wake must not be refused"

    def _keep(self, command: Command, stake: int, step: Step[Any]) -> None:
        assert stake >= 0
        self.held += stake
        if isinstance(command, Bet):
            assert stake == command.amount
            self.bets.append(command)
        self.journal.append((self.now, command))
        self.step = step
        self.steps.append(step)
        self._check_step(step)

    def _check_step(self, step: Step[Any]) -> None:
        kinds = {BettingOpened, RoundStarted, *self.game.events}
        for event in step.events:
            assert type(event.data) in kinds, "every event's type must be listed"
            assert event.bet is None or event.seat == self.bets[event.bet - 1].seat
        shown = [*(msgspec.to_builtins(event.data) for event in step.events), step.reply, *self._views(step)]
        if step.outcome:
            assert step.wake_at is None
            self._settle(step.outcome)
        else:
            assert step.wake_at is None or step.wake_at > self.now, "a wake must be later than now"
            self.shown += shown
        assert self.script.seeds.server_seed not in str(shown), "only the room may reveal the seed"

    def _views(self, step: Step[Any]) -> list[dict[str, Any]]:
        viewers = [None, *(Seat(seat) for seat in range(min(self.game.seats, 4)))]
        views = [self.game.view(step.state, viewer) for viewer in viewers]
        for viewer, view in zip(viewers, views, strict=True):
            assert isinstance(view["phase"], str)
            assert (viewer is not None and self.game.action is not None) == ("actions" in view)
            assert msgspec.json.decode(msgspec.json.encode(view)) == view, "a view must be JSON-ready"
        return views

    def _settle(self, outcome: Outcome) -> None:
        """Every bet has its result, and every cent is accounted for."""
        results = outcome.results
        assert [(r.number, r.seat) for r in results] == [(n, bet.seat) for n, bet in enumerate(self.bets, start=1)]
        assert sum(result.amount for result in results) == self.held
        for result in results:
            assert isinstance(result.payout, int)
            assert 0 <= result.payout <= result.amount * self.game.largest_multiplier
        seeds = {bet.seat: bet.client_seed for bet in reversed(self.bets)}
        order = dict.fromkeys(bet.seat for bet in self.bets)
        assert outcome.client_seed == ",".join(seeds[seat] for seat in order)
        back = {seat: sum(r.payout for r in results if r.seat == seat) for seat in order}
        for stake in outcome.carried_stakes:
            assert 0 < stake.amount <= back[stake.seat], "a carried stake must come from the seat's payouts"
            back[stake.seat] -= stake.amount
        assert not set(outcome.facts) & set(_keys(self.shown)), "facts must stay hidden until the end"


def _keys(value: Any) -> Iterator[str]:
    """Yield all keys of the objects in a JSON value."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def check(game: AnyGame, script: Script) -> None:
    """Play ``script`` and assert everything that the contract promises."""
    played = Round(game, script).play()
    again = Round(game, script).play()
    assert again.steps == played.steps, "the same seed and script must give the same round"
    journal = journal_to_json(played.journal)
    options = msgspec.json.encode(script.options)
    replayed = list(replay(game, options, script.seeds, OPENED_AT, journal))
    assert [step for _, _, step in replayed] == played.steps, "the journal must replay the round"
    assert journal_to_json([(now, command) for now, command, _ in replayed if command]) == journal
