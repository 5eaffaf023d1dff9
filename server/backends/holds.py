"""What players have and what of it is staked in rounds that are not settled yet.

The ledger is the truth about balances; the bank knows the holds, and keeps of each player who is here what the last
look at the ledger said. A hold is taken only if balance − held covers it. Whatever is cached wrongly, the ledger's
own guard refuses to settle what a wallet can't pay.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from server.backends.bus import Claim
from server.clock import Clock, utc
from server.errors import ClientError
from storage.limits import effective
from storage.settlement import WalletChange
from storage.store import PlayerRow

LINGER_MS = 20_000
"""How long a settled key is remembered here: longer than any command lasts, so that one which looked the key up in
the database before the commit still meets it here after."""

DAY_MS = 86_400_000


class Hold(Struct, frozen=True):
    """A stake of ``amount`` cents. ``key`` is the player's, ``bet`` the wire name, ``selection`` canonical JSON."""

    user_id: int
    key: str
    amount: int
    room: str
    bet: str
    selection: bytes


class WalletBalance(Struct, frozen=True):
    """A wallet as told to its owner, in cents."""

    balance: int
    held: int
    version: int


class KeyUsedError(Exception):
    """The key of a hold is taken by another hold, live or just settled."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.key)
        self.hold = hold


class CachedAccount:
    """A player who is here: a copy of the last look at the ledger, and what is held of it."""

    __slots__ = (
        "balance",
        "client_seed",
        "day",
        "held",
        "limits",
        "limits_at",
        "losses_overlap",
        "lost_today",
        "needed",
        "settlements",
        "user_id",
        "username",
        "version",
    )

    def __init__(self, row: PlayerRow) -> None:
        self.user_id = row.user_id
        self.held = 0
        self.needed = 0
        self.day = -1
        self.lost_today = 0
        self.losses_overlap = False
        self.settlements = 0
        self.balance = row.balance
        self.version = row.version
        self.limits_at = -1
        self.describe(row)

    def describe(self, row: PlayerRow) -> None:
        """Take over everything but the wallet."""
        self.username = row.username
        self.client_seed = row.client_seed
        if row.limits_at >= self.limits_at:
            self.limits, self.limits_at = row.limits, row.limits_at

    def wallet(self) -> WalletBalance:
        return WalletBalance(self.balance, self.held, self.version)

    def row(self) -> PlayerRow:
        """The player as another node may take them in."""
        about, wallet = (self.user_id, self.username, self.client_seed, True, True), (self.balance, self.version)
        return PlayerRow(*about, *wallet, self.limits, None, self.limits_at)


class PlayerSource(Protocol):
    """What the database knows about players. Every method raises DatabaseUnavailableError."""

    async def load(self, user_id: int) -> PlayerRow | None: ...

    async def lost_since(self, user_id: int, since: datetime) -> int:
        """Cents lost since then in settled bets: stakes minus payouts."""
        ...


class Holds(Protocol):
    """Wallets and holds, the same on every node; holds are changed atomically."""

    async def enter(self, row: PlayerRow) -> CachedAccount:
        """Somebody on this node needs the player's account: a connection, a seat, a command. ``exit`` must follow.
        Raises UnreachableError."""
        ...

    def exit(self, user_id: int) -> None: ...

    def account(self, user_id: int) -> CachedAccount | None:
        """The account, if somebody on this node needs it."""
        ...

    def user_ids(self) -> list[int]:
        """Whose accounts are needed on this node."""
        ...

    def total_held(self) -> int:
        """Cents on hold of everybody whose account is needed on this node."""
        ...

    def refresh(self, row: PlayerRow) -> None:
        """Take over what the ledger says now."""

    async def expire_limits(self, user_id: int, version: int) -> None:
        """From here on nothing is held by limits that are older than this version of the wallet. Raises
        UnreachableError."""

    def update_wallet(self, change: WalletChange) -> None:
        """Take over a wallet, unless what is known is newer."""

    async def held(self, user_id: int) -> int:
        """Cents of the player on hold. Raises UnreachableError."""
        ...

    async def find(self, user_id: int, key: str) -> Hold | None:
        """The hold of this key, live or just settled. Raises UnreachableError."""
        ...

    async def learn_losses(self, user_id: int) -> None:
        """Ask the books what a player with a daily loss limit has lost today; to be called before ``hold``."""

    async def hold(self, claim: Claim, hold: Hold) -> WalletBalance:
        """Take a hold; the same one again changes nothing. Raises KeyUsedError, LeaseLostError, UnreachableError, or
        ClientError: insufficient_funds, limit_exceeded, self_excluded."""
        ...

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """Give holds back, as if they had never been; their keys are free. Raises UnreachableError, LeaseLostError."""

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        """The holds' round is committed: ``changes`` are the wallets after it, ``lost`` stakes − payouts by player.
        Whoever owns the room now, and as often as it is said. Raises UnreachableError."""

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """See to it that the holds of a live round are there. Raises UnreachableError, LeaseLostError."""

    async def left_in(self, room: str) -> list[Hold]:
        """The holds of the room's live round. Raises UnreachableError."""
        ...


