"""Tests of the settler: rounds share commits, and none is lost while the database is away."""

import asyncio
from typing import Any

import pytest

from server.rooms import settlement_queue as module
from server.rooms.settlement_queue import SettlementQueue
from storage.games import ensure_games
from storage.settlement import EndedRound
from tests.server.live import ShakyStore, eventually, rows


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


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.02)


async def test_rounds_that_end_together_share_a_commit(db: ShakyStore, game_id: int) -> None:
    health: list[str | None] = []
    settler = SettlementQueue(db, health.append)
    answers = await asyncio.gather(*(settler.settle(round_of(n, game_id)) for n in range(1, 41)))
    assert [(a.room, a.number, a.status) for a in answers] == [("dice-1", n, "settled") for n in range(1, 41)]
    assert settler.counts == {"settled": 40}
    assert 1 <= settler.commits <= 3
    assert settler.seconds > 0
    assert health == []
    await settler.drained()


async def test_a_bad_round_fails_alone(db: ShakyStore, game_id: int) -> None:
    settler = SettlementQueue(db, lambda _: None)
    good, bad, void = await asyncio.gather(
        settler.settle(round_of(1, game_id)),
        settler.settle(round_of(2, game_id + 77)),
        settler.settle(round_of(3, game_id, status="void")),
    )
    assert (good.status, bad.status, void.status) == ("settled", "failed", "void")
    assert bad.reason
    assert settler.counts == {"settled": 1, "failed": 1, "void": 1}


async def test_rounds_wait_for_the_database_and_its_state_is_told_once(db: ShakyStore, game_id: int) -> None:
    health: list[str | None] = []
    settler = SettlementQueue(db, health.append)
    db.away = True
    waiting = [asyncio.ensure_future(settler.settle(round_of(1, game_id)))]
    await eventually(lambda: health == ["database"])
    waiting.append(asyncio.ensure_future(settler.settle(round_of(2, game_id))))
    await asyncio.sleep(0.1)
    assert settler.trouble == "database"
    assert not any(each.done() for each in waiting)
    assert health == ["database"]
    db.away = False
    async with asyncio.timeout(10):
        assert [(await each).status for each in waiting] == ["settled", "settled"]
    assert health == ["database", None]
    assert settler.trouble is None


async def test_a_commit_whose_answer_is_lost_counts_once(db: ShakyStore, game_id: int) -> None:
    health: list[str | None] = []
    settler = SettlementQueue(db, health.append)
    db.deaf_writes = 2
    assert (await settler.settle(round_of(1, game_id))).status == "settled"
    assert health == ["database", None]
    assert [row.status for row in await rows(db, "SELECT status FROM rounds")] == ["settled"]


async def test_what_nobody_foresaw_costs_one_round_and_not_the_batch(
    db: ShakyStore, game_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    settler = SettlementQueue(db, lambda _: None)
    db.broken_writes = 2  # the batch, and the first round apart
    answers = await asyncio.gather(*(settler.settle(round_of(n, game_id)) for n in range(1, 4)))
    assert [(a.status, a.reason) for a in answers] == [
        ("failed", "ZeroDivisionError"),
        ("settled", None),
        ("settled", None),
    ]
    assert settler.counts == {"failed": 1, "settled": 2}
    assert "3 ended rounds could not be written" in caplog.text
