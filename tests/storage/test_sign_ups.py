"""Sign-ups wait beside each other, reserve nothing, and become one account when the mail's owner confirms."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import func, select

from storage import accounts, sign_ups
from storage.accounts import (
    AccountUpdate,
    AddressTakenError,
    NewAccount,
    RollNumberTakenError,
    UsernameTakenError,
)
from storage.audit import audit
from storage.credentials import TokenExpiredError, TokenInvalidError
from storage.login_failures import LockedOutError, Lockout
from storage.models import SignUp
from storage.operator_accounts import ensure_players
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
END = NOW + timedelta(days=2)
ANN = NewAccount(roll_number="R1", email="ann@campus.example", username="ann", full_name="Ann", password_hash="anns")
MALLORY = NewAccount(
    roll_number="M1", email="mallory@campus.example", username="mallory", full_name="Mal", password_hash="mallorys"
)


async def sign_up(database: Store, new: NewAccount = ANN, now: datetime = NOW, end: datetime = END) -> str:
    """The token of a link for a new sign-up."""
    return await sign_ups.issue_link(database, await sign_ups.add(database, new, "here", now, end))


async def confirm(database: Store, token: str, now: datetime = NOW) -> int:
    """The id of the account."""
    waiting = await sign_ups.find_by_link(database, token, now)
    return (await sign_ups.confirm(database, token, waiting.account.password_hash, 100, now))[0]


async def test_a_link_opens_an_account_with_the_password_that_is_given(database: Store) -> None:
    token = await sign_up(database)
    user_id, change = await sign_ups.confirm(database, token, "another hash", 100, NOW)
    ann = await accounts.load(database, user_id)
    assert ann is not None
    assert change is not None
    assert (ann.username, ann.email_verified, ann.balance, change.balance) == ("ann", True, 100, 100)
    with pytest.raises(TokenInvalidError):
        await sign_ups.find_by_link(database, token, NOW)
    assert await audit(database) == []


async def test_sign_ups_for_the_same_names_wait_beside_each_other(database: Store) -> None:
    tokens = [await sign_up(database) for _ in range(3)]
    for same in ("email", "roll_number", "username"):
        tokens.append(await sign_up(database, structs.replace(MALLORY, **{same: structs.asdict(ANN)[same]})))
    await confirm(database, tokens[1])
    refused: list[type[Exception]] = [AddressTakenError] * 3 + [RollNumberTakenError, UsernameTakenError]
    for token, error in zip([tokens[0], *tokens[2:]], refused, strict=True):
        with pytest.raises(error):
            await confirm(database, token)


@pytest.mark.parametrize("links", [1, 4])
async def test_parallel_confirmations_open_one_account(database: Store, links: int) -> None:
    sign_up_id = await sign_ups.add(database, ANN, "here", NOW, END)
    tokens = [await sign_ups.issue_link(database, sign_up_id) for _ in range(links)]
    race = [sign_ups.confirm(database, tokens[n % links], "hash", 100, NOW) for n in range(8)]
    results = await asyncio.gather(*race, return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert sum(isinstance(result, TokenInvalidError) for result in results) == 7


async def test_links_expire_and_say_so_for_a_day(database: Store) -> None:
    token = await sign_up(database)
    assert await sign_ups.find_all(database, None, END) == []
    for late in (END, END + timedelta(hours=23)):
        await sign_up(database, MALLORY, late, late + timedelta(days=2))
        with pytest.raises(TokenExpiredError):
            await confirm(database, token, late)
    await sign_up(database, MALLORY, END + timedelta(days=1), END + timedelta(days=3))
    with pytest.raises(TokenInvalidError):
        await confirm(database, token, END + timedelta(days=1))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(SignUp)) == 3


async def test_a_sign_up_that_is_gone_gets_no_link(database: Store) -> None:
    with pytest.raises(TokenInvalidError):
        await sign_ups.issue_link(database, 999)
    with pytest.raises(TokenInvalidError):
        await sign_ups.confirm_without_link(database, 999, 0, NOW)


async def test_only_what_everybody_can_see_is_refused_at_once(database: Store) -> None:
    [ann] = await ensure_players(database, [ANN], 0, NOW)
    check = sign_ups.require_visible_names_free
    for hidden in (
        {"email": ANN.email},
        {"roll_number": ANN.roll_number},
        {"username": ANN.roll_number},
    ):
        await check(database, structs.replace(MALLORY, **hidden), NOW)
    with pytest.raises(UsernameTakenError):
        await check(database, structs.replace(MALLORY, username="ANN"), NOW)
    with pytest.raises(RollNumberTakenError):
        await check(database, structs.replace(MALLORY, roll_number="ANN"), NOW)
    await accounts.change(database, ann, AccountUpdate(username="anna"), NOW)
    with pytest.raises(UsernameTakenError):
        await check(database, structs.replace(MALLORY, username="ann"), NOW)
    await check(database, structs.replace(MALLORY, username="ann", email=ANN.email), NOW)


async def test_the_mail_goes_out_again_for_the_callers_own_sign_up(database: Store) -> None:
    first = await sign_ups.add(database, ANN, "here", NOW, END)
    second = await sign_ups.add(database, structs.replace(MALLORY, email=ANN.email), "elsewhere", NOW, END)
    for source, found in (("here", first), ("elsewhere", second), ("a third place", second)):
        waiting = await sign_ups.find_by_email(database, " Ann@campus.example", source, NOW)
        assert waiting is not None
        assert waiting.sign_up_id == found
    assert await sign_ups.find_by_email(database, ANN.email, "here", END) is None


async def test_guesses_at_the_password_of_a_sign_up_are_limited(database: Store) -> None:
    lockout = Lockout(2, timedelta(seconds=60))
    for _ in range(2):
        await sign_ups.reserve_attempt(database, 1, "here", NOW, lockout)
    with pytest.raises(LockedOutError):
        await sign_ups.reserve_attempt(database, 1, "here", NOW, lockout)
    await sign_ups.reserve_attempt(database, 1, "there", NOW, lockout)
    await sign_ups.reserve_attempt(database, 2, "here", NOW, lockout)


async def test_the_operator_confirms_without_a_link(database: Store) -> None:
    first = await sign_ups.add(database, ANN, "here", NOW, END)
    second = await sign_ups.add(database, ANN, "here", NOW, END)
    for identifier in ("ANN", "r1", "ann@campus.example", None):
        found = await sign_ups.find_all(database, identifier, NOW)
        assert [each.sign_up_id for each in found] == [first, second]
    user_id, change = await sign_ups.confirm_without_link(database, second, 0, NOW)
    ann: Any = await accounts.load(database, user_id)
    assert (ann.username, ann.balance, change) == ("ann", 0, None)
    with pytest.raises(AddressTakenError):
        await sign_ups.confirm_without_link(database, first, 0, NOW)
