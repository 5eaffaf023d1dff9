"""The lists of top-ups that were booked, so that none is booked twice by mistake."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, CreatedAt, Id


class TopUpList(Base):
    __tablename__ = "top_up_lists"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of its top-ups, in hex."""
    number: Mapped[int]
    """1 for the first booking of the list; the operator may ask for another one."""
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("digest", "number"),)
