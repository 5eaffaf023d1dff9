"""The WebSocket's own description, AsyncAPI 3.0, generated from the types that decode and encode it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import AnyGame
from server import messages
from server.errors import CLOSES, ERRORS

VERSION = "3.0.0"
SCHEMAS = "#/components/schemas/"
CHANNEL = {"$ref": "#/channels/socket"}
LIKE_HTTP = ("token_invalid", "token_expired", "rate_limited", "unavailable", "internal_error")
"""Codes that a reply may have in common with HTTP."""


UNASKED: tuple[type[Struct], ...] = (
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)


def describe(games: Mapping[str, AnyGame], server: str) -> dict[str, Any]:
    """The document, for a server at ``server`` (host and port)."""
    events = _events(games)
    kinds = list(
        dict.fromkeys([*messages.OK_TYPES, *messages.OK_TYPES.values(), *UNASKED, *events, messages.ErrorReply])
    )
    schemas, components = msgspec.json.schema_components(kinds, ref_template=SCHEMAS + "{name}")
    schema = dict(zip(kinds, schemas, strict=True))
    components["Event"] = {"oneOf": [schema[event] for event in events], "discriminator": "type"}
    for frame, member in (("Frame", "events"), ("PrivateFrame", "private")):
        components[frame]["properties"][member]["items"] = {"$ref": SCHEMAS + "Event"}
    described = {kind.__name__: _message(kind, schema[kind]) for kind in UNASKED}
    described["error"] = {"name": "error", "payload": schema[messages.ErrorReply]}
    for verb, ok in messages.OK_TYPES.items():
        described[_tag(verb)] = _message(verb, schema[verb])
        described[f"{_tag(verb)}_ok"] = _reply(verb, schema[ok])
    return {
        "asyncapi": VERSION,
        "info": {"title": "Croupier, live", "version": "1", "description": _codes()},
        "servers": {"this": {"host": server, "protocol": "ws"}},
        "defaultContentType": "application/json",
        "channels": {"socket": {"address": "/ws", "messages": {name: _ref(name) for name in described}}},
        "operations": {**{_tag(verb): _operation(_tag(verb)) for verb in messages.OK_TYPES}, "unasked": _unasked()},
        "components": {"messages": described, "schemas": components},
    }


def _events(games: Mapping[str, AnyGame]) -> list[type[Struct]]:
    """Every event; what a game yields under a common name is told as the common one."""
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


def _message(kind: type[Struct], schema: dict[str, Any]) -> dict[str, Any]:
    summary = (kind.__doc__ or "").strip().partition("\n")[0]
    return {"name": _tag(kind), "payload": schema, **({"summary": summary} if summary else {})}


def _reply(verb: type[Struct], ok: dict[str, Any]) -> dict[str, Any]:
    members = {"re": {"type": ["integer", "string"]}, "ok": ok}
    payload = {"type": "object", "properties": members, "required": ["re", "ok"]}
    return {"name": f"{_tag(verb)}_ok", "payload": payload}


def _operation(verb: str) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": CHANNEL,
        "messages": _in_channel([verb]),
        "reply": {"channel": CHANNEL, "messages": _in_channel([f"{verb}_ok", "error"])},
    }


def _unasked() -> dict[str, Any]:
    return {"action": "send", "channel": CHANNEL, "messages": _in_channel(kind.__name__ for kind in UNASKED)}


def _codes() -> str:
    errors = [f"- `{e.code}`: {e.meaning}" for e in ERRORS.values() if e.status == 0 or e.code in LIKE_HTTP]
    closes = [f"- {c.code} `{c.name}`: {c.meaning}" for c in CLOSES.values()]
    return "\n".join(["Error codes:", *errors, "", "Close codes:", *closes])
