"""Tests of a whole node: its start after a crash, its stop, and a database server that goes away."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.node.node import Times
from storage import open_rounds
from storage.errors import DatabaseUnavailableError
from storage.games import ensure_games
from storage.migrate import upgrade
from storage.operator_accounts import ensure_players
from storage.settlement import OpenRound
from tests.conftest import PostgresServer
from tests.server.live_node import Live, OpenLive, new_account
from tests.server.shaky_store import ShakyStore
from tests.storage.world import begin_session
from tests.waiting import eventually


async def test_a_start_cleans_up_after_a_dead_process(open_live: OpenLive, db: ShakyStore) -> None:
    """Its open rounds are void, its sessions have ended, and its numbers are not used again."""
    game_id = (await ensure_games(db, {"crash": "Crash."}))["crash"]
    await open_rounds.open_round(
        db,
        OpenRound(
            game_id=game_id,
            room="crash",
            number=7,
            server_seed_hash="h" * 64,
            nonce=7,
            options=b"{}",
            started_at=1_795_000_000_000,
        ),
    )
    (user_id,) = await ensure_players(db, [new_account(0)], 1000, datetime.now(UTC))
    await begin_session(db, user_id, game_id, "crash")
    live = await open_live(url=f"sqlite:///{db.url.database}", crash_betting_ms=60_000)
    rounds = await live.rows("SELECT number, status, outcome FROM rounds ORDER BY number")
    assert [(row.number, row.status) for row in rounds] == [(7, "void"), (8, "open")]
    assert "owner_lost" in rounds[0].outcome
    assert await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []
    assert live.node.owned_rooms["crash"].rounds.history == deque()


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


async def test_the_number_of_rooms_is_limited(open_live: OpenLive) -> None:
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
    assert room not in live.node.owned_rooms
    await eventually(lambda: _no_session(live))


async def _no_session(live: Live) -> bool:
    return await live.rows("SELECT id FROM game_sessions WHERE ended_at IS NULL") == []


async def test_a_stopping_node_admits_no_players(open_live: OpenLive) -> None:
    live = await open_live(points=(1.5, 2.0), shutdown_timeout=1.0)
    ann, bob = await live.player(), await live.player(room=None)
    name = await ann.betting()
    await ann.bet(1)
    await ann.started(name)
    stopping = asyncio.create_task(live.stop())
    await eventually(lambda: live.node.opener._stopped)
    assert (await bob.refused("join", room="crash"))["code"] == "unavailable"
    assert (await bob.refused("join", game="dice"))["code"] == "unavailable"
    await stopping


async def test_a_stop_ends_all_sessions(open_live: OpenLive) -> None:
    live = await open_live()
    for _ in range(3):
        await (await live.player()).join("dice")
    await live.stop()
    assert await _no_session(live)


class OwnPostgres:
    """A PostgreSQL server that a test can stop and start."""

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
    # The server's own user can't always read pytest's folder.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        server = OwnPostgres(Path(folder))
        yield server
        server.stop()


async def test_a_database_server_that_stops_and_starts_again(own_postgres: OwnPostgres, open_live: OpenLive) -> None:
    """PostgreSQL stops in the middle of a round: nothing is announced, bets are refused, and each bet is paid once."""
    await upgrade(own_postgres.url)
    live = await open_live(url=own_postgres.url, points=(1.02, 1.05), times=Times(longest_settlement_pause=0.2))
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
    with suppress(DatabaseUnavailableError):  # the first statement may meet a dead connection
        await live.balance(ann)
    assert await live.balance(ann) == 100_010


async def test_a_round_of_another_owner_is_not_opened(db: ShakyStore) -> None:
    game_id = (await ensure_games(db, {"crash": "Crash."}))["crash"]
    theirs = OpenRound(
        game_id=game_id,
        room="crash",
        number=1,
        server_seed_hash="h" * 64,
        nonce=1,
        options=b"{}",
        started_at=1_795_000_000_000,
    )
    await open_rounds.open_round(db, theirs)
    with pytest.raises(open_rounds.RoundTakenError):
        await open_rounds.open_round(
            db,
            OpenRound(
                game_id=game_id,
                room="crash",
                number=1,
                server_seed_hash="g" * 64,
                nonce=1,
                options=b"{}",
                started_at=1_795_000_000_000,
            ),
        )
