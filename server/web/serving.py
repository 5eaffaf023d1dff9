"""From a request to its handler and back: limits, sign-in, decoding and encoding, as the route's entry says."""

import csv
import io
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from server.clock import utc
from server.errors import ClientError
from server.web.call import Call, Csv, Route, Text, Tools
from server.web.decode import decode_body, decode_path, decode_query, read_body
from server.web.live import Parts
from server.web.rates import BAD_TOKEN
from storage.credentials import SignedIn, find_signed_in, token_hash
from storage.database import DatabaseUnavailableError

log = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store"}
CSV_CHUNK = 32 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

encode = msgspec.json.Encoder().encode


class Serving:
    """Runs handlers of the table on these parts."""

    def __init__(self, parts: Parts, tools: Tools, address: Callable[[web.Request], str]) -> None:
        self._parts = parts
        self._tools = tools
        self._address = address

    async def serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        """Answer a request. Raises ClientError."""
        now_ms = self._parts.clock.now_ms()
        address = self._address(request)
        signed_in = None
        if route.auth or (route.may_sign_in and "Authorization" in request.headers):
            signed_in = await self._authenticate(request, address, now_ms)
            await self._tools.rates.take(route.rate, signed_in.user_id)
        else:
            self._tools.rates.take_address(route.rate, address, now_ms)
        call = Call(
            parts=self._parts,
            tools=self._tools,
            path=decode_path(request),
            query=decode_query(request, route.query),
            body=await self._body(request, route) if route.takes_body else None,
            now=utc(now_ms),
            signed_in=signed_in,
        )
        return await _answer(request, route, await route.handler(call))

    async def _body(self, request: web.Request, route: Route) -> Any:
        body = await read_body(request)
        # A call that takes no fields may come without a body.
        return decode_body(body or b"{}" if not route.wants_fields else body, route.body)

    async def _authenticate(self, request: web.Request, address: str, now_ms: int) -> SignedIn:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ClientError("token_missing")
        token = token.strip()
        found = await find_signed_in(self._parts.db, token_hash(token)) if token.isascii() else None
        if found is None:
            # Only what failed counts: others behind the same address have tokens that are right.
            self._tools.rates.take_address(BAD_TOKEN, address, now_ms)
            raise ClientError("token_invalid")
        if found.since + timedelta(seconds=self._parts.config.token_ttl) <= utc(now_ms):
            raise ClientError("token_expired")
        if not found.is_active:
            raise ClientError("account_inactive")
        return found


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
    return web.Response(status=status, body=encode(answer), content_type="application/json", headers=NO_STORE)


async def _stream(request: web.Request, answer: Csv) -> web.StreamResponse:
    response = web.StreamResponse(headers=NO_STORE)
    response.content_type = "text/csv"
    response.charset = "utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{answer.filename}"'
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(answer.header)
    # What fails before the first row still gets a proper answer; what fails later can only be cut off.
    first = await anext(answer.rows, None)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        if first is not None:
            writer.writerow(defused(first))
        async for row in answer.rows:
            writer.writerow(defused(row))
            if buffer.tell() > CSV_CHUNK:
                await response.write(_taken(buffer))
        await response.write(_taken(buffer))
        await response.write_eof()
    except DatabaseUnavailableError as error:
        log.warning("a download was cut off: %s", error)
        if request.transport is not None:
            request.transport.abort()
    return response


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def defused(row: Sequence[object]) -> list[object]:
    """Cells that a spreadsheet takes for text, whatever they say."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row]
