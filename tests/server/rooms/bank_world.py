"""A bank over a ledger that is a dictionary, for tests that look at money without a database."""

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from server.rooms.bank import Account, Hold, LocalBank, Purse
from storage.ledger import WalletChange
from storage.limits import OwnLimits
from storage.play import PlayerRow
from tests.server.fanout.fakes import StillClock

T = TypeVar("T")
SEED = "heads"


def now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise AssertionError("it waits")


def hold(user_id: int, key: str, amount: int, room: str = "crash", bet: str = "crash.1.1") -> Hold:
    return Hold(user_id, key, amount, room, bet, b"{}")


async def stake(bank: LocalBank, hold: Hold) -> Purse:
    """What a room does to take a hold."""
    await bank.learn_losses(hold.user_id)
    return await bank.hold(hold)


class Books:
    """The truth: balances, versions, limits and losses by user."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.balances: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.limits: dict[int, OwnLimits] = {}
        self.losses: list[tuple[int, int, int]] = []
        self.told: list[int] = []
        self.bank = LocalBank(self.clock, self.lost_since, self._changed)

    def _changed(self, account: Account, _soon: bool) -> None:
        self.told.append(account.user_id)

    async def lost_since(self, user_id: int, since: datetime) -> int:
        return self.lost(user_id, int(since.timestamp() * 1000))

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
            token_created_at=None,
        )

    def enter(self, user_id: int, balance: int = 1000, limits: OwnLimits | None = None) -> Account:
        self.balances.setdefault(user_id, balance)
        if limits is not None:
            self.limits[user_id] = limits
        return self.bank.enter(self.row(user_id))

    def move(self, user_id: int, cents: int) -> WalletChange:
        self.balances[user_id] += cents
        self.versions[user_id] += 1
        assert self.balances[user_id] >= 0
        return WalletChange(user_id, self.balances[user_id], self.versions[user_id])

    def settle(self, holds: list[Hold], payouts: list[int]) -> list[WalletChange]:
        """What the ledger does of a round: its wallet changes. The bank hears nothing of it yet."""
        net: dict[int, int] = {}
        for each, payout in zip(holds, payouts, strict=True):
            net[each.user_id] = net.get(each.user_id, 0) + payout - each.amount
            self.losses.append((each.user_id, self.clock.ms, each.amount - payout))
        return [self.move(user_id, cents) for user_id, cents in net.items()]
