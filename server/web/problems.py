"""Every error of the HTTP API as a problem document (RFC 9457)."""

import logging
import secrets
from typing import Any, Self

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec import Struct
from msgspec.structs import replace

from server.errors import AS_TEXT, REASONS, ClientError
from server.messages import Values
from storage.errors import DatabaseUnavailableError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_S = 2
MAX_ERRORS = 20
"""How many invalid fields an answer names: a small body can have thousands."""
MAX_FIELD = 200
"""How much of a field's name an answer repeats, in characters."""

_BY_STATUS = {
    400: "invalid_json",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


class InvalidField(Struct, frozen=True, omit_defaults=True):
    """``field`` is a path, such as ``profile.dob``; empty means the whole body. ``reason`` says more than ``code``, for
    clients that have their own words; ``values`` are those in the message."""

    field: str
    code: str
    message: str
    reason: str = ""
    values: Values = {}

    @classmethod
    def of(cls, field: str, code: str, reason: str, **values: Any) -> Self:
        """``reason`` is one of the code ``validation_failed``."""
        message = REASONS["validation_failed", reason].say(values, AS_TEXT)
        return cls(field=field, code=code, message=message, reason=reason, values=values)


class ProblemDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem document. ``code`` is stable; ``detail`` is for people and may change."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[InvalidField] = []
    retry_after: int | None = None
    """Seconds; also in the Retry-After header."""
    next_at: str | None = None
    reason: str | None = None
    """A word for what the detail says beyond the code, such as why the sign-in was ended (``token_invalid``)."""
    values: Values = {}
    request_id: str | None = None


def invalid_field(field: str, code: str, reason: str, **values: Any) -> ClientError:
    return validation_failed(InvalidField.of(field, code, reason, **values))


def validation_failed(*errors: InvalidField) -> ClientError:
    """Names the first ``MAX_ERRORS`` invalid fields."""
    return ClientError("validation_failed", errors=[_shortened(each) for each in errors[:MAX_ERRORS]])


def _shortened(error: InvalidField) -> InvalidField:
    if len(error.field) <= MAX_FIELD:
        return error
    return replace(error, field=error.field[:MAX_FIELD] + "…")


def retry_later(code: str, retry_after_s: float, reason: str = "") -> ClientError:
    """An error that tells the client to wait at least ``retry_after_s``, in whole seconds from 1."""
    named = {"reason": reason} if reason else {}
    return ClientError(code, retry_after=max(1, -int(-retry_after_s // 1)), **named)


def document(problem: ClientError) -> ProblemDocument:
    error = problem.error
    return ProblemDocument(
        type=f"/docs#{error.code}",
        title=error.meaning,
        status=error.status or 500,
        code=error.code,
        detail=problem.message,
        **problem.extra,
    )


def response(problem: ClientError, headers: dict[str, str] | None = None) -> web.Response:
    body = document(problem)
    headers = dict(headers or {})
    headers["Cache-Control"] = "no-store"
    if body.retry_after is not None:
        headers["Retry-After"] = str(body.retry_after)
    if body.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(status=body.status, body=msgspec.json.encode(body), content_type=CONTENT_TYPE, headers=headers)


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception into a problem document. Unexpected ones become a 500 and are logged with a request id."""
    try:
        return await handler(request)
    except ClientError as problem:
        return response(problem)
    except DatabaseUnavailableError as error:
        log.warning("%s %s answered with 503: %s", request.method, request.rel_url.raw_path, error)
        return response(retry_later("unavailable", RETRY_S))
    except web.HTTPException as error:
        return _of_http(error)
    except ConnectionResetError:
        raise
    except Exception:
        request_id = secrets.token_hex(8)
        log.exception(
            "request %s failed: %s %s",
            request_id,
            request.method,
            request.rel_url.raw_path,
            extra={"request_id": request_id},
        )
        return response(ClientError("internal_error", request_id=request_id))


def _of_http(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    code = _BY_STATUS.get(error.status, "invalid_json" if error.status < 500 else "internal_error")
    kept: dict[str, Any] = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    named = {"reason": "malformed"} if code == "invalid_json" else {}
    return response(ClientError(code, **named), kept)
