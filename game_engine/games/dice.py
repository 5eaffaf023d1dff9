"""Dice: a roll of 0.00 to 100.00, above or below a target of the player's own.

The roll is ``floor(f × 10001)`` hundredths, so 10,001 values that are as good as equally likely. A bet that wins on
``w`` of them pays ``floor(9900 × 10001 / w)`` ten-thousandths of its stake, which is 99 % of what is fair.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta, Struct

from game_engine.chance import DRAWS, draws_below
from game_engine.game import Bet
from game_engine.instant import Drawn, InstantGame
from game_engine.money import HUNDREDTHS, TEN_THOUSANDTHS, exact_hundredths, payout
from game_engine.odds import Odds, odds_of

ROLLS = 10_001
RETURN = 9_900
"""Of a stake, in ten-thousandths."""
MOST_WINS = RETURN * ROLLS // (TEN_THOUSANDTHS + 1)
"""With one winning roll more, a win would no longer pay more than the stake."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Dice has nothing to set."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``target`` has at most two decimals; the bet wins above it (``over``) or below it."""

    target: Annotated[float, Meta(ge=0.01, le=99.99)]
    over: bool


def roll_of(draw: float) -> int:
    """The roll, in hundredths, that a draw in [0, 1) means."""
    return int(draw * ROLLS)


def winning_rolls(target: int, over: bool) -> int:
    """How many of the 10,001 rolls win."""
    return ROLLS - 1 - target if over else target


def multiplier_of(wins: int) -> int:
    """What a bet that wins on ``wins`` rolls pays, in ten-thousandths of the stake."""
    return RETURN * ROLLS // wins


@lru_cache
def _target_of(chosen: Selection) -> int:
    """In hundredths; a bet is asked for it three times. Raises RefusedError."""
    least, most = (ROLLS - 1 - MOST_WINS, ROLLS - 2) if chosen.over else (1, MOST_WINS)
    return exact_hundredths(chosen.target, least, most, "selection.target")


class Dice(InstantGame[Options]):
    """One bet, one roll."""

    name = "dice"
    title = "Dice"
    summary = "Name a number and say over or under: the rarer your win, the more it pays."
    rules = (
        "Choose a target with two decimals and whether the roll shall land over or under it. The roll is one of 10,001 "
        "values, 0.00 to 100.00, all equally likely; a roll equal to the target loses.\n\n"
        "A win pays 0.99 × 10,001 ÷ (the number of rolls that win) times the stake, rounded down to four decimals. "
        "Over 50.00, for example, wins on 5,000 rolls and pays 1.9801 times the stake.\n\n"
        "Targets go from 1.00 to 99.99 for over and from 0.01 to 99.00 for under."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(RETURN * ROLLS, TEN_THOUSANDTHS)
    options = Options
    selection = Selection

    def check(self, selection: Selection) -> None:
        _target_of(selection)

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        target, over, roll = _target_of(bet.selection), bet.selection.over, roll_of(next(stream))
        won = roll > target if over else roll < target
        multiplier = multiplier_of(winning_rolls(target, over)) if won else 0
        paid = payout(bet.amount, multiplier, TEN_THOUSANDTHS)
        return Drawn({"roll": roll / HUNDREDTHS}, "win" if won else "loss", paid)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        usual = [Selection(target, over) for over in (True, False) for target in (2.0, 10.0, 25.0, 50.0, 75.0, 90.0)]
        return tuple(_odds(each) for each in ([selection] if selection else usual))


def _odds(chosen: Selection) -> Odds:
    target = _target_of(chosen)
    wins = DRAWS - draws_below(target + 1, ROLLS) if chosen.over else draws_below(target, ROLLS)
    chance, pays = Fraction(wins, DRAWS), Fraction(multiplier_of(winning_rolls(target, chosen.over)), TEN_THOUSANDTHS)
    name = f"{'over' if chosen.over else 'under'} {chosen.target:.2f}"
    return odds_of(name, [(chance, pays), (1 - chance, Fraction(0))], f"enumeration of all {DRAWS:,} draws")
