"""A session keeps the number of its seat, so that a room's next node seats its players where they sat."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("game_sessions", sa.Column("seat", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("game_sessions", "seat")
