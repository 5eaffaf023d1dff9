"""Bets without an index by player: their history is read along the ledger."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_bets_user_id_id", "bets")


def downgrade() -> None:
    op.create_index("ix_bets_user_id_id", "bets", ["user_id", "id"])
