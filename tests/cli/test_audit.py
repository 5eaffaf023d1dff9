"""`audit` reports that the books balance, or names the row that breaks a rule."""

import sqlite3
import time
from typing import Any

from sqlalchemy import text

from storage.ledger import settle
from storage.store import Store
from tests.cli.conftest import Home
from tests.storage.world import World


def test_clean_books(home: Home) -> None:
    home.add_player("ann")
    said = home.run("audit")
    assert (said.code, said.out) == (0, "The books balance.\n")


def test_a_changed_balance_is_found(home: Home) -> None:
    home.add_player("ann")

    async def steal(db: Store) -> None:
        async with db.write() as session:
            await session.execute(text("UPDATE wallets SET balance = balance + 1"))

    home.with_database(steal)
    said = home.run("audit")
    assert said.code == 1
    assert "wallets" in said.out
    assert said.out.endswith("1 finding\n")


def test_rows_whose_owner_was_deleted_by_hand_are_found(home: Home) -> None:
    """SQLite's own shell deletes a row that others name. No command may stumble over that before the audit."""
    home.add_player("ann")
    with sqlite3.connect(home.folder / "var" / "croupier.db") as shell:
        shell.execute("DELETE FROM users")
    said = home.run("audit")
    assert said.code == 1
    assert "orphan  wallets 1        user_id is 1, and there is no such row in users" in said.out
    assert said.err == ""
    assert home.run("user", "list").code == 0


def test_void_rounds_are_counted_by_reason(home: Home) -> None:
    async def play(db: Store) -> None:
        world = World(db)
        ann, bob = await world.players(2, balance=10_000)
        now = int(time.time() * 1000)
        for number in range(1, 61):
            bets = [world.bet(bob, 1, 10, 0, f"b{number}")]
            await settle(db, [world.round("crash", bets, ended_at=now)])
        for number in range(4):
            bets = [world.bet(ann, 1, 10, 10, f"a{number}", "void")]
            facts: dict[str, Any] = {
                "status": "void",
                "server_seed": "",
                "outcome": b'{"reason":"owner_lost"}',
                "ended_at": now,
            }
            await settle(db, [world.round("dice~1", bets, **facts)])

    home.with_database(play)
    said = home.run("audit")
    assert said.code == 0
    assert said.out.splitlines() == [
        "The books balance.",
        "game       bets  staked  paid  kept by the house",
        "dice         64    6.40  0.40               6.00",
        "all games    64    6.40  0.40               6.00",
        "Void rounds with bets, last 30 days:",
        "reason      rounds  bets",
        "owner_lost       4     4",
        "More of their rounds are void than chance explains:",
        "player  void  of rounds",
        "p1         4          4",
    ]
