"""Login attempts are counted before the password is checked, tokens work once, only hashes are stored."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import event, insert, select

from storage import credentials, sign_ups
from storage.accounts import NewAccount, load, set_active
from storage.credentials import (
    Attempt,
    Meant,
    TokenExpiredError,
    TokenInvalidError,
)
from storage.login_failures import Counted, LockedOutError, Lockout
from storage.models import User, VerificationToken
from storage.operator_accounts import ensure_players
from storage.postgresql import PostgresqlStore
from storage.sqlite import SqliteStore
from storage.store import Store
from storage.tokens import NewToken, find_signed_in, token_hash

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCKOUT = Lockout(3, timedelta(seconds=60))
LATER = NOW + timedelta(hours=1)
NOWHERE = Counted("", "")
A, B, C, D = (NewToken(letter * 64, "Laptop") for letter in "abcd")


async def player(database: Store, name: str = "ann", roll_number: str = "R1") -> int:
    new = NewAccount(
        roll_number=roll_number, email=f"{name}@campus.example", username=name, full_name=name, password_hash="old hash"
    )
    [user_id] = await ensure_players(database, [new], 0, NOW)
    return user_id


async def signed_in(database: Store, new: NewToken) -> int | None:
    """The user id of a token that is valid."""
    found = await find_signed_in(database, new.hashed)
    return None if found is None or found.state.end_reason else found.user_id


async def meant_by(database: Store, identifier: str | int = "ann", now: datetime = NOW) -> Meant:
    """What is meant, without where it is counted."""
    meant = await credentials.reserve_attempt(database, identifier, "here", now, LOCKOUT)
    attempt = structs.replace(meant.attempt, counted=NOWHERE) if meant.attempt else None
    return structs.replace(meant, attempt=attempt, counted=NOWHERE)


async def reserve(database: Store, identifier: str | int = "ann", now: datetime = NOW) -> Attempt | None:
    return (await credentials.reserve_attempt(database, identifier, "here", now, LOCKOUT)).attempt


async def test_an_account_is_found_by_any_of_its_names(database: Store) -> None:
    ann = await player(database)
    for identifier in ("ann", "ANN", "Ann@Campus.example", "R1", "r1", ann):
        assert (await meant_by(database, identifier)).attempt == Attempt(ann, "old hash", is_active=True)
    for nobody in ("r2", "nobody", "nobody@campus.example", 999, "x' OR 1=1"):
        assert await reserve(database, nobody) is None


async def test_waiting_sign_ups_are_found(database: Store) -> None:
    """By each of their names: the newest one from the same source, or else the newest."""
    ann = await player(database)

    async def sign_up(password_hash: str, source: str, roll_number: str = "R2", until: datetime = LATER) -> None:
        new = NewAccount(
            roll_number=roll_number,
            email="bob@campus.example",
            username="bob",
            full_name="Bob",
            password_hash=password_hash,
        )
        await sign_ups.add(database, new, source, NOW, until)

    async def waiting(identifier: str, source: str = "here") -> str | None:
        meant = await credentials.reserve_attempt(database, identifier, source, NOW, LOCKOUT)
        await credentials.forgive_waiting(database, meant.counted)
        return meant.waiting

    await sign_up("first", "here")
    for identifier in ("BOB", "r2", "Bob@campus.example"):
        assert (await waiting(identifier), await waiting(identifier, "there")) == ("first", "first")
    await sign_up("second", "here")
    await sign_up("a stranger's", "elsewhere")
    await sign_up("expired", "here", until=NOW)
    assert (await waiting("bob"), await waiting("bob", "there")) == ("second", "a stranger's")
    await sign_up("taken", "here", roll_number="r1")
    assert await meant_by(database, "R1") == Meant(NOWHERE, Attempt(ann, "old hash", is_active=True), "taken")


async def test_every_attempt_costs_the_same_statements(database: Store) -> None:
    """Unknown names and accounts take the same time, also for the attempt that locks and for those after it."""
    await player(database)
    done: list[str] = []
    assert isinstance(database, SqliteStore | PostgresqlStore)
    engine = database._writer.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: done.append(args[2].split()[0]))
    event.listen(engine, "commit", lambda *_: done.append("COMMIT"))
    for somebody, nobody in (("ann", "nobody"), ("ann@campus.example", "nobody@campus.example")):
        costs = []
        for identifier in (somebody, nobody):
            done.clear()
            for _ in range(3):
                await reserve(database, identifier)
            with pytest.raises(LockedOutError):
                await reserve(database, identifier)
            costs.append([each for each in done if each not in ("BEGIN", "ROLLBACK")])
        assert costs[0] == costs[1]
        assert costs[0].count("COMMIT") == 3


async def test_a_rehashed_password_can_sign_in(database: Store) -> None:
    await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    again = await credentials.rehash(database, attempt, "dearer hash")
    assert await credentials.sign_in(database, again, A, NOW)
    assert (await meant_by(database)).attempt == Attempt(attempt.user_id, "dearer hash", is_active=True)


async def test_a_username_comes_before_an_equal_roll_number_of_an_older_database(database: Store) -> None:
    ann = await player(database, "ann", "R1")
    row = {"roll_number": "ANN", "email": "m@campus.example", "username": "mal", "full_name": "M", "password_hash": "x"}
    async with database.write() as session:
        await session.execute(insert(User).values(**row, email_verified=True))
    attempt = await reserve(database, "ann")
    assert attempt is not None
    assert attempt.user_id == ann


async def test_parallel_attempts_can_not_outrun_the_lock(database: Store) -> None:
    await player(database)
    results = await asyncio.gather(*(reserve(database) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(result, Attempt) for result in results) == 3
    assert {type(result) for result in results} == {Attempt, LockedOutError}
    with pytest.raises(LockedOutError) as locked:
        await reserve(database)
    assert locked.value.until == NOW + timedelta(seconds=60)
    assert await reserve(database, now=NOW + timedelta(seconds=60)) is not None


async def test_a_sign_in_forgives_wrong_passwords_and_leaves_others_valid(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    assert await credentials.sign_in(database, attempt, A, NOW)
    async with database.read() as session:
        assert (await session.scalar(select(User.failed_login_attempts))) == 0
    assert await credentials.sign_in(database, attempt, B, LATER)
    assert [await signed_in(database, each) for each in (A, B)] == [ann, ann]


async def test_an_attempt_does_not_outlive_its_password_or_its_account(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    assert await credentials.sign_in(database, attempt, A, NOW)
    assert await credentials.change_password(database, attempt, "new hash", B, NOW)
    assert not await credentials.change_password(database, attempt, "newer hash", C, NOW)
    assert [await signed_in(database, each) for each in (A, B, C)] == [None, ann, None]
    assert not await credentials.sign_in(database, attempt, D, NOW)
    attempt = await reserve(database)
    assert attempt is not None
    await set_active(database, ann, False, NOW)
    assert not await credentials.sign_in(database, attempt, D, NOW)


async def test_disabling_ends_the_sign_ins(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    await credentials.sign_in(database, attempt, A, NOW)
    await set_active(database, ann, False, NOW)
    assert await signed_in(database, A) is None


async def issue(database: Store, user_id: int, until: datetime = LATER) -> str:
    return await credentials.issue_token(database, user_id, credentials.PASSWORD_RESET, until, NOW)


async def test_a_deleted_account_gets_no_token(database: Store) -> None:
    with pytest.raises(TokenInvalidError):
        await issue(database, 999)


async def test_a_token_works_once_in_a_race(database: Store) -> None:
    ann = await player(database)
    token = await issue(database, ann)
    race = (credentials.reset_password(database, token, f"hash {n}", NOW) for n in range(8))
    results = await asyncio.gather(*race, return_exceptions=True)
    assert [result for result in results if not isinstance(result, TokenInvalidError)] == [ann]


async def test_a_reset_ends_locks_sign_ins_and_other_links(database: Store) -> None:
    ann = await player(database)
    first, second = await issue(database, ann), await issue(database, ann)
    attempt = await reserve(database)
    assert attempt is not None
    await credentials.sign_in(database, attempt, A, NOW)
    for _ in range(3):
        await reserve(database)
    await credentials.reset_password(database, first, "new hash", NOW)
    assert await signed_in(database, A) is None
    attempt = await reserve(database)
    assert attempt is not None
    assert attempt.password_hash == "new hash"
    with pytest.raises(TokenInvalidError):
        await credentials.reset_password(database, second, "x", NOW)


async def test_invalid_and_expired_tokens(database: Store) -> None:
    ann = await player(database)
    token = await issue(database, ann)
    assert await credentials.owner_of_token(database, token, credentials.PASSWORD_RESET, NOW) == ann
    for wrong, purpose in ((token, "another purpose"), (token_hash(token), credentials.PASSWORD_RESET)):
        with pytest.raises(TokenInvalidError):
            await credentials.owner_of_token(database, wrong, purpose, NOW)
    with pytest.raises(TokenExpiredError):
        await credentials.reset_password(database, token, "x", LATER)
    with pytest.raises(TokenExpiredError):
        await credentials.owner_of_token(database, token, credentials.PASSWORD_RESET, LATER)
    await credentials.reset_password(database, token, "x", NOW)


async def test_only_hashes_are_stored_and_expired_ones_deleted(database: Store) -> None:
    ann = await player(database)
    old = await issue(database, ann, NOW - timedelta(days=8))
    token = await issue(database, ann)
    async with database.read() as session:
        stored = list(await session.scalars(select(VerificationToken.token)))
    assert stored == [token_hash(token)]
    assert token_hash(old) not in stored
    assert await load(database, ann) is not None
