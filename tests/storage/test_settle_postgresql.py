"""The fast settlement on PostgreSQL: the order of locks and rows, and what others change meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import count

import msgspec
import pytest
from sqlalchemy import delete, select, text

from storage import ledger, settle_postgresql
from storage.audit import audit
from storage.database import normalise
from storage.ledger import credit, settle
from storage.models import GameSession, Round, Transaction
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
        query = f"EXPLAIN {settle_postgresql.STATEMENT}"
        plan = "\n".join(row[0] for row in await connection.fetch(query, *settle_postgresql.parameters_of(nothing)))
        assert "Seq Scan" not in plan


async def test_a_batch_is_one_statement(world: World, store: PostgresqlStore) -> None:
    ann, bob = await world.players(2)
    batch = [world.round(f"dice-{user}", [world.bet(user, 1, 10, 0, "k")]) for user in (ann, bob)]
    asked: list[str] = []
    async with store.fast_connection() as connection:
        with connection.query_logger(lambda query: asked.append(query.query)):
            assert await settle_postgresql.settle(connection, batch) is not None
            await asyncio.sleep(0)  # the logger is called in the next turn of the loop
    assert asked == [settle_postgresql.STATEMENT]


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
        assert settlement.uncovered == (ann,)
        assert await world.balances() == {ann: (1_500, 2)}
    else:
        assert settlement.wallets == (WalletChange(ann, settled_from - stake, 3),)
    assert await audit(world.db) == []
    assert await deadlocks(world.db) == 0


async def test_the_fast_way_waits_for_a_top_up_and_counts_it(world: World, store: PostgresqlStore) -> None:
    ann = await world.player()
    round_ = world.round("dice-1", [world.bet(ann, 1, 1_200, 0, "k")])
    async with store.fast_connection() as connection:
        async with store.write() as session:
            await ledger.pay_in(session, ann, 500, category="top-up", description="", now=datetime.now(UTC))
            settling = asyncio.create_task(settle_postgresql.settle(connection, [round_]))
            await until_a_lock_is_awaited(store)
        settled = await settling
    assert settled is not None
    assert settled[0].wallets == (WalletChange(ann, 300, 3),)
    assert await world.balances() == {ann: (300, 3)}
    assert await audit(store) == []


async def a_stake(world: World, ann: int) -> None:
    await settle(world.db, [world.round("else", [world.bet(ann, 1, 950, 0, "other")])])


async def the_key(world: World, ann: int) -> None:
    await settle(world.db, [world.round("else", [world.bet(ann, 1, 10, 0, "k")])])


async def the_round_made_void(world: World, ann: int) -> None:
    await settle(world.db, [world.round("dice-ann", [world.bet(ann, 1, 100, 0, "k")], number=1, status="void")])


async def another_open_round(world: World, _ann: int) -> None:
    opened = world.opened("dice-ann", 1)
    await open_round(world.db, msgspec.structs.replace(opened, server_seed_hash="0" * 64))


async def no_session(world: World, ann: int) -> None:
    async with world.db.write() as session:
        await session.execute(delete(GameSession).where(GameSession.user_id == ann))


async def no_account(world: World, ann: int) -> None:
    await world.delete(ann)


@pytest.mark.parametrize(
    ("on_record", "status", "wallet"),
    [
        (a_stake, "settled", (50, 2)),
        (the_key, "failed", None),
        (the_round_made_void, "void", (1_000, 2)),
        (another_open_round, "failed", None),
        (no_session, "settled", None),
        (no_account, "settled", None),
    ],
)
async def test_nothing_is_written_unless_the_assumptions_hold(
    world: World,
    store: PostgresqlStore,
    on_record: Callable[[World, int], Awaitable[None]],
    status: str,
    wallet: tuple[int, int] | None,
) -> None:
    """The fast way writes nothing at all; the ledger settles from what is on record."""
    ann, bob = await world.players(2)
    batch = [
        world.round(f"dice-{name}", [world.bet(user, 1, 100, 0, "k")], number=1)
        for name, user in (("ann", ann), ("bob", bob))
    ]
    await on_record(world, ann)
    async with store.fast_connection() as connection:
        assert await settle_postgresql.settle(connection, batch) is None
    anns, bobs = await settle(store, batch)
    assert (anns.status, anns.wallets) == (status, (WalletChange(ann, *wallet),) if wallet else ())
    assert (bobs.status, bobs.wallets) == ("settled", (WalletChange(bob, 900, 2),))
    assert await audit(store) == []


async def test_a_session_of_another_player_pays_for_nothing(world: World, store: PostgresqlStore) -> None:
    ann, bob = await world.players(2)
    anns, bobs = world.bet(ann, 1, 100, 300, "k"), world.bet(bob, 1, 100, 300, "k")
    stolen = world.round("dice-ann", [msgspec.structs.replace(anns, session_id=bobs.session_id)])
    async with store.fast_connection() as connection:
        assert await settle_postgresql.settle(connection, [stolen]) is None
    (settlement,) = await settle(store, [stolen])
    assert (settlement.status, settlement.wallets) == ("settled", ())
    assert await world.balances() == {ann: (1_000, 1), bob: (1_000, 1)}


async def test_a_payout_covers_the_stake_of_a_later_round_only(world: World, store: PostgresqlStore) -> None:
    """Two rounds in one batch: the second stakes what the first has won. In one round, no payout covers a stake."""
    ann, bob = await world.players(2)
    won = world.round("dice-1", [world.bet(ann, 1, 1_000, 3_000, "k1")])
    later = world.round("dice-2", [world.bet(ann, 1, 3_000, 0, "k2")])
    both = world.round("crash", [world.bet(bob, 1, 900, 3_000, "k1"), world.bet(bob, 2, 900, 0, "k2")])
    async with store.fast_connection() as connection:
        settled = await settle_postgresql.settle(connection, [won, later])
        assert settled is not None
        assert [each.wallets for each in settled] == [(WalletChange(ann, 3_000, 2),), (WalletChange(ann, 0, 3),)]
        assert await settle_postgresql.settle(connection, [both]) is None
    assert await world.balances() == {ann: (0, 3), bob: (1_000, 1)}
    assert await audit(store) == []


async def test_open_and_new_rounds_settle_together_and_open_the_next(world: World, store: PostgresqlStore) -> None:
    ann, bob = await world.players(2)
    await open_round(store, world.opened("crash", 1))
    batch = [
        world.round("crash", [world.bet(ann, 1, 100, 300, "k")], number=1, next=world.opened("crash", 2)),
        world.round("dice-bob", [world.bet(bob, 1, 100, 0, "k")], number=1),
        world.round("duel", number=1, status="void"),
    ]
    async with store.fast_connection() as connection:
        settled = await settle_postgresql.settle(connection, batch)
    assert settled is not None
    assert [each.status for each in settled] == ["settled", "settled", "void"]
    async with store.read() as session:
        rounds = (await session.scalars(select(Round).order_by(Round.room, Round.number))).all()
    assert [(each.room, each.number, each.status) for each in rounds] == [
        ("crash", 1, "settled"),
        ("crash", 2, "open"),
        ("dice-bob", 1, "settled"),
        ("duel", 1, "void"),
    ]
    assert await world.balances() == {ann: (1_200, 2), bob: (900, 2)}
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
