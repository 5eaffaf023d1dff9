"""Sign-ups that wait for their link, and the links that were sent for them."""

from datetime import datetime

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, CreatedAt, Id, owner


class SignUp(Base):
    """What somebody typed to sign up. It reserves nothing: several may have the same address, roll number or username.

    There is one for a taken address or roll number too, so that no answer reveals what is taken.
    """

    __tablename__ = "sign_ups"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(120))
    """Case-folded by the writer."""
    roll_number: Mapped[str] = mapped_column(String(10))
    username: Mapped[str] = mapped_column(String(50))
    full_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(256))
    source: Mapped[str] = mapped_column(String(64))
    """A keyed hash of the network that it came from; empty if unknown."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """When its links stop working."""

    __table_args__ = (
        # With the id, because the newest few of many are looked up.
        Index("ix_sign_ups_email_id", "email", "id"),
        Index("ix_sign_ups_roll_number_lower_id", func.lower(roll_number), "id"),
        Index("ix_sign_ups_username_lower_id", func.lower(username), "id"),
        # An id is never reused: wrong passwords are counted by it.
        {"sqlite_autoincrement": True},
    )


class SignUpLink(Base):
    __tablename__ = "sign_up_links"

    id: Mapped[Id]
    sign_up_id: Mapped[int] = owner("sign_ups.id", index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the link's token, in hex; never the token."""
