"""Games, sessions, rounds and bets."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Cents, Count, CreatedAt, Id, Json, now, owner

if TYPE_CHECKING:
    from storage.models.user import User
    from storage.models.wallet import Transaction


class Game(Base):
    __tablename__ = "games"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[CreatedAt]

    sessions: Mapped[list["GameSession"]] = relationship(
        back_populates="game", cascade="all, delete-orphan", passive_deletes=True
    )
    rounds: Mapped[list["Round"]] = relationship(
        back_populates="game", cascade="all, delete-orphan", passive_deletes=True
    )


class GameSession(Base):
    """One player's stay in a room, from join to leave."""

    __tablename__ = "game_sessions"

    id: Mapped[Id]
    user_id: Mapped[int] = owner("users.id")
    game_id: Mapped[int] = owner("games.id", index=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    """None until the player leaves."""
    room: Mapped[str] = mapped_column(String(64))
    seat: Mapped[int | None]
    """The seat's number in the room; None in sessions from before seats were recorded."""

    user: Mapped["User"] = relationship(back_populates="sessions")
    game: Mapped["Game"] = relationship(back_populates="sessions")
    bets: Mapped[list["Bet"]] = relationship(
        back_populates="session", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(
            "ix_game_sessions_live",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # Players share links with session ids; an id must never come to mean another player's session.
        {"sqlite_autoincrement": True},
    )


class Round(Base):
    """One play in a room. Seeds, journal, outcome and results are null until it ends; if it is void, the seeds stay
    null, and the journal if it was lost."""

    __tablename__ = "rounds"

    id: Mapped[Id]
    game_id: Mapped[int] = owner("games.id", index=True)
    room: Mapped[str] = mapped_column(String(64))
    number: Mapped[Count]
    server_seed_hash: Mapped[str] = mapped_column(String(64))
    server_seed: Mapped[str | None] = mapped_column(String(64))
    client_seed: Mapped[str | None] = mapped_column(Text)
    """The bettors' client seeds, joined by commas."""
    nonce: Mapped[Count]
    status: Mapped[str] = mapped_column(String(20))
    """``open``, ``settled`` or ``void``."""
    options: Mapped[Json]
    journal: Mapped[Json | None]
    outcome: Mapped[Json | None]
    results: Mapped[Json | None]
    """``[number, amount, result, payout]`` of each bet when the round was settled. They stay when an account, and with
    it the rows of its bets, is deleted."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    game: Mapped["Game"] = relationship(back_populates="rounds")
    bets: Mapped[list["Bet"]] = relationship(back_populates="round", cascade="all, delete-orphan", passive_deletes=True)

    __table_args__ = (
        UniqueConstraint("room", "number"),
        Index("ix_rounds_open", "room", sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
    )


class Bet(Base):
    """One bet in an ended round. In a void one it has the result ``void`` and pays its stake back."""

    __tablename__ = "bets"

    id: Mapped[Id]
    session_id: Mapped[int] = owner("game_sessions.id", index=True)
    amount: Mapped[Cents]
    result: Mapped[str] = mapped_column(String(20))
    """``win``, ``loss``, ``push``, ``cashout``, ``void`` …"""
    created_at: Mapped[CreatedAt]
    user_id: Mapped[int] = owner("users.id")
    round_id: Mapped[int] = owner("rounds.id")
    number: Mapped[int]
    """Its place in the round, from 1."""
    selection: Mapped[Json]
    payout: Mapped[Cents]
    key: Mapped[str] = mapped_column(String(64))

    session: Mapped["GameSession"] = relationship(back_populates="bets")
    user: Mapped["User"] = relationship(back_populates="bets")
    round: Mapped["Round"] = relationship(back_populates="bets")
    transactions: Mapped[list["Transaction"]] = relationship(back_populates="bet", passive_deletes="all")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("payout >= 0", name="payout_not_negative"),
        UniqueConstraint("user_id", "key"),
        UniqueConstraint("round_id", "number"),
        Index(
            "ix_bets_void", "user_id", sqlite_where=text("result = 'void'"), postgresql_where=text("result = 'void'")
        ),
    )
