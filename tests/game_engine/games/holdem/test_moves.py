"""Refusals, time limits, and players who sit out or leave."""

import pytest
from msgspec.structs import replace

from game_engine.game import Act, Bet, Leave, RefusedError, Seat, ShortenTurns, Wake
from game_engine.games.holdem import moves
from game_engine.games.holdem.moves import Action, Call, Check, Fold, Muck, Raise, Show, SitIn, SitOut
from game_engine.games.holdem.state import Carried, Options, Selection
from game_engine.games.holdem.view import hole_cards
from tests.game_engine.games.holdem.seated import GAME, OPEN, Seated, dealt

THREE = {0: 1_000, 1: 1_000, 2: 1_000}


@pytest.mark.parametrize(
    ("seat", "action", "code", "field"),
    [
        (0, Check(), "illegal_action", None),
        (0, Raise(199), "bad_request", "amount"),
        (0, Raise(1_001), "bad_request", "amount"),
        (0, SitIn(), "illegal_action", None),
        (1, Fold(), "not_your_turn", None),
        (2, Raise(300), "not_your_turn", None),
        (5, Fold(), "illegal_action", None),
        (5, SitOut(), "illegal_action", None),
    ],
)
def test_refusals_before_the_flop(seat: int, action: Action, code: str, field: str | None) -> None:
    assert dealt(THREE).refusal(Act(Seat(seat), action)) == (code, field)


def test_refusals_later_in_the_hand() -> None:
    table = dealt(THREE).act(0, Fold()).act(1, Call())
    assert table.refusal(Act(Seat(2), Call())) == ("illegal_action", None)
    assert table.refusal(Act(Seat(0), Check())) == ("illegal_action", None)
    table.act(2, Raise(1_000))
    assert table.refusal(Act(Seat(1), Raise(1_000))) == ("illegal_action", None), "all others are all in"
    assert table.refusal(Act(Seat(2), Check())) == ("not_your_turn", None), "all in"


def test_no_raise_after_a_short_all_in() -> None:
    table = dealt({0: 5_000, 1: 850, 2: 5_000}).act(0, Raise(600)).act(1, Raise(850)).act(2, Call())
    assert table.refusal(Act(Seat(0), Raise(5_000))) == ("illegal_action", None)
    assert table.view(0)["actions"] == {"fold": {}, "call": {}, "sit_out": {}}


def test_refusals_between_hands_and_after_the_end() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000)
    assert table.refusal(Act(Seat(0), Fold())) == ("illegal_action", None)
    assert table.refusal(Act(Seat(2), SitOut())) == ("illegal_action", None)
    table.wake()
    assert table.refusal(Bet(seat=Seat(2), number=3, amount=1_000, client_seed="seed")) == ("betting_closed", None)
    table.act(0, Fold())
    for action in (Fold(), SitOut()):
        assert table.refusal(Act(Seat(1), action)) == ("illegal_action", None)
    assert table.refusal(Bet(seat=Seat(2), number=3, amount=1_000, client_seed="seed")) == ("betting_closed", None)


def test_chips_can_not_be_bought_once_the_deal_is_due() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000)
    late = Bet(seat=Seat(2), number=3, amount=1_000, client_seed="seed")
    assert table.refusal(late, after=5_000) == ("betting_closed", None)
    assert table.buy(2, 1_000, after=4_999).wake().hand.button == 0


def test_a_bet_without_a_selection_is_dealt_in() -> None:
    table = Seated(OPEN).do(Bet(seat=Seat(4), number=1, amount=500, client_seed="seed"))
    assert table.chair(4)["state"] == "waiting"


def test_the_time_bank_is_used_after_the_turn_time() -> None:
    table = dealt(THREE).act(0, Call(), after=19_999)
    assert table.state.buyers[Seat(0)].bank_ms == 30_000
    table.act(1, Call(), after=49_999)
    assert table.state.buyers[Seat(1)].bank_ms == 1
    assert table.view()["turn"]["bank_ms"] == 30_000


