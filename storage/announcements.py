"""The operator's announcements: the last few, which the nodes look for."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Announcement
from storage.store import Store

KEPT = 20
"""A node that looks every few seconds misses none unless there are more than this in between."""


class AnnouncementRow(Struct, frozen=True):
    """``number`` is unique and never used again."""

    number: int
    text: str
    created_at: datetime


async def announce(store: Store, text: str, now: datetime) -> int:
    """Put an announcement on record for all nodes; returns its number. Only the last ``KEPT`` stay on record."""
    return await store.transact(_announce, text, now)


async def _announce(session: AsyncSession, text: str, now: datetime) -> int:
    written = insert(Announcement).values(text=text, created_at=now).returning(Announcement.id)
    number: int = (await session.execute(written)).scalar_one()
    kept = select(Announcement.id).order_by(Announcement.id.desc()).limit(KEPT)
    await session.execute(delete(Announcement).where(Announcement.id.not_in(kept)))
    return number


async def recent(store: Store) -> list[AnnouncementRow]:
    """The announcements on record, oldest first."""
    query = select(Announcement.id, Announcement.text, Announcement.created_at).order_by(Announcement.id)
    async with store.read() as session:
        return [AnnouncementRow(*row) for row in await session.execute(query)]
