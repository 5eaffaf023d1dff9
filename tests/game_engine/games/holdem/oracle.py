"""Plays a random hand with this game and with pokerkit, and compares every pot, winner and chip.

The raises that a player may make are not compared where the two interpret the rules differently. pokerkit treats what a
short big blind posts as the bet; here the whole blind has to be called, so all big blinds in these hands are whole.
pokerkit treats an all-in below the blind as a full bet, and after several short all-ins it reopens the betting for all
or none of the players who have acted; here it is reopened for those for whom they add up to a full raise. pokerkit
gives all odd cents of a pot to one winner.
"""

import random

from msgspec import Struct
from pokerkit import Automation, NoLimitTexasHoldem
from pokerkit import State as Pokerkit

from game_engine.game import Act, Bet, Outcome, Seat, Seeds, Step, Wake
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.betting import offer
from game_engine.games.holdem.blinds import from_the_left
from game_engine.games.holdem.moves import Action, Call, Check, Fold, Raise
from game_engine.games.holdem.state import Options, Selection, State

GAME = Holdem()
AUTOMATIONS = (
    Automation.BLIND_OR_STRADDLE_POSTING,
    Automation.BET_COLLECTION,
    Automation.HOLE_CARDS_SHOWING_OR_MUCKING,
)


class Played(Struct):
    """What was compared; ``apart`` counts the decisions where the two may interpret the rules differently."""

    decisions: int = 0
    apart: int = 0
    pots: int = 0
    shared: int = 0
    all_in: bool = False


def stacks_of(chance: random.Random, order: list[Seat], big_blind: int) -> dict[Seat, int]:
    """Return uneven stacks, from less than one big blind to two hundred."""
    ranges = [(1, 2 * big_blind), (big_blind, 15 * big_blind), (20 * big_blind, 200 * big_blind)]
    stacks = {seat: chance.randint(*chance.choice(ranges)) for seat in order}
    big = order[0] if len(order) == 2 else order[1]
    stacks[big] = max(stacks[big], big_blind)
    return stacks


def dealt(chance: random.Random) -> tuple[Step[State], int]:
    """Return the step that has just dealt a hand, and its time."""
    seats = sorted(Seat(seat) for seat in chance.sample(range(9), chance.randint(2, 9)))
    big_blind = chance.choice([2, 100, 250])
    last = Seat(chance.randrange(9))
    button = from_the_left(seats, last)[0]
    stacks = stacks_of(chance, from_the_left(seats, button), big_blind)
    options = Options(
        chance.randint(1, big_blind - 1), big_blind, min_buy_in=1, max_buy_in=10**6, button=last, show_ms=0
    )
    step = GAME.open(options, Seeds(f"{chance.getrandbits(256):064x}", chance.randint(1, 10**6)), 0)
    for number, (seat, chips) in enumerate(stacks.items(), start=1):
        bet = Bet(seat=seat, number=number, amount=chips, client_seed=f"seed-{seat}", selection=Selection())
        step = GAME.apply(step.state, bet, number)
    assert step.wake_at is not None
    return GAME.apply(step.state, Wake(), step.wake_at), step.wake_at


def the_same(state: State) -> Pokerkit:
    """Return pokerkit's table at the start of the hand. Its players are also in order from the left of the button."""
    hand = state.hand
    assert hand
    stacks = [state.buyers[player.seat].chips for player in hand.betting.players]
    blinds = state.options.blinds
    other = NoLimitTexasHoldem.create_state(AUTOMATIONS, False, 0, blinds, blinds[1], stacks, len(stacks))
    for place in range(len(stacks)):
        other.deal_hole(_cards([hand.deck[place], hand.deck[len(stacks) + place]]))
    return other


def _cards(ours: list[str]) -> str:
    return "".join(card[1] + card[0].lower() for card in ours)


def _run_out(other: Pokerkit, deck: list[str]) -> None:
    """Deal the rest of the board. pokerkit also asks a blind to check when all others are all in for less."""
    _deal_board(other, deck)
    while other.actor_index is not None:
        assert other.checking_or_calling_amount == 0
        other.check_or_call()
        _deal_board(other, deck)


