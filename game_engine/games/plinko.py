"""Plinko: a ball falls through rows of pegs, left or right at each. The slot where it lands sets the payout.

Each row uses the next float of the round's stream: ``floor(f × 2)``, 0 for left and 1 for right, with exactly equal
chances. The slot is the number of times the ball went right, so slot k of n rows comes up ``C(n, k)`` times in 2^n.
Each of the 27 paytables returns exactly 99 %: ``Σ C(n, k) × pays(k) = 0.99 × 2^n``. Multipliers in this module are
whole hundredths.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import comb
from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from game_engine.game import Bet, NoOptions, Reason, RefusedError
from game_engine.instant import Drawn, InstantGame, Phase
from game_engine.money import HUNDREDTHS, payout
from game_engine.odds import Odds, odds_of

MIN_ROWS = 8
MAX_ROWS = 16

WRONG_ROWS = Reason("bad_request", "wrong_rows", "Choose from {least:number} to {most:number} rows.")

Risk = Literal["low", "medium", "high"]
RISKS: tuple[Risk, ...] = get_args(Risk)

_HALVES: dict[str, tuple[tuple[int, ...], ...]] = {
    "low": (
        (530, 270, 140, 77, 50),
        (600, 300, 155, 91, 70),
        (900, 420, 220, 121, 72, 48),
        (990, 440, 230, 130, 91, 68),
        (1200, 560, 330, 180, 110, 70, 51),
        (1360, 640, 330, 190, 120, 84, 71),
        (1400, 800, 440, 270, 165, 100, 69, 51),
        (1500, 770, 450, 270, 165, 112, 84, 71),
        (1800, 1100, 630, 380, 230, 150, 94, 70, 48),
    ),
    "medium": (
        (1400, 380, 130, 57, 40),
        (1950, 510, 170, 76, 50),
        (2400, 750, 250, 110, 55, 38),
        (3300, 940, 340, 140, 72, 48),
        (4100, 1400, 540, 220, 96, 46, 30),
        (5000, 1900, 660, 290, 130, 62, 40),
        (6300, 2400, 940, 400, 180, 85, 46, 30),
        (9000, 3200, 1350, 550, 240, 112, 58, 34),
        (12000, 4600, 1800, 740, 320, 150, 74, 43, 32),
    ),
    "high": (
        (2900, 490, 110, 37, 20),
        (4500, 840, 180, 51, 20),
        (8000, 1300, 270, 73, 31, 18),
        (13200, 2200, 460, 110, 37, 18),
        (18000, 2900, 680, 180, 64, 31, 20),
        (31000, 5400, 1100, 280, 88, 32, 20),
        (45000, 7900, 1600, 420, 135, 54, 27, 19),
        (66000, 12700, 2700, 690, 200, 72, 30, 20),
        (100000, 18400, 3950, 1000, 300, 100, 49, 25, 24),
    ),
}
"""What the slots pay, from the edge to the middle, for 8, 9 … 16 rows. The other half is the mirror image."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """The number of rows, and the risk: how much the payouts of the slots differ."""

    rows: Annotated[int, Meta(ge=MIN_ROWS, le=MAX_ROWS)]
    risk: Risk


class Facts(Struct, frozen=True):
    """The ball's ``path``, 0 for left and 1 for right in each row, and the ``slot`` where it landed, from 0."""

    path: tuple[int, ...]
    slot: int


class View(Struct, frozen=True):
    """``path`` and ``slot`` are there once the round has ended."""

    phase: Phase
    path: tuple[int, ...] | UnsetType = UNSET
    slot: int | UnsetType = UNSET


def multipliers_of(rows: int, risk: str) -> tuple[int, ...]:
    """Return what the slots 0 … ``rows`` pay, in hundredths of the stake."""
    half = _HALVES[risk][rows - MIN_ROWS]
    return half + half[::-1][1 - rows % 2 :]


def path_of(draws: Iterable[float]) -> tuple[int, ...]:
    """Return the ball's path, 0 (left) or 1 (right) for each row's draw in [0, 1)."""
    return tuple(int(draw * 2) for draw in draws)


class Plinko(InstantGame[NoOptions]):
    """The rules of plinko."""

    name = "plinko"
    title = "Plinko"
    summary = "A ball falls through rows of pegs: the closer to the edge it lands, the more it pays."
    rules = (
        "Choose 8 to 16 rows of pegs and low, medium or high risk, and bet. The ball falls from the top and goes left "
        "or right at each row, with equal chances. The slot where it lands shows how many times your stake you are "
        "paid.\n\n"
        "Most balls land in the middle, where the payout is lowest. The edges pay the most, up to 1,000 times the "
        "stake with 16 rows and high risk. Whatever you choose, the return is exactly 99 %.\n\n"
        "Payouts are rounded down to whole cents. Stakes in whole chips lose nothing by that; smaller ones return less."
    )
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(_HALVES["high"][-1][0], HUNDREDTHS)
    options = NoOptions
    selection = Selection
    view_type = View
    facts_type = Facts
    refusals = (WRONG_ROWS,)

    def check(self, selection: Selection) -> None:
        if not MIN_ROWS <= selection.rows <= MAX_ROWS:
            raise RefusedError(WRONG_ROWS, field="selection.rows", least=MIN_ROWS, most=MAX_ROWS)

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        rows, risk = bet.selection.rows, bet.selection.risk
        path = path_of(islice(stream, rows))
        slot = sum(path)
        paid = payout(bet.amount, multipliers_of(rows, risk)[slot], HUNDREDTHS)
        result = "win" if paid > bet.amount else "push" if paid == bet.amount else "loss"
        return Drawn({"path": list(path), "slot": slot}, result, paid)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        if selection:
            self.check(selection)
            return (_odds(selection.rows, selection.risk),)
        return tuple(_odds(rows, risk) for risk in RISKS for rows in range(MIN_ROWS, MAX_ROWS + 1))


def _odds(rows: int, risk: str) -> Odds:
    pays = [Fraction(each, HUNDREDTHS) for each in multipliers_of(rows, risk)]
    chances = [(Fraction(comb(rows, slot), 2**rows), pays[slot]) for slot in range(rows + 1)]
    return odds_of(f"{rows} rows, {risk} risk", chances, f"enumeration of all {2**rows:,} paths")
