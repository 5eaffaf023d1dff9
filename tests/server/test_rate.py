"""Token buckets, by hand and against a count of what they let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rate import Bucket, Buckets


def test_a_burst_then_a_trickle() -> None:
    bucket = Bucket(rate_per_s=2, burst=3)
    assert [bucket.take(1000) for _ in range(4)] == [0, 0, 0, 500]
    assert bucket.take(1499) == 1
    assert bucket.take(1500) == 0
    assert bucket.take(1500) == 500
    assert [bucket.take(60_000) for _ in range(4)] == [0, 0, 0, 500]


def test_waiting_takes_nothing() -> None:
    bucket = Bucket(1, 1)
    assert [bucket.wait(0), bucket.wait(0), bucket.take(0), bucket.wait(0)] == [0, 0, 0, 1000]


def test_time_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(1, 1)
    assert bucket.take(10_000) == 0
    assert bucket.take(5_000) == 1000
    assert bucket.take(10_999) == 1


@given(
    st.floats(0.01, 1000),
    st.floats(1, 100),
    st.lists(st.integers(0, 5_000), min_size=1, max_size=60),
)
def test_never_more_than_rate_and_burst(rate_per_s: float, burst: float, steps: list[int]) -> None:
    bucket, now, taken = Bucket(rate_per_s, burst), 0, 0
    for step in steps:
        now += step
        wait_ms = bucket.take(now)
        taken += wait_ms == 0
        assert taken <= burst + rate_per_s * now / 1000 + 1e-6
        assert wait_ms == 0 or bucket.wait(now + wait_ms) == 0
        if wait_ms:
            now += wait_ms


def test_each_key_has_its_own() -> None:
    buckets = Buckets(1, 1)
    assert [buckets.take("a", 0), buckets.take("a", 0), buckets.take("b", 0)] == [0, 1000, 0]


def test_the_map_is_bounded() -> None:
    buckets = Buckets(1, 1, size=2)
    for key in "aba":
        buckets.take(key, 0)
    buckets.take("c", 0)
    assert len(buckets) == 2
    assert buckets.take("a", 0) == 1000
    assert buckets.take("b", 0) == 0


@pytest.mark.parametrize("burst", [0, 0.5])
def test_a_bucket_holds_at_least_one(burst: float) -> None:
    assert Bucket(1, burst).take(0) == 0
