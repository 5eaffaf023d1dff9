"""Blackjack: deal, moves, time limits and payouts."""

from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest

from game_engine.cards import CARDS, card_of
from game_engine.chance import floats
from game_engine.game import Act, Bet, Leave, NoSelection, RefusedError, Seat, Wake
from game_engine.games.blackjack import (
    MAX_HANDS,
    SEATS,
    Decline,
    Double,
    Hit,
    Insure,
    Options,
    Split,
    Stand,
    total_of,
    value_of,
)
from tests.game_engine.games.blackjack_round import BLACKJACK, MOVES, OPENED_AT, Round

QUICK = Options(betting_ms=500, turn_ms=400, insurance_ms=300)


def dealt(number: int, amount: int = 100, options: Options | None = None) -> Round:
    """Return a round with one bet at seat 0, after the deal."""
    return Round(number, options).bet(amount).wake()


# ---- the deal ----


def test_the_first_bet_starts_the_clock() -> None:
    table = Round()
    assert table.step.wake_at is None
    assert table.view() == {
        "phase": "betting",
        "closes_at": None,
        "dealer": {"dealt": [], "hidden": 0, "total": 0, "soft": False},
        "hands": [],
        "insured": [],
        "turn": None,
    }
    table.bet(after=60_000)
    assert table.step.wake_at == OPENED_AT + 75_000
    assert [(told.phase, told.closes_at) for told in table.tables()] == [("betting", OPENED_AT + 75_000)]
    table.bet(seat=1, after=14_999)
    assert table.step.wake_at == OPENED_AT + 75_000
    assert len(table.tables()) == 1
    assert table.refused(Bet(seat=Seat(2), number=3, amount=100, client_seed="c"), after=1) == "betting_closed"


def test_a_round_without_bets_waits() -> None:
    table = Round()
    for command in (Wake(), Leave(Seat(0))):
        step = table.do(command, 10**9)
        assert (step.wake_at, step.events, step.outcome) == (None, (), None)


def test_cards_are_dealt_in_the_order_of_seats() -> None:
    table = Round(3, QUICK).bet(seat=5, seed="e").bet(seat=0, seed="z").bet(seat=2, seed="c").wake()
    drawn = list(map(card_of, islice(floats(table.state.seeds.server_seed, "e,z,c", 7), 8)))
    view = table.view()
    hands = [(hand["seat"], hand["bet"], hand["hand"], hand["amount"], hand["dealt"]) for hand in view["hands"]]
    assert hands == [(0, 2, 0, 100, drawn[:2]), (2, 3, 0, 100, drawn[2:4]), (5, 1, 0, 100, drawn[4:6])]
    assert (view["dealer"]["dealt"], view["dealer"]["hidden"]) == (drawn[6:7], 1)
    assert view["turn"] == {
        "seat": 0,
        "hand": 0,
        "ends_at": OPENED_AT + 900,
        "actions": BLACKJACK.view(table.state, Seat(0))["actions"],
    }


# ---- moves ----


def test_a_hand_of_21_stands_automatically() -> None:
    table = dealt(704)
    assert (table.hands(), table.dealer()) == ([("H3 DJ", "playing")], "C9")
    assert table.offered() == ["double", "hit", "stand"]
    table.act("hit")
    assert table.hands() == [("H3 DJ C8", "stood")]
    assert table.dealer() == "C9 S7 SK"
    assert table.outcome.facts == {
        "cards": ["H3", "DJ", "C9", "S7", "C8", "SK"],
        "dealer_cards": ["C9", "S7", "SK"],
    }
    assert table.paid() == [("win", 100, 200)]


def test_after_a_hit_only_hit_and_stand_are_offered() -> None:
    table = dealt(53).act("hit")
    assert table.offered() == ["hit", "stand"]
    for move in (Double(), Split()):
        assert table.refused(Act(Seat(0), move)) == "illegal_action"


def test_a_bust_loses_at_once_and_the_dealer_draws_nothing() -> None:
    table = dealt(153).act("hit")
    assert table.hands() == [("DK C6 DT", "bust")]
    assert table.dealer() == "D5 DA"
    assert table.paid() == [("loss", 100, 0)]


