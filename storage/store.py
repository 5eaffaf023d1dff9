"""What the rest of the program asks of a database, and the rows that its fast look-ups answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.settlement import EndedRound, Settlement

T = TypeVar("T")
P = ParamSpec("P")

UNTIL_UNMUTED = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of a mute that has none."""


class PlayerRow(Struct, frozen=True):
    """A player as the holds backend needs them. Without a wallet the balance is 0 at version 0.

    ``limits`` is JSON: the player's own limits as of version ``limits_at`` of the wallet.
    """

    user_id: int
    username: str
    client_seed: str
    is_active: bool
    email_verified: bool
    balance: int
    version: int
    limits: bytes | None
    limits_at: int = 0
    last_void_bet: int | None = None
    """The id of the player's last bet in a void round."""
    muted_until: int | None = None
    """Until when the operator has muted the player's chat, in ms since the epoch."""


class TokenState(Struct, frozen=True):
    """A sign-in. ``used_at`` is the time of the last recorded use. ``end_reason`` is empty if the sign-in has not been
    ended; an expired sign-in has no reason either."""

    token_id: int
    used_at: datetime
    end_reason: str


class TokenOwner(Struct, frozen=True):
    """A sign-in and its player."""

    state: TokenState
    player: PlayerRow


class RecordedBet(Struct, frozen=True):
    """A bet on record: ``number`` is its round's number, ``selection`` JSON, ``amount`` cents."""

    room: str
    number: int
    bet_number: int
    amount: int
    selection: bytes


class Store(Protocol):
    """A database, opened by ``storage.database.open_store``; whoever opens it must close it, or the process never ends.

    Every method raises DatabaseUnavailableError when the database can't answer now.
    """

    @property
    def url(self) -> URL: ...

    async def close(self) -> None: ...

    async def ping(self) -> None:
        """Return when the database has answered."""

    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction that changes nothing."""

    def write(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction: committed at the end, rolled back on an exception."""

    def alter(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction that may change the schema; it excludes others of its kind."""

    async def transact(
        self, fn: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Call ``fn(session, …)`` in one transaction, and again if that met a deadlock or a serialization failure."""

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        """The fast way to settle a batch; for ``storage.ledger.settle`` only.

        Settles all rounds in one transaction. None: it wrote nothing, because something in the batch can't be written
        or has changed meanwhile.
        """

    async def find_bets(self, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], RecordedBet]:
        """The bets on record under these (user id, key) pairs, in one statement."""

    async def first_stake(self, room: str, number: int, bet_number: int) -> int | None:
        """Cents staked when the bet was placed; later moves of its round may have raised the stake. None: the round's
        journal does not say."""

    async def load_players(self, user_ids: Sequence[int]) -> dict[int, PlayerRow]:
        """Players by user id, in one statement; those who are missing have been deleted."""

    async def owners_of_tokens(self, token_hashes: Sequence[str]) -> dict[str, TokenOwner]:
        """Sign-ins and their players by the hash of the token, in one statement."""

    @property
    def results(self) -> str:
        """SQL that selects each bet in the results of each round: round_id, number, amount and payout."""

    async def scan(self, queries: Sequence[str]) -> list[Sequence[Any]]:
        """The rows that each query selects, all at the same moment; for queries that read whole tables."""


def player_row(row: Mapping[str, Any] | Any) -> PlayerRow:
    """A player from a row with the columns of both stores' look-ups."""
    limits: str | None = row["limits"]
    return PlayerRow(
        user_id=row["id"],
        username=row["username"],
        client_seed=row["client_seed"],
        is_active=bool(row["is_active"]),
        email_verified=bool(row["email_verified"]),
        balance=row["balance"],
        version=row["version"],
        limits=limits.encode() if limits else None,
        limits_at=row["version"],
        last_void_bet=row["last_void_bet"],
        muted_until=row["muted_until"],
    )


def token_owner(row: Mapping[str, Any] | Any, used_at: datetime) -> TokenOwner:
    """A sign-in from a row of either store."""
    return TokenOwner(TokenState(row["token_id"], used_at, row["end_reason"] or ""), player_row(row))
