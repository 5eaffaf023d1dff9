"""Who plays for which chips: the main pot and the side pots, the rake, and how winners share."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from game_engine.game import Seat


class Pot(Struct, frozen=True):
    """Cents, and the seats that can win them."""

    amount: int
    seats: tuple[Seat, ...]


class Part(Struct, frozen=True):
    """What a seat has put in, in cents; ``live``: it has not folded."""

    seat: Seat
    amount: int
    live: bool


def pots_of(parts: Sequence[Part]) -> tuple[Pot, ...]:
    """The main pot first. Each amount that a live seat has put in ends a layer: everybody's share of it is a pot, for
    the live seats that have put in as much."""
    pots: list[Pot] = []
    below = 0
    for level in sorted({part.amount for part in parts if part.live and part.amount}):
        amount = sum(min(part.amount, level) - min(part.amount, below) for part in parts)
        pots.append(Pot(amount, tuple(part.seat for part in parts if part.live and part.amount >= level)))
        below = level
    return tuple(pots)


def raked(pots: Iterable[Pot], rate: int, cap: int) -> tuple[tuple[Pot, ...], int]:
    """The pots after the rake, and the rake: ``rate`` ten-thousandths of each, rounded down, ``cap`` cents in all."""
    left, after = cap, []
    for pot in pots:
        taken = min(left, pot.amount * rate // 10_000)
        left -= taken
        after.append(Pot(pot.amount - taken, pot.seats))
    return tuple(after), cap - left


def shares(amount: int, winners: Sequence[Seat]) -> dict[Seat, int]:
    """Equal shares. Odd cents go, one each, to the first of ``winners``, who come from the left of the button."""
    each, odd = divmod(amount, len(winners))
    return {seat: each + (place < odd) for place, seat in enumerate(winners)}


def split(payout: int, amounts: Sequence[int]) -> list[int]:
    """``payout`` over bets of ``amounts``, in proportion: each gets its share, rounded down, of what the ones before it
    have left, so that the last one gets the rest."""
    parts, left = [], sum(amounts)
    for amount in amounts:
        part = payout * amount // left
        parts.append(part)
        payout, left = payout - part, left - amount
    return parts
