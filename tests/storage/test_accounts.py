"""Registering, changing and deleting accounts, on both databases; races between registrations have one winner."""

import asyncio
import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select

from storage import accounts, credentials, limits
from storage.accounts import (
    AccountUpdate,
    NewAccount,
    Profile,
    Registration,
    RollNumberTakenError,
    UsernameTakenError,
)
from storage.free_chips import OnBreakError, claim_daily_bonus
from storage.limits import OwnLimits
from storage.models import KeptHash
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)


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


async def register(database: Store, account: NewAccount, now: datetime = NOW) -> Registration:
    return await accounts.register(database, account, now, TWO_DAYS)


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


async def opened(database: Store, name: str) -> int:
    """A verified account's id."""
    user_id = (await register(database, new(name))).user_id
    assert user_id is not None
    await accounts.verify_account(database, user_id, 100, NOW)
    return user_id


async def test_register(database: Store) -> None:
    user_id = (await register(database, new("ann"))).user_id
    assert user_id is not None
    ann = await accounts.load(database, user_id)
    assert ann is not None
    assert (ann.username, ann.email_verified, ann.is_active, ann.created_at) == ("ann", False, True, NOW)
    assert (ann.balance, ann.version, ann.profile, len(ann.client_seed)) == (0, 0, Profile(), 16)
    assert await accounts.find_by_username(database, "ANN") == ann
    assert await accounts.find_by_email(database, " Ann@Campus.example") == ann
    assert await accounts.find_by_email(database, "nobody@campus.example") is None


@pytest.mark.parametrize(
    "second", [new("bob", email="ann@campus.example"), new("bob", roll_number="ANN")], ids=["email", "roll number"]
)
async def test_a_taken_name_answers_its_owner_and_reserves_the_other_names(database: Store, second: NewAccount) -> None:
    ann = await opened(database, "ann")
    registration = await register(database, second)
    assert registration.user_id is None
    assert registration.owner is not None
    assert registration.owner.user_id == ann
    with pytest.raises(UsernameTakenError):
        await register(database, new("bob2", username="Bob"))
    busy = await register(database, new("cat", roll_number=second.roll_number))
    assert busy.user_id is None
    later = NOW + TWO_DAYS + timedelta(seconds=1)
    assert (await register(database, new("bob"), later)).user_id is not None


async def test_a_second_registration_replaces_an_unverified_one(database: Store) -> None:
    """The account goes to the owner of the address, not to the first person who typed it."""
    mallory = new("mallory", email="ann@campus.example", roll_number="ANN")
    first = (await register(database, mallory)).user_id or 0
    link = await credentials.issue_token(database, first, credentials.EMAIL_VERIFICATION, NOW + TWO_DAYS, NOW)
    second = (await register(database, new("ann", password_hash="hers"))).user_id or 0
    ann = await accounts.load(database, second)
    assert ann is not None
    assert (ann.username, ann.roll_number) == ("ann", "ANN")
    assert await accounts.load(database, first) is None
    with pytest.raises(credentials.TokenInvalidError):
        await accounts.verify_email(database, link, 100, NOW)
    assert (await register(database, new("mallory"))).user_id is not None


async def test_a_verified_account_is_never_replaced(database: Store) -> None:
    ann = await opened(database, "ann")
    assert (await register(database, new("cat", email="ann@campus.example"))).user_id is None
    found = await accounts.load(database, ann)
    assert found is not None
    assert (found.username, found.email) == ("ann", "ann@campus.example")


async def test_a_disabled_account_stays_disabled_after_signing_up_again(database: Store) -> None:
    first = (await register(database, new("ann"))).user_id or 0
    await accounts.set_active(database, first, False)
    again = await accounts.load(database, (await register(database, new("ann"))).user_id or 0)
    assert again is not None
    assert not again.is_active


async def test_held_registrations_are_not_listed(database: Store) -> None:
    ann = await opened(database, "ann")
    await register(database, new("bob", email="ann@campus.example"))
    await register(database, new("cat", roll_number="ANN"))
    assert [account.user_id async for account in accounts.list_accounts(database)] == [ann]
    assert await accounts.find_by_email(database, "cat@campus.example") is None