def test_a_double_doubles_the_stake_for_one_card() -> None:
    table = dealt(2572, 333).act("double")
    assert table.view()["hands"][0] | {"seat": 0} == {
        "seat": 0,
        "bet": 1,
        "hand": 0,
        "amount": 666,
        "dealt": ["H9", "D2", "CK"],
        "total": 21,
        "soft": False,
        "state": "doubled",
    }
    assert table.dealer() == "H6 H8 H9"
    assert table.paid() == [("win", 666, 1_332)]


def test_a_double_that_busts_loses() -> None:
    table = dealt(153).act("double")
    assert table.hands() == [("DK C6 DT", "bust")]
    assert table.paid() == [("loss", 200, 0)]


def test_equal_totals_push() -> None:
    assert dealt(11).act("stand").paid() == [("push", 100, 100)]


def test_the_dealer_stands_on_a_soft_17() -> None:
    table = dealt(3387).act("stand")
    assert (table.hands(), table.dealer()) == ([("C9 S9", "stood")], "C6 SA")
    assert table.view()["dealer"] == {"dealt": ["C6", "SA"], "hidden": 0, "total": 17, "soft": True}
    assert table.paid() == [("win", 100, 200)]


def test_tens_of_any_rank_can_be_split_into_four_hands_at_most() -> None:
    table = dealt(807)
    assert table.hands() == [("CQ DT", "playing")]
    table.act("split")
    assert table.hands() == [("CQ DK", "playing"), ("DT DQ", "playing")]
    table.act("split")
    assert table.hands() == [("CQ SJ", "playing"), ("DT DQ", "playing"), ("DK H9", "playing")]
    assert table.offered() == ["double", "hit", "split", "stand"]
    table.act("split")
    assert table.hands()[0] == ("CQ HT", "playing")
    assert table.hands()[3] == ("SJ DT", "playing")
    assert table.offered() == ["double", "hit", "stand"]
    assert table.refused(Act(Seat(0), Split())) == "illegal_action"
    table.act("stand", "stand", "stand")
    assert table.view()["turn"]["hand"] == 3
    table.act("stand")
    assert table.dealer() == "C5 HA D3"
    # 20, 20, 19 and 20 against 19.
    assert table.paid() == [("win", 400, 700)]


def test_split_hands_may_be_doubled_and_split_again() -> None:
    table = dealt(217164).act("split")
    assert table.hands() == [("H8 C3", "playing"), ("H8 D8", "playing")]
    table.act("double")
    assert table.hands()[0] == ("H8 C3 DJ", "doubled")
    table.act("split")
    assert table.hands()[1:] == [("H8 CT", "playing"), ("D8 D5", "playing")]
    table.act("stand", "hit", "stand")
    assert table.dealer() == "H6 DT CA"
    assert table.paid() == [("win", 400, 800)]


def test_split_aces_get_one_card_each_and_21_is_not_a_blackjack() -> None:
    table = dealt(42646).act("split")
    assert table.hands() == [("CA DT", "stood"), ("SA SA", "stood")]
    assert table.dealer() == "D6 S4 HT"
    assert table.paid() == [("push", 200, 200)]
    assert dealt(57514).act("split").paid() == [("win", 200, 400)]


def test_unequal_cards_are_not_split() -> None:
    table = dealt(704)
    assert table.refused(Act(Seat(0), Split())) == "illegal_action"


# ---- blackjacks and insurance ----


@pytest.mark.parametrize(("amount", "paid"), [(1, 2), (99, 247), (100, 250), (333, 832)])
def test_a_blackjack_pays_three_to_two_rounded_down_once(amount: int, paid: int) -> None:
    table = dealt(435, amount)
    assert table.hands() == [("CJ DA", "blackjack")]
    # There is no hand to beat, so the dealer shows the hidden card and does not draw to 17.
    assert table.dealer() == "D7 DQ"
    assert table.paid() == [("blackjack", amount, paid)]


def test_the_dealer_draws_nothing_if_all_players_have_blackjacks() -> None:
    table = dealt(906)
    assert (table.hands(), table.dealer()) == ([("HT SA", "blackjack")], "H7 D5")
    assert table.paid() == [("blackjack", 100, 250)]


def test_a_dealers_blackjack_with_a_ten_ends_the_round_at_the_deal() -> None:
    table = dealt(42)
    assert table.view()["phase"] == "ended"
    assert table.dealer() == "CJ DA"
    assert table.paid() == [("loss", 100, 0)]
    assert dealt(77).paid() == [("push", 100, 100)]


