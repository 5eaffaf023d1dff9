"""Login attempts are counted before the password is checked, tokens work once, only hashes are stored."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import event, insert, select

from storage import credentials
from storage.accounts import NewAccount, load, register, set_active
from storage.credentials import (
    Attempt,
    Meant,
    TokenExpiredError,
    TokenInvalidError,
    token_hash,
)
from storage.login_failures import Counted, LockedOutError, Lockout
from storage.models import User, VerificationToken
from storage.operator_accounts import ensure_players
from storage.postgresql import PostgresqlStore
from storage.sqlite import SqliteStore
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCKOUT = Lockout(3, timedelta(seconds=60))
LATER = NOW + timedelta(hours=1)
NOWHERE = Counted("", "")


async def player(database: Store, name: str = "ann", roll_number: str = "R1") -> int:
    new = NewAccount(
        roll_number=roll_number, email=f"{name}@campus.example", username=name, full_name=name, password_hash="old hash"
    )
    [user_id] = await ensure_players(database, [new], 0, NOW)
    return user_id


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


async def test_pending_registrations_are_found(database: Store) -> None:
    ann = await player(database)
    free = NewAccount(
        roll_number="R2", email="bob@campus.example", username="bob", full_name="Bob", password_hash="waits"
    )
    held = NewAccount(
        roll_number="R1", email="ann@campus.example", username="cat", full_name="Cat", password_hash="held"
    )
    for new in (free, held):
        await register(database, new, NOW, timedelta(days=2))
    for identifiers, waiting in ((("bob", "R2", "bob@campus.example"), "waits"), (("cat",), "held")):
        for identifier in identifiers * 4:
            meant = await credentials.reserve_attempt(database, identifier, "here", NOW, LOCKOUT)
            assert (meant.attempt, meant.waiting) == (None, waiting)
            await credentials.forgive_waiting(database, meant.counted)
    for identifier in ("R1", "Ann@campus.example"):
        assert await meant_by(database, identifier) == Meant(NOWHERE, Attempt(ann, "old hash", is_active=True), "held")


async def test_every_attempt_costs_the_same_statements(database: Store) -> None:
    """Unknown names and accounts take the same time, also for the attempt that locks and for those after it."""
    await player(database)
    done: list[str] = []
    assert isinstance(database, SqliteStore | PostgresqlStore)
    engine = database._writer.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: done.append(args[2].split()[0]))
    event.listen(engine, "commit", lambda *_: done.append("COMMIT"))
    costs = []
    for identifier in ("ann", "ann@campus.example", "nobody", "nobody@campus.example"):
        done.clear()
        for _ in range(3):
            await reserve(database, identifier)
        with pytest.raises(LockedOutError):
            await reserve(database, identifier)
        costs.append([each for each in done if each not in ("BEGIN", "ROLLBACK")])
    assert costs == [costs[0]] * 4
    assert costs[0].count("COMMIT") == 3


async def test_a_rehashed_password_can_sign_in(database: Store) -> None:
    await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    again = await credentials.rehash(database, attempt, "dearer hash")
    assert await credentials.sign_in(database, again, "a" * 64, NOW)
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


async def test_sign_in_and_out(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    assert await credentials.sign_in(database, attempt, "a" * 64, NOW)
    found = await credentials.find_signed_in(database, "a" * 64)
    assert found is not None
    assert (found.user_id, found.username, found.is_active, found.since) == (ann, "ann", True, NOW)
    async with database.read() as session:
        assert (await session.scalar(select(User.failed_login_attempts))) == 0
    assert await credentials.sign_in(database, attempt, "b" * 64, LATER)
    assert await credentials.find_signed_in(database, "a" * 64) is None
    await credentials.sign_out(database, ann)
    assert await credentials.find_signed_in(database, "b" * 64) is None


async def test_an_attempt_does_not_outlive_its_password_or_its_account(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    assert await credentials.change_password(database, attempt, "new hash", "b" * 64, NOW)
    assert not await credentials.change_password(database, attempt, "newer hash", "c" * 64, NOW)
    found = await credentials.find_signed_in(database, "b" * 64)
    assert found is not None
    assert found.user_id == ann
    assert not await credentials.sign_in(database, attempt, "a" * 64, NOW)
    attempt = await reserve(database)
    assert attempt is not None
    await set_active(database, ann, False)
    assert not await credentials.sign_in(database, attempt, "a" * 64, NOW)


async def test_disabling_revokes_the_token(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    await credentials.sign_in(database, attempt, "a" * 64, NOW)
    await set_active(database, ann, False)
    assert await credentials.find_signed_in(database, "a" * 64) is None


async def test_a_recorded_use_does_not_revive_an_expired_token(database: Store) -> None:
    ann = await player(database)
    attempt = await reserve(database)
    assert attempt is not None
    assert await credentials.sign_in(database, attempt, "a" * 64, NOW)

    async def used_at() -> datetime:
        found = await credentials.find_signed_in(database, "a" * 64)
        assert found is not None
        return found.used_at

    assert await used_at() == NOW
    ttl_s = 3600
    soon, late = NOW + timedelta(seconds=ttl_s - 1), NOW + timedelta(seconds=2 * ttl_s)
    await credentials.record_use(database, [ann], soon, ttl_s)
    assert await used_at() == soon
    assert not credentials.has_expired(soon, soon + timedelta(seconds=ttl_s - 1), ttl_s)
    assert credentials.has_expired(soon, soon + timedelta(seconds=ttl_s), ttl_s)
    await credentials.record_use(database, [ann], late, ttl_s)
    assert await used_at() == soon


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
    await credentials.sign_in(database, attempt, "a" * 64, NOW)
    for _ in range(3):
        await reserve(database)
    await credentials.reset_password(database, first, "new hash", NOW)
    assert await credentials.find_signed_in(database, "a" * 64) is None
    attempt = await reserve(database)
    assert attempt is not None
    assert attempt.password_hash == "new hash"
    with pytest.raises(TokenInvalidError):
        await credentials.reset_password(database, second, "x", NOW)


async def test_invalid_and_expired_tokens(database: Store) -> None:
    ann = await player(database)
    token = await issue(database, ann)
    assert await credentials.owner_of_token(database, token, credentials.PASSWORD_RESET, NOW) == ann
    for wrong, purpose in ((token, credentials.EMAIL_VERIFICATION), (token_hash(token), credentials.PASSWORD_RESET)):
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
