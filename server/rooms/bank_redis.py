"""The bank of nodes that share a Redis: holds live there, each changed by one script that may be sent again.

A player's purse is a hash: the wallet as the newest look at the ledger said (balance ``b`` of version ``v``), the sum
``held``, and ``turn``, which grows with every change, so that nodes know the newer of two. A hold is kept, in the same
bytes, under its player and under its room, where the room's next owner finds it. Every node has a copy of the purses
that it needs: whoever changes one tells the others over the bus.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.clock import Clock, utc
from server.errors import Away, Problem
from server.fanout.bus import Bus, BusMessage, Claim, Moved, user_channel
from server.redis import Argument, Link
from server.rooms import bank_scripts
from server.rooms.bank import (
    DAY_MS,
    LINGER_MS,
    Account,
    Hold,
    KeyUsedError,
    LossSource,
    Purse,
    loss_limit,
    loss_limit_passed,
    losses_unknown,
)
from server.rooms.journal import StaleError
from server.tasks import Tasks
from storage.ledger import WalletChange
from storage.limits import effective
from storage.play import PlayerRow

LOOK_AGAIN_S: Final = 0.1
"""Seconds between tries to read all purses anew while Redis is away."""
NO_WALLET: Final = (0, -1)
"""Balance and version for who knows no wallet: any other is newer."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Hold).decode


class Losses(Struct, frozen=True):
    """What the books said was lost on a day (since the epoch), with every settlement up to this ``version`` of the
    wallet in it."""

    day: int
    version: int
    cents: int


class OnRecord(Struct, frozen=True):
    """What a player has on hold as Redis has it at one moment: the sum, in cents, and the holds."""

    user_id: int
    held: int
    holds: list[Hold]


class Here:
    """A player whose account is needed on this node; ``turn`` is that of the purse which the account shows."""

    __slots__ = ("account", "losses", "meeting", "turn")

    def __init__(self, row: PlayerRow) -> None:
        self.account = Account(row)
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

    def take_over(self, moved: Moved) -> bool:
        """Whether the account looks different now."""
        if moved.turn <= self.turn:
            return False
        before = self.account.purse()
        self.turn = moved.turn
        self.account.held = moved.held
        if moved.version > self.account.version:
            self.account.balance, self.account.version = moved.balance, moved.version
        return self.account.purse() != before