def test_a_ten_without_a_hidden_ace_plays_on() -> None:
    table = dealt(11)
    assert (table.dealer(), table.view()["phase"]) == ("SQ", "playing")


def test_insurance_pays_two_to_one_on_a_dealers_blackjack() -> None:
    table = dealt(7, 101)
    assert table.view()["phase"] == "insurance"
    assert table.view()["closes_at"] == table.now + 8_000
    assert table.offered() == ["decline", "insure"]
    table.act("insure")
    assert table.view()["insured"] == [{"seat": 0, "amount": 50}]
    assert table.dealer() == "DA CQ"
    assert table.paid() == [("loss", 151, 150)]
    assert dealt(7, 100).act("insure").paid() == [("push", 150, 150)]


def test_declining_or_no_answer_means_no_insurance() -> None:
    for table in (dealt(7).act("decline"), dealt(7).wake(), dealt(7).leave()):
        assert table.paid() == [("loss", 100, 0)]
        assert table.view()["insured"] == []


def test_insurance_is_lost_when_the_dealer_has_no_blackjack() -> None:
    table = dealt(365).act("insure")
    assert table.view()["phase"] == "playing"
    assert table.view()["insured"] == [{"seat": 0, "amount": 50}]
    assert table.act("stand").paid() == [("win", 150, 200)]


def test_an_insured_blackjack_pays_even_money_against_a_blackjack() -> None:
    assert dealt(1826).act("insure").paid() == [("win", 150, 250)]
    assert dealt(1826).act("decline").paid() == [("push", 100, 100)]


def test_a_bet_of_one_cent_can_not_be_insured() -> None:
    assert dealt(7, 1).paid() == [("loss", 1, 0)]
    table = dealt(365, 1)
    assert table.view()["phase"] == "playing"


def test_the_dealer_peeks_when_everyone_has_answered() -> None:
    table = Round(42).bet().bet(seat=1, seed="b").wake()
    assert table.dealer() == "HA"
    table.act("insure")
    assert (table.offered(0), table.offered(1)) == ([], ["decline", "insure"])
    assert table.refused(Act(Seat(0), Decline())) == "illegal_action"
    assert table.view()["phase"] == "insurance"
    table.act("decline", seat=1)
    assert table.view()["phase"] == "playing"


# ---- refusals ----


def test_refused_bets() -> None:
    table = Round().bet()
    for bet, code in (
        (Bet(seat=Seat(1), number=2, amount=0, client_seed="b", selection=NoSelection()), "bad_request"),
        (Bet(seat=Seat(0), number=2, amount=100, client_seed="a", selection=NoSelection()), "limit_exceeded"),
    ):
        assert table.refused(bet) == code
        with pytest.raises(RefusedError):
            BLACKJACK.stake_of(table.state, bet)
    table.wake()
    late = Bet(seat=Seat(1), number=2, amount=100, client_seed="b", selection=NoSelection())
    assert table.refused(late) == "betting_closed"
    with pytest.raises(RefusedError):
        BLACKJACK.stake_of(table.state, late)


def test_refused_moves() -> None:
    table = Round(704).bet().bet(seat=3)
    assert table.refused(Act(Seat(0), Hit())) == "illegal_action"
    table = Round(1).bet().bet(seat=3, seed="b").wake()
    assert table.view()["phase"] == "playing"
    cases: list[tuple[int, Any, str]] = [
        (3, Hit(), "not_your_turn"),
        (3, Double(), "not_your_turn"),
        (5, Hit(), "illegal_action"),
        (0, Insure(), "illegal_action"),
        (0, Decline(), "illegal_action"),
        (0, Hit(hand=1), "illegal_action"),
        (0, Stand(hand=3), "illegal_action"),
    ]
    for seat, action, code in cases:
        assert table.refused(Act(Seat(seat), action)) == code
    for seat, action in ((3, Double()), (3, Split()), (0, Insure())):
        with pytest.raises(RefusedError):
            BLACKJACK.stake_of(table.state, Act(Seat(seat), action))
    table.do(Act(Seat(0), Stand(hand=0)), 1)
    ended = dealt(42)
    for command in (Act(Seat(0), Hit()), Leave(Seat(0)), Bet(seat=Seat(1), number=2, amount=1, client_seed="b")):
        assert ended.refused(command) in ("illegal_action", "betting_closed")


