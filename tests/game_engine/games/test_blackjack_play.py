"""Blackjack under random play: hands are paid by their cards, and the hidden card stays hidden."""

import json
import re
from collections import Counter
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from game_engine.cards import card_of
from game_engine.chance import floats
from game_engine.game import Seat
from game_engine.games.blackjack import MAX_HANDS, SEATS, is_blackjack, total_of
from tests.game_engine.games.blackjack_round import BLACKJACK, Round


class Script(msgspec.Struct, frozen=True):
    server_seed: str
    stakes: dict[int, int]
    choices: list[int]


scripts = st.builds(
    Script,
    st.integers(0, 2**256 - 1).map("{:064x}".format),
    st.dictionaries(st.integers(0, SEATS - 1), st.integers(1, 999), min_size=1, max_size=SEATS),
    st.lists(st.integers(0, 5), max_size=60),
)


def shown_cards(table: Round) -> list[Counter[str]]:
    """Return all cards in the viewers' views and in the last event."""
    views: list[Any] = [BLACKJACK.view(table.state, viewer) for viewer in (None, *map(Seat, range(SEATS)))]
    views += [msgspec.to_builtins(event.data) for event in table.step.events]
    return [Counter(re.findall(r'"([DHSC][2-9TJQKA])"', json.dumps(view))) for view in views]


def play(script: Script) -> Round:
    """Make the chosen ones of the offered moves, or wake the game if none is chosen."""
    table = Round(server_seed=script.server_seed)
    for seat, stake in script.stakes.items():
        table.bet(stake, seat, f"seed-{seat}")
    choices = list(script.choices)
    table.wake()
    while table.step.outcome is None:
        hidden = table.state.dealer[1]
        expected = Counter(table.state.drawn) - Counter([hidden])
        # So they include neither the hidden card nor one that is still to be drawn.
        assert all(cards == expected for cards in shown_cards(table))
        movers = [(seat, move) for seat in script.stakes for move in table.offered(seat)]
        choice = choices.pop(0) if choices else 5
        if choice == 5 or not movers:
            table.wake()
        else:
            seat, move = movers[choice % len(movers)]
            table.act(move, seat=seat)
    return table


def worth(hand: dict[str, Any], dealer: list[str]) -> float:
    """Return what a hand wins per staked cent, computed from the cards alone."""
    if len(dealer) == 2 and total_of(tuple(dealer))[0] == 21:
        return 0 if hand["state"] == "blackjack" else -1
    if hand["state"] == "blackjack":
        return 1.5
    mine, other = (total_of(tuple(cards))[0] for cards in (hand["dealt"], dealer))
    if mine > 21:
        return -1
    return 1 if other > 21 else (mine > other) - (mine < other)


def check_pay(table: Round, script: Script) -> None:
    view, outcome = table.view(), table.outcome
    dealer = view["dealer"]["dealt"]
    assert outcome.facts["dealer_cards"] == dealer
    seeds = ",".join(f"seed-{seat}" for seat in script.stakes)
    stream = floats(script.server_seed, seeds, 7)
    assert outcome.facts["cards"] == [card_of(next(stream)) for _ in outcome.facts["cards"]]
    assert Counter(outcome.facts["cards"]) == Counter([*dealer, *(c for hand in view["hands"] for c in hand["dealt"])])
    premiums = {each["seat"]: each["amount"] for each in view["insured"]}
    assert sum(result.amount for result in outcome.results) == table.held
    for result in outcome.results:
        hands = [hand for hand in view["hands"] if hand["bet"] == result.number]
        premium = premiums.get(result.seat, 0)
        net = sum(hand["amount"] * worth(hand, dealer) for hand in hands)
        net += premium * (2 if is_blackjack(tuple(dealer)) else -1)
        assert result.amount == premium + sum(hand["amount"] for hand in hands)
        assert result.payout - result.amount == int(net // 1)
        assert (result.result == "push") == (net == 0)
        assert (result.result == "loss") == (net < 0)
        assert (result.result == "blackjack") <= (hands[0]["state"] == "blackjack")


def check_rules(table: Round, script: Script) -> None:
    view = table.view()
    live = any(hand["state"] in ("stood", "doubled") for hand in view["hands"])
    dealer = tuple(view["dealer"]["dealt"])
    assert len(dealer) == 2 or live
    assert not live or is_blackjack(dealer) or total_of(dealer)[0] >= 17
    assert all(total_of(dealer[:count])[0] < 17 for count in range(2, len(dealer)))
    for seat, stake in script.stakes.items():
        hands = [hand for hand in view["hands"] if hand["seat"] == seat]
        assert [hand["hand"] for hand in hands] == list(range(len(hands)))
        assert 1 <= len(hands) <= MAX_HANDS
        for hand in hands:
            assert hand["amount"] in (stake, 2 * stake)
            assert hand["amount"] == stake or len(hand["dealt"]) == 3
            assert hand["state"] != "blackjack" or len(hands) == 1
            assert all(total_of(tuple(hand["dealt"][:count]))[0] < 21 for count in range(2, len(hand["dealt"])))


@settings(max_examples=120)
@given(scripts)
def test_hands_keep_the_rules_and_are_paid_by_their_cards(script: Script) -> None:
    table = play(script)
    check_rules(table, script)
    check_pay(table, script)
