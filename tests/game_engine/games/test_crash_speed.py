"""Crash stays fast with a thousand bets in the round."""

import time

from game_engine.game import (
    Wake,
)
from game_engine.games.crash import (
    Options,
)
from tests.game_engine.games.crash_round import CRASH, START, Round


def test_a_thousand_bets_are_cheap() -> None:
    fastest = min(_seconds_for_a_thousand_bets() for _ in range(3))
    assert fastest / 1_000 < 100e-6


def _seconds_for_a_thousand_bets() -> float:
    started = time.process_time()
    play = Round(options=Options(tick_ms=1_000))
    for number in range(1_000):
        play.bet(amount=100 + number, auto=(101 + number) / 100 if number % 2 else None, seat=number // 2)
    play.ride()
    return time.process_time() - started


def test_a_wake_with_nothing_to_do_is_cheap() -> None:
    play = Round()
    for number in range(1_000):
        play.bet(seat=number)
    state = play.do(Wake(), START).state
    times = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(200):
            CRASH.apply(state, Wake(), START)
        times.append((time.process_time() - started) / 200)
    assert min(times) < 20e-6
