"""The audit finds every row that breaks a rule, and no other."""

import asyncio

import pytest
from sqlalchemy import text

from storage import open_rounds
from storage.audit import MOST_BROKEN_ROWS, RULES, BrokenRow, audit, limited
from storage.ledger import settle
from storage.sqlite import SqliteStore
from storage.store import Store
from tests.storage.patient_store import open_patient_store
from tests.storage.world import World


def unlike_results(bet: int) -> BrokenRow:
    detail = f"the results of round dice-1.1 do not say of bet {bet} what its row says"
    return BrokenRow("results of a round", f"bets {bet}", detail)


def not_conserved(moved: int, said: int = -252) -> BrokenRow:
    return BrokenRow("conservation", "games 2", f"the wallets got {moved} from dice, its rounds say {said}")


# Ann (user 1, wallet 1) won bet 1 and lost bet 3, Bob lost bet 2; transactions: two sign-ups, then 3 … 6.
BREAKS: dict[str, tuple[str, list[BrokenRow]]] = {
    "a balance": (
        "UPDATE wallets SET balance = balance + 1 WHERE id = 2",
        [BrokenRow("balance", "wallets 2", "the balance is 701, credits less debits are 700")],
    ),
    "a row of the chain": (
        "UPDATE transactions SET balance_after = 899 WHERE id = 3",
        [
            BrokenRow("chain", "transactions 3", "balance_after is 899, after the row before it must be 900"),
            BrokenRow("chain", "transactions 5", "balance_after is 850, after the row before it must be 849"),
        ],
    ),
    "a first row": (
        "UPDATE transactions SET balance_after = 1 WHERE id = 2",
        [
            BrokenRow("chain", "transactions 2", "balance_after is 1, after the row before it must be 1000"),
            BrokenRow("chain", "transactions 4", "balance_after is 700, after the row before it must be -299"),
        ],
    ),
    "a lost transaction": (
        "DELETE FROM transactions WHERE id = 6",
        [
            BrokenRow("balance", "wallets 1", "the balance is 1048, credits less debits are 850"),
            BrokenRow("payout", "bets 1", "a payout of 198 has 0 credits that come to 0"),
            not_conserved(-450),
        ],
    ),
    "a stake": (
        "UPDATE bets SET amount = 301 WHERE id = 2",
        [
            BrokenRow("stake", "bets 2", "a stake of 301 has 1 debits that come to 300"),
            unlike_results(2),
        ],
    ),
    "a payout": (
        "UPDATE bets SET payout = 0 WHERE id = 1",
        [
            BrokenRow("payout", "bets 1", "a payout of 0 has 1 credits that come to 198"),
            unlike_results(1),
        ],
    ),
    "a debit without its bet": (
        "UPDATE transactions SET bet_id = NULL WHERE id = 4",
        [
            BrokenRow("stake", "bets 2", "a stake of 300 has 0 debits that come to 0"),
            BrokenRow("category", "transactions 4", "a debit of category bet names bet None"),
            not_conserved(48),
        ],
    ),
    "a category": (
        "UPDATE transactions SET category = 'top-up' WHERE id = 6",
        [BrokenRow("category", "transactions 6", "a credit of category top-up names bet 1")],
    ),
    "another player's wallet": (
        "UPDATE bets SET user_id = 2, session_id = 2, key = 'other' WHERE id = 3",
        [BrokenRow("owner", "transactions 5", "it moved the wallet of user 1 for a bet of user 2")],
    ),
    "another player's session": (
        "UPDATE bets SET session_id = 1 WHERE id = 2",
        [BrokenRow("owner", "bets 2", "a bet of user 2 in a session of user 1")],
    ),
    "a round that is void": (
        "UPDATE rounds SET status = 'void', server_seed = NULL WHERE id = 1",
        [
            BrokenRow("bets of a round", "bets 1", "round dice-1.1 is void, but the bet is win and pays 198 for 100"),
            BrokenRow("bets of a round", "bets 2", "round dice-1.1 is void, but the bet is loss and pays 0 for 300"),
            BrokenRow("bets of a round", "bets 3", "round dice-1.1 is void, but the bet is loss and pays 0 for 50"),
        ],
    ),
    "a round that is open": (
        "UPDATE rounds SET status = 'open', server_seed = NULL, ended_at = NULL WHERE id = 1",
        [BrokenRow("bets of a round", f"bets {n}", "round dice-1.1 has a bet and is open") for n in (1, 2, 3)],
    ),
    "a round without its seed": (
        "UPDATE rounds SET server_seed = NULL WHERE id = 1",
        [BrokenRow("round", "rounds 1", "round dice-1.1 is settled, but has the columns of another status")],
    ),
    "results that lack a bet": (
        """UPDATE rounds SET results = '[[1,100,"win",198],[2,300,"loss",0],[33,50,"loss",0]]' WHERE id = 1""",
        [unlike_results(3), not_conserved(-252, said=-202)],
    ),
    "a round of no known status": (
        "UPDATE rounds SET status = 'odd' WHERE id = 2",
        [BrokenRow("round", "rounds 2", "round dice-2.1 is odd, but has the columns of another status")],
    ),
}
# What the database itself refuses until its constraint is dropped.
CONSTRAINED: dict[str, tuple[str, str, str, list[BrokenRow]]] = {
    "a debt": (
        "wallets",
        "ck_wallets_balance_not_negative",
        "UPDATE wallets SET balance = -1 WHERE id = 2",
        [
            BrokenRow("balance", "wallets 2", "the balance is -1, credits less debits are 700"),
            BrokenRow("negative", "wallets 2", "the balance is -1"),
        ],
    ),
    "a negative amount": (
        "transactions",
        "ck_transactions_amount_positive",
        "UPDATE transactions SET amount = -300, type = 'credit' WHERE id = 4",
        [
            BrokenRow("amount", "transactions 4", "a credit of -300"),
            BrokenRow("stake", "bets 2", "a stake of 300 has 0 debits that come to 0"),
            BrokenRow("payout", "bets 2", "a payout of 0 has 1 credits that come to -300"),
            BrokenRow("category", "transactions 4", "a credit of category bet names bet 2"),
        ],
    ),
    "a negative payout": (
        "bets",
        "ck_bets_payout_not_negative",
        "UPDATE bets SET payout = -5 WHERE id = 3",
        [
            BrokenRow("amount", "bets 3", "a stake of 50 with a payout of -5"),
            BrokenRow("payout", "bets 3", "a payout of -5 has 0 credits that come to 0"),
            unlike_results(3),
        ],
    ),
    "an orphan": (
        "bets",
        "fk_bets_round_id_rounds",
        "UPDATE bets SET round_id = 77 WHERE id = 3",
        [BrokenRow("orphan", "bets 3", "round_id is 77, and there is no such row in rounds")],
    ),
    "a key used twice": (
        "bets",
        "uq_bets_user_id_key",
        "UPDATE bets SET key = 'a' WHERE id = 3",
        [BrokenRow("key", "bets 3", "2 bets of user 1 have the key a")],
    ),
    "two rounds of one number": (
        "rounds",
        "uq_rounds_room_number",
        "UPDATE rounds SET room = 'dice-1' WHERE id = 2",
        [BrokenRow("round", "rounds 2", "there are 2 rounds dice-1.1")],
    ),
}


