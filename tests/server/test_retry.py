"""Repeated attempts: their numbers, their pauses and their end."""

from server.retry import Attempts


class FakeTime:
    """Notes each pause instead of sleeping; its clock moves on by as much."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def attempts(self, pause_s: float, **settings: float) -> Attempts:
        return Attempts(pause_s, **settings, sleep=self.sleep, now_s=lambda: self.now)


async def test_the_first_attempt_does_not_wait() -> None:
    time = FakeTime()
    async for number in time.attempts(0.1):
        assert number == 1
        break
    assert time.pauses == []


async def test_pauses_stay_equal_without_a_longest_one() -> None:
    time = FakeTime()
    async for number in time.attempts(0.1):
        if number == 4:
            break
    assert time.pauses == [0.1, 0.1, 0.1]


async def test_pauses_double_up_to_the_longest() -> None:
    time = FakeTime()
    async for number in time.attempts(0.25, longest_pause_s=0.6):
        if number == 5:
            break
    assert time.pauses == [0.25, 0.5, 0.6, 0.6]


async def test_without_patience_there_is_one_attempt() -> None:
    time = FakeTime()
    assert [number async for number in time.attempts(0.1, give_up_after_s=0)] == [1]
    assert time.pauses == []


async def test_attempts_end_after_the_deadline() -> None:
    time = FakeTime()
    assert [number async for number in time.attempts(1.0, give_up_after_s=2.5)] == [1, 2, 3, 4]
    assert time.pauses == [1.0, 1.0, 1.0]


async def test_the_deadline_counts_from_the_first_attempt() -> None:
    time = FakeTime()
    attempts = time.attempts(1.0, give_up_after_s=1.5)
    time.now += 10
    assert [number async for number in attempts] == [1, 2, 3]
