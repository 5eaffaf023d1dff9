"""What players and spectators see of the table. Views and the ``table`` event have the same shape."""

from typing import Any, Literal, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from game_engine.game import Actions, Seat
from game_engine.games.holdem.betting import Player, offer
from game_engine.games.holdem.pots import Contribution, Pot, pots_of
from game_engine.games.holdem.showdown import board_of, hole_of
from game_engine.games.holdem.state import MAX_SIT_OUTS, STREETS, Award, Buyer, Hand, ShownHand, State, buy_in, owed

Phase = Literal["betting", "preflop", "flop", "turn", "river", "ended"]
SeatState = Literal["in", "all_in", "folded", "waiting", "sitting_out"]


class BuyIn(Struct, frozen=True):
    """In cents: a first buy-in lies between both; a stack can be topped up to the maximum."""

    minimum: int
    maximum: int


class SeatView(Struct, frozen=True):
    """A seat with a stack; ``staked`` is its stake on this street.

    ``state`` is ``in``, ``all_in`` or ``folded`` for a player who was ``dealt`` in to this hand; otherwise it is
    ``waiting`` for the next one or ``sitting_out``. A player who is ``away`` is not dealt in to the next hand. A player
    who ``owes`` cents of missed blinds waits for the big blind, unless they ``post`` that.
    """

    seat: Seat
    stack: int
    staked: int
    state: SeatState
    cards: tuple[str, ...] | None
    dealt: bool
    away: bool
    owes: int = 0
    posts: bool = False


class Turn(Struct, frozen=True):
    """Whose turn it is: until ``ends_at``, and then until ``bank_ms`` are used up. ``actions`` are as in a view."""

    seat: Seat
    ends_at: int
    bank_ms: int
    to_call: int
    actions: Actions


class ShownTable(Struct, frozen=True):
    """The whole table. The next hand is dealt at ``starts_at``, in ms since the epoch. ``pots`` contain the stakes of
    earlier streets."""

    phase: Phase
    starts_at: int | None
    blinds: tuple[int, int]
    buy_in: BuyIn
    button: Seat | None
    board: tuple[str, ...]
    pots: tuple[Pot, ...]
    seats: tuple[SeatView, ...]
    turn: Turn | None


class TableChanged(ShownTable, frozen=True, tag="table", tag_field="type"):
    """The whole table, sent whenever it changes. The next hand is dealt at ``starts_at``, in ms since the epoch. The
    ``pots`` contain the stakes of earlier streets."""


class View(ShownTable, frozen=True):
    """The table, and for a seat its own two cards, what it can do, and what it can buy chips for."""

    hole: tuple[str, ...] | UnsetType | None = UNSET
    actions: Actions | UnsetType = UNSET
    stake: BuyIn | UnsetType = UNSET


class Facts(Struct, frozen=True):
    """The ``deck`` in the order dealt (published with the server seed), the board, the hands that were shown, who won
    what from each pot, and the rake in cents."""

    deck: tuple[str, ...]
    community: tuple[str, ...]
    shown: tuple[ShownHand, ...]
    awards: tuple[Award, ...]
    rake: int


class HoleCards(Struct, frozen=True, tag="hole", tag_field="type"):
    """A player's two cards, sent to that player only."""

    cards: tuple[str, ...]


def table_of(state: State) -> TableChanged:
    """Return what everyone may see."""
    hand, options = state.hand, state.options
    button = options.button if hand is None else hand.button
    return TableChanged(
        phase=_phase(state),
        starts_at=None if hand or state.ended else state.starts_at,
        blinds=options.blinds,
        buy_in=BuyIn(*options.buy_in),
        button=None if button is None else Seat(button),
        board=board_of(hand.deck, len(hand.betting.players), STREETS[hand.street]) if hand else (),
        pots=_pots(hand) if hand else (),
        seats=tuple(_seat_view(state, state.buyers[seat]) for seat in sorted(state.buyers)),
        turn=_turn(state, hand) if hand else None,
    )


