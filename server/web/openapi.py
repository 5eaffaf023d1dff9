"""The HTTP API's own description, OpenAPI 3.1, made from the table of routes and its types."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from server.errors import ERRORS
from server.version import VERSION
from server.web.decode import PATH_TYPES
from server.web.problems import CONTENT_TYPE, ProblemDocument
from server.web.route import Route

TEMPLATE = "#/components/schemas/{name}"
_SECURITY: dict[str, Any] = {"bearer": {"type": "http", "scheme": "bearer"}}


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The document, as JSON-ready values."""
    types = _types(routes)
    schemas, components = msgspec.json.schema_components(types, ref_template=TEMPLATE)
    by_type = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        path = paths.setdefault(route.path, {})
        path[route.method.lower()] = _operation(route, by_type, components)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Croupier",
            "version": VERSION,
            "description": "Accounts, history and everything that does not need to be live. "
            "Amounts are whole cents, times ISO 8601 in UTC; unknown fields are an error.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }
    readable: dict[str, Any] = _readable(document)
    return readable


def _types(routes: Iterable[Route]) -> list[Any]:
    found: list[Any] = [ProblemDocument]
    for route in routes:
        wanted = [route.answer, *route.more.values(), *([route.body] if route.wants_fields else [])]
        found += [type_ for type_ in wanted if type_ is not None and type_ not in found]
    return found


def _operation(route: Route, by_type: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": [*_path_parameters(route), *_query_parameters(route.query)],
        "responses": _responses(route, by_type),
    }
    if route.wants_fields:
        content = {"application/json": {"schema": by_type[repr(route.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.auth:
        operation["security"] = [{"bearer": []}]
    elif route.may_sign_in:
        operation["security"] = [{}, {"bearer": []}]
    return operation


def _operation_id(route: Route) -> str:
    words = re.findall(r"[a-z]+", route.path.removeprefix("/api/v1"))
    return "_".join([route.method.lower(), *words])


def _tag(route: Route) -> str:
    parts = route.path.removeprefix("/api/v1").split("/")
    return parts[1] if route.path.startswith("/api/") else "server"


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(PATH_TYPES[name])}
        for name in route.names
    ]


def _query_parameters(query: type[Struct]) -> list[dict[str, Any]]:
    _, components = msgspec.json.schema_components([query], ref_template=TEMPLATE)
    properties = components[query.__name__]["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in properties.items()]


def _responses(route: Route, by_type: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, type_ in {route.status: route.answer, **route.more}.items():
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if type_ is not None:
            answer["content"] = {
                media: {"schema": by_type[repr(type_)] if media == "application/json" else {"type": "string"}}
                for media in route.media
            }
        responses[str(status)] = answer
    for status, codes in _codes_by_status(route).items():
        described = responses.setdefault(str(status), {"description": ""})
        meanings = "; ".join(f"`{code}`: {ERRORS[code].meaning}" for code in codes)
        described["description"] = f"{described['description']} {meanings}".strip()
        described.setdefault("content", {})[CONTENT_TYPE] = {"schema": by_type[repr(ProblemDocument)]}
    return responses


def _codes_by_status(route: Route) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in route.all_errors():
        found.setdefault(ERRORS[code].status, []).append(code)
    return dict(sorted(found.items()))


def _readable(value: Any) -> Any:
    """Patterns as JSON Schema reads them: its ``$`` never matches before a line's end."""
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return value.replace(r"$(?!\n)", "$") if isinstance(value, str) else value
