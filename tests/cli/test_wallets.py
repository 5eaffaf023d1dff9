"""`wallet top-up` is exact and recorded, and needs an existing wallet."""

import pytest

from storage.history import Window, transactions
from tests.cli.conftest import Home
from tests.cli.test_users import sign_up


def test_a_wallet_is_topped_up(home: Home) -> None:
    user_id = home.add_player("ann", credit=1)
    said = home.run("wallet", "top-up", "ANN", "0.29", "--note", "quiz night")
    assert (said.code, said.out) == (0, "ann got 0.29 chips and now has 0.30.\n")
    [top_up, _] = home.with_database(lambda db: transactions(db, user_id, Window(limit=5)))
    assert (top_up.category, top_up.type, top_up.amount, top_up.balance_after) == ("top-up", "credit", 29, 30)
    assert top_up.description == "quiz night"


def test_a_balance_stays_within_what_is_exact(home: Home) -> None:
    home.add_player("ann", credit=2**52 - 100)
    assert home.run("wallet", "top-up", "ann", "1").code == 0
    said = home.run("wallet", "top-up", "ann", "0.01")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "ann would have more than 45,035,996,273,704.96 chips" in said.err
    assert home.run("audit").code == 0


@pytest.mark.parametrize("note", ["", "  ", "x" * 256, "two\nlines"])
def test_a_note_must_be_one_line(home: Home, note: str) -> None:
    home.add_player("ann")
    said = home.run("wallet", "top-up", "ann", "1", "--note", note)
    assert said.code == 2
    assert "note" in said.err


def test_a_sign_up_has_no_wallet(home: Home) -> None:
    home.with_database(sign_up)
    said = home.run("wallet", "top-up", "eve", "1")
    assert said.code == 2
    assert "verify" in said.err
