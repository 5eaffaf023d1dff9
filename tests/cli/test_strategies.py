"""How sensible bots play: within the rules, and as a player with some experience would."""

import random
from typing import Any

import pytest

from cli.strategies import STRATEGIES, board_strength, hole_strength
from game_engine.game import Bet, Seat, Seeds, Wake
from game_engine.games import GAMES

OFFERED: dict[str, Any] = {"hit": {}, "stand": {}, "double": {}, "split": {}}


def blackjack_view(cards: tuple[str, ...], up: str, offered: dict[str, Any] = OFFERED) -> dict[str, Any]:
    return {
        "actions": offered,
        "turn": {"seat": 2, "hand": 0},
        "dealer": {"dealt": [up]},
        "hands": [{"seat": 1, "hand": 0, "dealt": ["D2", "D3"]}, {"seat": 2, "hand": 0, "dealt": list(cards)}],
    }


@pytest.mark.parametrize(
    ("cards", "up", "move"),
    [
        (("DT", "H6"), "S6", "stand"),
        (("DT", "H6"), "ST", "hit"),
        (("D6", "H5"), "S6", "double"),
        (("D8", "H8"), "S6", "split"),
        (("DT", "HT"), "S6", "stand"),
        (("D2", "H3", "S5", "C9"), "ST", "stand"),
    ],
)
def test_blackjack_is_played_by_basic_strategy(cards: tuple[str, ...], up: str, move: str) -> None:
    chosen = STRATEGIES["blackjack"].move(blackjack_view(cards, up), 2, random.Random(1))
    assert chosen == (move, {})


def test_insurance_is_declined_and_others_turns_are_left_alone() -> None:
    strategy, dice = STRATEGIES["blackjack"], random.Random(1)
    assert strategy.move({"actions": {"insure": {}, "decline": {}}, "turn": None}, 2, dice) == ("decline", {})
    assert strategy.move(blackjack_view(("DT", "H6"), "ST"), 1, dice) != ("split", {})
    assert strategy.move(blackjack_view(("DT", "H6"), "ST"), 3, dice) is None


def test_better_cards_are_stronger() -> None:
    hands = [("C7", "D2"), ("C9", "D8"), ("CA", "CK"), ("CQ", "DQ"), ("CA", "DA")]
    strengths = [hole_strength(hand) for hand in hands]
    assert strengths == sorted(strengths)
    assert strengths[-1] == 1.0
    board = ("HK", "D8", "S3")
    made = [("CQ", "DJ"), ("C3", "D4"), ("CK", "D4"), ("CK", "C8"), ("C8", "S8")]
    strengths = [board_strength(hand, board) for hand in made]
    assert strengths == sorted(strengths)
    assert len(set(strengths)) == len(strengths)


def test_a_pair_on_the_board_is_nobodys() -> None:
    assert board_strength(("C9", "D7"), ("HK", "DK", "S3")) < board_strength(("C3", "D7"), ("HK", "D8", "S3"))


def holdem_view(hole: tuple[str, ...], board: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    view = {
        "turn": {"seat": 0, "to_call": 100},
        "hole": hole,
        "board": board,
        "blinds": [50, 100],
        "pots": [{"amount": 200, "seats": [0, 1]}],
        "seats": [],
        "actions": {"fold": {}, "call": {}, "raise": {"amount": {"minimum": 300, "maximum": 9_000}}},
    }
    return view | more


def names_chosen(view: dict[str, Any]) -> set[str]:
    """The moves that the strategy makes in this view with different dice."""
    chosen = [STRATEGIES["holdem"].move(view, 0, random.Random(seed)) for seed in range(60)]
    return {move[0] for move in chosen if move is not None}


def test_holdem_bots_raise_what_is_strong_and_fold_what_is_weak_to_a_large_bet() -> None:
    assert "fold" not in names_chosen(holdem_view(("CA", "DA")))
    assert "raise" in names_chosen(holdem_view(("CA", "DA")))
    large: dict[str, Any] = {"turn": {"seat": 0, "to_call": 5_000}}
    assert names_chosen(holdem_view(("C7", "D2"), **large)) == {"fold"}
    assert names_chosen(holdem_view(("C7", "D2"), ("HK", "D8", "S3"), **large)) == {"fold"}


def test_holdem_bots_muck_or_show_at_once() -> None:
    after = holdem_view(("CA", "DA"), actions={"show": {}, "muck": {}, "sit_out": {}}, turn=None)
    assert names_chosen(after) == {"show", "muck"}


def test_holdem_bots_come_back_and_wait_for_their_turn() -> None:
    strategy, dice = STRATEGIES["holdem"], random.Random(1)
    assert strategy.move(holdem_view(("CA", "DA"), actions={"sit_in": {}}, turn=None), 0, dice) == ("sit_in", {})
    assert strategy.move(holdem_view(("CA", "DA"), actions={"sit_out": {}}), 3, dice) is None


@pytest.mark.parametrize("game", ["blackjack", "crash", "roulette"])
def test_bets_are_accepted_by_the_game(game: str) -> None:
    rules = GAMES[game]
    for seed in range(50):
        dice = random.Random(seed)
        opened = rules.open(rules.options(), Seeds(f"{seed:064x}", 1), 0)
        amount, selection = STRATEGIES[game].stake(rules.view(opened.state, None), dice)
        bet = Bet(
            seat=Seat(0), number=1, amount=amount, client_seed="x", selection=rules.selection(**fitting(selection))
        )
        after = rules.apply(opened.state, bet, 0)
        if after.wake_at is not None:
            rules.apply(after.state, Wake(), after.wake_at)


def fitting(selection: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in selection.items()}
