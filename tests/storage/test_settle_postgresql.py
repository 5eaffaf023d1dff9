"""The fast settlement on PostgreSQL: the order of locks and rows, and what others change meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from storage import ledger, settle_postgresql
from storage.audit import audit
from storage.database import normalise
from storage.ledger import credit, settle
from storage.models import GameSession, Transaction, Wallet
from storage.open_rounds import open_round
from storage.postgresql import PostgresqlStore
from storage.settlement import OnRecord, SettlementPlan, WalletChange
from storage.store import Store
from tests.storage.world import World


@pytest.fixture
async def store(migrated_postgres_url: str) -> AsyncIterator[PostgresqlStore]:
    store = await PostgresqlStore.open(normalise(migrated_postgres_url))
    yield store
    await store.close()


@pytest.fixture
def world(store: PostgresqlStore) -> World:
    return World(store)


async def deadlocks(db: Store) -> int:
    async with db.read() as session:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int((await session.execute(text(query))).scalar_one())


async def test_a_deletion_and_a_settlement_wait_for_each_other(world: World) -> None:
    players = await world.players(12)
    for n in range(6):
        leaving = players.pop()
        bets = [world.bet(user, k, 10, 20, f"k{n}") for k, user in enumerate([*players, leaving], start=1)]
        await asyncio.gather(
            settle(world.db, [world.round("crash", bets)]),
            world.delete(leaving),
            settle(world.db, [world.round("other", [world.bet(leaving, 1, 5, 0, f"o{n}")])]),
        )
    assert await audit(world.db) == []
    assert await deadlocks(world.db) == 0


async def test_a_wallets_transactions_are_numbered_in_the_order_of_its_changes(world: World) -> None:
    ann = await world.player(100_000)
    rounds = [world.round(f"dice-{n}", [world.bet(ann, 1, 10, 0, f"k{n}")]) for n in range(30)]
    top_ups = (credit(world.db, ann, 5, "top-up", "") for _ in range(30))
    await asyncio.gather(*(settle(world.db, [round_]) for round_ in rounds), *top_ups)
    async with world.db.read() as session:
        rows = (await session.scalars(select(Transaction).order_by(Transaction.id))).all()
    balance = 0
    for row in rows:
        balance += row.amount if row.type == "credit" else -row.amount
        assert row.balance_after == balance
    assert len(rows) == 61
    assert await deadlocks(world.db) == 0


async def test_its_statements_are_planned_for_tables_that_grow(store: PostgresqlStore) -> None:
    """A plan that is made while a table is empty, and kept as long as the connection, must not scan it."""
    nothing = SettlementPlan(
        OnRecord(wallets={}, sessions={}, rounds={}), round_ids=count(-1, -1), bet_ids=count(-1, -1), to_column=int
    )
    async with store.fast_connection() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        for statement, values in (
            (settle_postgresql.LOOK_UP, ["{1}", "{1}", ["crash"], "{1}"]),
            (settle_postgresql.STATEMENT, settle_postgresql.parameters_of(nothing, {})),
        ):
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *values))
            assert "Seq Scan" not in plan


async def test_a_batch_is_two_statements(world: World, store: PostgresqlStore) -> None:
    ann, bob = await world.players(2)
    batch = [world.round(f"dice-{user}", [world.bet(user, 1, 10, 0, "k")]) for user in (ann, bob)]
    asked: list[str] = []
    async with store.fast_connection() as connection:
        with connection.query_logger(lambda query: asked.append(query.query)):
            assert await settle_postgresql.settle(connection, batch) is not None
            await asyncio.sleep(0)  # the logger is called in the next turn of the loop
    assert asked == [settle_postgresql.LOOK_UP, settle_postgresql.STATEMENT]


async def test_a_round_that_becomes_void_meanwhile_is_not_settled(world: World) -> None:
    """The previous owner has just read that the round is open when the next owner's transaction commits."""
    ann = await world.player()
    await open_round(world.db, world.opened("crash", 1))
    round_ = world.round("crash", [world.bet(ann, 1, 100, 300, "k")])
    async with world.db.write() as session:
        made_void = """UPDATE rounds SET status = 'void', outcome = '{"reason": "owner_lost"}', ended_at = now()"""
        await session.execute(text(made_void))
        settling = asyncio.create_task(settle(world.db, [round_]))
        await until_a_lock_is_awaited(world.db)
    (settlement,) = await settling
    assert (settlement.status, settlement.wallets) == ("void", (WalletChange(ann, 1_000, 1),))
    async with world.db.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM bets"))).scalar_one() == 0
    assert await audit(world.db) == []


