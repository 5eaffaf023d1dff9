"""Which encoding a client takes, and which answers of the API are compressed."""

import gzip
from typing import Any, get_args, get_type_hints

import pytest

from server.web.app import ROUTES
from server.web.encodings import LEAST_BYTES, encoding_for
from tests.server.web.world import World

SECRETS = {"token", "invite", "device", "password"}


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", "gzip"),
        ("br, GZIP", "br"),
        ("gzip;q=1, br;q=0.5", "br"),
        ("gzip;q=0.5, identity", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000", None),
        ("gzip;q=0, br;q=0, *", None),
        ("*;q=0", None),
        ("gzip;q=much", None),
        ("identity", None),
        ("not-gzip", None),
        ("", None),
    ],
)
def test_weights_of_encodings_are_read(header: str, taken: str | None) -> None:
    assert encoding_for(header, ("br", "gzip")) == taken


async def test_long_answers_are_compressed(world: World) -> None:
    headers, body = await world.raw("/api/v1/games", accept_encoding="gzip")
    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    plain_headers, plain = await world.raw("/api/v1/games", accept_encoding="gzip;q=0")
    assert ("Content-Encoding" in plain_headers, plain_headers["Vary"]) == (False, "Accept-Encoding")
    assert gzip.decompress(body) == plain
    assert LEAST_BYTES < len(body) < len(plain) / 3


async def test_short_answers_are_not(world: World) -> None:
    headers, body = await world.raw("/healthz", accept_encoding="gzip")
    assert "Content-Encoding" not in headers
    assert body.startswith(b"{")


def test_no_answer_with_a_secret_is_compressed() -> None:
    for route in ROUTES:
        if route.may_compress:
            assert not _names(route.answer) & SECRETS, f"{route.method} {route.path}"
    assert any(route.has_secrets for route in ROUTES)


def _names(kind: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """The names of all fields in a type, and in the types of its fields."""
    if kind in seen:
        return set()
    parts = [each for each in get_args(kind) if not isinstance(each, str)]
    names: set[str] = set()
    if hasattr(kind, "__struct_fields__"):
        hints = get_type_hints(kind)
        names |= set(hints)
        parts += hints.values()
    return names.union(*(_names(part, seen | {kind}) for part in parts))
