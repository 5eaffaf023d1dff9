"""Games and sessions on record, and what rooms ask about past rounds."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage import play
from storage.ledger import settle
from storage.models import Game, GameSession
from storage.play import NewSession
from storage.store import Store
from tests.storage.world import STARTED, World

WHEN = datetime(2026, 11, 24, 12, 30, 0, 123_000, tzinfo=UTC)
ENDED = datetime.fromtimestamp((STARTED + 1_500) / 1000, UTC)


async def test_games_are_recorded_once(database: Store) -> None:
    first = await play.ensure_games(database, {"dice": "Over or under", "crash": "A rocket"})
    assert await play.ensure_games(database, {"crash": "A new rocket", "mines": "Dig"}) == {
        "crash": first["crash"],
        "mines": 3,
    }
    async with database.read() as session:
        games = {row.name: row.description for row in await session.execute(select(Game.name, Game.description))}
    assert games == {"dice": "Over or under", "crash": "A new rocket", "mines": "Dig"}


async def test_nodes_that_start_at_the_same_time_record_the_same_games(database: Store) -> None:
    games = {"dice": "Over or under", "crash": "A rocket"}
    found = await asyncio.gather(*(play.ensure_games(database, games) for _ in range(8)))
    assert found == [found[0]] * 8
    assert sorted(found[0]) == ["crash", "dice"]


async def test_visitors_of_a_room_are_listed_once(world: World) -> None:
    ann, bob = await world.players(2)
    room = next(iter(await play.rooms_with_open_sessions(world.db)))
    there = set(await play.visitors(world.db, room))
    assert there <= {ann, bob}
    game_id = (await play.ensure_games(world.db, {"crash": "A rocket"}))["crash"]
    await play.start_sessions(world.db, [play.NewSession(user, game_id, "crash-x") for user in (ann, bob, ann)])
    newest = await play.rooms_with_open_sessions(world.db)
    await play.end_sessions_in(world.db, newest)
    assert sorted(await play.visitors(world.db, "crash-x")) == sorted([ann, bob])
    assert await play.visitors(world.db, "crash-y") == []
    assert set(await play.visitors(world.db, room)) == there


async def test_a_session_ends_once(world: World) -> None:
    ann, bob = await world.players(2)
    await play.end_sessions(world.db, [world.sessions[ann]])
    ends = select(GameSession.user_id, GameSession.ended_at)
    async with world.db.read() as session:
        first = {row.user_id: row.ended_at for row in await session.execute(ends)}
    assert first[ann] is not None
    assert first[bob] is None
    await play.end_sessions(world.db, [world.sessions[ann], world.sessions[ann]])
    stays = await play.rooms_with_open_sessions(world.db)
    assert [number for room in stays for number, _ in await play.open_sessions(world.db, room)] == [world.sessions[bob]]
    await play.end_sessions_in(world.db, {room: newest - 1 for room, newest in stays.items()})
    assert await play.rooms_with_open_sessions(world.db) == stays
    await play.end_sessions_in(world.db, stays)
    assert await play.rooms_with_open_sessions(world.db) == {}
    async with world.db.read() as session:
        then = {row.user_id: row.ended_at for row in await session.execute(ends)}
    assert then[ann] == first[ann]
    assert then[bob] is not None


async def test_no_session_for_a_deleted_account(world: World) -> None:
    ann = await world.player()
    await world.delete(ann)
    assert await play.start_sessions(world.db, [NewSession(ann, world.games["dice"], "dice-1")]) == [None]


async def test_sessions_are_numbered_in_their_order(world: World) -> None:
    players = await world.players(4)
    await world.delete(players[1])
    new = [NewSession(user_id, world.games["dice"], f"dice-{n}") for n, user_id in enumerate([*players, players[0]])]
    numbers = await play.start_sessions(world.db, new)
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
        return await play.start_sessions(world.db, [NewSession(each, world.games["dice"], "x") for each in user_ids])

    leaving = players[::2]
    results = await asyncio.gather(
        *(start(players[first:] + players[:first]) for first in range(5)), *(world.delete(each) for each in leaving)
    )
    for numbers in results[:5]:
        assert numbers is not None
        assert sum(number is not None for number in numbers) >= len(players) - len(leaving)
    async with world.db.read() as session:
        assert set(await session.scalars(select(GameSession.user_id))) == set(players) - set(leaving)


async def test_lost_since(world: World) -> None:
    ann, bob = await world.players(2)
    bets = [world.bet(ann, 1, 300, 0, "a"), world.bet(ann, 2, 100, 150, "b"), world.bet(bob, 3, 10, 0, "c")]
    await settle(world.db, [world.round("crash", bets)])
    assert await play.lost_since(world.db, ann, ENDED) == 250
    assert await play.lost_since(world.db, ann, ENDED + timedelta(milliseconds=1)) == 0
    assert await play.lost_since(world.db, bob, ENDED - timedelta(days=1)) == 10


async def test_last_outcomes_newest_first(world: World) -> None:
    await world.player()
    rounds = [world.round("crash", outcome=b'{"point":%d}' % n) for n in range(1, 5)]
    rounds.append(world.round("crash", status="void"))
    rounds.append(world.round("dice-1"))
    await settle(world.db, rounds)
    assert await play.last_round_outcomes(world.db, "crash", 3) == [
        (4, b'{"point":4}'),
        (3, b'{"point":3}'),
        (2, b'{"point":2}'),
    ]
    assert await play.last_round_outcomes(world.db, "none", 3) == []
