"""Accounts: opening, profiles, renaming, disabling, deletion."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs
from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tokens
from storage.free_chips import sign_up_credit
from storage.history import lost_in
from storage.kept import (
    MOST_NAMES,
    Hashes,
    is_kept_for_others,
    keep_limits,
    keep_username,
    kept_limits,
    kept_usernames,
    lock_names,
)
from storage.limits import in_force, kept_after_deletion, limits_of
from storage.models import User, UserProfile, Wallet
from storage.names import by_roll_number, by_username, fold_email
from storage.settlement import WalletChange
from storage.store import Store


class UsernameTakenError(Exception):
    """Another player signs in by this name, or had it as a username less than a year ago."""


class TooManyNamesError(Exception):
    """So many old usernames are kept for the player that another one can't be."""


class RollNumberTakenError(Exception):
    """Another player signs in by this roll number, or has it as a username."""


class AddressTakenError(Exception):
    """The e-mail address has an account."""


class Profile(Struct, frozen=True):
    """What players say about themselves."""

    bio: str | None = None
    avatar_url: str | None = None
    location: str | None = None
    dob: date | None = None


class Account(Struct, frozen=True, kw_only=True):
    """An account with profile and wallet; amounts are cents."""

    user_id: int
    roll_number: str
    email: str
    username: str
    full_name: str
    is_active: bool
    email_verified: bool
    created_at: datetime
    last_login: datetime | None
    locked_until: datetime | None
    client_seed: str
    profile: Profile
    balance: int
    version: int
    limits: Any
    """The JSON value of ``wallets.limits``."""
    muted_until: datetime | None = None


NO_PASSWORD = ""
"""The password hash of a sign-up whose player has not chosen a password yet. No password matches it."""


class NewAccount(Struct, frozen=True):
    """``email`` is folded (see ``storage.names``)."""

    roll_number: str
    email: str
    username: str
    full_name: str
    password_hash: str


class AccountUpdate(Struct, frozen=True):
    """Fields that are UNSET stay as they are."""

    username: str | UnsetType = UNSET
    full_name: str | UnsetType = UNSET
    bio: str | UnsetType | None = UNSET
    avatar_url: str | UnsetType | None = UNSET
    location: str | UnsetType | None = UNSET
    dob: date | UnsetType | None = UNSET


async def open_account(
    session: AsyncSession, hashes: Hashes, new: NewAccount, credit: int, now: datetime
) -> tuple[int, WalletChange | None]:
    """Open an account with its wallet, and pay the sign-up credit. The caller has locked the names.

    Returns the user's id, and the change of the wallet if a credit was paid. Raises AddressTakenError,
    RollNumberTakenError, UsernameTakenError.
    """
    if await session.scalar(select(User.id).where(User.email == new.email)) is not None:
        raise AddressTakenError
    if await _is_name_of_another(session, new.roll_number, None):
        raise RollNumberTakenError
    if await _is_name_of_another(session, new.username, None):
        raise UsernameTakenError
    if await is_kept_for_others(session, hashes, new.username, new.email, now):
        raise UsernameTakenError
    user_id = await insert_account(session, new, now)
    limits = await kept_limits(session, hashes.people(new.email, new.roll_number), now)
    if limits is None:
        return user_id, await sign_up_credit(session, user_id, credit, now)
    # Within a break, a new account brings no new chips.
    on_break = in_force(limits, _ms(now)).break_until is not None
    change = await sign_up_credit(session, user_id, 0 if on_break else credit, now)
    await session.execute(update(Wallet).where(Wallet.user_id == user_id).values(limits=msgspec.to_builtins(limits)))
    return user_id, change


async def insert_account(session: AsyncSession, new: NewAccount, now: datetime) -> int:
    """Write an account whose names are free, without a wallet. Returns the user's id."""
    columns = structs.asdict(new) | {"created_at": now, "email_verified": True}
    user_id: int = (await session.execute(insert(User).values(**columns).returning(User.id))).scalar_one()
    await session.execute(insert(UserProfile).values(user_id=user_id, created_at=now, updated_at=now))
    return user_id


async def _is_name_of_another(session: AsyncSession, name: str, user_id: int | None) -> bool:
    """Whether a user other than this one has the name as a username or a roll number."""
    named = or_(by_username(name), by_roll_number(name))
    return await session.scalar(select(User.id).where(named, User.id != (user_id or 0)).limit(1)) is not None


def _query() -> Select[User, UserProfile, Wallet]:
    return (
        select(User, UserProfile, Wallet)
        .outerjoin(UserProfile, UserProfile.user_id == User.id)
        .outerjoin(Wallet, Wallet.user_id == User.id)
    )


def _account(row: Any) -> Account:
    user, profile, wallet = row
    return Account(
        user_id=user.id,
        roll_number=user.roll_number,
        email=user.email,
        username=user.username,
        full_name=user.full_name,
        is_active=user.is_active,
        email_verified=user.email_verified,
        created_at=user.created_at,
        last_login=user.last_login,
        locked_until=user.locked_until,
        client_seed=user.client_seed,
        profile=_profile(profile),
        balance=wallet.balance if wallet else 0,
        version=wallet.version if wallet else 0,
        limits=wallet.limits if wallet else None,
        muted_until=user.muted_until,
    )


