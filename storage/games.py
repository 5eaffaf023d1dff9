"""The games on record."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Game
from storage.store import Store


async def ensure_games(store: Store, games: Mapping[str, str]) -> dict[str, int]:
    """Put every game (name → description) on record; answers name → id. Raises DatabaseUnavailableError."""
    try:
        return await store.transact(_ensure_games, games)
    except IntegrityError:
        # Another node, starting at the same time, has just inserted them: now its rows can be seen.
        return await store.transact(_ensure_games, games)


async def _ensure_games(session: AsyncSession, games: Mapping[str, str]) -> dict[str, int]:
    on_record = select(Game).where(Game.name.in_(games))
    recorded = {game.name: game for game in await session.scalars(on_record)}
    for name, game in recorded.items():
        game.description = games[name]
    for name in sorted(games.keys() - recorded.keys()):
        session.add(Game(name=name, description=games[name]))
    await session.flush()
    return {game.name: game.id for game in await session.scalars(on_record)}