def _deal_board(other: Pokerkit, deck: list[str]) -> None:
    while other.can_burn_card():
        other.burn_card("??")
        count = other.board_dealing_count
        assert count
        other.deal_board(_cards([deck.pop(0) for _ in range(count)]))


def _choose(chance: random.Random, least: int | None, most: int, to_call: int) -> Action:
    kind = chance.random()
    if least is not None and kind < 0.3:
        return Raise(chance.choice([least, most, chance.randint(least, most)]))
    if to_call and kind < 0.5:
        return Fold()
    return Call() if to_call else Check()


def _move(other: Pokerkit, action: Action) -> None:
    if isinstance(action, Raise):
        other.complete_bet_or_raise_to(action.amount)
    elif isinstance(action, Fold):
        other.fold()
    else:
        other.check_or_call()


def play(seed: int) -> Played:
    """Play one hand. Asserts that both agree at every decision and on all chips at the end."""
    chance, played = random.Random(seed), Played()
    step, now = dealt(chance)
    state, outcome = step.state, step.outcome
    assert state.hand
    other, deck = the_same(state), list(state.hand.deck[2 * len(state.hand.betting.players) :])
    shorts, street, apart = 0, "", False
    while outcome is None:
        hand = state.hand
        assert hand
        if hand.street != street:
            street, shorts, apart = hand.street, 0, False
        _deal_board(other, deck)
        bounds = offer(hand.betting)
        assert other.actor_index == hand.betting.to_act, "both must have the same player to act"
        assert other.checking_or_calling_amount == bounds.to_call
        theirs = other.min_completion_betting_or_raising_to_amount
        played.decisions += 1
        played.apart += apart
        if not apart:
            assert theirs == bounds.minimum, "both must have the same minimum raise, or none"
        if theirs is not None and bounds.minimum is not None:
            assert (theirs, other.max_completion_betting_or_raising_to_amount) == (bounds.minimum, bounds.maximum)
        action = _choose(chance, bounds.minimum if theirs else None, bounds.maximum, bounds.to_call)
        if isinstance(action, Raise) and action.amount < hand.betting.bet + hand.betting.raise_by:
            shorts += 1
            apart = apart or shorts > 1 or hand.betting.aggressor is None
        actor = hand.actor
        assert actor is not None
        now += 1
        _move(other, action)
        step = GAME.apply(state, Act(actor, action), now)
        state, outcome = step.state, step.outcome
    _run_out(other, deck)
    _compare(state, other, outcome, played)
    return played


def _pots(other: Pokerkit) -> list[tuple[int, list[int]]]:
    """Return pokerkit's pots, each with the positions of its winners.

    Call it before pokerkit removes the beaten hands: it then merges the pots that are left to the same players.
    """
    hands = list(other.get_up_hands(0, 0))
    pots = []
    for pot in other.pots:
        best = max(hand for place in pot.player_indices if (hand := hands[place]) is not None)
        pots.append((pot.unraked_amount, [place for place in pot.player_indices if hands[place] == best]))
    return pots


def _compare(state: State, other: Pokerkit, outcome: Outcome, played: Played) -> None:
    hand = state.hand
    assert hand
    players = hand.betting.players
    ours = [(award["amount"], award["winners"]) for award in outcome.facts["awards"]]
    odd = 0
    if outcome.facts["shown"]:
        pots = _pots(other)
        odd = sum(amount % len(winners) for amount, winners in pots)
        theirs = [(amount, [players[place].seat for place in winners]) for amount, winners in pots]
        assert ours == theirs, "both must have the same pots and winners"
    for can, do in (
        (other.can_kill_hand, other.kill_hand),
        (other.can_push_chips, other.push_chips),
        (other.can_pull_chips, other.pull_chips),
    ):
        while can():
            do()
    assert not other.status
    paid = {result.seat: result.payout for result in outcome.results}
    for place, player in enumerate(players):
        assert abs(paid[player.seat] - other.stacks[place]) <= odd, "both must pay the same chips, apart from odd cents"
    assert sum(paid.values()) == sum(other.stacks)
    played.pots = len(ours)
    played.shared = sum(len(winners) > 1 for _, winners in ours)
    played.all_in = any(not player.stack and not player.folded for player in players)
