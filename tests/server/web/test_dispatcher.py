"""Every route gets invalid requests, and gives documented answers."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse

from server.web.app import ROUTES
from server.web.decode import MAX_BODY_BYTES
from server.web.dispatcher import escape_formulas
from server.web.route import Route
from storage import credentials
from tests.server.web.world import Opener, Player, World, problem

NAMES = {"username": "ann", "room": "crash", "name": "dice", "round": "crash.1", "sign_in": "1", "code": "ABC234"}
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**53,
    10**30,
    -(10**30),
    1.5,
    1e308,
    "",
    " ",
    "\x00",
    "\n",
    "😀" * 40,
    "x" * 5000,
    "null",
    "2026-01-01",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "../../etc/passwd",
    "' OR 1=1 --",
    [],
    [1],
    {},
    {"$ne": None},
    [[[[[]]]]],
)
ODD_TEXTS = [value if isinstance(value, str) else json.dumps(value) for value in ODD_VALUES if value != "x" * 5000]
ODD_NAMES = (
    "%00",
    "%FF",
    "%F0%9F%98%80",
    "a%2Fb",
    "..",
    "%2e%2e%2f",
    "x" * 300,
    "-",
    "%0A",
    "crash%0A",
    "crash.1%0A",
    "ann%0A",
)
NOT_JSON = (b"{", b"nonsense", b"\xff\xfe", b'{"a":1} x', b"\xef\xbb\xbf{}", b"[" * 60_000, b'{"a":"\\ud800"}')
BODIES = [route for route in ROUTES if route.takes_body]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(route: Route, **names: str) -> str:
    return route.path.format(**(NAMES | names))


async def documented(route: Route, response: ClientResponse) -> str:
    """The error code of an answer, or '' if the call succeeded. Fails if the route does not document the answer."""
    text = await response.text()
    if response.status < 400 or (response.status in route.more and response.content_type == "application/json"):
        return ""
    told = f"{route.method} {response.url}: {text}"
    assert response.status != 500, told
    assert response.content_type == "application/problem+json", told
    body = json.loads(text)
    assert body["code"] in route.all_errors(), told
    assert (body["status"], body["type"]) == (response.status, f"/docs#{body['code']}")
    assert body["detail"]
    for error in body.get("errors", []):
        assert error["message"]
    code: str = body["code"]
    return code


async def code(player: Player, route: Route, path: str | None = None, **request: Any) -> str:
    return await documented(route, await player.call(route.method, path or path_of(route), **request))


async def test_bodies_that_are_not_json_are_refused(world: World) -> None:
    ann = await world.player("ann")
    for route in BODIES:
        for body in NOT_JSON:
            assert await code(ann, route, data=body) == "invalid_json", body
        for body in (b"[]", b"1", b'"x"', b"null"):
            assert await code(ann, route, data=body) == "validation_failed", body


async def test_large_bodies_are_refused(world: World) -> None:
    ann = await world.player("ann")
    large = b'{"x":"' + b"y" * MAX_BODY_BYTES + b'"}'

    async def in_pieces() -> Any:
        for start in range(0, len(large), 10_000):
            yield large[start : start + 10_000]

    for route in BODIES:
        assert await code(ann, route, data=large) == "too_large"
        assert await code(ann, route, data=in_pieces()) == "too_large"


async def test_unknown_fields_are_refused(world: World) -> None:
    ann = await world.player("ann")
    for route in ROUTES:
        assert await code(ann, route, f"{path_of(route)}?nonsense=1", json={} if route.takes_body else None) == (
            "validation_failed"
        )
        if route.takes_body:
            response = await ann.call(route.method, path_of(route), json={"nonsense": 1})
            body = await problem(response, "validation_failed")
            assert {"nonsense"} <= {error["field"] for error in body["errors"]}


def odd_bodies(route: Route) -> Iterator[dict[str, Any]]:
    """Bodies in which one field or all fields have an odd value."""
    fields = msgspec.structs.fields(route.body)
    for value in ODD_VALUES:
        yield {field.encode_name: value for field in fields}
        for field in fields:
            yield {other.encode_name: "aaaaaaaa" for other in fields if other is not field} | {field.encode_name: value}


@pytest.mark.parametrize("route", [route for route in BODIES if route.wants_fields], ids=name_of)
async def test_odd_values_in_bodies_get_documented_answers(world: World, route: Route) -> None:
    ann = await world.player("ann")
    for body in odd_bodies(route):
        # Reset the lock, because odd passwords count as wrong ones, and a locked account is not checked further.
        await credentials.unlock(world.db, ann.user_id)
        await code(ann, route, json=body)


@pytest.mark.parametrize("route", [route for route in ROUTES if msgspec.structs.fields(route.query)], ids=name_of)
async def test_odd_values_in_queries_get_documented_answers(world: World, route: Route) -> None:
    ann = await world.player("ann")
    for field in msgspec.structs.fields(route.query):
        for text in ODD_TEXTS:
            await code(ann, route, params={field.encode_name: text})


async def test_odd_names_in_paths_are_not_found(world: World) -> None:
    ann = await world.player("ann")
    for route in [route for route in ROUTES if route.names]:
        question = {"stake": 1} if route.wants_fields else None  # the odds are the only call with names and fields
        for text in ODD_NAMES:
            response = await ann.call(route.method, path_of(route, **dict.fromkeys(NAMES, text)), json=question)
            assert response.status in (404, 200), text
            if response.status == 404:
                await problem(response, "not_found")


async def test_calls_that_need_a_token_refuse_others(world: World) -> None:
    for route in [route for route in ROUTES if route.auth]:
        for headers, expected in (({}, "token_missing"), ({"Authorization": "Bearer x"}, "token_invalid")):
            response = await world.call(route.method, path_of(route), headers=headers, json={})
            assert await documented(route, response) == expected


async def test_unsupported_methods_are_refused(world: World) -> None:
    for route in ROUTES:
        taken = {other.method for other in ROUTES if other.path == route.path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - taken:
            response = await world.call(method, path_of(route))
            await problem(response, "method_not_allowed")
            assert set(response.headers["Allow"].split(",")) - {"HEAD"} == taken


async def test_calls_fail_cleanly_without_a_database(world: World) -> None:
    ann = await world.player("ann")
    world.db.away = True
    for route in ROUTES:
        response = await ann.call(route.method, path_of(route), json={} if route.takes_body else None)
        answered = await documented(route, response)
        if route.auth:
            assert (answered, response.headers["Retry-After"]) == ("unavailable", "2")


async def test_calls_without_fields_need_no_body(world: World) -> None:
    ann = await world.player("ann", credit=0)
    assert (await ann.call("POST", "me/daily-bonus")).status == 200
    assert (await ann.call("POST", "auth/logout", json={})).status == 204


async def test_unexpected_errors_are_logged_with_a_request_id(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.room_service.failure = RuntimeError("a secret detail")
    body = await problem(await world.call("GET", "rooms"), "internal_error")
    assert body["request_id"] in caplog.text
    assert "secret" not in json.dumps(body)


async def test_compressed_bodies_are_refused_unread(world: World) -> None:
    ann = await world.player("ann")
    for encoding, status in (("gzip", 415), ("GZIP", 415), ("identity", 200), ("Identity ", 200)):
        headers = {"Authorization": f"Bearer {ann.token}", "Content-Encoding": encoding}
        body = b'{"client_seed":"a"}' if status == 200 else gzip.compress(b'{"client_seed":"a"}')
        response = await world.call("PUT", "me/client-seed", data=body, headers=headers)
        assert response.status == status, encoding
    await problem(
        await world.call(
            "PUT", "me/client-seed", data=gzip.compress(b"x"), headers=headers | {"Content-Encoding": "gzip"}
        ),
        "unsupported_encoding",
    )


async def test_an_answer_names_a_bounded_number_of_errors(world: World) -> None:
    """6,000 unknown fields in 64 KB once got an answer of 455 KB."""
    body = {f"x{n}": n for n in range(4_000)}
    response = await world.post("auth/login", **body)
    errors = (await problem(response, "validation_failed"))["errors"]
    assert len(errors) == 20
    long = await world.post("auth/login", **{"y" * 50_000: 1})
    assert len(await long.text()) < 2_000
    query = "&".join(f"x{n}=1&x{n}=2" for n in range(300))
    repeated = await problem(await world.call("GET", f"rooms?{query}"), "validation_failed")
    assert len(repeated["errors"]) == 20


async def test_calls_are_limited_by_account(open_world: Opener) -> None:
    world = await open_world(rate_scale=0.1)
    ann, bob = await world.player("ann"), await world.player("bob")
    assert [(await ann.call("GET", "me/wallet")).status for _ in range(8)] == [200] * 6 + [429] * 2
    assert (await bob.call("GET", "me/wallet")).status == 200


async def test_the_limit_for_bad_tokens_does_not_affect_good_ones(open_world: Opener) -> None:
    """A campus may share one address. One broken client must not lock the others out."""
    world = await open_world(rate_scale=0.1)
    ann = await world.player("ann")
    bad = {"Authorization": "Bearer nonsense"}
    assert [(await world.call("GET", "me", headers=bad)).status for _ in range(5)] == [401] * 3 + [429] * 2
    assert (await ann.call("GET", "me")).status == 200


def test_csv_cells_are_never_formulas() -> None:
    row = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "x=1", "", 5, -5]
    assert escape_formulas(row) == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "x=1", "", 5, -5]
