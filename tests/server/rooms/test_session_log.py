"""Tests of the session log: many starts and ends at once, deleted accounts, and a database that is away."""

import asyncio
from datetime import UTC, datetime

import pytest

from server.backends.directory import LocalDirectory
from server.errors import ClientError
from server.rooms.session_log import SessionLog
from storage.errors import DatabaseUnavailableError
from storage.games import ensure_games
from storage.operator_accounts import ensure_players
from tests.server.live_node import Live, new_account
from tests.server.shaky_store import ShakyStore, rows
from tests.waiting import eventually

OPEN = "SELECT id, user_id FROM game_sessions WHERE ended_at IS NULL ORDER BY id"


async def ready(db: ShakyStore, players: int) -> tuple[list[int], int]:
    user_ids = await ensure_players(db, [new_account(n) for n in range(1, players + 1)], 0, datetime.now(UTC))
    return user_ids, (await ensure_games(db, {"dice": "Dice."}))["dice"]


async def test_sessions_that_start_or_end_together_share_a_transaction(db: ShakyStore) -> None:
    user_ids, game_id = await ready(db, 10)
    sessions = SessionLog(db, LocalDirectory())
    writes_before = db.writes
    db.write_lock = asyncio.Lock()
    async with db.write_lock:
        starting = [asyncio.create_task(sessions.start(user_ids[0], game_id, "dice-0", 0))]
        await eventually(lambda: db.waiting == 1)
        starting += [asyncio.create_task(sessions.start(each, game_id, "dice-1", 0)) for each in user_ids[1:]]
        await asyncio.sleep(0)
    numbers = await asyncio.gather(*starting)
    assert db.writes == writes_before + 2
    assert [tuple(row) for row in await rows(db, OPEN)] == list(zip(numbers, user_ids, strict=True))
    for number in numbers[1:]:
        sessions.end(number)
    await sessions.drained()
    assert db.writes == writes_before + 3
    assert [row.id for row in await rows(db, OPEN)] == [numbers[0]]


async def test_only_the_session_of_a_deleted_account_fails(db: ShakyStore) -> None:
    (ann, bob), game_id = await ready(db, 2)
    sessions = SessionLog(db, LocalDirectory())
    results = await asyncio.gather(
        *(sessions.start(each, game_id, "dice-1", 0) for each in (ann, 10**6, bob)), return_exceptions=True
    )
    assert [type(each) for each in results] == [int, ClientError, int]


async def test_a_join_with_a_deleted_account_is_refused(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    """The operator has deleted it, and the server has not noticed yet."""
    ann = await live.player(room=None)
    live.node.stop_background()
    await live.rows_changed("DELETE FROM users WHERE id = :user", user=ann.user_id)
    for arguments in ({"room": "crash"}, {"game": "dice"}):
        assert (await ann.refused("join", **arguments))["code"] == "not_signed_in"
    assert sorted(live.node.owned_rooms) == ["crash"]
    assert "Traceback" not in caplog.text


async def test_without_a_database_starts_are_refused_and_ends_are_lost(
    db: ShakyStore, caplog: pytest.LogCaptureFixture
) -> None:
    (ann,), game_id = await ready(db, 1)
    sessions = SessionLog(db, LocalDirectory())
    number = await sessions.start(ann, game_id, "dice-1", 0)
    db.away = True
    with pytest.raises(DatabaseUnavailableError):
        await sessions.start(ann, game_id, "dice-2", 0)
    sessions.end(number)
    await sessions.drained()
    db.away = False
    assert "1 ended sessions stay open in the database" in caplog.text
    assert [row.id for row in await rows(db, OPEN)] == [number]
    await sessions.start(ann, game_id, "dice-3", 0)


async def test_the_directory_finds_the_room_of_a_live_session(db: ShakyStore) -> None:
    (ann,), game_id = await ready(db, 1)
    directory = LocalDirectory()
    sessions = SessionLog(db, directory)
    number = await sessions.start(ann, game_id, "dice-1", 0)
    assert await directory.room_of(number) == "dice-1"
    sessions.end(number)
    assert await directory.room_of(number) is None
    sessions.resume(number, "dice-1")
    assert await directory.room_of(number) == "dice-1"
    await sessions.drained()
