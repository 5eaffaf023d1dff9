"""Rounds on record as open: opened once, refused under a number that is taken, and made void when left open."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage import open_rounds
from storage.audit import audit
from storage.ledger import settle
from storage.models import Round
from storage.open_rounds import RoundTakenError
from tests.storage.world import STARTED, World


async def test_a_round_is_opened_once(world: World) -> None:
    await world.players(1)
    opened = world.opened("crash", 1)
    await asyncio.gather(*(open_rounds.open_round(world.db, opened) for _ in range(8)))
    await open_rounds.open_round(world.db, opened)
    async with world.db.read() as session:
        (row,) = await session.scalars(select(Round))
    assert (row.status, row.server_seed, row.options) == ("open", None, {})
    assert row.started_at == datetime.fromtimestamp(STARTED / 1000, UTC)


async def test_a_round_of_a_game_that_does_not_exist_is_an_error(world: World) -> None:
    await world.players(1)
    world.games["crash"] = 77
    with pytest.raises(IntegrityError):
        await open_rounds.open_round(world.db, world.opened("crash", 1))


async def test_rounds_left_open_become_void(world: World) -> None:
    await world.players(1)
    for room, number in (("crash", 1), ("crash", 2), ("roulette", 1)):
        await open_rounds.open_round(world.db, world.opened(room, number))
    assert sorted(await open_rounds.rooms_left_open(world.db)) == ["crash", "roulette"]
    assert await open_rounds.void_open_rounds(world.db, "roulette", "owner_lost") == ["roulette.1"]
    assert sorted(await open_rounds.void_open_rounds(world.db, None, "restart")) == ["crash.1", "crash.2"]
    assert await open_rounds.rooms_left_open(world.db) == []
    async with world.db.read() as session:
        rounds = (await session.scalars(select(Round).order_by(Round.id))).all()
    assert [(row.status, row.outcome) for row in rounds] == [
        ("void", {"reason": "restart"}),
        ("void", {"reason": "restart"}),
        ("void", {"reason": "owner_lost"}),
    ]
    assert await audit(world.db, open_rounds=True) == []


async def test_no_round_becomes_void_before_it_began(world: World) -> None:
    """The clock was set back since."""
    await world.players(1)
    later = int(datetime.now(UTC).timestamp() * 1000) + 3_600_000
    await open_rounds.open_round(world.db, structs.replace(world.opened("crash", 1), started_at=later))
    await open_rounds.void_open_rounds(world.db, None, "restart")
    async with world.db.read() as session:
        (row,) = await session.scalars(select(Round))
    assert row.ended_at == row.started_at == datetime.fromtimestamp(later / 1000, UTC)


async def test_another_round_with_the_number_is_refused(world: World) -> None:
    ann = await world.player()
    await open_rounds.open_round(world.db, world.opened("crash", 1))
    mine = world.round("crash", [world.bet(ann, 1, 100, 0, "k")], number=1, server_seed_hash="0" * 64)
    (settled,) = await settle(world.db, [mine])
    assert (settled.status, settled.reason) == ("failed", "another round has this number")
    taken = world.opened("crash", 1)
    with pytest.raises(RoundTakenError):
        await open_rounds.open_round(world.db, structs.replace(taken, server_seed_hash="0" * 64))
