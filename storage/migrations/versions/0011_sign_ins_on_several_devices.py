"""An account has as many sign-ins as devices: tokens move to a table, and ``users`` keeps the most recent one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", BIG, primary_key=True),
        sa.Column(
            "user_id",
            BIG,
            sa.ForeignKey("users.id", name="fk_api_tokens_user_id_users", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(30), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token", name="uq_api_tokens_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.execute(
        "INSERT INTO api_tokens (user_id, token, name, created_at, used_at) "
        "SELECT id, api_token, '', api_token_created_at, coalesce(api_token_used_at, api_token_created_at) "
        "FROM users WHERE api_token IS NOT NULL AND api_token_created_at IS NOT NULL"
    )
    op.drop_column("users", "api_token_used_at")


def downgrade() -> None:
    op.add_column("users", sa.Column("api_token_used_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE users SET api_token_used_at = (SELECT t.used_at FROM api_tokens t WHERE t.token = users.api_token)"
    )
    op.drop_table("api_tokens")
