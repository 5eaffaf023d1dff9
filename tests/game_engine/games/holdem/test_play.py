"""A hand from the deal to the payout: button, board, showdown, pots, and what the next hand takes over."""

from itertools import islice

import pytest
from msgspec.structs import replace

from game_engine.cards import CARDS
from game_engine.chance import draw_without_replacement, floats
from game_engine.game import CarriedStake, Seat
from game_engine.games.holdem.moves import Call, Check, Fold, Raise
from game_engine.games.holdem.play import check_or_fold, client_seed, wake_at
from game_engine.games.holdem.state import Carried, Place, Selection
from game_engine.games.holdem.view import hole_cards
from tests.game_engine.games.holdem.seated import OPEN, Seated, dealt

BUTTONS = [(None, 1, [4, 6, 1]), (1, 4, [6, 1, 4]), (2, 4, [6, 1, 4]), (6, 1, [4, 6, 1]), (7, 1, [4, 6, 1])]


@pytest.mark.parametrize(("last", "button", "order"), BUTTONS)
def test_the_button_moves_to_the_next_seat_that_plays(last: int | None, button: int, order: list[int]) -> None:
    table = dealt({6: 500, 1: 500, 4: 500}, replace(OPEN, button=last))
    assert table.hand.button == button
    assert [player.seat for player in table.hand.betting.players] == order
    assert table.view()["turn"]["seat"] == button, "of three the button acts first"


def test_heads_up_the_button_has_the_small_blind() -> None:
    table = dealt({6: 500, 1: 500}, replace(OPEN, button=1))
    assert (table.hand.button, table.chair(6)["staked"], table.chair(1)["staked"]) == (6, 50, 100)
    assert table.view()["turn"]["seat"] == 6


def test_the_deck_uses_the_client_seeds_of_all_bettors() -> None:
    table = Seated(OPEN).buy(5, 500).buy(3, 500, sitting_out=True).buy(0, 500).buy(5, 10).wake()
    assert client_seed(table.state) == "seed-5,seed-3,seed-0"
    drawn = draw_without_replacement(floats("server seed", "seed-5,seed-3,seed-0", 1), 52, 52)
    assert table.hand.deck == tuple(CARDS[place] for place in drawn)
    # Heads-up: seat 5 is left of the button, seat 0.
    assert (hole_cards(table.hand, Seat(5)), hole_cards(table.hand, Seat(0))) == (
        (table.hand.deck[0], table.hand.deck[2]),
        (table.hand.deck[1], table.hand.deck[3]),
    )


def test_the_board_grows_with_the_streets() -> None:
    table = dealt({0: 500, 1: 500})
    boards = []
    table.act(0, Call()).act(1, Check())
    for _ in range(2):
        boards.append(table.view()["board"])
        table.act(1, Check()).act(0, Check())
    boards.append(table.view()["board"])
    deck = list(islice(table.hand.deck, 4, 9))
    assert boards == [deck[:3], deck[:4], deck]
    table.act(1, Check()).act(0, Check())
    assert table.outcome.facts["community"] == deck
    assert table.outcome.facts["deck"] == list(table.hand.deck)


def test_a_folded_hand_shows_nothing_and_uncalled_chips_are_returned() -> None:
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000}).act(0, Raise(700)).act(1, Fold()).act(2, Fold())
    assert table.outcome.facts["shown"] == []
    assert table.outcome.facts["awards"] == [{"amount": 250, "winners": [0]}]
    assert table.payouts == {1: 1_150, 2: 950, 3: 900}
    assert [result.result for result in table.outcome.results] == ["win", "loss", "loss"]


def test_a_player_who_put_nothing_in_gets_a_push() -> None:
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000, 3: 1_000}).act(3, Fold()).act(0, Fold()).act(1, Fold())
    assert [result.result for result in table.outcome.results] == ["push", "loss", "win", "push"]


def test_an_all_in_shows_all_hands_and_the_whole_board() -> None:
    table = dealt({0: 1_000, 1: 2_000}).act(0, Raise(1_000)).act(1, Call())
    facts = table.outcome.facts
    assert (len(facts["community"]), [shown["seat"] for shown in facts["shown"]]) == (5, [1, 0])
    assert sum(table.payouts.values()) == 3_000
    assert sum(award["amount"] for award in facts["awards"]) == 2_000


@pytest.mark.parametrize("river_bet", [True, False])
def test_the_last_aggressor_shows_first_or_the_first_left_of_the_button(river_bet: bool) -> None:
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000}).act(0, Call()).act(1, Call()).act(2, Check())
    for _ in range(2):
        table.act(1, Check()).act(2, Check()).act(0, Check())
    table.act(1, Check())
    if river_bet:
        table.act(2, Raise(100)).act(0, Call()).act(1, Call())
    else:
        table.act(2, Check()).act(0, Check())
    shown = [each["seat"] for each in table.outcome.facts["shown"]]
    assert shown[0] == (2 if river_bet else 1)
    assert set(table.outcome.facts["awards"][0]["winners"]) <= set(shown), "every winner has shown"


