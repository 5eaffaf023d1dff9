"""Dice: a roll of 0.00 to 100.00, over or under a target that the player chooses.

The roll is ``floor(f × 10001)`` hundredths: 10,001 values that are, for all practical purposes, equally likely. A bet
that wins on ``w`` of them pays ``floor(9900 × 10001 / w)`` ten-thousandths of its stake, 99 % of the fair payout.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from game_engine.chance import DRAWS, draws_below
from game_engine.game import Bet, NoOptions
from game_engine.instant import Drawn, InstantGame, Phase
from game_engine.money import HUNDREDTHS, TEN_THOUSANDTHS, check_win, exact_hundredths, payout
from game_engine.odds import Odds, odds_of_one_payout

ROLLS = 10_001
RETURN = 9_900
"""In ten-thousandths of the stake."""
MAX_WINS = RETURN * ROLLS // (TEN_THOUSANDTHS + 1)
"""With one more winning roll, a win would not pay more than the stake."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``target`` has at most two decimals. The bet wins if the roll is above it (``over``) or below it."""

    target: Annotated[float, Meta(ge=0.01, le=99.99)]
    over: bool


class Facts(Struct, frozen=True):
    """The roll, 0.00 to 100.00."""

    roll: float


class View(Struct, frozen=True):
    """``roll`` is there once the round has ended."""

    phase: Phase
    roll: float | UnsetType = UNSET


def roll_of(draw: float) -> int:
    """Return the roll, in hundredths, for a draw in [0, 1)."""
    return int(draw * ROLLS)


def winning_rolls(target: int, over: bool) -> int:
    """Return how many of the 10,001 rolls win."""
    return ROLLS - 1 - target if over else target


def multiplier_of(wins: int) -> int:
    """Return what a bet that wins on ``wins`` rolls pays, in ten-thousandths of the stake."""
    return RETURN * ROLLS // wins


@lru_cache
def _target_of(chosen: Selection) -> int:
    """Return the target in hundredths; cached, because a bet needs it three times. Raises RefusedError."""
    minimum, maximum = (ROLLS - 1 - MAX_WINS, ROLLS - 2) if chosen.over else (1, MAX_WINS)
    return exact_hundredths(chosen.target, minimum, maximum, "selection.target")


@lru_cache
def _win_of(target: int, over: bool) -> Fraction:
    """Return what a win pays, in stakes."""
    return Fraction(multiplier_of(winning_rolls(target, over)), TEN_THOUSANDTHS)


class Dice(InstantGame[NoOptions]):
    """The rules of dice."""

    name = "dice"
    title = "Dice"
    summary = "Pick a target and bet on over or under: the less likely your win, the more it pays."
    rules = (
        "Choose a target with two decimals, and bet that the roll will be over or under it. The roll is one of 10,001 "
        "values, 0.00 to 100.00, all equally likely. A roll equal to the target loses.\n\n"
        "A win pays 0.99 × 10,001 ÷ (the number of winning rolls) times the stake, rounded down to four decimals. "
        "Over 50.00, for example, wins on 5,000 rolls and pays 1.9801 times the stake.\n\n"
        "Targets range from 1.00 to 99.99 for over and from 0.01 to 99.00 for under.\n\n"
        "Payouts are rounded down to whole cents, so a small stake on a likely win returns less than 99 %. A stake "
        "that is too small to win anything is refused."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(RETURN * ROLLS, TEN_THOUSANDTHS)
    options = NoOptions
    selection = Selection
    view_type = View
    facts_type = Facts

    def check(self, selection: Selection) -> None:
        _target_of(selection)

    def check_win(self, options: NoOptions, bet: Bet) -> None:
        check_win(bet.amount, _win_of(_target_of(bet.selection), bet.selection.over))

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        target, over, roll = _target_of(bet.selection), bet.selection.over, roll_of(next(stream))
        won = roll > target if over else roll < target
        multiplier = multiplier_of(winning_rolls(target, over)) if won else 0
        paid = payout(bet.amount, multiplier, TEN_THOUSANDTHS)
        return Drawn({"roll": roll / HUNDREDTHS}, "win" if won else "loss", paid)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        typical = [Selection(target, over) for over in (True, False) for target in (2.0, 10.0, 25.0, 50.0, 75.0, 90.0)]
        return tuple(_odds(each) for each in ([selection] if selection else typical))


def _odds(chosen: Selection) -> Odds:
    target = _target_of(chosen)
    wins = DRAWS - draws_below(target + 1, ROLLS) if chosen.over else draws_below(target, ROLLS)
    chance, pays = Fraction(wins, DRAWS), _win_of(target, chosen.over)
    name = f"{'over' if chosen.over else 'under'} {chosen.target:.2f}"
    return odds_of_one_payout(name, chance, pays, f"enumeration of all {DRAWS:,} draws")
