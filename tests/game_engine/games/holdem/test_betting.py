"""Who is to act, what they may do, and what reopens the betting."""

import pytest

from game_engine.game import Seat
from game_engine.games.holdem.betting import (
    BettingRound,
    Offer,
    call,
    fold,
    live_players,
    next_street,
    offer,
    post_blinds,
    raise_to,
    return_uncalled,
)


def table(*stacks: int) -> BettingRound:
    """Seats 0, 1 … from the left of the button, blinds 50 and 100."""
    return post_blinds([(Seat(seat), chips) for seat, chips in enumerate(stacks)], 50, 100)


def checked(betting: BettingRound, times: int) -> BettingRound:
    for _ in range(times):
        betting = call(betting)
    return betting


def flop(*stacks: int) -> BettingRound:
    """Return the flop after everyone has called the big blind."""
    return next_street(checked(table(*stacks), len(stacks)), 100)


def test_the_first_two_left_of_the_button_post_the_blinds() -> None:
    betting = table(1_000, 1_000, 1_000, 1_000)
    assert [player.staked for player in betting.players] == [50, 100, 0, 0]
    assert (betting.to_act, offer(betting)) == (2, Offer(100, 200, 1_000))


def test_heads_up_the_button_acts_first_before_the_flop_and_last_after_it() -> None:
    betting = table(1_000, 1_000)
    assert [player.staked for player in betting.players] == [100, 50]
    assert (betting.to_act, offer(betting)) == (1, Offer(50, 200, 1_000))
    assert flop(1_000, 1_000).to_act == 0


def test_the_big_blind_may_raise_when_all_have_called() -> None:
    betting = checked(table(1_000, 1_000, 1_000), 2)
    assert (betting.to_act, offer(betting)) == (1, Offer(0, 200, 1_000))
    assert call(betting).to_act is None


def test_a_street_ends_when_everyone_has_answered_the_bet() -> None:
    betting = raise_to(call(flop(1_000, 1_000, 1_000)), 300)
    assert (betting.to_act, betting.aggressor) == (2, 1)
    betting = fold(call(betting))
    assert betting.to_act is None
    assert [player.seat for player in live_players(betting)] == [1, 2]


def test_the_last_player_left_has_no_turn() -> None:
    assert fold(fold(table(1_000, 1_000, 1_000))).to_act is None


@pytest.mark.parametrize(("raised", "least"), [(200, 300), (250, 400), (999, 1_898)])
def test_a_raise_adds_at_least_the_last_raise(raised: int, least: int) -> None:
    assert offer(raise_to(table(5_000, 5_000, 5_000), raised)).minimum == least


def test_less_than_a_full_raise_must_be_an_all_in() -> None:
    assert offer(table(5_000, 5_000, 150)) == Offer(100, 150, 150)
    assert offer(table(5_000, 5_000, 100)) == Offer(100, None, 100)
    assert offer(table(5_000, 5_000, 40)) == Offer(40, None, 40)


def test_a_short_all_in_does_not_reopen_the_betting() -> None:
    betting = raise_to(flop(5_000, 1_000, 5_000), 600)
    assert offer(betting) == Offer(600, 900, 900)
    betting = raise_to(betting, 900)
    assert offer(betting) == Offer(900, 1_500, 4_900), "a player who has not acted may make a full raise"
    betting = call(betting)
    assert (betting.to_act, offer(betting)) == (0, Offer(300, None, 4_900))
    assert call(betting).to_act is None


def test_several_short_all_ins_can_add_up_to_a_raise() -> None:
    # The first player bets 400; two all-ins add 300 and 200.
    betting = raise_to(flop(5_000, 800, 5_000, 1_000), 400)
    betting = raise_to(betting, 700)
    betting = call(betting)
    betting = raise_to(betting, 900)
    assert (betting.to_act, offer(betting)) == (0, Offer(500, 1_300, 4_900)), "500 more amounts to a raise"
    betting = call(betting)
    assert (betting.to_act, offer(betting)) == (2, Offer(200, None, 4_900)), "200 more does not"


def test_an_all_in_below_the_blind_does_not_reopen_the_betting() -> None:
    betting = raise_to(call(flop(5_000, 130, 5_000)), 30)
    assert offer(betting) == Offer(30, 130, 4_900)
    assert offer(call(betting)) == Offer(30, None, 4_900)


def test_a_short_big_blind_is_called_in_full() -> None:
    betting = table(1_000, 30, 1_000)
    assert offer(betting) == Offer(100, 200, 1_000)
    assert offer(call(betting)) == Offer(50, 200, 1_000)


def test_a_call_is_capped_by_what_another_player_can_stake() -> None:
    # The big blind and the button are both all in for less than a blind, so at most 10 more can be lost.
    assert offer(call(table(1_000, 30, 60))) == Offer(10, None, 1_000)


@pytest.mark.parametrize("stacks", [(30, 1_000), (1_000, 50), (1_000, 20), (80, 20)])
def test_no_one_acts_when_the_others_are_all_in_for_no_more(stacks: tuple[int, int]) -> None:
    assert table(*stacks).to_act is None


def test_an_all_in_player_has_no_turn_and_can_not_be_bet_against() -> None:
    betting = call(raise_to(table(1_000, 5_000), 5_000))
    assert (betting.to_act, next_street(betting, 100).to_act) == (None, None)
    betting = next_street(call(call(raise_to(table(5_000, 5_000, 300), 300))), 100)
    assert (betting.to_act, offer(betting)) == (0, Offer(0, 100, 4_700))


def test_no_raise_when_all_others_are_covered() -> None:
    betting = raise_to(table(400, 5_000, 400), 400)
    assert offer(betting) == Offer(350, None, 400)
    assert offer(call(betting)) == Offer(300, None, 5_000)


def test_an_uncalled_bet_is_returned() -> None:
    betting = return_uncalled(fold(fold(raise_to(table(1_000, 1_000, 1_000), 700))))
    assert [(player.stack, player.total) for player in betting.players] == [(950, 50), (900, 100), (900, 100)]
    even = call(call(table(1_000, 1_000)))
    assert return_uncalled(even) is even
