"""The contract's types serialize as they appear in journals and on the wire."""

from typing import Any

import msgspec
import pytest

from game_engine.game import (
    Act,
    Bet,
    BettingOpened,
    Command,
    Event,
    Leave,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            Bet(seat=Seat(0), number=1, amount=100, client_seed="seed", selection={"over": True}),
            '{"do":"bet","seat":0,"number":1,"amount":100,"client_seed":"seed","selection":{"over":true}}',
        ),
        (Act(Seat(3), {"action": "cashout"}), '{"do":"act","seat":3,"action":{"action":"cashout"}}'),
        (Leave(Seat(3)), '{"do":"leave","seat":3}'),
        (Wake(), '{"do":"wake"}'),
    ],
)
def test_commands_survive_json(command: Command, text: str) -> None:
    assert msgspec.json.encode(command).decode() == text
    assert msgspec.json.decode(text, type=Command) == command


def test_an_event_has_its_type() -> None:
    event = Event(BettingOpened(5))
    assert msgspec.to_builtins(event.data) == {"type": "round_opened", "closes_at": 5}
    assert event.seat is event.bet is event.to is None
    assert not event.tick


@pytest.mark.parametrize(
    "value", [Seeds("s", 1), Step(1), Outcome(facts={}, results=(), client_seed=""), Event(BettingOpened(5)), Wake()]
)
def test_values_are_immutable(value: Any) -> None:
    field = (value.__struct_fields__ or ("more",))[0]
    with pytest.raises(AttributeError):
        setattr(value, field, None)


def test_a_refusal_carries_its_code_and_field() -> None:
    refusal = RefusedError("bad_request", "No.", "amount")
    assert (refusal.code, refusal.field, str(refusal)) == ("bad_request", "amount", "No.")
