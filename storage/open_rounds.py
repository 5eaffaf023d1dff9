"""Rounds on record as open: opening them, and making void what was left open."""

from datetime import UTC, datetime, timedelta

from msgspec import Raw
from sqlalchemy import case, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Round
from storage.settlement import OpenRound
from storage.store import Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RoundTakenError(Exception):
    """Another round has this room and number: another node runs the room."""


async def open_round(store: Store, round_: OpenRound) -> None:
    """Put a round that begins on record; doing so again for the same round changes nothing. Raises RoundTakenError,
    DatabaseUnavailableError."""
    try:
        await store.transact(_open_round, round_)
    except IntegrityError:
        # Another transaction has just inserted this room and number: now its row can be seen.
        await store.transact(_open_round, round_)


async def _open_round(session: AsyncSession, round_: OpenRound) -> None:
    recorded = select(Round.server_seed_hash).where(Round.room == round_.room, Round.number == round_.number)
    recorded_hash = await session.scalar(recorded)
    if recorded_hash is None:
        row = insert(Round).values(
            game_id=round_.game_id,
            room=round_.room,
            number=round_.number,
            server_seed_hash=round_.server_seed_hash,
            nonce=round_.nonce,
            status="open",
            options=Raw(round_.options),
            started_at=_EPOCH + timedelta(milliseconds=round_.started_at),
        )
        await session.execute(row)
    elif recorded_hash != round_.server_seed_hash:
        raise RoundTakenError(f"{round_.room}.{round_.number}")


async def void_open_rounds(store: Store, room: str | None, reason: str) -> list[str]:
    """End the rounds that were left open, in one room or (None) in all rooms, as void; answers their names."""
    return await store.transact(_void_open_rounds, room, reason)


async def _void_open_rounds(session: AsyncSession, room: str | None, reason: str) -> list[str]:
    left_open = update(Round).where(Round.status == "open")
    if room is not None:
        left_open = left_open.where(Round.room == room)
    now = literal(datetime.now(UTC), Round.ended_at.type)
    # The clock may have been set back since.
    ended_at = case((Round.started_at > now, Round.started_at), else_=now)
    ended = {"status": "void", "outcome": {"reason": reason}, "ended_at": ended_at}
    found = await session.execute(left_open.values(**ended).returning(Round.room, Round.number))
    return [f"{room}.{number}" for room, number in found]


async def rooms_left_open(store: Store) -> list[str]:
    """The rooms that have a round on record as open. Raises DatabaseUnavailableError."""
    async with store.read() as session:
        return list(await session.scalars(select(Round.room).where(Round.status == "open").distinct()))