@pytest.mark.parametrize(("stake", "settled_from"), [(100, 1_500), (1_200, 1_500), (1_600, None)])
async def test_a_top_up_during_a_settlement_counts(world: World, stake: int, settled_from: int | None) -> None:
    """The balance has just been looked up, and may be too small, when a top-up of 500 is committed."""
    ann = await world.player()
    round_ = world.round("dice-1", [world.bet(ann, 1, stake, 0, "k")])
    async with world.db.write() as session:
        await ledger.pay_in(session, ann, 500, category="top-up", description="", now=datetime.now(UTC))
        settling = asyncio.create_task(settle(world.db, [round_]))
        await until_a_lock_is_awaited(world.db)
    (settlement,) = await settling
    if settled_from is None:
        assert settlement.status == "failed"
    else:
        assert settlement.wallets == (WalletChange(ann, settled_from - stake, 3),)
    assert await audit(world.db) == []
    assert await deadlocks(world.db) == 0


async def a_top_up(other: World, ann: int) -> None:
    await credit(other.db, ann, 500, "top-up", "")


async def a_stake(other: World, ann: int) -> None:
    await settle(other.db, [other.round("else", [other.bet(ann, 1, 950, 0, "other")])])


async def the_key(other: World, ann: int) -> None:
    await settle(other.db, [other.round("else", [other.bet(ann, 1, 10, 0, "k")])])


async def the_round_made_void(other: World, ann: int) -> None:
    await settle(other.db, [other.round("dice-ann", [other.bet(ann, 1, 100, 0, "k")], number=1, status="void")])


async def another_balance_of_this_version(other: World, ann: int) -> None:
    async with other.db.write() as session:
        wallet = (await session.scalars(select(Wallet).where(Wallet.user_id == ann))).one()
        signed_up = (await session.scalars(select(Transaction).where(Transaction.wallet_id == wallet.id))).one()
        wallet.balance = signed_up.amount = signed_up.balance_after = 995


async def no_session(other: World, ann: int) -> None:
    async with other.db.write() as session:
        await session.execute(delete(GameSession).where(GameSession.user_id == ann))


async def no_account(other: World, ann: int) -> None:
    await other.delete(ann)


class Interrupted:
    """A connection on which something happens between the look-up and the statement that writes."""

    def __init__(self, connection: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._meanwhile = meanwhile

    async def fetchrow(self, *query: Any) -> Any:
        found = await self._connection.fetchrow(*query)
        await self._meanwhile()
        return found

    async def fetchval(self, *query: Any) -> Any:
        return await self._connection.fetchval(*query)


@pytest.mark.parametrize(
    ("meanwhile", "status", "wallet"),
    [
        (a_top_up, "settled", (1_400, 3)),
        (a_stake, "failed", None),
        (the_key, "failed", None),
        (the_round_made_void, "void", (1_000, 1)),
        (another_balance_of_this_version, "settled", (895, 2)),
        (no_session, "settled", None),
        (no_account, "settled", None),
    ],
)
async def test_a_change_between_look_up_and_statement_is_seen(
    world: World,
    store: PostgresqlStore,
    meanwhile: Callable[[World, int], Awaitable[None]],
    status: str,
    wallet: tuple[int, int] | None,
) -> None:
    """The fast way writes nothing at all; the ledger settles from what is on record then."""
    ann, bob = await world.players(2)
    batch = [
        world.round(f"dice-{name}", [world.bet(user, 1, 100, 0, "k")], number=1)
        for name, user in (("ann", ann), ("bob", bob))
    ]
    async with store.fast_connection() as connection:
        interrupted: Any = Interrupted(connection, lambda: meanwhile(world, ann))
        assert await settle_postgresql.settle(interrupted, batch) is None
    anns, bobs = await settle(store, batch)
    assert (anns.status, anns.wallets) == (status, (WalletChange(ann, *wallet),) if wallet else ())
    assert (bobs.status, bobs.wallets) == ("settled", (WalletChange(bob, 900, 2),))
    assert await audit(store) == []


async def until_a_lock_is_awaited(db: Store) -> None:
    """Return when a transaction waits for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(20):
        while True:
            async with db.read() as session:
                if (await session.execute(text(query))).scalar_one():
                    return
            await asyncio.sleep(0.01)
