"""The accounts that a node needs, each a copy of the player's purse in Redis that goes with it.

A purse is a hash: the wallet as the newest look at the ledger said, the sum of what is held, and a ``turn`` that grows
with every change, so that of two a node knows the newer one. Whoever changes a purse tells all nodes over the bus.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct

from server.backends.bus import Bus, BusMessage, WalletUpdate, user_channel
from server.backends.holds import CachedAccount
from server.backends.holds_lua import MEET
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from server.tasks import Tasks
from storage.settlement import WalletChange
from storage.store import PlayerRow

LOOK_AGAIN_S: Final = 0.1
"""Seconds between tries to read all purses anew while Redis is away."""
NO_WALLET: Final = (0, -1)
"""Balance and version for who knows no wallet: any other is newer."""


class Losses(Struct, frozen=True):
    """What the books said was lost on a day (since the epoch), with every settlement up to this ``version`` of the
    wallet in it."""

    day: int
    version: int
    cents: int


class CachedWallet:
    """A player whose account is needed on this node; ``turn`` is that of the purse which the account shows."""

    __slots__ = ("account", "losses", "meeting", "turn")

    def __init__(self, row: PlayerRow) -> None:
        self.account = CachedAccount(row)
        self.turn = -1
        self.losses: Losses | None = None
        self.meeting: asyncio.Task[None] | None = None

    @property
    def met(self) -> bool:
        """Whether the account shows the purse, and goes with it."""
        meeting = self.meeting
        return meeting is not None and meeting.done() and not meeting.cancelled() and meeting.exception() is None

    def wallet(self) -> tuple[int, int]:
        return self.account.balance, self.account.version

    def take_over(self, moved: WalletUpdate) -> bool:
        """Whether the account looks different now."""
        if moved.turn <= self.turn:
            return False
        before = self.account.wallet()
        self.turn = moved.turn
        self.account.held = moved.held
        if moved.version > self.account.version:
            self.account.balance, self.account.version = moved.balance, moved.version
        return self.account.wallet() != before


class WalletCache:
    """The half of the bank that knows who is here. ``changed`` hears of the wallets that are needed on this node."""

    def __init__(self, link: RedisLink, bus: Bus, changed: Callable[[CachedAccount, bool], None]) -> None:
        self._link = link
        self._bus = bus
        self._changed = changed
        self._here: dict[int, CachedWallet] = {}
        self._tasks = Tasks("the bank")
        self._missed = False
        self._looking = False
        bus.on_loss(self._look_again)

    async def enter(self, row: PlayerRow) -> CachedAccount:
        here = self._here.get(row.user_id)
        if here is None:
            here = self._here[row.user_id] = CachedWallet(row)
            here.meeting = asyncio.create_task(self._meet(here))
        else:
            self.refresh(row)
        here.account.needed += 1
        try:
            # Shielded: who gives up must not end it for others who wait.
            await asyncio.shield(here.meeting)  # type: ignore[arg-type]
        except BaseException:
            self.exit(row.user_id)
            raise
        return here.account

    async def _meet(self, here: CachedWallet) -> None:
        """Show the purse, and miss nothing of it from then on. Raises UnreachableError."""
        channel = user_channel(here.account.user_id)
        await self._bus.subscribe(channel, self._hear)
        try:
            await self._read(here)
        except BaseException:
            self._bus.unsubscribe(channel, self._hear)
            raise
        if here.account.needed == 0:  # all gave up meanwhile
            self._bus.unsubscribe(channel, self._hear)

    def exit(self, user_id: int) -> None:
        here = self._here[user_id]
        here.account.needed -= 1
        if here.account.needed == 0:
            del self._here[user_id]
            if here.met:
                self._bus.unsubscribe(user_channel(user_id), self._hear)

    def account(self, user_id: int) -> CachedAccount | None:
        here = self._here.get(user_id)
        return here.account if here is not None and here.met else None

    def user_ids(self) -> list[int]:
        return list(self._here)

    def total_held(self) -> int:
        return sum(here.account.held for here in self._here.values())

    def refresh(self, row: PlayerRow) -> None:
        here = self._here.get(row.user_id)
        if here is not None:
            here.account.describe(row)
            if row.version > here.account.version:
                self.update_wallet(WalletChange(row.user_id, row.balance, row.version))

    def update_wallet(self, change: WalletChange) -> None:
        here = self._here.get(change.user_id)
        if here is not None:
            if change.version <= here.account.version:
                return
            here.account.balance, here.account.version = change.balance, change.version
            self._changed(here.account, True)
        self._tasks.start(self._pass_on(change))

    async def _pass_on(self, change: WalletChange) -> None:
        """Tell the purse and other nodes. If Redis is away, a look at the ledger tells them within moments."""
        with suppress(UnreachableError):
            wallet = (change.balance, change.version)
            differs, purse = await self._link.run(MEET, [self._purse(change.user_id)], wallet)
            if differs:
                self._tell(change.user_id, purse, soon=True)

    def _tell(self, user_id: int, purse: list[int], soon: bool) -> None:
        """Tell all nodes, this one too: also after a script that was sent again, whose first answer was lost."""
        self._bus.publish(user_channel(user_id), _moved(user_id, purse, soon))

    def _hear(self, message: BusMessage) -> None:
        if isinstance(message, WalletUpdate):
            here = self._here.get(message.user_id)
            if here is not None and here.take_over(message) and here.met:
                self._changed(here.account, message.soon)

    async def _read(self, here: CachedWallet) -> None:
        user_id = here.account.user_id
        differs, purse = await self._link.run(MEET, [self._purse(user_id)], here.wallet())
        if differs:
            self._tell(user_id, purse, soon=True)
        self._hear(_moved(user_id, purse, soon=True))

    def _look_again(self) -> None:
        """Read the purses anew: messages were lost, and Redis may have forgotten how far the turns had come."""
        for here in self._here.values():
            here.turn = -1
        self._missed = True
        if not self._looking:
            self._looking = True
            self._tasks.start(self._look())

    async def _look(self) -> None:
        while self._missed:
            self._missed = False
            try:
                await together(self._read(here) for here in tuple(self._here.values()))
            except UnreachableError:
                self._missed = True
                await asyncio.sleep(LOOK_AGAIN_S)
        self._looking = False

    def _wallet(self, user_id: int) -> tuple[int, int]:
        """Balance and version, as far as they are known here."""
        here = self._here.get(user_id)
        return NO_WALLET if here is None else here.wallet()

    def _purse(self, user_id: int) -> bytes:
        return self._link.key(f"purse:{user_id}")


def _moved(user_id: int, purse: list[int], soon: bool) -> WalletUpdate:
    balance, version, held, turn = purse
    return WalletUpdate(user_id, balance, version, held, turn, soon)


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do it all at once, and to the end; then raise what one of them raised."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if failure is not None:
            raise failure
