"""Limbo: name a multiplier; the bet is paid it if the point that is drawn is at least as high.

The point is the one of ``game_engine.point``, from the first float of the round. Multipliers are whole hundredths in
here.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

from msgspec import Meta, Struct

from game_engine.game import Bet
from game_engine.instant import Drawn, InstantGame
from game_engine.money import HUNDREDTHS, exact_hundredths, payout
from game_engine.odds import Odds
from game_engine.point import LEAST_TARGET, MOST_TARGET, odds_of_target, point_of

USUAL_TARGETS = (1.01, 1.5, 2.0, 5.0, 10.0, 100.0, 1_000.0, 10_000.0, 1_000_000.0)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Limbo has nothing to set."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``target`` is what a win pays, in stakes; it has at most two decimals."""

    target: Annotated[float, Meta(ge=1.01, le=1_000_000)]


class Limbo(InstantGame[Options]):
    """One bet, one point."""

    name = "limbo"
    title = "Limbo"
    summary = "Name a multiplier: if the point that is drawn is at least as high, your bet pays it."
    rules = (
        "Choose a target, from 1.01 to 1,000,000.00 with at most two decimals, and bet. A point is drawn, 1.00 or "
        "higher. If it is at least your target you are paid stake times target; if it is lower, the stake is lost.\n\n"
        "The higher the target, the rarer the win: the chance is 0.99 ÷ target. How far the point lies above your "
        "target makes no difference to what you are paid."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(MOST_TARGET, HUNDREDTHS)
    options = Options
    selection = Selection

    def check(self, selection: Selection) -> None:
        _target_of(selection)

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        target, point = _target_of(bet.selection), point_of(next(stream))
        won = target <= point
        paid = payout(bet.amount, target, HUNDREDTHS) if won else 0
        return Drawn({"point": point / HUNDREDTHS}, "win" if won else "loss", paid)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        aims = [_target_of(each) for each in ([selection] if selection else map(Selection, USUAL_TARGETS))]
        return tuple(odds_of_target(f"target {aim / HUNDREDTHS:,.2f}", aim) for aim in aims)


def _target_of(chosen: Selection) -> int:
    """In hundredths. Raises RefusedError."""
    return exact_hundredths(chosen.target, LEAST_TARGET, MOST_TARGET, "selection.target")
