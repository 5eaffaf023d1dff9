"""The holds of nodes that share a Redis. Each change is one script, which may be sent again.

A hold is stored twice in the same bytes: under its player, whose wallet counts it, and under its room, where the room's
next owner finds it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import msgspec
from msgspec import Struct

from server.backends.bus import Bus, Claim
from server.backends.holds import (
    REMEMBER_ANSWER_MS,
    REMEMBER_KEY_MS,
    CachedAccount,
    Hold,
    KeyUsedError,
    OnWalletChange,
    PlayerSource,
    WalletBalance,
    check_stake_limits,
    limits_outdated,
    loss_limit_exceeded,
    losses_outdated,
)
from server.backends.holds_lua import EXPIRE_LIMITS, FIND, HOLD, READ_HOLDS, RELEASE, RESTORE, SETTLE
from server.backends.lease import LeaseLostError
from server.backends.redis_link import Argument, RedisLink, Script
from server.backends.wallet_cache import UNKNOWN_WALLET, CachedWallet, Losses, RedisWallet, WalletCache, run_all
from server.clock import Clock, utc
from server.errors import ClientError, UnreachableError
from storage.limits import DAY_MS, effective
from storage.settlement import WalletChange
from storage.store import PlayerRow

log = logging.getLogger(__name__)

LOAD_LIMITS_TRIES: Final = 3
REFUSALS: Final[Mapping[bytes, Callable[[], ClientError]]] = {
    b"old_limits": limits_outdated,
    b"old_losses": losses_outdated,
    b"over_budget": loss_limit_exceeded,
}
"""By the verdict of the script."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Hold).decode


class RecordedHolds(Struct, frozen=True):
    """What Redis has of a player at one moment: the sum on hold, in cents, and the holds."""

    user_id: int
    held: int
    holds: list[Hold]


