"""Sessions: starting and ending them in batches, and finding those that are open."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from storage import game_sessions
from storage.game_sessions import NewSession
from storage.games import ensure_games
from storage.models import GameSession
from tests.storage.world import World


async def test_visitors_of_a_room_are_listed_once(world: World) -> None:
    ann, bob = await world.players(2)
    room = next(iter(await game_sessions.rooms_with_open_sessions(world.db)))
    there = set(await game_sessions.visitors(world.db, room))
    assert there <= {ann, bob}
    game_id = (await ensure_games(world.db, {"crash": "A rocket"}))["crash"]
    await game_sessions.start_sessions(world.db, [NewSession(user, game_id, "crash-x") for user in (ann, bob, ann)])
    newest = await game_sessions.rooms_with_open_sessions(world.db)
    await game_sessions.end_sessions_in(world.db, newest)
    assert sorted(await game_sessions.visitors(world.db, "crash-x")) == sorted([ann, bob])
    assert await game_sessions.visitors(world.db, "crash-y") == []
    assert set(await game_sessions.visitors(world.db, room)) == there


async def test_a_session_ends_once(world: World) -> None:
    ann, bob = await world.players(2)
    await game_sessions.end_sessions(world.db, [world.sessions[ann]])
    ends = select(GameSession.user_id, GameSession.ended_at)
    async with world.db.read() as session:
        first = {row.user_id: row.ended_at for row in await session.execute(ends)}
    assert first[ann] is not None
    assert first[bob] is None
    await game_sessions.end_sessions(world.db, [world.sessions[ann], world.sessions[ann]])
    stays = await game_sessions.rooms_with_open_sessions(world.db)
    assert [each.id for room in stays for each in await game_sessions.open_sessions(world.db, room)] == [
        world.sessions[bob]
    ]
    await game_sessions.end_sessions_in(world.db, {room: newest - 1 for room, newest in stays.items()})
    assert await game_sessions.rooms_with_open_sessions(world.db) == stays
    await game_sessions.end_sessions_in(world.db, stays)
    assert await game_sessions.rooms_with_open_sessions(world.db) == {}
    async with world.db.read() as session:
        then = {row.user_id: row.ended_at for row in await session.execute(ends)}
    assert then[ann] == first[ann]
    assert then[bob] is not None


async def test_no_session_ends_before_it_began(world: World) -> None:
    """The clock was set back since."""
    ann = await world.player()
    later = datetime.now(UTC) + timedelta(hours=1)
    async with world.db.write() as session:
        await session.execute(update(GameSession).values(started_at=later))
    await game_sessions.end_sessions(world.db, [world.sessions[ann]])
    async with world.db.read() as session:
        (row,) = await session.scalars(select(GameSession).where(GameSession.user_id == ann))
    assert row.ended_at == row.started_at == later


async def test_no_session_for_a_deleted_account(world: World) -> None:
    ann = await world.player()
    await world.delete(ann)
    assert await game_sessions.start_sessions(world.db, [NewSession(ann, world.games["dice"], "dice-1")]) == [None]


async def test_sessions_are_numbered_in_their_order(world: World) -> None:
    players = await world.players(4)
    await world.delete(players[1])
    new = [NewSession(user_id, world.games["dice"], f"dice-{n}") for n, user_id in enumerate([*players, players[0]])]
    numbers = await game_sessions.start_sessions(world.db, new)
    assert [number is None for number in numbers] == [False, True, False, False, False]
    async with world.db.read() as session:
        found = await session.execute(select(GameSession.id, GameSession.user_id, GameSession.room))
        began = {row.id: (row.user_id, row.room) for row in found}
    assert [began[number] for number in numbers if number is not None] == [
        (each.user_id, each.room) for each in new if each.user_id != players[1]
    ]


async def test_deleting_an_account_does_not_fail_the_sessions_of_others(world: World) -> None:
    """Joins and deletions at the same time: each session starts, unless its account is gone."""
    players = await world.players(20)

    async def start(user_ids: list[int]) -> list[int | None]:
        return await game_sessions.start_sessions(
            world.db, [NewSession(each, world.games["dice"], "x") for each in user_ids]
        )

    leaving = players[::2]
    results = await asyncio.gather(
        *(start(players[first:] + players[:first]) for first in range(5)), *(world.delete(each) for each in leaving)
    )
    for numbers in results[:5]:
        assert numbers is not None
        assert sum(number is not None for number in numbers) >= len(players) - len(leaving)
    async with world.db.read() as session:
        assert set(await session.scalars(select(GameSession.user_id))) == set(players) - set(leaving)


async def test_a_session_keeps_its_seat(world: World) -> None:
    ann, bob = await world.players(2)
    game_id = (await ensure_games(world.db, {"crash": "A rocket"}))["crash"]
    new = [
        NewSession(user_id=user, game_id=game_id, room="crash-x", seat=seat) for user, seat in ((ann, 7), (bob, None))
    ]
    numbers = await game_sessions.start_sessions(world.db, new)
    found = await game_sessions.open_sessions(world.db, "crash-x")
    assert [(each.id, each.user_id, each.seat) for each in found] == [(numbers[0], ann, 7), (numbers[1], bob, None)]
