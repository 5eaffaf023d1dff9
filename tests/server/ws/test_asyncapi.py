"""Tests of the socket's own description: complete, and every reference leads somewhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from game_engine.games import GAMES
from server.errors import CLOSES, ERRORS
from server.messages import COMMON_EVENTS, OK_TYPES
from server.ws.asyncapi import LIKE_HTTP, describe


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    return describe(GAMES, "127.0.0.1:8080")


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere(page: dict[str, Any]) -> None:
    found = set(references(page))
    assert found
    for reference in found:
        place: Any = page
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_every_verb_is_an_operation_with_its_reply(page: dict[str, Any]) -> None:
    verbs = {str(kind.__struct_config__.tag) for kind in OK_TYPES}
    assert set(page["operations"]) == verbs | {"unasked"}
    for verb in verbs:
        operation = page["operations"][verb]
        assert operation["action"] == "receive"
        told = [each["$ref"].rpartition("/")[2] for each in operation["reply"]["messages"]]
        assert told == [f"{verb}_ok", "error"]


def test_every_event_is_described(page: dict[str, Any]) -> None:
    events = {reference["$ref"].rpartition("/")[2] for reference in page["components"]["schemas"]["Event"]["oneOf"]}
    games = {event.__name__ for game in GAMES.values() for event in game.events}
    common = {event.__name__ for event in COMMON_EVENTS}
    assert events >= common | {"Tick", "CashedOut"}
    assert games - events <= common
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        items = page["components"]["schemas"][frame]["properties"][member]["items"]
        assert items == {"$ref": "#/components/schemas/Event"}


def test_codes_are_told(page: dict[str, Any]) -> None:
    about = page["info"]["description"]
    for close in CLOSES.values():
        assert f"{close.code} `{close.name}`" in about
    replies, _, _ = about.partition("Close codes")
    told = {code for code in ERRORS if f"`{code}`" in replies}
    assert told == {error.code for error in ERRORS.values() if error.status == 0} | set(LIKE_HTTP)


def test_the_address_is_that_of_the_server(page: dict[str, Any]) -> None:
    assert page["asyncapi"] == "3.0.0"
    assert page["servers"] == {"this": {"host": "127.0.0.1:8080", "protocol": "ws"}}
    assert page["channels"]["socket"]["address"] == "/ws"
