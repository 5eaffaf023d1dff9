"""Liveness, readiness and metrics."""

from tests.server.web.world import Opener, World, answer


async def test_the_server_is_alive(world: World) -> None:
    assert await answer(await world.call("GET", "/healthz")) == {"status": "ok"}


async def test_checks_and_troubles_make_the_server_unready(open_world: Opener) -> None:
    found: list[str] = []

    async def check() -> str | None:
        return found[0] if found else None

    world = await open_world(readiness_checks=(check,))
    assert await answer(await world.call("GET", "/readyz")) == {"status": "ready", "reasons": []}
    found.append("audit: 1 rows break a rule")
    world.room_service.trouble.append("settling fails")
    response = await world.call("GET", "/readyz")
    assert response.status == 503
    assert await response.json() == {"status": "not_ready", "reasons": ["settling fails", "audit: 1 rows break a rule"]}


async def test_the_server_is_not_ready_without_a_database(world: World) -> None:
    world.db.away = True
    response = await world.call("GET", "/readyz")
    assert (response.status, (await response.json())["reasons"]) == (503, ["the database does not answer"])
    assert (await world.call("GET", "/healthz")).status == 200


async def test_requests_are_counted(world: World) -> None:
    await world.call("GET", "games")
    await world.call("GET", "users/nobody")
    await world.call("PROPFIND", "games")
    text = await (await world.call("GET", "/metrics")).text()
    assert 'croupier_http_requests_total{method="GET",path="/api/v1/games",status="200"} 1.0' in text
    assert 'croupier_http_requests_total{method="GET",path="/api/v1/users/{username}",status="404"} 1.0' in text
    assert 'method="other",path="none",status="405"' in text
