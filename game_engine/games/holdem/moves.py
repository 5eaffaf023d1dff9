"""What players and the clock do at the table: buying chips, moves, sitting out, leaving, missed turns."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.game import NOT_YOUR_TURN, Act, Bet, Reason, RefusedError, Seat, Step
from game_engine.games.holdem import betting
from game_engine.games.holdem.play import (
    after_move,
    continue_hand,
    deal,
    end_hand,
    end_without_deal,
    table_step,
    wake_at,
)
from game_engine.games.holdem.state import (
    LEAST_PAUSE_MS,
    MAX_SIT_OUTS,
    Buyer,
    Hand,
    Move,
    Revealed,
    State,
    chips_after_buying,
    debt_of,
    ready,
)
from game_engine.games.holdem.view import hole_cards

DEALING = Reason("betting_closed", "dealing", "The hand is being dealt; buy chips when it is over.")
NO_STACK = Reason("illegal_action", "no_stack", "You have no stack at this table.")
NO_HAND = Reason("illegal_action", "no_hand", "No hand is in progress.")
NOT_IN_HAND = Reason("illegal_action", "not_in_hand", "You are not in this hand.")
CANT_CHECK = Reason("illegal_action", "cant_check", "You can't check: there is a bet to call.")
NOTHING_TO_CALL = Reason("illegal_action", "nothing_to_call", "There is nothing to call.")
CANT_RAISE = Reason("illegal_action", "cant_raise", "You can't raise now.")
RAISE = Reason("bad_request", "raise", "Raise to between {least:chips} and {most:chips} chips.")
NOTHING_TO_SHOW = Reason("illegal_action", "nothing_to_show", "You can't show or muck your cards now.")
SITTING_OUT = Reason("illegal_action", "sitting_out", "You are already sitting out.")
NOT_SITTING_OUT = Reason("illegal_action", "not_sitting_out", "You are not sitting out.")
TOO_OFTEN_OUT = Reason("limit_exceeded", "too_often_out", "You have sat out too often; wait for the end of this hand.")
NO_BLINDS = Reason("illegal_action", "no_blinds", "You have no blinds to post.")

REFUSALS = (
    DEALING,
    NO_STACK,
    NO_HAND,
    NOT_IN_HAND,
    CANT_CHECK,
    NOTHING_TO_CALL,
    CANT_RAISE,
    RAISE,
    NOTHING_TO_SHOW,
    SITTING_OUT,
    NOT_SITTING_OUT,
    TOO_OFTEN_OUT,
    NO_BLINDS,
)
"""For what moves are refused."""


class Fold(Struct, frozen=True, forbid_unknown_fields=True, tag="fold", tag_field="action"):
    """Give up the hand."""


class Check(Struct, frozen=True, forbid_unknown_fields=True, tag="check", tag_field="action"):
    """Stay in without a stake, as there is no bet to call."""


class Call(Struct, frozen=True, forbid_unknown_fields=True, tag="call", tag_field="action"):
    """Match the bet, or stake all that is left."""


class Raise(Struct, frozen=True, forbid_unknown_fields=True, tag="raise", tag_field="action"):
    """Bet or raise to ``amount`` cents, the player's total stake on this street."""

    amount: Annotated[int, Meta(ge=1, le=10**13)]


class SitOut(Struct, frozen=True, forbid_unknown_fields=True, tag="sit_out", tag_field="action"):
    """Keep the stack and the current hand, but skip the next ones."""


class SitIn(Struct, frozen=True, forbid_unknown_fields=True, tag="sit_in", tag_field="action"):
    """Return to the game: to the next hand and, if still in it, to this one."""


class Post(Struct, frozen=True, forbid_unknown_fields=True, tag="post", tag_field="action"):
    """Post the blinds that the player owes as soon as that is possible, instead of waiting for the big blind."""


class Show(Struct, frozen=True, forbid_unknown_fields=True, tag="show", tag_field="action"):
    """After the hand, show your cards although you need not: both, or only the ``first`` or the ``second``."""

    which: Literal["both", "first", "second"] = "both"


class Muck(Struct, frozen=True, forbid_unknown_fields=True, tag="muck", tag_field="action"):
    """After the hand, keep your cards hidden, without waiting for the time to show them to run out."""


