"""What stands behind a room's live round outside this process: its stakes at the bank, its commands in the journal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from game_engine.game import Command
from server.backends.bus import Claim
from server.backends.holds import Hold, WalletBalance
from server.backends.lease import LeaseLostError
from server.errors import UnreachableError
from server.rooms.live_round import LiveRound
from server.rooms.room_deps import Services
from server.tasks import Tasks
from storage.settlement import WalletChange

ASK_AGAIN = 0.1
"""Seconds before bank and journal are asked again when they were away."""


class RoundStore:
    """Of one room, as long as it is this node's: what must be done waits however long bank and journal are away."""

    def __init__(self, claim: Claim, services: Services, tasks: Tasks) -> None:
        self._claim = claim
        self._services = services
        self._tasks = tasks
        self._in_doubt = False
        """A hold may be at the bank of which the room knows nothing: the answer was lost."""
        self._giving_back: set[tuple[int, str]] = set()
        """Users and keys of such holds until they are gone for certain."""

    async def stake(self, hold: Hold, at: int, command: Command) -> WalletBalance:
        """Put the stake on hold, and then the command on record. Raises ClientError and KeyUsedError; then neither is
        there, or not for long."""
        self.require_no_doubt(hold.user_id, hold.key)
        try:
            wallet = await self._services.holds.hold(self._claim, hold)
            await self.record(at, command)
        except UnreachableError:
            self._in_doubt = True
            self._giving_back.add((hold.user_id, hold.key))
            self._tasks.start(self._give_back(hold))
            raise
        return wallet

    def require_no_doubt(self, user_id: int, key: str) -> None:
        """What is held under the key, if anything, is a bet. Raises UnreachableError: it is about to go, and the same
        hold again would go with it."""
        if (user_id, key) in self._giving_back:
            raise UnreachableError(f"what user {user_id} held under a key is being given back")

    async def _give_back(self, hold: Hold) -> None:
        await self._insist(partial(self._services.holds.release, self._claim, [hold]))
        self._giving_back.discard((hold.user_id, hold.key))

    async def record(self, at: int, command: Command) -> None:
        """Put a command on record. Raises UnreachableError."""
        await self._services.journal.append(self._claim, at, command)
        # Whoever was stopped with the answer on its way wakes up to it, and may own the room no more.
        if not await self._services.confirm(self._claim):
            raise LeaseLostError(self._claim.room)

    def note(self, at: int, command: Command) -> None:
        """Put a command on record for which nobody waits."""
        self._services.journal.append_nowait(self._claim, at, command)

    async def settled(
        self, round_: LiveRound, wallets: Iterable[WalletChange], lost: dict[int, int], upcoming: LiveRound | None
    ) -> bool:
        """The round is committed, and another follows. False: the room is another node's now."""
        holds = self._services.holds
        return await self._over(partial(holds.settle, self._claim, round_.holds, wallets, lost), upcoming)

    async def void(self, round_: LiveRound, upcoming: LiveRound | None) -> bool:
        """The round is void, and another follows. False: the room is another node's now."""
        return await self._over(partial(self._services.holds.release, self._claim, round_.holds), upcoming)

    async def restore(self, round_: LiveRound | None) -> bool:
        """See to it that bank and journal know the live round: they may have forgotten everything. False: the room is
        another node's now."""
        return await self._insist(partial(self._put_back, round_))

    async def _put_back(self, round_: LiveRound | None) -> None:
        if round_ is None or round_.ended:
            return
        await self._services.holds.restore(self._claim, round_.holds)
        await self._services.journal.open(self._claim, round_.open_row(round_.opened_at))
        for at, command in round_.journal:
            self.note(at, command)

    async def _over(self, let_go: Callable[[], Awaitable[None]], upcoming: LiveRound | None) -> bool:
        return await self._insist(let_go) and await self._insist(partial(self._begin, upcoming))

    async def _begin(self, upcoming: LiveRound | None) -> None:
        services, claim = self._services, self._claim
        if self._in_doubt:
            await services.holds.release(claim, await services.holds.left_in(claim.room))
            self._in_doubt = False
        if upcoming is None:
            await services.journal.clear(claim)
        else:
            await services.journal.open(claim, upcoming.open_row(services.clock.now_ms()))

    async def _insist(self, do: Callable[[], Awaitable[None]]) -> bool:
        while await self._services.confirm(self._claim):
            try:
                await do()
            except UnreachableError:
                await asyncio.sleep(ASK_AGAIN)
            else:
                return True
        return False
