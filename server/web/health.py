"""Whether the server lives, whether it can take bets, and its figures."""

import asyncio
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.web.call import Call, Route, Text
from server.web.decode import Nothing
from server.web.views import Alive, Ready
from storage.database import DatabaseUnavailableError

DATABASE_S = 3.0


async def healthz(_call: Call[Nothing, Nothing]) -> Alive:
    return Alive()


async def readyz(call: Call[Nothing, Nothing]) -> tuple[int, Ready]:
    reasons = [*await _database(call), *call.parts.lobby.troubles()]
    for check in call.parts.checks:
        reason = await check()
        reasons += [reason] if reason else []
    return (503, Ready("not_ready", reasons)) if reasons else (200, Ready("ready", []))


async def _database(call: Call[Any, Any]) -> list[str]:
    try:
        async with asyncio.timeout(DATABASE_S):
            await call.parts.db.ping()
    except (DatabaseUnavailableError, TimeoutError):
        return ["the database does not answer"]
    return []


async def metrics(call: Call[Nothing, Nothing]) -> Text:
    return Text(generate_latest(call.parts.registry), CONTENT_TYPE_LATEST)


ROUTES = (
    Route(method="GET", path="/healthz", handler=healthz, summary="The server is alive.", answer=Alive),
    Route(
        method="GET",
        path="/readyz",
        handler=readyz,
        summary="The server can take bets; 503 with the reasons when it can't.",
        answer=Ready,
        more={503: Ready},
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=metrics,
        summary="Figures for Prometheus.",
        answer=str,
        media=("text/plain",),
    ),
)
