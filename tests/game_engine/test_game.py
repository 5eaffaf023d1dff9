"""The contract's types serialize as they appear in journals and on the wire."""

from typing import Any

import msgspec
import pytest

from game_engine.game import (
    BETTING_CLOSED,
    Act,
    Bet,
    BettingOpened,
    Command,
    Event,
    Leave,
    Outcome,
    Reason,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
    refusals_of,
)
from game_engine.games import GAMES

TOO_DEAR = Reason("limit_exceeded", "too_dear", "Bet {least:chips} to {most:chips} chips on {side:word}, {n:number}×.")


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


def test_a_reason_says_its_values_and_names_their_kinds() -> None:
    refused = RefusedError(TOO_DEAR, field="amount", least=1_05, most=123_456_00, side="heads", n=1.5)
    assert refused.message == "Bet 1.05 to 123,456 chips on heads, 1.5×."
    assert (refused.code, refused.reason, refused.field) == ("limit_exceeded", "too_dear", "amount")
    assert refused.values == {"least": 105, "most": 12_345_600, "side": "heads", "n": 1.5}
    assert TOO_DEAR.kinds == {"least": "chips", "most": "chips", "side": "word", "n": "number"}


def test_a_reason_without_one_of_its_values_is_an_error() -> None:
    with pytest.raises(KeyError, match="most"):
        RefusedError(TOO_DEAR, least=1)


def test_a_game_has_the_reasons_of_its_base_classes_too() -> None:
    words = [reason.word for reason in refusals_of(GAMES["keno"])]
    assert words[0] == BETTING_CLOSED.word
    assert words[-1] == "picked_twice"
    assert len(set(words)) == len(words)
