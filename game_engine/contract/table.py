"""One round, played as a room plays it, with the promises of every step checked."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from fractions import Fraction
from typing import Any, Self

import msgspec
from msgspec import Struct

from game_engine.contract.chooser import structs_of
from game_engine.contract.promise import (
    BrokenPromiseError,
    Tried,
    as_json,
    require,
    require_json_ready,
    require_seats,
    require_type,
    script_of,
)
from game_engine.game import (
    Act,
    AnyGame,
    Bet,
    BetEvent,
    BettingOpened,
    CarriedStake,
    Command,
    Leave,
    Outcome,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    ShortenTurns,
    Step,
    Wake,
    refusals_of,
)
from game_engine.replay import Entry

REFUSALS = frozenset({"bad_request", "betting_closed", "limit_exceeded", "not_your_turn", "illegal_action"})
MOST_STEPS_TO_THE_END = 5_000
LONG_STEP_MS = 1_000
"""A round that is played out goes on in steps of at least this much, as in a room that closes."""
ON_THE_TABLE = ("stack", "staked", "pot")


class Met(Struct):
    """What rounds have met so far, to see whether all of a game was played."""

    phases: Counter[str] = msgspec.field(default_factory=Counter)
    actions: Counter[str] = msgspec.field(default_factory=Counter)
    events: Counter[str] = msgspec.field(default_factory=Counter)
    bets: int = 0
    rounds: int = 0
    private_events: int = 0
    influences: Counter[str] = msgspec.field(default_factory=Counter)
    """How often another seed led to other facts, by kind of seed."""


class Refusal(Struct, frozen=True):
    """What a player is told of a refused command."""

    code: str
    message: str
    field: str | None
    reason: str = ""

    @classmethod
    def of(cls, error: RefusedError) -> Self:
        return cls(code=error.code, message=error.message, field=error.field, reason=error.reason)


def told(step: Step[Any]) -> bytes:
    """Return everything of a step but its state, as JSON."""
    return as_json((step.events, step.wake_at, step.reply, step.outcome), "Events, replies and outcomes")


def is_between_players(game: AnyGame) -> bool:
    if game.between_players is not None:
        return game.between_players
    return game.shared and game.return_to_player == 1


class Round:
    """A round of ``game`` with players in ``seats``. Raises BrokenPromiseError where a promise breaks, with the script.

    ``carried`` are the stakes that the round before has carried over to this one.
    """

    def __init__(
        self,
        game: AnyGame,
        *,
        options: Any,
        seeds: Seeds,
        now: int,
        seats: Sequence[Seat],
        met: Met,
        carried: Sequence[CarriedStake] = (),
    ) -> None:
        self.game, self.options, self.seeds, self.seats, self.met = game, options, seeds, seats, met
        self.carried = {stake.seat: stake.amount for stake in carried}
        self.actions = structs_of(game.action) if game.action is not None else {}
        self.opened_at = self.now = now
        self.tried: list[Tried] = []
        self.journal: list[Entry] = []
        self.bets: list[Bet] = []
        self.held: Counter[Seat] = Counter()
        """The cents on hold, by seat."""
        self.keys_shown: set[str] = set()
        """The keys of everything that was shown before the end."""
        self.views: dict[Seat | None, dict[str, Any]] = {}
        self.step: Step[Any] = Step(None)
        opened = self._checked(lambda: self._twice(game.open, options, seeds, now))
        assert isinstance(opened, Step)
        self._checked(lambda: self._take(opened))

    # -- playing --

    @property
    def ended(self) -> bool:
        return self.step.outcome is not None

    @property
    def phase(self) -> str:
        return str(self.views[None]["phase"])

    @property
    def is_due(self) -> bool:
        """Whether a wake is due, so that the state is behind the time."""
        return self.step.wake_at is not None and self.step.wake_at <= self.now

    def offered(self, seat: Seat) -> Mapping[str, Any]:
        """Return the actions that the seat's view offers."""
        offered: Mapping[str, Any] = self.views[seat].get("actions", {})
        return offered

    def fork(self) -> Self:
        """Return a copy in which commands can be tried without consequences for this round."""
        other = copy(self)
        other.tried, other.journal, other.bets = [*self.tried], [*self.journal], [*self.bets]
        other.held, other.keys_shown, other.met = self.held.copy(), {*self.keys_shown}, Met()
        return other

    def try_(self, command: Command, now: int | None = None) -> Refusal | None:
        """Apply a command, at ``now`` or at once. Returns the refusal if the rules don't allow it."""
        self.now = self.now if now is None else max(now, self.now)
        if isinstance(command, Bet):
            command = msgspec.structs.replace(command, number=len(self.bets) + 1)
        self.tried.append((self.now, command))
        refusal: Refusal | None = self._checked(lambda: self._try(command))
        return refusal

    def wake(self, late_ms: int = 0) -> None:
        """Let the time pass to the next wake."""
        assert self.step.wake_at is not None
        self.try_(Wake(), self.step.wake_at + late_ms)

    def play_out(self) -> None:
        """End the round as a closing room does: by wakes, and where it waits for players, by letting them leave."""
        leaving = [*self.seats]
        for _ in range(MOST_STEPS_TO_THE_END):
            if self.ended:
                return
            if self.step.wake_at is not None:
                self.try_(Wake(), max(self.step.wake_at, self.now + LONG_STEP_MS))
            elif leaving:
                self.try_(Leave(leaving.pop(0)), self.now + LONG_STEP_MS)
            else:
                break
        self.require(self.ended or not self.bets, "A round with a bet must end once it is woken and its players leave.")

    def require(self, kept: bool, promise: str) -> None:
        self._checked(lambda: require(kept, promise))

    def _checked(self, check: Callable[[], Any]) -> Any:
        try:
            return check()
        except BrokenPromiseError as broken:
            raise BrokenPromiseError(broken.promise, broken.script or self.script()) from broken.__cause__

    def script(self) -> str:
        return script_of(self.options, self.seeds, self.opened_at, self.tried)

    # -- one command --

    def _twice(self, call: Callable[..., Any], *given: Any) -> Any:
        """Return what a call returns, or its Refusal. The call must change nothing and return the same again."""
        before = [repr(each) for each in given]
        results = []
        for _ in range(2):
            try:
                results.append(call(*given))
            except RefusedError as refused:
                results.append(Refusal.of(refused))
            except Exception as error:
                raise BrokenPromiseError(f"A game raises nothing but RefusedError: {error!r} in {call!r}.") from error
        require([repr(each) for each in given] == before, f"{call.__name__} must not change what it is given.")
        one, other = (told(each) if isinstance(each, Step) else each for each in results)
        same = one == other or repr(one) == repr(other)  # NaN is not equal to itself
        require(same, f"{call.__name__} must return the same whenever it is given the same: {one!r}, {other!r}.")
        return results[0]

    def _try(self, command: Command) -> Refusal | None:
        state, due = self.step.state, self.is_due
        stake = self._twice(self.game.stake_of, state, command)
        step = self._twice(self.game.apply, state, command, self.now)
        refusal = next((each for each in (stake, step) if isinstance(each, Refusal)), None)
        if refusal is not None:
            # stake_of does not know the time, so it may refuse a move for which a turn has begun meanwhile.
            agreed = due or isinstance(step, Refusal)
            require(agreed, f"stake_of refuses what apply accepts: {refusal.message}")
            self._check_refusal(command, refusal)
            return refusal
        if isinstance(command, Bet):
            self._check_bet(command, stake, due)
            self.bets.append(command)
            self.met.bets += 1
        elif isinstance(command, Act):
            self._check_act(command, due)
            self.met.actions[self._name(command.action)] += 1
        require(isinstance(stake, int) and stake >= 0, f"stake_of returns whole cents, not {stake!r}.")
        require(stake == 0 or isinstance(command, Bet | Act), f"A {type(command).__name__} costs nothing.")
        if stake and isinstance(command, Bet | Act):
            self.held[command.seat] += stake
        self.journal.append((self.now, command))
        self._take(step)
        return None

    def _name(self, action: Any) -> str:
        return str(msgspec.to_builtins(action)["action"])

    def _check_refusal(self, command: Command, refusal: Refusal) -> None:
        require(refusal.code in REFUSALS, f"{refusal.code!r} is no code of a refusal.")
        require(refusal.message.endswith((".", "!", "?")), f"A refusal is a sentence, not {refusal.message!r}.")
        listed = {(each.code, each.word) for each in refusals_of(self.game)}
        known = not refusal.reason or (refusal.code, refusal.reason) in listed
        require(known, f"The reason {refusal.reason!r} is not in the game's refusals.")
        require(self.seeds.server_seed not in repr(refusal), "A refusal must not reveal the server seed.")
        always = isinstance(command, Leave | Wake | ShortenTurns) and not self.ended
        require(not always, f"A {type(command).__name__} is never refused while the round runs: {refusal.message}")

    def _check_bet(self, bet: Bet, stake: Any, due: bool) -> None:
        require(not self.ended, "A round that has ended takes no bets.")
        require(stake == bet.amount, f"A bet of {bet.amount} cents costs that, not {stake!r}.")
        require(bet.amount > 0, f"A bet of {bet.amount} cents must be refused.")
        if due:
            return
        require(self.phase == "betting", f"Bets are taken only in the phase betting, not in {self.phase!r}.")
        bounds = self.views[bet.seat].get("stake") if bet.seat in self.views else None
        if bounds and self.carried.get(bet.seat) != bet.amount:
            within = bounds.get("minimum", 0) <= bet.amount <= bounds.get("maximum", bet.amount)
            require(within, f"A bet of {bet.amount} cents was accepted, but the view says {bounds}.")
        if self.game.table_stakes and not self.held[bet.seat]:
            self._check_what_is_brought_back(bet)

    def _check_what_is_brought_back(self, bet: Bet) -> None:
        """Where stakes stay on the table, a player who comes back brings at least what they took, however much."""
        most = msgspec.structs.replace(bet, amount=bet.amount * 1000, brings_back=bet.amount * 1000)
        less = msgspec.structs.replace(bet, brings_back=bet.amount + 1)
        require(self._is_allowed(most), f"A player must be able to bring back {most.amount} cents.")
        require(not self._is_allowed(less), f"{bet.amount} cents were accepted from a player who must bring more back.")

    def _is_allowed(self, command: Command) -> bool:
        try:
            self.game.stake_of(self.step.state, command)
            self.game.apply(self.step.state, command, self.now)
        except RefusedError:
            return False
        return True

    def _check_act(self, act: Act, due: bool) -> None:
        require(not self.ended, "A round that has ended takes no actions.")
        if due or act.seat not in self.views:
            return
        name, offered = self._name(act.action), self.offered(act.seat)
        require(name in offered, f"{name!r} was accepted from seat {act.seat}, which is offered {[*offered]}.")
        fields = msgspec.to_builtins(act.action)
        for field, bounds in offered[name].items():
            value = fields.get(field)
            if isinstance(value, int) and not isinstance(value, bool):
                within = bounds.get("minimum", value) <= value <= bounds.get("maximum", value)
                require(within, f"{name!r} with {field}={value} was accepted outside of {bounds}.")
            require(value is None or value in bounds.get("enum", [value]), f"{field}={value!r} is not in {bounds}.")

    # -- one step --

    def _take(self, step: Step[Any]) -> None:
        self._check_events(step)
        self.step = step
        self.views = self._checked_views(step.state)
        self.met.phases[self.phase] += 1
        require(isinstance(step.reply, dict), f"A reply is a dict, not {step.reply!r}.")
        require_json_ready(step.reply, "A reply")
        if step.reply:
            require_type(step.reply, self.game.reply_type, "reply_type")
        events = [msgspec.to_builtins(event.data) for event in step.events]
        shown = [*events, step.reply, *self.views.values()]
        require(self.seeds.server_seed not in str(shown), "Only the room may reveal the server seed.")
        if step.outcome:
            require(step.wake_at is None, "A round that has ended must not be woken.")
            self._check_outcome(step.outcome)
            self.met.rounds += 1
            return
        later = step.wake_at is None or step.wake_at > self.now
        require(later, f"A wake must be later than now: {step.wake_at} at {self.now}.")
        self.keys_shown.update(_keys(shown))
        if is_between_players(self.game):
            self._check_the_table(self.views[None])

    def _check_events(self, step: Step[Any]) -> None:
        kinds = {BettingOpened, RoundStarted, *self.game.events}
        for event in step.events:
            require(type(event.data) in kinds, f"{type(event.data).__name__} is not listed in the game's events.")
            self.met.events[type(event.data).__name__] += 1
            require(event.bet is None or 0 < event.bet <= len(self.bets), f"There is no bet {event.bet!r}.")
            theirs = event.bet is None or event.seat == self.bets[event.bet - 1].seat
            require(theirs, f"An event of seat {event.seat} names another seat's bet.")
            of_a_bet, name = isinstance(event.data, BetEvent), type(event.data).__name__
            require((event.bet is not None) == of_a_bet, f"{name} names a bet if it is a BetEvent, and only then.")
            require((event.seat is not None) == of_a_bet, f"{name} names a seat if it is a BetEvent, and only then.")
            require_seats(msgspec.to_builtins(event.data), {bet.seat for bet in self.bets}, name)
            if event.to is not None:
                require(self.game.private_views, "An event has a `to`, but the game doesn't say `private_views`.")
                self.met.private_events += 1

    def _checked_views(self, state: Any) -> dict[Seat | None, dict[str, Any]]:
        views = {}
        for viewer in (None, *self.seats):
            view = views[viewer] = self._twice(self.game.view, state, viewer)
            require(isinstance(view, dict), f"A view is a dict, not {view!r}.")
            require_json_ready(view, "A view")
            phase = view.get("phase")
            require(phase in self.game.phases, f"The phase {phase!r} is not one of {self.game.phases}.")
            require(phase == views[None]["phase"], "All see the same phase.")
            require_type(view, self.game.view_type, "view_type")
            require_seats(view, {bet.seat for bet in self.bets}, "A view")
            has_actions = viewer is not None and bool(self.actions)
            require(
                has_actions == ("actions" in view), "A seat's view has `actions` if the game has any; no other has."
            )
            unknown = [name for name in view.get("actions", ()) if name not in self.actions]
            require(not unknown, f"The view offers {unknown}, which are no actions of the game.")
            bounds = view.get("stake")
            sound = bounds is None or 0 < bounds.get("minimum", 1) <= bounds.get("maximum", bounds.get("minimum", 1))
            require(sound, f"The bounds of a stake are from 1 cent up, not {bounds}.")
        return views

    def _check_the_table(self, view: Mapping[str, Any]) -> None:
        amounts = list(_on_the_table(view))
        held = self.held.total()
        require(
            not amounts or sum(amounts) == held,
            f"What lies on the table adds up to the {held} cents on hold, but the view shows {sum(amounts)}: {view}",
        )

    # -- the end --

    def _check_outcome(self, outcome: Outcome) -> None:
        """Every bet has its result, and every cent is accounted for."""
        require_json_ready(outcome.facts, "The facts of an outcome")
        require_type(outcome.facts, self.game.facts_type, "facts_type")
        require(self.seeds.server_seed not in repr(outcome), "Only the room may reveal the server seed.")
        results, expected = outcome.results, [(bet.number, bet.seat) for bet in self.bets]
        listed = [(result.number, result.seat) for result in results]
        require(listed == expected, f"Every bet has its result, by number: {listed} instead of {expected}.")
        staked: Counter[Seat] = Counter()
        for result in results:
            staked[result.seat] += result.amount
            self._check_result(result.amount, result.payout, result.result)
        require(+staked == +self.held, f"The amounts of the results are {dict(staked)}; on hold are {dict(self.held)}.")
        self._check_client_seed(outcome)
        self._check_conservation(outcome)
        self._check_what_is_handed_on(outcome)
        early = sorted(self.keys_shown.intersection(outcome.facts))
        require(not early, f"Facts stay hidden until the end, but {early} were shown before.")

    def _check_result(self, amount: int, payout: Any, word: str) -> None:
        require(type(payout) is int and payout >= 0, f"A payout is a whole number of cents, not {payout!r}.")
        largest = self.game.largest_multiplier
        require(payout <= amount * largest, f"{payout} cents for {amount} are above the largest multiplier, {largest}.")
        require(word != "push" or payout == amount, f"A push pays the stake of {amount} cents, not {payout}.")
        require(word != "loss" or payout < amount, f"A loss of {amount} cents pays less, not {payout}.")
        require(word != "win" or payout > 0, "A win pays something.")

    def _check_client_seed(self, outcome: Outcome) -> None:
        seeds: dict[Seat, str] = {}
        for bet in self.bets:
            seeds.setdefault(bet.seat, bet.client_seed)
        joined = ",".join(seeds.values())
        require(outcome.client_seed == joined, f"The client seed is {joined!r}, not {outcome.client_seed!r}.")

    def _check_conservation(self, outcome: Outcome) -> None:
        """Between players, a round pays back what went in, less at most what the odds say that the house keeps."""
        if not is_between_players(self.game) or not self.bets:
            return
        paid, held = sum(result.payout for result in outcome.results), self.held.total()
        kept: Fraction = min([odds.mean for odds in self.game.odds(self.options)])
        enough = paid >= held * min(kept, Fraction(1)) - (len(self.bets) if kept < 1 else 0)
        require(paid <= held and enough, f"Players put in {held} cents and got back {paid}; the odds return {kept}.")

    def _check_what_is_handed_on(self, outcome: Outcome) -> None:
        back: Counter[Seat] = Counter()
        for result in outcome.results:
            back[result.seat] += result.payout
        for stake in outcome.carried_stakes:
            require(0 < stake.amount <= back[stake.seat], "A carried stake comes out of the seat's payouts.")
            back[stake.seat] -= stake.amount
        if outcome.next_options is None:
            return
        require(type(outcome.next_options) is self.game.options, "next_options are of the game's type of options.")
        read = msgspec.json.decode(as_json(outcome.next_options, "next_options"), type=self.game.options)
        require(read == outcome.next_options, "next_options must be the same when they are read again.")
        changed = [
            field
            for field in self.game.options.__struct_fields__
            if getattr(self.options, field) != getattr(outcome.next_options, field)
        ]
        others = sorted(set(changed).difference(self.game.handed_on))
        require(not others, f"{others} changed for the next round, but are not listed in `handed_on`.")


def _keys(value: Any) -> Iterator[str]:
    """Yield all keys of the objects in a JSON value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _keys(inner)


def _on_the_table(value: Any) -> Iterator[int]:
    """Yield the amounts of stacks, stakes and pots in a view."""
    if isinstance(value, list):
        for inner in value:
            yield from _on_the_table(inner)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in ON_THE_TABLE and isinstance(inner, int):
            yield inner
        elif key == "pots":
            yield from (pot["amount"] for pot in inner)
        elif key not in ("actions", "stake"):
            yield from _on_the_table(inner)
