"""The bank of nodes that share a Redis: holds live there, each changed by one script that may be sent again.

A hold is kept, in the same bytes, under its player, whose purse counts it, and under its room, where the room's next
owner finds it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.backends.bus import Bus, Claim
from server.backends.holds import (
    DAY_MS,
    LINGER_MS,
    CachedAccount,
    Hold,
    KeyUsedError,
    PlayerSource,
    WalletBalance,
    limits_unknown,
    loss_limit,
    loss_limit_passed,
    losses_unknown,
)
from server.backends.holds_lua import EXPIRE_LIMITS, FIND, HOLD, LOOK, RELEASE, RESTORE, SETTLE
from server.backends.journal import LeaseLostError
from server.backends.redis_link import Argument, RedisLink, Script
from server.backends.wallet_cache import NO_WALLET, CachedWallet, Losses, WalletCache, together
from server.clock import Clock, utc
from server.errors import ClientError
from storage.limits import effective
from storage.settlement import WalletChange

LIMITS_TRIES: Final = 3
LOOK_UP_S: Final = 1.0
REFUSALS: Final = {b"limits": limits_unknown, b"unknown": losses_unknown, b"limit": loss_limit_passed}
"""By the verdict of the script."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Hold).decode


class OnRecord(Struct, frozen=True):
    """What a player has on hold as Redis has it at one moment: the sum, in cents, and the holds."""

    user_id: int
    held: int
    holds: list[Hold]


