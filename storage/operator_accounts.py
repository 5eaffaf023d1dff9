"""What the operator does to accounts from the command line, while a server may run."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tokens
from storage.accounts import Account, NewAccount, UsernameTakenError, find_by_email, insert_account, load
from storage.free_chips import sign_up_credit
from storage.kept import lock_names
from storage.models import User
from storage.names import by_identifier, by_roll_number, by_username
from storage.store import Store
from storage.tokens import NewToken, fresh_token, token_hash

BATCH = 25
"""Accounts in one transaction, so that a running server's settlements need not wait long."""


class AmbiguousNameError(Exception):
    """Several accounts match the name."""


async def find_account(store: Store, identifier: str) -> Account | None:
    """The account with this e-mail address, roll number or username, ignoring case. Raises AmbiguousNameError."""
    if "@" in identifier:
        return await find_by_email(store, identifier)
    async with store.read() as session:
        user_ids = list(await session.scalars(select(User.id).where(by_identifier(identifier)).limit(2)))
    if len(user_ids) > 1:
        raise AmbiguousNameError(identifier)
    return await load(store, user_ids[0]) if user_ids else None


async def ensure_players(store: Store, players: Sequence[NewAccount], credit: int, now: datetime) -> list[int]:
    """Make verified accounts without sending mail, with ``credit`` cents each.

    A verified account that has the e-mail address already only gets the password hash. Answers the user ids in order;
    raises UsernameTakenError if a new account's username, roll number or e-mail address is taken.
    """
    found: list[int] = []
    for start in range(0, len(players), BATCH):
        found += await store.transact(_ensure, players[start : start + BATCH], credit, now)
    return found


async def _ensure(session: AsyncSession, players: Sequence[NewAccount], credit: int, now: datetime) -> list[int]:
    return [await _ensure_one(session, player, credit, now) for player in players]


async def _ensure_one(session: AsyncSession, player: NewAccount, credit: int, now: datetime) -> int:
    await lock_names(session)
    same = User.email == player.email
    known = update(User).where(same, User.email_verified).values(password_hash=player.password_hash).returning(User.id)
    user_id: int | None = (await session.execute(known)).scalar_one_or_none()
    if user_id is not None:
        return user_id
    busy = or_(
        same, *(by_name(n) for by_name in (by_username, by_roll_number) for n in (player.username, player.roll_number))
    )
    if await session.scalar(select(User.id).where(busy).limit(1)) is not None:
        raise UsernameTakenError(player.username)
    user_id = await insert_account(session, player, now)
    await sign_up_credit(session, user_id, credit, now)
    return user_id


async def mute(store: Store, user_id: int, until: datetime | None) -> bool:
    """Mute the player's chat until this time, in whole seconds; None: unmute it. False: there is no such account."""
    async with store.write() as session:
        done = await session.execute(update(User).where(User.id == user_id).values(muted_until=until))
        return bool(done.rowcount)  # type: ignore[attr-defined]


async def sign_in_players(store: Store, user_ids: Sequence[int], name: str, now: datetime) -> list[str]:
    """New sign-ins with this name for these accounts. Answers their tokens, in order."""
    issued = [fresh_token() for _ in user_ids]
    pairs = list(zip(user_ids, issued, strict=True))
    for start in range(0, len(pairs), BATCH):
        await store.transact(_sign_in, pairs[start : start + BATCH], name, now)
    return issued


async def _sign_in(session: AsyncSession, pairs: Sequence[tuple[int, str]], name: str, now: datetime) -> None:
    for user_id, token in pairs:
        await tokens.issue(session, user_id, NewToken(token_hash(token), name), now)
