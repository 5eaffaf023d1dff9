"""`user`: the operator lists, shows and changes accounts."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, text

from cli.operator_log import log_file
from storage import sign_ups
from storage.accounts import NO_PASSWORD, NewAccount
from storage.credentials import reserve_attempt
from storage.login_failures import LockedOutError, Lockout
from storage.models import User
from storage.operator_accounts import ensure_players
from storage.store import Store
from tests.cli.conftest import Home


async def sign_up(db: Store, password_hash: str = "no hash") -> None:
    new = NewAccount(
        roll_number="R77",
        email="eve@campus.example",
        username="eve",
        full_name="Eve\x1b[2J Adams",
        password_hash=password_hash,
    )
    now = datetime.now(UTC)
    await sign_ups.add(db, new, "here", now, now + timedelta(hours=48))


def test_accounts_are_listed(home: Home) -> None:
    home.add_player("ann")
    home.add_player("bob", credit=250)
    said = home.run("user", "list")
    assert said.code == 0
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["ann", "bob"]
    assert "1,000.00" in lines[1]
    assert "2.50" in lines[2]
    assert lines[3] == "2 accounts"
    assert "\x1b" not in said.out


def test_sign_ups_that_wait_are_listed_below(home: Home) -> None:
    home.with_database(sign_up)
    lines = home.run("user", "list").out.splitlines()
    assert lines[1:4] == ["0 accounts", "", "Sign-ups that wait for confirmation:"]
    assert lines[5].split()[:4] == ["1", "eve", "R77", "eve@campus.example"]
    assert "\x1b" not in lines[5]
    assert "eve" not in home.run("user", "list", "--search", "ann").out


def test_the_list_can_be_searched(home: Home) -> None:
    home.add_player("ann")
    home.add_player("bob")
    said = home.run("user", "list", "--search", "ANN@camp")
    assert "ann" in said.out
    assert "bob" not in said.out


@pytest.mark.parametrize("identifier", ["ann", "ANN", "Ann", "ann@campus.example", "ANN@campus.example"])
def test_an_account_is_found_by_any_of_its_names(home: Home, identifier: str) -> None:
    home.add_player("ann")
    said = home.run("user", "show", identifier)
    assert said.code == 0
    assert "ann@campus.example" in said.out
    assert "1,000.00" in said.out
    assert "sign-up" in said.out


@pytest.mark.parametrize("action", ["show", "verify", "disable", "enable", "delete"])
def test_an_unknown_player_is_reported(home: Home, action: str) -> None:
    said = home.run("user", action, "nobody")
    assert (said.code, said.err) == (2, "run.py: there is no player 'nobody'\n")


def test_a_sign_up_is_verified_once(home: Home) -> None:
    home.with_database(sign_up)
    assert "1,000.00" in home.run("user", "verify", "eve").out
    again = home.run("user", "verify", "eve")
    assert (again.code, again.out) == (0, "eve is verified already.\n")
    assert "1,000.00" in home.run("user", "show", "eve").out


def test_a_sign_up_without_a_password_is_verified(home: Home) -> None:
    home.with_database(partial(sign_up, password_hash=NO_PASSWORD))
    said = home.run("user", "verify", "eve").out
    assert "The account has no password yet" in said


def test_of_several_sign_ups_the_operator_names_one(home: Home) -> None:
    for _ in range(2):
        home.with_database(sign_up)
    refused = home.run("user", "verify", "eve@campus.example")
    assert refused.code == 2
    assert [line.split()[0] for line in refused.err.splitlines()] == ["number", "1", "2", "run.py:"]
    assert home.run("user", "verify", "eve", "--sign-up", "2").code == 0
    refused = home.run("user", "verify", "eve")
    assert (refused.code, refused.out) == (2, "")
    assert "another player signs in by the same address, username or roll number" in refused.err


def test_an_account_is_disabled_and_enabled(home: Home) -> None:
    home.add_player("ann")
    assert home.run("user", "disable", "ann").out == "ann is disabled and signed out.\n"
    assert "disabled" in home.run("user", "show", "ann").out
    assert home.run("user", "enable", "ann").out == "ann is enabled.\n"
    assert "active" in home.run("user", "show", "ann").out


def test_deletion_needs_confirmation(home: Home) -> None:
    home.add_player("ann")
    refused = home.run("user", "delete", "ann")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert home.run("user", "delete", "ann", "--yes").out == "Deleted ann.\n"
    assert home.run("user", "show", "ann").code == 2


def test_an_ambiguous_name_is_refused(home: Home) -> None:
    """In an older database a username can be another player's roll number; an action must not hit the wrong one."""
    home.add_player("ann")

    async def add(db: Store) -> None:
        await ensure_players(
            db,
            [
                NewAccount(
                    roll_number="R7",
                    email="bob@campus.example",
                    username="bob",
                    full_name="Bob",
                    password_hash="no hash",
                )
            ],
            0,
            datetime.now(UTC),
        )
        cat = {"roll_number": "bob", "email": "cat@campus.example", "username": "cat", "full_name": "Cat"}
        async with db.write() as session:
            await session.execute(insert(User).values(**cat, password_hash="no hash", email_verified=True))

    home.with_database(add)
    for command in (("user", "disable", "bob"), ("user", "delete", "bob", "--yes"), ("wallet", "top-up", "bob", "1")):
        refused = home.run(*command)
        assert refused.code == 2
        assert refused.err == "run.py: 'bob' matches more than one player: give the e-mail address\n"
    assert home.run("user", "disable", "bob@campus.example").out == "bob is disabled and signed out.\n"


