"""Login attempts, passwords and one-time tokens. Only hashes are stored."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import login_failures, tokens
from storage.kept import Hashes, load_hashes, lock_names
from storage.login_failures import Counted, Lockout, known_device, new_device
from storage.models import SignUp, User, VerificationToken
from storage.names import by_identifier, by_names, by_username
from storage.store import Store
from storage.tokens import NewToken, fresh_token, token_hash

MOST_LOOKED_AT = 20
"""How many of the newest sign-ups by one name count: anybody can add some."""
PASSWORD_RESET = "password_reset"  # noqa: S105 (a purpose, no password)


class TokenInvalidError(Exception):
    """The one-time token is unknown or was used."""


class TokenExpiredError(Exception):
    """The one-time token has expired."""


class Attempt(Struct, frozen=True):
    """A counted login attempt at a verified account: its password may be checked now, once."""

    user_id: int
    password_hash: str
    is_active: bool
    counted: Counted = Counted("", "")


class Meant(Struct, frozen=True):
    """What an identifier refers to: a verified account, a sign-up that waits for its link, both or neither.

    ``waiting`` is the sign-up's password hash. ``counted``: where the attempt was counted.
    """

    counted: Counted
    attempt: Attempt | None = None
    waiting: str | None = None


async def reserve_attempt(
    store: Store, identifier: str | int, source: str, now: datetime, lockout: Lockout, *, device: str | None = None
) -> Meant:
    """Count a login attempt before its password is checked, so that parallel guesses can't outrun the lock.

    ``identifier``: e-mail, username or roll number, or the id of a user with a live sign-in. ``source``: where the
    attempt comes from; ``device``: the token of a device on which the player signed in before. Raises LockedOutError.
    """
    return await store.transact(_reserve, identifier, source, now, lockout, device=device)


async def _reserve(
    session: AsyncSession, identifier: str | int, source: str, now: datetime, lockout: Lockout, *, device: str | None
) -> Meant:
    """Costs the same for every identifier, the commit included, so that the time reveals nothing."""
    hashes = await lock_names(session)
    query = select(User.id, User.password_hash, User.is_active, User.email_verified)
    if isinstance(identifier, int):
        query = query.where(User.id == identifier)
    else:
        # Databases from before the namespace was one may have a roll number that is another player's username. The name
        # means the player whom everybody knows by it.
        query = query.where(by_identifier(identifier)).order_by(by_username(identifier).desc())
    rows = (await session.execute(query)).all()
    row = next((row for row in rows if row.email_verified), None)
    waiting = None
    if not isinstance(identifier, int):
        sign_up = await find_waiting(session, hashes, identifier, source, now)
        waiting = None if sign_up is None else sign_up.password_hash
    known = known_device(hashes, device, row.id) if row is not None else None
    name = source if known is None else f"device {known}"
    counted = Counted(login_failures.hash_of(hashes, identifier), hashes.of("source", name))
    is_known = known is not None or isinstance(identifier, int)
    lock = await login_failures.count(session, counted, is_known, now, lockout)
    if row is None:
        await _write_nothing(session)
        return Meant(counted, waiting=waiting)
    values = {
        "failed_login_attempts": User.failed_login_attempts + 1,
        "locked_until": None if lock is None else now + lock,
    }
    await session.execute(update(User).where(User.id == row.id).values(**values))
    attempt = Attempt(user_id=row.id, password_hash=row.password_hash, is_active=row.is_active, counted=counted)
    return Meant(counted, attempt, waiting)


async def find_waiting(
    session: AsyncSession, hashes: Hashes, identifier: str, source: str, now: datetime
) -> SignUp | None:
    """The sign-up that an e-mail address, username or roll number means to a caller from this source.

    That is the newest one from the same source; if there is none, the newest. So nobody learns from the answers that
    others have signed up by the same name, nor hides their sign-ups.
    """
    found: list[SignUp] = []
    for named in by_names(identifier, SignUp):
        newest = select(SignUp).where(named, SignUp.expires_at > now).order_by(SignUp.id.desc()).limit(MOST_LOOKED_AT)
        found += await session.scalars(newest)
    mine = hashes.of("source", source)
    return max(found, key=lambda each: (each.source == mine, each.id), default=None)


async def _write_nothing(session: AsyncSession) -> None:
    """Take as long as noting an attempt in its account."""
    newest = select(func.max(User.id)).scalar_subquery()
    await session.execute(update(User).where(User.id == newest).values(is_active=User.is_active))


async def rehash(store: Store, attempt: Attempt, password_hash: str) -> Attempt:
    """Replace the hash of a password that was right. Answers the attempt with the new hash."""
    same = User.id == attempt.user_id, User.password_hash == attempt.password_hash
    async with store.write() as session:
        await session.execute(update(User).where(*same).values(password_hash=password_hash))
    return structs.replace(attempt, password_hash=password_hash)


async def forgive_attempts(store: Store, attempt: Attempt) -> None:
    """Reset the count of wrong passwords, after a right one."""
    async with store.write() as session:
        await login_failures.forgive(session, attempt.counted)
        await session.execute(update(User).where(User.id == attempt.user_id).values(**_FORGIVEN))


async def forgive_waiting(store: Store, counted: Counted) -> None:
    """The same for a sign-up that waits for its link."""
    async with store.write() as session:
        await login_failures.forgive(session, counted)


async def unlock(store: Store, user_id: int) -> bool:
    """End all locks of an account's names. False: there is no such account."""
    return await store.transact(_unlock, user_id)


