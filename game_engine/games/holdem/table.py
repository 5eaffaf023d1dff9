"""The table between hands and in them, as values: its options, the stacks that were bought, the hand that is played."""

from typing import Annotated

from msgspec import Meta, Struct

from game_engine.game import RefusedError, Seat, Seeds
from game_engine.games.holdem.betting import Betting, Player
from game_engine.games.holdem.pots import Pot

SEATS = 9
BETS_A_SEAT = 4
TIMES_OUT = 10
"""How often a seat may sit out in a round, so that nobody fills its record by going and coming."""
STREETS = {"preflop": 0, "flop": 3, "turn": 4, "river": 5}
"""How many cards of the board lie open on each street."""


class Carried(Struct, frozen=True, forbid_unknown_fields=True):
    """A stack that stands from the hand before, in cents, and what is left of its player's time bank."""

    seat: Annotated[int, Meta(ge=0, lt=SEATS)]
    amount: Annotated[int, Meta(ge=1, le=10**13)]
    bank_ms: Annotated[int, Meta(ge=0, le=600_000)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Amounts in cents, times in milliseconds; ``rake`` in hundredths of a percent of a pot, ``rake_cap`` of a hand.

    A small blind above the big one counts as the big one, a least buy-in above the most as the most. ``button``,
    ``carried`` and ``put_off`` are what one round hands to the next: who had the button, the stacks that stand, and
    whether it ended because somebody left while others were about to be dealt a hand.
    """

    small_blind: Annotated[int, Meta(ge=1, le=10**9)] = 50
    big_blind: Annotated[int, Meta(ge=1, le=10**9)] = 100
    min_buy_in: Annotated[int, Meta(ge=1, le=10**11)] = 4_000
    max_buy_in: Annotated[int, Meta(ge=1, le=10**11)] = 10_000
    turn_ms: Annotated[int, Meta(ge=100, le=600_000)] = 20_000
    time_bank_ms: Annotated[int, Meta(ge=0, le=600_000)] = 30_000
    between_ms: Annotated[int, Meta(ge=100, le=600_000)] = 5_000
    rake: Annotated[int, Meta(ge=0, le=1_000)] = 0
    rake_cap: Annotated[int, Meta(ge=0, le=10**11)] = 300
    button: Annotated[int, Meta(ge=0, lt=SEATS)] | None = None
    carried: Annotated[tuple[Carried, ...], Meta(max_length=SEATS)] = ()
    put_off: bool = False

    @property
    def blinds(self) -> tuple[int, int]:
        return (min(self.small_blind, self.big_blind), self.big_blind)

    @property
    def buy_in(self) -> tuple[int, int]:
        return (min(self.min_buy_in, self.max_buy_in), self.max_buy_in)


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a seat's first bet: ``sitting_out`` buys chips, or keeps them, without being dealt in."""

    sitting_out: bool = False


class Buyer(Struct, frozen=True):
    """What a seat has bought in this round: ``bets`` by number, ``chips`` in all; and what its time bank has left."""

    seat: Seat
    client_seed: str
    bets: tuple[int, ...]
    chips: int
    bank_ms: int
    sitting_out: bool = False
    """Is not dealt in to the next hand."""
    times_out: int = 0
    """How often it has sat out by its own word."""
    absent: bool = False
    """Does not come to its turns in this hand, so it checks or folds at once."""
    left: bool = False


class Shown(Struct, frozen=True):
    """A hand turned up at the showdown: its two cards, what they make with the board, and the five that do."""

    seat: Seat
    cards: tuple[str, ...]
    hand: str
    best: tuple[str, ...]


class Award(Struct, frozen=True):
    """A pot after the rake, and who shares it."""

    amount: int
    winners: tuple[Seat, ...]


class End(Struct, frozen=True):
    """How a hand ended. ``pots`` before the rake; ``stacks`` are what everybody who was dealt in has then."""

    pots: tuple[Pot, ...]
    rake: int
    shown: tuple[Shown, ...]
    awards: tuple[Award, ...]
    stacks: dict[Seat, int]


class Hand(Struct, frozen=True):
    """A hand that is played. ``turn_ends_at`` ends the turn time of whose turn it is; then the time bank runs."""

    button: Seat
    deck: tuple[str, ...]
    betting: Betting
    street: str = "preflop"
    turn_ends_at: int = 0
    end: End | None = None

    @property
    def actor(self) -> Seat | None:
        turn = self.betting.turn
        return None if turn is None or self.end else self.betting.players[turn].seat

    @property
    def players(self) -> dict[Seat, Player]:
        return {player.seat: player for player in self.betting.players}


class State(Struct, frozen=True):
    """A round: the stacks are bought, one hand is played, all is paid. ``buyers`` is in the order of first bets."""

    options: Options
    seeds: Seeds
    buyers: dict[Seat, Buyer] = {}
    amounts: tuple[int, ...] = ()
    """Of the bets, by number."""
    starts_at: int | None = None
    """When the hand is dealt; None while fewer than two want to play."""
    hand: Hand | None = None
    ended: bool = False


def buy_in(state: State, seat: Seat) -> tuple[int, int] | None:
    """The least and the most, in cents, that the seat can buy now; None: nothing."""
    if state.hand or state.ended:
        return None
    buyer = state.buyers.get(seat)
    if buyer is None:
        return state.options.buy_in
    most = state.options.max_buy_in - buyer.chips
    return (1, most) if most > 0 and len(buyer.bets) < BETS_A_SEAT and not buyer.left else None


def bought(state: State, seat: Seat, amount: int) -> int:
    """The chips that the seat has once it has bought ``amount``. Raises RefusedError."""
    if state.hand or state.ended:
        raise RefusedError("betting_closed", "A hand is being played; buy chips when it is over.")
    if amount < 1:
        raise RefusedError("bad_request", "Buy chips for at least one cent.", "amount")
    buyer = state.buyers.get(seat)
    stands = next((each.amount for each in state.options.carried if each.seat == seat), None)
    if buyer is None and amount == stands:
        return amount
    if buyer is not None and buyer.left:
        raise RefusedError("betting_closed", "You have left; buy chips when the next hand is over.")
    bounds = buy_in(state, seat)
    if bounds is None:
        most = f"A stack may be filled up to {state.options.max_buy_in} cents, in {BETS_A_SEAT} parts at most."
        raise RefusedError("limit_exceeded", most, "amount")
    if not bounds[0] <= amount <= bounds[1]:
        raise RefusedError("limit_exceeded", f"Buy chips for {bounds[0]} to {bounds[1]} cents.", "amount")
    return amount + (buyer.chips if buyer else 0)


def ready(state: State) -> list[Seat]:
    """The seats that play the next hand, by their numbers."""
    return sorted(buyer.seat for buyer in state.buyers.values() if not (buyer.sitting_out or buyer.left))


def from_the_left(seats: list[Seat], button: Seat) -> list[Seat]:
    """``seats`` from the left of ``button`` round the table; the button, if it is one of them, comes last."""
    return sorted(seats, key=lambda seat: (seat - button - 1) % SEATS)
