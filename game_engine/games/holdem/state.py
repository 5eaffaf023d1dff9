"""The state of a round of hold'em: its options, the stacks that players bought, and the hand that is being played."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct

from game_engine.game import Bet, Reason, RefusedError, Seat, Seeds
from game_engine.games.holdem.betting import BettingRound, Player
from game_engine.games.holdem.blinds import SEATS, Debt
from game_engine.games.holdem.pots import Pot
from game_engine.money import check_stake

MAX_PURCHASES = 4
"""Per seat and round: the buy-in and the top-ups."""
MAX_SIT_OUTS = 10
"""How often a player may sit out in a round; it bounds the round's journal."""
STREETS = {"preflop": 0, "flop": 3, "turn": 4, "river": 5}
"""Street -> how many cards of the board are dealt."""
LEAST_PAUSE_MS = 2_000
"""The least that is left of the pause between hands after players have chosen what to show."""

HAND_RUNS = Reason("betting_closed", "hand_runs", "A hand is in progress; buy chips when it is over.")
LEFT_TABLE = Reason("betting_closed", "left_table", "You have left the table; buy in again after the next hand.")
TOP_UP = Reason(
    "limit_exceeded",
    "top_up",
    "You can top up to {most:chips} chips, with at most {purchases:number} purchases per hand.",
)
BUY_IN = Reason("limit_exceeded", "buy_in", "Buy from {least:chips} to {most:chips} chips.")


class Carried(Struct, frozen=True, forbid_unknown_fields=True):
    """A stack carried over from the hand before, in cents, and what is left of its player's time bank."""

    seat: Annotated[int, Meta(ge=0, lt=SEATS)]
    amount: Annotated[int, Meta(ge=1, le=10**13)]
    bank_ms: Annotated[int, Meta(ge=0, le=600_000)]


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A seat whose player stays, with or without chips, and the blinds that they owe."""

    seat: Annotated[int, Meta(ge=0, lt=SEATS)]
    owes_big: bool = False
    owes_small: bool = False


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Amounts in cents, times in milliseconds; ``rake`` in hundredths of a percent of a pot, ``rake_cap`` per hand.

    The server seed of a hand, and with it the whole deck, is published ``seed_delay_hours`` after the hand. For
    ``show_ms`` after the last move, players who need not show their cards choose whether to; with 0 they
    can't, and the round ends at once.

    A small blind above the big one counts as the big one, and a minimum buy-in above the maximum as the maximum. Each
    round sets ``button``, ``small``, ``big``, ``carried``, ``places``, ``put_off`` and ``waited_ms`` for the next: the
    seats that had the button and the blinds, the stacks that are carried over, the players who stay, whether the round
    ended because a player left while others were about to be dealt a hand, and how much of the pause between hands has
    passed while players chose what to show.
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
    seed_delay_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    button: Annotated[int, Meta(ge=0, lt=SEATS)] | None = None
    carried: Annotated[tuple[Carried, ...], Meta(max_length=SEATS)] = ()
    put_off: bool = False
    small: Annotated[int, Meta(ge=0, lt=SEATS)] | None = None
    big: Annotated[int, Meta(ge=0, lt=SEATS)] | None = None
    places: Annotated[tuple[Place, ...], Meta(max_length=SEATS)] = ()
    show_ms: Annotated[int, Meta(ge=0, le=60_000)] = 4_000
    waited_ms: Annotated[int, Meta(ge=0, le=10**9)] = 0

    @property
    def blinds(self) -> tuple[int, int]:
        return (min(self.small_blind, self.big_blind), self.big_blind)

    @property
    def buy_in(self) -> tuple[int, int]:
        return (min(self.min_buy_in, self.max_buy_in), self.max_buy_in)


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """Applies to a seat's first bet of the round: with ``sitting_out``, the player has chips but is not dealt in; with
    ``post``, they post the blinds that they owe instead of waiting for the big blind."""

    sitting_out: bool = False
    post: bool = False


class Buyer(Struct, frozen=True):
    """A seat with chips. ``bets`` are the numbers of its bets, ``chips`` their sum in cents."""

    seat: Seat
    client_seed: str
    bets: tuple[int, ...]
    chips: int
    bank_ms: int
    """What is left of the player's time bank."""
    sitting_out: bool = False
    """The player is not dealt in to the next hand."""
    times_out: int = 0
    """How often the player has chosen to sit out in this round."""
    absent: bool = False
    """The player missed a turn or left. Until they return they check or fold at once in this hand."""
    left: bool = False
    debt: Debt = Debt()


MoveName = Literal[
    "small_blind",
    "big_blind",
    "post",
    "post_dead",
    "fold",
    "check",
    "call",
    "bet",
    "raise",
    "uncalled",
    "show",
    "muck",
]
Street = Literal["preflop", "flop", "turn", "river"]


