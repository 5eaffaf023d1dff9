"""A broken promise says what should hold and which script breaks it; values for JSON are the same when read again."""

from fractions import Fraction
from typing import Any

import pytest

from game_engine.contract.promise import BrokenPromiseError, as_json, require, require_json_ready, script_of
from game_engine.game import Leave, NoOptions, Seat, Seeds, Wake


def test_a_broken_promise_shows_its_script() -> None:
    script = script_of(NoOptions(), Seeds("ab", 7), 1_000, [(1_000, Leave(Seat(2))), (1_500, Wake())])
    assert script.splitlines() == [
        "    open(options=NoOptions(), server_seed='ab', nonce=7, now=1000)",
        "    +0 ms  Leave(seat=2)",
        "    +500 ms  Wake()",
    ]
    assert str(BrokenPromiseError("A round ends.", script)) == f"A round ends.\n\n{script}"
    with pytest.raises(AssertionError, match=r"^It holds\.$"):
        require(False, "It holds.")
    require(True, "It holds.")


@pytest.mark.parametrize("value", [{1: 2}, (1,), {"a": {1, 2}}, Fraction(1, 2), float("nan"), float("inf")])
def test_values_that_json_changes_are_refused(value: Any) -> None:
    with pytest.raises(BrokenPromiseError, match="A view must be JSON-ready"):
        require_json_ready({"value": value}, "A view")


def test_json_ready_values_pass() -> None:
    assert require_json_ready({"a": [1, 2.5, None, "x"]}, "A view") == b'{"a":[1,2.5,null,"x"]}'
    assert as_json((1, 2), "A reply") == b"[1,2]"
