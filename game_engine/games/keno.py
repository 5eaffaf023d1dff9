"""Keno: pick up to ten of forty numbers. Ten are drawn, and the more of your numbers come up, the more you are paid.

The ten are drawn from ``0 … 39`` without replacement: each uses the next float of the round's stream and takes the
element at ``floor(f × numbers left)`` of those left. Players see each number plus one. Of ``p`` picks, ``h`` are hit in
``C(p, h) × C(40 − p, 10 − h)`` of the ``C(40, 10)`` draws, which are, for all practical purposes, equally likely. Each
of the 30 paytables returns as close to 99 % as possible without exceeding it: one more ten-thousandth of a stake on any
payout would exceed it.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import comb
from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import force_setattr

from game_engine.chance import draw_without_replacement
from game_engine.game import Bet, NoOptions, Reason, RefusedError
from game_engine.instant import Drawn, InstantGame, Phase
from game_engine.money import TEN_THOUSANDTHS, check_win, payout
from game_engine.odds import Odds, odds_of

NUMBERS = 40
DRAWN = 10
MAX_PICKS = 10

PICKED_TWICE = Reason("bad_request", "picked_twice", "Pick each number only once.")

Risk = Literal["low", "medium", "high"]

PAYTABLES: dict[str, tuple[tuple[int, ...], ...]] = {
    "low": (
        (7_000, 18_600),
        (0, 19_500, 41_600),
        (0, 8_000, 24_000, 255_100),
        (0, 6_500, 13_500, 67_504, 636_114),
        (0, 5_700, 9_500, 32_200, 180_102, 1_591_514),
        (0, 0, 14_000, 23_000, 71_000, 333_000, 2_504_200),
        (0, 0, 11_500, 17_000, 41_200, 137_500, 668_101, 4_244_022),
        (0, 0, 10_000, 13_500, 28_000, 74_000, 247_000, 1_003_000, 6_030_700),
        (0, 0, 9_000, 11_500, 20_200, 47_100, 127_000, 434_700, 1_699_400, 8_480_400),
        (0, 0, 8_400, 10_100, 16_000, 32_200, 77_000, 212_300, 679_200, 2_439_800, 10_600_800),
    ),
    "medium": (
        (4_000, 27_600),
        (0, 10_500, 101_600),
        (0, 2_001, 21_001, 506_302),
        (0, 0, 18_000, 95_003, 1_001_905),
        (0, 0, 10_000, 40_000, 292_000, 3_014_600),
        (0, 0, 7_500, 23_000, 116_000, 752_001, 6_016_414),
        (0, 0, 0, 25_000, 71_000, 284_000, 1_506_000, 10_014_700),
        (0, 0, 0, 18_000, 43_000, 140_000, 574_000, 2_702_000, 15_052_700),
        (0, 0, 0, 14_000, 29_000, 81_000, 262_000, 1_012_000, 4_328_000, 20_011_200),
        (0, 0, 0, 11_000, 21_000, 54_000, 150_000, 505_000, 1_806_000, 7_126_000, 30_079_200),
    ),
    "high": (
        (0, 39_600),
        (0, 0, 171_600),
        (0, 0, 0, 815_100),
        (0, 0, 0, 76_001, 3_005_511),
        (0, 0, 0, 45_000, 461_003, 5_003_810),
        (0, 0, 0, 20_500, 163_000, 1_402_000, 12_015_200),
        (0, 0, 0, 0, 103_000, 631_000, 3_902_000, 25_005_200),
        (0, 0, 0, 0, 55_000, 281_000, 1_403_000, 7_602_000, 40_014_700),
        (0, 0, 0, 0, 32_000, 143_000, 680_000, 3_112_000, 14_017_000, 70_066_200),
        (0, 0, 0, 0, 20_000, 87_000, 342_000, 1_405_000, 5_805_000, 24_022_000, 100_108_200),
    ),
}
"""Payouts in ten-thousandths of the stake: risk -> [number of picks − 1][number of hits]."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``picks`` are different numbers in any order; they are stored sorted."""

    picks: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=NUMBERS)], ...],
        Meta(min_length=1, max_length=MAX_PICKS),
    ]
    risk: Risk

    def __post_init__(self) -> None:
        force_setattr(self, "picks", tuple(sorted(self.picks)))


class Facts(Struct, frozen=True):
    """The ten numbers, 1 to 40, in the order drawn."""

    drawn: tuple[int, ...]


class View(Struct, frozen=True):
    """``drawn`` is there once the round has ended."""

    phase: Phase
    drawn: tuple[int, ...] | UnsetType = UNSET


def chance_of(picks: int, hits: int) -> Fraction:
    """Return the probability that exactly ``hits`` of ``picks`` numbers are drawn."""
    return Fraction(comb(picks, hits) * comb(NUMBERS - picks, DRAWN - hits), comb(NUMBERS, DRAWN))


class Keno(InstantGame[NoOptions]):
    """The rules of keno."""

    name = "keno"
    title = "Keno"
    summary = "Pick up to ten of forty numbers and see how many are drawn."
    rules = (
        "Pick one to ten numbers from 1 to 40 and choose a risk. Ten numbers are drawn. The more of yours are among "
        "them, the more you are paid.\n\n"
        "At low risk, a few hits earn a small payout. At high risk, only many hits pay, but they pay a lot: up to "
        "10,010.82 times the stake for ten of ten. The table beside the board shows what each number of hits pays. "
        "Whatever you choose, 99 % of all stakes are paid back in the long run.\n\n"
        "Payouts are rounded down to whole cents, so stakes of a few cents return less."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(PAYTABLES["high"][-1][-1], TEN_THOUSANDTHS)
    options = NoOptions
    selection = Selection
    view_type = View
    facts_type = Facts
    refusals = (PICKED_TWICE,)

    def check(self, selection: Selection) -> None:
        if len(set(selection.picks)) < len(selection.picks):
            raise RefusedError(PICKED_TWICE, field="selection.picks")

    def check_win(self, options: NoOptions, bet: Bet) -> None:
        table = PAYTABLES[bet.selection.risk][len(bet.selection.picks) - 1]
        check_win(bet.amount, Fraction(max(table), TEN_THOUSANDTHS))

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        chosen = bet.selection
        drawn = [number + 1 for number in draw_without_replacement(stream, DRAWN, NUMBERS)]
        hits = len(set(drawn) & set(chosen.picks))
        paid = payout(bet.amount, PAYTABLES[chosen.risk][len(chosen.picks) - 1][hits], TEN_THOUSANDTHS)
        return Drawn({"drawn": drawn}, "win" if paid else "loss", paid)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        if selection:
            self.check(selection)
            return (_odds(selection.risk, len(selection.picks)),)
        return tuple(_odds(risk, picks) for risk in get_args(Risk) for picks in range(1, MAX_PICKS + 1))


def _odds(risk: str, picks: int) -> Odds:
    table = PAYTABLES[risk][picks - 1]
    chances = [(chance_of(picks, hits), Fraction(paid, TEN_THOUSANDTHS)) for hits, paid in enumerate(table)]
    return odds_of(f"{risk} risk, {picks} picked", chances, "closed form")
