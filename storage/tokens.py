"""API tokens: the sign-ins of an account, one for each device or program. Only hashes are stored."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ApiToken, User
from storage.store import Store, TokenState

MOST_TOKENS = 20
"""How many sign-ins an account may have at a time. One more ends the one that was unused for longest."""
MOST_ENDED = 20
"""How many ended sign-ins of an account are kept, so that their clients can be told why they ended."""
USES_IN_A_LIFE = 8
"""How many uses of a token are recorded in the time that it lives unused."""


class NewToken(Struct, frozen=True):
    """A sign-in to be recorded: the hash of its token, and the name under which its player finds it in the list."""

    hashed: str
    name: str


class SignedIn(Struct, frozen=True):
    """The owner of a token; ``name`` is the token's."""

    state: TokenState
    name: str
    user_id: int
    username: str
    is_active: bool


class TokenRow(Struct, frozen=True):
    """A sign-in as its player sees it."""

    token_id: int
    name: str
    created_at: datetime
    used_at: datetime


def fresh_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """The SHA-256 of a token in hex, the form in which it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(session: AsyncSession, user_id: int, new: NewToken, now: datetime) -> None:
    """Record a new sign-in of an account. Beyond ``MOST_TOKENS``, the one that was unused for longest ends."""
    live = select(ApiToken.id).where(ApiToken.user_id == user_id, ApiToken.ended_at.is_(None))
    by_use = live.order_by(ApiToken.used_at.desc(), ApiToken.id.desc())
    excess = list(await session.scalars(by_use.offset(MOST_TOKENS - 1)))
    if excess:
        await _end(session, user_id, excess, "too_many_devices", now)
    row = {"user_id": user_id, "token": new.hashed, "name": new.name, "created_at": now, "used_at": now}
    await session.execute(insert(ApiToken).values(**row))
    newest = {"api_token": new.hashed, "api_token_created_at": now, "last_login": now}
    await session.execute(update(User).where(User.id == user_id).values(**newest))


async def end(
    session: AsyncSession, user_id: int, reason: str, now: datetime, *, only: int | None = None, but: int | None = None
) -> bool:
    """End the sign-ins of an account: all of them, ``only`` the one with this id, or all ``but`` the one with this id.
    False: there was none to end."""
    live = select(ApiToken.id).where(ApiToken.user_id == user_id, ApiToken.ended_at.is_(None))
    if only is not None:
        live = live.where(ApiToken.id == only)
    if but is not None:
        live = live.where(ApiToken.id != but)
    ended = list(await session.scalars(live))
    if ended:
        await _end(session, user_id, ended, reason, now)
    return bool(ended)


async def _end(session: AsyncSession, user_id: int, token_ids: Sequence[int], reason: str, now: datetime) -> None:
    these = ApiToken.id.in_(token_ids)
    await session.execute(update(ApiToken).where(these).values(ended_at=now, end_reason=reason))
    was_newest = User.api_token.in_(select(ApiToken.token).where(these))
    signed_out = {"api_token": None, "api_token_created_at": None}
    await session.execute(update(User).where(User.id == user_id, was_newest).values(**signed_out))
    kept = select(ApiToken.id).where(ApiToken.user_id == user_id, ApiToken.ended_at.is_not(None))
    too_old = list(await session.scalars(kept.order_by(ApiToken.ended_at.desc()).offset(MOST_ENDED)))
    if too_old:
        await session.execute(delete(ApiToken).where(ApiToken.id.in_(too_old)))


async def sign_out(
    store: Store, user_id: int, reason: str, now: datetime, *, only: int | None = None, but: int | None = None
) -> bool:
    """Call ``end`` in a new transaction."""
    return await store.transact(end, user_id, reason, now, only=only, but=but)


async def find_signed_in(store: Store, hashed: str) -> SignedIn | None:
    columns = ApiToken.id, ApiToken.name, ApiToken.used_at, ApiToken.end_reason, User.username, User.is_active
    owned = select(*columns, User.id.label("user_id")).join(User, User.id == ApiToken.user_id)
    async with store.read() as session:
        row = (await session.execute(owned.where(ApiToken.token == hashed))).first()
    if row is None:
        return None
    state = TokenState(row.id, row.used_at, row.end_reason or "")
    return SignedIn(state, row.name, user_id=row.user_id, username=row.username, is_active=row.is_active)


async def states(store: Store, token_ids: Sequence[int]) -> dict[int, TokenState]:
    """The states of sign-ins by id; one that is missing ended long ago, or its account is deleted."""
    query = select(ApiToken.id, ApiToken.used_at, ApiToken.end_reason).where(ApiToken.id.in_(token_ids))
    async with store.read() as session:
        rows = (await session.execute(query)).all()
    return {row.id: TokenState(row.id, row.used_at, row.end_reason or "") for row in rows}


async def live_tokens(store: Store, user_id: int, now: datetime, ttl_s: int) -> list[TokenRow]:
    """The account's sign-ins that have neither ended nor expired; the last one used comes first."""
    columns = ApiToken.id, ApiToken.name, ApiToken.created_at, ApiToken.used_at
    living = ApiToken.ended_at.is_(None), ApiToken.used_at > now - timedelta(seconds=ttl_s)
    query = select(*columns).where(ApiToken.user_id == user_id, *living)
    async with store.read() as session:
        rows = (await session.execute(query.order_by(ApiToken.used_at.desc(), ApiToken.id.desc()))).all()
    return [TokenRow(token_id=row.id, name=row.name, created_at=row.created_at, used_at=row.used_at) for row in rows]


def has_expired(used_at: datetime, now: datetime, ttl_s: int) -> bool:
    """Whether a token that was last used then has expired."""
    return used_at + timedelta(seconds=ttl_s) <= now


def is_use_due(used_at: datetime, now: datetime, ttl_s: int) -> bool:
    """Whether a use now is to be recorded: not every time, because it costs a commit."""
    return used_at + timedelta(seconds=ttl_s / USES_IN_A_LIFE) <= now


async def record_use(store: Store, token_ids: Sequence[int], now: datetime, ttl_s: int) -> None:
    """These tokens are in use now, so their lives start anew. One that has ended or expired stays so."""
    living = ApiToken.ended_at.is_(None), ApiToken.used_at > now - timedelta(seconds=ttl_s)
    used = update(ApiToken).where(ApiToken.id.in_(token_ids), *living).values(used_at=now)
    async with store.write() as session:
        await session.execute(used)
