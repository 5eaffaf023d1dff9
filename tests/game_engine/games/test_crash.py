"""A round of crash: betting, cash-outs and payouts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import floats
from game_engine.game import (
    Act,
    Bet,
    BettingOpened,
    Event,
    Leave,
    Outcome,
    RefusedError,
    RoundStarted,
    Seat,
    Wake,
)
from game_engine.games import GAMES
from game_engine.games.crash import (
    CashedOut,
    Cashout,
    Options,
    Selection,
    Tick,
    highest_multiplier,
    multiplier_at,
    time_of,
)
from game_engine.point import point_of
from tests.game_engine.games.crash_round import CRASH, OPENED_AT, START, Round, data, paid

# ---- betting ----


def test_a_round_takes_bets_until_it_closes() -> None:
    step = Round().step
    assert step.events == (Event(BettingOpened(START)),)
    assert step.wake_at == START
    assert CRASH.view(step.state, None) == {"phase": "betting", "closes_at": START}


def test_bets_are_accepted_until_the_close_even_if_the_wake_is_late() -> None:
    play = Round()
    play.bet(at=5_999)
    assert (
        play.refused(Bet(seat=Seat(0), number=2, amount=100, client_seed="a", selection=Selection()), START).code
        == "betting_closed"
    )
    play.do(Wake(), START)
    assert (
        play.refused(Bet(seat=Seat(0), number=2, amount=100, client_seed="a", selection=Selection()), START + 1).code
        == "betting_closed"
    )


def test_four_bets_per_seat() -> None:
    play = Round()
    for _ in range(4):
        play.bet()
    assert (
        play.refused(Bet(seat=Seat(0), number=5, amount=100, client_seed="a", selection=Selection()), OPENED_AT).code
        == "limit_exceeded"
    )
    play.bet(seat=1)
    assert len(play.step.state.wagers) == 5


def test_stakes_have_bounds() -> None:
    play = Round(options=Options(max_payout=1_000))
    refusal = play.refused(Bet(seat=Seat(0), number=1, amount=1_001, client_seed="a", selection=Selection()), OPENED_AT)
    assert (refusal.code, refusal.field) == ("limit_exceeded", "amount")
    refusal = play.refused(Bet(seat=Seat(0), number=1, amount=0, client_seed="a", selection=Selection()), OPENED_AT)
    assert (refusal.code, refusal.field) == ("bad_request", "amount")
    play.bet(amount=1_000)


@pytest.mark.parametrize("target", [2.345, 1.0, 1_000_000.01, float("nan")])
def test_an_automatic_cash_out_has_two_decimals(target: float) -> None:
    refusal = Round().refused(
        Bet(seat=Seat(0), number=1, amount=100, client_seed="a", selection=Selection(target)), OPENED_AT
    )
    assert (refusal.code, refusal.field) == ("bad_request", "selection.auto_cashout")


def test_an_automatic_cash_out_is_the_hundredth_that_was_sent() -> None:
    play = Round()
    play.bet(auto=msgspec.json.decode(b'{"auto_cashout": 2.3}', type=Selection).auto_cashout)
    play.bet(auto=msgspec.json.decode(b'{"auto_cashout": 1000000}', type=Selection).auto_cashout)
    assert [wager.target for wager in play.step.state.wagers] == [230, 100_000_000]


def test_a_bet_without_a_selection_has_no_automatic_cash_out() -> None:
    play = Round(point=231)
    play.do(Bet(seat=Seat(0), number=1, amount=100, client_seed="a", selection=None), OPENED_AT)
    assert paid(play.ride()) == [("loss", 0)]


# ---- the start ----


def test_the_start_is_the_planned_close_however_late_the_wake() -> None:
    play = Round(point=231)
    play.bet()
    step = play.do(Wake(), START + 77)
    assert step.events == (Event(RoundStarted(START)),)
    assert CRASH.view(step.state, None) == {"phase": "running", "started_at": START, "cashed_out": []}


def test_client_seeds_are_joined_in_the_order_of_first_bets() -> None:
    play = Round()
    play.bet(seat=2, seed="two")
    play.bet(seat=0, seed="zero")
    play.bet(seat=2, seed="changed")
    play.bet(seat=1, seed="one")
    outcome = play.ride()
    assert outcome.client_seed == "two,zero,one"
    assert outcome.facts["point"] == point_of(next(floats("any", "two,zero,one", 1))) / 100


def test_a_round_without_bets_runs_with_an_empty_client_seed() -> None:
    outcome = Round().ride()
    assert outcome == Outcome(facts={"point": point_of(next(floats("any", "", 1))) / 100}, results=(), client_seed="")


# ---- cashing out ----


def test_a_cash_out_pays_the_current_multiplier() -> None:
    play = Round(point=231)
    play.bet(amount=333)
    play.do(Wake(), START)
    step = play.cash_out(at=5_000)
    assert multiplier_at(5_000) == 134
    assert step.reply == {"multiplier": 1.34, "payout": 446}
    assert step.events[-1] == Event(CashedOut(1.34, 446), seat=Seat(0), bet=1)
    assert CRASH.view(step.state, None)["cashed_out"] == [{"bet": 1, "multiplier": 1.34, "payout": 446}]
    assert paid(play.ride()) == [("cashout", 446)]


def test_a_cash_out_takes_all_live_bets_of_the_seat_or_the_one_named() -> None:
    play = Round(point=231, client_seed="a,a")
    for seat in (0, 0, 1, 0):
        play.bet(seat=seat)
    assert play.cash_out(at=2_000, bet=2).reply == {"multiplier": 1.12, "payout": 112}
    assert play.cash_out(at=5_000).reply == {"multiplier": 1.34, "payout": 268}
    assert paid(play.ride()) == [("cashout", 134), ("cashout", 112), ("loss", 0), ("cashout", 134)]


def test_cash_outs_without_a_live_bet_are_refused() -> None:
    play = Round(point=231)
    play.bet(seat=0)
    play.bet(seat=1)
    assert play.refused(Act(Seat(0), Cashout()), OPENED_AT + 5).code == "illegal_action"
    play.do(Wake(), START)
    for seat, bet in ((2, None), (0, 2), (0, 3)):
        assert play.refused(Act(Seat(seat), Cashout(bet)), START + 9).code == "illegal_action"
    play.cash_out(at=10)
    assert play.refused(Act(Seat(0), Cashout()), START + 11).code == "illegal_action"
    assert play.refused(Act(Seat(0), Cashout(1)), START + 11).code == "illegal_action"


def test_a_cash_out_may_be_the_first_command_after_the_close() -> None:
    play = Round(point=231)
    play.bet()
    step = play.cash_out(at=100)
    assert [type(event.data) for event in step.events] == [RoundStarted, CashedOut]
    assert step.reply == {"multiplier": 1.0, "payout": 100}


def test_the_last_moment_pays_and_the_crash_does_not() -> None:
    crash_ms = time_of(232)
    play = Round(point=231, client_seed="a,a")
    play.bet()
    play.bet(seat=1)
    assert play.cash_out(at=crash_ms - 1).reply == {"multiplier": 2.31, "payout": 231}
    assert play.refused(Act(Seat(1), Cashout()), START + crash_ms).code == "illegal_action"
    assert play.step.wake_at == START + crash_ms
    assert paid(play.ride()) == [("cashout", 231), ("loss", 0)]


@pytest.mark.parametrize("lateness", [0, 1, 249, 250, 10**7])
def test_automatic_cash_outs_pay_their_target_to_the_hundredth_however_late_the_wake(lateness: int) -> None:
    play = Round(point=231)
    for target in (2.31, 1.01, 2.32, 1.57):
        play.bet(amount=1_000, auto=target)
    events: list[Event] = []
    woken_at = 0
    while play.step.outcome is None:
        assert play.step.wake_at is not None
        assert play.step.wake_at + lateness > woken_at
        woken_at = play.step.wake_at + lateness
        events += play.do(Wake(), woken_at).events
    assert paid(play.step.outcome) == [("cashout", 2310), ("cashout", 1010), ("loss", 0), ("cashout", 1570)]
    assert [e.bet for e in events if isinstance(e.data, CashedOut)] == [2, 4, 1]


def test_a_target_skipped_by_the_last_millisecond_still_counts() -> None:
    elapsed_ms = time_of(1_000_000)
    low, high = multiplier_at(elapsed_ms - 1), multiplier_at(elapsed_ms)
    assert high - low > 50
    play = Round()
    play.bet(auto=(low + 2) / 100)
    play.bet(auto=(low + 4) / 100)
    state = play.do(Wake(), START).state
    assert state.flight
    flight = msgspec.structs.replace(state.flight, point=low + 3, crash_at=START + time_of(low + 4))
    step = CRASH.apply(msgspec.structs.replace(state, flight=flight), Wake(), START + elapsed_ms)
    assert step.outcome
    assert paid(step.outcome) == [("cashout", low + 2), ("loss", 0)]


def test_a_bet_that_was_cashed_out_is_not_paid_again_at_its_target() -> None:
    play = Round(point=231)
    play.bet(auto=1.5)
    play.bet(auto=2.0)
    play.do(Wake(), START + 4_900)
    step = play.cash_out(at=5_000, bet=1)
    assert step.wake_at == START + 5_250, "the next wake is for a tick: nothing is due"
    assert paid(play.ride()) == [("cashout", 134), ("cashout", 200)]


def test_after_a_cash_out_no_wake_is_for_that_bet() -> None:
    due = time_of(150)
    play = Round(point=231)
    play.bet(auto=1.5)
    play.bet()
    play.do(Wake(), START + due - 3)
    assert play.step.wake_at == START + due
    assert play.cash_out(at=due - 2, bet=1).wake_at == START + 7_000
    assert due < 7_000


def test_an_automatic_cash_out_comes_before_a_manual_one_in_the_same_millisecond() -> None:
    due = time_of(150)
    play = Round(point=231)
    play.bet(auto=1.5)
    play.bet()
    step = play.cash_out(at=due)
    assert [event.bet for event in step.events if isinstance(event.data, CashedOut)] == [1, 2]
    assert step.reply == {"multiplier": 1.5, "payout": 150}
    assert play.refused(Act(Seat(0), Cashout(1)), START + due).code == "illegal_action"


def test_an_instant_crash_loses_every_bet_that_could_win() -> None:
    play = Round(point=100, options=Options(max_payout=1_000))
    play.bet(amount=100)
    play.bet(amount=100, auto=1.01)
    play.bet(amount=1_000)
    step = play.do(Wake(), START)
    assert [type(event.data) for event in step.events] == [RoundStarted, CashedOut]
    assert step.outcome
    assert step.outcome.facts == {"point": 1.0}
    assert paid(step.outcome) == [("loss", 0), ("loss", 0), ("cashout", 1_000)]


def test_a_bet_is_cashed_out_at_the_maximum_payout() -> None:
    play = Round(point=231, options=Options(max_payout=1_000))
    play.bet(amount=601)
    play.bet(amount=601, auto=2.0)
    play.bet(amount=601, auto=1.2)
    assert highest_multiplier(601, 1_000) == 166
    assert paid(play.ride()) == [("cashout", 997), ("cashout", 997), ("cashout", 721)]


@given(st.integers(1, 10**9), st.integers(100, 10**13))
def test_the_highest_multiplier_is_the_last_within_the_maximum_payout(stake: int, most: int) -> None:
    multiplier = highest_multiplier(stake, most)
    assert stake * multiplier // 100 <= most
    assert stake * (multiplier + 1) // 100 > most or multiplier == 9_900_000_000


# ---- time ----


def test_ticks_are_on_their_grid_and_marked_as_droppable() -> None:
    play = Round(point=231)
    play.bet()
    ticks: list[tuple[int, float]] = []
    while play.step.outcome is None:
        now = play.step.wake_at
        assert now is not None
        step = play.do(Wake(), now)
        assert all(event.tick == isinstance(event.data, Tick) for event in step.events)
        ticks += [(now - START, tick.multiplier) for tick in data(step, Tick)]
    assert ticks == [(ms, multiplier_at(ms) / 100) for ms in range(250, time_of(232), 250)]


def test_a_late_wake_gives_one_tick_for_the_last_grid_point() -> None:
    play = Round(point=231)
    play.bet()
    step = play.do(Wake(), START + 9_240)
    assert (multiplier_at(9_000), multiplier_at(9_240)) == (171, 174)
    assert data(step, Tick) == [Tick(1.71)]
    assert step.wake_at == START + 9_250


def test_an_early_or_repeated_wake_does_nothing() -> None:
    play = Round(point=231)
    play.bet()
    for now in (OPENED_AT + 10, START, START, START + 100):
        before = play.step
        step = play.do(Wake(), now)
        assert step.state == before.state or now == START
    assert step.events == ()


def test_the_bets_of_a_player_who_leaves_stay_in() -> None:
    play = Round(point=231)
    play.bet(auto=1.5)
    play.bet()
    play.do(Leave(Seat(0)), OPENED_AT + 100)
    play.do(Leave(Seat(0)), START + 100)
    assert paid(play.ride()) == [("cashout", 150), ("loss", 0)]


def test_commands_after_the_end_are_refused() -> None:
    play = Round(point=231)
    play.bet()
    play.ride()
    assert CRASH.view(play.step.state, None) == {"phase": "ended", "point": 2.31}
    assert (
        play.refused(Bet(seat=Seat(0), number=2, amount=100, client_seed="a", selection=Selection()), START).code
        == "betting_closed"
    )
    for command in (Act(Seat(0), Cashout()), Wake(), Leave(Seat(0))):
        assert play.refused(command, START + 10**6).code == "illegal_action"


def test_odds_at_a_stake_end_at_the_maximum_payout() -> None:
    crash, options = GAMES["crash"], Options(max_payout=10_000)
    (capped,) = crash.odds_at(1_000, options, Selection(50.0))
    assert (capped.bet, float(capped.largest)) == ("cashed out at 10.00", 10.0)
    (below,) = crash.odds_at(1_000, options, Selection(2.0))
    assert (below.bet, float(below.largest)) == ("cashed out at 2.00", 2.0)
    assert max(each.largest for each in crash.odds_at(1_000, options)) == 10
    with pytest.raises(RefusedError, match="leaves nothing to win"):
        crash.odds_at(9_902, options)


def test_a_stake_that_can_win_nothing_is_refused() -> None:
    crash = GAMES["crash"]
    for amount, auto, code in ((99, 1.01, "bad_request"), (1_000, None, "limit_exceeded"), (100, 1.01, None)):
        bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="a", selection=Selection(auto))
        if code is None:
            crash.check_win(Options(max_payout=1_000), bet)
            continue
        with pytest.raises(RefusedError) as refused:
            crash.check_win(Options(max_payout=1_000), bet)
        assert (refused.value.code, refused.value.field) == (code, "amount")