class RedisHolds(WalletCache):
    """The Bank of one of several nodes."""

    def __init__(
        self,
        link: RedisLink,
        bus: Bus,
        clock: Clock,
        players: PlayerSource,
        changed: Callable[[CachedAccount, bool], None],
    ) -> None:
        super().__init__(link, bus, changed)
        self._clock = clock
        self._players = players
        self._owners = link.key("owners")

    async def held(self, user_id: int) -> int:
        return int(await self._link.call("HGET", self._purse(user_id), "held") or 0)

    async def find(self, user_id: int, key: str) -> Hold | None:
        found = await self._link.run(FIND, [self._holds(user_id), self._settled(user_id, key)], [key])
        return None if found is None else _decode(found)

    async def left_in(self, room: str) -> list[Hold]:
        return [_decode(found) for found in await self._link.call("HVALS", self._staked(room))]

    async def learn_losses(self, user_id: int) -> None:
        here = self._here.get(user_id)
        if here is None or not here.account.limits:
            return
        today = self._clock.now_ms() // DAY_MS
        while effective(here.account.limits, self._clock.now_ms()).loss_a_day is not None:
            # The version first: what is settled in between makes the answer useless, never wrong.
            version = here.account.version
            if here.losses is not None and (here.losses.day, here.losses.version) == (today, version):
                break
            here.losses = Losses(today, version, await self._players.lost_since(user_id, utc(today * DAY_MS)))

    async def hold(self, claim: Claim, hold: Hold) -> WalletBalance:
        here = self._here.get(hold.user_id)
        if here is None:
            raise ClientError("not_signed_in")
        verdict, *rest = await self._try_to_hold(here, claim, hold)
        for _ in range(LIMITS_TRIES):
            if verdict != b"limits":
                break
            await self._look_limits_up(hold.user_id)
            verdict, *rest = await self._try_to_hold(here, claim, hold)
        if verdict == b"stale":
            raise LeaseLostError(claim.room)
        if verdict == b"used":
            raise KeyUsedError(_decode(rest[0]))
        balance, version, held, _ = rest[0]
        self._tell(hold.user_id, rest[0], soon=False)
        if verdict == b"held":
            return WalletBalance(balance, held, version)
        if verdict == b"short":
            raise ClientError("insufficient_funds", available=balance - held)
        raise REFUSALS[verdict]()

    async def _try_to_hold(self, here: CachedWallet, claim: Claim, hold: Hold) -> list[Any]:
        budget, known_at = self._budget(here, hold.amount)
        keys = [*self._touched(hold.user_id, claim), self._owners, self._settled(hold.user_id, hold.key)]
        args = [*here.wallet(), claim.room, claim.token, *_told([hold]), budget, known_at, here.account.limits_at]
        answer: list[Any] = await self._link.run(HOLD, keys, args)
        return answer

    async def _look_limits_up(self, user_id: int) -> None:
        """They were changed at another node, which may not have been heard of yet."""
        try:
            async with asyncio.timeout(LOOK_UP_S):
                row = await self._players.load(user_id)
                if row is not None:
                    self.refresh(row)
                await self.learn_losses(user_id)
        except TimeoutError:  # nobody's turn in a room waits for a database that does not answer
            raise limits_unknown() from None

    async def expire_limits(self, user_id: int, version: int) -> None:
        await self._link.run(EXPIRE_LIMITS, [self._purse(user_id)], [*self._wallet(user_id), version])

    def _budget(self, here: CachedWallet, amount: int) -> tuple[Argument, int]:
        """Cents that the player may have staked, or lost beyond what the books know, and the version of the wallet
        that they knew; an empty string: any."""
        now = self._clock.now_ms()
        may_lose = loss_limit(here.account, amount, now)
        if may_lose is None:
            return "", 0
        if here.losses is None or here.losses.day != now // DAY_MS:
            raise losses_unknown()
        return may_lose - here.losses.cents, here.losses.version

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await together(self._as_owner(RELEASE, claim, *own) for own in _by_user(holds).items())

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await together(self._as_owner(RESTORE, claim, *own) for own in _by_user(holds).items())

    async def _as_owner(self, script: Script, claim: Claim, user_id: int, holds: list[Hold]) -> None:
        settled = [self._settled(user_id, hold.key) for hold in holds]
        keys = [*self._touched(user_id, claim), self._owners, *settled]
        args = [*self._wallet(user_id), claim.room, claim.token, *_told(holds)]
        purse = await self._link.run(script, keys, args)
        if purse is None:
            raise LeaseLostError(claim.room)
        self._tell(user_id, purse, soon=True)

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        by_user = _by_user(holds)
        wallets = {change.user_id: (change.balance, change.version) for change in changes}
        await together(
            self._settle(claim, user_id, by_user.get(user_id, []), wallets.get(user_id, NO_WALLET))
            for user_id in {**by_user, **wallets}
        )

    async def _settle(self, claim: Claim, user_id: int, holds: list[Hold], wallet: tuple[int, int]) -> None:
        keys = [*self._touched(user_id, claim), *(self._settled(user_id, hold.key) for hold in holds)]
        purse = await self._link.run(SETTLE, keys, [*wallet, LINGER_MS, *_told(holds)])
        self._tell(user_id, purse, soon=True)

    def _touched(self, user_id: int, claim: Claim) -> tuple[bytes, bytes, bytes]:
        return self._purse(user_id), self._holds(user_id), self._staked(claim.room)

    def _holds(self, user_id: int) -> bytes:
        return self._link.key(f"holds:{user_id}")

    def _staked(self, room: str) -> bytes:
        return self._link.key(f"staked:{room}")

    def _settled(self, user_id: int, key: str) -> bytes:
        return self._link.key(f"settled:{user_id}:{key}")


async def holds_on_record(link: RedisLink) -> list[OnRecord]:
    """What every player has on hold, one after the other. Raises UnreachableError."""
    users = await _names(link, "purse:") | await _names(link, "holds:")
    looks = [link.run(LOOK, [link.key(f"purse:{user}"), link.key(f"holds:{user}")]) for user in users]
    found = zip(users, await asyncio.gather(*looks), strict=True)
    return [OnRecord(int(user), int(held), [_decode(hold) for hold in holds]) for user, (held, holds) in found]


async def staked_on_record(link: RedisLink) -> set[str]:
    """The rooms that have stakes on hold. Raises UnreachableError."""
    return await _names(link, "staked:")


async def _names(link: RedisLink, kind: str) -> set[str]:
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
