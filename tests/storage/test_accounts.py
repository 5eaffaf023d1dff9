"""Opening, changing and deleting accounts, on both databases; races for a name have one winner."""

import asyncio
import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import accounts, limits
from storage.accounts import (
    AccountUpdate,
    AddressTakenError,
    NewAccount,
    Profile,
    RollNumberTakenError,
    TooManyNamesError,
    UsernameTakenError,
)
from storage.free_chips import OnBreakError, claim_daily_bonus
from storage.kept import MOST_NAMES, lock_names
from storage.limits import OwnLimits
from storage.models import KeptHash
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def new(name: str, **changes: Any) -> NewAccount:
    return structs.replace(
        NewAccount(
            roll_number=name.upper(),
            email=f"{name}@campus.example",
            username=name,
            full_name=name.title(),
            password_hash="hash",
        ),
        **changes,
    )


async def open_account(database: Store, account: NewAccount, now: datetime = NOW) -> int:
    """The id of a new account with 100 cents."""

    async def open_(session: AsyncSession) -> int:
        hashes = await lock_names(session)
        return (await accounts.open_account(session, hashes, account, 100, now))[0]

    return await database.transact(open_)


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


async def opened(database: Store, name: str) -> int:
    """An account's id."""
    return await open_account(database, new(name))


async def test_an_account_opens_verified_and_with_its_credit(database: Store) -> None:
    user_id = await opened(database, "ann")
    ann = await accounts.load(database, user_id)
    assert ann is not None
    assert (ann.username, ann.email_verified, ann.is_active, ann.created_at) == ("ann", True, True, NOW)
    assert (ann.balance, ann.version, ann.profile, len(ann.client_seed)) == (100, 1, Profile(), 16)
    assert await accounts.find_by_username(database, "ANN") == ann
    assert await accounts.find_by_email(database, " Ann@Campus.example") == ann
    assert await accounts.find_by_email(database, "nobody@campus.example") is None


@pytest.mark.parametrize(
    ("second", "taken"),
    [
        (new("bob", email="ann@campus.example"), AddressTakenError),
        (new("bob", roll_number="ann"), RollNumberTakenError),
        (new("bob", username="ANN"), UsernameTakenError),
        (new("bob", email="ann@campus.example", roll_number="ANN", username="ann"), AddressTakenError),
    ],
)
async def test_a_taken_name_is_refused(database: Store, second: NewAccount, taken: type[Exception]) -> None:
    await opened(database, "ann")
    with pytest.raises(taken):
        await open_account(database, second)


async def test_the_owner_of_the_address_comes_before_the_owner_of_the_roll_number(database: Store) -> None:
    ann, bob = await opened(database, "ann"), await opened(database, "bob")
    for email, roll_number, owner in (
        ("bob@campus.example", "ANN", bob),
        ("x@campus.example", "ann", ann),
        ("x@campus.example", "X", None),
    ):
        found = await accounts.find_owner(database, email, roll_number)
        assert (found and found.user_id) == owner


@pytest.mark.parametrize("same", ["username", "roll_number", "email"])
async def test_a_race_has_one_winner(database: Store, same: str) -> None:
    wanted = [new(f"u{n}", **{same: structs.asdict(new("ann"))[same]}) for n in range(6)]
    results = await asyncio.gather(*(open_account(database, each) for each in wanted), return_exceptions=True)
    lost = [result for result in results if isinstance(result, Exception)]
    assert len(lost) == 5
    expected = {"username": UsernameTakenError, "roll_number": RollNumberTakenError, "email": AddressTakenError}
    assert {type(each) for each in lost} == {expected[same]}


async def test_change(database: Store) -> None:
    ann = await opened(database, "ann")
    await opened(database, "bob")
    born = date(2004, 2, 29)
    changed = await accounts.change(database, ann, AccountUpdate(username="Ann", bio="x", dob=born), NOW)
    assert changed is not None
    assert (changed.username, changed.full_name, changed.profile) == ("Ann", "Ann", Profile(bio="x", dob=born))
    changed = await accounts.change(database, ann, AccountUpdate(bio=None), NOW)
    assert changed is not None
    assert changed.profile == Profile(dob=born)
    with pytest.raises(UsernameTakenError):
        await accounts.change(database, ann, AccountUpdate(username="BOB"), NOW)
    assert await accounts.change(database, 999, AccountUpdate(username="cat"), NOW) is None


async def test_a_race_for_a_name_has_one_winner(database: Store) -> None:
    ids = [await opened(database, f"u{n}") for n in range(4)]
    wanted = AccountUpdate(username="same")
    results = await asyncio.gather(
        *(accounts.change(database, user_id, wanted, NOW) for user_id in ids), return_exceptions=True
    )
    assert sorted(isinstance(result, UsernameTakenError) for result in results) == [False, True, True, True]


async def test_disable_and_remove(database: Store) -> None:
    ann = await opened(database, "ann")
    assert await accounts.set_active(database, ann, False, NOW)
    found = await accounts.load(database, ann)
    assert found is not None
    assert not found.is_active
    assert await accounts.set_active(database, ann, True, NOW)
    assert await accounts.remove(database, ann, NOW)
    assert not await accounts.remove(database, ann, NOW)
    assert not await accounts.set_active(database, ann, False, NOW)
    assert await opened(database, "ann") > ann


async def test_list(database: Store) -> None:
    ids = [await opened(database, f"u{n}") for n in range(5)]
    assert [account.user_id async for account in accounts.list_accounts(database, page=2)] == ids


