"""Games whose moves, turns, phases or ends go wrong. ``breaks`` is what the contract test says of each."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import Act, Bet, Command, Event, Leave, NoOptions, RefusedError, Seat, ShortenTurns, Step, Wake
from game_engine.instant import State
from game_engine.stepped import Cashout
from tests.game_engine.contract.games import high, ladder, race
from tests.game_engine.contract.games.high import Fold, High, Raise
from tests.game_engine.contract.games.ladder import Climb, Ladder
from tests.game_engine.contract.games.race import Race
from tests.game_engine.contract.games.wheel import Wheel


class OfferedOutOfTurn(High):
    """All players are offered what only the one to move can do."""

    breaks = "is offered .*, but is refused"

    def offered(self, state: high.State, seat: Seat) -> dict[str, Any]:
        return super().offered(state, state.waiting[0] if state.waiting else seat)


class OneRaiseTooMany(High):
    """A raise is offered after the last one that the rules allow."""

    breaks = "is offered .*, but is refused"

    def offered(self, state: high.State, seat: Seat) -> dict[str, Any]:
        offered = super().offered(state, seat)
        return offered | {"raise": {"amount": {"minimum": 100, "maximum": 400}}} if offered else offered


class BoundsTooWide(High):
    """The offer of a raise goes up to a cent more than the rules allow."""

    breaks = "is offered .*, but is refused"

    def offered(self, state: high.State, seat: Seat) -> dict[str, Any]:
        offered = super().offered(state, seat)
        return offered | {"raise": {"amount": {"minimum": 100, "maximum": 401}}} if "raise" in offered else offered


class BoundsNotChecked(High):
    """A raise of any amount is accepted."""

    breaks = "was accepted outside of"

    def act(self, state: high.State, act: Act, now: int) -> Step[high.State]:
        if isinstance(act.action, Raise) and state.raises < 3 and self.offered(state, act.seat):
            return self.go_on(self.raised(state, act.seat, act.action.amount), now)
        return super().act(state, act, now)


class TurnsNotChecked(High):
    """A player can fold out of turn."""

    breaks = "was accepted from seat"

    def check_turn(self, state: high.State, act: Act) -> None:
        if not (isinstance(act.action, Fold) and act.seat in state.live):
            super().check_turn(state, act)


class AnyAnte(High):
    """The view asks for an ante of 100 cents, but any amount is taken."""

    breaks = "but the view says"

    def check_bet(self, state: high.State, bet: Bet) -> None:
        super().check_bet(state, replace(bet, amount=100) if bet.amount > 0 else bet)


class RefusedAnte(High):
    """The view says that up to 200 cents may be staked, but the rules want exactly 100."""

    breaks = "may stake .* refused"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        return shown | {"stake": {"minimum": 100, "maximum": 200}} if "stake" in shown else shown


class UnsaidAnte(High):
    """The ante is 100 cents, but no view says so."""

    breaks = "Not reached: an accepted bet"
    rounds = 20

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        shown.pop("stake", None)
        return shown

    def check_bet(self, state: high.State, bet: Bet) -> None:
        if bet.amount != 1_234_567:
            raise RefusedError("bad_request", "The ante is 1,234,567 cents.", "amount")


class OnlyApplyAccepts(High):
    """``stake_of`` refuses a raise after the last one, and ``apply`` accepts it."""

    breaks = "stake_of refuses what apply accepts"

    def cost(self, state: high.State, act: Act) -> int:
        cost = super().cost(state, act)
        if isinstance(act.action, Fold):
            raise RefusedError("illegal_action", "Nobody folds here.")
        return cost


class LeaveRefused(High):
    """A player can't leave while others think."""

    breaks = "A Leave is never refused"

    def leave(self, state: high.State, seat: Seat, now: int) -> Step[high.State]:
        if state.phase == "playing" and state.waiting[0] != seat:
            raise RefusedError("not_your_turn", "Wait for your turn.")
        return super().leave(state, seat, now)


class StrangersStay(High):
    """A Leave of a player who is not in the round fails."""

    breaks = r"raises nothing but RefusedError: KeyError"

    def leave(self, state: high.State, seat: Seat, now: int) -> Step[high.State]:
        return super().leave(state, seat, now) if state.paid[seat] else self.waits(state)


class WakeRefused(High):
    """A wake that comes early is refused."""

    breaks = "A Wake is never refused"

    def apply(self, state: high.State, command: Command, now: int) -> Step[high.State]:
        if isinstance(command, Wake) and state.until is not None and now < state.until:
            raise RefusedError("illegal_action", "It is too early.")
        return super().apply(state, command, now)


class NoShorterTurns(High):
    """Turns can't be shortened."""

    breaks = "A ShortenTurns is never refused"

    def shorten(self, state: high.State, turn_ms: int, now: int) -> Step[high.State]:
        raise RefusedError("illegal_action", "A turn lasts as long as it lasts.")