class RedisHolds:
    """The Holds of one node among several. Loading changed limits from the database takes at most ``load_s``: a room's
    turn does not wait longer for a database that does not answer."""

    def __init__(
        self,
        link: RedisLink,
        bus: Bus,
        clock: Clock,
        players: PlayerSource,
        on_change: OnWalletChange,
        *,
        load_s: float = 1.0,
    ) -> None:
        self._link = link
        self._clock = clock
        self._players = players
        self._load_s = load_s
        self._wallets = WalletCache(link, bus, on_change)
        self._owners, self._run, self._fresh = link.key("owners"), link.key("run"), link.key("fresh")

    # -- cached accounts --

    async def enter(self, row: PlayerRow) -> CachedAccount:
        return await self._wallets.enter(row)

    def exit(self, user_id: int) -> None:
        self._wallets.exit(user_id)

    def account(self, user_id: int) -> CachedAccount | None:
        return self._wallets.account(user_id)

    def user_ids(self) -> list[int]:
        return self._wallets.user_ids()

    def total_held(self) -> int:
        return self._wallets.total_held()

    def refresh(self, row: PlayerRow) -> None:
        self._wallets.refresh(row)

    def update_wallet(self, change: WalletChange) -> None:
        self._wallets.update(change)

    async def known_wallets(self) -> list[WalletChange]:
        return await recorded_wallets(self._link)

    async def set_back(self, wallet: WalletChange, seen: WalletChange) -> bool:
        return await self._wallets.set_back(wallet, seen)

    async def expire_limits(self, user_id: int, version: int) -> None:
        args = [*self._wallets.known(user_id), version]
        await self._link.run(EXPIRE_LIMITS, [self._wallets.key(user_id)], args)

    # -- holds --

    async def held(self, user_id: int) -> int:
        return int(await self._link.call("HGET", self._wallets.key(user_id), "held") or 0)

    async def find(self, user_id: int, key: str) -> Hold | None:
        found = await self._link.run(FIND, [self._holds_key(user_id), self._settled_key(user_id, key)], [key])
        return None if found is None else _decode(found)

    def remember(self, used: Hold) -> None:
        key, failed = self._settled_key(used.user_id, used.key), partial(_not_remembered, used)
        self._link.post("SET", key, _encode(used), "PX", REMEMBER_ANSWER_MS, "NX", on_failure=failed)

    async def left_in(self, room: str) -> list[Hold]:
        return [_decode(found) for found in await self._link.call("HVALS", self._staked_key(room))]

    async def learn_losses(self, user_id: int) -> None:
        wallet = self._wallets.get(user_id)
        if wallet is None or not wallet.account.limits:
            return
        today = self._clock.now_ms() // DAY_MS
        while effective(wallet.account.limits, self._clock.now_ms()).loss_a_day is not None:
            # Read the version first: a settlement in between makes the answer outdated, never wrong.
            version = wallet.account.version
            if wallet.losses is not None and (wallet.losses.day, wallet.losses.version) == (today, version):
                break
            lost = await self._players.lost_since(user_id, utc(today * DAY_MS))
            wallet.losses = Losses(day=today, version=version, cents=lost)

    async def hold(self, claim: Claim, hold: Hold, *, staked: int = 0, stands: bool = False) -> WalletBalance:
        wallet = self._wallets.get(hold.user_id)
        if wallet is None:
            raise ClientError("not_signed_in")
        verdict, *rest = await self._try_hold(wallet, claim, hold, staked, stands)
        for _ in range(LOAD_LIMITS_TRIES):
            if verdict != b"old_limits":
                break
            await self._load_limits(hold.user_id)
            verdict, *rest = await self._try_hold(wallet, claim, hold, staked, stands)
        if verdict == b"not_owner":
            raise LeaseLostError(claim.room)
        if verdict == b"restoring":
            raise UnreachableError("Redis was restarted or emptied; stakes of live rounds are being restored")
        if verdict == b"used":
            raise KeyUsedError(_decode(rest[0]))
        stored: RedisWallet = rest[0]
        self._wallets.publish(hold.user_id, stored)
        balance, version, held, _ = stored
        if verdict == b"held":
            return WalletBalance(balance, held, version)
        if verdict == b"insufficient":
            raise ClientError("insufficient_funds", available=balance - held)
        raise REFUSALS[verdict]()

    async def _try_hold(self, wallet: CachedWallet, claim: Claim, hold: Hold, staked: int, stands: bool) -> list[Any]:
        budget, losses_version = self._budget(wallet, hold.amount, staked, stands)
        keys = [*self._keys(hold.user_id, claim.room), self._owners, self._settled_key(hold.user_id, hold.key)]
        keys += [self._run, self._fresh]
        args = [*wallet.known(), claim.room, claim.token, *_arguments([hold])]
        args += [budget, losses_version, wallet.account.limits_at]
        answer: list[Any] = await self._link.run(HOLD, keys, args)
        return answer

    async def _load_limits(self, user_id: int) -> None:
        """The limits were changed on another node, and this node may not have heard of it yet."""
        try:
            async with asyncio.timeout(self._load_s):
                row = await self._players.load(user_id)
                if row is not None:
                    self.refresh(row)
                await self.learn_losses(user_id)
        except TimeoutError:
            raise limits_outdated() from None

    def _budget(self, wallet: CachedWallet, amount: int, staked: int, stands: bool) -> tuple[Argument, int]:
        """Cents that the player may have on hold, or have lost beyond what the database had counted, and the version of
        the wallet at that count; an empty string: any."""
        now_ms = self._clock.now_ms()
        loss_limit = check_stake_limits(wallet.account, amount, now_ms, staked=staked, stands=stands)
        if loss_limit is None:
            return "", 0
        if wallet.losses is None or wallet.losses.day != now_ms // DAY_MS:
            raise losses_outdated()
        return loss_limit - wallet.losses.cents, wallet.losses.version

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await run_all(self._run_as_owner(RELEASE, claim, *each, []) for each in _by_user(holds).items())

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        await run_all(
            self._run_as_owner(RESTORE, claim, user_id, own, self._settled_keys(user_id, own))
            for user_id, own in _by_user(holds).items()
        )

    async def _run_as_owner(
        self, script: Script, claim: Claim, user_id: int, holds: list[Hold], settled_keys: list[bytes]
    ) -> None:
        keys = [*self._keys(user_id, claim.room), self._owners, *settled_keys]
        args = [*self._wallets.known(user_id), claim.room, claim.token, *_arguments(holds)]
        stored = await self._link.run(script, keys, args)
        if stored is None:
            raise LeaseLostError(claim.room)
        self._wallets.publish(user_id, stored)

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        by_user = _by_user(holds)
        wallets = {change.user_id: (change.balance, change.version) for change in changes}
        await run_all(
            self._settle(claim, user_id, by_user.get(user_id, []), wallets.get(user_id, UNKNOWN_WALLET))
            for user_id in {**by_user, **wallets}
        )

    async def _settle(self, claim: Claim, user_id: int, holds: list[Hold], wallet: tuple[int, int]) -> None:
        keys = [*self._keys(user_id, claim.room), *self._settled_keys(user_id, holds)]
        stored = await self._link.run(SETTLE, keys, [*wallet, REMEMBER_KEY_MS, *_arguments(holds)])
        self._wallets.publish(user_id, stored)

    def _keys(self, user_id: int, room: str) -> tuple[bytes, bytes, bytes]:
        return self._wallets.key(user_id), self._holds_key(user_id), self._staked_key(room)

    def _holds_key(self, user_id: int) -> bytes:
        return self._link.key(f"holds:{user_id}")

    def _staked_key(self, room: str) -> bytes:
        return self._link.key(f"staked:{room}")

    def _settled_key(self, user_id: int, key: str) -> bytes:
        return self._link.key(f"settled:{user_id}:{key}")

    def _settled_keys(self, user_id: int, holds: Iterable[Hold]) -> list[bytes]:
        return [self._settled_key(user_id, hold.key) for hold in holds]


