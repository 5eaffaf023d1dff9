"""Games that lose, make or promise the wrong money. ``breaks`` is what the contract test says of each."""

from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from game_engine.chance import floats
from game_engine.game import (
    Act,
    Bet,
    BetResult,
    CarriedStake,
    Command,
    Event,
    NoOptions,
    NoSelection,
    Outcome,
    Seat,
    Step,
)
from game_engine.money import TEN_THOUSANDTHS, payout
from game_engine.odds import Odds
from tests.game_engine.contract.games import high, ladder, race
from tests.game_engine.contract.games.high import High, Raise
from tests.game_engine.contract.games.ladder import Ladder
from tests.game_engine.contract.games.race import Race
from tests.game_engine.contract.games.wheel import PAYS, Wheel


class PotAndACent(High):
    """The winner gets a cent more than the pot."""

    breaks = "Players put in .* and got back|above the largest"

    def shares(self, pot: int, winners: list[Seat]) -> dict[Seat, int]:
        return super().shares(pot + 1, winners)


class OddCentLost(High):
    """A pot that can't be shared equally loses the odd cents."""

    breaks = "Players put in .* and got back"

    def shares(self, pot: int, winners: list[Seat]) -> dict[Seat, int]:
        return dict.fromkeys(winners, pot // len(winners))


class FreeRaise(High):
    """A raise is written into the pot, but costs only what a call costs."""

    breaks = "adds up to the"

    def cost(self, state: high.State, act: Act) -> int:
        cost = super().cost(state, act)
        return cost - act.action.amount if isinstance(act.action, Raise) else cost


class HiddenFreeRaise(FreeRaise):
    """The same, and the table shows no pot."""

    breaks = "The amounts of the results are"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        del shown["pot"]
        return shown


class OldPot(High):
    """The view shows the pot without the raises."""

    breaks = "adds up to the"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"pot": 100 * len(state.bets)}


class AnteBack(High):
    """Players who have folded get their ante back, and the winner still wins the whole pot."""

    breaks = "above the largest multiplier|Players put in"

    def end(self, state: high.State) -> Step[high.State]:
        won = dict.fromkeys(state.paid, 100) | self.shares(self.pot(state), self.winners(state))
        return self.finish(state, won, {"cards": self.showdown(replace(state, phase="ended"))})


class OnlyAntes(High):
    """The results name the antes and forget what calls and raises cost."""

    breaks = "The amounts of the results are|A push pays"

    def result(self, state: high.State, bet: Bet, paid: int) -> BetResult:
        return replace(super().result(state, bet, paid), amount=bet.amount)


