"""Tests of the AsyncAPI document: it is complete, and every reference resolves."""

from collections.abc import Iterator
from typing import Any

import pytest

from game_engine.games import GAMES
from server.errors import CLOSES, ERRORS
from server.messages import COMMON_EVENTS, OK_TYPES
from server.ws.asyncapi import SHARED_WITH_HTTP, describe


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
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


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in node, reference
            node = node[step]


def test_every_verb_is_an_operation_with_its_reply(document: dict[str, Any]) -> None:
    verbs = {str(kind.__struct_config__.tag) for kind in OK_TYPES}
    assert set(document["operations"]) == verbs | {"unsolicited"}
    for verb in verbs:
        operation = document["operations"][verb]
        assert operation["action"] == "receive"
        replies = [each["$ref"].rpartition("/")[2] for each in operation["reply"]["messages"]]
        assert replies == [f"{verb}_ok", "error"]


def test_every_event_is_described(document: dict[str, Any]) -> None:
    events = {reference["$ref"].rpartition("/")[2] for reference in document["components"]["schemas"]["Event"]["oneOf"]}
    common = {event.__struct_config__.tag: event.__name__ for event in COMMON_EVENTS}
    # An event of a game with the tag of a common event becomes part of that event.
    games = {event.__struct_config__.tag: event.__name__ for game in GAMES.values() for event in game.events}
    assert games.keys() >= {"tick", "cashed_out"}
    assert events == set((games | common).values())
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        items = document["components"]["schemas"][frame]["properties"][member]["items"]
        assert items == {"$ref": "#/components/schemas/Event"}


def test_all_codes_are_described(document: dict[str, Any]) -> None:
    text = document["info"]["description"]
    for close in CLOSES.values():
        assert f"{close.code} `{close.name}`" in text
    errors, _, _ = text.partition("Close codes")
    described = {code for code in ERRORS if f"`{code}`" in errors}
    assert described == {error.code for error in ERRORS.values() if error.status == 0} | set(SHARED_WITH_HTTP)


def test_it_names_the_server_and_the_path(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["servers"] == {"this": {"host": "127.0.0.1:8080", "protocol": "ws"}}
    assert document["channels"]["socket"]["address"] == "/ws"
