"""What the operator does to accounts: finding them by any name, making them without mail, signing them in."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import insert

from storage import accounts, ledger, sign_ups
from storage.accounts import NewAccount, UsernameTakenError
from storage.models import User
from storage.operator_accounts import BATCH, AmbiguousNameError, ensure_players, find_account, mute, sign_in_players
from storage.store import UNTIL_UNMUTED, Store
from storage.tokens import live_tokens, token_hash

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def player(name: str, roll_number: str | None = None) -> NewAccount:
    return NewAccount(
        roll_number=roll_number or name.upper(),
        email=f"{name}@campus.example",
        username=name,
        full_name=name.title(),
        password_hash=f"hash of {name}",
    )


async def test_players_are_made_once(database: Store) -> None:
    players = [player(f"p{number}") for number in range(BATCH + 3)]
    first = await ensure_players(database, players, 500, NOW)
    assert await ensure_players(database, players, 500, NOW) == first
    account = await accounts.load(database, first[-1])
    assert account is not None
    assert (account.balance, account.version, account.email_verified) == (500, 1, True)
    assert (await ledger.credit(database, first[-1], 20, "top-up", "x")).balance == 520


async def test_without_a_credit_the_wallet_is_empty(database: Store) -> None:
    [user_id] = await ensure_players(database, [player("ann")], 0, NOW)
    account = await accounts.load(database, user_id)
    assert account is not None
    assert (account.balance, account.version) == (0, 0)


@pytest.mark.parametrize(
    "other",
    [
        NewAccount(roll_number="X", email="x@y.example", username="ANN", full_name="X", password_hash="x"),
        player("bob", roll_number="ANN"),
    ],
)
async def test_names_of_other_accounts_are_refused(database: Store, other: NewAccount) -> None:
    await ensure_players(database, [player("ann")], 0, NOW)
    with pytest.raises(UsernameTakenError):
        await ensure_players(database, [other], 0, NOW)


async def test_a_waiting_sign_up_is_no_account_and_reserves_nothing(database: Store) -> None:
    await sign_ups.add(database, player("ann"), "here", NOW, NOW + timedelta(hours=48))
    assert await find_account(database, "ann") is None
    [ann] = await ensure_players(database, [player("ann")], 0, NOW)
    assert [account.user_id async for account in accounts.list_accounts(database)] == [ann]


async def test_an_account_is_found_by_any_name(database: Store) -> None:
    [ann] = await ensure_players(database, [player("ann", roll_number="R12")], 0, NOW)
    for identifier in ("ann", "ANN", "R12", "r12", " Ann@Campus.example"):
        found = await find_account(database, identifier)
        assert found is not None
        assert found.user_id == ann
    assert await find_account(database, "nobody") is None


@pytest.mark.parametrize("other", [player("r77", roll_number="X")])
async def test_an_ambiguous_name_is_refused(database: Store, other: NewAccount) -> None:
    """A command for one player must not reach another: in older databases a username may be another player's roll
    number."""
    await ensure_players(database, [player("ann", roll_number="R77")], 0, NOW)
    with pytest.raises(UsernameTakenError):
        await ensure_players(database, [other], 0, NOW)
    async with database.write() as session:
        await session.execute(insert(User).values(**structs.asdict(other)))
    for identifier in ("r77", "R77"):
        with pytest.raises(AmbiguousNameError):
            await find_account(database, identifier)
    found = await find_account(database, other.email)
    assert found is not None
    assert found.username == other.username


async def test_players_are_signed_in_by_new_tokens(database: Store) -> None:
    user_ids = await ensure_players(database, [player(f"p{number}") for number in range(BATCH + 3)], 0, NOW)
    tokens = await sign_in_players(database, user_ids, "Bot", NOW)
    found = await database.owners_of_tokens([token_hash(token) for token in tokens])
    assert [found[token_hash(token)].player.user_id for token in tokens] == user_ids
    assert {each.name for user_id in user_ids for each in await live_tokens(database, user_id, NOW, 60)} == {"Bot"}


@pytest.mark.parametrize("until", [NOW + timedelta(days=7), UNTIL_UNMUTED])
async def test_a_mute_is_found_by_every_look_up(database: Store, until: datetime) -> None:
    ann, bob = await ensure_players(database, [player("ann"), player("bob")], 0, NOW)
    [token] = await sign_in_players(database, [ann], "Laptop", NOW)
    assert await mute(database, ann, until)
    rows = await database.load_players([ann, bob])
    owner = (await database.owners_of_tokens([token_hash(token)]))[token_hash(token)]
    assert (rows[ann].muted_until, rows[bob].muted_until) == (round(until.timestamp() * 1000), None)
    assert owner.player.muted_until == rows[ann].muted_until
    account = await accounts.load(database, ann)
    assert account is not None
    assert account.muted_until == until
    assert await mute(database, ann, None)
    assert (await database.load_players([ann]))[ann].muted_until is None
    assert not await mute(database, 9_999, until)