def test_no_flop_no_rake() -> None:
    raked = replace(OPEN, rake=1_000, rake_cap=10_000)
    assert dealt({0: 1_000, 1: 1_000}, raked).act(0, Fold()).outcome.facts["rake"] == 0
    table = dealt({0: 1_000, 1: 1_000}, raked).act(0, Call()).act(1, Check()).act(1, Raise(101)).act(0, Fold())
    assert table.outcome.facts["rake"] == 20
    assert table.outcome.facts["awards"] == [{"amount": 180, "winners": [1]}]
    assert sum(table.payouts.values()) == 2_000 - 20
    capped = dealt({0: 1_000, 1: 1_000}, replace(OPEN, rake=1_000, rake_cap=30)).act(0, Raise(1_000)).act(1, Call())
    assert capped.outcome.facts["rake"] == 30


def test_the_final_stack_is_split_over_its_bets_in_proportion() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000).buy(1, 300).buy(1, 33).wake()
    table.act(0, Raise(500)).act(1, Fold())
    results = [(result.seat, result.number, result.amount, result.payout) for result in table.outcome.results]
    # 1,233 of 1,333 are left: 924.98… for the first bet, 278.37… of the 309 after it, and the rest.
    assert results == [(0, 1, 1_000, 1_100), (1, 2, 1_000, 924), (1, 3, 300, 278), (1, 4, 33, 31)]


def test_stacks_carry_over_to_the_next_hand() -> None:
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000}, replace(OPEN, time_bank_ms=10_000))
    table.act(0, Raise(300), after=24_000).leave(2).act(1, Fold(), after=1)
    outcome = table.outcome
    assert outcome.carried_stakes == (
        CarriedStake(Seat(0), 1_150, Selection()),
        CarriedStake(Seat(1), 950, Selection()),
    )
    # Seat 0 has used 4 of 10 seconds and regained a tenth.
    assert outcome.next_options == replace(
        OPEN,
        time_bank_ms=10_000,
        button=0,
        small=1,
        big=2,
        carried=(Carried(0, 1_150, 7_000), Carried(1, 950, 10_000)),
        places=(Place(0), Place(1)),
    )


def test_busted_and_sitting_out_players_carry_over_differently() -> None:
    table = Seated(OPEN).buy(3, 700, sitting_out=True).buy(0, 1_000).buy(1, 1_000).wake()
    table.act(0, Raise(1_000)).act(1, Call())
    winners = table.outcome.facts["awards"][0]["winners"]
    assert len(winners) == 1
    expected = {3: Selection(sitting_out=True), winners[0]: Selection()}
    assert {stake.seat: stake.selection for stake in table.outcome.carried_stakes} == expected


def test_the_next_round_takes_over_the_stacks_and_moves_the_button() -> None:
    first = dealt({0: 1_000, 1: 1_000, 2: 1_000}).act(0, Raise(300)).act(1, Fold()).act(2, Fold())
    table = Seated(first.outcome.next_options, "another seed")
    for stake in first.outcome.carried_stakes:
        table.buy(stake.seat, stake.amount)
    table.wake()
    assert (table.hand.button, table.chair(0)["stack"]) == (1, 1_150 - 100)


def test_a_round_without_a_hand_returns_all_stakes() -> None:
    table = Seated(replace(OPEN, button=5)).buy(0, 1_000).buy(1, 1_000).buy(1, 50).leave(0)
    outcome = table.outcome
    assert outcome.facts == {"deck": [], "community": [], "shown": [], "awards": [], "rake": 0}
    assert [(result.result, result.payout) for result in outcome.results] == [
        ("push", 1_000),
        ("push", 1_000),
        ("push", 50),
    ]
    assert outcome.carried_stakes == (CarriedStake(Seat(1), 1_050, Selection()),)
    assert outcome.next_options == replace(OPEN, button=5, carried=(Carried(1, 1_050, 30_000),), places=(Place(1),))


def test_check_or_fold_never_pays() -> None:
    table = dealt({0: 1_000, 1: 1_000})
    assert check_or_fold(table.hand).betting.players[1].folded
    table.act(0, Call())
    checked = check_or_fold(table.hand).betting.players[0]
    assert (checked.folded, checked.total, checked.answered) == (False, 100, 100)


def test_the_table_wakes_for_the_deal_and_the_end_of_a_turn() -> None:
    table = Seated(OPEN).buy(0, 1_000)
    assert wake_at(table.state) is None
    table.buy(1, 1_000)
    assert wake_at(table.state) == table.now + 5_000
    table.wake()
    assert wake_at(table.state) == table.now + 20_000 + 30_000
    assert wake_at(table.act(0, Fold()).state) is None