class BySeat(High):
    """The results come in the order of the seats instead of the bets."""

    breaks = "Every bet has its result, by number"

    def finish(self, state: high.State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[high.State]:
        step = super().finish(state, won, facts)
        assert step.outcome
        results = tuple(sorted(step.outcome.results, key=lambda result: result.seat))
        return replace(step, outcome=replace(step.outcome, results=results))


class PushWithoutPay(High):
    """A player who withdraws before the deal loses a cent, but the result is a push."""

    breaks = "A push pays the stake"

    def refund(self, state: high.State) -> Step[high.State]:
        step = super().refund(state)
        assert step.outcome
        (result,) = step.outcome.results
        return replace(step, outcome=replace(step.outcome, results=(replace(result, payout=99),)))


class CarriesTooMuch(High):
    """More is carried over to the next round than the player has won."""

    breaks = "A carried stake comes out of the seat's payouts"

    def finish(self, state: high.State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[high.State]:
        step = super().finish(state, won, facts)
        assert step.outcome
        stakes = tuple(CarriedStake(bet.seat, 100, NoSelection()) for bet in state.bets)
        return replace(step, outcome=replace(step.outcome, carried_stakes=stakes))


class ForgetsTheStack(High):
    """Stakes stay on the table, but who comes back may bring less."""

    breaks = "from a player who must bring more back"
    table_stakes = True


class CarriesWhatIsRefused(High):
    """Winnings are carried over, but the next round takes only antes."""

    breaks = "A carried stake is refused in the next round"

    def finish(self, state: high.State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[high.State]:
        step = super().finish(state, won, facts)
        assert step.outcome
        stakes = tuple(CarriedStake(seat, paid, NoSelection()) for seat, paid in won.items() if paid)
        return replace(step, outcome=replace(step.outcome, carried_stakes=stakes))


class ChangesTheRoom(High):
    """A round hands on a shorter turn, which is the room's option and not the game's."""

    breaks = "not listed in `handed_on`"

    def finish(self, state: high.State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[high.State]:
        step = super().finish(state, won, facts)
        assert step.outcome
        following = replace(step.outcome.next_options, turn_ms=5_000)
        return replace(step, outcome=replace(step.outcome, next_options=following))


class TooGenerous(Wheel):
    """Wins pay a tenth more than the odds say."""

    breaks = "are above the largest|The odds don't agree with play"
    largest_multiplier = Fraction(30)

    def pay(self, bet: Bet) -> int:
        return payout(bet.amount, PAYS[bet.selection.colour] * 11, 10 * TEN_THOUSANDTHS)


class AboveTheLargest(Wheel):
    """Green pays more than the largest multiplier that the game states."""

    breaks = "above the largest"

    def pay(self, bet: Bet) -> int:
        return payout(bet.amount, PAYS[bet.selection.colour] * (2 if bet.selection.colour == "green" else 1), 10_000)


class Floats(Wheel):
    """Payouts are rounded floats."""

    breaks = "rounded down once"

    def pay(self, bet: Bet) -> int:
        return round(bet.amount * 2.0625) if bet.selection.colour != "green" else super().pay(bet)


class HalfCents(Wheel):
    """A payout is a float."""

    breaks = "A payout is a whole number"

    def pay(self, bet: Bet) -> Any:
        return bet.amount * 2.0625


class LosersPay(Wheel):
    """Who loses owes a cent on top."""

    breaks = "A payout is a whole number"

    def draw(self, bet: Bet, stream: Any) -> Any:
        drawn = super().draw(bet, stream)
        return drawn if drawn.payout else replace(drawn, payout=-1)


class EmptyWin(Wheel):
    """Every bet is announced as a win."""

    breaks = "A win pays something"

    def draw(self, bet: Bet, stream: Any) -> Any:
        return replace(super().draw(bet, stream), result="win")


class HalfPrice(Wheel):
    """Only half of a bet is put on hold."""

    breaks = "A bet of .* costs that"

    def stake_of(self, state: Any, command: Command) -> int:
        return super().stake_of(state, command) // 2


class OfferedOdds(Wheel):
    """The game states 99 %, its odds say 102 %, and that is what it pays."""

    breaks = "The best odds"
    largest_multiplier = Fraction(30)

    def pay(self, bet: Bet) -> int:
        return payout(bet.amount, PAYS[bet.selection.colour] * 102, 99 * TEN_THOUSANDTHS)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        return tuple(
            replace(each, mean=each.mean * Fraction(102, 99), largest=each.largest * Fraction(102, 99))
            for each in super().odds(options, selection)
        )


class OtherPockets(Wheel):
    """Red has more pockets than the odds say."""

    breaks = "The odds don't agree with play"

    def colour(self, pocket: int) -> str:
        return "red" if pocket < 16 else "black" if pocket < 24 else "green"


class AlwaysWins(Race):
    """Every bet wins."""

    breaks = "The odds don't agree with play"

    def result(self, state: race.State, bet: Bet) -> BetResult:
        return replace(super().result(state, bet), result="win", payout=max(1, self.pay(bet)))


class OtherWeights(Race):
    """The horses win equally often, whatever the odds say."""

    breaks = "The odds don't agree with play"

    def winner(self, state: race.State) -> int:
        return int(next(floats(state.seeds.server_seed, self.client_seed(state), state.seeds.nonce)) * 4)


class PaysACentMore(Race):
    """A win pays a cent more."""

    breaks = "above the largest|rounded down once"

    def pay(self, bet: Bet) -> int:
        return super().pay(bet) + 1


class Tenfold(Race):
    """A win pays ten times as much."""

    breaks = "above the largest"

    def pay(self, bet: Bet) -> int:
        return super().pay(bet) * 10


class SmallerAmounts(Race):
    """The results forget half of the stake."""

    breaks = "The amounts of the results are"

    def result(self, state: race.State, bet: Bet) -> BetResult:
        return BetResult(seat=bet.seat, number=bet.number, amount=(bet.amount + 1) // 2, result="loss", payout=0)


class LosersForgotten(Race):
    """Losing bets have no result."""

    breaks = "Every bet has its result"

    def end(self, state: race.State, events: tuple[Event, ...]) -> Step[race.State]:
        step = super().end(state, events)
        assert step.outcome
        results = tuple(result for result in step.outcome.results if result.payout)
        return replace(step, outcome=replace(step.outcome, results=results))


class SecondBetFree(Race):
    """A seat's second bet costs nothing."""

    breaks = "A bet of .* costs that"

    def stake_of(self, state: race.State, command: Command) -> int:
        stake = super().stake_of(state, command)
        return 0 if isinstance(command, Bet) and command.seat in self.bettors(state) else stake


class WrongClientSeed(Race):
    """The outcome names the client seed of the first bettor only."""

    breaks = "The client seed is"

    def end(self, state: race.State, events: tuple[Event, ...]) -> Step[race.State]:
        step = super().end(state, events)
        assert step.outcome
        first = self.client_seed(state).partition(",")[0]
        return replace(step, outcome=replace(step.outcome, client_seed=first))


class SteepLadder(Ladder):
    """The rungs pay more than the odds say."""

    breaks = "The odds don't agree with play"
    largest_multiplier = Fraction(20)

    def multiplier(self, state: ladder.State) -> int:
        return super().multiplier(state) * 6 // 5 if state.climbed else super().multiplier(state)


class StingyLadder(Ladder):
    """The rungs pay less than the odds say."""

    breaks = "The odds don't agree with play"

    def multiplier(self, state: ladder.State) -> int:
        return super().multiplier(state) * 3 // 4 if state.climbed else super().multiplier(state)


class CostsToLeave(Ladder):
    """Any command that is no bet puts a cent on hold."""

    breaks = "costs nothing|The amounts of the results are"

    def stake_of(self, state: ladder.State, command: Command) -> int:
        return super().stake_of(state, command) if isinstance(command, Bet) else 1


class WheelOutcome(Wheel):
    """The outcome has one result too many."""

    breaks = "Every bet has its result"

    def apply(self, state: Any, command: Command, now: int) -> Step[Any]:
        step = super().apply(state, command, now)
        if step.outcome is None:
            return step
        outcome: Outcome = step.outcome
        return replace(step, outcome=replace(outcome, results=(*outcome.results, *outcome.results)))


FAULTS = (
    PotAndACent,
    OddCentLost,
    FreeRaise,
    HiddenFreeRaise,
    OldPot,
    AnteBack,
    OnlyAntes,
    BySeat,
    PushWithoutPay,
    CarriesTooMuch,
    CarriesWhatIsRefused,
    ChangesTheRoom,
    TooGenerous,
    AboveTheLargest,
    Floats,
    HalfCents,
    LosersPay,
    EmptyWin,
    HalfPrice,
    OfferedOdds,
    OtherPockets,
    AlwaysWins,
    OtherWeights,
    PaysACentMore,
    Tenfold,
    SmallerAmounts,
    LosersForgotten,
    SecondBetFree,
    WrongClientSeed,
    SteepLadder,
    StingyLadder,
    CostsToLeave,
    WheelOutcome,
)