def _profile(row: UserProfile | None) -> Profile:
    if row is None:
        return Profile()
    return Profile(bio=row.bio, avatar_url=row.avatar_url, location=row.location, dob=row.dob)


async def _load(session: AsyncSession, where: Any) -> Account | None:
    row = (await session.execute(_query().where(where))).first()
    return None if row is None else _account(row)


async def load(store: Store, user_id: int) -> Account | None:
    async with store.read() as session:
        return await _load(session, User.id == user_id)


async def find_by_username(store: Store, username: str) -> Account | None:
    async with store.read() as session:
        return await _load(session, func.lower(User.username) == username.lower())


async def find_owner(store: Store, email: str, roll_number: str) -> Account | None:
    """The account with this folded address; if there is none, the one with this roll number."""
    same_email = User.email == email
    async with store.read() as session:
        owner = select(User.id).where(or_(same_email, by_roll_number(roll_number))).order_by(same_email.desc())
        return await _load(session, User.id == await session.scalar(owner.limit(1)))


async def find_by_email(store: Store, email: str) -> Account | None:
    async with store.read() as session:
        return await _load(session, User.email == fold_email(email))


async def list_accounts(store: Store, page: int = 500) -> AsyncIterator[Account]:
    """All accounts, oldest first; one query fetches ``page`` of them."""
    after = 0
    while True:
        async with store.read() as session:
            next_page = _query().where(User.id > after).order_by(User.id).limit(page)
            rows = (await session.execute(next_page)).all()
        for row in rows:
            yield _account(row)
        if len(rows) < page:
            return
        after = rows[-1][0].id


async def change(store: Store, user_id: int, wanted: AccountUpdate, now: datetime) -> Account | None:
    """Apply an update; None if the account is gone. Raises UsernameTakenError, TooManyNamesError."""
    try:
        return await store.transact(_change, user_id, wanted, now)
    except IntegrityError:
        raise UsernameTakenError from None


async def _change(session: AsyncSession, user_id: int, wanted: AccountUpdate, now: datetime) -> Account | None:
    fields = {name: value for name, value in structs.asdict(wanted).items() if value is not UNSET}
    own = {name: fields.pop(name) for name in ("username", "full_name") if name in fields}
    if await session.scalar(select(User.id).where(User.id == user_id)) is None:
        return None
    if "username" in own:
        await _rename(session, user_id, own["username"], now)
    if own:
        await session.execute(update(User).where(User.id == user_id).values(**own))
    if fields:
        values = fields | {"updated_at": now}
        found = await session.execute(update(UserProfile).where(UserProfile.user_id == user_id).values(**values))
        if found.rowcount == 0:  # type: ignore[attr-defined]
            await session.execute(insert(UserProfile).values(user_id=user_id, created_at=now, **values))
    return await _load(session, User.id == user_id)


async def _rename(session: AsyncSession, user_id: int, username: str, now: datetime) -> None:
    """Check a new username, and keep the old one from others. Raises UsernameTakenError,
    TooManyNamesError."""
    hashes = await lock_names(session)
    old, email = (await session.execute(select(User.username, User.email).where(User.id == user_id))).one()
    if await _is_name_of_another(session, username, user_id):
        raise UsernameTakenError
    if await is_kept_for_others(session, hashes, username, email, now):
        raise UsernameTakenError
    if old.casefold() != username.casefold():
        if await kept_usernames(session, hashes, email, now, [old, username]) >= MOST_NAMES:
            raise TooManyNamesError
        await keep_username(session, hashes, old, email, now)


async def set_client_seed(store: Store, user_id: int, client_seed: str) -> None:
    async with store.write() as session:
        await session.execute(update(User).where(User.id == user_id).values(client_seed=client_seed))


async def set_active(store: Store, user_id: int, is_active: bool, now: datetime) -> bool:
    """Enable or disable an account; disabling ends its sign-ins. False: there is no such account."""
    return await store.transact(_set_active, user_id, is_active, now)


async def _set_active(session: AsyncSession, user_id: int, is_active: bool, now: datetime) -> bool:
    done = await session.execute(update(User).where(User.id == user_id).values(is_active=is_active))
    if not is_active:
        await tokens.end(session, user_id, "account_disabled", now)
    return bool(done.rowcount)  # type: ignore[attr-defined]


async def remove(store: Store, user_id: int, now: datetime) -> bool:
    """Delete an account and all rows that belong to it. Hashes keep its username from others, and its player to a break
    and to other limits on their own play. False: there is no such account."""
    return await store.transact(_remove, user_id, now)


async def _remove(session: AsyncSession, user_id: int, now: datetime) -> bool:
    hashes = await lock_names(session)
    columns = User.username, User.email, User.roll_number, User.email_verified, Wallet.limits
    query = select(*columns).outerjoin(Wallet, Wallet.user_id == User.id).where(User.id == user_id)
    user = (await session.execute(query)).first()
    if user is None:
        return False
    if user.email_verified:
        await keep_username(session, hashes, user.username, user.email, now)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        lost_today = await lost_in(session, user_id, midnight)
        kept = kept_after_deletion(limits_of(user.limits), lost_today, _ms(now))
        if kept is not None:
            limits, until = kept
            people = hashes.people(user.email, user.roll_number)
            await keep_limits(session, people, limits, datetime.fromtimestamp(until / 1000, UTC))
    await session.execute(delete(User).where(User.id == user_id))
    return True


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
