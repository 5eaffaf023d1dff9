"""Routes: the fields that they take and the errors that they can answer with."""

import pytest

from server.errors import ClientError
from server.web.app import ROUTES
from server.web.decode import NoFields
from server.web.route import HttpCall, Route
from tests.server.web.world import World


async def nothing(_call: HttpCall[NoFields, NoFields]) -> None:
    pass


def test_error_codes_follow_from_what_a_call_takes() -> None:
    plain = Route(method="GET", path="/x", handler=nothing, summary="x")
    everywhere = {"validation_failed", "rate_limited", "internal_error", "unavailable"}
    assert set(plain.all_errors()) == everywhere
    full = Route(method="PUT", path="/x/{room}", handler=nothing, summary="x", auth=True, errors=("not_yet",))
    assert set(full.all_errors()) == everywhere | {"invalid_json", "too_large", "not_found", "not_yet"} | {
        "unsupported_encoding",
        "token_missing",
        "token_invalid",
        "token_expired",
        "account_inactive",
    }
    assert full.names == ("room",)


def test_summaries_are_sentences() -> None:
    assert all(route.summary.endswith(".") for route in ROUTES)


async def test_me_requires_a_signed_in_caller(world: World) -> None:
    call = HttpCall(
        deps=world.deps,
        body=NoFields(),
        query=NoFields(),
        path={},
        now=world.clock.now(),
        signed_in=None,
        address="2001:db8::1",
    )
    assert call.source == "2001:db8::/48"
    with pytest.raises(ClientError):
        _ = call.me
