"""Wrong passwords are counted by identifier and source. Locks of whole accounts end."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_failures",
        sa.Column("identifier", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_login_failures_last_at", "login_failures", ["last_at"])
    op.execute("UPDATE users SET failed_login_attempts = 0, locked_until = NULL")


def downgrade() -> None:
    op.drop_table("login_failures")
