"""The types of HTTP answers, from which their description is made. Amounts are cents; times are ISO 8601 in UTC."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from server.messages import StakeLimits
from storage.accounts import Account, Profile
from storage.history import LedgerRow

T = TypeVar("T")


class UserView(Struct, frozen=True):
    """An account, as its owner sees it, without a wallet."""

    username: str
    full_name: str
    email: str
    roll_number: str
    email_verified: bool
    created_at: datetime


class UserAnswer(Struct, frozen=True):
    user: UserView


class WalletView(Struct, frozen=True):
    """``held`` is staked in unsettled rounds; ``available`` = ``balance`` − ``held``."""

    balance: int
    held: int
    available: int
    version: int


class Me(Struct, frozen=True, kw_only=True):
    username: str
    full_name: str
    email: str
    roll_number: str
    email_verified: bool
    created_at: datetime
    last_login: datetime | None
    client_seed: str
    profile: Profile
    wallet: WalletView


class SignIn(Struct, frozen=True):
    token: str
    token_type: Literal["Bearer"]
    expires_at: datetime
    user: Me
    device: str
    """Send it with the next sign-in from this device: strangers' wrong passwords do not lock a known device out."""


class Page(Struct, Generic[T], frozen=True):
    """``next_cursor`` is null on the last page."""

    items: list[T]
    next_cursor: str | None


class TransactionView(Struct, frozen=True):
    """``bet`` names the bet that the transaction belongs to; null if it belongs to none."""

    type: str
    category: str
    amount: int
    balance_after: int
    description: str
    created_at: datetime
    game: str | None
    bet: str | None


class BetView(Struct, frozen=True):
    bet: str
    round: str
    room: str
    game: str
    session: int
    amount: int
    selection: Any
    result: str
    payout: int
    created_at: datetime


class SessionView(Struct, frozen=True):
    """``ended_at`` is null while the session is live."""

    session: int
    game: str
    room: str
    started_at: datetime
    ended_at: datetime | None


class BonusDue(Struct, frozen=True):
    """The daily bonus: ``amount`` cents, 0 if the server has none, for a balance below ``below``. ``due``: the player
    can claim it now; ``next_at``: not before then."""

    amount: int
    below: int
    due: bool
    next_at: datetime | None


class BonusView(Struct, frozen=True):
    amount: int
    next_at: datetime
    wallet: WalletView


class ClientSeed(Struct, frozen=True):
    client_seed: str


class LimitChange(Struct, frozen=True):
    """The limit will be ``to`` from ``at`` on; null means no limit."""

    to: int | None
    at: datetime


class LimitsView(Struct, frozen=True):
    """A player's limits on their own play; null means no limit. ``next_…`` are raised limits that take effect later."""

    stake: int | None
    loss_a_day: int | None
    break_until: datetime | None
    next_stake: LimitChange | None
    next_loss_a_day: LimitChange | None


class PublicProfile(Struct, frozen=True):
    username: str
    bio: str | None
    avatar_url: str | None
    location: str | None
    created_at: datetime


class GameView(Struct, frozen=True, kw_only=True):
    """``options``, ``selection`` and ``action`` are JSON Schemas. ``return_to_player`` and ``largest_multiplier`` are
    multiples of the stake. If ``public``, a room with the game's name is always open; other shared games have only
    private rooms.
    """

    name: str
    title: str
    summary: str
    rules: str
    shared: bool
    public: bool
    seats: int
    return_to_player: float
    largest_multiplier: float
    limits: StakeLimits
    options: dict[str, Any]
    selection: dict[str, Any]
    action: dict[str, Any] | None


class GameList(Struct, frozen=True):
    games: list[GameView]


class RoundView(Struct, frozen=True, kw_only=True):
    """A past round; ``outcome`` is what it drew. A void round has no ``server_seed``. If cards stay hidden between the
    players, the seed and what would reveal the cards are published at ``seed_published_at``."""

    round: str
    game: str
    status: str
    server_seed_hash: str
    server_seed: str | None
    client_seed: str | None
    nonce: int
    outcome: Any
    started_at: datetime
    ended_at: datetime | None
    seed_published_at: datetime | None


class PublishedLater(Struct, frozen=True):
    """What the document contains only from the time ``at`` on: its ``server_seed``, and what would reveal cards that
    stay hidden between the players. ``members`` names these, as in ``outcome.deck``."""

    at: datetime
    members: list[str]


class ProofBet(Struct, frozen=True, kw_only=True):
    """A bet and the ledger rows that settled it. ``seat`` is its place in the journal and the outcome, or null if the
    journal was lost. ``player`` is always null: names change, so ``/rounds/{round}/players`` has them."""

    bet: str
    seat: int | None
    player: None = None
    amount: int
    selection: Any
    result: str
    payout: int
    created_at: datetime
    transactions: list[LedgerRow]


class Proof(Struct, frozen=True, kw_only=True):
    """Everything needed to recompute a round. Of an open round, only what was public before its bets. The
    document of an ended round never changes, except that what is published later is added."""

    round: str
    game: str
    room: str
    number: int
    status: str
    server_seed_hash: str
    server_seed: str | None
    client_seed: str | None
    nonce: int
    options: Any
    journal: Any
    outcome: Any
    opened_at_ms: int
    started_at: datetime
    ended_at: datetime | None
    bets: list[ProofBet]
    published_later: PublishedLater | None
    digest: str = ""
    """SHA-256, in hex, of the canonical JSON (RFC 8785) of everything else except what is published later."""


class RoundPlayer(Struct, frozen=True):
    """The present name of the player who placed a bet."""

    bet: str
    player: str


class RoundPlayers(Struct, frozen=True):
    """The players of an ended round, by bet. Those whose accounts are deleted are missing."""

    players: list[RoundPlayer]


class Liveness(Struct, frozen=True):
    status: Literal["ok"] = "ok"


class Readiness(Struct, frozen=True):
    """``reasons`` say why the server can't take bets."""

    status: Literal["ready", "not_ready"]
    reasons: list[str]


class SentMailView(Struct, frozen=True):
    to: str
    subject: str
    date: str
    text: str
    links: list[str]


class SentMails(Struct, frozen=True):
    mails: list[SentMailView]


def user_view(account: Account) -> UserView:
    return UserView(
        username=account.username,
        full_name=account.full_name,
        email=account.email,
        roll_number=account.roll_number,
        email_verified=account.email_verified,
        created_at=account.created_at,
    )


def wallet_view(balance: int, held: int, version: int) -> WalletView:
    return WalletView(balance=balance, held=held, available=balance - held, version=version)


def me_view(account: Account, held: int) -> Me:
    return Me(
        username=account.username,
        full_name=account.full_name,
        email=account.email,
        roll_number=account.roll_number,
        email_verified=account.email_verified,
        created_at=account.created_at,
        last_login=account.last_login,
        client_seed=account.client_seed,
        profile=account.profile,
        wallet=wallet_view(account.balance, held, account.version),
    )
