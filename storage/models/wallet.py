"""Wallets, and the transactions that changed them."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, BigId, Cents, CreatedAt, Id, Json, now, owner

if TYPE_CHECKING:
    from storage.models.gameplay import Bet
    from storage.models.user import User


class Wallet(Base):
    __tablename__ = "wallets"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)

    id: Mapped[Id]
    user_id: Mapped[int] = owner("users.id", unique=True)
    balance: Mapped[Cents] = mapped_column(default=0)
    last_updated: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=0)
    """Incremented by one with every change."""
    limits: Mapped[Json | None]
    """The player's limits on their own play; holds are checked against them."""

    user: Mapped["User"] = relationship(back_populates="wallet")
    transactions: Mapped[list["Transaction"]] = relationship(
        back_populates="wallet", cascade="all, delete-orphan", passive_deletes=True
    )


class Transaction(Base):
    """A movement of chips. Rows never change; ordered by id, each ``balance_after`` follows from the one before."""

    __tablename__ = "transactions"

    id: Mapped[Id]
    wallet_id: Mapped[int] = owner("wallets.id")
    amount: Mapped[Cents]
    type: Mapped[str] = mapped_column(String(20))
    """``credit`` or ``debit``."""
    category: Mapped[str] = mapped_column(String(50))
    """``bet``, ``win``, ``refund``, ``top-up``, ``sign-up``, ``daily-bonus`` …"""
    description: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[CreatedAt]
    balance_after: Mapped[Cents]
    bet_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("bets.id"), index=True)
    """None if the transaction belongs to no bet. A bet with transactions can't be deleted, except with the account."""

    wallet: Mapped["Wallet"] = relationship(back_populates="transactions")
    bet: Mapped["Bet | None"] = relationship(back_populates="transactions")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("type in ('credit', 'debit')", name="type_known"),
        Index(None, "wallet_id", "id"),
    )
