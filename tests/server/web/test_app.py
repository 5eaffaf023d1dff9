"""The complete HTTP API: all routes, and a clean shutdown."""

from server.web.app import API, ROUTES
from tests.server.web.world import PASSWORD, World

PROTOCOL = """
POST /auth/register, POST /auth/verify-email, POST /auth/verify-email/resend, POST /auth/login, POST /auth/logout,
POST /auth/password/forgot, POST /auth/password/reset, POST /auth/password/change, GET /me, PATCH /me, DELETE /me,
GET /me/wallet, GET /me/transactions, GET /me/sessions, GET /me/bets, GET /me/daily-bonus, POST /me/daily-bonus,
PUT /me/client-seed, GET /me/limits, PUT /me/limits, GET /users/{username}, GET /games, GET /games/{name}, GET /rooms,
GET /rooms/{room}, GET /rooms/{room}/rounds, GET /rounds/{round}
"""


def test_every_documented_call_has_a_route() -> None:
    expected = {tuple(call.split()) for call in PROTOCOL.replace("\n", " ").split(",")}
    assert {(r.method, r.path.removeprefix(API)) for r in ROUTES if r.path.startswith(API)} >= expected
    assert {r.path for r in ROUTES if not r.path.startswith(API)} == {"/healthz", "/readyz", "/metrics"}


def test_calls_without_a_token_are_limited_by_address() -> None:
    for route in ROUTES:
        if not route.auth and route.takes_body:
            assert route.rate.name in ("sign_in", "sign_up", "mail", "odds"), route.path


async def test_shutdown_finishes_background_work(world: World) -> None:
    await world.player("ann")
    assert (await world.post("auth/password/forgot", email="ann@campus.example")).status == 202
    body = {"roll_number": "B1", "email": "b@b.example", "username": "bob", "full_name": "B", "password": PASSWORD}
    assert (await world.post("auth/register", **body)).status == 201
    await world.client.close()
    assert sorted(str(mail["To"]) for mail in world.mailer.sent) == ["ann@campus.example", "b@b.example"]
