"""Sign-ups that wait until the owner of the e-mail address confirms them.

A sign-up reserves nothing and replaces nothing: many may wait for one address, roll number or username, and the first
that is confirmed gets them. Only the mailbox of the address gets its links. See decision 40.
"""

from datetime import datetime, timedelta

from msgspec import Struct, structs
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import login_failures
from storage.accounts import NewAccount, RollNumberTakenError, UsernameTakenError, open_account
from storage.credentials import TokenExpiredError, TokenInvalidError, find_waiting
from storage.kept import is_kept_for_others, load_hashes, lock_names
from storage.login_failures import Counted, Lockout
from storage.models import SignUp, SignUpLink, User
from storage.names import by_names, by_username
from storage.settlement import WalletChange
from storage.store import Store
from storage.tokens import fresh_token, token_hash

KEPT_AFTER_EXPIRY = timedelta(days=1)
"""How long an expired link still answers that it has expired."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A sign-up that waits for its confirmation."""

    sign_up_id: int
    account: NewAccount
    created_at: datetime
    expires_at: datetime


async def require_visible_names_free(store: Store, new: NewAccount, now: datetime) -> None:
    """Check a sign-up against what everybody can see: the usernames, and those of less than a year ago.

    Whether the address or the roll number has an account makes no difference. Raises UsernameTakenError,
    RollNumberTakenError.
    """
    async with store.read() as session:
        is_kept = await is_kept_for_others(session, await load_hashes(session), new.username, new.email, now)
        if is_kept or await session.scalar(select(User.id).where(by_username(new.username))) is not None:
            raise UsernameTakenError
        if await session.scalar(select(User.id).where(by_username(new.roll_number))) is not None:
            raise RollNumberTakenError


async def add(store: Store, new: NewAccount, source: str, now: datetime, expires_at: datetime) -> int:
    """Let a sign-up wait; returns its id. ``source`` is where it comes from. Expired ones are deleted."""
    async with store.write() as session:
        await session.execute(delete(SignUp).where(SignUp.expires_at <= now - KEPT_AFTER_EXPIRY))
        hashed = (await load_hashes(session)).of("source", source)
        values = structs.asdict(new) | {"source": hashed, "created_at": now, "expires_at": expires_at}
        return int((await session.execute(insert(SignUp).values(**values).returning(SignUp.id))).scalar_one())


async def issue_link(store: Store, sign_up_id: int) -> str:
    """A new token for a mail; earlier ones keep working. Raises TokenInvalidError if the sign-up is gone."""
    token = fresh_token()
    try:
        async with store.write() as session:
            await session.execute(insert(SignUpLink).values(sign_up_id=sign_up_id, token=token_hash(token)))
    except IntegrityError:
        raise TokenInvalidError from None
    return token


async def find_by_email(store: Store, email: str, source: str, now: datetime) -> Waiting | None:
    """The sign-up for which a caller from this source wants another mail."""
    async with store.read() as session:
        found = await find_waiting(session, await load_hashes(session), email, source, now)
        return None if found is None else _waiting(found)


async def find_all(store: Store, identifier: str | None, now: datetime) -> list[Waiting]:
    """The sign-ups with this e-mail address, username or roll number, or all of them; oldest first."""
    named = [] if identifier is None else [or_(*by_names(identifier, SignUp))]
    async with store.read() as session:
        found = await session.scalars(select(SignUp).where(SignUp.expires_at > now, *named).order_by(SignUp.id))
        return [_waiting(each) for each in found]


async def find_by_link(store: Store, token: str, now: datetime) -> Waiting:
    """The sign-up of a link, which stays valid. Raises TokenInvalidError, TokenExpiredError."""
    async with store.read() as session:
        return await _find(session, token, now)


async def _find(session: AsyncSession, token: str, now: datetime) -> Waiting:
    linked = select(SignUp).join(SignUpLink, SignUpLink.sign_up_id == SignUp.id)
    found = await session.scalar(linked.where(SignUpLink.token == token_hash(token)))
    if found is None:
        raise TokenInvalidError
    if found.expires_at <= now:
        raise TokenExpiredError
    return _waiting(found)


def _waiting(row: SignUp) -> Waiting:
    account = NewAccount(
        roll_number=row.roll_number,
        email=row.email,
        username=row.username,
        full_name=row.full_name,
        password_hash=row.password_hash,
    )
    return Waiting(sign_up_id=row.id, account=account, created_at=row.created_at, expires_at=row.expires_at)


async def reserve_attempt(store: Store, sign_up_id: int, source: str, now: datetime, lockout: Lockout) -> None:
    """Count an attempt at the password of a sign-up before it is checked. Raises LockedOutError.

    Whoever has the link could try the passwords of somebody who mistyped their address.
    """

    async def reserve(session: AsyncSession) -> None:
        hashes = await lock_names(session)
        counted = Counted(hashes.of("sign-up", str(sign_up_id)), hashes.of("source", source))
        await login_failures.count(session, counted, is_known=False, now=now, lockout=lockout)

    await store.transact(reserve)


async def confirm(
    store: Store, token: str, password_hash: str, credit: int, now: datetime
) -> tuple[int, WalletChange | None]:
    """Open the account of a link's sign-up with this password, its wallet and the sign-up credit.

    Returns the user's id, and the change of the wallet if a credit was paid. Other sign-ups for its names go on waiting
    in vain, so that whoever made them learns nothing. Raises TokenInvalidError, TokenExpiredError, AddressTakenError,
    RollNumberTakenError, UsernameTakenError.
    """
    return await store.transact(_confirm, token, password_hash, credit, now)


async def _confirm(
    session: AsyncSession, token: str, password_hash: str, credit: int, now: datetime
) -> tuple[int, WalletChange | None]:
    # The lock comes first: the same link may be confirmed twice at once.
    hashes = await lock_names(session)
    waiting = await _find(session, token, now)
    new = structs.replace(waiting.account, password_hash=password_hash)
    opened = await open_account(session, hashes, new, credit, now)
    await session.execute(delete(SignUp).where(SignUp.id == waiting.sign_up_id))
    return opened


async def confirm_without_link(
    store: Store, sign_up_id: int, credit: int, now: datetime
) -> tuple[int, WalletChange | None]:
    """The same for the operator, with the password of the sign-up. Raises TokenInvalidError if the sign-up is gone,
    AddressTakenError, RollNumberTakenError, UsernameTakenError."""

    async def confirm(session: AsyncSession) -> tuple[int, WalletChange | None]:
        hashes = await lock_names(session)
        row = await session.get(SignUp, sign_up_id)
        if row is None:
            raise TokenInvalidError
        opened = await open_account(session, hashes, _waiting(row).account, credit, now)
        await session.delete(row)
        return opened

    return await store.transact(confirm)
