"""What outlives a rename or an account until a date, as keyed hashes: old usernames, and players' own limits.

A hash can't be turned back into a name, nor compared with the hashes of another server, which has another key. See
decision 33.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import HashKey, KeptHash
from storage.names import fold_email, normalise

NAME_KEPT = timedelta(days=365)
"""How long the old username of a renamed or deleted player is not free for others."""


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


async def is_kept_for_others(session: AsyncSession, hashes: Hashes, username: str, email: str, now: datetime) -> bool:
    """Whether the username was another player's less than ``NAME_KEPT`` ago."""
    mine = KeptHash.owner == hashes.email(email)
    others = select(KeptHash.hash).where(KeptHash.hash == hashes.username(username), KeptHash.until > now, ~mine)
    return await session.scalar(others) is not None
