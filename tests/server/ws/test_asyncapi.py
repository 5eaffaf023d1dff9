"""Tests of the AsyncAPI document: it is complete, and every reference resolves."""

from collections.abc import Iterator
from typing import Any

import pytest

from game_engine.games import GAMES
from server.errors import CLOSES, ERRORS
from server.messages import COMMON_EVENTS, OK_TYPES
from server.ws.asyncapi import describe


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


def test_components_have_their_names_as_titles(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {name for name, schema in schemas.items() if schema.get("title") != name} == set()


def test_every_verb_is_an_operation_with_its_reply(document: dict[str, Any]) -> None:
    verbs = {str(kind.__struct_config__.tag) for kind in OK_TYPES}
    assert set(document["operations"]) == verbs | {"unsolicited"}
    for verb in verbs:
        operation = document["operations"][verb]
        assert operation["action"] == "receive"
        replies = [each["$ref"].rpartition("/")[2] for each in operation["reply"]["messages"]]
        assert replies == [f"{verb}_ok", "error"]


def test_every_game_has_names_of_its_own(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for game in GAMES.values():
        told = {
            schemas[each["$ref"].rpartition("/")[2]]["properties"]["type"]["const"]: each["$ref"]
            for each in schemas[f"{game.name.capitalize()}Event"]["oneOf"]
        }
        assert told.keys() == {event.__struct_config__.tag for event in (*COMMON_EVENTS, *game.events)}
    assert {"BlackjackTableChanged", "HoldemTableChanged", "BlackjackTurn", "HoldemTurn", "HoldemPot"} <= schemas.keys()
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        assert schemas[frame]["properties"][member]["items"] == {"$ref": "#/components/schemas/Event"}


@pytest.mark.parametrize("game", GAMES)
def test_every_game_declares_its_views_outcomes_and_replies(game: str, document: dict[str, Any]) -> None:
    views = document["components"]["schemas"]["View"]["anyOf"]
    assert {"$ref": f"#/components/schemas/{game.capitalize()}View"} in views
    outcomes = document["components"]["schemas"]["Outcome"]["anyOf"]
    assert {"$ref": f"#/components/schemas/{game.capitalize()}Facts"} in outcomes


def test_players_and_bets_are_declared_where_they_are_sent(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("CrashCashedOut", "BlackjackShownHand", "MinesRevealed", "HiloDealt", "CoinduelChallenge"):
        assert {"player", "bet"} <= set(schemas[name]["required"])
        assert schemas[name]["properties"]["bet"] == {"type": "string"}
    assert "player" in schemas["HoldemSeatView"]["required"]
    assert "player" not in schemas["HoldemShownHand"]["properties"]


def test_phases_of_rooms_are_described(document: dict[str, Any]) -> None:
    assert {"waiting", "settling", "hidden", "betting", "river"} <= set(
        document["components"]["schemas"]["Phase"]["enum"]
    )


def test_descriptions_are_whole_sentences(document: dict[str, Any]) -> None:
    messages = document["components"]["messages"].values()
    texts = [message["summary"] for message in messages if "summary" in message]
    texts += [each["description"] for each in document["components"]["schemas"].values() if "description" in each]
    assert [text for text in texts if "``" in text or (text and not text.endswith((".", ")", ":")))] == []


def test_all_codes_are_described(document: dict[str, Any]) -> None:
    text = document["info"]["description"]
    for close in CLOSES.values():
        assert f"{close.code} `{close.name}`" in text
    errors, _, _ = text.partition("Close codes")
    described = {code for code in ERRORS if f"`{code}`" in errors}
    assert described == {error.code for error in ERRORS.values() if error.live or not error.status}
    assert "limit_exceeded" in described
    schemas = document["components"]["schemas"]
    assert set(schemas["ErrorCode"]["enum"]) == described
    assert schemas["CloseCode"]["enum"] == [close.code for close in CLOSES.values()]


def test_it_names_the_server_and_the_path(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["servers"] == {"this": {"host": "127.0.0.1:8080", "protocol": "ws"}}
    assert document["channels"]["socket"]["address"] == "/ws"