Action = Fold | Check | Call | Raise | SitOut | SitIn | Post | Show | Muck


def buy(state: State, bet: Bet, now: int) -> Step[State]:
    """Buy a stack or top it up. Raises RefusedError."""
    chips = chips_after_buying(state, bet)
    if state.starts_at is not None and now >= state.starts_at:
        raise RefusedError(DEALING)
    buyer = state.buyers.get(bet.seat)
    if buyer is None:
        carried = next((each for each in state.options.carried if each.seat == bet.seat), None)
        carries_on = carried is not None and carried.amount == bet.amount
        bank_ms = carried.bank_ms if carried and carries_on else state.options.time_bank_ms
        sitting_out = bet.selection is not None and bet.selection.sitting_out
        buyer = Buyer(
            seat=bet.seat,
            client_seed=bet.client_seed,
            bets=(),
            chips=0,
            bank_ms=bank_ms,
            sitting_out=sitting_out,
            debt=replace(debt_of(state.options, bet.seat), post=bet.selection is not None and bet.selection.post),
        )
    buyer = replace(buyer, bets=(*buyer.bets, bet.number), chips=chips)
    return _schedule_deal(replace(_with_buyer(state, buyer), amounts=(*state.amounts, bet.amount)), now)


def advance(state: State, now: int) -> Step[State]:
    """Bring the table up to ``now``: deal if it is time, or end the turn of a player who has run out of time."""
    at = wake_at(state)
    if at is None or now < at:
        return Step(state, wake_at=at)
    if state.hand is None:
        return deal(state, now)
    if state.hand.end:
        return end_hand(state, now)
    # The player is absent until they return. The next turn starts now rather than when this one ended, so that a late
    # wake does not cost the next player time.
    assert state.hand.actor is not None
    buyer = replace(state.buyers[state.hand.actor], sitting_out=True, absent=True, bank_ms=0)
    return continue_hand(_with_buyer(state, buyer), now)


def act(state: State, command: Act, now: int) -> Step[State]:
    """Apply a player's own move. Raises RefusedError."""
    buyer = state.buyers.get(command.seat)
    if buyer is None or buyer.left:
        raise RefusedError(NO_STACK)
    if isinstance(command.action, SitOut | SitIn):
        return _sit(state, buyer, isinstance(command.action, SitOut), now)
    if isinstance(command.action, Post):
        return _post(state, buyer)
    hand = state.hand
    if hand is None:
        raise RefusedError(NO_HAND)
    if isinstance(command.action, Show | Muck):
        return _choose(state, hand, command.seat, command.action, now)
    if hand.actor != command.seat:
        player = hand.players.get(command.seat)
        if player is None or player.folded:
            raise RefusedError(NOT_IN_HAND)
        raise RefusedError(NOT_YOUR_TURN)
    moved = _moved(hand, command.action)
    buyer = replace(buyer, bank_ms=buyer.bank_ms - max(0, now - hand.turn_ends_at))
    return continue_hand(replace(_with_buyer(state, buyer), hand=moved), now)


def leave(state: State, seat: Seat, now: int) -> Step[State]:
    """The player leaves with their stack: at the end of the hand, or between hands at once.

    Between hands it is also at the end of the hand if the deal has already been delayed by a player who left.
    """
    buyer = state.buyers.get(seat)
    if buyer is None or buyer.left:
        return Step(state, wake_at=wake_at(state))
    state = _with_buyer(state, replace(buyer, left=True, sitting_out=True, absent=True))
    if state.hand is None:
        return (
            _schedule_deal(state, now) if state.options.put_off and len(ready(state)) > 1 else end_without_deal(state)
        )
    if state.hand.actor == seat:
        return continue_hand(state, now)
    return _without_choice(state, state.hand, seat, now)


