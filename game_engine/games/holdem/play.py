"""A hand from the deal to the payout: the streets, absent players, and the showdown."""

from typing import Any

from msgspec.structs import replace

from game_engine.chance import floats, joined_seeds
from game_engine.game import BetResult, CarriedStake, Event, Outcome, Seat, Step
from game_engine.games.holdem import betting
from game_engine.games.holdem.blinds import Positions, missed, next_positions
from game_engine.games.holdem.pots import Contribution, Pot, pots_of, raked, shares, split
from game_engine.games.holdem.showdown import best_of, board_of, deck_of, hole_of, kind_of, rank_of, showing
from game_engine.games.holdem.state import (
    STREETS,
    Award,
    Buyer,
    Carried,
    Hand,
    HandEnd,
    Place,
    Selection,
    ShownHand,
    State,
    ready,
)
from game_engine.games.holdem.view import HoleCards, hole_cards, table_of, to_json_value

HANDS_TO_REFILL_BANK = 10
"""Each hand restores this fraction of a full time bank: 1/10."""


def deal(state: State, now: int) -> Step[State]:
    """Start the hand: move the button and the blinds, and deal two cards to everyone who plays."""
    options, playing = state.options, ready(state)
    debts = {seat: buyer.debt for seat, buyer in state.buyers.items()}
    at = next_positions(options.button, options.small, options.big, {seat: debts[seat] for seat in playing})
    draws = floats(state.seeds.server_seed, client_seed(state), state.seeds.nonce)
    stacks = [(seat, state.buyers[seat].chips) for seat in at.players]
    posted = betting.post_blinds(stacks, *options.blinds, _posts(state, at))
    hand = Hand(button=at.button, deck=deck_of(draws), betting=posted, small=at.small, big=at.big)
    cards = tuple(Event(HoleCards(hole_cards(hand, seat)), to=seat) for seat in at.players)
    after = missed(options.big, at, debts, [seat for seat in debts if seat not in playing])
    buyers = {seat: replace(buyer, debt=after[seat]) for seat, buyer in state.buyers.items()}
    step = continue_hand(replace(state, hand=hand, buyers=buyers), now)
    return replace(step, events=(*cards, *step.events))


def _posts(state: State, at: Positions) -> betting.Posts:
    owing = [(position, state.buyers[seat].debt) for position, seat in enumerate(at.players) if seat in at.posting]
    return betting.Posts(
        small=at.players.index(at.small) if at.small in at.players else None,
        big=at.players.index(at.big),
        live=tuple(position for position, debt in owing if debt.big),
        dead=tuple(position for position, debt in owing if debt.small),
    )


def continue_hand(state: State, now: int) -> Step[State]:
    """Go on after a move: to the next turn, street, or the end. Absent players check or fold at once."""
    hand = state.hand
    assert hand
    while len(betting.live_players(hand.betting)) > 1:
        actor = hand.actor
        if actor is None:
            after = _next_street(hand, state.options.big_blind)
            if after is None:
                break
            hand = after
        elif state.buyers[actor].absent:
            hand = replace(hand, betting=check_or_fold(hand.betting))
        else:
            hand = replace(hand, turn_ends_at=now + state.turn_ms)
            state = replace(state, hand=hand)
            return table_step(state)
    return _finish(state, hand)


def check_or_fold(street: betting.BettingRound) -> betting.BettingRound:
    return betting.fold(street) if betting.offer(street).to_call else betting.call(street)


def table_step(state: State) -> Step[State]:
    """Return a step that shows everyone the table and waits for the next move or deadline."""
    return Step(state=state, events=(Event(table_of(state)),), wake_at=wake_at(state))


def wake_at(state: State) -> int | None:
    """Return when the table acts without a command: it deals, or a turn and its time bank run out."""
    hand = state.hand
    if hand is None:
        return state.starts_at
    return None if hand.actor is None else hand.turn_ends_at + state.buyers[hand.actor].bank_ms


def client_seed(state: State) -> str:
    return joined_seeds(buyer.client_seed for buyer in state.buyers.values())


def end_without_deal(state: State) -> Step[State]:
    """End a round in which no hand was dealt: all stakes are returned."""
    ended = replace(state, ended=True)
    facts = {"deck": [], "community": [], "shown": [], "awards": [], "rake": 0}
    stacks = {seat: buyer.chips for seat, buyer in state.buyers.items()}
    outcome = _outcome(state, facts, stacks)
    last = outcome.next_options
    waiting = [place for place in state.options.places if place.seat not in state.buyers]
    options = replace(last, places=(*last.places, *waiting), put_off=len(ready(state)) > 1)
    return Step(ended, (Event(table_of(ended)),), outcome=replace(outcome, next_options=options))


