"""Alive, ready, measured."""

import pytest

from storage.errors import DatabaseUnavailableError
from tests.server.web.world import Opener, World, answer


async def test_alive(world: World) -> None:
    assert await answer(await world.call("GET", "/healthz")) == {"status": "ok"}


async def test_ready(open_world: Opener) -> None:
    found: list[str] = []

    async def books() -> str | None:
        return found[0] if found else None

    world = await open_world(readiness_checks=(books,))
    assert await answer(await world.call("GET", "/readyz")) == {"status": "ready", "reasons": []}
    found.append("the books do not balance")
    world.rooms.trouble.append("settling fails")
    response = await world.call("GET", "/readyz")
    assert response.status == 503
    assert await response.json() == {"status": "not_ready", "reasons": ["settling fails", "the books do not balance"]}


async def test_not_ready_without_a_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> None:
        raise DatabaseUnavailableError("gone")

    monkeypatch.setattr(world.db, "ping", away)
    response = await world.call("GET", "/readyz")
    assert (response.status, (await response.json())["reasons"]) == (503, ["the database does not answer"])
    assert (await world.call("GET", "/healthz")).status == 200


async def test_metrics(world: World) -> None:
    await world.call("GET", "games")
    await world.call("GET", "users/nobody")
    await world.call("PROPFIND", "games")
    text = await (await world.call("GET", "/metrics")).text()
    assert 'croupier_http_requests_total{method="GET",path="/api/v1/games",status="200"} 1.0' in text
    assert 'croupier_http_requests_total{method="GET",path="/api/v1/users/{username}",status="404"} 1.0' in text
    assert 'method="other",path="none",status="405"' in text
