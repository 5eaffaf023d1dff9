"""Wrong passwords that still count, by identifier and source."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class LoginFailure(Base):
    """Wrong passwords in a row from one source, whether or not the identifier is anybody's. Both are keyed hashes."""

    __tablename__ = "login_failures"

    identifier: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Empty: all sources together."""
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)
