"""A round keeps the results of its bets, which outlive the accounts of its players."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The bets of accounts that are deleted by now are not known any more.
_FILL = {
    "sqlite": """UPDATE rounds SET results = coalesce(
        (SELECT json_group_array(json_array(number, amount, result, payout)) FROM bets WHERE bets.round_id = rounds.id),
        '[]') WHERE ended_at IS NOT NULL""",
    "postgresql": """UPDATE rounds SET results = coalesce(
        (SELECT json_agg(json_build_array(number, amount, result, payout)) FROM bets WHERE bets.round_id = rounds.id),
        '[]') WHERE ended_at IS NOT NULL""",
}


def upgrade() -> None:
    op.add_column("rounds", sa.Column("results", sa.JSON(none_as_null=True), nullable=True))
    op.execute(_FILL[op.get_bind().dialect.name])


def downgrade() -> None:
    op.drop_column("rounds", "results")
