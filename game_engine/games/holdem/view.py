"""What players and spectators see of the table. Views and the ``table`` event have the same shape."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from game_engine.game import Actions, Seat
from game_engine.games.holdem.betting import Player, offer
from game_engine.games.holdem.pots import Contribution, Pot, pots_of
from game_engine.games.holdem.showdown import board_of, hole_of
from game_engine.games.holdem.state import (
    MAX_SIT_OUTS,
    STREETS,
    Award,
    Buyer,
    Hand,
    Move,
    MoveName,
    Revealed,
    ShownHand,
    State,
    buy_in,
    owed,
)

Phase = Literal["betting", "preflop", "flop", "turn", "river", "showdown", "ended"]
SHOWDOWN_ACTIONS: Actions = {"show": {}, "muck": {}}
SeatState = Literal["in", "all_in", "folded", "waiting", "sitting_out"]


class BuyIn(Struct, frozen=True):
    """In cents: a first buy-in lies between both; a stack can be topped up to the maximum."""

    minimum: int
    maximum: int


class LastMove(Struct, frozen=True):
    """The last move of a seat on this street, as in ``moved``."""

    move: MoveName
    amount: int
    to: int
    all_in: bool


class SeatView(Struct, frozen=True):
    """A seat with a stack; ``staked`` is its stake on this street.

    ``state`` is ``in``, ``all_in`` or ``folded`` for a player who was ``dealt`` in to this hand; otherwise it is
    ``waiting`` for the next one or ``sitting_out``. A player who is ``away`` is not dealt in to the next hand. A player
    who ``owes`` cents of missed blinds waits for the big blind, unless they ``post`` that. ``cards`` are those that the
    player has shown: none, one or both.
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
    last: LastMove | None = None


class Turn(Struct, frozen=True):
    """Whose turn it is: until ``ends_at``, and then until ``bank_ms`` are used up. ``actions`` are as in a view."""

    seat: Seat
    ends_at: int
    bank_ms: int
    to_call: int
    actions: Actions


class OpenHand(Struct, frozen=True):
    """A hand that had to be shown: its two cards, the name of what they make with the board, and the best five."""

    seat: Seat
    cards: tuple[str, ...]
    hand: str
    best: tuple[str, ...]


class Showdown(Struct, frozen=True):
    """The end of a hand, before the round ends: the ``hands`` that had to be shown, and who ``won`` what from each pot,
    after the rake. The seats in ``choosing`` may show their cards until ``ends_at``, in ms since the epoch; ``actions``
    are what they choose from."""

    ends_at: int
    choosing: tuple[Seat, ...]
    hands: tuple[OpenHand, ...]
    won: tuple[Award, ...]
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
    showdown: Showdown | None


class TableChanged(ShownTable, frozen=True, tag="table", tag_field="type"):
    """The whole table, sent whenever it changes. The next hand is dealt at ``starts_at``, in ms since the epoch. The
    ``pots`` contain the stakes of earlier streets."""


class View(ShownTable, frozen=True):
    """The table and the moves of the hand, and for a seat its own two cards, what it can do, and what it can buy chips
    for."""

    moves: tuple[Move, ...]
    hole: tuple[str, ...] | UnsetType | None = UNSET
    actions: Actions | UnsetType = UNSET
    stake: BuyIn | UnsetType = UNSET


class Facts(Struct, frozen=True):
    """The ``deck`` in the order dealt (published with the server seed), the board, the hands that had to be shown, who
    won what from each pot, the rake in cents, and in rounds with ``show_ms`` the cards that players showed without
    having to."""

    deck: tuple[str, ...]
    community: tuple[str, ...]
    shown: tuple[ShownHand, ...]
    awards: tuple[Award, ...]
    rake: int
    revealed: tuple[Revealed, ...] | UnsetType = UNSET


class Moved(Move, frozen=True, tag="moved", tag_field="type"):
    """A blind, a move, or cards shown or mucked. It put ``amount`` cents into the pot (``uncalled``: took them out),
    which made ``to`` cents staked on this street. ``post`` is a missed big blind, ``post_dead`` a missed small one,
    which counts for no bet. A ``show`` has ``cards``."""


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
        showdown=_showdown(hand) if hand and not state.ended else None,
    )


def view(state: State, viewer: Seat | None) -> dict[str, Any]:
    shown: dict[str, Any] = to_json_value(table_of(state))
    del shown["type"]
    shown["moves"] = to_json_value(state.hand.moves) if state.hand else []
    if viewer is None:
        return shown
    shown |= {"hole": _hole(state.hand, viewer), "actions": actions(state, viewer)}
    bounds = buy_in(state, viewer)
    return shown if bounds is None else shown | {"stake": to_json_value(BuyIn(*bounds))}


def known(state: State, viewer: Seat | None) -> Any:
    """Return the cards that the viewer may know: their own two, the board, and what was shown and who won with it. When
    the round is over, all."""
    hand = state.hand
    if hand is None or state.ended:
        return hand and hand.deck
    own = hole_cards(hand, viewer) if viewer in hand.players and viewer is not None else ()
    board = board_of(hand.deck, len(hand.betting.players), STREETS[hand.street])
    return own, board, hand.end and (hand.end.shown, hand.end.awards), hand.revealed


def moves_since(before: Hand | None, hand: Hand | None) -> tuple[Moved, ...]:
    """Return the moves that ``hand`` has more than it had ``before``, as events."""
    new = hand.moves[len(before.moves) if before else 0 :] if hand else ()
    return tuple(
        Moved(
            seat=each.seat,
            street=each.street,
            move=each.move,
            amount=each.amount,
            to=each.to,
            all_in=each.all_in,
            cards=each.cards,
        )
        for each in new
    )


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
    """Return the seat's actions in the hand; none unless it is its turn, or its choice what to show."""
    if seat in hand.choosing:
        return dict(SHOWDOWN_ACTIONS)
    if hand.actor != seat:
        return {}
    open_to = offer(hand.betting)
    offered: dict[str, Any] = {"fold": {}, "call" if open_to.to_call else "check": {}}
    if open_to.minimum is not None:
        offered["raise"] = {"amount": {"minimum": open_to.minimum, "maximum": open_to.maximum}}
    return offered


def _phase(state: State) -> Phase:
    hand = state.hand
    if state.ended:
        return "ended"
    if hand is None:
        return "betting"
    return "showdown" if hand.end else hand.street


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
        # The pots are in the middle until the round ends.
        stack, staked = hand.end.stacks[buyer.seat] if state.ended else player.stack, 0
        cards = {each.seat: each.cards for each in hand.end.shown}.get(buyer.seat)
        cards = {each.seat: each.cards for each in hand.revealed}.get(buyer.seat, cards)
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
        last=_last_move(hand, buyer.seat) if hand else None,
    )


def _last_move(hand: Hand, seat: Seat) -> LastMove | None:
    """Return what the seat did last on this street, or that it has folded."""
    for move in reversed(hand.moves):
        if move.seat == seat and move.move not in ("uncalled", "show", "muck"):
            if move.street == hand.street or move.move == "fold":
                return LastMove(move=move.move, amount=move.amount, to=move.to, all_in=move.all_in)
            return None
    return None


def _showdown(hand: Hand) -> Showdown | None:
    end = hand.end
    if end is None:
        return None
    hands = tuple(OpenHand(seat=each.seat, cards=each.cards, hand=each.hand, best=each.best) for each in end.shown)
    return Showdown(
        ends_at=hand.show_until, choosing=hand.choosing, hands=hands, won=end.awards, actions=SHOWDOWN_ACTIONS
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
