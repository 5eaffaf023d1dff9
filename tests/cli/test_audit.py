"""`audit` reports that the books balance, or names the row that breaks a rule."""

from sqlalchemy import text

from storage.store import Store
from tests.cli.conftest import Home


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