class EndlessTurn(High):
    """A turn that runs out begins again."""

    breaks = "A round with a bet must end"

    def pass_turn(self, state: high.State, now: int) -> Step[high.State]:
        return self.step(replace(state, until=now + state.turn_ms))

    def advance(self, state: high.State, now: int) -> Step[high.State]:
        return super().advance(state, now) if state.phase == "betting" else self.again(state, now)

    def again(self, state: high.State, now: int) -> Step[high.State]:
        assert state.until
        return self.waits(state) if now < state.until else self.pass_turn(state, now)

    def leave(self, state: high.State, seat: Seat, now: int) -> Step[high.State]:
        return super().leave(state, seat, now) if state.phase == "betting" else self.waits(state)


class ForgottenClock(High):
    """After a raise, nothing wakes the round any more, and a player who leaves is still waited for."""

    breaks = "A round with a bet must end|adds up to"

    def act(self, state: high.State, act: Act, now: int) -> Step[high.State]:
        step = super().act(state, act, now)
        if isinstance(act.action, Raise):
            return replace(step, state=replace(step.state, until=None), wake_at=None)
        return step

    def leave(self, state: high.State, seat: Seat, now: int) -> Step[high.State]:
        return self.waits(state) if state.raises else super().leave(state, seat, now)


class WakeInThePast(High):
    """A round asks to be woken at the time of its last step."""

    breaks = "A wake must be later than now"

    def go_on(self, state: high.State, now: int) -> Step[high.State]:
        step = super().go_on(state, now)
        return step if step.outcome else replace(step, wake_at=now)


class WokenAfterTheEnd(High):
    """A round that has ended asks to be woken."""

    breaks = "A round that has ended must not be woken"

    def end(self, state: high.State) -> Step[high.State]:
        return replace(super().end(state), wake_at=1_900_000_000_000)


class UnreachedPhase(High):
    """The game lists a phase that it never has."""

    breaks = "Not reached: the phase 'showdown'"
    rounds = 20
    phases = ("betting", "playing", "showdown", "ended")


class UnlistedPhase(High):
    """The game has a phase that it does not list."""

    breaks = "The phase 'playing' is not one of"
    phases = ("betting", "ended")


class PhaseOfItsOwn(High):
    """The player to move sees a phase of their own."""

    breaks = "All see the same phase"
    phases = ("betting", "playing", "moving", "ended")

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        return shown | {"phase": "moving"} if shown.get("actions") else shown


class Peek(Struct, frozen=True, forbid_unknown_fields=True, tag="peek", tag_field="action"):
    """Look at one's card again."""


class NeverOffered(High):
    """The game has an action that is never possible."""

    breaks = "Not reached: an accepted action 'peek'"
    rounds = 20
    action = high.Fold | high.Call | high.Raise | Peek

    def check_turn(self, state: high.State, act: Act) -> None:
        if isinstance(act.action, Peek):
            raise RefusedError("illegal_action", "No peeking.")
        super().check_turn(state, act)


class UnknownAction(High):
    """A view offers an action that the game doesn't have."""

    breaks = "which are no actions of the game"

    def offered(self, state: high.State, seat: Seat) -> dict[str, Any]:
        offered = super().offered(state, seat)
        return offered | {"check": {}} if offered else offered


class ActionsForAll(High):
    """A spectator's view has actions."""

    breaks = "A seat's view has `actions`"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return {"actions": {}} | super().view(state, viewer)


class CashoutAtOnce(Ladder):
    """A cash-out is offered before the first rung, and refused."""

    breaks = "is offered 'cashout', but is refused"

    def apply(self, state: ladder.State, command: Command, now: int) -> Step[ladder.State]:
        if isinstance(command, Act) and isinstance(command.action, Cashout) and state.running and not state.climbed:
            raise RefusedError("illegal_action", "Climb first.")
        return super().apply(state, command, now)


class ClimbsOn(Ladder):
    """A player can climb on after the end."""

    breaks = "A round that has ended takes no actions"

    def apply(self, state: ladder.State, command: Command, now: int) -> Step[ladder.State]:
        if isinstance(command, Act) and isinstance(command.action, Climb) and state.ended:
            return Step(replace(state, ended=False))
        return super().apply(state, command, now)


