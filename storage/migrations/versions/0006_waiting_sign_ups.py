"""Sign-ups that wait for their link are no longer accounts, so they reserve nothing. Their links keep working."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
WITHOUT_A_LINK = timedelta(hours=48)
"""How long a registration waits that has no link, counted from the registration."""
WAITING = """NOT email_verified AND NOT EXISTS (SELECT 1 FROM wallets w WHERE w.user_id = users.id)
    AND NOT EXISTS (SELECT 1 FROM game_sessions s WHERE s.user_id = users.id)"""
"""Registrations. What has ever had a wallet or a seat is an account and stays where it is."""

users = sa.table(
    "users",
    *(sa.column(name) for name in ("id", "email", "roll_number", "username", "full_name", "password_hash")),
    sa.column("is_active", sa.Boolean()),
    sa.column("created_at", AT),
)
tokens = sa.table(
    "verification_tokens",
    *(sa.column(name) for name in ("user_id", "token", "purpose")),
    sa.column("is_used", sa.Boolean()),
    sa.column("expires_at", AT),
)
sign_ups = sa.table(
    "sign_ups",
    *(sa.column(name) for name in ("id", "email", "roll_number", "username", "full_name", "password_hash", "source")),
    sa.column("created_at", AT),
    sa.column("expires_at", AT),
)
links = sa.table("sign_up_links", sa.column("token"), sa.column("sign_up_id"))


def upgrade() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("roll_number", sa.String(10), nullable=False),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column("full_name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_ups_expires_at", "sign_ups", ["expires_at"])
    op.create_index("ix_sign_ups_email_id", "sign_ups", ["email", "id"])
    op.create_index("ix_sign_ups_roll_number_lower_id", "sign_ups", [sa.text("lower(roll_number)"), "id"])
    op.create_index("ix_sign_ups_username_lower_id", "sign_ups", [sa.text("lower(username)"), "id"])
    op.create_table(
        "sign_up_links",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("sign_up_id", BIG, sa.ForeignKey("sign_ups.id", ondelete="CASCADE"), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("ix_sign_up_links_sign_up_id", "sign_up_links", ["sign_up_id"])
    _move()


def _move() -> None:
    connection = op.get_bind()
    # A registration that the operator disabled must not be confirmed, so it ends here.
    waiting = connection.execute(sa.select(users).where(sa.text(WAITING), users.c.is_active)).all()
    for user in waiting:
        unused = tokens.c.user_id == user.id, tokens.c.purpose == "email_verification", ~tokens.c.is_used
        sent = connection.execute(sa.select(tokens.c.token, tokens.c.expires_at).where(*unused)).all()
        row = {name: getattr(user, name) for name in ("email", "roll_number", "username", "full_name", "created_at")}
        row |= {"password_hash": user.password_hash, "source": "", "expires_at": _end(user.created_at, sent)}
        sign_up_id = connection.execute(sa.insert(sign_ups).values(**row).returning(sign_ups.c.id)).scalar_one()
        for link in sent:
            connection.execute(sa.insert(links).values(token=link.token, sign_up_id=sign_up_id))
    # SQLite does not cascade while a migration runs.
    for table in ("user_profiles", "verification_tokens"):
        op.execute(f"DELETE FROM {table} WHERE user_id IN (SELECT id FROM users WHERE {WAITING})")  # noqa: S608
    op.execute(f"DELETE FROM users WHERE {WAITING}")  # noqa: S608


def _end(created_at: datetime, sent: Iterable[Any]) -> datetime:
    return max((link.expires_at for link in sent), default=created_at + WITHOUT_A_LINK)


def downgrade() -> None:
    op.drop_table("sign_up_links")
    op.drop_table("sign_ups")
