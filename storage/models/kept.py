"""What outlives a name or an account: keyed hashes with end dates, and their key."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Json


class HashKey(Base):
    """The key of all keyed hashes: one row, which the migration makes. Whoever gives out names locks it."""

    __tablename__ = "hash_keys"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64))
    """32 random bytes in hex."""


class KeptHash(Base):
    """A name that nobody else may take, or a break that its player must keep, until a date."""

    __tablename__ = "kept_hashes"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """HMAC-SHA256 of what is kept, in hex."""
    until: Mapped[datetime] = mapped_column(index=True)
    owner: Mapped[str | None] = mapped_column(String(64))
    """The hash of the e-mail address whose owner may take the name again."""
    facts: Mapped[Json | None]
    """The player's own limits."""