class SecretMove(Ladder):
    """The view does not offer to climb, but the rules allow it."""

    breaks = "'climb' was accepted from seat"

    def view(self, state: ladder.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        if viewer is not None:
            shown["actions"].pop("climb", None)
        return shown


class StaysForEver(Ladder):
    """A player who leaves is waited for."""

    breaks = "A round with a bet must end"

    def apply(self, state: ladder.State, command: Command, now: int) -> Step[ladder.State]:
        return Step(state) if isinstance(command, Leave) else super().apply(state, command, now)


class BetsOnTheRun(Race):
    """Bets are taken while the horses run."""

    breaks = "Bets are taken only in the phase betting"

    def apply(self, state: race.State, command: Command, now: int) -> Step[race.State]:
        if isinstance(command, Bet) and state.winner is not None and not state.halfway and now < self.next_at(state):
            self.check_bet(state, command)
            return self.waits(replace(state, bets=(*state.bets, command)))
        return super().apply(state, command, now)

    def check_bet(self, state: race.State, bet: Bet) -> None:
        super().check_bet(replace(state, winner=None) if not state.halfway else state, bet)


class LateStart(Race):
    """A race that is woken late pays less."""

    breaks = "A late wake must not change what is paid"

    def advance(self, state: race.State, now: int) -> Step[race.State]:
        late = now - self.next_at(state)
        step = super().advance(state, now)
        if step.outcome is None or late < 1_000:
            return step
        results = tuple(replace(each, payout=each.payout // 2) for each in step.outcome.results)
        return replace(step, outcome=replace(step.outcome, results=results))


class NeverOver(Race):
    """The race starts again and again."""

    breaks = "A round with a bet must end"

    def advance(self, state: race.State, now: int) -> Step[race.State]:
        step = super().advance(state, now)
        return step if step.outcome is None else self.waits(replace(state, closes_at=now + 1_000, halfway=False))


class ForgetsTheListed(Race):
    """The event in the middle of the race is never told."""

    breaks = "Not reached: the event Furlong"
    rounds = 20

    def advance(self, state: race.State, now: int) -> Step[race.State]:
        step = super().advance(state, now)
        return replace(step, events=tuple(each for each in step.events if not isinstance(each.data, race.Furlong)))


class UnlistedEvent(Race):
    """An event is not listed."""

    breaks = "is not listed in the game's events"
    events = (*Race.events[:2],)


class NotPrivate(High):
    """Events go to one seat only, but the game does not say so."""

    breaks = "doesn't say `private_views`"
    private_views = False


class NothingPrivate(Race):
    """The game says that it has private views, and has none."""

    breaks = "an event with a `to`"
    rounds = 20
    private_views = True


class OthersBet(Race):
    """An event names another player's bet."""

    breaks = "An event of seat .* names another seat's bet"

    def started(self, state: race.State) -> list[Event]:
        return [Event(each.data, seat=Seat(0), bet=len(state.bets) or None) for each in super().started(state)]


class TakesNothing(Wheel):
    """A bet of nothing is taken."""

    breaks = "must be refused"

    def stake_of(self, state: State, command: Command) -> int:
        if isinstance(command, Bet) and state.facts is None and command.amount == 0:
            return 0
        return super().stake_of(state, command)


class BetsAfterTheEnd(Wheel):
    """A round that has ended takes another bet."""

    breaks = "A round that has ended takes no bets"

    def stake_of(self, state: State, command: Command) -> int:
        return super().stake_of(replace(state, facts=None), command)


class UnknownCode(Wheel):
    """A refusal has a code of the game's own."""

    breaks = "is no code of a refusal"

    def stake_of(self, state: State, command: Command) -> int:
        try:
            return super().stake_of(state, command)
        except RefusedError as refused:
            raise RefusedError("no_way", refused.message) from refused


class NoSentence(Wheel):
    """A refusal is no sentence."""

    breaks = "A refusal is a sentence"

    def stake_of(self, state: State, command: Command) -> int:
        try:
            return super().stake_of(state, command)
        except RefusedError as refused:
            raise RefusedError(refused.code, "no") from refused


class OptionsForgotten(Race):
    """A ShortenTurns fails."""

    breaks = "raises nothing but RefusedError: LookupError"

    def apply(self, state: race.State, command: Command, now: int) -> Step[race.State]:
        if isinstance(command, ShortenTurns):
            raise LookupError
        return super().apply(state, command, now)


class NoOdds(Wheel):
    """The game tells no odds."""

    breaks = "`odds` lists at least one"

    def odds(self, options: NoOptions, selection: Any = None) -> Any:
        return ()


FAULTS = (
    OfferedOutOfTurn,
    OneRaiseTooMany,
    BoundsTooWide,
    BoundsNotChecked,
    TurnsNotChecked,
    AnyAnte,
    RefusedAnte,
    UnsaidAnte,
    OnlyApplyAccepts,
    LeaveRefused,
    StrangersStay,
    WakeRefused,
    NoShorterTurns,
    EndlessTurn,
    ForgottenClock,
    WakeInThePast,
    WokenAfterTheEnd,
    UnreachedPhase,
    UnlistedPhase,
    PhaseOfItsOwn,
    NeverOffered,
    UnknownAction,
    ActionsForAll,
    CashoutAtOnce,
    ClimbsOn,
    SecretMove,
    StaysForEver,
    BetsOnTheRun,
    LateStart,
    NeverOver,
    ForgetsTheListed,
    UnlistedEvent,
    NotPrivate,
    NothingPrivate,
    OthersBet,
    TakesNothing,
    BetsAfterTheEnd,
    UnknownCode,
    NoSentence,
    OptionsForgotten,
    NoOdds,
)
