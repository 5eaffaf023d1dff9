"""What is to be seen of a table: the same shape for the views and for the event that tells of each change."""

from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import Seat
from game_engine.games.holdem.betting import Player, offer
from game_engine.games.holdem.pots import Part, Pot, pots_of
from game_engine.games.holdem.showdown import board_of, hole_of
from game_engine.games.holdem.table import STREETS, TIMES_OUT, Buyer, Hand, State, buy_in


class BuyIn(Struct, frozen=True):
    """In cents: a first buy-in is between both, a stack may be filled up to the maximum."""

    minimum: int
    maximum: int


class Chair(Struct, frozen=True):
    """A seat with a stack. ``state``: ``waiting`` for the next hand, ``sitting_out``, or, if ``dealt`` into this one,
    ``in``, ``all_in`` or ``folded``. Who is ``away`` is not dealt in to the next. ``staked`` is of this street."""

    seat: Seat
    stack: int
    staked: int
    state: str
    cards: tuple[str, ...] | None
    dealt: bool
    away: bool


class Turn(Struct, frozen=True):
    """Whose turn it is, until ``ends_at`` and then for as long as ``bank_ms``. ``actions`` as in a view."""

    seat: Seat
    ends_at: int
    bank_ms: int
    to_call: int
    actions: dict[str, Any]


class Table(Struct, frozen=True, tag="table", tag_field="type"):
    """The whole table, whenever something has changed. ``pots`` hold what earlier streets have put in."""

    phase: str
    starts_at: int | None
    blinds: tuple[int, int]
    buy_in: BuyIn
    button: Seat | None
    board: tuple[str, ...]
    pots: tuple[Pot, ...]
    seats: tuple[Chair, ...]
    turn: Turn | None


class Hole(Struct, frozen=True, tag="hole", tag_field="type"):
    """The two cards of a player, for that player alone."""

    cards: tuple[str, ...]


def table(state: State) -> Table:
    """What everybody may see."""
    hand, options = state.hand, state.options
    button = options.button if hand is None else hand.button
    return Table(
        phase=_phase(state),
        starts_at=None if hand or state.ended else state.starts_at,
        blinds=options.blinds,
        buy_in=BuyIn(*options.buy_in),
        button=None if button is None else Seat(button),
        board=board_of(hand.deck, len(hand.betting.players), STREETS[hand.street]) if hand else (),
        pots=_pots(hand) if hand else (),
        seats=tuple(_chair(state, state.buyers[seat]) for seat in sorted(state.buyers)),
        turn=_turn(state, hand) if hand else None,
    )


def view(state: State, viewer: Seat | None) -> dict[str, Any]:
    shown: dict[str, Any] = plain(table(state))
    del shown["type"]
    if viewer is None:
        return shown
    shown |= {"hole": _hole(state.hand, viewer), "actions": actions(state, viewer)}
    bounds = buy_in(state, viewer)
    return shown if bounds is None else shown | {"stake": plain(BuyIn(*bounds))}


def plain(value: Any) -> Any:
    """As JSON has it: structs as objects, tuples as lists."""
    return msgspec.json.decode(msgspec.json.encode(value))


def hole(hand: Hand, seat: Seat) -> tuple[str, ...]:
    """The cards that were dealt to a player of the hand."""
    places = [player.seat for player in hand.betting.players]
    return hole_of(hand.deck, places.index(seat), len(places))


def actions(state: State, seat: Seat) -> dict[str, Any]:
    """What the seat can do now, as in a view."""
    buyer = state.buyers.get(seat)
    if buyer is None or buyer.left or state.ended:
        return {}
    offered = {} if state.hand is None else in_turn(state.hand, seat)
    if buyer.sitting_out:
        return offered | {"sit_in": {}}
    return offered | {"sit_out": {}} if buyer.times_out < TIMES_OUT else offered


def in_turn(hand: Hand, seat: Seat) -> dict[str, Any]:
    """What the seat can do in the hand, if it is its turn."""
    if hand.actor != seat:
        return {}
    open_to = offer(hand.betting)
    offered: dict[str, Any] = {"fold": {}, "call" if open_to.to_call else "check": {}}
    if open_to.least is not None:
        offered["raise"] = {"amount": {"minimum": open_to.least, "maximum": open_to.most}}
    return offered


def _phase(state: State) -> str:
    if state.ended:
        return "ended"
    return "betting" if state.hand is None else state.hand.street


def _pots(hand: Hand) -> tuple[Pot, ...]:
    if hand.end:
        return hand.end.pots
    return pots_of([Part(each.seat, each.total - each.staked, not each.folded) for each in hand.betting.players])


def _chair(state: State, buyer: Buyer) -> Chair:
    hand = state.hand
    player = hand.players.get(buyer.seat) if hand else None
    away = buyer.sitting_out
    if hand is None or player is None:
        waits = "sitting_out" if away or hand else "waiting"
        return Chair(buyer.seat, buyer.chips, 0, waits, None, dealt=False, away=away)
    stack, staked, cards = player.stack, player.staked, None
    if hand.end:
        stack, staked = hand.end.stacks[buyer.seat], 0
        cards = next((shown.cards for shown in hand.end.shown if shown.seat == buyer.seat), None)
    return Chair(buyer.seat, stack, staked, _playing(player), cards, dealt=True, away=away)


def _playing(player: Player) -> str:
    if player.folded:
        return "folded"
    return "in" if player.stack else "all_in"


def _turn(state: State, hand: Hand) -> Turn | None:
    seat = hand.actor
    if seat is None:
        return None
    bank_ms = state.buyers[seat].bank_ms
    return Turn(seat, hand.turn_ends_at, bank_ms, offer(hand.betting).to_call, in_turn(hand, seat))


def _hole(hand: Hand | None, seat: Seat) -> list[str] | None:
    return list(hole(hand, seat)) if hand and seat in hand.players else None
