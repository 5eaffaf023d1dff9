"""When a sign-in token was last used: its life is counted from then."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("api_token_used_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE users SET api_token_used_at = api_token_created_at")


def downgrade() -> None:
    op.drop_column("users", "api_token_used_at")
