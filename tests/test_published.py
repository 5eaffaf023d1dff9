"""The clients of the tests notice what the descriptions do not describe."""

from typing import Any

import pytest

from tests.description_faults import FAULTS
from tests.published import check_message

TICK: dict[str, Any] = {"type": "tick", "multiplier": 1.5}
CASHED_OUT = {"type": "cashed_out", "multiplier": 1.5, "payout": 150, "player": "ann", "bet": "crash.1.1"}


@pytest.mark.parametrize(
    ("room", "event", "sound"),
    [
        ("crash", TICK, True),
        ("crash", CASHED_OUT, True),
        ("crash", TICK | {"multiplier": "1.5"}, False),
        ("crash", TICK | {"undescribed": 1}, False),
        ("crash", {name: value for name, value in CASHED_OUT.items() if name != "player"}, False),
        ("crash", CASHED_OUT | {"bet": 1}, False),
        ("dice-abc", TICK, False),
        ("blackjack", {"type": "table"}, False),
    ],
)
def test_an_event_is_compared_with_its_game(room: str, event: dict[str, Any], sound: bool) -> None:
    check_message({"room": room, "seq": 1, "events": [event]}, set())
    assert bool(FAULTS) is not sound
    FAULTS.clear()


def test_a_reply_is_compared_with_its_request() -> None:
    check_message({"re": 1, "ok": {"server_time": 1}}, {"ping"})
    assert not FAULTS
    check_message({"re": 1, "ok": {"server_time": 1}}, {"bet"})
    check_message({"re": 1, "error": {"code": "no_such_code", "message": "No.", "retry": False}}, {"bet"})
    assert len(FAULTS) == 2
    FAULTS.clear()