@pytest.fixture
async def books(world: World) -> World:
    ann, bob = await world.players(2)
    bets = world.bet(ann, 1, 100, 198, "a"), world.bet(bob, 2, 300, 0, "b"), world.bet(ann, 3, 50, 0, "c")
    await settle(world.db, [world.round("dice-1", bets), world.round("dice-2")])
    assert await audit(world.db) == []
    return world


async def drop_constraint(db: Store, table: str, name: str) -> None:
    """SQLite can't drop a constraint, so the table is rebuilt without any."""
    statements = [f"ALTER TABLE {table} DROP CONSTRAINT {name}"]
    if isinstance(db, SqliteStore):
        statements = [
            f"CREATE TABLE loose AS SELECT * FROM {table}",
            f"DROP TABLE {table}",
            f"ALTER TABLE loose RENAME TO {table}",
            f"CREATE UNIQUE INDEX loose_id ON {table} (id)",
        ]
    async with db.alter() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def run(db: Store, statement: str) -> None:
    async with db.write() as session:
        await session.execute(text(statement))


@pytest.mark.parametrize("broken", BREAKS)
async def test_a_broken_row_is_found(books: World, broken: str) -> None:
    statement, broken_rows = BREAKS[broken]
    await run(books.db, statement)
    assert await audit(books.db) == broken_rows


