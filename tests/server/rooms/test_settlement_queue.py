"""Tests of the settlement queue: rounds share commits, and none is lost while the database is away."""

import asyncio
from typing import Any

import pytest

from server.rooms.settlement_queue import SettlementQueue
from storage.games import ensure_games
from storage.settlement import EndedRound
from tests.server.shaky_store import ShakyStore, rows
from tests.waiting import eventually


def round_of(number: int, game_id: int, **more: Any) -> EndedRound:
    fields: dict[str, Any] = {
        "game_id": game_id,
        "room": "dice-1",
        "number": number,
        "server_seed_hash": f"{number:064x}",
        "server_seed": "s",
        "client_seed": "c",
        "nonce": number,
        "status": "settled",
        "options": b"{}",
        "journal": b"[]",
        "outcome": b'{"roll":1.0}',
        "started_at": 1_795_000_000_000,
        "ended_at": 1_795_000_001_000,
    }
    return EndedRound(**(fields | more))


@pytest.fixture
async def game_id(db: ShakyStore) -> int:
    return (await ensure_games(db, {"dice": "Dice."}))["dice"]


class Listener:
    """Keeps what the queue reports about commits."""

    def __init__(self) -> None:
        self.reports: list[str | None] = []

    def commits_changed(self, trouble: str | None) -> None:
        self.reports.append(trouble)


def queue_of(db: ShakyStore, listener: Listener | None = None) -> SettlementQueue:
    return SettlementQueue(db, listener or Listener(), first_pause_s=0.01, longest_pause_s=0.02)


async def test_rounds_that_end_together_share_a_commit(db: ShakyStore, game_id: int) -> None:
    listener = Listener()
    queue = queue_of(db, listener)
    answers = await asyncio.gather(*(queue.submit(round_of(n, game_id)) for n in range(1, 41)))
    assert [(a.room, a.number, a.status) for a in answers] == [("dice-1", n, "settled") for n in range(1, 41)]
    assert queue.counts == {"settled": 40}
    assert 1 <= queue.commits <= 3
    assert queue.seconds > 0
    assert listener.reports == []
    await queue.drained()


async def test_a_bad_round_fails_alone(db: ShakyStore, game_id: int) -> None:
    queue = queue_of(db)
    good, bad, void = await asyncio.gather(
        queue.submit(round_of(1, game_id)),
        queue.submit(round_of(2, game_id + 77)),
        queue.submit(round_of(3, game_id, status="void")),
    )
    assert (good.status, bad.status, void.status) == ("settled", "failed", "void")
    assert bad.reason
    assert queue.counts == {"settled": 1, "failed": 1, "void": 1}


async def test_rounds_wait_for_the_database_and_its_state_is_reported_once(db: ShakyStore, game_id: int) -> None:
    listener = Listener()
    queue = queue_of(db, listener)
    db.away = True
    waiting = [asyncio.ensure_future(queue.submit(round_of(1, game_id)))]
    await eventually(lambda: listener.reports == ["database"])
    waiting.append(asyncio.ensure_future(queue.submit(round_of(2, game_id))))
    attempts = db.refused
    await eventually(lambda: db.refused >= attempts + 3)
    assert queue.trouble == "database"
    assert not any(each.done() for each in waiting)
    assert listener.reports == ["database"]
    db.away = False
    async with asyncio.timeout(10):
        assert [(await each).status for each in waiting] == ["settled", "settled"]
    assert listener.reports == ["database", None]
    assert queue.trouble is None


async def test_a_commit_whose_answer_is_lost_counts_once(db: ShakyStore, game_id: int) -> None:
    listener = Listener()
    queue = queue_of(db, listener)
    db.lost_answers = 2
    assert (await queue.submit(round_of(1, game_id))).status == "settled"
    assert listener.reports == ["database", None]
    assert [row.status for row in await rows(db, "SELECT status FROM rounds")] == ["settled"]


async def test_an_unexpected_error_costs_one_round_and_not_the_batch(
    db: ShakyStore, game_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    queue = queue_of(db)
    db.failing_settlements = 2  # the batch, then its first round
    answers = await asyncio.gather(*(queue.submit(round_of(n, game_id)) for n in range(1, 4)))
    assert [(a.status, a.reason) for a in answers] == [
        ("failed", "ZeroDivisionError"),
        ("settled", None),
        ("settled", None),
    ]
    assert queue.counts == {"failed": 1, "settled": 2}
    assert "3 ended rounds could not be committed" in caplog.text


async def test_a_commit_that_hangs_is_reported_and_named_until_it_is_done(
    db: ShakyStore, game_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    queue = SettlementQueue(db, listener, slow_s=0.02)
    assert await queue.check() is None
    db.write_lock = asyncio.Lock()
    async with db.write_lock:
        answer = queue.submit(round_of(1, game_id))
        await eventually(lambda: listener.reports == ["database"])
        reason = "a commit of 1 ended rounds has taken longer than 0.02 s"
        assert await queue.check() == f"ended rounds wait: {reason}"
        assert f"{reason}; rooms pause until it is done or given up" in caplog.text
        assert not answer.done()
    assert (await answer).status == "settled"
    assert listener.reports == ["database", None]
    assert await queue.check() is None
