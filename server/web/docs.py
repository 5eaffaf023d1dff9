"""The published descriptions, and a page that shows them to people without asking any other server."""

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from server.errors import CLOSES, ERRORS

_STYLE = Path(__file__).with_name("docs.css")
_HEAD = (
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Croupier: the protocol</title>'
    '<link rel="stylesheet" href="/docs/style.css"></head>\n<body><main>\n'
)
_INTRODUCTION = (
    "<h1>Croupier: the protocol</h1>\n<p>Two doors: HTTP for accounts and history, one WebSocket for everything live. "
    'For programs: <a href="/openapi.json">openapi.json</a>, <a href="/asyncapi.json">asyncapi.json</a>.</p>\n'
    '<nav><a href="#http">HTTP</a> <a href="#http-types">HTTP types</a> <a href="#websocket">WebSocket</a> '
    '<a href="#errors">Error codes</a> <a href="#closes">Close codes</a></nav>\n'
)


class Docs:
    def __init__(self, openapi: bytes, asyncapi: bytes) -> None:
        self._openapi = openapi
        self._asyncapi = asyncapi
        self._page = render(json.loads(openapi), json.loads(asyncapi)).encode()
        self._style = _STYLE.read_bytes()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/openapi.json", self.show_openapi)
        app.router.add_get("/asyncapi.json", self.show_asyncapi)
        app.router.add_get("/docs", self.show_page)
        app.router.add_get("/docs/style.css", self.show_style)

    async def show_openapi(self, _request: web.Request) -> web.Response:
        return _answer(self._openapi, "application/json")

    async def show_asyncapi(self, _request: web.Request) -> web.Response:
        return _answer(self._asyncapi, "application/json")

    async def show_page(self, _request: web.Request) -> web.Response:
        return _answer(self._page, "text/html")

    async def show_style(self, _request: web.Request) -> web.Response:
        return _answer(self._style, "text/css")


def _answer(body: bytes, content_type: str) -> web.Response:
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers={"Cache-Control": "no-cache"})


def render(openapi: dict[str, Any], asyncapi: dict[str, Any]) -> str:
    """Both documents and the tables of codes as one HTML page."""
    parts = [
        _HEAD,
        _INTRODUCTION,
        '<h2 id="http">HTTP</h2>\n',
        *_calls(openapi),
        '<h2 id="http-types">HTTP types</h2>\n',
        *_schemas(openapi["components"]["schemas"], "http"),
        '<h2 id="websocket">WebSocket</h2>\n',
        *_messages(asyncapi),
        *_codes(),
        "</main></body></html>\n",
    ]
    return "".join(parts)


def _calls(openapi: dict[str, Any]) -> Iterable[str]:
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            lock = " <small>signed in</small>" if "security" in operation else ""
            yield f"<section><h3><code>{method.upper()} {escape(path)}</code>{lock}</h3>\n"
            yield f"<p>{escape(operation['summary'])}</p>\n"
            fields = [(p["name"], p["schema"], p["required"]) for p in operation["parameters"]]
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                yield f"<p>Takes {_type(body, 'http')}.</p>\n"
            yield _table(fields, "http")
            yield from _responses(operation["responses"])
            yield "</section>\n"


def _responses(responses: dict[str, Any]) -> Iterable[str]:
    yield "<ul>"
    for status, response in responses.items():
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        answer = f" {_type(schema, 'http')}" if schema else ""
        yield f"<li><b>{status}</b>{answer} {_with_code(response['description'])}</li>"
    yield "</ul>\n"


def _with_code(text: str) -> str:
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))


def _messages(asyncapi: dict[str, Any]) -> Iterable[str]:
    yield f"<p>{_with_code(asyncapi.get('info', {}).get('description', ''))}</p>\n"
    components = asyncapi.get("components", {})
    for name, message in components.get("messages", {}).items():
        payload = message.get("payload", {})
        about = message.get("summary") or message.get("description") or ""
        yield f"<section><h3><code>{escape(message.get('name', name))}</code></h3>\n"
        yield f"<p>{_with_code(about)} {_type(payload, 'ws')}</p></section>\n"
    yield from _schemas(components.get("schemas", {}), "ws")


def _schemas(schemas: dict[str, Any], side: str) -> Iterable[str]:
    for name, schema in schemas.items():
        yield f'<section><h3 id="{side}-{escape(name)}">{escape(schema.get("title", name))}</h3>\n'
        if schema.get("description"):
            yield f"<p>{escape(schema['description'])}</p>\n"
        if "properties" in schema:
            required = schema.get("required", ())
            yield _table([(n, s, n in required) for n, s in schema["properties"].items()], side)
        else:
            yield f"<p>{_type(schema, side)}</p>\n"
        yield "</section>\n"


def _table(fields: list[tuple[str, dict[str, Any], bool]], side: str) -> str:
    if not fields:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if needed else ' <small>optional</small>'}</td>"
        f"<td>{_type(schema, side)}</td><td>{escape(_about(schema))}</td></tr>"
        for name, schema, needed in fields
    )
    return f"<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>\n"


def _about(schema: dict[str, Any]) -> str:
    members = schema.get("anyOf", ())
    told = schema.get("description") or next((m["description"] for m in members if "description" in m), "")
    return f"{told} Default: {json.dumps(schema['default'])}.".strip() if "default" in schema else told


def _type(schema: dict[str, Any], side: str) -> str:
    """A schema in a few words, as HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{side}-{escape(name)}">{escape(name)}</a>'
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema:
            return " or ".join(_type(member, side) for member in schema[alternatives])
    for constant in ("enum", "const"):
        if constant in schema:
            values = schema[constant] if constant == "enum" else [schema[constant]]
            return " or ".join(f"<code>{escape(json.dumps(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), side)}"
    kind = schema.get("format") or schema.get("type") or "anything"
    return f"{escape(str(kind))}{_bounds(schema)}"


def _bounds(schema: dict[str, Any]) -> str:
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    if least is None and most is None:
        return ""
    return f" {'' if least is None else least}…{'' if most is None else most}"


def _codes() -> Iterable[str]:
    yield '<h2 id="errors">Error codes</h2>\n<table><thead><tr><th>Code</th><th>HTTP</th><th>Meaning</th>'
    yield "<th>Again?</th></tr></thead><tbody>"
    for error in ERRORS.values():
        status = str(error.status) if error.status else "WebSocket"
        again = "later" if error.retry else "no"
        yield f'<tr id="{error.code}"><td><code>{error.code}</code></td><td>{status}</td>'
        yield f"<td>{escape(error.meaning)}</td><td>{again}</td></tr>"
    yield '</tbody></table>\n<h2 id="closes">Close codes</h2>\n<table><thead><tr><th>Code</th><th>Name</th>'
    yield "<th>Meaning</th></tr></thead><tbody>"
    for close in CLOSES.values():
        yield f"<tr><td>{close.code}</td><td><code>{close.name}</code></td><td>{escape(close.meaning)}</td></tr>"
    yield "</tbody></table>\n"