@pytest.mark.parametrize("broken", CONSTRAINED)
async def test_rows_that_constraints_refuse_are_found_too(books: World, broken: str) -> None:
    table, constraint, statement, broken_rows = CONSTRAINED[broken]
    await drop_constraint(books.db, table, constraint)
    await run(books.db, statement)
    assert await audit(books.db) == broken_rows


def test_every_rule_is_broken_by_a_test() -> None:
    tested = {broken_row.rule for _, broken_rows in BREAKS.values() for broken_row in broken_rows}
    tested |= {broken_row.rule for *_, broken_rows in CONSTRAINED.values() for broken_row in broken_rows}
    assert tested == {rule.name for rule in RULES} | {"conservation"}


async def test_an_open_round_is_reported_on_request(books: World) -> None:
    await open_rounds.open_round(books.db, books.opened("crash", 1))
    assert await audit(books.db) == []
    (broken_row,) = await audit(books.db, open_rounds=True)
    assert (broken_row.rule, broken_row.detail) == ("open", "round crash.1 is open")


async def test_a_deleted_account_leaves_the_books_balanced(books: World) -> None:
    await books.delete(1)
    assert await audit(books.db) == []


async def test_broken_rows_are_bounded(books: World) -> None:
    rows = ", ".join(
        f"(1, 1, 'credit', 'top-up', '', '2026-01-01 00:00:00+00', {n})" for n in range(MOST_BROKEN_ROWS + 5)
    )
    columns = "wallet_id, amount, type, category, description, created_at, balance_after"
    await run(books.db, f"INSERT INTO transactions ({columns}) VALUES {rows}")
    broken_rows = await audit(books.db)
    assert len([broken_row for broken_row in broken_rows if broken_row.rule == "chain"]) <= MOST_BROKEN_ROWS
    assert {broken_row.rule for broken_row in broken_rows} == {"chain", "balance"}


async def test_an_audit_runs_beside_settlements(books: World) -> None:
    async def play() -> None:
        for n in range(30):
            await settle(books.db, [books.round("dice-1", [books.bet(1, 1, 10, 15, f"k{n}")])])

    playing = asyncio.create_task(play())
    while not playing.done():
        assert await audit(books.db) == []
    await playing
    assert await audit(books.db) == []


async def test_tables_without_statistics_are_not_joined_by_nested_loops(migrated_postgres_url: str) -> None:
    """A nested loop over a hundred thousand bets and their transactions takes hours."""
    db = await open_patient_store(migrated_postgres_url)
    try:
        world = World(db)
        for table in ("bets", "transactions", "rounds"):
            await run(db, f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        ann = await world.player()
        await settle(db, [world.round("dice-1", [world.bet(ann, 1, 1, 2, "k")])])
        made = "user_id, session_id, round_id, amount, selection, result, payout, created_at"
        copies = f"SELECT {made}, n, n FROM bets, generate_series(2, 40000) n"
        await run(db, f"INSERT INTO bets ({made}, number, key) {copies}")
        moved = "wallet_id, type, category, description, created_at, balance_after"
        copies = (
            f"SELECT t.{moved.replace(', ', ', t.')}, t.amount, b.id FROM transactions t, bets b WHERE t.bet_id = 1"
        )
        await run(db, f"INSERT INTO transactions ({moved}, amount, bet_id) {copies}")
        plans = await db.scan([f"EXPLAIN {limited(rule)}" for rule in RULES])
        for rule, plan in zip(RULES, plans, strict=True):
            assert "Nested Loop" not in "\n".join(row[0] for row in plan), rule.name
    finally:
        await db.close()
