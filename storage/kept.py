"""What outlives a rename or an account until a date, as keyed hashes: old usernames, and players' own limits.

A hash can't be turned back into a name, nor compared with the hashes of another server, which has another key. See
decision 33.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.limits import OwnLimits, limits_of, stricter
from storage.models import HashKey, KeptHash
from storage.names import fold_email, normalise

NAME_KEPT = timedelta(days=365)
"""How long the old username of a renamed or deleted player is not free for others."""
MOST_NAMES = 10
"""How many old usernames a player can keep from others by renaming: whoever renames all day must not take all names."""


class Hashes:
    """Makes the keyed hashes of this database."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def of(self, kind: str, text: str) -> str:
        """The hash of a text of this kind, in hex; equal texts of two kinds have different hashes."""
        return hmac.digest(self._key, f"{kind}:{text}".encode(), hashlib.sha256).hex()

    def username(self, username: str) -> str:
        return self.of("username", normalise(username).casefold())

    def email(self, email: str) -> str:
        return self.of("email", fold_email(email))

    def people(self, email: str, roll_number: str) -> list[str]:
        """The hashes by which a player is recognised who deletes the account and opens another."""
        number = normalise(roll_number).casefold()
        return [self.of("limits of e-mail", fold_email(email)), self.of("limits of roll number", number)]


async def load_hashes(session: AsyncSession) -> Hashes:
    key = await session.scalar(select(HashKey.key))
    assert key is not None, "the migration makes the key"
    return Hashes(key)


async def lock_names(session: AsyncSession) -> Hashes:
    """Until the transaction ends, nobody else gives out a name: usernames, roll numbers and addresses are in several
    columns, so no unique index keeps them apart."""
    key = await session.scalar(select(HashKey.key).with_for_update())
    assert key is not None, "the migration makes the key"
    return Hashes(key)


async def keep_username(session: AsyncSession, hashes: Hashes, username: str, email: str, now: datetime) -> None:
    """From now on only the owner of the address may take the username, for ``NAME_KEPT``."""
    await session.execute(delete(KeptHash).where(KeptHash.until <= now))
    kept = hashes.username(username)
    await session.execute(delete(KeptHash).where(KeptHash.hash == kept))
    values = {"hash": kept, "until": now + NAME_KEPT, "owner": hashes.email(email)}
    await session.execute(insert(KeptHash).values(**values))


async def kept_usernames(
    session: AsyncSession, hashes: Hashes, email: str, now: datetime, besides: Sequence[str]
) -> int:
    """How many usernames ``besides`` these are kept for the owner of the address."""
    mine, others = KeptHash.owner == hashes.email(email), KeptHash.hash.not_in(map(hashes.username, besides))
    return await session.scalar(select(func.count()).where(mine, others, KeptHash.until > now)) or 0


async def is_kept_for_others(session: AsyncSession, hashes: Hashes, username: str, email: str, now: datetime) -> bool:
    """Whether the username was another player's less than ``NAME_KEPT`` ago."""
    mine = KeptHash.owner == hashes.email(email)
    others = select(KeptHash.hash).where(KeptHash.hash == hashes.username(username), KeptHash.until > now, ~mine)
    return await session.scalar(others) is not None


async def keep_limits(session: AsyncSession, people: Sequence[str], limits: OwnLimits, until: datetime) -> None:
    """Until then, a new account of these ``Hashes.people`` starts with these limits."""
    await session.execute(delete(KeptHash).where(KeptHash.hash.in_(people)))
    facts = msgspec.to_builtins(limits)
    await session.execute(insert(KeptHash), [{"hash": each, "until": until, "facts": facts} for each in people])


async def kept_limits(session: AsyncSession, people: Sequence[str], now: datetime) -> OwnLimits | None:
    """The limits with which a new account of these people starts; None: it starts with none."""
    mine = select(KeptHash.facts).where(KeptHash.hash.in_(people), KeptHash.until > now)
    found = [limits_of(facts) for facts in await session.scalars(mine)]
    return reduce(stricter, found) if found else None
