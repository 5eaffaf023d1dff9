"""Wallets, and the stakes in rounds that are not settled yet.

The ledger is the truth about balances. The holds backend knows the holds, and keeps a copy of the wallet of each player
who is active on this node. It takes a hold only if balance − held covers it. If a copy is wrong, the ledger's own guard
refuses to settle what a wallet can't pay.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

from server.backends.bus import Claim
from server.clock import Clock, utc
from server.errors import ClientError
from storage.limits import DAY_MS, effective
from storage.settlement import WalletChange
from storage.store import PlayerRow

REMEMBER_KEY_MS: Final = 20_000
"""How long the key of a settled hold is remembered: longer than any command takes. A command that looked the key up in
the database before the commit still finds it here afterwards."""
REMEMBER_ANSWER_MS: Final = 60_000
"""How long the answer under a key is remembered. Clients send a command again for 20 seconds."""


class Hold(Struct, frozen=True, omit_defaults=True):
    """A stake of ``amount`` cents. ``key`` is the player's, ``bet`` the wire name, ``selection`` canonical JSON.

    A key that was used for another command than a bet is remembered in the same form, and holds nothing: ``amount`` is
    0, ``bet`` empty, ``selection`` tells one command from another, and ``answer`` is what the player was told.
    """

    user_id: int
    key: str
    amount: int
    room: str
    bet: str
    selection: bytes
    answer: bytes = b""


class WalletBalance(Struct, frozen=True):
    """A wallet as its owner sees it, in cents."""

    balance: int
    held: int
    version: int


def was_set_back(seen: WalletChange, ledger: WalletChange) -> bool:
    """Whether the ledger, read later, is behind a wallet that was ``seen``: the database was restored. After a restore,
    another change may have given the wallet the same version."""
    if seen.version == ledger.version:
        return seen.balance != ledger.balance
    return seen.version > ledger.version


class KeyUsedError(Exception):
    """Another hold, live or just settled, has the key, or the key was used for another command."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.key)
        self.hold = hold


