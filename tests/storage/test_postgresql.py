"""The statements of PostgreSQL: the order of locks, and of a wallet's rows, among several who write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import chain

import pytest
from sqlalchemy import delete, select, text

from storage import ledger, postgresql
from storage.audit import audit
from storage.database import Database, DatabaseUnavailableError
from storage.ledger import WalletChange, credit, open_round, settle
from storage.migrate import upgrade
from storage.models import GameSession, Transaction, Wallet
from tests.storage.world import World


async def deadlocks(db: Database) -> int:
    async with db.read() as session:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int((await session.execute(text(query))).scalar_one())


@pytest.fixture
async def world(postgres_url: str) -> AsyncIterator[World]:
    await upgrade(postgres_url)
    db = await Database.open(postgres_url)
    yield World(db)
    await db.close()


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


async def test_a_wallets_rows_are_numbered_in_the_order_in_which_it_moved(world: World) -> None:
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


async def test_hot_statements_are_planned_for_tables_that_grow(world: World) -> None:
    """A plan that is made while a table is empty and kept for the connection's life must not be a scan of it."""
    nothing = [*chain.from_iterable(postgresql._columns(table, []) for table in postgresql._TABLES), [], "{}", "{}"]
    async with world.db.asyncpg() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        for statement, values in (
            (postgresql.FIND_BETS, ([1], ["k"])),
            (postgresql.PLAYERS_BY_ID, ([1],)),
            (postgresql.PLAYERS_BY_TOKEN, (["t"],)),
            (postgresql._LOOK_UP, ([1], [1], ["crash"], [1])),
            (postgresql._WRITE, nothing),
        ):
            plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *values))
            assert "Seq Scan" not in plan
    async with world.db.asyncpg(hot=False) as connection:
        assert await connection.fetchval("SHOW enable_seqscan") == "on"


async def test_a_server_that_only_reads_is_waited_for(world: World) -> None:
    """As after a failover to a standby: a round is not lost for that."""
    ann = await world.player()
    async with world.db.asyncpg() as connection:
        await connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(DatabaseUnavailableError):
        await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 100, 0, "k")])])


async def test_a_server_that_stops_in_mid_transaction_keeps_its_locks_from_nobody(world: World) -> None:
    """As by SIGSTOP: the rooms that it had, and the wallets of their players, are others' business by then."""
    other = await Database.open(world.db.url.render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnavailableError):
        await stop_with_wallets_locked(world.db, other)
    await other.close()


async def stop_with_wallets_locked(db: Database, other: Database) -> None:
    """What comes back when another server has had the wallets for itself."""
    async with asyncio.timeout(10), db.asyncpg() as stopped:
        await stopped.execute("BEGIN")
        await stopped.execute("LOCK TABLE wallets IN EXCLUSIVE MODE")
        async with other.asyncpg() as connection, connection.transaction():
            await connection.execute("LOCK TABLE wallets IN EXCLUSIVE MODE")
        await stopped.execute("COMMIT")


async def test_a_round_that_its_next_owner_makes_void_meanwhile_is_not_settled_over_it(world: World) -> None:
    """The last owner has just read that the round is open when the next one's transaction commits."""
    ann = await world.player()
    await open_round(world.db, world.opened("crash", 1))
    round_ = world.round("crash", [world.bet(ann, 1, 100, 300, "k")])
    async with world.db.write() as session:
        made_void = """UPDATE rounds SET status = 'void', outcome = '{"reason": "owner_lost"}', ended_at = now()"""
        await session.execute(text(made_void))
        settling = asyncio.create_task(settle(world.db, [round_]))
        await until_somebody_waits(world.db)
    (settlement,) = await settling
    assert (settlement.status, settlement.wallets) == ("void", (WalletChange(ann, 1_000, 1),))
    async with world.db.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM bets"))).scalar_one() == 0
    assert await audit(world.db) == []


