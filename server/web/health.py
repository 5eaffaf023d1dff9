"""Liveness, readiness to take bets, and metrics."""

import asyncio
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.web.decode import NoFields
from server.web.route import HttpCall, Route, Text
from server.web.views import Liveness, Readiness
from storage.errors import DatabaseUnavailableError

DATABASE_TIMEOUT_S = 3.0


async def healthz(_call: HttpCall[NoFields, NoFields]) -> Liveness:
    return Liveness()


async def readyz(call: HttpCall[NoFields, NoFields]) -> tuple[int, Readiness]:
    reasons = [*await _database(call), *call.deps.room_service.troubles()]
    for check in call.deps.readiness_checks:
        reason = await check()
        reasons += [reason] if reason else []
    return (503, Readiness("not_ready", reasons)) if reasons else (200, Readiness("ready", []))


async def _database(call: HttpCall[Any, Any]) -> list[str]:
    try:
        async with asyncio.timeout(DATABASE_TIMEOUT_S):
            await call.deps.db.ping()
    except (DatabaseUnavailableError, TimeoutError):
        return ["the database does not answer"]
    return []


async def metrics(call: HttpCall[NoFields, NoFields]) -> Text:
    return Text(generate_latest(call.deps.registry), CONTENT_TYPE_LATEST)


ROUTES = (
    Route(method="GET", path="/healthz", handler=healthz, summary="The server is running.", answer=Liveness),
    Route(
        method="GET",
        path="/readyz",
        handler=readyz,
        summary="Whether the server can take bets. If not, status 503 and the reasons.",
        answer=Readiness,
        more={503: Readiness},
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=metrics,
        summary="Metrics for Prometheus.",
        answer=str,
        media=("text/plain",),
    ),
)
