"""A hand from the deal to the payout: the streets, absent players, and the showdown."""

from typing import Any, cast

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
    Move,
    MoveName,
    Place,
    Selection,
    ShownHand,
    State,
    Street,
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
    posts = _posts(state, at)
    posted = betting.post_blinds(stacks, *options.blinds, posts)
    hand = Hand(
        button=at.button,
        deck=deck_of(draws),
        betting=posted,
        small=at.small,
        big=at.big,
        moves=_blinds(posted, posts),
    )
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


def _blinds(posted: betting.BettingRound, posts: betting.Posts) -> tuple[Move, ...]:
    small = () if posts.small is None else (posts.small,)
    names: list[tuple[MoveName, tuple[int, ...]]] = [
        ("small_blind", small),
        ("big_blind", (posts.big,)),
        ("post", posts.live),
        ("post_dead", posts.dead),
    ]
    moves = []
    for name, positions in names:
        for player in (posted.players[position] for position in positions):
            amount = player.dead if name == "post_dead" else player.staked
            all_in = not player.stack
            moves.append(
                Move(seat=player.seat, street="preflop", move=name, amount=amount, to=player.staked, all_in=all_in)
            )
    return tuple(moves)


def after_move(hand: Hand, name: MoveName, after: betting.BettingRound) -> Hand:
    """Return the hand after the player to act has made a move that leads to the betting ``after``."""
    position = hand.betting.to_act
    assert position is not None
    before, player = hand.betting.players[position], after.players[position]
    amount = before.stack - player.stack
    move = Move(
        seat=player.seat,
        street=hand.street,
        move=name,
        amount=amount,
        to=player.staked,
        all_in=amount > 0 and not player.stack,
    )
    return replace(hand, betting=after, moves=(*hand.moves, move))


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
            hand = check_or_fold(hand)
        else:
            hand = replace(hand, turn_ends_at=now + state.turn_ms)
            state = replace(state, hand=hand)
            return table_step(state)
    return _decide(state, hand, now)


def check_or_fold(hand: Hand) -> Hand:
    street = hand.betting
    if betting.offer(street).to_call:
        return after_move(hand, "fold", betting.fold(street))
    return after_move(hand, "check", betting.call(street))


def table_step(state: State) -> Step[State]:
    """Return a step that shows everyone the table and waits for the next move or deadline."""
    return Step(state=state, events=(Event(table_of(state)),), wake_at=wake_at(state))


def wake_at(state: State) -> int | None:
    """Return when the table acts without a command: it deals, or a turn and its time bank run out."""
    hand = state.hand
    if hand is None:
        return state.starts_at
    if hand.end:
        return hand.show_until if hand.choosing else None
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
    called = _without_uncalled(hand)
    return replace(called, street=cast(Street, street), betting=betting.next_street(called.betting, big_blind))


def _without_uncalled(hand: Hand) -> Hand:
    """Return the part of the highest stake that no one called to its player."""
    after = betting.return_uncalled(hand.betting)
    moves = [
        Move(seat=left.seat, street=hand.street, move="uncalled", amount=had.total - left.total, to=left.staked)
        for had, left in zip(hand.betting.players, after.players, strict=True)
        if had.total > left.total
    ]
    return replace(hand, betting=after, moves=(*hand.moves, *moves))


def _decide(state: State, hand: Hand, now: int) -> Step[State]:
    """Find out who wins what. Then players who need not show their cards may choose to, if the options allow it."""
    hand = _without_uncalled(hand)
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
    shows = [Move(seat=each.seat, street=hand.street, move="show", cards=each.cards) for each in shown]
    hand = replace(hand, end=end, moves=(*hand.moves, *shows), decided_at=now)
    # A player who is gone can't choose.
    has_shown = {each.seat for each in shown}
    choosing = [players[at].seat for at in live if players[at].seat not in has_shown]
    choosing = [seat for seat in choosing if not (state.buyers[seat].absent or state.buyers[seat].left)]
    longest = options.show_ms if state.longest_turn_ms is None else min(options.show_ms, state.longest_turn_ms)
    if not (longest and choosing):
        return end_hand(replace(state, hand=hand), now)
    return table_step(replace(state, hand=replace(hand, choosing=tuple(choosing), show_until=now + longest)))


def end_hand(state: State, now: int) -> Step[State]:
    """End the round of a hand that is decided. Who has not shown their cards mucks them."""
    hand = state.hand
    assert hand
    assert hand.end
    players, end = hand.betting.players, hand.end
    seen = {move.seat for move in hand.moves if move.move in ("show", "muck")}
    mucking = [player.seat for player in players if end.shown and not player.folded and player.seat not in seen]
    mucks = [Move(seat=seat, street=hand.street, move="muck") for seat in mucking]
    ended = replace(state, hand=replace(hand, choosing=(), moves=(*hand.moves, *mucks)), ended=True)
    facts = {
        "deck": list(hand.deck),
        "community": list(board_of(hand.deck, len(players), STREETS[hand.street])),
        "shown": to_json_value(end.shown),
        "awards": to_json_value(end.awards),
        "rake": end.rake,
    }
    if state.options.show_ms:
        facts["revealed"] = to_json_value(hand.revealed)
    outcome = _outcome(ended, facts, end.stacks)
    options = replace(outcome.next_options, waited_ms=now - hand.decided_at)
    return Step(ended, (Event(table_of(ended)),), outcome=replace(outcome, next_options=options))


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
    options = replace(state.options, carried=tuple(carried), places=tuple(places), put_off=False, waited_ms=0)
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
