"""Named rates by address and by account."""

from contextlib import suppress

from server.errors import Problem
from server.web.rates import Rate, Rates

SLOW = Rate("slow", 1, 2)


def taken(rates: Rates, address: str, count: int, now_ms: int = 0) -> int:
    """How many of so many calls pass."""
    passed = 0
    for _ in range(count):
        with suppress(Problem):
            rates.take_address(SLOW, address, now_ms)
            passed += 1
    return passed


def test_by_address_and_by_network() -> None:
    rates = Rates(1, 5)
    assert taken(rates, "198.51.100.1", 5) == 2
    assert taken(rates, "198.51.100.2", 5) == 2
    assert taken(rates, "2001:db8::1", 5) == 2
    assert taken(rates, "2001:db8::2", 5) == 0
    assert taken(rates, "198.51.100.1", 5, 1000) == 1


def test_the_scale_multiplies() -> None:
    assert taken(Rates(10, 5), "198.51.100.1", 50) == 20


def test_mails() -> None:
    rates = Rates(1000, 2)
    assert [rates.may_mail("a@b.example", 0) for _ in range(3)] == [True, True, False]
    assert rates.may_mail("c@b.example", 0)
    assert [rates.may_mail("a@b.example", 1_800_000) for _ in range(2)] == [True, False]
