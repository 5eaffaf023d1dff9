"""Each place in the code may write a bounded number of lines."""

import logging

from cli.log_budget import LogBudget
from tests.server.fanout.fakes import StillClock


def record(text: str, *arguments: object, line: int = 1, name: str = "server.x") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "x.py", line, text, arguments, None)


def test_a_flood_leaves_few_lines_and_their_number() -> None:
    clock = StillClock()
    budget = LogBudget(clock, per_s=1, burst=3)
    assert [budget.filter(record("failed")) for _ in range(100)].count(True) == 3
    assert budget.filter(record("failed", line=2))
    clock.ms += 1000
    late = record("failed for %s", "ann")
    assert budget.filter(late)
    assert late.getMessage() == "failed for ann (97 lines like this were left out)"
    clock.ms += 1000
    next_ = record("100 % failed")
    assert budget.filter(next_)
    assert next_.getMessage() == "100 % failed"


def test_exempt_loggers_always_pass() -> None:
    budget = LogBudget(StillClock(), per_s=1, burst=1, exempt=("server.security",))
    assert all(budget.filter(record("signed in", name="server.security")) for _ in range(10))
