"""Whole rounds of hold'em: compared with pokerkit, played at random, held to the contract, and their return."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from game_engine.cards import CARDS
from game_engine.contract import play
from game_engine.game import Event, Seat
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.moves import Call, Raise
from game_engine.games.holdem.state import Options
from game_engine.games.holdem.view import HoleCards, hole_cards
from game_engine.replay import verify
from tests.game_engine.games.holdem import hands, oracle
from tests.game_engine.games.holdem.hands import Table
from tests.game_engine.games.holdem.oracle import Played
from tests.game_engine.games.holdem.seated import Seated, dealt

GAME = Holdem()


def against_pokerkit(seeds: range) -> Played:
    """Play a hand for each seed, and return the sum of what was compared."""
    whole = Played()
    for hand in map(oracle.play, seeds):
        whole.decisions += hand.decisions
        whole.apart += hand.apart
        whole.pots += hand.pots > 1
        whole.shared += hand.shared > 0
    return whole


def test_200_random_hands_match_pokerkit() -> None:
    whole = against_pokerkit(range(200))
    assert (whole.decisions, whole.pots, whole.shared) == (1_824, 125, 18)
    assert whole.apart < whole.decisions / 10


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_2_000_random_hands_match_pokerkit() -> None:
    # Takes a minute on two cores, because pokerkit checks most of its state at every step.
    whole = against_pokerkit(range(2_000))
    assert whole.pots > 1_000
    assert whole.apart < whole.decisions / 10


def cards_in(value: Any) -> Iterator[str]:
    """Yield all cards in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from cards_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from cards_in(inner)
    elif value in CARDS:
        yield value


def told(event: Event) -> set[str]:
    return set(cards_in(msgspec.json.decode(msgspec.json.encode(event.data))))


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_cards_stay_private_and_no_cent_is_lost(first: int) -> None:
    for seed in range(first, first + 25):
        table = Table(seed, show_ms=30_000 if seed % 2 else 0).play()
        for step in table.steps:
            state, hand = step.state, step.state.hand
            view = GAME.view(state, None)
            open_cards = set(view["board"])
            if hand and hand.end:
                open_cards |= {card for shown in hand.end.shown for card in shown.cards}
                open_cards |= {card for shown in hand.revealed for card in shown.cards}
            assert set(cards_in(view)) == open_cards
            for seat in map(Seat, range(9)):
                own = set(hole_cards(hand, seat)) if hand and seat in hand.players else set()
                assert set(cards_in(GAME.view(state, seat))) == open_cards | own
            for event in step.events:
                assert isinstance(event.data, HoleCards) == (event.to is not None)
                assert hand is None or event.to is None or told(event) == set(hole_cards(hand, event.to))
                assert event.to is not None or told(event) <= open_cards
            pots = sum(pot["amount"] for pot in view["pots"]) if not state.ended else 0
            chips = sum(chair["stack"] + chair["staked"] for chair in view["seats"])
            rake = hand.end.rake if hand and hand.end else 0
            assert chips + pots + rake == sum(state.amounts)
        outcome = table.step.outcome
        assert outcome
        assert sum(result.payout for result in outcome.results) + outcome.facts["rake"] == sum(table.step.state.amounts)
        assert [bad for bad in verify(table.proof()) if not bad.ok] == []


def test_rounds_from_before_players_could_show_are_verified_as_before() -> None:
    old = Table(4).play().proof()
    for name in ("show_ms", "waited_ms"):
        del old["options"][name]
    assert [bad.name for bad in verify(old) if not bad.ok] == ["digest"], "only the digest covers the options' text"
    assert "revealed" not in old["outcome"]


def test_the_hands_for_the_browser_are_up_to_date() -> None:
    assert hands.FILE.read_text() == hands.text(), "run python -m tests.game_engine.games.holdem.hands"
    assert json.loads(hands.FILE.read_text())["rounds"][0]["game"] == "holdem"


@pytest.mark.parametrize("blind", [1, 50, 99])
@pytest.mark.parametrize("rake", [0, 250])
def test_uneven_stacks_keep_the_contract(blind: int, rake: int) -> None:
    # Stacks from one cent up, some below a blind, with short turns and time banks: side pots and missed turns.
    options = Options(
        small_blind=blind, min_buy_in=1, max_buy_in=20_000, turn_ms=1_000, time_bank_ms=2_000, rake=rake, button=8
    )
    for number in range(4):
        play(GAME, number, options=options)


@pytest.mark.parametrize("rake", [0, 250, 1_000])
def test_the_return_is_everything_but_the_rake(rake: int) -> None:
    odds = GAME.odds(Options(rake=rake))
    assert [each.mean for each in odds] == [1 - Fraction(rake, 10_000)] * 8
    assert max(each.largest for each in odds) == 9 * (1 - Fraction(rake, 10_000))
    assert {each.method for each in odds} == {"closed form"}
    assert GAME.return_to_player == GAME.odds(Options())[0].mean


@pytest.mark.parametrize("players", range(2, 10))
def test_an_all_in_with_equal_stacks_pays_as_the_odds_say(players: int) -> None:
    odds = GAME.odds(Options(rake=500))[players - 2]
    assert odds.bet == f"all in, {players} players"
    options = Options(min_buy_in=1, max_buy_in=10_000, rake=500, rake_cap=100_000)
    table = dealt(dict.fromkeys(range(players), 10_000), options, f"all in {players}")
    while table.hand.actor is not None:
        table.act(table.hand.actor, Call() if "raise" not in table.view(table.hand.actor)["actions"] else Raise(10_000))
    paid = sum(table.payouts.values())
    assert Fraction(paid, players * 10_000) == odds.mean
    winners = table.outcome.facts["awards"][0]["winners"]
    assert max(table.payouts.values()) == odds.largest * 10_000 / len(winners)


def test_the_seats_win_equally_often() -> None:
    # 600 hands of three who are all in: each wins a third, within four deviations of sqrt(600 × 1/3 × 2/3) = 11.5.
    won = dict.fromkeys(range(3), Fraction(0))
    for number in range(600):
        table = dealt(dict.fromkeys(won, 150), server_seed=f"fair {number}")
        table.act(0, Raise(150)).act(1, Call()).act(2, Call())
        winners = table.outcome.facts["awards"][0]["winners"]
        for seat in winners:
            won[seat] += Fraction(1, len(winners))
    assert sum(won.values()) == 600
    assert all(abs(wins - 200) < 46 for wins in won.values())


def test_a_round_waits_for_a_second_player_until_the_first_leaves() -> None:
    table = Seated(Options()).buy(0, 5_000)
    assert table.step.wake_at is None
    assert table.leave(0).payouts == {1: 5_000}