async def test_client_seed(database: Store) -> None:
    ann = await opened(database, "ann")
    await accounts.set_client_seed(database, ann, "mine")
    found = await accounts.load(database, ann)
    assert found is not None
    assert found.client_seed == "mine"


async def test_a_name_by_which_somebody_signs_in_is_free_for_nobody_else(database: Store) -> None:
    """Usernames and roll numbers are one namespace, regardless of case."""
    ann = await opened(database, "ann")
    assert await accounts.change(database, ann, AccountUpdate(username="anna"), NOW) is not None
    with pytest.raises(RollNumberTakenError):
        await open_account(database, new("bob", roll_number="aNNa"))
    cat = await open_account(database, new("cat", roll_number="B21CS001"))
    with pytest.raises(UsernameTakenError):
        await open_account(database, new("b21cs001", roll_number="X"))
    dan = await opened(database, "dan")
    for name in ("b21cs001", "ANN", "Anna"):
        with pytest.raises(UsernameTakenError):
            await accounts.change(database, dan, AccountUpdate(username=name), NOW)
    assert await accounts.change(database, cat, AccountUpdate(username="B21cs001"), NOW) is not None


async def test_a_username_and_a_roll_number_race_for_one_name(database: Store) -> None:
    """Two columns have no common unique index, so whoever gives out names must wait for each other."""
    await opened(database, "ann")
    bob = await opened(database, "bob")
    for n in range(4):
        results = await asyncio.gather(
            accounts.change(database, bob, AccountUpdate(username=f"name{n}"), NOW),
            open_account(database, new(f"u{n}", roll_number=f"name{n}")),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Exception) for result in results) == 1, results


async def test_an_old_username_is_free_only_for_its_player(database: Store) -> None:
    ann, bob = await opened(database, "ann"), await opened(database, "bob")
    await accounts.change(database, ann, AccountUpdate(username="anna"), NOW)
    for name in ("ann", "ANN"):
        with pytest.raises(UsernameTakenError):
            await accounts.change(database, bob, AccountUpdate(username=name), NOW)
    with pytest.raises(UsernameTakenError):
        await open_account(database, new("ann", email="x@campus.example", roll_number="X"))
    assert await accounts.change(database, ann, AccountUpdate(username="Ann"), NOW) is not None
    await accounts.remove(database, ann, NOW)
    with pytest.raises(UsernameTakenError):
        await accounts.change(database, bob, AccountUpdate(username="anna"), NOW)
    assert await accounts.remove(database, await opened(database, "Ann"), NOW)
    later = NOW + timedelta(days=365)
    assert await accounts.change(database, bob, AccountUpdate(username="anna"), later) is not None


async def test_renaming_can_not_take_any_number_of_names_from_others(database: Store) -> None:
    ann = await opened(database, "ann")
    await opened(database, "bob")
    names = [f"ann{number}" for number in range(MOST_NAMES)]
    for name in names:
        await accounts.change(database, ann, AccountUpdate(username=name), NOW)
    with pytest.raises(TooManyNamesError):
        await accounts.change(database, ann, AccountUpdate(username="one-more"), NOW)
    with pytest.raises(UsernameTakenError):
        await accounts.change(database, ann, AccountUpdate(username="bob"), NOW)
    for name in ("ann", *names, *reversed(names), names[-1].upper(), "Ann"):
        assert await accounts.change(database, ann, AccountUpdate(username=name), NOW) is not None
    later = NOW + timedelta(days=365)
    assert await accounts.change(database, ann, AccountUpdate(username="one-more"), later) is not None


async def test_nothing_that_is_kept_can_be_read_as_a_name(database: Store) -> None:
    ann = await opened(database, "ann")
    await accounts.remove(database, ann, NOW)
    async with database.read() as session:
        [kept] = await session.scalars(select(KeptHash))
    assert kept.until == NOW + timedelta(days=365)
    assert len(kept.hash) == len(kept.owner or "") == 64
    assert kept.facts is None
    plain = {hashlib.sha256(text.encode()).hexdigest() for text in ("ann", "username:ann", "ann@campus.example")}
    assert not plain & {kept.hash, kept.owner}


@pytest.mark.parametrize("same", ["email", "roll_number"])
async def test_a_break_and_a_limit_outlive_the_account(database: Store, same: str) -> None:
    """Whoever deletes the account and opens another has neither evaded the break nor got new chips."""
    ann = await opened(database, "ann")
    until = ms(NOW + timedelta(days=30))
    await limits.save(database, ann, lambda own: limits.change(own, ms(NOW), stake=100, break_until=until))
    await accounts.remove(database, ann, NOW)
    back = structs.replace(new("bea"), **{same: structs.asdict(new("ann"))[same]})
    for day, (balance, kept) in {3: (0, OwnLimits(100, break_until=until)), 31: (100, OwnLimits())}.items():
        now = NOW + timedelta(days=day)
        user_id = await open_account(database, back, now)
        found = await accounts.load(database, user_id)
        assert found is not None
        assert (found.balance, limits.in_force(await limits.load(database, user_id), ms(now))) == (balance, kept)
        if day == 3:
            with pytest.raises(OnBreakError):
                await claim_daily_bonus(database, user_id, 200, 200, now)
            await accounts.remove(database, user_id, now)


async def test_an_account_without_limits_leaves_only_its_name(database: Store) -> None:
    ann = await opened(database, "ann")
    await accounts.remove(database, ann, NOW)
    again = await opened(database, "ann")
    found = await accounts.load(database, again)
    assert found is not None
    assert (found.balance, found.limits) == (100, None)
