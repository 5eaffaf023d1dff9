"""What players say about themselves."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, CreatedAt, Id, now, owner

if TYPE_CHECKING:
    from storage.models.user import User


class UserProfile(Base):
    __tablename__ = "user_profiles"

    id: Mapped[Id]
    user_id: Mapped[int] = owner("users.id", unique=True)
    bio: Mapped[str | None] = mapped_column(Text)
    avatar_url: Mapped[str | None] = mapped_column(String(255))
    location: Mapped[str | None] = mapped_column(String(100))
    dob: Mapped[date | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    user: Mapped["User"] = relationship(back_populates="profile")