class RedisBank:
    """The Bank of one of several nodes. ``changed`` hears of the wallets that are needed on this node, as LocalBank's
    does."""

    def __init__(
        self, link: Link, bus: Bus, clock: Clock, lost_since: LossSource, changed: Callable[[Account, bool], None]
    ) -> None:
        self._link = link
        self._bus = bus
        self._clock = clock
        self._lost_since = lost_since
        self._changed = changed
        self._owners = link.key("owners")
        self._here: dict[int, Here] = {}
        self._tasks = Tasks("the bank")
        self._missed = False
        self._looking = False
        bus.on_loss(self._look_again)

    # -- who is here --

    async def enter(self, row: PlayerRow) -> Account:
        here = self._here.get(row.user_id)
        if here is None:
            here = self._here[row.user_id] = Here(row)
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

    async def _meet(self, here: Here) -> None:
        """Show the purse, and miss nothing of it from then on. Raises Away."""
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

    def account(self, user_id: int) -> Account | None:
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
                self.credited(WalletChange(row.user_id, row.balance, row.version))

    def credited(self, change: WalletChange) -> None:
        here = self._here.get(change.user_id)
        if here is not None:
            if change.version <= here.account.version:
                return
            here.account.balance, here.account.version = change.balance, change.version
            self._changed(here.account, True)
        self._tasks.start(self._pass_on(change))

    async def _pass_on(self, change: WalletChange) -> None:
        """Tell the purse and other nodes. If Redis is away, a look at the ledger tells them within moments."""
        with suppress(Away):
            wallet = (change.balance, change.version)
            differs, purse = await self._link.run(bank_scripts.MEET, [self._purse(change.user_id)], wallet)
            if differs:
                self._tell(change.user_id, purse, soon=True)

    # -- holds --

    async def held(self, user_id: int) -> int:
        return int(await self._link.call("HGET", self._purse(user_id), "held") or 0)

    async def find(self, user_id: int, key: str) -> Hold | None:
        keys = [self._holds(user_id), self._settled(user_id, key)]
        found = await self._link.run(bank_scripts.FIND, keys, [key])
        return None if found is None else _decode(found)

    async def left_in(self, room: str) -> list[Hold]:
        return [_decode(found) for found in await self._link.call("HVALS", self._staked(room))]

    async def learn_losses(self, user_id: int) -> None:
        here = self._here.get(user_id)
        if here is None or not here.account.limits:
            return
        today = self._clock.now_ms() // DAY_MS
        while effective(here.account.limits, self._clock.now_ms()).loss_a_day is not None and (
            here.losses is None or here.losses.day != today or here.losses.version != here.account.version
        ):
            # The version first: what is settled in between makes the answer useless, never wrong.
            version = here.account.version
            here.losses = Losses(today, version, await self._lost_since(user_id, utc(today * DAY_MS)))

    async def hold(self, claim: Claim, hold: Hold) -> Purse:
        here = self._here.get(hold.user_id)
        if here is None:
            raise Problem("not_signed_in")
        budget, known_at = self._budget(here, hold.amount)
        keys = [*self._touched(hold.user_id, claim), self._owners, self._settled(hold.user_id, hold.key)]
        args = [*here.wallet(), claim.room, claim.token, *_told([hold]), budget, known_at]
        verdict, *rest = await self._link.run(bank_scripts.HOLD, keys, args)
        if verdict == b"stale":
            raise StaleError(claim.room)
        if verdict == b"used":
            raise KeyUsedError(_decode(rest[0]))
        balance, version, held, _ = rest[0]
        self._tell(hold.user_id, rest[0], soon=False)
        if verdict == b"held":
            return Purse(balance, held, version)
        if verdict == b"short":
            raise Problem("insufficient_funds", available=balance - held)
        raise losses_unknown() if verdict == b"unknown" else loss_limit_passed()

    def _budget(self, here: Here, amount: int) -> tuple[Argument, int]:
        """Cents that the player may have lost today beyond what the books know, or staked, and the version of the
        wallet that they knew; an empty string: any."""
        now = self._clock.now_ms()
        may_lose = loss_limit(here.account, amount, now)
        if may_lose is None:
            return "", 0
        if here.losses is None or here.losses.day != now // DAY_MS:
            raise losses_unknown()
        return may_lose - here.losses.cents, here.losses.version

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await _all(self._release(claim, user_id, own) for user_id, own in _by_user(holds).items())

    async def _release(self, claim: Claim, user_id: int, holds: list[Hold]) -> None:
        keys = [*self._touched(user_id, claim), self._owners]
        args = [*self._wallet(user_id), claim.room, claim.token, *_told(holds)]
        self._tell_unless_stale(claim, user_id, await self._link.run(bank_scripts.RELEASE, keys, args))

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        by_user = _by_user(holds)
        wallets = {change.user_id: (change.balance, change.version) for change in changes}
        await _all(
            self._settle(claim, user_id, by_user.get(user_id, []), wallets.get(user_id, NO_WALLET))
            for user_id in {**by_user, **wallets}
        )

    async def _settle(self, claim: Claim, user_id: int, holds: list[Hold], wallet: tuple[int, int]) -> None:
        keys = [*self._touched(user_id, claim), *(self._settled(user_id, hold.key) for hold in holds)]
        purse = await self._link.run(bank_scripts.SETTLE, keys, [*wallet, LINGER_MS, *_told(holds)])
        self._tell(user_id, purse, soon=True)

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await _all(self._restore(claim, user_id, own) for user_id, own in _by_user(holds).items())

    async def _restore(self, claim: Claim, user_id: int, holds: list[Hold]) -> None:
        settled = [self._settled(user_id, hold.key) for hold in holds]
        keys = [*self._touched(user_id, claim), self._owners, *settled]
        args = [*self._wallet(user_id), claim.room, claim.token, *_told(holds)]
        self._tell_unless_stale(claim, user_id, await self._link.run(bank_scripts.RESTORE, keys, args))

    # -- what all nodes know --

    def _tell(self, user_id: int, purse: list[int], soon: bool) -> None:
        """Tell all nodes, this one too: also after a script that was sent again, whose first answer was lost."""
        balance, version, held, turn = purse
        self._bus.publish(user_channel(user_id), Moved(user_id, balance, version, held, turn, soon))

    def _tell_unless_stale(self, claim: Claim, user_id: int, purse: list[int] | None) -> None:
        if purse is None:
            raise StaleError(claim.room)
        self._tell(user_id, purse, soon=True)

    def _hear(self, message: BusMessage) -> None:
        if isinstance(message, Moved):
            here = self._here.get(message.user_id)
            if here is not None and here.take_over(message) and here.met:
                self._changed(here.account, message.soon)

    async def _read(self, here: Here) -> None:
        user_id = here.account.user_id
        differs, purse = await self._link.run(bank_scripts.MEET, [self._purse(user_id)], here.wallet())
        if differs:
            self._tell(user_id, purse, soon=True)
        balance, version, held, turn = purse
        self._hear(Moved(user_id, balance, version, held, turn, soon=True))

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
                await _all(self._read(here) for here in tuple(self._here.values()))
            except Away:
                self._missed = True
                await asyncio.sleep(LOOK_AGAIN_S)
        self._looking = False

    # -- where it is --

    def _wallet(self, user_id: int) -> tuple[int, int]:
        here = self._here.get(user_id)
        return NO_WALLET if here is None else here.wallet()

    def _touched(self, user_id: int, claim: Claim) -> tuple[bytes, bytes, bytes]:
        return self._purse(user_id), self._holds(user_id), self._staked(claim.room)

    def _purse(self, user_id: int) -> bytes:
        return self._link.key(f"purse:{user_id}")

    def _holds(self, user_id: int) -> bytes:
        return self._link.key(f"holds:{user_id}")

    def _staked(self, room: str) -> bytes:
        return self._link.key(f"staked:{room}")

    def _settled(self, user_id: int, key: str) -> bytes:
        return self._link.key(f"settled:{user_id}:{key}")


