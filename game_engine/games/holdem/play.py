"""A hand from the deal to the pots: the board that follows the betting, those who are not there, the showdown."""

from typing import Any

from msgspec.structs import replace

from game_engine.chance import floats
from game_engine.game import BetResult, CarriedStake, Event, Outcome, Seat, Step
from game_engine.games.holdem import betting
from game_engine.games.holdem.pots import Part, Pot, pots_of, raked, shares, split
from game_engine.games.holdem.showdown import best_of, board_of, deck_of, hole_of, kind_of, rank_of, showing
from game_engine.games.holdem.table import (
    STREETS,
    Award,
    Buyer,
    Carried,
    End,
    Hand,
    Selection,
    Shown,
    State,
    from_the_left,
    ready,
)
from game_engine.games.holdem.view import Hole, hole, plain, table

BANK_PARTS = 10
"""After each hand a player gets back one part in so many of a full time bank."""


def deal(state: State, now: int) -> Step[State]:
    """Begin the hand: move the button, post the blinds, deal two cards to everybody who plays."""
    last = state.options.button
    playing = ready(state)
    button = playing[0] if last is None else from_the_left(playing, Seat(last))[0]
    order = from_the_left(playing, button)
    draws = floats(state.seeds.server_seed, client_seed(state), state.seeds.nonce)
    posted = betting.begin([(seat, state.buyers[seat].chips) for seat in order], *state.options.blinds)
    hand = Hand(button, deck_of(draws), posted)
    cards = tuple(Event(Hole(hole(hand, seat)), to=seat) for seat in order)
    step = go_on(replace(state, hand=hand), now)
    return replace(step, events=(*cards, *step.events))


def go_on(state: State, now: int) -> Step[State]:
    """After a move: the next turn, or the next street, or the end. Players who are not there act at once."""
    hand = state.hand
    assert hand
    while len(betting.in_the_hand(hand.betting)) > 1:
        actor = hand.actor
        if actor is None:
            following = _next_street(hand, state.options.big_blind)
            if following is None:
                break
            hand = following
        elif state.buyers[actor].absent:
            hand = replace(hand, betting=check_or_fold(hand.betting))
        else:
            hand = replace(hand, turn_ends_at=now + state.options.turn_ms)
            state = replace(state, hand=hand)
            return Step(state, (Event(table(state)),), wake_at(state))
    return _finish(state, hand)


def check_or_fold(street: betting.Betting) -> betting.Betting:
    return betting.fold(street) if betting.offer(street).to_call else betting.call(street)


def wake_at(state: State) -> int | None:
    """When the table goes on by itself: it deals, or the turn's player has no time left."""
    hand = state.hand
    if hand is None:
        return state.starts_at
    return None if hand.actor is None else hand.turn_ends_at + state.buyers[hand.actor].bank_ms


def client_seed(state: State) -> str:
    return ",".join(buyer.client_seed for buyer in state.buyers.values())


def push(state: State) -> Step[State]:
    """End a round in which no hand was dealt: everybody has what was bought."""
    ended = replace(state, ended=True)
    facts = {"deck": [], "community": [], "shown": [], "awards": [], "rake": 0}
    stacks = {seat: buyer.chips for seat, buyer in state.buyers.items()}
    outcome = _outcome(state, facts, stacks, state.options.button)
    options = replace(outcome.next_options, put_off=len(ready(state)) > 1)
    return Step(ended, (Event(table(ended)),), outcome=replace(outcome, next_options=options))


def _next_street(hand: Hand, big_blind: int) -> Hand | None:
    """None after the river."""
    street = next((name for name, cards in STREETS.items() if cards > STREETS[hand.street]), None)
    if street is None:
        return None
    called = betting.without_uncalled(hand.betting)
    return replace(hand, street=street, betting=betting.next_street(called, big_blind))


def _finish(state: State, hand: Hand) -> Step[State]:
    hand = replace(hand, betting=betting.without_uncalled(hand.betting))
    options, players = state.options, hand.betting.players
    board = board_of(hand.deck, len(players), STREETS[hand.street])
    before = pots_of([Part(player.seat, player.total, not player.folded) for player in players])
    # No flop, no drop: what never saw a card of the board is not raked.
    pots, rake = raked(before, options.rake, options.rake_cap) if board else (before, 0)
    live = [place for place, player in enumerate(players) if not player.folded]
    ranks = _ranks(hand, live, board) if len(live) > 1 else {}
    awards = tuple(Award(pot.amount, _winners(pot, ranks)) for pot in pots)
    stacks = {player.seat: player.stack for player in players}
    for award in awards:
        for seat, share in shares(award.amount, award.winners).items():
            stacks[seat] += share
    shown = _shown(hand, live, ranks, board) if ranks else ()
    end = End(before, rake, shown, awards, stacks)
    ended = replace(state, hand=replace(hand, end=end), ended=True)
    facts = {
        "deck": list(hand.deck),
        "community": list(board),
        "shown": plain(shown),
        "awards": plain(awards),
        "rake": rake,
    }
    return Step(ended, (Event(table(ended)),), outcome=_outcome(state, facts, stacks, hand.button))


def _ranks(hand: Hand, live: list[int], board: tuple[str, ...]) -> dict[Seat, int]:
    players = hand.betting.players
    return {players[at].seat: rank_of((*hole_of(hand.deck, at, len(players)), *board)) for at in live}


def _winners(pot: Pot, ranks: dict[Seat, int]) -> tuple[Seat, ...]:
    """From the left of the button."""
    if not ranks:
        return pot.seats
    best = min(ranks[seat] for seat in pot.seats)
    return tuple(seat for seat in pot.seats if ranks[seat] == best)


def _shown(hand: Hand, live: list[int], ranks: dict[Seat, int], board: tuple[str, ...]) -> tuple[Shown, ...]:
    """Who bet or raised last on the last street shows first, else the first from the left of the button."""
    players = hand.betting.players
    first = hand.betting.aggressor or 0
    order = [at for at in live if at >= first] + [at for at in live if at < first]
    all_in = any(not players[at].stack for at in live)
    shown = []
    for at in showing(order, lambda at: ranks[players[at].seat], everybody=all_in):
        seat, cards = players[at].seat, hole_of(hand.deck, at, len(players))
        shown.append(Shown(seat, cards, kind_of(ranks[seat]), best_of((*cards, *board), ranks[seat])))
    return tuple(shown)


def _outcome(state: State, facts: dict[str, Any], stacks: dict[Seat, int], button: int | None) -> Outcome:
    results: dict[int, BetResult] = {}
    standing, carried = [], []
    for seat, buyer in state.buyers.items():
        chips = stacks.get(seat, buyer.chips)
        for number, paid in zip(buyer.bets, split(chips, [state.amounts[n - 1] for n in buyer.bets]), strict=True):
            amount = state.amounts[number - 1]
            result = "win" if paid > amount else "push" if paid == amount else "loss"
            results[number] = BetResult(seat, number, amount, result, paid)
        if chips and not buyer.left:
            standing.append(CarriedStake(seat, chips, Selection(buyer.sitting_out)))
            carried.append(Carried(seat, chips, _restored(state, buyer)))
    options = replace(state.options, button=button, carried=tuple(carried), put_off=False)
    in_order = tuple(results[number] for number in sorted(results))
    return Outcome(facts, in_order, client_seed(state), tuple(standing), options)


def _restored(state: State, buyer: Buyer) -> int:
    full = state.options.time_bank_ms
    return buyer.bank_ms if state.hand is None else min(full, buyer.bank_ms + full // BANK_PARTS)