def shorten_turns(state: State, turn_ms: int, now: int) -> Step[State]:
    """Let no turn, with its time bank, last longer than ``turn_ms`` from now on."""
    # The options stay as they are: the round may hand them on.
    longest = turn_ms if state.longest_turn_ms is None else min(turn_ms, state.longest_turn_ms)
    state = replace(state, longest_turn_ms=longest)
    bank_ms = turn_ms - state.turn_ms
    buyers = {seat: replace(buyer, bank_ms=min(buyer.bank_ms, bank_ms)) for seat, buyer in state.buyers.items()}
    hand = state.hand
    if hand is not None and hand.end:
        hand = replace(hand, show_until=min(hand.show_until, now + turn_ms))
    if hand is not None and (seat := hand.actor) is not None:
        ends_at = min(hand.turn_ends_at, now + turn_ms)
        hand = replace(hand, turn_ends_at=ends_at)
        actor = state.buyers[seat]
        buyers[seat] = replace(actor, bank_ms=min(actor.bank_ms, now + turn_ms - ends_at))
    return table_step(replace(state, buyers=buyers, hand=hand))


def _moved(hand: Hand, action: Action) -> Hand:
    street = hand.betting
    offer = betting.offer(street)
    if isinstance(action, Fold):
        return after_move(hand, "fold", betting.fold(street))
    if isinstance(action, Check) and offer.to_call:
        raise RefusedError(CANT_CHECK)
    if isinstance(action, Call) and not offer.to_call:
        raise RefusedError(NOTHING_TO_CALL)
    if not isinstance(action, Raise):
        return after_move(hand, "call" if offer.to_call else "check", betting.call(street))
    if offer.minimum is None:
        raise RefusedError(CANT_RAISE)
    if not offer.minimum <= action.amount <= offer.maximum:
        raise RefusedError(RAISE, field="amount", least=offer.minimum, most=offer.maximum)
    return after_move(hand, "raise" if street.bet else "bet", betting.raise_to(street, action.amount))


def _choose(state: State, hand: Hand, seat: Seat, action: Show | Muck, now: int) -> Step[State]:
    """A player who need not show their cards shows one or both, or mucks them."""
    if seat not in hand.choosing:
        raise RefusedError(NOTHING_TO_SHOW)
    move = Move(seat=seat, street=hand.street, move="muck")
    if isinstance(action, Show):
        first, second = hole_cards(hand, seat)
        cards = {"both": (first, second), "first": (first,), "second": (second,)}[action.which]
        move = replace(move, move="show", cards=cards)
        hand = replace(hand, revealed=(*hand.revealed, Revealed(seat, cards)))
    hand = replace(hand, moves=(*hand.moves, move))
    return _without_choice(replace(state, hand=hand), hand, seat, now)


def _without_choice(state: State, hand: Hand, seat: Seat, now: int) -> Step[State]:
    """The player has no choice any more about what to show. When that was the last one, the round ends."""
    left = tuple(each for each in hand.choosing if each != seat)
    state = replace(state, hand=replace(hand, choosing=left))
    return table_step(state) if left or not hand.choosing else end_hand(state, now)


def _sit(state: State, buyer: Buyer, out: bool, now: int) -> Step[State]:
    if out == buyer.sitting_out:
        raise RefusedError(SITTING_OUT if out else NOT_SITTING_OUT)
    if out and buyer.times_out == MAX_SIT_OUTS:
        raise RefusedError(TOO_OFTEN_OUT)
    buyer = replace(buyer, sitting_out=out, absent=False, times_out=buyer.times_out + out)
    state = _with_buyer(state, buyer)
    return _schedule_deal(state, now) if state.hand is None else table_step(state)


def _post(state: State, buyer: Buyer) -> Step[State]:
    if not buyer.debt.any or buyer.debt.post or buyer.sitting_out:
        raise RefusedError(NO_BLINDS)
    return table_step(_with_buyer(state, replace(buyer, debt=replace(buyer.debt, post=True))))


def _schedule_deal(state: State, now: int) -> Step[State]:
    """Set the time of the next deal if two players are ready, and clear it if not."""
    options = state.options
    pause_ms = max(options.between_ms - options.waited_ms, min(options.between_ms, LEAST_PAUSE_MS))
    starts_at = state.starts_at or now + pause_ms
    state = replace(state, starts_at=starts_at if len(ready(state)) > 1 else None)
    return table_step(state)


def _with_buyer(state: State, buyer: Buyer) -> State:
    return replace(state, buyers={**state.buyers, buyer.seat: buyer})