async def holds_on_record(link: Link) -> list[OnRecord]:
    """What every player has on hold, one after the other. Raises Away."""
    users = await _names(link, "purse:") | await _names(link, "holds:")
    looks = [link.run(bank_scripts.LOOK, [link.key(f"purse:{user}"), link.key(f"holds:{user}")]) for user in users]
    found = zip(users, await asyncio.gather(*looks), strict=True)
    return [OnRecord(int(user), int(held), [_decode(hold) for hold in holds]) for user, (held, holds) in found]


async def staked_on_record(link: Link) -> set[str]:
    """The rooms that have stakes on hold. Raises Away."""
    return await _names(link, "staked:")


async def _names(link: Link, kind: str) -> set[str]:
    """What follows ``kind`` in the names of all keys that begin with it."""
    start, cursor, names = link.key(kind), b"0", set()
    while True:
        cursor, found = await link.call("SCAN", cursor, "MATCH", start + b"*", "COUNT", 1000)
        names |= {name.removeprefix(start).decode() for name in found}
        if cursor == b"0":
            return names


def _by_user(holds: Iterable[Hold]) -> dict[int, list[Hold]]:
    by_user: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_user[hold.user_id].append(hold)
    return by_user


def _told(holds: Iterable[Hold]) -> list[Argument]:
    """Holds as scripts take them."""
    args: list[Argument] = []
    for hold in holds:
        args += [hold.key, f"{hold.user_id} {hold.key}", _encode(hold), hold.amount]
    return args


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do it together, to the end; then raise what one of them raised."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if failure is not None:
            raise failure
