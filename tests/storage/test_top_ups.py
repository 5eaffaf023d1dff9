"""Lists of top-ups: all or nothing, and never twice by mistake, whoever else writes at the same time."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from storage import ledger, top_ups
from storage.audit import audit
from storage.ledger import NoSuchAccountError, settle
from storage.models import Transaction
from storage.top_ups import ListBookedError, TopUp, digest_of, last_booked
from tests.storage.world import World

NOW = datetime(2026, 12, 3, 18, 0, tzinfo=UTC)


async def entries(world: World) -> int:
    async with world.db.read() as session:
        return await session.scalar(select(func.count()).where(Transaction.category == "top-up")) or 0


def test_the_digest_is_that_of_the_content() -> None:
    one, two = TopUp(1, 500, "quiz"), TopUp(2, 700, "quiz")
    assert digest_of([one, two]) == digest_of([two, one])
    others = [
        [one],
        [one, one, two],
        [one, TopUp(2, 701, "quiz")],
        [one, TopUp(2, 700, "x")],
        [one, TopUp(3, 700, "quiz")],
    ]
    assert len({digest_of(each) for each in [[one, two], *others]}) == 6


async def test_a_list_is_booked_once(world: World) -> None:
    ann, bob = await world.players(2)
    empty = await world.player(balance=0)
    wanted = [TopUp(bob, 700, "quiz"), TopUp(ann, 500, "quiz"), TopUp(empty, 1, "welcome")]
    assert await last_booked(world.db, wanted) is None
    changes = await top_ups.book(world.db, wanted, NOW)
    assert [(each.user_id, each.balance) for each in changes] == [(bob, 1_700), (ann, 1_500), (empty, 1)]
    assert await last_booked(world.db, wanted) == NOW
    with pytest.raises(ListBookedError):
        await top_ups.book(world.db, list(reversed(wanted)), NOW)
    assert await entries(world) == 3
    await top_ups.book(world.db, wanted, NOW, again=True)
    await top_ups.book(world.db, wanted, NOW, again=True)
    assert (await entries(world), (await world.balances())[ann][0]) == (9, 2_500)
    assert await audit(world.db) == []


@pytest.mark.parametrize("fault", ["gone", "too much", "nothing"])
async def test_a_list_with_a_fault_leaves_nothing(world: World, fault: str) -> None:
    ann, bob = await world.players(2)
    if fault == "gone":
        await world.delete(bob)
    amount = {"gone": 1, "too much": ledger.LARGEST_BALANCE, "nothing": 0}[fault]
    wanted = [TopUp(ann, 500, "quiz"), TopUp(bob, amount, "quiz")]
    with pytest.raises((NoSuchAccountError, ledger.BalanceTooLargeError, ValueError)):
        await top_ups.book(world.db, wanted, NOW)
    assert (await entries(world), (await world.balances())[ann]) == (0, (1_000, 1))
    assert await last_booked(world.db, wanted) is None


async def test_of_the_same_list_at_the_same_time_one_is_booked(world: World) -> None:
    wanted = [TopUp(each, 500, "quiz") for each in await world.players(3)]
    booked = await asyncio.gather(*(top_ups.book(world.db, wanted, NOW) for _ in range(3)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in booked) == ["ListBookedError", "ListBookedError", "list"]
    assert await entries(world) == 3


async def test_settlements_of_the_same_players_go_on(world: World) -> None:
    players = await world.players(4)
    rounds = [world.round("dice-1", [world.bet(each, 1, 100, 198, f"k{each}")]) for each in reversed(players)]
    await asyncio.gather(
        *(settle(world.db, [each]) for each in rounds),
        *(top_ups.book(world.db, [TopUp(p, n, "x") for p in players], NOW) for n in (1, 2, 3)),
    )
    assert {balance for balance, _ in (await world.balances()).values()} == {1_000 + 98 + 6}
    assert await audit(world.db) == []