async def test_a_players_own_held_registration_does_not_block_the_name(database: Store) -> None:
    ann = await opened(database, "ann")
    bob = await opened(database, "bob")
    await register(database, new("cat", email="ann@campus.example"))
    with pytest.raises(UsernameTakenError):
        await accounts.change(database, bob, AccountUpdate(username="cat"), NOW)
    changed = await accounts.change(database, ann, AccountUpdate(username="cat"), NOW)
    assert changed is not None
    assert changed.username == "cat"


async def test_the_owner_of_the_address_comes_before_the_owner_of_the_roll_number(database: Store) -> None:
    await opened(database, "ann")
    bob = await opened(database, "bob")
    registration = await register(database, new("cat", email="bob@campus.example", roll_number="ANN"))
    assert registration.owner is not None
    assert registration.owner.user_id == bob


async def test_only_unverified_accounts_lapse(database: Store) -> None:
    first = (await register(database, new("ann"))).user_id
    bob = await opened(database, "bob")
    second = (await register(database, new("ann"), NOW + TWO_DAYS + timedelta(seconds=1))).user_id
    assert second not in (None, first)
    assert await accounts.load(database, first or 0) is None
    assert await accounts.load(database, bob) is not None


async def test_the_last_registration_of_an_address_wins_a_race(database: Store) -> None:
    wanted = [new(f"u{n}", email="ann@campus.example") for n in range(6)]
    results = await asyncio.gather(*(register(database, each) for each in wanted))
    found = [await accounts.load(database, result.user_id or 0) for result in results]
    assert sum(account is not None for account in found) == 1


@pytest.mark.parametrize("same", ["username", "roll_number"])
async def test_a_race_has_one_winner(database: Store, same: str) -> None:
    wanted = [new(f"u{n}", **{same: structs.asdict(new("ann"))[same]}) for n in range(6)]
    results = await asyncio.gather(*(register(database, each) for each in wanted), return_exceptions=True)
    won = [result for result in results if isinstance(result, Registration) and result.user_id is not None]
    lost = [result for result in results if result not in won]
    assert len(won) == 1
    assert all(
        each == Registration(None, None) if same == "roll_number" else isinstance(each, UsernameTakenError)
        for each in lost
    )


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
    assert await accounts.set_active(database, ann, False)
    found = await accounts.load(database, ann)
    assert found is not None
    assert not found.is_active
    assert await accounts.set_active(database, ann, True)
    assert await accounts.remove(database, ann, NOW)
    assert not await accounts.remove(database, ann, NOW)
    assert not await accounts.set_active(database, ann, False)
    assert (await register(database, new("ann"))).user_id is not None


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
        await register(database, new("bob", roll_number="aNNa"))
    cat = (await register(database, new("cat", roll_number="B21CS001"))).user_id
    assert cat is not None
    await accounts.verify_account(database, cat, 0, NOW)
    with pytest.raises(UsernameTakenError):
        await register(database, new("b21cs001", roll_number="X"))
    dan = await opened(database, "dan")
    for name in ("b21cs001", "ANN", "Anna"):
        with pytest.raises(UsernameTakenError):
            await accounts.change(database, dan, AccountUpdate(username=name), NOW)
    assert (await register(database, new("eve", roll_number="b21cs001"))).user_id is None
    assert await accounts.change(database, cat, AccountUpdate(username="B21cs001"), NOW) is not None


async def test_a_username_and_a_roll_number_race_for_one_name(database: Store) -> None:
    """Two columns have no common unique index, so the registrations must wait for each other."""
    await opened(database, "ann")
    bob = await opened(database, "bob")
    for n in range(4):
        wanted = new(f"u{n}", roll_number=f"name{n}")
        registered = (await register(database, wanted)).user_id
        assert registered is not None
        results = await asyncio.gather(
            accounts.change(database, bob, AccountUpdate(username=f"name{n}"), NOW),
            accounts.verify_account(database, registered, 0, NOW),
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
        await register(database, new("ann", email="x@campus.example", roll_number="X"))
    assert await accounts.change(database, ann, AccountUpdate(username="Ann"), NOW) is not None
    await accounts.remove(database, ann, NOW)
    with pytest.raises(UsernameTakenError):
        await accounts.change(database, bob, AccountUpdate(username="anna"), NOW)
    assert (await register(database, new("Ann"))).user_id is not None
    later = NOW + timedelta(days=365)
    assert await accounts.change(database, bob, AccountUpdate(username="anna"), later) is not None


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
        user_id = (await register(database, back, now)).user_id
        assert user_id is not None
        await accounts.verify_account(database, user_id, 100, now)
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
