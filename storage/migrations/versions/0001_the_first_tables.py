"""The first tables. Constraints get their names from the convention in ``storage.models.base``."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, primary_key=True)


def _owner(table: str, name: str, *, unique: bool = False, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, BIG, key, nullable=nullable, unique=unique or None)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int | None = None, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    kind = sa.String(length) if length else sa.Text()
    return sa.Column(name, kind, nullable=nullable, unique=unique or None)


def _whole(name: str, kind: type[sa.Integer] = sa.BigInteger) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False)


def _json(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=nullable)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _partial_index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    _people()
    _wallets()
    _games()
    _bets()
    _transactions()


def _people() -> None:
    op.create_table(
        "users",
        _id(),
        _text("roll_number", 10, unique=True),
        _text("email", 120, unique=True),
        _text("username", 50),
        _text("full_name", 100),
        _text("password_hash", 256),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("email_verified", sa.Boolean(), nullable=False),
        _whole("failed_login_attempts", sa.Integer),
        _at("last_login", nullable=True),
        _text("api_token", 64, nullable=True, unique=True),
        _at("api_token_created_at", nullable=True),
        _at("created_at"),
        _at("locked_until", nullable=True),
        _text("client_seed", 64),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_users_username_lower", "users", [sa.text("lower(username)")], unique=True)
    op.create_table(
        "user_profiles",
        _id(),
        _owner("users", "user_id", unique=True),
        _text("bio", nullable=True),
        _text("avatar_url", 255, nullable=True),
        _text("location", 100, nullable=True),
        sa.Column("dob", sa.Date(), nullable=True),
        _at("created_at"),
        _at("updated_at"),
    )
    op.create_table(
        "verification_tokens",
        _id(),
        _owner("users", "user_id"),
        _text("token", 128, unique=True),
        _text("purpose", 50),
        _at("expires_at"),
        _at("created_at"),
        sa.Column("is_used", sa.Boolean(), nullable=False),
    )
    _index("verification_tokens", "user_id")


def _wallets() -> None:
    op.create_table(
        "wallets",
        _id(),
        _owner("users", "user_id", unique=True),
        _whole("balance"),
        _at("last_updated"),
        _whole("version", sa.Integer),
        _json("limits", nullable=True),
        sa.CheckConstraint("balance >= 0", name="balance_not_negative"),
    )


def _games() -> None:
    op.create_table("games", _id(), _text("name", 100, unique=True), _text("description"), _at("created_at"))
    op.create_table(
        "game_sessions",
        _id(),
        _owner("users", "user_id"),
        _owner("games", "game_id"),
        _at("started_at"),
        _at("ended_at", nullable=True),
        _text("room", 64),
        sqlite_autoincrement=True,
    )
    _index("game_sessions", "game_id")
    _index("game_sessions", "user_id", "id")
    _partial_index("ix_game_sessions_live", "game_sessions", "id", "ended_at IS NULL")
    op.create_table(
        "rounds",
        _id(),
        _owner("games", "game_id"),
        _text("room", 64),
        _whole("number"),
        _text("server_seed_hash", 64),
        _text("server_seed", 64, nullable=True),
        _text("client_seed", nullable=True),
        _whole("nonce"),
        _text("status", 20),
        _json("options"),
        _json("journal", nullable=True),
        _json("outcome", nullable=True),
        _at("started_at"),
        _at("ended_at", nullable=True),
        sa.UniqueConstraint("room", "number"),
    )
    _index("rounds", "game_id")
    _partial_index("ix_rounds_open", "rounds", "room", "status = 'open'")


def _bets() -> None:
    op.create_table(
        "bets",
        _id(),
        _owner("game_sessions", "session_id"),
        _whole("amount"),
        _text("result", 20),
        _at("created_at"),
        _owner("users", "user_id"),
        _owner("rounds", "round_id"),
        _whole("number", sa.Integer),
        _json("selection"),
        _whole("payout"),
        _text("key", 64),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("payout >= 0", name="payout_not_negative"),
        sa.UniqueConstraint("user_id", "key"),
        sa.UniqueConstraint("round_id", "number"),
    )
    _index("bets", "session_id")
    _index("bets", "user_id", "id")


def _transactions() -> None:
    op.create_table(
        "transactions",
        _id(),
        _owner("wallets", "wallet_id"),
        _whole("amount"),
        _text("type", 20),
        _text("category", 50),
        _text("description", 255),
        _at("created_at"),
        _whole("balance_after"),
        _owner("bets", "bet_id", nullable=True),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("type in ('credit', 'debit')", name="type_known"),
    )
    _index("transactions", "bet_id")
    _index("transactions", "wallet_id", "id")


def downgrade() -> None:
    for table in (
        "transactions",
        "bets",
        "rounds",
        "game_sessions",
        "games",
        "wallets",
        "verification_tokens",
        "user_profiles",
        "users",
    ):
        op.drop_table(table)
