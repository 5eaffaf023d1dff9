"""Tests of rooms opening and closing, of a start after a crash, and of a database server that goes away."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.rooms import settlement_queue
from storage import open_rounds
from storage.errors import DatabaseUnavailableError
from storage.games import ensure_games
from storage.migrate import upgrade
from storage.open_rounds import RoundTakenError
from storage.operator import ensure_players
from storage.settlement import OpenRound
from tests.conftest import PostgresServer
from tests.server.live import Live, OpenLive, ShakyStore, eventually, new_account
from tests.storage.world import begin_session


async def test_a_start_puts_the_books_of_a_dead_process_in_order(open_live: OpenLive, db: ShakyStore) -> None:
    """What it left open is void, its sessions are over, and its numbers are not used again."""
    game_id = (await ensure_games(db, {"crash": "Crash."}))["crash"]
    await open_rounds.open_round(db, OpenRound(game_id, "crash", 7, "h" * 64, 7, b"{}", 1_795_000_000_000))
    (user_id,) = await ensure_players(db, [new_account(0)], 1000, datetime.now(UTC))
    await begin_session(db, user_id, game_id, "crash")
    live = await open_live(url=f"sqlite:///{db.url.database}", crash_betting_ms=60_000)
    rounds = await live.rows("SELECT number, status, outcome FROM rounds ORDER BY number")
    assert [(row.number, row.status) for row in rounds] == [(7, "void"), (8, "open")]
    assert "restart" in rounds[0].outcome
    assert await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []
    assert live.floor.rooms["crash"].rounds.history == deque()


async def test_numbers_and_history_go_on_after_a_restart(open_live: OpenLive) -> None:
    first = await open_live()
    watcher = await first.spectator()
    await watcher.ended("crash.2")
    told = {event["round"]: event["outcome"] for event in watcher.events("round_ended")}
    await first.stop()
    last = (await first.rows("SELECT max(number) FROM rounds"))[0][0]
    second = await open_live()
    snapshot = (await second.spectator()).snapshots[-1][1]
    assert snapshot["round"]["number"] >= last + 1
    history = {past["round"]: past["outcome"] for past in snapshot["history"]}
    assert history["crash.2"] == told["crash.2"]
    void = await second.rows("SELECT number FROM rounds WHERE status = 'void'")
    assert not {f"crash.{row.number}" for row in void} & set(history)


async def test_rooms_have_an_end(open_live: OpenLive) -> None:
    live = await open_live(max_rooms=2)
    ann = await live.player(room="dice")
    bob = await live.player(room=None)
    error = await bob.refused("join", game="dice")
    assert (error["code"], error["retry"]) == ("unavailable", True)
    await ann.ask("leave", room=ann.snapshots[-1][0])
    await bob.join("dice")


async def test_a_solo_room_closes_when_its_player_stays_away(open_live: OpenLive) -> None:
    live = await open_live(grace=0.1)
    ann = await live.player(room="dice")
    room = ann.snapshots[-1][0]
    spectator = await live.spectator(room)
    await ann.cut()
    await spectator.event_of("player_away", player=ann.username)
    await spectator.event_of("player_left", player=ann.username)
    await spectator.event_of("room_closed")
    assert room not in live.floor.rooms
    await eventually(lambda: _no_session(live))


async def _no_session(live: Live) -> bool:
    return await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []


async def test_a_stop_takes_no_more_players(open_live: OpenLive) -> None:
    live = await open_live(points=(1.5, 2.0), shutdown_timeout=1.0)
    ann, bob = await live.player(), await live.player(room=None)
    name = await ann.betting()
    await ann.bet(1)
    await ann.started(name)
    stopping = asyncio.create_task(live.stop())
    await eventually(lambda: live.floor.rooms["crash"].stays._closed)
    assert (await bob.refused("join", room="crash"))["code"] == "unavailable"
    assert (await bob.refused("join", game="dice"))["code"] == "unavailable"
    await stopping


async def test_a_stop_leaves_no_session_open(open_live: OpenLive) -> None:
    live = await open_live()
    for _ in range(3):
        await (await live.player()).join("dice")
    await live.stop()
    assert await _no_session(live)


class OwnPostgres:
    """A PostgreSQL server that a test may stop and start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.start()

    def start(self) -> None:
        self._server = PostgresServer(self._folder)

    def stop(self) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return self._server.url("postgres")


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    # Not below pytest's folder, which the server's own user can't always reach.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = OwnPostgres(Path(folder))
        yield server
        server.stop()


async def test_a_database_server_that_goes_and_comes_back(
    own_postgres: OwnPostgres, open_live: OpenLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real PostgreSQL is stopped in mid-round: nothing is announced, bets are refused, and all is paid once."""
    monkeypatch.setattr(settlement_queue, "LONGEST_WAIT", 0.2)
    await upgrade(own_postgres.url)
    live = await open_live(url=own_postgres.url, points=(1.02, 1.05))
    ann, watcher = await live.player(), await live.spectator()
    name = await ann.betting()
    await ann.bet(1000, selection={"auto_cashout": 1.01})
    await asyncio.to_thread(own_postgres.stop)
    assert (await watcher.event_of("room_paused"))["reason"] == "database"
    assert (await ann.refused("bet", room="crash", amount=1, key="x"))["code"] == "paused"
    assert watcher.events("round_ended", round=name) == []
    await asyncio.to_thread(own_postgres.start)
    await watcher.event_of("room_resumed")
    await watcher.ended(name)
    await ann.ended(await ann.betting())
    with suppress(DatabaseUnavailableError):  # once, on a connection that the stop has left behind
        await live.balance(ann)
    assert await live.balance(ann) == 100_010


async def test_a_room_that_somebody_else_runs_is_not_opened(db: ShakyStore) -> None:
    game_id = (await ensure_games(db, {"crash": "Crash."}))["crash"]
    theirs = OpenRound(game_id, "crash", 1, "h" * 64, 1, b"{}", 1_795_000_000_000)
    await open_rounds.open_round(db, theirs)
    with pytest.raises(RoundTakenError):
        await open_rounds.open_round(db, OpenRound(game_id, "crash", 1, "g" * 64, 1, b"{}", 1_795_000_000_000))
