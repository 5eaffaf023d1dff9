"""The security headers of every response."""

import base64
import hashlib

from server.web.security_headers import content_security_policy, script_hashes
from tests.server.web.world import Opener, World

MAP = b'\n{"imports": {}}\n'
PAGE = b'<script type="importmap">' + MAP + b'</script><script type="module" src="/client/app.js"></script>'


def test_our_inline_scripts_are_allowed_by_hash() -> None:
    digest = base64.b64encode(hashlib.sha256(MAP).digest()).decode()
    assert script_hashes(PAGE) == [f"'sha256-{digest}'"]
    policy = content_security_policy(PAGE, "https://play.example")
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "connect-src 'self' wss://play.example;" in policy
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert "*" not in policy


async def test_every_response_has_the_headers(world: World) -> None:
    for path in ("/", "/docs", "/healthz", "games", "users/nobody", "/nowhere", "me", "/client/nothing.js"):
        headers = (await world.call("GET", path)).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Server"] == "Croupier"


async def test_browsers_stay_with_https_once_they_have_seen_it(open_world: Opener) -> None:
    secure = await open_world(public_url="https://play.campus.example")
    for path in ("/", "games", "/nowhere"):
        header = (await secure.call("GET", path)).headers["Strict-Transport-Security"]
        assert header == "max-age=31536000; includeSubDomains"
    plain = await open_world(public_url="http://play.campus.example")
    assert "Strict-Transport-Security" not in (await plain.call("GET", "/")).headers


async def test_the_policy_allows_the_scripts_of_the_served_page(world: World) -> None:
    response = await world.call("GET", "/")
    for source in script_hashes(await response.read()):
        assert source in response.headers["Content-Security-Policy"]


async def test_api_responses_are_not_cached(world: World) -> None:
    for path in ("games", "users/nobody", "me"):
        assert (await world.call("GET", path)).headers["Cache-Control"] == "no-store"