def test_a_locked_account_is_shown_as_locked(home: Home) -> None:
    home.add_player("ann")

    async def guess(db: Store) -> None:
        lockout = Lockout(1, timedelta(hours=1))
        await reserve_attempt(db, "ann", "192.0.2.1", datetime.now(UTC), lockout)

    async def guess_again(db: Store) -> None:
        with pytest.raises(LockedOutError):
            await guess(db)

    home.with_database(guess)
    assert "locked" in home.run("user", "show", "ann").out
    home.with_database(guess_again)
    assert home.run("user", "unlock", "ann").out == "ann can sign in from everywhere again.\n"
    assert "locked" not in home.run("user", "show", "ann").out
    home.with_database(guess)
    assert home.run("user", "enable", "ann").out == "ann is enabled.\n"
    home.with_database(guess)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("users SET created_at = 'never'", "never"),
        ("users SET last_login = 5", "argument must be str"),
        ("user_profiles SET dob = 'in May'", "in May"),
        ("wallets SET balance = 'much'", "Expected `int`, got `str` - at `$.balance`"),
        ("wallets SET balance = 1.5", "Expected `int`, got `float` - at `$.balance`"),
        ("wallets SET limits = 'no JSON'", "Expecting value"),
        ("transactions SET amount = 'much'", "Expected `int`, got `str` - at `$.amount`"),
        ("transactions SET created_at = 'never'", "never"),
    ],
)
@pytest.mark.parametrize("argv", [("user", "list"), ("user", "show", "ann"), ("wallet", "top-up", "ann", "1")])
def test_a_row_that_was_changed_by_hand_is_one_line(
    home: Home, argv: tuple[str, ...], changed: str, words: str
) -> None:
    """SQLite keeps any value in any column."""

    async def change(db: Store) -> None:
        async with db.write() as session:
            await session.execute(text("PRAGMA ignore_check_constraints = ON"))
            await session.execute(text(f"UPDATE {changed}"))

    home.add_player("ann")
    home.with_database(change)
    said = home.run(*argv)
    if changed.startswith("transactions") and "show" not in argv:
        assert said.code == 0
        return
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "can't be read; somebody has changed it: " in said.err
    assert words in said.err


def test_a_player_is_muted_for_a_while_or_until_unmuted(home: Home) -> None:
    user_id = home.add_player("ann")
    said = home.run("user", "mute", "ANN", "--for", "7d")
    until = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"
    assert (said.code, said.out[:24]) == (0, f"ann is muted until {until}"[:24])
    assert f"muted until {until}" in home.run("user", "show", "ann").out
    assert home.run("user", "mute", "ann").out == "ann is muted until unmuted.\n"
    assert "muted until unmuted" in home.run("user", "show", "ann").out
    assert home.run("user", "unmute", "ann").out == "ann can chat again.\n"
    assert "muted" not in home.run("user", "show", "ann").out
    acts = [line.partition(" ")[2].partition(" by ")[0] for line in log_file(home.config).read_text().splitlines()]
    assert acts[0].startswith(f"muting until {until}")
    assert acts[1:] == [f"muting until unmuted of user {user_id}", f"unmuting of user {user_id}"]


def test_a_mute_needs_a_player_and_a_duration(home: Home) -> None:
    home.add_player("ann")
    assert home.run("user", "mute", "nobody").code == 2
    said = home.run("user", "mute", "ann", "--for", "soon")
    assert (said.code, "90m, 12h or 7d" in said.err) == (2, True)
    assert "muted" not in home.run("user", "show", "ann").out
