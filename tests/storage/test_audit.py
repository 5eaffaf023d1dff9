"""The audit names every row that breaks a rule, and none that does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from storage.audit import Finding, audit
from storage.database import Database
from storage.ledger import settle
from tests.storage.world import World

# Ann (user 1, wallet 1) won bet 1 and lost bet 3, Bob lost bet 2; transactions: two sign-ups, then 3 … 6.
BREAKS: dict[str, tuple[str, list[Finding]]] = {
    "a balance": (
        "UPDATE wallets SET balance = balance + 1 WHERE id = 2",
        [Finding("balance", "wallets 2", "the balance is 701, credits less debits are 700")],
    ),
    "a row of the chain": (
        "UPDATE transactions SET balance_after = 899 WHERE id = 3",
        [
            Finding("chain", "transactions 3", "balance_after is 899, after the row before it must be 900"),
            Finding("chain", "transactions 5", "balance_after is 850, after the row before it must be 849"),
        ],
    ),
    "a first row": (
        "UPDATE transactions SET balance_after = 1 WHERE id = 2",
        [
            Finding("chain", "transactions 2", "balance_after is 1, after the row before it must be 1000"),
            Finding("chain", "transactions 4", "balance_after is 700, after the row before it must be -299"),
        ],
    ),
    "a lost transaction": (
        "DELETE FROM transactions WHERE id = 6",
        [
            Finding("balance", "wallets 1", "the balance is 1048, credits less debits are 850"),
            Finding("payout", "bets 1", "a payout of 198 has 0 credits that come to 0"),
        ],
    ),
    "a stake": (
        "UPDATE bets SET amount = 301 WHERE id = 2",
        [Finding("stake", "bets 2", "a stake of 301 has 1 debits that come to 300")],
    ),
    "a payout": (
        "UPDATE bets SET payout = 0 WHERE id = 1",
        [Finding("payout", "bets 1", "a payout of 0 has 1 credits that come to 198")],
    ),
    "a debit without its bet": (
        "UPDATE transactions SET bet_id = NULL WHERE id = 4",
        [
            Finding("stake", "bets 2", "a stake of 300 has 0 debits that come to 0"),
            Finding("bet of money", "transactions 4", "a debit of category bet names bet None"),
        ],
    ),
    "a category": (
        "UPDATE transactions SET category = 'top-up' WHERE id = 6",
        [Finding("bet of money", "transactions 6", "a credit of category top-up names bet 1")],
    ),
    "a wallet of somebody else": (
        "UPDATE bets SET user_id = 2, session_id = 2, key = 'other' WHERE id = 3",
        [Finding("owner", "transactions 5", "it moved the wallet of user 1 for a bet of user 2")],
    ),
    "a session of somebody else": (
        "UPDATE bets SET session_id = 1 WHERE id = 2",
        [Finding("owner", "bets 2", "a bet of user 2 in a session of user 1")],
    ),
    "a round that is void": (
        "UPDATE rounds SET status = 'void', server_seed = NULL WHERE id = 1",
        [Finding("round of bets", f"bets {n}", "round dice-1.1 has a bet and is void") for n in (1, 2, 3)],
    ),
    "a round without its seed": (
        "UPDATE rounds SET server_seed = NULL WHERE id = 1",
        [Finding("round", "rounds 1", "round dice-1.1 is settled without what that takes")],
    ),
    "a round of no known status": (
        "UPDATE rounds SET status = 'odd' WHERE id = 2",
        [Finding("round", "rounds 2", "round dice-2.1 is odd without what that takes")],
    ),
}
# What the database itself refuses, until somebody drops the constraint.
CONSTRAINED: dict[str, tuple[str, str, list[Finding]]] = {
    "a debt": (
        "wallets ck_wallets_balance_not_negative",
        "UPDATE wallets SET balance = -1 WHERE id = 2",
        [
            Finding("balance", "wallets 2", "the balance is -1, credits less debits are 700"),
            Finding("negative", "wallets 2", "the balance is -1"),
        ],
    ),
    "a negative amount": (
        "transactions ck_transactions_amount_positive",
        "UPDATE transactions SET amount = -300, type = 'credit' WHERE id = 4",
        [
            Finding("amount", "transactions 4", "a credit of -300"),
            Finding("stake", "bets 2", "a stake of 300 has 0 debits that come to 0"),
            Finding("payout", "bets 2", "a payout of 0 has 1 credits that come to -300"),
            Finding("bet of money", "transactions 4", "a credit of category bet names bet 2"),
        ],
    ),
    "a negative payout": (
        "bets ck_bets_payout_not_negative",
        "UPDATE bets SET payout = -5 WHERE id = 3",
        [
            Finding("amount", "bets 3", "a stake of 50 with a payout of -5"),
            Finding("payout", "bets 3", "a payout of -5 has 0 credits that come to 0"),
        ],
    ),
    "an orphan": (
        "bets fk_bets_round_id_rounds",
        "UPDATE bets SET round_id = 77 WHERE id = 3",
        [Finding("orphan", "bets 3", "round_id is 77, and there is no such row in rounds")],
    ),
    "a key used twice": (
        "bets uq_bets_user_id_key",
        "UPDATE bets SET key = 'a' WHERE id = 3",
        [Finding("key", "bets 3", "2 bets of user 1 have the key a")],
    ),
    "two rounds of one number": (
        "rounds uq_rounds_room_number",
        "UPDATE rounds SET room = 'dice-1' WHERE id = 2",
        [Finding("round", "rounds 2", "there are 2 rounds dice-1.1")],
    ),
}


@pytest.fixture
async def books(world: World) -> World:
    ann, bob = await world.players(2)
    bets = world.bet(ann, 1, 100, 198, "a"), world.bet(bob, 2, 300, 0, "b"), world.bet(ann, 3, 50, 0, "c")
    await settle(world.db, [world.round("dice-1", bets), world.round("dice-2")])
    assert await audit(world.db) == []
    return world


@asynccontextmanager
async def unconstrained(db: Database, constraint: str) -> AsyncIterator[None]:
    """SQLite can't drop a constraint, but it can be told to check none, or to take the table as declared otherwise."""
    table, name = constraint.split()
    async with db.alter() as connection:
        if db.dialect == "postgresql":
            await connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        elif not name.startswith("fk_"):
            found = await connection.execute(text(f"SELECT sql FROM sqlite_master WHERE name = '{table}'"))
            lines = [line.strip().rstrip(",") for line in found.scalar_one().splitlines() if name not in line]
            head, columns = lines[0], [line for line in lines[1:-1] if line]
            await connection.execute(text(f"ALTER TABLE {table} RENAME TO before"))
            await connection.execute(text(f"{head} {', '.join(columns)} )"))
            await connection.execute(text(f"INSERT INTO {table} SELECT * FROM before"))
            await connection.execute(text("PRAGMA legacy_alter_table=ON"))
    yield


async def run(db: Database, statement: str) -> None:
    async with db.write() as session:
        await session.execute(text(statement))


@pytest.mark.parametrize("broken", BREAKS)
async def test_a_broken_row_is_named(books: World, broken: str) -> None:
    statement, findings = BREAKS[broken]
    await run(books.db, statement)
    assert await audit(books.db) == findings
