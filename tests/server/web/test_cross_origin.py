"""Pages of the allowed origins can use the whole API; others get what they always got."""

from aiohttp import ClientResponse

from tests.server.web.world import Opener, World

ALLOWED, EVIL = "https://games.example", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


def shared(response: ClientResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("Access-Control-")}


def varies(response: ClientResponse) -> list[str]:
    return response.headers.get("Vary", "").split(", ")


async def test_a_page_of_an_allowed_origin_can_sign_in_and_play(open_world: Opener) -> None:
    world = await open_world(allowed_origins=(ALLOWED, "http://localhost:3000"))
    asked = await world.call("OPTIONS", "auth/login", headers={"Origin": ALLOWED, **PREFLIGHT})
    assert (asked.status, await asked.read()) == (204, b"")
    assert shared(asked) == {
        "Access-Control-Allow-Origin": ALLOWED,
        "Access-Control-Allow-Methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": "7200",
        "Access-Control-Expose-Headers": "Content-Disposition, Retry-After",
    }
    assert asked.headers["Vary"] == "Origin"
    ann = await world.player()
    for method, path, status in (("GET", "games", 200), ("GET", "me", 200), ("POST", "auth/login", 422)):
        headers = {"Origin": ALLOWED, "Authorization": f"Bearer {ann.token}"}
        response = await world.call(method, path, headers=headers, **({"json": {}} if method == "POST" else {}))
        assert response.status == status
        # Errors too: the page must be able to read the code.
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED
        assert "Origin" in varies(response)
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in response.headers


async def test_other_origins_get_nothing(open_world: Opener) -> None:
    world = await open_world(allowed_origins=(ALLOWED,))
    for origin in (EVIL, "null", f"{ALLOWED}.evil.example", f"{ALLOWED}:443", ALLOWED.upper()):
        asked = await world.call("OPTIONS", "auth/login", headers={"Origin": origin, **PREFLIGHT})
        assert (asked.status, shared(asked)) == (405, {})
        response = await world.call("GET", "games", headers={"Origin": origin})
        assert (response.status, shared(response)) == (200, {})
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Origin" in varies(response)


async def test_only_the_api_is_shared(open_world: Opener) -> None:
    world = await open_world(allowed_origins=(ALLOWED,))
    for path in ("/", "/client/core-1.js", "/metrics", "/readyz"):
        assert shared(await world.call("GET", path, headers={"Origin": ALLOWED})) == {}


async def test_without_the_setting_nothing_changes(world: World) -> None:
    asked = await world.call("OPTIONS", "auth/login", headers={"Origin": ALLOWED, **PREFLIGHT})
    assert (asked.status, shared(asked)) == (405, {})
    response = await world.call("GET", "games", headers={"Origin": ALLOWED})
    assert (shared(response), varies(response)) == ({}, ["Accept-Encoding"])
