"""Lists that are paged by an opaque cursor, newest first, and downloaded as CSV."""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from server.web.decode import GameName
from server.web.fields import Aware
from server.web.problems import FieldError, invalid
from server.web.views import Page
from storage.history import Window

R = TypeVar("R")
V = TypeVar("V")

Limit = Annotated[int, Meta(ge=1, le=100, description="How many items, 1–100.")]
Cursor = Annotated[str, Meta(max_length=64, description="The next_cursor of the page before.")]
Category = Annotated[
    str, Meta(pattern=r"^[a-z-]{1,50}$(?!\n)", description="A transaction's category, a bet's result.")
]
CSV_BATCH = 500


class PageQuery(Struct, frozen=True, forbid_unknown_fields=True):
    limit: Limit = 25
    cursor: Cursor | UnsetType = UNSET


class HistoryQuery(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """``from`` is included, ``to`` is not. ``format=csv`` downloads all of it, whatever the limit."""

    limit: Limit = 25
    cursor: Cursor | UnsetType = UNSET
    game: GameName | UnsetType = UNSET
    since: Aware | UnsetType = UNSET
    until: Aware | UnsetType = UNSET
    format: Literal["json", "csv"] = "json"


class CategorisedQuery(HistoryQuery, frozen=True, forbid_unknown_fields=True):
    category: Category | UnsetType = UNSET


def encode_cursor(place: int) -> str:
    return base64.urlsafe_b64encode(b"%d" % place).decode().rstrip("=")


def decode_cursor(cursor: str | UnsetType) -> int | None:
    """Raises ClientError ``validation_failed`` for what no list gave out."""
    if isinstance(cursor, UnsetType):
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        text = b""
    if not re.fullmatch(rb"[1-9][0-9]{0,17}", text):
        raise invalid(FieldError("cursor", "malformed", "Use the next_cursor of the page before."))
    return int(text)


def window(query: HistoryQuery, category: str | UnsetType = UNSET) -> Window:
    """What a query asks for. Raises ClientError ``validation_failed``."""
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
        raise invalid(FieldError(field, "out_of_range", "Nothing happened then.")) from None


async def page(
    fetch: Callable[[int], Awaitable[Sequence[R]]], limit: int, place: Callable[[R], int], view: Callable[[R], V]
) -> Page[V]:
    """One page: ``fetch`` is asked for one row more than shown, which tells whether there is a next page."""
    rows = await fetch(limit + 1)
    shown = rows[:limit]
    cursor = encode_cursor(place(shown[-1])) if len(rows) > limit else None
    return Page([view(row) for row in shown], cursor)


async def every(
    fetch: Callable[[Window], Awaitable[Sequence[Any]]], asked: Window, cells: Callable[[Any], Sequence[object]]
) -> AsyncIterator[Sequence[object]]:
    """All rows of a window as cells of a CSV file, a batch a query, so that no reader is kept for long."""
    asked = structs.replace(asked, limit=CSV_BATCH)
    while True:
        rows = await fetch(asked)
        for row in rows:
            yield cells(row)
        if len(rows) < CSV_BATCH:
            return
        asked = structs.replace(asked, before=rows[-1].id)
