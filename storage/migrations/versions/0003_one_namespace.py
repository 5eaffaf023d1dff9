"""Roll numbers are unique regardless of case; old usernames are kept as keyed hashes.

Where roll numbers differ only in case, the verified account that was opened first keeps its own. The others get ``?``
and their id, which nobody can sign up or sign in with; their players sign in by e-mail address or username.
"""

import logging
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

log = logging.getLogger("storage.migrations")

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _free_duplicates()
    op.create_index("uq_users_roll_number_lower", "users", [sa.text("lower(roll_number)")], unique=True)
    op.create_table(
        "hash_keys", sa.Column("id", BIG, primary_key=True), sa.Column("key", sa.String(64), nullable=False)
    )
    op.execute(sa.text("INSERT INTO hash_keys (key) VALUES (:key)").bindparams(key=secrets.token_hex(32)))
    op.create_table(
        "kept_hashes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
    )
    op.create_index("ix_kept_hashes_until", "kept_hashes", ["until"])


def _free_duplicates() -> None:
    connection = op.get_bind()
    doubles = """SELECT id, roll_number FROM (
        SELECT id, roll_number, row_number() OVER (PARTITION BY lower(roll_number) ORDER BY email_verified DESC, id)
        AS place FROM users) r WHERE place > 1"""
    for user_id, roll_number in connection.execute(sa.text(doubles)).all():
        log.warning(
            "roll number %s of user %s differs only in case from an earlier user's; it is now ?%s",
            roll_number,
            user_id,
            user_id,
        )
        free = sa.text("UPDATE users SET roll_number = :number WHERE id = :id")
        connection.execute(free.bindparams(number=f"?{user_id}", id=user_id))


def downgrade() -> None:
    op.drop_table("kept_hashes")
    op.drop_table("hash_keys")
    op.drop_index("uq_users_roll_number_lower", "users")