async def recorded_holds(link: RedisLink) -> list[RecordedHolds]:
    """What every player has on hold, read one player after the other. Raises UnreachableError."""
    users = await _suffixes(link, "wallet:") | await _suffixes(link, "holds:")
    reads = [link.run(READ_HOLDS, [link.key(f"wallet:{user}"), link.key(f"holds:{user}")]) for user in users]
    found = zip(users, await asyncio.gather(*reads), strict=True)
    return [RecordedHolds(int(user), int(held), [_decode(hold) for hold in holds]) for user, (held, holds) in found]


async def recorded_wallets(link: RedisLink) -> list[WalletChange]:
    """Every wallet that Redis keeps. Raises UnreachableError."""
    users = sorted(await _suffixes(link, "wallet:"))
    reads = [link.call("HMGET", link.key(f"wallet:{user}"), "balance", "version") for user in users]
    found = zip(users, await asyncio.gather(*reads), strict=True)
    return [
        WalletChange(int(user), int(balance), int(version))
        for user, (balance, version) in found
        if version is not None and balance is not None
    ]


async def rooms_with_stakes(link: RedisLink) -> set[str]:
    """The rooms that have stakes on hold. Raises UnreachableError."""
    return await _suffixes(link, "staked:")


async def _suffixes(link: RedisLink, prefix: str) -> set[str]:
    """What follows ``prefix`` in the names of all keys that begin with it."""
    start, cursor, names = link.key(prefix), b"0", set()
    while True:
        cursor, found = await link.call("SCAN", cursor, "MATCH", start + b"*", "COUNT", 1000)
        names |= {name.removeprefix(start).decode() for name in found}
        if cursor == b"0":
            return names


def _not_remembered(used: Hold, error: Exception) -> None:
    log.warning(
        "%s: Redis did not take an answer to user %d; only the room knows it: %s",
        used.room,
        used.user_id,
        error,
        extra={"room": used.room, "user_id": used.user_id},
    )


def _by_user(holds: Iterable[Hold]) -> dict[int, list[Hold]]:
    by_user: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_user[hold.user_id].append(hold)
    return by_user


def _arguments(holds: Iterable[Hold]) -> list[Argument]:
    """Holds as the scripts take them."""
    args: list[Argument] = []
    for hold in holds:
        args += [hold.key, f"{hold.user_id} {hold.key}", _encode(hold), hold.amount]
    return args
