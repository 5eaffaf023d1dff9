"""Lists of top-ups are on record, so that none is booked twice by mistake."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "top_up_lists",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_top_up_lists"),
        sa.UniqueConstraint("digest", "number", name="uq_top_up_lists_digest_number"),
    )


def downgrade() -> None:
    op.drop_table("top_up_lists")
