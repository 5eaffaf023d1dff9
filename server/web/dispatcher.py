"""Take a request to its handler and back: rate limits, sign-in, decoding and encoding, as its route says."""

import csv
import io
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import hdrs, web

from server.clock import utc
from server.errors import ClientError, token_ended
from server.security_log import record
from server.web.decode import decode_body, decode_path, decode_query, read_body
from server.web.deps import WebDeps
from server.web.encodings import compressed
from server.web.languages import language_for
from server.web.rate_limits import BAD_TOKEN
from server.web.route import Csv, HttpCall, Route, Text
from storage.errors import DatabaseUnavailableError
from storage.tokens import SignedIn, find_signed_in, has_expired, is_use_due, record_use, token_hash

log = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store"}
CSV_CHUNK = 32 * 1024
REFUSALS = ("forbidden", "account_inactive", "token_invalid")
"""The codes of calls that somebody was not allowed to make. They are on record."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

encode = msgspec.json.Encoder().encode


class Dispatcher:
    """Runs the routes' handlers with ``deps``. ``address`` gives a request's client address."""

    def __init__(self, deps: WebDeps, address: Callable[[web.Request], str]) -> None:
        self._deps = deps
        self._address = address

    async def serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        """Answer a request. Raises ClientError if the call is refused."""
        try:
            return await self._serve(route, request)
        except ClientError as problem:
            if problem.error.code in REFUSALS and not route.event:
                record(f"{route.method} {route.path}", problem.error.code, user_id=None, source=self._address(request))
            raise

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        now = utc(self._deps.clock.now_ms())
        address = self._address(request)
        signed_in = None
        if route.auth or (route.may_sign_in and "Authorization" in request.headers):
            signed_in = await self._authenticate(request, address, now)
            await self._deps.rate_limits.take(route.rate, signed_in.user_id)
        else:
            self._deps.rate_limits.take_address(route.rate, address, self._deps.clock.monotonic_ms())
        call = HttpCall(
            deps=self._deps,
            path=decode_path(request),
            query=decode_query(request, route.query),
            body=await self._body(request, route) if route.takes_body else None,
            now=now,
            signed_in=signed_in,
            address=address,
            language=language_for(",".join(request.headers.getall(hdrs.ACCEPT_LANGUAGE, ()))),
        )
        return await _answer(request, route, await _run(route, call))

    async def _body(self, request: web.Request, route: Route) -> Any:
        body = await read_body(request)
        # A call without fields may also have no body.
        return decode_body(body or b"{}" if not route.wants_fields else body, route.body)

    async def _authenticate(self, request: web.Request, address: str, now: datetime) -> SignedIn:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ClientError("token_missing")
        token = token.strip()
        found = await find_signed_in(self._deps.db, token_hash(token)) if token.isascii() else None
        if found is None or found.state.end_reason:
            # Count only failures: other players behind the same address send valid tokens.
            self._deps.rate_limits.take_address(BAD_TOKEN, address, self._deps.clock.monotonic_ms())
            raise token_ended(found.state.end_reason if found else "")
        ttl_s, state = self._deps.config.token_ttl, found.state
        if has_expired(state.used_at, now, ttl_s):
            raise ClientError("token_expired")
        if not found.is_active:
            raise ClientError("account_inactive")
        if is_use_due(state.used_at, now, ttl_s):
            await record_use(self._deps.db, [state.token_id], now, ttl_s)
        return found


async def _run(route: Route, call: HttpCall[Any, Any]) -> Any:
    """Run the handler, and log the call if it is a security event."""
    if not route.event:
        return await route.handler(call)
    result = "internal_error"
    try:
        answer = await route.handler(call)
        result = "done"
    except ClientError as problem:
        result = problem.error.code
        raise
    finally:
        user_id = call.subject.user_id or (call.signed_in.user_id if call.signed_in else None)
        record(route.event, result, user_id=user_id, source=call.address)
    return answer


async def _answer(request: web.Request, route: Route, answer: Any) -> web.StreamResponse:
    status = route.status
    if isinstance(answer, tuple):
        status, answer = answer
    if isinstance(answer, Csv):
        return await _stream(request, answer)
    if isinstance(answer, Text):
        return web.Response(body=answer.body, headers={"Content-Type": answer.content_type, **NO_STORE})
    if answer is None:
        return web.Response(status=status, headers=NO_STORE)
    response = web.Response(status=status, body=encode(answer), content_type="application/json", headers=NO_STORE)
    return compressed(request, response) if route.may_compress else response


async def _stream(request: web.Request, answer: Csv) -> web.StreamResponse:
    response = web.StreamResponse(headers=NO_STORE)
    response.content_type = "text/csv"
    response.charset = "utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{answer.filename}"'
    buffer = io.StringIO()
    buffer.write("\ufeff" if answer.bom else "")
    writer = csv.writer(buffer)
    writer.writerow(answer.header)
    # If the first row fails, the client still gets an error response; later, the download can only be aborted.
    first = await anext(answer.rows, None)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        if first is not None:
            writer.writerow(escape_formulas(first))
        async for row in answer.rows:
            writer.writerow(escape_formulas(row))
            if buffer.tell() > CSV_CHUNK:
                await response.write(_take(buffer))
        await response.write(_take(buffer))
        await response.write_eof()
    except DatabaseUnavailableError as error:
        log.warning("download of %s aborted: %s", answer.filename, error)
        if request.transport is not None:
            request.transport.abort()
    return response


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def escape_formulas(row: Sequence[object]) -> list[object]:
    """The cells, changed so that a spreadsheet never runs one as a formula."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell for cell in row]
