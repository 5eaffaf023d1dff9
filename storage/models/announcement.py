"""What the operator announces to everybody who is connected."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, CreatedAt, Id

MAX_CHARACTERS = 280


class Announcement(Base):
    """One of the last announcements. Nodes look for new ones here, because the command line can't reach them."""

    __tablename__ = "announcements"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(String(MAX_CHARACTERS))
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        # An id is never reused: nodes and clients know by it which announcements they have shown.
        {"sqlite_autoincrement": True},
    )