def test_a_player_who_misses_a_turn_checks_or_folds_and_sits_out() -> None:
    table = dealt(THREE).wake()
    assert (table.chair(0)["state"], table.chair(0)["away"], table.view()["turn"]["seat"]) == ("folded", True, 1)
    table.act(1, Call()).wake()
    assert (table.chair(2)["state"], table.view()["phase"]) == ("in", "flop")
    # An absent player checks at once on every street, and folds to a bet.
    table.act(1, Check())
    assert (table.view()["phase"], table.view()["turn"]["seat"]) == ("turn", 1)
    table.act(1, Raise(100))
    assert [stake.selection.sitting_out for stake in table.outcome.carried_stakes] == [True, False, True]


def test_a_player_who_returns_in_time_plays_on() -> None:
    table = dealt(THREE).act(0, Call()).wake().act(1, SitIn())
    assert (table.chair(1)["state"], table.chair(1)["away"]) == ("folded", False)
    table = dealt(THREE).act(0, Call()).act(1, Call()).wake()
    table.act(2, SitIn()).act(1, Check())
    assert table.view()["turn"]["seat"] == 2
    assert table.view()["turn"]["bank_ms"] == 0, "the used time bank does not come back"


def test_a_late_wake_does_not_shorten_the_next_turn() -> None:
    table = dealt(THREE).wake(late=60_000)
    assert table.view()["turn"]["ends_at"] == table.now + 20_000


def test_shorter_turns_are_not_handed_on() -> None:
    table = dealt(THREE).do(ShortenTurns(1_000)).do(ShortenTurns(5_000)).act(0, Fold())
    assert table.view()["turn"]["ends_at"] == table.now + 1_000
    table.act(1, Fold())
    assert table.outcome.next_options.turn_ms == 20_000


def test_a_move_after_the_time_is_up_does_not_count() -> None:
    table = dealt(THREE)
    assert table.refusal(Act(Seat(0), Call()), after=50_000) == ("illegal_action", None)
    table.act(1, Call(), after=50_000)
    assert (table.chair(0)["state"], table.chair(1)["staked"]) == ("folded", 100)


def test_a_late_move_finds_the_hand_over() -> None:
    table = dealt({0: 1_000, 1: 1_000})
    assert table.refusal(Act(Seat(1), SitOut()), after=50_000) == ("illegal_action", None)
    assert table.leave(1, after=50_000).payouts == {1: 950, 2: 1_050}


def test_any_command_can_trigger_the_deal() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000).buy(2, 1_000)
    table.act(2, SitOut(), after=5_100)
    assert (table.view()["phase"], table.chair(2)["away"], table.chair(2)["dealt"]) == ("preflop", True, True)
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000).leave(5, after=5_000)
    assert table.view()["phase"] == "preflop"


def test_an_early_wake_changes_nothing() -> None:
    table = Seated(OPEN).do(Wake()).buy(0, 1_000).do(Wake()).buy(1, 1_000)
    before = table.state
    assert table.do(Wake(), after=4_999).state == before
    table.wake()
    before = table.state
    assert table.do(Wake(), after=49_999).state == before


def test_sitting_out_between_hands_stops_the_deal() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000).act(0, SitOut())
    assert (table.step.wake_at, table.view()["starts_at"]) == (None, None)
    assert table.refusal(Act(Seat(0), SitOut())) == ("illegal_action", None)
    table.act(0, SitIn(), after=9_000)
    assert table.step.wake_at == table.now + 5_000
    assert table.refusal(Act(Seat(0), SitIn())) == ("illegal_action", None)


def test_sit_outs_are_limited() -> None:
    table = Seated(OPEN).buy(0, 1_000)
    for _ in range(10):
        table.act(0, SitOut()).act(0, SitIn())
    assert table.view(0)["actions"] == {}
    assert table.refusal(Act(Seat(0), SitOut())) == ("limit_exceeded", None)
    table.buy(1, 1_000).buy(2, 1_000).wake().wake()
    assert table.view(0)["actions"] == {"sit_in": {}}, "a player who missed a turn may always return"
    assert not table.act(0, SitIn()).chair(0)["away"]


def test_a_third_player_does_not_delay_the_deal() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000)
    due = table.step.wake_at
    assert table.buy(2, 1_000, after=3_000).step.wake_at == due


def test_sitting_out_during_a_hand_counts_from_the_next() -> None:
    table = dealt(THREE).act(0, SitOut())
    assert (table.view()["turn"]["seat"], table.view(0)["actions"].keys()) == (0, {"fold", "call", "raise", "sit_in"})
    ends_at = table.view()["turn"]["ends_at"]
    table.act(1, SitOut(), after=100)
    assert table.view()["turn"]["ends_at"] == ends_at, "no turn restarts"


