"""The accounts that a node has cached, each kept in step with the player's wallet in Redis.

The wallet in Redis is a hash: balance and version as the newest look at the ledger said, the sum on hold, and a
``revision`` that grows with every change, so that a node knows which of two states is newer. Whoever changes a wallet
publishes the new state to all nodes.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct, structs

from server.backends.bus import Bus, BusMessage, WalletState, user_channel
from server.backends.holds import CachedAccount, OnWalletChange
from server.backends.holds_lua import SET_BACK, SYNC_WALLET
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from server.retry import Attempts
from server.tasks import Tasks
from storage.settlement import WalletChange
from storage.store import PlayerRow

UNKNOWN_WALLET: Final = (0, -1)
"""Balance and version of a wallet about which the caller knows nothing: any other version is newer."""

RedisWallet = list[int]
"""Balance, version, held and revision, as scripts return them."""


class Losses(Struct, frozen=True):
    """What a player had lost on a day (since the epoch), in cents. It includes every settlement up to this ``version``
    of the wallet."""

    day: int
    version: int
    cents: int


class CachedWallet:
    """A cached account, and how far it is in step with Redis.

    ``revision`` is that of the state which the account shows. ``loading`` reads the wallet for the first time.
    """

    __slots__ = ("account", "loading", "losses", "revision")

    def __init__(self, row: PlayerRow) -> None:
        self.account = CachedAccount(row)
        self.revision = -1
        self.losses: Losses | None = None
        self.loading: asyncio.Task[None] | None = None

    @property
    def is_loaded(self) -> bool:
        loading = self.loading
        return loading is not None and loading.done() and not loading.cancelled() and loading.exception() is None

    def known(self) -> tuple[int, int]:
        """Balance and version."""
        return self.account.balance, self.account.version

    def apply(self, state: WalletState) -> bool:
        """Show the state, if it is newer. Returns whether the wallet changed."""
        if state.revision <= self.revision:
            return False
        before = self.account.wallet()
        self.revision = state.revision
        self.account.held = state.held
        if state.set_back:
            self.account.set_back(state.balance, state.version)
            self.losses = None
        elif state.version > self.account.version:
            self.account.balance, self.account.version = state.balance, state.version
        return self.account.wallet() != before


class WalletCache:
    """The cached accounts of a node. While messages may have been lost and Redis is away, it reads all wallets again
    every ``retry_s``."""

    def __init__(self, link: RedisLink, bus: Bus, on_change: OnWalletChange, *, retry_s: float = 0.1) -> None:
        self._link = link
        self._bus = bus
        self._on_change = on_change
        self._retry_s = retry_s
        self._wallets: dict[int, CachedWallet] = {}
        self._tasks = Tasks("wallet cache")
        self._is_outdated = False
        self._is_rereading = False
        bus.on_loss(self._reread_all)

    async def enter(self, row: PlayerRow) -> CachedAccount:
        wallet = self._wallets.get(row.user_id)
        if wallet is None:
            wallet = self._wallets[row.user_id] = CachedWallet(row)
            wallet.loading = asyncio.create_task(self._load(wallet))
        else:
            self.refresh(row)
        wallet.account.needed += 1
        try:
            # Shielded, so that one caller who gives up does not cancel it for the others.
            await asyncio.shield(wallet.loading)  # type: ignore[arg-type]
        except BaseException:
            self.exit(row.user_id)
            raise
        return wallet.account

    async def _load(self, wallet: CachedWallet) -> None:
        """Read the wallet, and miss no change from then on. Raises UnreachableError."""
        channel = user_channel(wallet.account.user_id)
        await self._bus.subscribe(channel, self._receive)
        try:
            await self._read(wallet)
        except BaseException:
            self._bus.unsubscribe(channel, self._receive)
            raise
        if wallet.account.needed == 0:  # all callers gave up meanwhile
            self._bus.unsubscribe(channel, self._receive)

    def exit(self, user_id: int) -> None:
        wallet = self._wallets[user_id]
        wallet.account.needed -= 1
        if wallet.account.needed == 0:
            del self._wallets[user_id]
            if wallet.is_loaded:
                self._bus.unsubscribe(user_channel(user_id), self._receive)

    def get(self, user_id: int) -> CachedWallet | None:
        """The wallet, also while it is being loaded."""
        return self._wallets.get(user_id)

    def known(self, user_id: int) -> tuple[int, int]:
        """Balance and version of the wallet as far as this node knows."""
        wallet = self._wallets.get(user_id)
        return UNKNOWN_WALLET if wallet is None else wallet.known()

    def account(self, user_id: int) -> CachedAccount | None:
        wallet = self._wallets.get(user_id)
        return wallet.account if wallet is not None and wallet.is_loaded else None

    def user_ids(self) -> list[int]:
        return list(self._wallets)

    def total_held(self) -> int:
        return sum(wallet.account.held for wallet in self._wallets.values())

    def refresh(self, row: PlayerRow) -> None:
        wallet = self._wallets.get(row.user_id)
        if wallet is not None:
            wallet.account.update_profile(row)
            if row.version > wallet.account.version:
                self.update(WalletChange(row.user_id, row.balance, row.version))

    def update(self, change: WalletChange) -> None:
        """Update a wallet from the ledger here, in Redis and on the other nodes, unless a newer version is known."""
        wallet = self._wallets.get(change.user_id)
        if wallet is not None:
            if change.version <= wallet.account.version:
                return
            wallet.account.balance, wallet.account.version = change.balance, change.version
            self._on_change(wallet.account)
        self._tasks.start(self._store(change))

    async def _store(self, change: WalletChange) -> None:
        # If Redis is away, the next periodic look at the database tells it.
        with suppress(UnreachableError):
            known = (change.balance, change.version)
            differs, stored = await self._link.run(SYNC_WALLET, [self.key(change.user_id)], known)
            if differs:
                self.publish(change.user_id, stored)

    async def set_back(self, wallet: WalletChange, seen: WalletChange) -> bool:
        """Make an older state of the wallet count on all nodes, unless it is not as it was ``seen`` any more. Returns
        whether it counts now. Raises UnreachableError."""
        args = [wallet.balance, wallet.version, seen.balance, seen.version]
        stored = await self._link.run(SET_BACK, [self.key(wallet.user_id)], args)
        if stored is not None:
            state = structs.replace(_state(wallet.user_id, stored), set_back=True)
            self._receive(state)
            self._bus.publish(user_channel(wallet.user_id), state)
        return stored is not None

    def publish(self, user_id: int, stored: RedisWallet) -> None:
        """Tell all nodes, including this one, what Redis has now. A script that was sent again publishes again: nobody
        heard of its first run if that answer was lost."""
        self._bus.publish(user_channel(user_id), _state(user_id, stored))

    def _receive(self, message: BusMessage) -> None:
        if isinstance(message, WalletState):
            wallet = self._wallets.get(message.user_id)
            if wallet is not None and wallet.apply(message) and wallet.is_loaded:
                self._on_change(wallet.account)

    async def _read(self, wallet: CachedWallet) -> None:
        user_id = wallet.account.user_id
        differs, stored = await self._link.run(SYNC_WALLET, [self.key(user_id)], wallet.known())
        if differs:
            self.publish(user_id, stored)
        self._receive(_state(user_id, stored))

    def _reread_all(self) -> None:
        """Messages may have been lost, and Redis may have come back with lower revisions."""
        for wallet in self._wallets.values():
            wallet.revision = -1
        self._is_outdated = True
        if not self._is_rereading:
            self._is_rereading = True
            self._tasks.start(self._reread())

    async def _reread(self) -> None:
        async for _ in Attempts(self._retry_s):
            self._is_outdated = False
            try:
                await run_all(self._read(wallet) for wallet in tuple(self._wallets.values()))
            except UnreachableError:
                continue
            if not self._is_outdated:
                break
        self._is_rereading = False

    def key(self, user_id: int) -> bytes:
        return self._link.key(f"wallet:{user_id}")


def _state(user_id: int, stored: RedisWallet) -> WalletState:
    balance, version, held, revision = stored
    return WalletState(user_id=user_id, balance=balance, version=version, held=held, revision=revision)


async def run_all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run everything at the same time and to the end; then raise the first failure, if any."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if failure is not None:
            raise failure
