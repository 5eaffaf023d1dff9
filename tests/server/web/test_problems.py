"""Errors as problem documents."""

import json
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from server.errors import ERRORS, ClientError
from server.web.problems import (
    CONTENT_TYPE,
    InvalidField,
    document,
    problem_middleware,
    response,
    retry_later,
    validation_failed,
)
from storage.errors import DatabaseUnavailableError


@pytest.mark.parametrize("code", [error.code for error in ERRORS.values() if error.status])
def test_every_code_has_a_problem_document(code: str) -> None:
    told = document(ClientError(code))
    assert (told.code, told.status, told.title) == (code, ERRORS[code].status, ERRORS[code].meaning)
    assert told.type == f"/docs#{code}"


def body_of(refusal: ClientError) -> dict[str, Any]:
    body = response(refusal).body
    assert isinstance(body, bytes)
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def test_invalid_fields_are_listed() -> None:
    missing, short = InvalidField.of("a.b", "missing", "missing"), InvalidField.of("c", "x", "too_short", least=2)
    assert body_of(validation_failed(missing, short))["errors"] == [
        {"field": "a.b", "code": "missing", "message": "This field is required.", "reason": "missing"},
        {
            "field": "c",
            "code": "x",
            "message": "This must have at least 2 characters or items.",
            "reason": "too_short",
            "values": {"least": 2},
        },
    ]


@pytest.mark.parametrize(("seconds", "wait_s"), [(0, 1), (0.2, 1), (1, 1), (1.001, 2), (60, 60)])
def test_the_wait_is_given_in_whole_seconds(seconds: float, wait_s: int) -> None:
    refusal = retry_later("rate_limited", seconds)
    assert response(refusal).headers["Retry-After"] == str(wait_s)
    assert body_of(refusal)["retry_after"] == wait_s


def test_status_401_asks_for_a_bearer_token() -> None:
    assert response(ClientError("token_missing")).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ClientError("not_yet"), 409, "not_yet"),
        (DatabaseUnavailableError("gone"), 503, "unavailable"),
        (web.HTTPNotFound(), 404, "not_found"),
        (web.HTTPMethodNotAllowed("POST", ["GET"]), 405, "method_not_allowed"),
        (web.HTTPRequestEntityTooLarge(1, 2), 413, "too_large"),
        (web.HTTPBadRequest(reason="odd"), 400, "invalid_json"),
        (web.HTTPServiceUnavailable(), 500, "internal_error"),
        (RuntimeError("secret"), 500, "internal_error"),
    ],
)
async def test_every_exception_becomes_a_problem_document(
    aiohttp_client: AiohttpClient, error: Exception, status: int, code: str
) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise error

    app = web.Application(middlewares=[problem_middleware])
    app.router.add_get("/", fail)
    answer = await (await aiohttp_client(app)).get("/")
    body: dict[str, Any] = await answer.json(content_type=CONTENT_TYPE)
    assert (answer.status, body["status"], body["code"]) == (status, status, code)
    assert "secret" not in str(body)


async def test_a_redirect_is_not_an_error(aiohttp_client: AiohttpClient) -> None:
    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/there")

    app = web.Application(middlewares=[problem_middleware])
    app.router.add_get("/", redirect)
    client = await aiohttp_client(app)
    assert (await client.get("/", allow_redirects=False)).status == 302