def _next_street(hand: Hand, big_blind: int) -> Hand | None:
    """Return the hand on its next street; None after the river."""
    street = next((name for name, cards in STREETS.items() if cards > STREETS[hand.street]), None)
    if street is None:
        return None
    called = betting.return_uncalled(hand.betting)
    return replace(hand, street=street, betting=betting.next_street(called, big_blind))


def _finish(state: State, hand: Hand) -> Step[State]:
    hand = replace(hand, betting=betting.return_uncalled(hand.betting))
    options, players = state.options, hand.betting.players
    board = board_of(hand.deck, len(players), STREETS[hand.street])
    before = pots_of(
        [
            Contribution(seat=player.seat, amount=player.total, live=not player.folded, dead=player.dead)
            for player in players
        ]
    )
    # No flop, no drop: a hand that ends before the flop is not raked.
    pots, rake = raked(before, options.rake, options.rake_cap) if board else (before, 0)
    live = [position for position, player in enumerate(players) if not player.folded]
    ranks = _ranks(hand, live, board) if len(live) > 1 else {}
    awards = tuple(Award(pot.amount, _winners(pot, ranks)) for pot in pots)
    stacks = {player.seat: player.stack for player in players}
    for award in awards:
        for seat, share in shares(award.amount, award.winners).items():
            stacks[seat] += share
    shown = _shown(hand, live, ranks, board) if ranks else ()
    end = HandEnd(pots=before, rake=rake, shown=shown, awards=awards, stacks=stacks)
    ended = replace(state, hand=replace(hand, end=end), ended=True)
    facts = {
        "deck": list(hand.deck),
        "community": list(board),
        "shown": to_json_value(shown),
        "awards": to_json_value(awards),
        "rake": rake,
    }
    return Step(ended, (Event(table_of(ended)),), outcome=_outcome(ended, facts, stacks))


def _ranks(hand: Hand, live: list[int], board: tuple[str, ...]) -> dict[Seat, int]:
    players = hand.betting.players
    return {players[at].seat: rank_of((*hole_of(hand.deck, at, len(players)), *board)) for at in live}


def _winners(pot: Pot, ranks: dict[Seat, int]) -> tuple[Seat, ...]:
    """Return the seats that win ``pot``, from the left of the button."""
    if not ranks:
        return pot.seats
    best = min(ranks[seat] for seat in pot.seats)
    return tuple(seat for seat in pot.seats if ranks[seat] == best)


def _shown(hand: Hand, live: list[int], ranks: dict[Seat, int], board: tuple[str, ...]) -> tuple[ShownHand, ...]:
    """Return the hands that are shown. The last aggressor on the last street shows first, or the first left of the
    button if there was none."""
    players = hand.betting.players
    first = hand.betting.aggressor or 0
    order = [at for at in live if at >= first] + [at for at in live if at < first]
    all_in = any(not players[at].stack for at in live)
    shown = []
    for at in showing(order, lambda at: ranks[players[at].seat], everyone=all_in):
        seat, cards = players[at].seat, hole_of(hand.deck, at, len(players))
        rank = ranks[seat]
        shown.append(ShownHand(seat=seat, cards=cards, hand=kind_of(rank), best=best_of((*cards, *board), rank)))
    return tuple(shown)


def _outcome(state: State, facts: dict[str, Any], stacks: dict[Seat, int]) -> Outcome:
    results: dict[int, BetResult] = {}
    stakes, carried, places = [], [], []
    for seat, buyer in state.buyers.items():
        chips = stacks.get(seat, buyer.chips)
        for number, paid in zip(buyer.bets, split(chips, [state.amounts[n - 1] for n in buyer.bets]), strict=True):
            amount = state.amounts[number - 1]
            result = "win" if paid > amount else "push" if paid == amount else "loss"
            results[number] = BetResult(seat=seat, number=number, amount=amount, result=result, payout=paid)
        if buyer.left:
            continue
        places.append(Place(seat, buyer.debt.big, buyer.debt.small))
        if chips:
            stakes.append(CarriedStake(seat, chips, Selection(buyer.sitting_out, buyer.debt.any and buyer.debt.post)))
            carried.append(Carried(seat, chips, _bank_after(state, buyer)))
    options = replace(state.options, carried=tuple(carried), places=tuple(places), put_off=False)
    if state.hand:
        options = replace(options, button=state.hand.button, small=state.hand.small, big=state.hand.big)
    in_order = tuple(results[number] for number in sorted(results))
    return Outcome(
        facts=facts,
        results=in_order,
        client_seed=client_seed(state),
        carried_stakes=tuple(stakes),
        next_options=options,
    )


def _bank_after(state: State, buyer: Buyer) -> int:
    """Return the player's time bank for the next round, in ms."""
    full = state.options.time_bank_ms
    return buyer.bank_ms if state.hand is None else min(full, buyer.bank_ms + full // HANDS_TO_REFILL_BANK)
