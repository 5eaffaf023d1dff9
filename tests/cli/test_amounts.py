"""Amounts are parsed exactly or refused."""

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.amounts import MAX_CENTS, cents, chips


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12.50", 1250), ("12.5", 1250), ("12", 1200), ("0.01", 1), ("0.29", 29), ("1.10", 110), (" 7 ", 700)],
)
def test_chips_become_cents(text: str, amount: int) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1.234",
        "1,50",
        "1e3",
        "nan",
        "inf",
        ".5",
        "5.",
        "1_000",
        "٣",
        "one",
        "1 2",
        str(MAX_CENTS // 100 + 1),
        "9" * 40,
    ],
)
def test_an_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        cents(text)


@given(st.integers(1, MAX_CENTS))
def test_formatted_amounts_can_be_parsed(amount: int) -> None:
    assert cents(chips(amount).replace(",", "")) == amount


def test_amounts_are_grouped_and_signed() -> None:
    assert [chips(amount) for amount in (0, 5, 123_456_789, -1, -250)] == [
        "0.00",
        "0.05",
        "1,234,567.89",
        "-0.01",
        "-2.50",
    ]
