"""Limbo: choose a target multiplier. The bet pays it if the drawn point is at least as high.

The point is that of ``game_engine.point``, from the first float of the round. Multipliers in this module are whole
hundredths.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from game_engine.game import Bet, NoOptions
from game_engine.instant import Drawn, InstantGame, Phase
from game_engine.money import HUNDREDTHS, check_win, exact_hundredths, payout
from game_engine.odds import Odds
from game_engine.point import MAX_TARGET, MIN_TARGET, odds_of_target, point_of

TYPICAL_TARGETS = (1.01, 1.5, 2.0, 5.0, 10.0, 100.0, 1_000.0, 10_000.0, 1_000_000.0)


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``target`` is what a win pays, in stakes, with at most two decimals."""

    target: Annotated[float, Meta(ge=1.01, le=1_000_000)]


class Facts(Struct, frozen=True):
    """The drawn point, from 1.00."""

    point: float


class View(Struct, frozen=True):
    """``point`` is there once the round has ended."""

    phase: Phase
    point: float | UnsetType = UNSET


class Limbo(InstantGame[NoOptions]):
    """The rules of limbo."""

    name = "limbo"
    title = "Limbo"
    summary = "Choose a multiplier: if the drawn point is at least as high, that is what your bet pays."
    rules = (
        "Choose a target from 1.01 to 1,000,000.00 with at most two decimals, and bet. A point of 1.00 or higher is "
        "drawn. If it is at least your target, you are paid stake × target; if it is lower, you lose the stake.\n\n"
        "The higher the target, the less likely the win: the chance is 0.99 ÷ target. How far the point is above your "
        "target does not change the payout.\n\n"
        "Payouts are rounded down to whole cents. Stakes in whole chips lose nothing by that; smaller ones return "
        "less, and a stake that is too small to win anything is refused."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(MAX_TARGET, HUNDREDTHS)
    options = NoOptions
    selection = Selection
    view_type = View
    facts_type = Facts

    def check(self, selection: Selection) -> None:
        _target_of(selection)

    def check_win(self, options: NoOptions, bet: Bet) -> None:
        check_win(bet.amount, Fraction(_target_of(bet.selection), HUNDREDTHS))

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        target, point = _target_of(bet.selection), point_of(next(stream))
        won = target <= point
        paid = payout(bet.amount, target, HUNDREDTHS) if won else 0
        return Drawn({"point": point / HUNDREDTHS}, "win" if won else "loss", paid)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        aims = [_target_of(each) for each in ([selection] if selection else map(Selection, TYPICAL_TARGETS))]
        return tuple(odds_of_target(f"target {aim / HUNDREDTHS:,.2f}", aim) for aim in aims)


def _target_of(chosen: Selection) -> int:
    """Return the target in hundredths. Raises RefusedError."""
    return exact_hundredths(chosen.target, MIN_TARGET, MAX_TARGET, "selection.target")
