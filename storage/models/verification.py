"""One-time tokens sent by mail."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, CreatedAt, Id, owner

if TYPE_CHECKING:
    from storage.models.user import User


class VerificationToken(Base):
    __tablename__ = "verification_tokens"

    id: Mapped[Id]
    user_id: Mapped[int] = owner("users.id", index=True)
    token: Mapped[str] = mapped_column(String(128), unique=True)
    """A hash of the token, in hex; never the token."""
    purpose: Mapped[str] = mapped_column(String(50))
    """``email_verification``, ``password_reset`` …"""
    expires_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    is_used: Mapped[bool] = mapped_column(default=False)

    user: Mapped["User"] = relationship(back_populates="verification_tokens")
