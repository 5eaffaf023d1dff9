"""Deleting a bet no longer deletes its transactions: only deleting the account removes rows of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TO_BETS = "fk_transactions_bet_id_bets"


def upgrade() -> None:
    _refer_to_bets(ondelete_was="CASCADE", ondelete=None)


def downgrade() -> None:
    _refer_to_bets(ondelete_was=None, ondelete="CASCADE")


def _refer_to_bets(ondelete_was: str | None, ondelete: str | None) -> None:
    with op.batch_alter_table("transactions", copy_from=_transactions(ondelete_was)) as table:
        table.drop_constraint(TO_BETS, type_="foreignkey")
        table.create_foreign_key(TO_BETS, "bets", ["bet_id"], ["id"], ondelete=ondelete)


def _transactions(ondelete: str | None) -> sa.Table:
    """The table as it was: SQLite makes it anew, and a reflected one lacks the checks."""
    return sa.Table(
        "transactions",
        sa.MetaData(),
        sa.Column("id", BIG, primary_key=True),
        sa.Column("wallet_id", BIG, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("category", sa.String(50), nullable=False),
        sa.Column("description", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column("bet_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_transactions"),
        sa.ForeignKeyConstraint(
            ["wallet_id"], ["wallets.id"], name="fk_transactions_wallet_id_wallets", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["bet_id"], ["bets.id"], name=TO_BETS, ondelete=ondelete),
        sa.CheckConstraint("amount > 0", name="ck_transactions_amount_positive"),
        sa.CheckConstraint("type in ('credit', 'debit')", name="ck_transactions_type_known"),
        sa.Index("ix_transactions_bet_id", "bet_id"),
        sa.Index("ix_transactions_wallet_id_id", "wallet_id", "id"),
    )
