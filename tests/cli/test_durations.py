"""Durations as people write them."""

from argparse import ArgumentTypeError
from datetime import timedelta

import pytest

from cli.durations import duration


@pytest.mark.parametrize(
    ("text", "meant"),
    [("90m", timedelta(minutes=90)), (" 12h ", timedelta(hours=12)), ("3650d", timedelta(days=3650))],
)
def test_durations_are_read(text: str, meant: timedelta) -> None:
    assert duration(text) == meant


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5h", "7D", "0m", "3651d", "99999999d", "१d", "1d\n2"])
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        duration(text)
