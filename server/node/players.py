"""The players who are here: their wallets as last seen, their sign-ins, and what is told to them alone."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from server import messages
from server.backends.bus import Bus, PlayerChanged, SignOut, user_channel
from server.backends.choose import MakeHolds
from server.backends.holds import CachedAccount
from server.clock import Clock, to_ms
from server.config import Config
from server.errors import UnreachableError
from server.fanout.sockets import LocalSockets
from server.messages import encode
from server.tasks import Tasks
from storage.errors import DatabaseUnavailableError
from storage.history import lost_since
from storage.settlement import WalletChange
from storage.store import PlayerRow, Store

log = logging.getLogger(__name__)

AT_ONCE = 250
"""Players that one look at the database is for; then sockets and rooms have their turn."""


class Edge(Struct, frozen=True):
    """Time, the database, and chance (``Services.draw_seed``)."""

    clock: Clock
    db: Store
    draw_seed: Callable[[], str]


class PlayerRecords:
    """The database as the holds backend asks it about players."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def load(self, user_id: int) -> PlayerRow | None:
        return (await self._db.load_players([user_id])).get(user_id)

    async def lost_since(self, user_id: int, since: datetime) -> int:
        return await lost_since(self._db, user_id, since)


class Players:
    """What changes a player outside a round goes through here, so that sockets on all nodes hear of it."""

    def __init__(self, config: Config, edge: Edge, bus: Bus, sockets: LocalSockets, make_holds: MakeHolds) -> None:
        self._config = config
        self._clock = edge.clock
        self._db = edge.db
        self._bus = bus
        self._sockets = sockets
        self._changed: dict[int, CachedAccount] = {}
        """The accounts whose wallets changed in this turn of the loop."""
        self._missed = asyncio.Event()
        self._tasks = Tasks("players")
        self._records = PlayerRecords(edge.db)
        self.holds = make_holds(edge.clock, self._records, self._wallet_changed)
        bus.on_loss(self._missed.set)

    async def held(self, user_id: int) -> int:
        """Cents of this player on hold. Raises UnreachableError."""
        return await self.holds.held(user_id)

    async def has_live_bets(self, user_id: int) -> bool:
        return await self.holds.held(user_id) > 0

    async def sign_out(self, user_id: int, close: str) -> None:
        """Close the player's sockets on all nodes, with the close of this name."""
        self._bus.publish(user_channel(user_id), SignOut(user_id, close))

    async def wallet_changed(self, change: WalletChange) -> None:
        """The ledger has changed a wallet outside a round."""
        self.holds.update_wallet(change)

    async def account_changed(self, user_id: int) -> None:
        """The database knows something new of this player: name, client seed, limits. From here on no stake passes
        the new limits, at whatever node. Raises DatabaseUnavailableError."""
        row = await self._look_up(user_id)
        if row is not None:
            # Who can't be told now finds it at the next look.
            with suppress(UnreachableError):
                await self.holds.expire_limits(user_id, row.version)
        self._bus.publish(user_channel(user_id), PlayerChanged(user_id))

    def changed_elsewhere(self, user_id: int) -> None:
        """Another node says that the database has something new about the player: look it up."""
        self._tasks.start(self._look_up(user_id))

    async def _look_up(self, user_id: int) -> PlayerRow | None:
        row = await self._records.load(user_id)
        if row is not None:
            self.holds.refresh(row)
        return row

    async def refresh_for_ever(self) -> None:
        """Look for what changed beside this server, every ``refresh`` seconds."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._missed.wait(), self._config.refresh)
            self._missed.clear()
            try:
                await self.refresh()
            except DatabaseUnavailableError as error:
                log.warning("can't look for changes beside the server: %s", error)
            except Exception:
                log.exception("the look for changes beside the server failed")

    async def refresh(self) -> None:
        """See what an operator or another node has changed: wallets, names, disabled and deleted accounts, tokens."""
        present = self.holds.user_ids()
        for first in range(0, len(present), AT_ONCE):
            some = present[first : first + AT_ONCE]
            rows = await self._db.load_players(some)
            for user_id in some:
                self._take_over(user_id, rows.get(user_id))

    def _take_over(self, user_id: int, row: PlayerRow | None) -> None:
        if row is None or not row.is_active:
            out = SignOut(user_id, "account_disabled")
        else:
            self.holds.refresh(row)
            out = SignOut(user_id, "signed_out", self._good_from(row))
        self._sockets.sign_out(out)

    def _good_from(self, row: PlayerRow) -> int | None:
        """The first moment whose token is neither replaced nor expired; None: no token is good."""
        if row.token_created_at is None:
            return None
        oldest = self._clock.now_ms() - self._config.token_ttl * 1000 + 1
        return max(to_ms(row.token_created_at), oldest)

    def _wallet_changed(self, account: CachedAccount, _soon: bool) -> None:
        """Tell the player at the end of this turn of the loop."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._send_notices)
        self._changed[account.user_id] = account

    def _send_notices(self) -> None:
        accounts, self._changed = self._changed, {}
        for account in accounts.values():
            notice = messages.WalletNotice(account.balance, account.held, account.version)
            self._sockets.send(account.user_id, encode(notice))
