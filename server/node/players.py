"""The players who are connected to this node: their accounts, their sign-ins and notices about their wallets."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from server import messages
from server.backends.bus import Bus, PlayerChanged, SignOut, user_channel
from server.backends.holds import CachedAccount, Holds, was_set_back
from server.clock import Clock, utc
from server.config import Config
from server.errors import SignOutReason, UnreachableError, known_reason
from server.fanout.sockets import LocalSockets
from server.messages import encode
from server.node.owned_rooms import OwnedRooms
from server.tasks import Tasks
from storage.errors import DatabaseUnavailableError
from storage.history import lost_since
from storage.settlement import WalletChange
from storage.store import PlayerRow, Store, TokenState
from storage.tokens import has_expired, is_use_due, record_use, states

log = logging.getLogger(__name__)


class PlayerRecords:
    """Answers the questions of the holds backend about players from the database."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def load(self, user_id: int) -> PlayerRow | None:
        return (await self._db.load_players([user_id])).get(user_id)

    async def lost_since(self, user_id: int, since: datetime) -> int:
        return await lost_since(self._db, user_id, since)


class WalletNotices:
    """Sends players notices of their wallets, at the end of the event loop's turn in which they changed."""

    def __init__(self, sockets: LocalSockets) -> None:
        self._sockets = sockets
        self._changed: dict[int, CachedAccount] = {}

    def wallet_changed(self, account: CachedAccount) -> None:
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._send)
        self._changed[account.user_id] = account

    def _send(self) -> None:
        accounts, self._changed = self._changed, {}
        for account in accounts.values():
            notice = messages.WalletNotice(account.balance, account.held, account.version)
            self._sockets.send(account.user_id, encode(notice))


