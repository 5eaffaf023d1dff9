"""Whose turn it is to post the blinds, and who waits for them: the dead button rule of card rooms.

The big blind moves to the next player at every hand, so nobody has it twice running. Behind it come the seat that had
it last, which posts the small blind, and the seat that posted the small blind last, which has the button. If nobody
plays in that seat, the small blind or the button is *dead*: no one posts it, or no one holds it. Heads-up, the player
who does not have the big blind has the button and the small blind.

A player who is not in when a blind passes owes it, and a newcomer owes the big blind. A player who owes waits until the
big blind arrives, or posts: the big blind is a live bet, a missed small blind goes dead into the pot. Nobody can post
from the button's seat to the big blind's, where a blind would be cheaper than the hands it pays for.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from game_engine.game import Seat

SEATS = 9


class Debt(Struct, frozen=True):
    """The blinds that a player owes, and whether they ``post`` them as soon as they can."""

    big: bool = False
    small: bool = False
    post: bool = False

    @property
    def any(self) -> bool:
        return self.big or self.small


class Positions(Struct, frozen=True):
    """A hand's positions: ``players`` from the left of the button; ``posting`` are those who pay what they owe."""

    button: Seat
    small: Seat
    big: Seat
    players: tuple[Seat, ...]
    posting: tuple[Seat, ...] = ()
    settled: tuple[Seat, ...] = ()
    """The players who owe nothing after the blinds of this hand."""


def from_the_left(seats: Sequence[Seat], button: Seat) -> list[Seat]:
    """Return ``seats`` in order from the left of ``button``; the button comes last if it is one of them."""
    return sorted(seats, key=lambda seat: (seat - button - 1) % SEATS)


def next_positions(button: int | None, small: int | None, big: int | None, debts: Mapping[Seat, Debt]) -> Positions:
    """Return the positions of the next hand. ``button``, ``small`` and ``big`` are the seats of the last one, None at
    a new table; ``debts`` has the two or more players who want to play."""
    seats = sorted(debts)
    if big is None:
        return _everyone(seats, seats[0] if button is None else from_the_left(seats, Seat(button))[0])
    round_the_table = from_the_left(seats, Seat(big))
    round_the_table = [*round_the_table[1:], round_the_table[0]]
    next_big = round_the_table[-1]
    clear = [seat for seat in round_the_table if not debts[seat].any]
    if not clear and len(seats) > 2:
        # No one has played lately, so nobody can ask the others to wait.
        return _everyone(seats, round_the_table[-3])

    def steps(seat: int) -> int:
        """How far the seat is to the left of the big blind."""
        return (seat - next_big) % SEATS

    dealer = _button(small, clear, steps(big), steps)
    posting = [] if dealer is None else [seat for seat in seats if debts[seat].any and debts[seat].post]
    posting = [seat for seat in posting if dealer is not None and 0 < steps(seat) < steps(dealer)]
    playing = {next_big, *clear, *posting}
    if dealer is not None and len(playing) > 2:
        return Positions(
            button=dealer,
            small=Seat(big),
            big=next_big,
            players=tuple(from_the_left(list(playing), dealer)),
            posting=tuple(posting),
            settled=tuple(playing),
        )
    other = next((seat for seat in [*reversed(clear), *reversed(round_the_table)] if seat != next_big), next_big)
    return Positions(button=other, small=other, big=next_big, players=(next_big, other), settled=(next_big,))


def missed(
    last_big: int | None, positions: Positions, debts: Mapping[Seat, Debt], sitting_out: Sequence[Seat]
) -> dict[Seat, Debt]:
    """Return what everyone owes after the blinds of a hand: ``debts`` are those before it, of all with a stack."""
    after = {seat: _passed(seat, last_big, positions, debts[seat]) for seat in sitting_out}
    return {**debts, **after, **dict.fromkeys(positions.settled, Debt())}


def _passed(seat: Seat, last_big: int | None, positions: Positions, debt: Debt) -> Debt:
    """Return what a player owes who sits out while the blinds move from ``last_big`` to their new positions."""
    if last_big is None:
        return Debt(big=True, small=debt.small, post=debt.post)
    if seat == last_big:
        return Debt(big=debt.big, small=True, post=debt.post)
    if 0 < (seat - last_big) % SEATS < ((positions.big - last_big) % SEATS or SEATS):
        return Debt(big=True, small=True, post=debt.post)
    return debt


def _button(small: int | None, clear: Sequence[Seat], small_steps: int, steps: Callable[[int], int]) -> Seat | None:
    """Return the seat of the button: that of the last small blind if it lies between the blinds, or that of the player
    before them. None: there is no such player, so two play."""
    if small is not None and 0 < steps(small) < small_steps:
        return Seat(small)
    before = [seat for seat in clear if 0 < steps(seat) < small_steps]
    return max(before, key=steps) if before else None


def _everyone(seats: Sequence[Seat], button: Seat) -> Positions:
    """Deal to all, free of what they owe."""
    order = tuple(from_the_left(seats, button))
    small, big = (order[1], order[0]) if len(order) == 2 else (order[0], order[1])
    return Positions(button=button, small=small, big=big, players=order, settled=order)