def view(state: State, viewer: Seat | None) -> dict[str, Any]:
    shown: dict[str, Any] = to_json_value(table_of(state))
    del shown["type"]
    if viewer is None:
        return shown
    shown |= {"hole": _hole(state.hand, viewer), "actions": actions(state, viewer)}
    bounds = buy_in(state, viewer)
    return shown if bounds is None else shown | {"stake": to_json_value(BuyIn(*bounds))}


def known(state: State, viewer: Seat | None) -> Any:
    """Return the cards that the viewer may know: their own two and the board, and all when the hand is over."""
    hand = state.hand
    if hand is None or hand.end:
        return hand and hand.deck
    own = hole_cards(hand, viewer) if viewer in hand.players and viewer is not None else ()
    return own, board_of(hand.deck, len(hand.betting.players), STREETS[hand.street])


def to_json_value(value: Any) -> Any:
    """Return ``value`` with structs as dicts and tuples as lists."""
    return msgspec.json.decode(msgspec.json.encode(value))


def hole_cards(hand: Hand, seat: Seat) -> tuple[str, ...]:
    """Return the two cards that were dealt to a player of the hand."""
    seats = [player.seat for player in hand.betting.players]
    return hole_of(hand.deck, seats.index(seat), len(seats))


def actions(state: State, seat: Seat) -> dict[str, Any]:
    """Return the ``actions`` of the seat's view."""
    buyer = state.buyers.get(seat)
    if buyer is None or buyer.left or state.ended:
        return {}
    offered = {} if state.hand is None else hand_actions(state.hand, seat)
    if buyer.sitting_out:
        return offered | {"sit_in": {}}
    if buyer.debt.any and not buyer.debt.post:
        offered |= {"post": {}}
    return offered | {"sit_out": {}} if buyer.times_out < MAX_SIT_OUTS else offered


def hand_actions(hand: Hand, seat: Seat) -> dict[str, Any]:
    """Return the seat's actions in the hand; none unless it is its turn."""
    if hand.actor != seat:
        return {}
    open_to = offer(hand.betting)
    offered: dict[str, Any] = {"fold": {}, "call" if open_to.to_call else "check": {}}
    if open_to.minimum is not None:
        offered["raise"] = {"amount": {"minimum": open_to.minimum, "maximum": open_to.maximum}}
    return offered


def _phase(state: State) -> Phase:
    if state.ended:
        return "ended"
    return "betting" if state.hand is None else cast(Phase, state.hand.street)


def _pots(hand: Hand) -> tuple[Pot, ...]:
    if hand.end:
        return hand.end.pots
    return pots_of(
        [
            Contribution(seat=each.seat, amount=each.total - each.staked, live=not each.folded, dead=each.dead)
            for each in hand.betting.players
        ]
    )


def _seat_view(state: State, buyer: Buyer) -> SeatView:
    hand = state.hand
    player = hand.players.get(buyer.seat) if hand else None
    stack, staked, cards = buyer.chips, 0, None
    word: SeatState = "sitting_out" if buyer.sitting_out or (hand and not buyer.debt.any) else "waiting"
    if hand and player:
        stack, staked, word = player.stack, player.staked, _hand_state(player)
    if hand and player and hand.end:
        stack, staked = hand.end.stacks[buyer.seat], 0
        cards = next((shown.cards for shown in hand.end.shown if shown.seat == buyer.seat), None)
    return SeatView(
        seat=buyer.seat,
        stack=stack,
        staked=staked,
        state=word,
        cards=cards,
        dealt=player is not None,
        away=buyer.sitting_out,
        owes=owed(state, buyer),
        posts=buyer.debt.any and buyer.debt.post,
    )


def _hand_state(player: Player) -> SeatState:
    if player.folded:
        return "folded"
    return "in" if player.stack else "all_in"


def _turn(state: State, hand: Hand) -> Turn | None:
    seat = hand.actor
    if seat is None:
        return None
    bank_ms = state.buyers[seat].bank_ms
    return Turn(
        seat=seat,
        ends_at=hand.turn_ends_at,
        bank_ms=bank_ms,
        to_call=offer(hand.betting).to_call,
        actions=hand_actions(hand, seat),
    )


def _hole(hand: Hand | None, seat: Seat) -> list[str] | None:
    return list(hole_cards(hand, seat)) if hand and seat in hand.players else None