@pytest.mark.parametrize(
    "text",
    [
        '{"action": "surrender"}',
        '{"action": "hit", "hand": 4}',
        '{"action": "hit", "hand": -1}',
        '{"action": "hit", "x": 1}',
    ],
)
def test_invalid_moves(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=BLACKJACK.action)


def test_moves_as_players_send_them() -> None:
    for name, move in MOVES.items():
        assert msgspec.json.decode(f'{{"action": "{name}"}}', type=BLACKJACK.action) == move
    assert msgspec.json.decode('{"action": "hit", "hand": 1}', type=BLACKJACK.action) == Hit(1)


# ---- time ----


def test_a_missed_turn_stands_and_each_move_has_its_own_time() -> None:
    table = dealt(53)
    ends_at = table.view()["turn"]["ends_at"]
    assert ends_at == OPENED_AT + 30_000
    table.act("hit")
    assert table.view()["turn"]["ends_at"] == OPENED_AT + 31_000
    table.wake()
    assert table.hands() == [("D3 H2 D3", "stood")]


def test_a_late_wake_changes_nothing() -> None:
    """After two turns that time out, the third starts at its planned time, even if the wake was late."""

    def table() -> Round:
        return Round(1).bet().bet(seat=1, seed="b").bet(seat=2, seed="c").wake()

    on_time, late = table().wake().wake(), table().wake(late=15_000)
    assert on_time.state == late.state
    assert late.view()["turn"] == on_time.view()["turn"]
    assert on_time.view()["turn"]["seat"] == 2
    assert late.refused(Act(Seat(1), Hit())) == "not_your_turn"
    assert on_time.wake().paid() == table().wake(late=10**6).paid()


def test_a_move_at_the_moment_the_turn_ends_is_too_late() -> None:
    table = dealt(53)
    assert table.refused(Act(Seat(0), Hit()), after=15_000) == "not_your_turn"
    assert table.do(Act(Seat(0), Hit()), 14_999).outcome is None


def test_a_player_who_leaves_stands() -> None:
    table = Round(1).bet().bet(seat=1, seed="b").bet(seat=2, seed="c").wake()
    ends_at = table.view()["turn"]["ends_at"]
    table.leave(1)
    assert table.view()["turn"]["ends_at"] == ends_at
    assert [state for _, state in table.hands()] == ["playing"] * 3
    table.leave(0)
    assert [state for _, state in table.hands()] == ["stood", "stood", "playing"]
    assert table.view()["turn"]["seat"] == 2
    table.leave(2)
    assert table.step.outcome


def test_a_bet_stays_if_its_player_leaves_before_the_deal() -> None:
    table = Round(704).bet().leave().wake()
    assert (table.hands(), table.dealer()) == ([("H3 DJ", "stood")], "C9 S7 C8")
    assert table.paid() == [("win", 100, 200)]


def test_a_seat_without_a_bet_may_come_and_go() -> None:
    table = dealt(53)
    before = table.state
    assert table.leave(4).state == before


# ---- cards ----


def longest(until: int) -> int:
    """Return the most cards of a hand that draws as long as its total is below ``until``."""

    @cache
    def more(hard: int, aces: bool) -> int:
        total = hard + 10 if aces and hard <= 11 else hard
        return 0 if total >= until else 1 + max(more(hard + value, aces or value == 1) for value in range(1, 11))

    return more(0, False)


def test_the_browser_computes_enough_draws_for_the_longest_round() -> None:
    rules = Path("server/client/faces/blackjack/rules.js").read_text(encoding="utf-8")
    hand, dealer = longest(21), longest(17)
    assert f"export const draws = {SEATS} * {MAX_HANDS} * {hand} + {dealer};" in rules


def test_values_and_totals() -> None:
    assert [value_of(f"D{rank}") for rank in "A23456789TJQK"] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10]
    assert sum(value_of(card) for card in CARDS) == 4 * 85
    for cards, total in (
        (("DA", "HA"), (12, True)),
        (("DA", "H6"), (17, True)),
        (("DA", "H6", "CT"), (17, False)),
        (("DA", "HK"), (21, True)),
        (("DA",) * 11, (21, True)),
        (("DA",) * 12, (12, False)),
        (("DT", "HT", "C2"), (22, False)),
        ((), (0, False)),
    ):
        assert total_of(cards) == total