def test_leaving_delays_the_deal_only_once() -> None:
    table = Seated(OPEN).buy(0, 1_000).buy(1, 1_000).buy(2, 500).leave(2)
    options = table.outcome.next_options
    assert options.put_off
    table = Seated(options).buy(0, 1_000).buy(1, 1_000).buy(2, 500, after=2_000)
    starts_at = table.view()["starts_at"]
    table.leave(2)
    assert table.view()["starts_at"] == starts_at == table.step.wake_at
    assert table.refusal(Bet(seat=Seat(2), number=4, amount=500, client_seed="c", selection=Selection())) == (
        "betting_closed",
        None,
    )
    assert "stake" not in table.view(2)
    table.wake().act(0, Fold())
    assert table.payouts == {1: 950, 2: 1_050, 3: 500}
    assert [each.seat for each in table.outcome.carried_stakes] == [0, 1]
    assert not table.outcome.next_options.put_off


def test_leaving_a_single_player_delays_no_deal() -> None:
    table = Seated(replace(OPEN, put_off=True)).buy(0, 1_000).buy(1, 1_000).buy(2, 1_000)
    table.leave(2).leave(0)
    assert table.payouts == {1: 1_000, 2: 1_000, 3: 1_000}
    assert not table.outcome.next_options.put_off


def test_a_player_who_leaves_in_turn_checks_or_folds() -> None:
    table = dealt(THREE).leave(0)
    assert (table.chair(0)["state"], table.view()["turn"]["seat"]) == ("folded", 1)
    table = dealt(THREE).act(0, Call()).act(1, Call()).leave(2)
    assert (table.chair(2)["state"], table.view()["phase"]) == ("in", "flop")
    table.act(1, Raise(100)).act(0, Call())
    assert table.chair(2)["state"] == "folded"


def test_a_player_who_leaves_out_of_turn_causes_no_delay_and_keeps_the_stack() -> None:
    table = dealt(THREE).leave(2)
    assert (table.chair(2)["state"], table.view()["turn"]["seat"]) == ("in", 0)
    assert table.refusal(Act(Seat(2), SitIn())) == ("illegal_action", None)
    assert table.view(2)["actions"] == {}
    table.act(0, Raise(200)).act(1, Fold())
    assert table.payouts == {1: 1_150, 2: 950, 3: 900}
    assert [stake.seat for stake in table.outcome.carried_stakes] == [0, 1]


def test_a_player_who_leaves_all_in_stays_to_the_showdown() -> None:
    table = dealt({0: 1_000, 1: 300, 2: 1_000}).act(0, Call()).act(1, Raise(300)).leave(1)
    table.act(2, Call()).act(0, Call())
    assert table.chair(1)["state"] == "all_in"
    for _ in range(3):
        table.act(2, Check()).act(0, Check())
    assert {shown["seat"] for shown in table.outcome.facts["shown"]} == {0, 1, 2}


def test_the_hand_ends_when_everyone_leaves() -> None:
    table = dealt(THREE).leave(1).leave(2).leave(0)
    assert table.payouts == {1: 1_000, 2: 950, 3: 1_050}
    assert table.outcome.carried_stakes == ()


@pytest.mark.parametrize("seat", [3, 2])
def test_leaving_without_a_stack_or_twice_changes_nothing(seat: int) -> None:
    table = dealt(THREE).leave(2)
    before, wake = table.state, table.step.wake_at
    table.leave(seat)
    assert (table.state, table.step.wake_at, table.step.events) == (before, wake, ())


def test_a_time_bank_carries_over_with_its_stack() -> None:
    options = replace(OPEN, carried=(Carried(0, 700, 1_234), Carried(1, 700, 99)))
    table = Seated(options).buy(0, 700).buy(1, 701)
    assert [table.state.buyers[Seat(seat)].bank_ms for seat in (0, 1)] == [1_234, 30_000]