class Players:
    """Changes to players outside of rounds go through here, so that their sockets on all nodes learn of them."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        db: Store,
        *,
        bus: Bus,
        sockets: LocalSockets,
        holds: Holds,
        owned_rooms: OwnedRooms,
        batch: int = 250,
    ) -> None:
        """``batch`` players are refreshed at a time; then sockets and rooms have their turn."""
        self.holds = holds
        self._config = config
        self._clock = clock
        self._db = db
        self._bus = bus
        self._sockets = sockets
        self._owned_rooms = owned_rooms
        self._batch = batch
        self._messages_lost = asyncio.Event()
        self._tasks = Tasks("players")
        bus.on_loss(self._messages_lost.set)

    async def held(self, user_id: int) -> int:
        """Cents of this player on hold. Raises UnreachableError."""
        return await self.holds.held(user_id)

    async def has_live_bets(self, user_id: int) -> bool:
        return await self.holds.held(user_id) > 0

    async def sign_out(
        self, user_id: int, reason: SignOutReason, *, only: int | None = None, but: int | None = None
    ) -> None:
        """Close the player's sockets on all nodes: all of them, ``only`` those of the sign-in with this id, or all
        ``but`` those of this one. ``reason`` is a key of ``SIGN_OUTS``."""
        self._bus.publish(user_channel(user_id), SignOut(user_id, "signed_out", reason, only=only, but=but))

    async def account_deleted(self, user_id: int) -> None:
        """Close the player's sockets on all nodes, and remove their chat lines: at once here, and elsewhere at the next
        refresh."""
        self._bus.publish(user_channel(user_id), SignOut(user_id, "account_disabled"))
        self._forget(user_id)

    async def wallet_changed(self, change: WalletChange) -> None:
        """The ledger has changed a wallet outside of a round."""
        self.holds.update_wallet(change)

    async def account_changed(self, user_id: int) -> None:
        """The player's name, client seed or limits have changed in the database. When this returns, no node takes a
        stake above the new limits. Raises DatabaseUnavailableError."""
        row = await self._look_up(user_id)
        if row is not None:
            # A node that can't be reached now learns of the change at its next refresh.
            with suppress(UnreachableError):
                await self.holds.expire_limits(user_id, row.version)
        self._bus.publish(user_channel(user_id), PlayerChanged(user_id))

    def changed_elsewhere(self, user_id: int) -> None:
        """Another node says that the player has changed in the database: look it up."""
        self._tasks.start(self._look_up(user_id))

    async def _look_up(self, user_id: int) -> PlayerRow | None:
        row = (await self._db.load_players([user_id])).get(user_id)
        if row is not None:
            self.holds.refresh(row)
        return row

    async def check_wallets(self) -> None:
        """Set back every known wallet that is newer than the ledger: the database was restored from a backup, while
        Redis kept its copies. Raises DatabaseUnavailableError, UnreachableError."""
        known = await self.holds.known_wallets()
        for first in range(0, len(known), self._batch):
            batch = known[first : first + self._batch]
            await self._set_back_newer(batch, await self._db.load_players([wallet.user_id for wallet in batch]))

    async def _set_back_newer(self, known: Iterable[WalletChange], rows: Mapping[int, PlayerRow]) -> None:
        """``rows`` were read after the wallets were ``known``, so none of them can be older, unless the database is."""
        for seen in known:
            row = rows.get(seen.user_id)
            # Nobody has the id; after a restore, the next account may get it.
            ledger = WalletChange(seen.user_id, 0, -1) if row is None else _wallet_of(row)
            if was_set_back(seen, ledger) and await self.holds.set_back(ledger, seen) and row is not None:
                log.error(
                    "the known wallet of user %d (version %d, %d cents) is not the ledger's (version %d, %d cents), as "
                    "after a restore of the database; the ledger's counts now",
                    seen.user_id,
                    seen.version,
                    seen.balance,
                    ledger.version,
                    ledger.balance,
                    extra={"user_id": seen.user_id},
                )

    async def refresh_forever(self) -> None:
        """Refresh every ``refresh`` seconds (a setting), and after messages from other nodes were lost."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._messages_lost.wait(), self._config.refresh)
            self._messages_lost.clear()
            try:
                await self.refresh()
            except DatabaseUnavailableError as error:
                log.warning("could not refresh players from the database; retrying at the next refresh: %s", error)
            except Exception:
                log.exception("refreshing players failed; retrying at the next refresh")

    async def refresh(self) -> None:
        """Apply the changes that operators and other nodes have made: wallets, names, disabled or deleted accounts,
        tokens."""
        user_ids = self.holds.user_ids()
        authors = {user_id for room in tuple(self._owned_rooms.values()) for user_id in room.chat.authors()}
        await self._forget_deleted(sorted(authors - set(user_ids)))
        for first in range(0, len(user_ids), self._batch):
            batch = user_ids[first : first + self._batch]
            known = [WalletChange(account.user_id, account.balance, account.version) for account in self._cached(batch)]
            rows = await self._db.load_players(batch)
            with suppress(UnreachableError):  # the next refresh tries again
                await self._set_back_newer([wallet for wallet in known if wallet.user_id in rows], rows)
            now = utc(self._clock.now_ms())
            for user_id in batch:
                self._take_over(user_id, rows.get(user_id))
            await self._check_sign_ins(batch, now)

    def _cached(self, user_ids: Iterable[int]) -> list[CachedAccount]:
        found = [self.holds.account(user_id) for user_id in user_ids]
        return [account for account in found if account is not None]

    def _take_over(self, user_id: int, row: PlayerRow | None) -> None:
        if row is None:
            self._forget(user_id)
        if row is None or not row.is_active:
            self._sockets.sign_out(SignOut(user_id, "account_disabled"))
            return
        self.holds.refresh(row)

    async def _check_sign_ins(self, user_ids: Sequence[int], now: datetime) -> None:
        """Close the sockets of sign-ins that have ended, in case the message that said so was lost. The others are in
        use, so they don't expire."""
        ttl_s, due = self._config.token_ttl, []
        sockets = {(user_id, each.token_id) for user_id in user_ids for each in self._sockets.of(user_id)}
        known = await states(self._db, [token_id for _, token_id in sockets if token_id is not None]) if sockets else {}
        for user_id, token_id in sockets:
            state = None if token_id is None else known.get(token_id)
            if state is not None and state.end_reason == "account_disabled":
                # Disabled after the look at the accounts.
                self._sockets.sign_out(SignOut(user_id, "account_disabled"))
            elif state is None or state.end_reason or has_expired(state.used_at, now, ttl_s):
                self._sockets.sign_out(SignOut(user_id, "signed_out", _end_reason(state), only=token_id))
            elif is_use_due(state.used_at, now, ttl_s):
                due.append(state.token_id)
        if due:
            await record_use(self._db, due, now, ttl_s)

    async def _forget_deleted(self, user_ids: list[int]) -> None:
        for first in range(0, len(user_ids), self._batch):
            batch = user_ids[first : first + self._batch]
            rows = await self._db.load_players(batch)
            for user_id in set(batch) - rows.keys():
                self._forget(user_id)

    def _forget(self, user_id: int) -> None:
        for room in tuple(self._owned_rooms.values()):
            room.forget(user_id)


def _end_reason(state: TokenState | None) -> SignOutReason | None:
    if state is None:
        return None
    return known_reason(state.end_reason) if state.end_reason else "token_expired"


def _wallet_of(row: PlayerRow) -> WalletChange:
    return WalletChange(row.user_id, row.balance, row.version)