class CachedAccount:
    """A player who is active on this node: a copy of the database's last answer, and the cents on hold.

    ``needed`` counts the connections, seats and commands that use it. ``day`` (since the epoch) is the one for which
    ``lost_today`` was counted, -1 for none. ``losses_overlap`` says that stakes were on hold at that moment, whose
    round the count may already include.
    """

    __slots__ = (
        "balance",
        "client_seed",
        "day",
        "held",
        "limits",
        "limits_at",
        "losses_overlap",
        "lost_today",
        "muted_until",
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
        self.update_profile(row)

    def update_profile(self, row: PlayerRow) -> None:
        """Copy everything but the wallet."""
        self.username = row.username
        self.client_seed = row.client_seed
        self.muted_until = row.muted_until
        if row.limits_at >= self.limits_at:
            self.limits, self.limits_at = row.limits, row.limits_at

    def set_back(self, balance: int, version: int) -> None:
        """Copy an older wallet than the one known: the database was restored. The limits will be loaded again."""
        self.balance, self.version = balance, version
        self.limits_at = self.day = -1

    def wallet(self) -> WalletBalance:
        return WalletBalance(self.balance, self.held, self.version)

    def row(self) -> PlayerRow:
        """The player as another node may cache them."""
        return PlayerRow(
            user_id=self.user_id,
            username=self.username,
            client_seed=self.client_seed,
            is_active=True,
            email_verified=True,
            balance=self.balance,
            version=self.version,
            limits=self.limits,
            limits_at=self.limits_at,
            muted_until=self.muted_until,
        )


OnWalletChange = Callable[[CachedAccount], None]
"""Called with every cached account whose wallet changed."""


class PlayerSource(Protocol):
    """What the database knows about players. Every method raises DatabaseUnavailableError."""

    async def load(self, user_id: int) -> PlayerRow | None: ...

    async def lost_since(self, user_id: int, since: datetime) -> int:
        """Cents lost since then in settled bets: stakes minus payouts."""
        ...


class Holds(Protocol):
    """Wallets and holds, the same on every node; holds change atomically."""

    async def enter(self, row: PlayerRow) -> CachedAccount:
        """Cache the player's account for a connection, a seat or a command. ``exit`` must follow. Raises
        UnreachableError."""
        ...

    def exit(self, user_id: int) -> None: ...

    def account(self, user_id: int) -> CachedAccount | None:
        """The account, if this node has cached it."""
        ...

    def user_ids(self) -> list[int]:
        """The users whose accounts this node has cached."""
        ...

    def total_held(self) -> int:
        """Cents on hold in all accounts that this node has cached."""
        ...

    def refresh(self, row: PlayerRow) -> None:
        """Update the cached account from the database."""

    def update_wallet(self, change: WalletChange) -> None:
        """Update a wallet from the ledger, unless a newer version is known."""

    async def known_wallets(self) -> list[WalletChange]:
        """The wallets that this backend keeps, as it knows them. Raises UnreachableError."""
        ...

    async def set_back(self, wallet: WalletChange, seen: WalletChange) -> bool:
        """Show an older state of a wallet than the one known, everywhere: the database was restored. Does nothing if
        the wallet is not as it was ``seen`` any more. Returns whether it did. Raises UnreachableError."""
        ...

    async def expire_limits(self, user_id: int, version: int) -> None:
        """From now on, take no hold by limits that are older than this version of the wallet. Raises
        UnreachableError."""

    async def held(self, user_id: int) -> int:
        """Cents of the player on hold. Raises UnreachableError."""
        ...

    async def find(self, user_id: int, key: str) -> Hold | None:
        """The hold that has this key, live or just settled, or what ``remember`` was told about it. Raises
        UnreachableError."""
        ...

    def remember(self, used: Hold) -> None:
        """Remember for a while what a player was told under a key, unless a hold has the key. Doesn't wait: if this is
        lost, only the room knows."""

    async def learn_losses(self, user_id: int) -> None:
        """Ask the database what a player with a daily loss limit has lost today. Call it before ``hold``."""

    async def hold(self, claim: Claim, hold: Hold, *, staked: int = 0, stands: bool = False) -> WalletBalance:
        """Take a hold; the same one again changes nothing.

        ``staked``: cents that the player has newly put into the round before. They count towards the player's own
        largest stake. ``stands``: the stake is on the table already, so the player's own limits do not count it; only
        a break refuses it.

        Raises KeyUsedError, LeaseLostError, UnreachableError, or ClientError: insufficient_funds, limit_exceeded,
        self_excluded."""
        ...

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """Remove holds as if they had never been taken; their keys are free again. Raises UnreachableError,
        LeaseLostError."""

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        """Remove the holds of a round that was committed. ``changes`` are the wallets after it, ``lost`` is stakes −
        payouts by player. The claim may be outdated, and the call may be repeated. Raises UnreachableError."""

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """Add those holds of a live round that are missing. Raises UnreachableError, LeaseLostError."""

    async def left_in(self, room: str) -> list[Hold]:
        """The holds of the room's live round. Raises UnreachableError."""
        ...


class LocalHolds:
    """The holds of a single node, in memory."""

    def __init__(self, clock: Clock, players: PlayerSource, on_change: OnWalletChange) -> None:
        self._clock = clock
        self._players = players
        self._on_change = on_change
        self._accounts: dict[int, CachedAccount] = {}
        self._holds: dict[tuple[int, str], Hold] = {}
        self._settled: deque[tuple[int, tuple[int, str]]] = deque()
        """When to forget a settled hold or an answer (ms of the monotonic clock), and its player and key."""

    # -- cached accounts --

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
        self._drop_if_unused(account)

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
            account.update_profile(row)
            self.update_wallet(WalletChange(row.user_id, row.balance, row.version))

    def update_wallet(self, change: WalletChange) -> None:
        account = self._accounts.get(change.user_id)
        if account is not None and change.version > account.version:
            account.balance, account.version = change.balance, change.version
            self._on_change(account)

    async def known_wallets(self) -> list[WalletChange]:
        return [WalletChange(account.user_id, account.balance, account.version) for account in self._accounts.values()]

    async def set_back(self, wallet: WalletChange, seen: WalletChange) -> bool:
        account = self._accounts.get(wallet.user_id)
        if account is None or (account.balance, account.version) != (seen.balance, seen.version):
            return False
        account.set_back(wallet.balance, wallet.version)
        self._on_change(account)
        return True

    async def expire_limits(self, user_id: int, version: int) -> None:
        """The caller has just refreshed the only copy of the limits."""

    # -- holds --

    async def find(self, user_id: int, key: str) -> Hold | None:
        return self._holds.get((user_id, key))

    def remember(self, used: Hold) -> None:
        now = self._clock.monotonic_ms()
        if self._holds.setdefault((used.user_id, used.key), used) is used:
            self._settled.append((now + REMEMBER_ANSWER_MS, (used.user_id, used.key)))
        self._forget_old_keys(now)

    async def learn_losses(self, user_id: int) -> None:
        account = self._accounts.get(user_id)
        if account is None or not account.limits:
            return
        today = self._clock.now_ms() // DAY_MS
        while account.day != today and effective(account.limits, self._clock.now_ms()).loss_a_day is not None:
            settlements = account.settlements
            lost = await self._players.lost_since(user_id, utc(today * DAY_MS))
            # If a round was settled meanwhile, the answer may not include it.
            if account.settlements == settlements:
                account.day, account.lost_today = today, lost
                # The database may already include a round that is about to be settled here.
                account.losses_overlap = account.held > 0

    async def hold(self, claim: Claim, hold: Hold, *, staked: int = 0, stands: bool = False) -> WalletBalance:
        account = self._accounts.get(hold.user_id)
        if account is None:
            raise ClientError("not_signed_in")
        if account.limits:
            self._check_limits(account, hold.amount, staked, stands, self._clock.now_ms())
        used = self._holds.get((hold.user_id, hold.key))
        if used is not None:
            raise KeyUsedError(used)
        if account.balance - account.held < hold.amount:
            raise ClientError("insufficient_funds", available=account.balance - account.held)
        self._holds[hold.user_id, hold.key] = hold
        account.held += hold.amount
        self._on_change(account)
        return account.wallet()

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        for hold in holds:
            if self._holds.pop((hold.user_id, hold.key), None) is not None:
                self._subtract(hold)

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        today, now = self._clock.now_ms() // DAY_MS, self._clock.monotonic_ms()
        for change in changes:
            account = self._accounts.get(change.user_id)
            if account is not None:
                if change.version > account.version:
                    account.balance, account.version = change.balance, change.version
                if account.losses_overlap:
                    account.day, account.losses_overlap = -1, False
                elif account.day == today:
                    account.lost_today += lost.get(change.user_id, 0)
                account.settlements += 1
        for hold in holds:
            self._settled.append((now + REMEMBER_KEY_MS, (hold.user_id, hold.key)))
            self._subtract(hold)
        self._forget_old_keys(now)

    def _forget_old_keys(self, now: int) -> None:
        while self._settled and self._settled[0][0] < now:
            self._holds.pop(self._settled.popleft()[1], None)

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        """Holds in memory can't be missing: they last as long as the round."""

    async def left_in(self, room: str) -> list[Hold]:
        return []

    def _subtract(self, hold: Hold) -> None:
        account = self._accounts.get(hold.user_id)
        if account is not None:
            account.held -= hold.amount
            self._on_change(account)
            self._drop_if_unused(account)

    def _drop_if_unused(self, account: CachedAccount) -> None:
        if account.needed == 0 and account.held == 0:
            self._accounts.pop(account.user_id, None)

    def _check_limits(self, account: CachedAccount, amount: int, staked: int, stands: bool, now_ms: int) -> None:
        loss_limit = check_stake_limits(account, amount, now_ms, staked=staked, stands=stands)
        if loss_limit is None:
            return
        if account.day != now_ms // DAY_MS:  # the day changed, or a round was settled, after ``learn_losses``
            raise losses_outdated()
        if account.lost_today + account.held + amount > loss_limit:
            raise loss_limit_exceeded()


def check_stake_limits(
    account: CachedAccount, amount: int, now_ms: int, *, staked: int = 0, stands: bool = False
) -> int | None:
    """Check all of the player's own limits but the daily loss limit, and return that one, in cents; None: no limit.
    ``staked`` and ``stands`` are as in ``Holds.hold``. Raises ClientError: self_excluded, limit_exceeded."""
    limits = effective(account.limits, now_ms)
    if limits.break_until is not None:
        raise ClientError("self_excluded", reason="break", until=utc(limits.break_until))
    if stands:
        return None
    if limits.stake is not None and staked + amount > limits.stake:
        reason = "own_stakes" if staked else "own_stake"
        raise ClientError("limit_exceeded", reason=reason, field="amount", limit=limits.stake, staked=staked)
    return limits.loss_a_day


def limits_outdated() -> ClientError:
    return ClientError("unavailable", reason="limits_changed")


def losses_outdated() -> ClientError:
    return ClientError("unavailable", reason="losses_counted")


def loss_limit_exceeded() -> ClientError:
    return ClientError("limit_exceeded", reason="own_loss", field="amount")
