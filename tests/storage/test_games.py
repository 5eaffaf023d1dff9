"""The games on record: each game once, also if several nodes start at the same time."""

import asyncio

from sqlalchemy import select

from storage.games import ensure_games
from storage.models import Game
from storage.store import Store


async def test_games_are_recorded_once(database: Store) -> None:
    first = await ensure_games(database, {"dice": "Over or under", "crash": "A rocket"})
    assert await ensure_games(database, {"crash": "A new rocket", "mines": "Dig"}) == {
        "crash": first["crash"],
        "mines": 3,
    }
    async with database.read() as session:
        games = {row.name: row.description for row in await session.execute(select(Game.name, Game.description))}
    assert games == {"dice": "Over or under", "crash": "A new rocket", "mines": "Dig"}


async def test_nodes_that_start_at_the_same_time_record_the_same_games(database: Store) -> None:
    games = {"dice": "Over or under", "crash": "A rocket"}
    found = await asyncio.gather(*(ensure_games(database, games) for _ in range(8)))
    assert found == [found[0]] * 8
    assert sorted(found[0]) == ["crash", "dice"]
