"""The AsyncAPI 3.0 description of the WebSocket, made from the types of its messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from game_engine.game import AnyGame
from server import messages
from server.errors import CLOSES, ERRORS
from server.schemas import Schema, Schemas

VERSION = "3.0.0"
CHANNEL = {"$ref": "#/channels/socket"}
SHARED_WITH_HTTP = ("token_invalid", "token_expired", "rate_limited", "unavailable", "internal_error")
"""The HTTP error codes that a reply may also have."""


UNSOLICITED: tuple[type[Struct], ...] = (
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)
"""The messages that the server sends without a request."""


def describe(games: Mapping[str, AnyGame], server: str) -> dict[str, Any]:
    """The document, as JSON-ready values. ``server`` is host and port."""
    events = _events(games)
    verbs = messages.OK_TYPES
    schemas = Schemas([*verbs, *verbs.values(), *UNSOLICITED, *events, messages.ErrorReply])
    components = schemas.components
    components["Event"] = {"oneOf": [schemas.of(event) for event in events], "discriminator": "type"}
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        components[frame]["properties"][member]["items"] = {"$ref": "#/components/schemas/Event"}
    described = {kind.__name__: _message(kind, schemas) for kind in UNSOLICITED}
    described["error"] = {"name": "error", "payload": schemas.of(messages.ErrorReply)}
    for verb, ok in verbs.items():
        described[_tag(verb)] = _message(verb, schemas)
        described[f"{_tag(verb)}_ok"] = _reply(verb, schemas.of(ok))
    return {
        "asyncapi": VERSION,
        "info": {"title": "Croupier, live", "version": "1", "description": _codes()},
        "servers": {"this": {"host": server, "protocol": "ws"}},
        "defaultContentType": "application/json",
        "channels": {"socket": {"address": "/ws", "messages": {name: _ref(name) for name in described}}},
        "operations": {**{_tag(verb): _operation(_tag(verb)) for verb in verbs}, "unsolicited": _unsolicited()},
        "components": {"messages": described, "schemas": components},
    }


def _events(games: Mapping[str, AnyGame]) -> list[type[Struct]]:
    """Every type of event. For a name that all rooms share, only the common type is described."""
    events: dict[str, type[Struct]] = {_tag(event): event for event in messages.COMMON_EVENTS}
    for game in games.values():
        for event in game.events:
            events.setdefault(_tag(event), event)
    return list(events.values())


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


def _reply(verb: type[Struct], ok: Schema) -> dict[str, Any]:
    members = {"re": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "ok": ok}
    payload = {"type": "object", "properties": members, "required": ["re", "ok"]}
    return {"name": f"{_tag(verb)}_ok", "payload": payload}


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
    errors = [f"- `{e.code}`: {e.meaning}" for e in ERRORS.values() if e.status == 0 or e.code in SHARED_WITH_HTTP]
    closes = [f"- {c.code} `{c.name}`: {c.meaning}" for c in CLOSES.values()]
    return "\n".join(["Error codes:", *errors, "", "Close codes:", *closes])
