"""The AsyncAPI 3.0 description of the WebSocket, made from the types of its messages."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import AnyGame
from server import messages
from server.errors import CLOSES, ERRORS
from server.game_schemas import GameSchemas, any_of, published_reasons, reference
from server.schemas import Schema, Schemas

VERSION = "3.0.0"
CHANNEL = {"$ref": "#/channels/socket"}

UNSOLICITED: tuple[type[Struct], ...] = (
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)
"""The messages that the server sends without a request."""


def describe(games: Mapping[str, AnyGame], server: str) -> dict[str, Any]:
    """The document, as JSON-ready values. ``server`` is host and port."""
    verbs = messages.OK_TYPES
    schemas = Schemas([*verbs, *verbs.values(), *UNSOLICITED, *messages.COMMON_EVENTS, messages.ErrorReply])
    components = schemas.components
    of_games = GameSchemas(games)
    common = [schemas.of(event) for event in messages.COMMON_EVENTS]
    for game, own in of_games.events.items():
        components[f"{game[:1].upper()}{game[1:]}Event"] = {"oneOf": [*common, *own], "discriminator": "type"}
    components["Event"] = any_of([*common, *(event for own in of_games.events.values() for event in own)])
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        components[frame]["properties"][member]["items"] = reference("Event")
    acts = [act for own in of_games.acts.values() for act in own]
    if acts:
        components["GameAct"] = any_of(acts)
    components["CloseCode"] = of_games.components["CloseCode"]
    described = {kind.__name__: _message(kind, schemas) for kind in UNSOLICITED}
    described["error"] = {"name": "error", "payload": schemas.of(messages.ErrorReply)}
    for verb, ok in verbs.items():
        described[_tag(verb)] = _message(verb, schemas)
        answer = reference("ActOk") if verb is messages.Act and acts else schemas.of(ok)
        name = f"{verb.__name__}Reply"
        components[name] = _reply(name, answer)
        described[f"{_tag(verb)}_ok"] = {"name": f"{_tag(verb)}_ok", "payload": reference(name)}
    if acts:
        described["act"]["payload"] = reference("GameAct")
    of_games.complete(components)
    return {
        "asyncapi": VERSION,
        "info": {"title": "Croupier, live", "version": "1", "description": _codes()},
        "servers": {"this": {"host": server, "protocol": "ws"}},
        "defaultContentType": "application/json",
        "channels": {"socket": {"address": "/ws", "messages": {name: _ref(name) for name in described}}},
        "operations": {**{_tag(verb): _operation(_tag(verb)) for verb in verbs}, "unsolicited": _unsolicited()},
        "components": {"messages": described, "schemas": components},
        "x-reasons": msgspec.to_builtins(published_reasons(games)),
    }


def _tag(kind: type[Struct]) -> str:
    return str(kind.__struct_config__.tag or kind.__name__)


def _ref(message: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{message}"}


def _in_channel(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/socket/messages/{name}"} for name in names]


def _message(kind: type[Struct], schemas: Schemas) -> dict[str, Any]:
    description = schemas.struct(kind).get("description")
    summary = {"summary": description} if description else {}
    return {"name": _tag(kind), "payload": schemas.of(kind), **summary}


def _reply(name: str, ok: Schema) -> Schema:
    members = {"re": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "ok": ok}
    return {"title": name, "type": "object", "properties": members, "required": ["re", "ok"]}


def _operation(verb: str) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": CHANNEL,
        "messages": _in_channel([verb]),
        "reply": {"channel": CHANNEL, "messages": _in_channel([f"{verb}_ok", "error"])},
    }


def _unsolicited() -> dict[str, Any]:
    return {"action": "send", "channel": CHANNEL, "messages": _in_channel(kind.__name__ for kind in UNSOLICITED)}


def _codes() -> str:
    errors = [f"- `{e.code}`: {e.meaning}" for e in ERRORS.values() if e.live or not e.status]
    closes = [f"- {c.code} `{c.name}`: {c.meaning}" for c in CLOSES.values()]
    return "\n".join(["Error codes:", *errors, "", "Close codes:", *closes])
