"""A wheel with 25 pockets, 12 red, 12 black and one green: a small instant game.

The pocket is ``floor(f × 25)`` of the first float: 0 to 11 are red, 12 to 23 black, 24 is green.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct

from game_engine.game import Bet, NoOptions
from game_engine.instant import Drawn, InstantGame
from game_engine.money import TEN_THOUSANDTHS, payout
from game_engine.odds import Odds, odds_of_one_payout

POCKETS = 25
PAYS = {"red": 20_625, "black": 20_625, "green": 247_500}
CHANCES = {"red": Fraction(12, 25), "black": Fraction(12, 25), "green": Fraction(1, 25)}


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """The colour that the bet is on."""

    colour: Literal["red", "black", "green"]


class Wheel(InstantGame[NoOptions]):
    """The rules of the wheel."""

    name = "wheel"
    title = "Wheel"
    summary = "Bet on a colour of the wheel."
    rules = "Choose a colour.\n\nRed and black pay 2.0625 stakes, green 24.75."
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(99, 4)
    options = NoOptions
    selection = Selection

    def check(self, selection: Any) -> None:
        """The type says it all."""

    def draw(self, bet: Bet, stream: Iterator[float]) -> Drawn:
        pocket = self.pocket(bet, stream)
        won = bet.selection.colour == self.colour(pocket)
        paid = self.pay(bet) if won else 0
        return Drawn({"pocket": pocket}, "win" if paid else "loss", paid)

    def pocket(self, bet: Bet, stream: Iterator[float]) -> int:
        return int(next(stream) * POCKETS)

    def colour(self, pocket: int) -> str:
        return "red" if pocket < 12 else "black" if pocket < 24 else "green"

    def pay(self, bet: Bet) -> int:
        return payout(bet.amount, PAYS[bet.selection.colour], TEN_THOUSANDTHS)

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        return tuple(
            odds_of_one_payout(colour, CHANCES[colour], Fraction(PAYS[colour], TEN_THOUSANDTHS), "enumeration")
            for colour in ([selection.colour] if selection else PAYS)
        )