def test_only_buying_chips_has_a_stake() -> None:
    table = Seated(Options())
    assert GAME.stake_of(table.state, Bet(seat=Seat(0), number=1, amount=5_000, client_seed="seed")) == 5_000
    with pytest.raises(RefusedError):
        GAME.stake_of(table.state, Bet(seat=Seat(0), number=1, amount=50_000, client_seed="seed"))
    for command in (Wake(), Leave(Seat(0)), Act(Seat(0), moves.Raise(500))):
        assert GAME.stake_of(table.state, command) == 0


SHOWING = replace(OPEN, show_ms=4_000)


def shown_down(beaten: int = 1) -> Seated:
    """A table at the end of a hand in which ``beaten`` players of three need not show their cards."""
    for number in range(200):
        table = dealt(THREE, SHOWING, f"showdown {number}").act(0, Call()).act(1, Call()).act(2, Check())
        for _ in range(3):
            for seat in (1, 2, 0):
                table.act(seat, Check())
        if table.state.hand and len(table.hand.choosing) == beaten:
            return table
    raise AssertionError("no such hand")


def test_who_need_not_show_can_show_one_card_or_both() -> None:
    table = shown_down(beaten=2)
    one, other = table.hand.choosing
    shown = [each.seat for each in table.hand.end.shown] if table.hand.end else []
    assert table.refusal(Act(Seat(shown[0]), Show())) == ("illegal_action", None), "who has shown has no choice"
    table.act(one, Show("first"))
    assert table.refusal(Act(one, Show("second"))) == ("illegal_action", None), "a choice is made once"
    assert table.refusal(Act(one, Fold())) == ("not_your_turn", None)
    table.act(other, Show(), after=500)
    cards = {seat: list(hole_cards(table.hand, seat)) for seat in (one, other)}
    assert table.outcome.facts["revealed"] == [
        {"seat": one, "cards": cards[one][:1]},
        {"seat": other, "cards": cards[other]},
    ]


def test_the_showdown_ends_when_its_time_is_up() -> None:
    table = shown_down()
    ends_at = table.now + 4_000
    assert table.step.wake_at == ends_at
    quiet = GAME.apply(table.state, Wake(), ends_at - 1)
    assert (quiet.outcome, quiet.wake_at) == (None, ends_at)
    late = GAME.apply(table.state, Wake(), ends_at + 700)
    assert late.outcome
    assert late.outcome.facts["revealed"] == []
    assert late.outcome.next_options.waited_ms == 4_700
    (seat,) = table.hand.choosing
    assert table.refusal(Act(seat, Show()), after=4_000) == ("illegal_action", None)


def test_the_pause_is_shorter_by_the_time_of_the_showdown() -> None:
    for waited_ms, pause_ms in ((0, 5_000), (1_200, 3_800), (4_700, 2_000)):
        table = Seated(replace(OPEN, waited_ms=waited_ms)).buy(0, 1_000).buy(1, 1_000)
        assert table.step.wake_at == table.now + pause_ms
    short = Seated(replace(OPEN, between_ms=300, waited_ms=4_000)).buy(0, 1_000).buy(1, 1_000)
    assert short.step.wake_at == short.now + 300


def test_the_showdown_ends_when_all_who_choose_have_left() -> None:
    table = shown_down(beaten=2)
    one, other = table.hand.choosing
    assert table.leave(one).step.outcome is None
    assert table.leave(other).outcome.facts["revealed"] == []


def test_a_closing_room_shortens_the_showdown() -> None:
    table = shown_down().do(ShortenTurns(500))
    assert table.step.wake_at == table.now + 500
    folded = dealt(THREE, SHOWING).do(ShortenTurns(500)).act(0, Fold()).act(1, Fold())
    assert folded.step.wake_at == folded.now + 500


@pytest.mark.parametrize("show_ms", [0, 4_000])
def test_nobody_chooses_if_nobody_is_there_or_all_hands_are_shown(show_ms: int) -> None:
    options = replace(OPEN, show_ms=show_ms)
    all_in = dealt(THREE, options).act(0, Raise(1_000)).act(1, Call()).act(2, Call())
    assert len(all_in.outcome.facts["shown"]) == 3
    gone = dealt(THREE, options).leave(2).act(0, Fold()).act(1, Fold())
    assert ("revealed" in gone.outcome.facts) == bool(show_ms)
    muck = Muck() if show_ms else Fold()
    assert gone.refusal(Act(Seat(2), muck)) == ("illegal_action", None)
