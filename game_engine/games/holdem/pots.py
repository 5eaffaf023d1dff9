"""The main pot and the side pots, the rake, and how winners share them."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from game_engine.game import Seat


class Pot(Struct, frozen=True):
    """An amount in cents, and the seats that can win it."""

    amount: int
    seats: tuple[Seat, ...]


class Contribution(Struct, frozen=True):
    """What a seat has put in, in cents; ``live`` if it has not folded. ``dead`` is not part of the amount: everyone who
    is live can win it."""

    seat: Seat
    amount: int
    live: bool
    dead: int = 0


def pots_of(contributions: Sequence[Contribution]) -> tuple[Pot, ...]:
    """Return the pots, the main pot first.

    Each different amount that a live seat has put in is the top of a layer. A layer's pot is what all seats have put
    in between it and the layer below; the live seats that have put in at least its amount can win it.
    """
    pots: list[Pot] = []
    below = 0
    for level in sorted({each.amount for each in contributions if each.live and each.amount}):
        amount = sum(min(each.amount, level) - min(each.amount, below) for each in contributions)
        pots.append(Pot(amount, tuple(each.seat for each in contributions if each.live and each.amount >= level)))
        below = level
    dead = sum(each.dead for each in contributions)
    if dead:
        main = pots[0] if pots else Pot(0, tuple(each.seat for each in contributions if each.live))
        pots[:1] = [Pot(main.amount + dead, main.seats)]
    return tuple(pots)


def raked(pots: Iterable[Pot], rate: int, cap: int) -> tuple[tuple[Pot, ...], int]:
    """Return the pots after the rake, and the rake.

    The rake is ``rate`` ten-thousandths of each pot, rounded down, and at most ``cap`` cents in all.
    """
    left, after = cap, []
    for pot in pots:
        taken = min(left, pot.amount * rate // 10_000)
        left -= taken
        after.append(Pot(pot.amount - taken, pot.seats))
    return tuple(after), cap - left


def shares(amount: int, winners: Sequence[Seat]) -> dict[Seat, int]:
    """Return equal shares of ``amount``. Odd cents go, one each, to the first of ``winners``.

    ``winners`` are in order from the left of the button.
    """
    each, odd = divmod(amount, len(winners))
    return {seat: each + (index < odd) for index, seat in enumerate(winners)}


def split(payout: int, amounts: Sequence[int]) -> list[int]:
    """Split ``payout`` over bets of ``amounts`` in proportion.

    Each bet gets its share, rounded down, of what the bets before it have left, so the last one gets the rest.
    """
    parts, left = [], sum(amounts)
    for amount in amounts:
        part = payout * amount // left
        parts.append(part)
        payout, left = payout - part, left - amount
    return parts
