"""The bets of void rounds are kept, and found by player."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_VOID = sa.text("result = 'void'")


def upgrade() -> None:
    op.create_index("ix_bets_void", "bets", ["user_id"], sqlite_where=_VOID, postgresql_where=_VOID)


def downgrade() -> None:
    op.drop_index("ix_bets_void", "bets")
