"""The store on PostgreSQL: its connections, its retries, its plans, and what happens when the server goes away."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import asyncpg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import postgresql
from storage.audit import audit
from storage.calls import CLOSE_SECONDS
from storage.database import normalise
from storage.errors import DatabaseUnavailableError
from storage.ledger import credit, settle
from storage.models import Wallet
from storage.postgresql import FastConnections, PostgresqlStore
from tests.postgres_relay import relay_of
from tests.storage.world import World
from tests.waiting import eventually


@pytest.fixture
async def store(migrated_postgres_url: str) -> AsyncIterator[PostgresqlStore]:
    store = await PostgresqlStore.open(normalise(migrated_postgres_url))
    yield store
    await store.close()


async def test_transact_runs_again_when_postgresql_asks_for_it(store: PostgresqlStore) -> None:
    world, tries = World(store), 0
    ann = await world.player()

    async def add_one(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        balance = await session.scalar(select(Wallet.balance).where(Wallet.user_id == ann)) or 0
        await session.execute(update(Wallet).where(Wallet.user_id == ann).values(balance=balance + 1))

    await asyncio.gather(*(store.transact(add_one) for _ in range(4)))
    assert (await world.balances())[ann][0] == 1_004
    assert tries > 4


async def test_transact_gives_up_in_the_end(store: PostgresqlStore) -> None:
    tries = 0

    async def never(_session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("", None, asyncpg.DeadlockDetectedError())

    with pytest.raises(DatabaseUnavailableError, match="deadlock"):
        await store.transact(never)
    assert tries == postgresql.MAX_ATTEMPTS


async def test_postgresql_goes_away_and_comes_back(store: PostgresqlStore) -> None:
    world = World(store)
    ann = await world.player()
    for ask in (
        lambda: store.load_players([ann]),
        lambda: settle(store, [world.round("dice-1", [world.bet(ann, 1, 1, 0, "k")], number=1)]),
        lambda: credit(store, ann, 1, "top-up", ""),
        store.ping,
    ):
        await answered(ask)
        await cut(store)
        await answered(ask)
    assert (await world.balances())[ann][0] == 1_001
    assert await audit(store) == []


async def test_a_cut_of_all_connections_costs_one_call_at_most(store: PostgresqlStore) -> None:
    async with store.fast_connection(), store.fast_connection():
        pass  # both stay open
    await cut(store)
    with suppress(DatabaseUnavailableError):
        await store.load_players([1])
    assert await store.load_players([1]) == {}


async def test_a_connection_left_in_a_transaction_is_not_used_again(store: PostgresqlStore) -> None:
    async with store.fast_connection() as connection:
        process = connection.get_server_pid()
        await connection.execute("BEGIN")
    async with store.fast_connection() as connection:
        assert connection.get_server_pid() != process


async def test_a_postgresql_that_accepts_connections_and_never_answers(migrated_postgres_url: str) -> None:
    async with relay_of(migrated_postgres_url) as relay:
        relay.hang()
        for url, start_s in ((f"{relay.url}?connect_timeout=1", 60.0), (relay.url, 1.0)):
            with pytest.raises(DatabaseUnavailableError, match="it has not answered in time"):
                await PostgresqlStore.open(normalise(url), start_s=start_s)


async def test_a_postgresql_that_hangs_at_the_first_statement(migrated_postgres_url: str) -> None:
    async with relay_of(migrated_postgres_url) as relay:
        relay.hang_at("SELECT 1")
        with pytest.raises(DatabaseUnavailableError, match="it has not answered in time"):
            await PostgresqlStore.open(normalise(relay.url), start_s=5.0)
        assert relay.hangs


async def test_a_store_closes_although_postgresql_hangs(migrated_postgres_url: str) -> None:
    """With idle connections for sessions and for fast statements, and a call that waits for its answer."""
    async with relay_of(migrated_postgres_url) as relay:
        store = await PostgresqlStore.open(normalise(relay.url))
        async with store.read() as one, store.read() as two, store.write() as three, store.fast_connection() as fast:
            for session in (one, two, three):
                await session.execute(text("SELECT 1"))
            await fast.execute("SELECT 1")
        relay.hang()
        waiting = asyncio.create_task(store.ping())
        await eventually(lambda: store._calls._under_way == 1)
        started = time.monotonic()
        await store.close()
        # Each of the two idle readers has its limit, one after the other; and as much again for a busy machine.
        assert time.monotonic() - started < 2 * (CLOSE_SECONDS + 3 * postgresql.CLOSE_SECONDS)
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_nobody_waits_for_a_connection_for_ever(store: PostgresqlStore) -> None:
    async with AsyncExitStack() as stack:
        fast = FastConnections(store._fast._connect, wait_s=1.0)
        stack.push_async_callback(fast.close)
        async with AsyncExitStack() as users:
            for _ in range(postgresql.MAX_KEPT_CONNECTIONS):
                await users.enter_async_context(fast.use())
            with pytest.raises(DatabaseUnavailableError, match="all connections"):
                await users.enter_async_context(fast.use())
        async with fast.use() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def test_fast_statements_leave_connections_to_sessions(store: PostgresqlStore) -> None:
    async def look() -> None:
        async with store.fast_connection() as connection:
            await connection.fetchval("SELECT pg_sleep(0.01)")

    async def write() -> None:
        async with store.write() as session:
            await session.execute(text("SELECT pg_sleep(0.01)"))

    async with asyncio.timeout(postgresql.PATIENCE_SECONDS):
        for _ in range(2):
            await asyncio.gather(*(look() for _ in range(20)))
            await asyncio.gather(*(write() for _ in range(20)), *(look() for _ in range(20)))


async def test_fast_statements_are_planned_for_tables_that_grow(store: PostgresqlStore) -> None:
    """A plan that is made while a table is empty, and kept as long as the connection, must not scan it."""
    async with store.fast_connection() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        for statement, values in (
            (postgresql.FIND_BETS, ([1], ["k"])),
            (postgresql.PLAYERS_BY_ID, ([1],)),
            (postgresql.OWNERS_OF_TOKENS, (["t"],)),
        ):
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *values))
            assert "Seq Scan" not in plan
    async with store.read() as session:
        assert await session.scalar(text("SHOW enable_seqscan")) == "on"


async def test_a_server_that_only_reads_counts_as_unavailable(store: PostgresqlStore) -> None:
    """As after a failover to a standby: no round is lost for that."""
    world = World(store)
    ann = await world.player()
    async with store.fast_connection() as connection:
        await connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(DatabaseUnavailableError):
        await settle(store, [world.round("dice-1", [world.bet(ann, 1, 100, 0, "k")])])


async def test_a_server_stopped_in_a_transaction_loses_its_locks(store: PostgresqlStore) -> None:
    """As by SIGSTOP: by then its rooms, and its players' wallets, belong to other servers."""
    other = await PostgresqlStore.open(store.url)
    with pytest.raises(DatabaseUnavailableError):
        await stop_with_wallets_locked(store, other)
    await other.close()


async def stop_with_wallets_locked(store: PostgresqlStore, other: PostgresqlStore) -> None:
    """Come back after the other server has locked the wallets for itself."""
    async with asyncio.timeout(10), store.fast_connection() as stopped:
        await stopped.execute("BEGIN")
        await stopped.execute("LOCK TABLE wallets IN EXCLUSIVE MODE")
        async with other.fast_connection() as connection, connection.transaction():
            await connection.execute("LOCK TABLE wallets IN EXCLUSIVE MODE")
        await stopped.execute("COMMIT")


async def answered(ask: Callable[[], Awaitable[object]]) -> None:
    """A call may use two connections, of the driver and of SQLAlchemy. Each may have been cut and costs one call then;
    the third call must not fail."""
    for _ in range(2):
        with suppress(DatabaseUnavailableError):
            await ask()
            return
    await ask()


async def cut(store: PostgresqlStore) -> None:
    """End every other connection to the database, as a restart of the server does."""
    connection = await asyncpg.connect(store.url.set(drivername="postgresql").render_as_string(hide_password=False))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
    await connection.execute(others, connection.get_server_pid())
    await connection.close()