@pytest.mark.parametrize(("stake", "settled_from"), [(100, 1_500), (1_200, 1_500), (1_600, None)])
async def test_what_moves_a_wallet_while_a_round_is_settled_counts(
    world: World, stake: int, settled_from: int | None
) -> None:
    """The balance has just been looked up, and may be too small, when a top-up of 500 is committed."""
    ann = await world.player()
    round_ = world.round("dice-1", [world.bet(ann, 1, stake, 0, "k")])
    async with world.db.write() as session:
        await ledger.pay_in(session, ann, 500, category="top-up", description="", now=datetime.now(UTC))
        settling = asyncio.create_task(settle(world.db, [round_]))
        await until_somebody_waits(world.db)
    (settlement,) = await settling
    if settled_from is None:
        assert settlement.status == "failed"
    else:
        assert settlement.wallets == (WalletChange(ann, settled_from - stake, 3),)
    assert await audit(world.db) == []
    assert await deadlocks(world.db) == 0


async def test_what_a_settlement_left_is_not_looked_up_again(world: World) -> None:
    ann, bob = await world.players(2)
    bets = [world.bet(ann, 1, 10, 20, "a"), world.bet(bob, 2, 10, 0, "b")]
    await settle(world.db, [world.round("dice-1", bets)])
    asked: list[str] = []
    async with world.db.asyncpg() as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))
    batch = [world.round(f"dice-{user}", [world.bet(user, 1, 10, 0, "c")]) for user in (ann, bob)]
    anns, bobs = await settle(world.db, batch)
    assert anns.wallets + bobs.wallets == (WalletChange(ann, 1_000, 3), WalletChange(bob, 980, 3))
    assert await audit(world.db) == []
    assert asked == [postgresql._WRITE]


async def another(world: World) -> World:
    """The same world, as another node sees it."""
    other = World(await Database.open(world.db.url.render_as_string(hide_password=False)))
    other.games, other.sessions = world.games, world.sessions
    return other


async def a_top_up(other: World, ann: int) -> None:
    await credit(other.db, ann, 500, "top-up", "")


async def a_stake(other: World, ann: int) -> None:
    await settle(other.db, [other.round("else", [other.bet(ann, 1, 950, 0, "other")])])


async def the_key(other: World, ann: int) -> None:
    await settle(other.db, [other.round("else", [other.bet(ann, 1, 10, 0, "k")])])


async def the_round_made_void(other: World, ann: int) -> None:
    await settle(other.db, [other.round("dice-ann", [other.bet(ann, 1, 100, 0, "k")], number=2, status="void")])


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


@pytest.mark.parametrize(
    ("since", "status", "wallet"),
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
async def test_what_another_node_did_since_a_settlement_counts(
    world: World, since: Callable[[World, int], Awaitable[None]], status: str, wallet: tuple[int, int] | None
) -> None:
    """Or a database that has taken over without the last commits."""
    ann, bob = await world.players(2)
    both = {"ann": ann, "bob": bob}
    first = [world.round(f"dice-{name}", [world.bet(user, 1, 1, 0, "k")], status="void") for name, user in both.items()]
    await settle(world.db, first)
    assert world.db.last_known.of(first)
    other = await another(world)
    await since(other, ann)
    await other.db.close()
    batch = [world.round(f"dice-{name}", [world.bet(user, 1, 100, 0, "k")]) for name, user in both.items()]
    anns, bobs = await settle(world.db, batch)
    assert (anns.status, anns.wallets) == (status, (WalletChange(ann, *wallet),) if wallet else ())
    assert (bobs.status, bobs.wallets) == ("settled", (WalletChange(bob, 900, 2),))
    assert await audit(world.db) == []


async def test_nothing_is_known_of_a_database_that_was_away(world: World) -> None:
    ann = await world.player()
    batch = [world.round("dice-1", [world.bet(ann, 1, 10, 0, "a")])]
    await settle(world.db, batch)
    async with world.db.asyncpg() as connection:
        process = await connection.fetchval("SELECT pg_backend_pid()")
    async with world.db.asyncpg(hot=False) as connection:
        await connection.execute("SELECT pg_terminate_backend($1, 10_000)", process)
    with pytest.raises(DatabaseUnavailableError):
        await settle(world.db, batch)
    assert world.db.last_known.of(batch) is None


async def until_somebody_waits(db: Database) -> None:
    """Return when a transaction waits for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(20):
        while True:
            async with db.read() as session:
                if (await session.execute(text(query))).scalar_one():
                    return
            await asyncio.sleep(0.01)
