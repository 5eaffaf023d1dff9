"""The OpenAPI 3.1 description of the HTTP API, made from the routes and their types."""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from game_engine.game import AnyGame
from game_engine.games import GAMES
from server.errors import ERRORS
from server.game_schemas import GameSchemas, published_reasons
from server.schemas import Schema, Schemas, fields_of
from server.version import VERSION
from server.web.decode import PATH_TYPES
from server.web.problems import CONTENT_TYPE, ProblemDocument
from server.web.route import Route

_SECURITY: Schema = {"bearer": {"type": "http", "scheme": "bearer"}}


def describe(routes: Sequence[Route], games: Mapping[str, AnyGame] = GAMES) -> dict[str, Any]:
    """The document, as JSON-ready values."""
    schemas = Schemas([ProblemDocument, *(type_ for route in routes for type_ in _types(route))])
    # Queries and paths are described parameter by parameter, so their types are not components.
    parameters = Schemas([*PATH_TYPES.values(), *(route.query for route in routes)])
    paths: dict[str, Any] = {}
    for route in routes:
        path = paths.setdefault(route.path, {})
        path[route.method.lower()] = _operation(route, schemas, parameters)
    GameSchemas(games).complete(schemas.components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Croupier",
            "version": VERSION,
            "description": "Accounts, history and everything else that does not need to be live. "
            "Amounts are whole cents; times are ISO 8601 in UTC; unknown fields are an error.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _SECURITY},
        "x-reasons": msgspec.to_builtins(published_reasons(games)),
    }


def _types(route: Route) -> Iterable[Any]:
    if route.answer is not None:
        yield route.answer
    yield from route.more.values()
    if route.wants_fields:
        yield route.body


def _operation(route: Route, schemas: Schemas, parameters: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": parameters.of(PATH_TYPES[name])}
                for name in route.names
            ),
            *(
                {"name": field.name, "in": "query", "required": False, "schema": field.schema}
                for field in fields_of(parameters.struct(route.query))
            ),
        ],
        "responses": _responses(route, schemas),
    }
    if route.wants_fields:
        content = {"application/json": {"schema": schemas.of(route.body)}}
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


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, type_ in {route.status: route.answer, **route.more}.items():
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if type_ is not None:
            answer["content"] = {
                media: {"schema": schemas.of(type_) if media == "application/json" else {"type": "string"}}
                for media in route.media
            }
        responses[str(status)] = answer
    for status, codes in _codes_by_status(route).items():
        described = responses.setdefault(str(status), {"description": ""})
        meanings = "; ".join(f"`{code}`: {ERRORS[code].meaning}" for code in codes)
        described["description"] = f"{described['description']} {meanings}".strip()
        described.setdefault("content", {})[CONTENT_TYPE] = {"schema": schemas.of(ProblemDocument)}
    return responses


def _codes_by_status(route: Route) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in route.all_errors():
        found.setdefault(ERRORS[code].status, []).append(code)
    return dict(sorted(found.items()))
