"""Accounts, and registrations that wait for their link."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, CreatedAt, Id

if TYPE_CHECKING:
    from storage.models.gameplay import Bet, GameSession
    from storage.models.profile import UserProfile
    from storage.models.verification import VerificationToken
    from storage.models.wallet import Wallet


class User(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    roll_number: Mapped[str] = mapped_column(String(10), unique=True)
    email: Mapped[str] = mapped_column(String(120), unique=True)
    """Case-folded by the writer."""
    username: Mapped[str] = mapped_column(String(50))
    full_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(256))
    is_active: Mapped[bool] = mapped_column(default=True)
    email_verified: Mapped[bool] = mapped_column(default=False)
    failed_login_attempts: Mapped[int] = mapped_column(default=0)
    last_login: Mapped[datetime | None]
    api_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The SHA-256 of the most recent sign-in's token, in hex, for programs that read this column. The server itself
    reads ``api_tokens``, which has all sign-ins."""
    api_token_created_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    locked_until: Mapped[datetime | None]
    client_seed: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(8))
    muted_until: Mapped[datetime | None]
    """Until when the operator has muted the player's chat."""

    profile: Mapped["UserProfile | None"] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )
    wallet: Mapped["Wallet | None"] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )
    verification_tokens: Mapped[list["VerificationToken"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )
    sessions: Mapped[list["GameSession"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )
    bets: Mapped[list["Bet"]] = relationship(back_populates="user", cascade="all, delete-orphan", passive_deletes=True)

    __table_args__ = (
        Index("uq_users_username_lower", func.lower(username), unique=True),
        Index("uq_users_roll_number_lower", func.lower(roll_number), unique=True),
        # An id is never reused: a reference to a deleted player must not find another player.
        {"sqlite_autoincrement": True},
    )
