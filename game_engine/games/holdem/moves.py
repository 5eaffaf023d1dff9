"""What players do at the table, and what time does: chips are bought, moves made, seats left, turns missed."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.game import Act, Bet, Event, RefusedError, Seat, Step
from game_engine.games.holdem import betting
from game_engine.games.holdem.play import deal, go_on, push, wake_at
from game_engine.games.holdem.table import TIMES_OUT, Buyer, State, bought, ready
from game_engine.games.holdem.view import table


class Fold(Struct, frozen=True, forbid_unknown_fields=True, tag="fold", tag_field="action"):
    """Give the hand up."""


class Check(Struct, frozen=True, forbid_unknown_fields=True, tag="check", tag_field="action"):
    """Stay in for nothing, as nobody has bet."""


class Call(Struct, frozen=True, forbid_unknown_fields=True, tag="call", tag_field="action"):
    """Stake what the others have, or all that is left."""


class Raise(Struct, frozen=True, forbid_unknown_fields=True, tag="raise", tag_field="action"):
    """Bet, or raise, to ``amount`` cents: the total that is then staked on this street."""

    amount: Annotated[int, Meta(ge=1, le=10**13)]


class SitOut(Struct, frozen=True, forbid_unknown_fields=True, tag="sit_out", tag_field="action"):
    """Keep the stack, and the hand that is played, but be dealt in to no other."""


class SitIn(Struct, frozen=True, forbid_unknown_fields=True, tag="sit_in", tag_field="action"):
    """Play again: the next hand, and what is left of this one."""


Action = Fold | Check | Call | Raise | SitOut | SitIn


def buy(state: State, bet: Bet, now: int) -> Step[State]:
    """A stack, or more of it. Raises RefusedError."""
    chips = bought(state, bet.seat, bet.amount)
    if state.starts_at is not None and now >= state.starts_at:
        raise RefusedError("betting_closed", "The hand is being dealt; buy chips when it is over.")
    buyer = state.buyers.get(bet.seat)
    if buyer is None:
        carried = next((each for each in state.options.carried if each.seat == bet.seat), None)
        stands = carried is not None and carried.amount == bet.amount
        bank_ms = carried.bank_ms if carried and stands else state.options.time_bank_ms
        sitting_out = bet.selection is not None and bet.selection.sitting_out
        buyer = Buyer(bet.seat, bet.client_seed, (), 0, bank_ms, sitting_out)
    buyer = replace(buyer, bets=(*buyer.bets, bet.number), chips=chips)
    return _between_hands(replace(_seated(state, buyer), amounts=(*state.amounts, bet.amount)), now)


def advance(state: State, now: int) -> Step[State]:
    """Bring the table up to ``now``: deal when it is time, and end the turn of a player who has no time left."""
    at = wake_at(state)
    if at is None or now < at:
        return Step(state, wake_at=at)
    if state.hand is None:
        return deal(state, now)
    # Who was not there in time acts no more in this hand. The next turn begins now, not at the time that was missed:
    # a clock that rang late must take nobody else's time.
    assert state.hand.actor is not None
    buyer = replace(state.buyers[state.hand.actor], sitting_out=True, absent=True, bank_ms=0)
    return go_on(_seated(state, buyer), now)


def act(state: State, command: Act, now: int) -> Step[State]:
    """A player's own move. Raises RefusedError."""
    buyer = state.buyers.get(command.seat)
    if buyer is None or buyer.left:
        raise RefusedError("illegal_action", "You have no stack at this table.")
    if isinstance(command.action, SitOut | SitIn):
        return _sit(state, buyer, isinstance(command.action, SitOut), now)
    hand = state.hand
    if hand is None:
        raise RefusedError("illegal_action", "No hand is being played.")
    if hand.actor != command.seat:
        player = hand.players.get(command.seat)
        if player is None or player.folded:
            raise RefusedError("illegal_action", "You are not in this hand.")
        raise RefusedError("not_your_turn", "It is not your turn.")
    moved = _moved(hand.betting, command.action)
    buyer = replace(buyer, bank_ms=buyer.bank_ms - max(0, now - hand.turn_ends_at))
    return go_on(replace(_seated(state, buyer), hand=replace(hand, betting=moved)), now)


def leave(state: State, seat: Seat, now: int) -> Step[State]:
    """Go with what is left of the stack, at the end of the hand; between hands there and then, unless that has just put
    off the deal already."""
    buyer = state.buyers.get(seat)
    if buyer is None or buyer.left:
        return Step(state, wake_at=wake_at(state))
    state = _seated(state, replace(buyer, left=True, sitting_out=True, absent=True))
    if state.hand is None:
        return _between_hands(state, now) if state.options.put_off and len(ready(state)) > 1 else push(state)
    if state.hand.actor == seat:
        return go_on(state, now)
    return Step(state, (Event(table(state)),), wake_at(state))


def _moved(street: betting.Betting, action: Action) -> betting.Betting:
    offer = betting.offer(street)
    if isinstance(action, Fold):
        return betting.fold(street)
    if isinstance(action, Check) and offer.to_call:
        raise RefusedError("illegal_action", "There is a bet to call.")
    if isinstance(action, Call) and not offer.to_call:
        raise RefusedError("illegal_action", "There is nothing to call.")
    if not isinstance(action, Raise):
        return betting.call(street)
    if offer.least is None:
        raise RefusedError("illegal_action", "You can't raise now.")
    if not offer.least <= action.amount <= offer.most:
        raise RefusedError("bad_request", f"Raise to {offer.least} to {offer.most} cents.", "amount")
    return betting.raise_to(street, action.amount)


def _sit(state: State, buyer: Buyer, out: bool, now: int) -> Step[State]:
    if out == buyer.sitting_out:
        raise RefusedError("illegal_action", "You sit out already." if out else "You do not sit out.")
    if out and buyer.times_out == TIMES_OUT:
        raise RefusedError("limit_exceeded", "You have sat out often enough until the end of this hand.")
    buyer = replace(buyer, sitting_out=out, absent=False, times_out=buyer.times_out + out)
    state = _seated(state, buyer)
    return _between_hands(state, now) if state.hand is None else Step(state, (Event(table(state)),), wake_at(state))


def _between_hands(state: State, now: int) -> Step[State]:
    """The table with the time of the next deal, if there are two to play it."""
    starts_at = state.starts_at or now + state.options.between_ms
    state = replace(state, starts_at=starts_at if len(ready(state)) > 1 else None)
    return Step(state, (Event(table(state)),), wake_at(state))


def _seated(state: State, buyer: Buyer) -> State:
    return replace(state, buyers={**state.buyers, buyer.seat: buyer})