class LocalHolds:
    """The bank of a node that is alone.

    ``changed`` hears of every wallet that looks different now, and whether its owner is to be told soon: who stakes has
    the reply already.
    """

    def __init__(self, clock: Clock, players: PlayerSource, changed: Callable[[CachedAccount, bool], None]) -> None:
        self._clock = clock
        self._players = players
        self._changed = changed
        self._accounts: dict[int, CachedAccount] = {}
        self._holds: dict[tuple[int, str], Hold] = {}
        self._settled: deque[tuple[int, tuple[int, str]]] = deque()

    # -- who is here --

    async def enter(self, row: PlayerRow) -> CachedAccount:
        account = self._accounts.get(row.user_id)
        if account is None:
            account = self._accounts[row.user_id] = CachedAccount(row)
        else:
            self.refresh(row)
        account.needed += 1
        return account

    def exit(self, user_id: int) -> None:
        account = self._accounts[user_id]
        account.needed -= 1
        self._forget_if_gone(account)

    def account(self, user_id: int) -> CachedAccount | None:
        return self._accounts.get(user_id)

    def user_ids(self) -> list[int]:
        return list(self._accounts)

    def total_held(self) -> int:
        return sum(account.held for account in self._accounts.values())

    async def held(self, user_id: int) -> int:
        account = self._accounts.get(user_id)
        return account.held if account else 0

    def refresh(self, row: PlayerRow) -> None:
        account = self._accounts.get(row.user_id)
        if account is not None:
            account.describe(row)
            self.update_wallet(WalletChange(row.user_id, row.balance, row.version))

    async def expire_limits(self, user_id: int, version: int) -> None:
        """They were looked up a moment ago, and nobody else holds anything."""

    def update_wallet(self, change: WalletChange) -> None:
        account = self._accounts.get(change.user_id)
        if account is not None and change.version > account.version:
            account.balance, account.version = change.balance, change.version
            self._changed(account, True)

    # -- holds --

    async def find(self, user_id: int, key: str) -> Hold | None:
        return self._holds.get((user_id, key))

    async def learn_losses(self, user_id: int) -> None:
        account = self._accounts.get(user_id)
        if account is None or not account.limits:
            return
        today = self._clock.now_ms() // DAY_MS
        while account.day != today and effective(account.limits, self._clock.now_ms()).loss_a_day is not None:
            settlements = account.settlements
            lost = await self._players.lost_since(user_id, utc(today * DAY_MS))
            if account.settlements == settlements:  # else the answer may be older than what was settled meanwhile
                account.day, account.lost_today = today, lost
                # The books may know already of a round that is about to be settled here.
                account.losses_overlap = account.held > 0

    async def hold(self, claim: Claim, hold: Hold) -> WalletBalance:
        account = self._accounts.get(hold.user_id)
        if account is None:
            raise ClientError("not_signed_in")
        if account.limits:
            self._check_limits(account, hold.amount, self._clock.now_ms())
        used = self._holds.get((hold.user_id, hold.key))
        if used is not None:
            raise KeyUsedError(used)
        if account.balance - account.held < hold.amount:
            raise ClientError("insufficient_funds", available=account.balance - account.held)
        self._holds[hold.user_id, hold.key] = hold
        account.held += hold.amount
        self._changed(account, False)
        return account.wallet()

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        for hold in holds:
            if self._holds.pop((hold.user_id, hold.key), None) is not None:
                self._let_go(hold)

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        now = self._clock.now_ms()
        for change in changes:
            account = self._accounts.get(change.user_id)
            if account is not None:
                if change.version > account.version:
                    account.balance, account.version = change.balance, change.version
                if account.losses_overlap:
                    account.day, account.losses_overlap = -1, False
                elif account.day == now // DAY_MS:
                    account.lost_today += lost.get(change.user_id, 0)
                account.settlements += 1
        for hold in holds:
            self._settled.append((now + LINGER_MS, (hold.user_id, hold.key)))
            self._let_go(hold)
        while self._settled and self._settled[0][0] < now:
            self._holds.pop(self._settled.popleft()[1], None)

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """They go with the process, and so does the round."""

    async def left_in(self, room: str) -> list[Hold]:
        return []

    def _let_go(self, hold: Hold) -> None:
        account = self._accounts.get(hold.user_id)
        if account is not None:
            account.held -= hold.amount
            self._changed(account, True)
            self._forget_if_gone(account)

    def _forget_if_gone(self, account: CachedAccount) -> None:
        if account.needed == 0 and account.held == 0:
            self._accounts.pop(account.user_id, None)

    def _check_limits(self, account: CachedAccount, amount: int, now: int) -> None:
        may_lose = loss_limit(account, amount, now)
        if may_lose is None:
            return
        if account.day != now // DAY_MS:  # a day or a round has ended since they were looked up
            raise losses_unknown()
        if account.lost_today + account.held + amount > may_lose:
            raise loss_limit_passed()


def loss_limit(account: CachedAccount, amount: int, now: int) -> int | None:
    """Cents that the player may lose today; None: any. Raises ClientError when another limit of theirs forbids the
    stake: self_excluded, limit_exceeded."""
    limits = effective(account.limits, now)
    if limits.break_until is not None:
        until = utc(limits.break_until)
        raise ClientError("self_excluded", f"You take a break until {until:%Y-%m-%d %H:%M} UTC.", until=until)
    if limits.stake is not None and amount > limits.stake:
        raise ClientError("limit_exceeded", "The stake is above the limit that you set.", field="amount")
    return limits.loss_a_day


def limits_unknown() -> ClientError:
    return ClientError("unavailable", "Your limits have just changed; try again.")


def losses_unknown() -> ClientError:
    return ClientError("unavailable", "Your losses of today are being counted; try again.")


def loss_limit_passed() -> ClientError:
    return ClientError("limit_exceeded", "The stake could pass the daily loss limit that you set.", field="amount")