async def _unlock(session: AsyncSession, user_id: int) -> bool:
    names = select(User.username, User.roll_number, User.email).where(User.id == user_id)
    row = (await session.execute(names)).first()
    if row is None:
        return False
    await login_failures.forget(session, await load_hashes(session), [*row, user_id])
    await session.execute(update(User).where(User.id == user_id).values(**_FORGIVEN))
    return True


async def issue_device(store: Store, user_id: int) -> str:
    """A token for the device on which the user has just signed in; give it to ``reserve_attempt``."""
    async with store.read() as session:
        return new_device(await load_hashes(session), user_id)


async def known_device_of(store: Store, device: str | None, user_id: int) -> str | None:
    """The name of the device if the user has signed in on it."""
    async with store.read() as session:
        return known_device(await load_hashes(session), device, user_id)


_FORGIVEN: dict[str, Any] = {"failed_login_attempts": 0, "locked_until": None}


async def sign_in(store: Store, attempt: Attempt, new: NewToken, now: datetime) -> bool:
    """Add a sign-in. False if the password or the account changed since the attempt."""
    return await store.transact(_sign_in, attempt, new, now)


async def _sign_in(session: AsyncSession, attempt: Attempt, new: NewToken, now: datetime) -> bool:
    same = User.id == attempt.user_id, User.password_hash == attempt.password_hash, User.is_active
    await login_failures.forgive(session, attempt.counted)
    done = await session.execute(update(User).where(*same).values(**_FORGIVEN))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    await tokens.issue(session, attempt.user_id, new, now)
    return True


async def issue_token(store: Store, user_id: int, purpose: str, expires_at: datetime, now: datetime) -> str:
    """A new one-time token for a mail; the user's tokens that expired a week ago are deleted.

    Raises TokenInvalidError if the account is gone.
    """
    token = fresh_token()
    row = {"user_id": user_id, "token": token_hash(token), "purpose": purpose, "expires_at": expires_at}
    try:
        async with store.write() as session:
            stale = VerificationToken.user_id == user_id, VerificationToken.expires_at < now - timedelta(days=7)
            await session.execute(delete(VerificationToken).where(*stale))
            await session.execute(insert(VerificationToken).values(**row, created_at=now, is_used=False))
    except IntegrityError:
        raise TokenInvalidError from None
    return token


async def owner_of_token(store: Store, token: str, purpose: str, now: datetime) -> int:
    """The id of the user who owns a one-time token, which stays valid. Raises TokenInvalidError, TokenExpiredError."""
    async with store.read() as session:
        return await _owner(session, token, purpose, now)


async def _owner(session: AsyncSession, token: str, purpose: str, now: datetime) -> int:
    columns = VerificationToken.user_id, VerificationToken.expires_at, VerificationToken.is_used
    mine = VerificationToken.token == token_hash(token), VerificationToken.purpose == purpose
    row = (await session.execute(select(*columns).where(*mine))).first()
    if row is None or row.is_used:
        raise TokenInvalidError
    if row.expires_at <= now:
        raise TokenExpiredError
    return int(row.user_id)


async def spend_token(session: AsyncSession, token: str, purpose: str, now: datetime) -> int:
    """Use up a one-time token, when the caller's transaction commits. Answers the user's id; raises
    TokenInvalidError, TokenExpiredError."""
    spendable = (
        VerificationToken.token == token_hash(token),
        VerificationToken.purpose == purpose,
        ~VerificationToken.is_used,
        VerificationToken.expires_at > now,
    )
    spent = update(VerificationToken).where(*spendable).values(is_used=True).returning(VerificationToken.user_id)
    user_id: int | None = (await session.execute(spent)).scalar_one_or_none()
    if user_id is None:
        user_id = await _owner(session, token, purpose, now)
        raise TokenInvalidError
    return user_id


async def reset_password(store: Store, token: str, password_hash: str, now: datetime) -> int:
    """Set a new password and end all sign-ins. Answers the user's id; raises TokenInvalidError, TokenExpiredError."""

    async def reset(session: AsyncSession) -> int:
        user_id = await spend_token(session, token, PASSWORD_RESET, now)
        await _set_password(session, user_id, password_hash, now)
        return user_id

    return await store.transact(reset)


async def change_password(store: Store, attempt: Attempt, password_hash: str, new: NewToken, now: datetime) -> bool:
    """Set a new password, end all sign-ins, and add one. False if the password was changed since the attempt."""

    async def change(session: AsyncSession) -> bool:
        user_id = attempt.user_id
        if not await _set_password(session, user_id, password_hash, now, old_hash=attempt.password_hash):
            return False
        await tokens.issue(session, user_id, new, now)
        return True

    return await store.transact(change)


async def _set_password(
    session: AsyncSession, user_id: int, password_hash: str, now: datetime, old_hash: str | None = None
) -> bool:
    whose = [User.id == user_id] if old_hash is None else [User.id == user_id, User.password_hash == old_hash]
    done = await session.execute(update(User).where(*whose).values(**_FORGIVEN, password_hash=password_hash))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    await tokens.end(session, user_id, "password_changed", now)
    await _unlock(session, user_id)
    unused = VerificationToken.user_id == user_id, VerificationToken.purpose == PASSWORD_RESET
    await session.execute(update(VerificationToken).where(*unused).values(is_used=True))
    return True
