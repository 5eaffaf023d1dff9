"""Clients of aiohttp that compare everything they receive with the published descriptions, /openapi.json and
/asyncapi.json. A fixture in tests/conftest.py fails the test that received something else."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

import aiohttp
import jsonschema_rs

from game_engine.games import GAMES
from server import messages
from server.web.app import ROUTES
from server.web.openapi import describe as describe_http
from server.ws.asyncapi import describe as describe_socket
from tests.description_faults import FAULTS

VERBS = {str(kind.__struct_config__.tag): f"{kind.__name__}Reply" for kind in messages.OK_TYPES}
NOTICES = {str(kind.__struct_config__.tag): kind.__name__ for kind in messages.NOTICES}


def closed(value: Any) -> Any:
    """A schema that forbids members which it does not describe. The published ones allow them, for newer servers."""
    if isinstance(value, list):
        return [closed(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: closed(item) for key, item in value.items() if key != "discriminator"}
    if isinstance(value.get("properties"), dict) and value.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner


@lru_cache
def _components(game: str | None) -> dict[str, Any]:
    """The components of the WebSocket's description, with one game's own types only if ``game`` is given."""
    games = GAMES if game is None else {game: GAMES[game]}
    components: dict[str, Any] = closed(deepcopy(describe_socket(games, "test")["components"]["schemas"]))
    return components


@lru_cache
def socket_validator(name: str, game: str | None) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": _components(game)}}
    return jsonschema_rs.Draft202012Validator(schema)


def names_own_game(value: Any) -> bool:
    """Whether a game is named that a test has made, of which the descriptions know nothing."""
    if isinstance(value, dict):
        game = value.get("game")
        return (isinstance(game, str) and game not in GAMES) or any(map(names_own_game, value.values()))
    return isinstance(value, list) and any(map(names_own_game, value))


def check_message(message: Mapping[str, Any], verbs: set[str]) -> None:
    """Compare a message of the server. ``verbs`` are those of the requests with the id that it replies to."""
    room = message.get("room") or (message["ok"].get("room") if isinstance(message.get("ok"), dict) else None)
    game = room.partition("-")[0] if isinstance(room, str) else None
    if (room is not None and game not in GAMES) or names_own_game(message):
        return
    if "error" in message:
        names = ["ErrorReply"]
    elif "ok" in message:
        names = [VERBS[verb] for verb in sorted(verbs)] or [*VERBS.values()]
    elif "notice" in message:
        names = [NOTICES[message["notice"]]]
    else:
        names = ["Frame" if "events" in message else "PrivateFrame" if "private" in message else "SnapshotFrame"]
    found = [next(socket_validator(name, game).iter_errors(message), None) for name in names]
    if all(found):
        FAULTS.append(f"{names}: {_told(found[0])} in {json.dumps(message)[:1500]}")


class CheckedSocket(aiohttp.ClientWebSocketResponse):
    """A WebSocket that compares every message that it receives."""

    async def send_str(self, data: str, compress: int | None = None) -> None:
        self._note(data)
        await super().send_str(data, compress)

    async def send_frame(self, message: bytes, opcode: Any, compress: int | None = None) -> None:
        self._note(message)
        await super().send_frame(message, opcode, compress)

    async def receive(self, timeout: float | None = None) -> aiohttp.WSMessage:
        message = await super().receive(timeout)
        if message.type is aiohttp.WSMsgType.TEXT:
            read = json.loads(message.data)
            check_message(read, self._asked().get(read.get("re"), set()))
        return message

    def _asked(self) -> dict[Any, set[str]]:
        """The verbs of the requests so far, by id."""
        asked: dict[Any, set[str]] = self.__dict__.setdefault("asked", {})
        return asked

    def _note(self, sent: str | bytes) -> None:
        try:
            request = json.loads(sent)
            if request["do"] in VERBS:
                self._asked().setdefault(request["id"], set()).add(request["do"])
        except (ValueError, TypeError, KeyError, RecursionError):
            pass  # a message that no client should send


@lru_cache
def _http() -> tuple[dict[str, Any], list[tuple[re.Pattern[str], str]]]:
    document = closed(deepcopy(describe_http(ROUTES)))
    paths = [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in document["paths"]]
    return document, sorted(paths, key=lambda each: each[1].count("{"))


@lru_cache
def _answer_validator(path: str, method: str, status: str, media: str) -> Any:
    """The validator of an answer's body; None if the description has none; a text if it lacks the status."""
    document, _ = _http()
    operation = document["paths"][path].get(method)
    if operation is None:
        return None
    answer = operation["responses"].get(status)
    if answer is None:
        return f"the status {status} is not described"
    schema = answer.get("content", {}).get(media, {}).get("schema")
    if schema is None:
        return None
    return jsonschema_rs.Draft202012Validator(schema | {"components": document["components"]})


class CheckedResponse(aiohttp.ClientResponse):
    """A response that compares its body."""

    async def read(self) -> bytes:
        unread = self._body is None
        body = await super().read()
        media = self.content_type
        if unread and body and media in ("application/json", "application/problem+json"):
            self._check(body, media)
        return body

    def _check(self, body: bytes, media: str) -> None:
        path = next((path for pattern, path in _http()[1] if pattern.fullmatch(self.url.path)), None)
        if path is None:
            return
        validator = _answer_validator(path, self.method.lower(), str(self.status), media)
        where = f"{self.method} {path} {self.status}"
        if isinstance(validator, str):
            FAULTS.append(f"{where}: {validator}: {body[:500]!r}")
            return
        read = json.loads(body)
        if validator is None or names_own_game(read):
            return
        if error := next(validator.iter_errors(read), None):
            FAULTS.append(f"{where}: {_told(error)} in {body[:1500]!r}")


def _told(error: Any) -> str:
    return f"{error.message[:600]} at {'/'.join(map(str, error.instance_path)) or 'the top'}"


CHECKED: dict[str, Any] = {"response_class": CheckedResponse, "ws_response_class": CheckedSocket}
"""Arguments of an aiohttp.ClientSession that compares what it receives."""