class Move(Struct, frozen=True):
    """What happened to a seat in a hand: a blind, a move, the return of what nobody called, cards shown or mucked.

    It put ``amount`` cents into the pot (``uncalled``: took them out), which made ``to`` cents staked on this street.
    ``post`` is a missed big blind, ``post_dead`` a missed small one, which counts for no bet. A ``show`` has ``cards``.
    """

    seat: Seat
    street: Street
    move: MoveName
    amount: int = 0
    to: int = 0
    all_in: bool = False
    cards: tuple[str, ...] = ()


class Revealed(Struct, frozen=True):
    """Cards that a player showed without having to: one or both."""

    seat: Seat
    cards: tuple[str, ...]


class ShownHand(Struct, frozen=True):
    """A hand shown at the showdown: its two cards, the name of what they make with the board, and the best five."""

    seat: Seat
    cards: tuple[str, ...]
    hand: str
    best: tuple[str, ...]


class Award(Struct, frozen=True):
    """A pot after the rake, and the seats that share it."""

    amount: int
    winners: tuple[Seat, ...]


class HandEnd(Struct, frozen=True):
    """How a hand ended: ``pots`` before the rake, and the final ``stacks`` of all who were dealt in."""

    pots: tuple[Pot, ...]
    rake: int
    shown: tuple[ShownHand, ...]
    awards: tuple[Award, ...]
    stacks: dict[Seat, int]


class Hand(Struct, frozen=True):
    """A hand that is being played. At ``turn_ends_at`` the time bank of the player to act starts to run.

    When it is decided it has an ``end``. Until ``show_until``, the seats in ``choosing`` may show their cards.
    """

    button: Seat
    deck: tuple[str, ...]
    betting: BettingRound
    small: Seat
    big: Seat
    street: Street = "preflop"
    turn_ends_at: int = 0
    end: HandEnd | None = None
    moves: tuple[Move, ...] = ()
    decided_at: int = 0
    show_until: int = 0
    choosing: tuple[Seat, ...] = ()
    revealed: tuple[Revealed, ...] = ()

    @property
    def actor(self) -> Seat | None:
        position = self.betting.to_act
        return None if position is None or self.end else self.betting.players[position].seat

    @property
    def players(self) -> dict[Seat, Player]:
        return {player.seat: player for player in self.betting.players}


class State(Struct, frozen=True):
    """A round: players buy chips, one hand is played, and all are paid. ``buyers`` is in the order of first bets."""

    options: Options
    seeds: Seeds
    buyers: dict[Seat, Buyer] = {}
    amounts: tuple[int, ...] = ()
    """The amounts of the bets, by number."""
    starts_at: int | None = None
    """When the hand is dealt; None while fewer than two want to play."""
    hand: Hand | None = None
    ended: bool = False
    longest_turn_ms: int | None = None
    """The most that a turn lasts, with its time bank, now that the room is closing."""

    @property
    def turn_ms(self) -> int:
        longest = self.longest_turn_ms
        return self.options.turn_ms if longest is None else min(self.options.turn_ms, longest)


def buy_in(state: State, seat: Seat) -> tuple[int, int] | None:
    """Return the least and the most, in cents, that the seat can buy now; None if nothing."""
    if state.hand or state.ended:
        return None
    buyer = state.buyers.get(seat)
    if buyer is None:
        return state.options.buy_in
    most = state.options.max_buy_in - buyer.chips
    return (1, most) if most > 0 and len(buyer.bets) < MAX_PURCHASES and not buyer.left else None


def chips_after_buying(state: State, bet: Bet) -> int:
    """Return the chips that the seat has after the purchase, in cents. Raises RefusedError."""
    seat, amount = bet.seat, bet.amount
    if state.hand or state.ended:
        raise RefusedError(HAND_RUNS)
    check_stake(amount)
    buyer = state.buyers.get(seat)
    carried = next((each.amount for each in state.options.carried if each.seat == seat), None)
    back = 0 if buyer is not None or bet.brings_back is UNSET else bet.brings_back
    if buyer is None and amount == carried and amount >= back:
        return amount
    if buyer is not None and buyer.left:
        raise RefusedError(LEFT_TABLE)
    bounds = buy_in(state, seat)
    if bounds is None:
        raise RefusedError(TOP_UP, field="amount", most=state.options.max_buy_in, purchases=MAX_PURCHASES)
    least, most = max(bounds[0], back), max(bounds[1], back)
    if not least <= amount <= most:
        raise RefusedError(BUY_IN, field="amount", least=least, most=most)
    return amount + (buyer.chips if buyer else 0)


def ready(state: State) -> list[Seat]:
    """Return the seats that will be dealt in to the next hand, in order of their numbers."""
    return sorted(buyer.seat for buyer in state.buyers.values() if not (buyer.sitting_out or buyer.left))


def debt_of(options: Options, seat: Seat) -> Debt:
    """Return the blinds that the player of a seat owes when they buy in: a newcomer to a table where blinds have been
    posted owes the big one."""
    for place in options.places:
        if place.seat == seat:
            return Debt(big=place.owes_big, small=place.owes_small)
    return Debt(big=options.big is not None)


def owed(state: State, buyer: Buyer) -> int:
    """Return the cents that the player posts if they don't wait for the big blind."""
    small, big = state.options.blinds
    return big * buyer.debt.big + small * buyer.debt.small
