"""Tests of the message types: requests are strict, errors name the field, and names are unique."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from game_engine.games.dice import Selection
from server import messages
from server.errors import REASONS
from server.messages import DECODE_ERRORS, MAX_MESSAGE_BYTES, bad_request, decode_request, encode

BET = {"id": 1, "do": "bet", "room": "crash", "amount": 5, "key": "k"}


def decoded(**changed: object) -> messages.Bet:
    request = decode_request(encode(BET | changed))
    assert isinstance(request, messages.Bet)
    return request


def test_a_bet_is_decoded() -> None:
    bet = decoded(selection={"auto_cashout": 2.5}, round="crash.8")
    assert (bet.id, bet.room, bet.amount, bet.key, bet.round) == (1, "crash", 5, "k", "crash.8")
    assert bytes(bet.selection) == b'{"auto_cashout":2.5}'
    assert bytes(decoded().selection) == b"{}"


@pytest.mark.parametrize(
    "changed",
    [
        *({"amount": amount} for amount in (0, -1, 5.0, "5", True, None, 10**15 + 1, 10**30)),
        *({"key": key} for key in ("", "k" * 65, "a\x00b", "\x1f", "k\n", 7, None)),
        *({"room": room} for room in ("", "Crash", "crash.1", "crash\n", "a" * 65, None)),
        *({"id": number} for number in (None, 1.5, "x" * 65, {"a": 1})),
        {"round": "r" * 97},
        {"stake": 5},
        {"do": "bets"},
    ],
)
def test_invalid_bets_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded(**changed)


@pytest.mark.parametrize("key", ["k" * 64, "é", "a b", "0b7c…"])
def test_valid_keys_are_accepted(key: str) -> None:
    assert decoded(key=key).key == key


def test_an_action_may_have_fields_of_its_own() -> None:
    act = decode_request(b'{"id":"a","do":"act","room":"crash","action":"cashout","bet":"crash.1.1"}')
    assert act == messages.Act(id="a", room="crash", action="cashout")


def test_every_verb_has_an_answer_type() -> None:
    assert set(messages.OK_TYPES) == set(messages.ClientMessage.__args__)


def test_event_names_are_unique() -> None:
    names = [event.__struct_config__.tag for event in messages.COMMON_EVENTS]
    assert len(set(names)) == len(names)


def test_the_largest_bet_fits_into_a_message() -> None:
    largest = {"room": "r" * 64, "key": "\U0001f3b2" * 64, "round": "r" * 96, "amount": 10**15, "id": "i" * 64}
    assert len(encode(BET | largest)) < MAX_MESSAGE_BYTES


def refusal(raw: bytes, kind: Any, part: str = "") -> tuple[str, str | None]:
    with pytest.raises(DECODE_ERRORS) as raised:
        msgspec.json.decode(raw, type=kind)
    problem = bad_request(raised.value, part)
    assert problem.error.code == "bad_request"
    return problem.message, problem.extra.get("field")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"do":"bet","id":1,"room":"crash","amount":0,"key":"k"}', "amount"),
        (b'{"do":"bet","id":1,"room":"crash","key":"k"}', "amount"),
        (b'{"do":"bet","id":1,"room":"crash","amount":1,"key":"k","amuont":2}', "amuont"),
        (b'{"do":"hello","id":1,"resume":{"crash":{"epoch":"e","seq":-1}}}', "resume[...].seq"),
        (b'{"do":"hello","id":1,"resume":{"NO ROOM":{"epoch":"e","seq":1}}}', "resume"),
        (b'{"do":"chat","id":[],"room":"crash","text":"x"}', "id"),
    ],
)
def test_the_error_names_the_invalid_field(raw: bytes, field: str) -> None:
    message, named = refusal(raw, messages.ClientMessage)
    assert named == field
    assert message.endswith(".")
    assert "`$" not in message


def test_the_error_names_the_part_that_was_decoded() -> None:
    assert refusal(b'{"target":50.0,"over":1}', Selection, "selection")[1] == "selection.over"
    assert refusal(b'{"target":50.0}', Selection, "selection")[1] == "selection.over"
    assert refusal(b"[]", Selection, "selection")[1] == "selection"


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"\xff":1}', b"", b'{"target":NaN}', b'{"x":"\\ud800"}'])
def test_every_decode_error_becomes_a_bad_request(raw: bytes) -> None:
    assert refusal(raw, Any, "selection")[1] == "selection"


@pytest.mark.parametrize(
    ("kind", "value", "reason", "values"),
    [
        (int, "x", "wrong_type", {"expected": "int", "got": "str"}),
        (Annotated[int, Meta(ge=1)], 0, "too_small", {"least": 1}),
        (Annotated[int, Meta(le=8)], 9, "too_large", {"most": 8}),
        (Annotated[float, Meta(gt=1.5)], 1.5, "not_above", {"bound": 1.5}),
        (Annotated[float, Meta(lt=2.5)], 2.5, "not_below", {"bound": 2.5}),
        (Annotated[str, Meta(min_length=2)], "", "too_short", {"least": 2}),
        (Annotated[list[int], Meta(max_length=1)], [1, 2], "too_long", {"most": 1}),
        (Annotated[str, Meta(pattern="^a$")], "b", "malformed", {}),
        (Literal["a", "b"], "c", "not_a_choice", {"given": "'c'"}),
        (messages.Ping, {"do": "ping"}, "missing", {}),
        (messages.Ping, {"do": "ping", "id": 1, "x": 1}, "unknown", {}),
        (Annotated[datetime, Meta(tz=True)], "2026-12-03T06:47:00", "no_time_zone", {}),
    ],
)
def test_what_the_decoder_says_has_a_published_reason_and_values(
    kind: Any, value: Any, reason: str, values: dict[str, Any]
) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(value, kind)
    assert messages.explain(str(error.value).partition(" - at")[0]) == (reason, values)
    for code in ("bad_request", "validation_failed"):
        assert set(REASONS[code, reason].kinds) == set(values)
