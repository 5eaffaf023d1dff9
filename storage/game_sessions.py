"""Sessions: the stays of players in rooms."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import case, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import GameSession, User
from storage.models.base import now
from storage.store import Store


class NewSession(Struct, frozen=True):
    """A session to start: a player's stay in a room, in a seat."""

    user_id: int
    game_id: int
    room: str
    seat: int | None = None


class OpenSession(Struct, frozen=True):
    """A session that has not ended. ``seat`` is None if it began before seats were recorded."""

    id: int
    user_id: int
    seat: int | None


async def start_sessions(store: Store, new: Sequence[NewSession]) -> list[int | None]:
    """Start sessions; answers their ids in order, None for a deleted account. Raises DatabaseUnavailableError."""
    return await store.transact(_start_sessions, new)


async def _start_sessions(session: AsyncSession, new: Sequence[NewSession]) -> list[int | None]:
    # Lock the accounts until the commit: one that is deleted meanwhile would fail the sessions of the others too.
    there = (
        select(User.id).where(User.id.in_({each.user_id for each in new})).with_for_update(read=True, key_share=True)
    )
    known, began = set(await session.scalars(there)), now()
    rows = [structs.asdict(each) | {"started_at": began} for each in new if each.user_id in known]
    if not rows:
        return [None] * len(new)
    added = insert(GameSession).returning(GameSession.id, sort_by_parameter_order=True)
    numbers = iter((await session.scalars(added, rows)).all())
    return [next(numbers) if each.user_id in known else None for each in new]


async def end_sessions(store: Store, session_ids: Sequence[int]) -> None:
    """End those of the sessions that have not ended. Raises DatabaseUnavailableError."""
    async with store.write() as session:
        await session.execute(_end().where(GameSession.id.in_(session_ids)))


async def open_sessions(store: Store, room: str) -> list[OpenSession]:
    """The sessions of the players in the room, in the order in which they joined. Raises DatabaseUnavailableError."""
    columns = select(GameSession.id, GameSession.user_id, GameSession.seat)
    there = columns.where(GameSession.room == room, GameSession.ended_at.is_(None)).order_by(GameSession.id)
    async with store.read() as session:
        return [OpenSession(*row) for row in await session.execute(there)]


async def visitors(store: Store, room: str) -> list[int]:
    """The ids of all users who ever joined the room. Raises DatabaseUnavailableError."""
    async with store.read() as session:
        return list(await session.scalars(select(GameSession.user_id).where(GameSession.room == room).distinct()))


async def rooms_with_open_sessions(store: Store) -> dict[str, int]:
    """Room → the highest id of its sessions that have not ended. Raises DatabaseUnavailableError."""
    left = select(GameSession.room, func.max(GameSession.id)).where(GameSession.ended_at.is_(None))
    async with store.read() as session:
        found = await session.execute(left.group_by(GameSession.room))
        return {row[0]: row[1] for row in found}


async def end_sessions_in(store: Store, rooms: Mapping[str, int]) -> None:
    """End the open sessions of each room, up to this session id. Raises DatabaseUnavailableError."""
    if not rooms:
        return
    async with store.write() as session:
        for room, newest in rooms.items():
            await session.execute(_end().where(GameSession.room == room, GameSession.id <= newest))


def _end() -> Any:
    ended = literal(now(), GameSession.ended_at.type)
    # The clock may have been set back since.
    ended_at = case((GameSession.started_at > ended, GameSession.started_at), else_=ended)
    return update(GameSession).where(GameSession.ended_at.is_(None)).values(ended_at=ended_at)
