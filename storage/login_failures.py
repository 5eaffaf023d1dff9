"""Counts wrong passwords by identifier and source, so that no stranger can lock a player out.

An identifier is locked for one source after a few wrong passwords, and for all unknown sources together after many
more. What is counted is the identifier as it was typed: whether it is anybody's makes no difference, so a lock reveals
nothing. A known device, whose player signed in there before, and the holder of a live sign-in are sources of their own,
which the lock of the unknown sources does not touch. See decision 37.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.kept import Hashes
from storage.models import LoginFailure
from storage.names import fold_email, normalise

LONGEST_LOCK = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
"""How long after the last wrong password a count is dropped."""
ALL_SOURCES = ""
SOURCES_TOGETHER = 20
"""How many times the attempts of one source all unknown sources have together."""


class LockedOutError(Exception):
    """Too many wrong passwords; no password is checked before ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Lockout(Struct, frozen=True):
    """``attempts`` wrong passwords lock an identifier: first for ``first``, then twice as long each time."""

    attempts: int
    first: timedelta

    def after(self, failures: int) -> timedelta | None:
        """How long the lock is after this many wrong passwords in a row; None: there is no new lock."""
        if failures % self.attempts:
            return None
        doublings = min(failures // self.attempts - 1, 20)
        return min(self.first * (1 << doublings), LONGEST_LOCK)

    def together(self) -> "Lockout":
        """The lock-out of all unknown sources together."""
        return Lockout(self.attempts * SOURCES_TOGETHER, self.first)


class Counted(Struct, frozen=True):
    """The keyed hashes under which an attempt was counted."""

    identifier: str
    source: str


def hash_of(hashes: Hashes, identifier: str | int) -> str:
    """The keyed hash of an identifier as it was typed, or of a user's id."""
    if isinstance(identifier, int):
        return hashes.of("user id", str(identifier))
    return hashes.of("identifier", fold_email(identifier) if "@" in identifier else normalise(identifier).casefold())


async def count(
    session: AsyncSession, counted: Counted, is_known: bool, now: datetime, lockout: Lockout
) -> timedelta | None:
    """Count an attempt before its password is checked. Returns the lock that the next one meets; None: no lock.

    Raises LockedOutError. The caller has locked the counts (``kept.lock_names``).
    """
    await session.execute(delete(LoginFailure).where(LoginFailure.last_at <= now - FORGOTTEN_AFTER))
    limits = {counted.source: lockout} if is_known else {counted.source: lockout, ALL_SOURCES: lockout.together()}
    mine = LoginFailure.identifier == counted.identifier, LoginFailure.source.in_(limits)
    rows = {row.source: row for row in await session.scalars(select(LoginFailure).where(*mine))}
    locked = [row.locked_until for row in rows.values() if row.locked_until is not None and row.locked_until > now]
    if locked:
        raise LockedOutError(max(locked))
    failures = {source: rows[source].failures + 1 if source in rows else 1 for source in limits}
    locks = {source: limits[source].after(failures[source]) for source in limits}
    await session.execute(delete(LoginFailure).where(*mine))
    values = [
        {
            "identifier": counted.identifier,
            "source": source,
            "failures": failures[source],
            "locked_until": None if lock is None else now + lock,
            "last_at": now,
        }
        for source, lock in locks.items()
    ]
    await session.execute(insert(LoginFailure), values)
    return max((lock for lock in locks.values() if lock is not None), default=None)


async def forgive(session: AsyncSession, counted: Counted) -> None:
    """Drop the counts of an attempt whose password was right."""
    sources = LoginFailure.source.in_((counted.source, ALL_SOURCES))
    await session.execute(delete(LoginFailure).where(LoginFailure.identifier == counted.identifier, sources))


async def forget(session: AsyncSession, hashes: Hashes, identifiers: Sequence[str | int]) -> None:
    """Drop all counts of these identifiers, whatever their source."""
    hashed = [hash_of(hashes, identifier) for identifier in identifiers]
    await session.execute(delete(LoginFailure).where(LoginFailure.identifier.in_(hashed)))


def new_device(hashes: Hashes, user_id: int) -> str:
    """A token for the device on which this user has just signed in. It proves that and nothing else."""
    name = f"{user_id}.{secrets.token_urlsafe(12)}"
    return f"{name}.{hashes.of('device', name)}"


def known_device(hashes: Hashes, device: str | None, user_id: int) -> str | None:
    """The name of the device if its token is genuine and this user's."""
    name, _, proof = (device or "").rpartition(".")
    genuine = hmac.compare_digest(hashes.of("device", name).encode(), proof.encode())
    return name if genuine and name.partition(".")[0] == str(user_id) else None
