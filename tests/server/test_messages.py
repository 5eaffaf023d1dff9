"""Tests of the messages' types: what comes in is exact, and each verb and event has one name."""

import msgspec
import pytest

from server import messages
from server.messages import MAX_MESSAGE_BYTES, decode_request, encode

BET = {"id": 1, "do": "bet", "room": "crash", "amount": 5, "key": "k"}


def decoded(**changed: object) -> messages.Bet:
    request = decode_request(encode(BET | changed))
    assert isinstance(request, messages.Bet)
    return request


def test_a_bet_as_it_comes() -> None:
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
def test_what_is_not_exact_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoded(**changed)


@pytest.mark.parametrize("key", ["k" * 64, "é", "a b", "0b7c…"])
def test_keys_that_are_taken(key: str) -> None:
    assert decoded(key=key).key == key


def test_an_action_brings_fields_of_its_own() -> None:
    act = decode_request(b'{"id":"a","do":"act","room":"crash","action":"cashout","bet":"crash.1.1"}')
    assert act == messages.Act(id="a", room="crash", action="cashout")


def test_every_verb_has_its_answer() -> None:
    assert set(messages.OK_TYPES) == set(messages.ClientMessage.__args__)


def test_no_two_events_share_a_name() -> None:
    names = [event.__struct_config__.tag for event in messages.COMMON_EVENTS]
    assert len(set(names)) == len(names)


def test_the_largest_message_holds_the_largest_bet() -> None:
    largest = {"room": "r" * 64, "key": "\U0001f3b2" * 64, "round": "r" * 96, "amount": 10**15, "id": "i" * 64}
    assert len(encode(BET | largest)) < MAX_MESSAGE_BYTES
