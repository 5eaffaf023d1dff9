"""Lists, newest first: pages with an opaque cursor, and whole lists as CSV."""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from server.web.decode import GameName
from server.web.fields import ZonedTime
from server.web.problems import invalid_field
from server.web.views import Page
from storage.history import Window

R = TypeVar("R")
V = TypeVar("V")

Limit = Annotated[int, Meta(ge=1, le=100, description="The number of items, 1–100.")]
Cursor = Annotated[str, Meta(max_length=64, description="The next_cursor of the previous page.")]
Category = Annotated[
    str, Meta(pattern=r"^[a-z-]{1,50}$(?!\n)", description="A transaction's category, or a bet's result.")
]
CSV_BATCH = 500


class PageQuery(Struct, frozen=True, forbid_unknown_fields=True):
    limit: Limit = 25
    cursor: Cursor | UnsetType = UNSET


class HistoryQuery(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """The interval includes ``from`` and excludes ``to``. ``format=csv`` downloads all rows and ignores ``limit``;
    with ``bom=yes`` the file begins with a byte order mark, without which Excel does not read it as UTF-8."""

    limit: Limit = 25
    cursor: Cursor | UnsetType = UNSET
    game: GameName | UnsetType = UNSET
    since: ZonedTime | UnsetType = UNSET
    until: ZonedTime | UnsetType = UNSET
    format: Literal["json", "csv"] = "json"
    bom: Literal["yes", "no"] = "no"


class CategorisedQuery(HistoryQuery, frozen=True, forbid_unknown_fields=True):
    category: Category | UnsetType = UNSET


def encode_cursor(position: int) -> str:
    return base64.urlsafe_b64encode(b"%d" % position).decode().rstrip("=")


def decode_cursor(cursor: str | UnsetType) -> int | None:
    """The position that a cursor stands for. Raises ClientError ``validation_failed`` for a malformed cursor."""
    if isinstance(cursor, UnsetType):
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        text = b""
    if not re.fullmatch(rb"[1-9][0-9]{0,17}", text):
        raise invalid_field("cursor", "malformed", "cursor")
    return int(text)


def window_of(query: HistoryQuery, category: str | UnsetType = UNSET) -> Window:
    """The part of a history that a query selects. Raises ClientError ``validation_failed``."""
    return Window(
        limit=query.limit,
        before=decode_cursor(query.cursor),
        category=_or_none(category),
        game=_or_none(query.game),
        since=_utc(query.since, "from"),
        until=_utc(query.until, "to"),
    )


def _or_none(value: V | UnsetType) -> V | None:
    return None if isinstance(value, UnsetType) else value


def _utc(time: datetime | UnsetType, field: str) -> datetime | None:
    if isinstance(time, UnsetType):
        return None
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise invalid_field(field, "out_of_range", "date") from None


async def page(
    fetch: Callable[[int], Awaitable[Sequence[R]]], limit: int, position: Callable[[R], int], view: Callable[[R], V]
) -> Page[V]:
    """One page. It fetches one extra row to find out whether there is a next page."""
    rows = await fetch(limit + 1)
    shown = rows[:limit]
    cursor = encode_cursor(position(shown[-1])) if len(rows) > limit else None
    return Page([view(row) for row in shown], cursor)


async def all_rows(
    fetch: Callable[[Window], Awaitable[Sequence[Any]]], window: Window, cells: Callable[[Any], Sequence[object]]
) -> AsyncIterator[Sequence[object]]:
    """All rows of a window as CSV cells. Each query fetches one batch, so none holds a reader for long."""
    window = structs.replace(window, limit=CSV_BATCH)
    while True:
        rows = await fetch(window)
        for row in rows:
            yield cells(row)
        if len(rows) < CSV_BATCH:
            return
        window = structs.replace(window, before=rows[-1].id)
