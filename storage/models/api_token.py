"""The sign-ins of accounts."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, CreatedAt, Id, owner


class ApiToken(Base):
    """One sign-in, on one device or by one program. ``users.api_token`` repeats the hash of the most recent one."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    user_id: Mapped[int] = owner("users.id", index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the token, in hex; never the token."""
    name: Mapped[str] = mapped_column(String(60))
    """What the player sees in the list of sign-ins: the device or program. May be empty."""
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime]
    """When the token was issued or last used, a fraction of its life ago at most."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(30))
    """Why the sign-in was ended, for a client that still uses the token."""

    __table_args__ = (
        # An id is never reused: a connection with an ended sign-in must not pass for another one.
        {"sqlite_autoincrement": True},
    )
