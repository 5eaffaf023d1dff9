"""Holds backends over a ledger in a dictionary, for tests of money without a database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from server.backends.bus import Bus, Claim
from server.backends.bus_redis import BusTimings, RedisBus
from server.backends.choose import MakeHolds
from server.backends.holds import CachedAccount, Hold, Holds, LocalHolds, WalletBalance
from server.backends.holds_redis import RedisHolds
from server.backends.redis_link import RedisLink
from storage.limits import OwnLimits
from storage.settlement import WalletChange
from storage.store import PlayerRow
from tests.redis_server import join_run
from tests.server.fanout.fakes import StillClock
from tests.server.shaky_link import ShakyLink
from tests.waiting import eventually

SEED = "heads"


def hold(user_id: int, key: str, amount: int, room: str = "crash", bet: str = "crash.1.1") -> Hold:
    return Hold(user_id=user_id, key=key, amount=amount, room=room, bet=bet, selection=b"{}")


def claim(room: str = "crash") -> Claim:
    return Claim(room, f"here {room}")


async def stake(holds: Holds, hold: Hold) -> WalletBalance:
    """Take a hold as a room does."""
    await holds.learn_losses(hold.user_id)
    return await holds.hold(claim(hold.room), hold)


class NoRecords:
    """A database that knows no players and no losses."""

    async def load(self, user_id: int) -> PlayerRow | None:
        return None

    async def lost_since(self, user_id: int, since: datetime) -> int:
        return 0


class HoldsWorld:
    """A ledger (balances, versions, limits and losses by user) and a holds backend over it. ``told`` are the users
    whose wallets changed."""

    def __init__(self, make_holds: MakeHolds = LocalHolds) -> None:
        self.clock = StillClock()
        self.balances: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.limits: dict[int, OwnLimits] = {}
        self.losses: list[tuple[int, int, int]] = []
        self.told: list[int] = []
        self.knows_players = True
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.holds = make_holds(self.clock, self, self._changed)

    def _changed(self, account: CachedAccount) -> None:
        self.told.append(account.user_id)

    async def lost_since(self, user_id: int, since: datetime) -> int:
        """Look the losses up, and return them once ``open`` is set."""
        lost = self.lost(user_id, int(since.timestamp() * 1000))
        self.asked.set()
        await self.open.wait()
        return lost

    async def load(self, user_id: int) -> PlayerRow | None:
        return self.row(user_id) if self.knows_players else None

    async def limit(self, user_id: int, limits: OwnLimits) -> None:
        """Change the limits in the ledger, and tell this node."""
        self.versions[user_id] += 1
        self.limits[user_id] = limits
        self.holds.refresh(self.row(user_id))
        await self.holds.expire_limits(user_id, self.versions[user_id])

    def lost(self, user_id: int, since_ms: int) -> int:
        return sum(cents for user, at, cents in self.losses if user == user_id and at >= since_ms)

    def row(self, user_id: int) -> PlayerRow:
        limits = self.limits.get(user_id)
        return PlayerRow(
            user_id=user_id,
            username=f"p{user_id}",
            client_seed=SEED,
            is_active=True,
            email_verified=True,
            balance=self.balances.setdefault(user_id, 1000),
            version=self.versions.setdefault(user_id, 1),
            limits=msgspec.json.encode(limits) if limits else None,
            limits_at=self.versions[user_id],
        )

    async def enter(self, user_id: int, balance: int = 1000, limits: OwnLimits | None = None) -> CachedAccount:
        self.balances.setdefault(user_id, balance)
        if limits is not None:
            self.limits[user_id] = limits
        return await self.holds.enter(self.row(user_id))

    def move(self, user_id: int, cents: int) -> WalletChange:
        self.balances[user_id] += cents
        self.versions[user_id] += 1
        assert self.balances[user_id] >= 0
        return WalletChange(user_id, self.balances[user_id], self.versions[user_id])

    def settle(self, holds: list[Hold], payouts: list[int]) -> list[WalletChange]:
        """Settle a round in the ledger only. Returns the wallet changes."""
        net: dict[int, int] = {}
        for each, payout in zip(holds, payouts, strict=True):
            net[each.user_id] = net.get(each.user_id, 0) + payout - each.amount
            self.losses.append((each.user_id, self.clock.ms, each.amount - payout))
        return [self.move(user_id, cents) for user_id, cents in net.items()]

    async def pay(self, holds: list[Hold], payouts: list[int]) -> None:
        """Settle a round in the ledger and in the holds backend."""
        lost: dict[int, int] = {}
        for each, payout in zip(holds, payouts, strict=True):
            lost[each.user_id] = lost.get(each.user_id, 0) + each.amount - payout
        await self.holds.settle(claim(), holds, self.settle(holds, payouts), lost)

    async def forget(self, settled: list[Hold]) -> None:
        """Forget the keys of settled holds; the ``clock`` says that their time is over."""
        await self.holds.settle(claim(), [], [], {})


class RedisHoldsWorld(HoldsWorld):
    """The same with the holds backend of one node among several."""

    def __init__(self, link: ShakyLink, bus: Bus) -> None:
        self.link = link
        self.bus = bus
        super().__init__(partial(RedisHolds, link, bus))

    async def own(self, *rooms: str) -> None:
        """Own rooms, as a lease would write it to Redis."""
        for room in rooms:
            await self.link.call("HSET", self.link.key("owners"), room, claim(room).token)

    async def forget(self, settled: list[Hold]) -> None:
        for each in settled:
            await self.link.call("DEL", self.link.key(f"settled:{each.user_id}:{each.key}"))


PATIENT = BusTimings(subscribe_s=20.0)
"""For nodes whose subscriptions succeed, however slow the machine is."""


@asynccontextmanager
async def node_of(url: str, name: str = "here", timings: BusTimings | None = None) -> AsyncIterator[RedisHoldsWorld]:
    """A node on the Redis at ``url`` that owns the room ``crash``."""
    async with AsyncExitStack() as stack:
        link = ShakyLink(url)
        await link.open()
        stack.push_async_callback(link.close)
        bus = RedisBus(link, name, timings or PATIENT)
        await bus.start()
        stack.push_async_callback(bus.stop)
        world = RedisHoldsWorld(link, bus)
        join_run(url)
        await world.own("crash")
        yield world


@asynccontextmanager
async def nodes_of(url: str) -> AsyncIterator[tuple[RedisHoldsWorld, RedisHoldsWorld]]:
    """Two nodes with the same ledger."""
    async with node_of(url, "here") as here, node_of(url, "there") as there:
        for name in ("clock", "balances", "versions", "limits", "losses"):
            setattr(there, name, getattr(here, name))
        yield here, there


async def shows_wallet(node: HoldsWorld, expected: WalletBalance) -> None:
    """Wait until the node's account of player 1 shows this wallet."""
    account = node.holds.account(1)
    assert account is not None
    await eventually(lambda: account.wallet() == expected)


async def outcomes(works: Iterable[Awaitable[Any]]) -> list[Any]:
    """What each returns or raises."""
    return list(await asyncio.gather(*works, return_exceptions=True))


async def answered(link: RedisLink) -> None:
    """Wait until Redis has answered all earlier commands and their callers have continued."""
    await asyncio.sleep(0)
    await link.call("PING")
    await asyncio.sleep(0)
