"""Behaviour that both stores share: transactions, look-ups, cancelled calls, commands beside a server."""

import asyncio
import os
import signal
import sys
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tokens
from storage.audit import audit
from storage.database import open_store
from storage.ledger import credit, settle
from storage.models import User, Wallet
from storage.sqlite import SqliteStore
from storage.store import PlayerRow, RecordedBet, Store
from tests.storage.world import SIGNED_IN, World
from tests.waiting import eventually


def url_of(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


async def test_an_exception_rolls_back(world: World) -> None:
    ann = await world.player()
    for broken in (IntegrityError("", None, ValueError()), asyncio.CancelledError(), ZeroDivisionError()):
        with pytest.raises(type(broken)):
            await write_and_raise(world.db, broken)
    assert await world.balances() == {ann: (1_000, 1)}


async def write_and_raise(db: Store, error: BaseException) -> None:
    async with db.write() as session:
        await session.execute(update(Wallet).values(balance=0))
        raise error


async def test_readers_see_only_what_was_committed(world: World) -> None:
    await world.player()
    balance = select(Wallet.balance)
    async with world.db.write() as writing:
        await writing.execute(update(Wallet).values(balance=5))
        async with world.db.read() as reading:
            assert await reading.scalar(balance) == 1_000
    async with world.db.read() as reading:
        assert await reading.scalar(balance) == 5


async def test_read_then_write_loses_nothing(world: World) -> None:
    """This fails with the drivers' own transactions, where all read the balance before the first one writes."""
    ann = await world.player()

    async def take(session: AsyncSession) -> None:
        mine = select(Wallet.balance).where(Wallet.user_id == ann).with_for_update()
        balance = await session.scalar(mine) or 0
        await asyncio.sleep(0)
        await session.execute(update(Wallet).where(Wallet.user_id == ann).values(balance=balance - 10))

    await asyncio.gather(*(world.db.transact(take) for _ in range(40)))
    assert (await world.balances())[ann][0] == 600


async def test_cancelled_calls_leave_the_database_usable(world: World) -> None:
    ann = await world.player()
    for n in range(60):
        asks: tuple[Any, ...] = (
            credit(world.db, ann, 1, "top-up", ""),
            world.db.load_players([ann]),
            settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 1, 1, f"k{n}")])]),
            world.balances(),
        )
        tasks = [asyncio.ensure_future(ask) for ask in asks]
        await asyncio.sleep(n * 0.0001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await credit(world.db, ann, 1, "top-up", "")
    assert await audit(world.db) == []


async def test_writers_of_one_process_take_turns(world: World) -> None:
    await world.players(2)
    order: list[str] = []

    async def write(name: str) -> None:
        async with world.db.write() as session:
            order.append(f"{name} in")
            await session.execute(update(User).values(full_name=name))
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(*(write(f"w{n}") for n in range(5)))
    async with world.db.read() as session:
        assert len({*await session.scalars(select(User.full_name))}) == 1
    if isinstance(world.db, SqliteStore):
        assert order == [f"w{n} {way}" for n in range(5) for way in ("in", "out")]


async def test_commands_beside_a_server(world: World) -> None:
    """Top-ups from two other processes, each connection opened and closed, while this one settles."""
    ann, bob = await world.players(2, balance=100_000)
    started = [await top_ups(world.db, user, 30) for user in (ann, bob)]
    waiting = asyncio.gather(*(process.wait() for process in started))
    statuses: list[str] = []
    while not waiting.done():
        n = len(statuses)
        bets = [world.bet(ann, 1, 10, 9, f"a{n}"), world.bet(bob, 2, 10, 11, f"b{n}")]
        statuses += [s.status for s in await settle(world.db, [world.round("crash", bets)])]
    assert await waiting == [0, 0]
    assert set(statuses) == {"settled"}
    played = len(statuses)
    assert played > 20
    assert await world.balances() == {
        ann: (100_030 - played, 31 + played),
        bob: (100_030 + played, 31 + played),
    }
    assert await audit(world.db) == []


async def top_ups(db: Store, user_id: int, times: int) -> asyncio.subprocess.Process:
    arguments = ("-W", "error", "-m", "tests.storage.top_up", url_of(db), str(user_id), str(times))
    return await asyncio.create_subprocess_exec(sys.executable, *arguments)


async def test_a_killed_process_leaves_the_lock_to_others(world: World) -> None:
    ann = await world.player()
    for _ in range(3):
        process = await top_ups(world.db, ann, 100_000)
        before = (await world.balances())[ann][0]

        async def has_five_more(before: int = before) -> bool:
            return (await world.balances())[ann][0] >= before + 5

        await eventually(has_five_more, "five top-ups")
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await credit(world.db, ann, 1, "top-up", "")
        assert await audit(world.db) == []


async def test_a_server_killed_while_it_settles_loses_no_settlement(migrated_url: str) -> None:
    """What it reported is on record, and nothing is half written."""
    arguments = ("-W", "error", "-m", "tests.storage.settle_on", migrated_url)
    server = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    for _ in range(20):
        assert await asyncio.wait_for(server.stdout.readline(), 30) == b"settled\n"
    server.kill()
    reported = 20 + (await server.stdout.read()).count(b"settled\n")
    await server.wait()
    store = await open_store(migrated_url)
    try:
        ((balance, version),) = (await World(store).balances()).values()
        assert balance == 1_000 + version - 1
        assert version - 1 in (reported, reported + 1)
        assert await audit(store) == []
    finally:
        await store.close()


async def test_a_process_that_closes_its_store_ends(migrated_sqlite_url: str) -> None:
    db = await open_store(migrated_sqlite_url)
    ann = await World(db).player()
    await db.close()
    process = await top_ups(db, ann, 1)
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_players_by_id(world: World) -> None:
    ann, bob, cy = await world.player(500), await world.player(0), await world.player(1)
    await world.delete(cy)
    async with world.db.write() as session:
        facts = {"client_seed": "lucky", "email_verified": True}
        await session.execute(update(User).where(User.id == ann).values(**facts))
        await session.execute(update(User).where(User.id == bob).values(client_seed="s", is_active=False))
        await session.execute(update(Wallet).where(Wallet.user_id == ann).values(limits={"stake": 5}))
    players = await world.db.load_players([ann, bob, cy, 9_999])
    assert {user_id: player.limits for user_id, player in players.items()} == {ann: players[ann].limits, bob: None}
    assert (players[ann].limits or b"").replace(b" ", b"") == b'{"stake":5}'
    assert players[ann] == PlayerRow(
        user_id=ann,
        username="p1",
        client_seed="lucky",
        is_active=True,
        email_verified=True,
        balance=500,
        version=1,
        limits=players[ann].limits,
        limits_at=1,
    )
    assert players[bob] == PlayerRow(
        user_id=bob,
        username="p2",
        client_seed="s",
        is_active=False,
        email_verified=False,
        balance=0,
        version=0,
        limits=None,
    )
    assert await world.db.load_players([]) == {}


async def test_owners_of_tokens(world: World) -> None:
    ann, bob = await world.players(2)
    await tokens.sign_out(world.db, bob, "signed_out", SIGNED_IN)
    found = await world.db.owners_of_tokens(["hash-p1", "unknown", "hash-p2"])
    assert {token: owner.player.user_id for token, owner in found.items()} == {"hash-p1": ann, "hash-p2": bob}
    assert found["hash-p1"].player == (await world.db.load_players([ann]))[ann]
    assert {(owner.state.used_at, owner.state.end_reason) for owner in found.values()} == {
        (SIGNED_IN, ""),
        (SIGNED_IN, "signed_out"),
    }
    assert await world.db.owners_of_tokens([]) == {}


async def test_a_first_stake_comes_from_the_journal(world: World) -> None:
    ann, bob = await world.players(2)
    journal = [
        [5, {"do": "bet", "seat": 0, "number": 1, "amount": 100, "client_seed": "x", "selection": {}}],
        [6, {"do": "act", "seat": 0, "action": {"action": "double", "number": 2, "amount": 999}}],
        [7, {"do": "bet", "seat": 1, "number": 2, "amount": 70, "client_seed": "y", "selection": {}}],
        [8, {"do": "wake"}],
    ]
    bets = [world.bet(ann, 1, 200, 0, "a"), world.bet(bob, 2, 70, 0, "b")]
    played = world.round("crash", bets, journal=msgspec.json.encode(journal))
    await settle(world.db, [played, world.round("crash")])
    asked = [("crash", 1, 1), ("crash", 1, 2), ("crash", 1, 3), ("crash", 2, 1), ("crash", 3, 1), ("dice", 1, 1)]
    found = [await world.db.first_stake(*each) for each in asked]
    assert found == [100, 70, None, None, None, None]


async def test_find_bets_answers_for_many_keys(world: World) -> None:
    ann, bob = await world.players(2)
    quoted = "a \"key\" 'of' [mine]"
    bets = [world.bet(ann, 1, 100, 0, quoted), world.bet(bob, 2, 70, 0, "b"), world.bet(ann, 3, 30, 0, "b")]
    await settle(world.db, [world.round("crash", bets)])
    found = await world.db.find_bets([(ann, quoted), (bob, "b"), (ann, "none"), (bob, quoted)])
    selection = b'{"target":50.5,"over":true}'
    assert found == {
        (ann, quoted): RecordedBet(room="crash", number=1, bet_number=1, amount=100, selection=selection),
        (bob, "b"): RecordedBet(room="crash", number=1, bet_number=2, amount=70, selection=selection),
    }
    assert await world.db.find_bets([]) == {}
