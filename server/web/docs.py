"""Serves the descriptions of both APIs as JSON and as one HTML page, which needs no other server."""

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from server.errors import CLOSES, ERRORS
from server.schemas import Field, Schema, bounds_of, fields_of, spell

_STYLE = Path(__file__).with_name("docs.css")
_HEAD = (
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Croupier: the protocol</title>'
    '<link rel="stylesheet" href="/docs/style.css"></head>\n<body><main>\n'
)
_INTRODUCTION = (
    "<h1>Croupier: the protocol</h1>\n<p>HTTP serves accounts and history, one WebSocket everything live. "
    'As JSON: <a href="/openapi.json">openapi.json</a>, <a href="/asyncapi.json">asyncapi.json</a>.</p>\n'
    '<nav><a href="#http">HTTP</a> <a href="#http-types">HTTP types</a> <a href="#websocket">WebSocket</a> '
    '<a href="#reasons">Reasons</a> <a href="#errors">Error codes</a> <a href="#closes">Close codes</a></nav>\n'
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
        *_reasons(asyncapi.get("x-reasons", [])),
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
            fields = [Field(p["name"], p["schema"], p["required"]) for p in operation["parameters"]]
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                yield f"<p>Body: {spell(body, Html('http'))}.</p>\n"
            yield _table(fields, Html("http"))
            yield from _responses(operation["responses"])
            yield "</section>\n"


def _responses(responses: dict[str, Any]) -> Iterable[str]:
    yield "<ul>"
    for status, response in responses.items():
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        answer = f" {spell(schema, Html('http'))}" if schema else ""
        yield f"<li><b>{status}</b>{answer} {_with_code(response['description'])}</li>"
    yield "</ul>\n"


def _with_code(text: str) -> str:
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if position % 2 else piece for position, piece in enumerate(pieces))


def _messages(asyncapi: dict[str, Any]) -> Iterable[str]:
    yield f"<p>{_with_code(asyncapi.get('info', {}).get('description', ''))}</p>\n"
    components = asyncapi.get("components", {})
    for name, message in components.get("messages", {}).items():
        payload = message.get("payload", {})
        about = message.get("summary") or message.get("description") or ""
        yield f"<section><h3><code>{escape(message.get('name', name))}</code></h3>\n"
        shown = "" if "properties" in payload else spell(payload, Html("ws"))
        yield f"<p>{_with_code(about)} {shown}</p>\n{_table(fields_of(payload), Html('ws'))}</section>\n"
    yield from _schemas(components.get("schemas", {}), "ws")


def _schemas(schemas: dict[str, Any], side: str) -> Iterable[str]:
    for name, schema in schemas.items():
        yield f'<section><h3 id="{side}-{escape(name)}">{escape(schema.get("title", name))}</h3>\n'
        if schema.get("description"):
            yield f"<p>{_with_code(schema['description'])}</p>\n"
        if "properties" in schema:
            yield _table(fields_of(schema), Html(side))
        else:
            yield f"<p>{spell(schema, Html(side))}</p>\n"
        yield "</section>\n"


def _table(fields: Iterable[Field], notation: "Html") -> str:
    rows = "".join(
        f"<tr><td><code>{escape(field.name)}</code>{'' if field.required else ' <small>optional</small>'}</td>"
        f"<td>{spell(field.schema, notation)}</td><td>{_with_code(_about(field.schema))}</td></tr>"
        for field in fields
    )
    head = "<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>"
    return f"<table>{head}<tbody>{rows}</tbody></table>\n" if rows else ""


def _about(schema: Schema) -> str:
    members = schema.get("anyOf", ())
    about = schema.get("description") or next((m["description"] for m in members if "description" in m), "")
    return f"{about} Default: {json.dumps(schema['default'])}.".strip() if "default" in schema else about


class Html:
    """The notation of the page, with links to the types on one ``side`` of it: ``http`` or ``ws``."""

    def __init__(self, side: str) -> None:
        self._side = side

    def reference(self, name: str) -> str:
        return f'<a href="#{self._side}-{escape(name)}">{escape(name)}</a>'

    def union(self, members: list[str]) -> str:
        return " or ".join(members)

    def literal(self, value: Any) -> str:
        return f"<code>{escape(json.dumps(value))}</code>"

    def array(self, item: str) -> str:
        return f"list of {item}"

    def mapping(self, _key: str, value: str) -> str:
        return "object" if value == "anything" else f"object with values of type {value}"

    def scalar(self, schema: Schema) -> str:
        return escape(str(schema.get("format") or schema.get("type") or "anything")) + _bounds(schema)


def _bounds(schema: Schema) -> str:
    least, greatest = bounds_of(schema)
    if least is None and greatest is None:
        return ""
    return f" {'' if least is None else least}…{'' if greatest is None else greatest}"


def _reasons(reasons: Iterable[dict[str, Any]]) -> Iterable[str]:
    yield '<h2 id="reasons">Reasons</h2>\n<p>An error whose message says more than its code has a <code>reason</code> '
    yield "and the <code>values</code> in the message, so that a client can say it in its own words.</p>\n"
    yield "<table><thead><tr><th>Code</th><th>Reason</th><th>Game</th><th>Values</th><th>Message</th></tr></thead>\n"
    yield "<tbody>"
    for each in reasons:
        values = ", ".join(f"<code>{escape(name)}</code> ({escape(unit)})" for name, unit in each["values"].items())
        yield f"<tr><td><code>{escape(each['code'])}</code></td><td><code>{escape(each['reason'])}</code></td>"
        yield f"<td>{escape(each.get('game', ''))}</td><td>{values}</td><td>{escape(each['message'])}</td></tr>"
    yield "</tbody></table>\n"


def _codes() -> Iterable[str]:
    yield '<h2 id="errors">Error codes</h2>\n<table><thead><tr><th>Code</th><th>HTTP</th><th>Meaning</th>'
    yield "<th>Retry?</th></tr></thead><tbody>"
    for error in ERRORS.values():
        status = str(error.status) if error.status else "WebSocket"
        retry = "later" if error.retry else "no"
        yield f'<tr id="{error.code}"><td><code>{error.code}</code></td><td>{status}</td>'
        yield f"<td>{escape(error.meaning)}</td><td>{retry}</td></tr>"
    yield '</tbody></table>\n<h2 id="closes">Close codes</h2>\n<table><thead><tr><th>Code</th><th>Name</th>'
    yield "<th>Meaning</th></tr></thead><tbody>"
    for close in CLOSES.values():
        yield f"<tr><td>{close.code}</td><td><code>{close.name}</code></td><td>{escape(close.meaning)}</td></tr>"
    yield "</tbody></table>\n"
