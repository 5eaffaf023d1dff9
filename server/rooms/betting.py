"""How bets and moves enter a round: they count as soon as their stake is on hold and they are in the journal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct, UnsetType

from game_engine.game import Act, Bet, Command, RefusedError, Step
from server.backends.bus import Claim
from server.backends.holds import Hold, WalletBalance
from server.backends.lease import LeaseLostError
from server.clock import RoundClock
from server.errors import OWN_WORDS, ClientError, UnreachableError
from server.messages import encode
from server.retry import Attempts
from server.rooms.live_round import LiveRound, SeatedPlayer, void_bet
from server.rooms.membership import Member
from server.rooms.room_deps import RoomDeps
from server.tasks import Tasks
from storage.settlement import EndedBet, WalletChange

T = TypeVar("T")
P = ParamSpec("P")


class PlacedBet(Struct, frozen=True):
    """An accepted bet, the player's wallet after it, and the step to which it led."""

    hold: Hold
    wallet: WalletBalance
    step: Step[Any]


class StakesAndJournal:
    """The parts of a room's live round outside this process: its stakes in the holds backend, its commands in the
    journal.

    While this node owns the room, it retries what must be done until both backends have answered.
    """

    def __init__(self, claim: Claim, deps: RoomDeps, tasks: Tasks) -> None:
        self._claim = claim
        self._deps = deps
        self._tasks = tasks
        self._may_have_unknown_holds = False
        """The answer to a hold was lost, so the backend may keep a hold that is no bet."""
        self._releasing: set[tuple[int, str]] = set()
        """The users and keys of such holds, until the backend has confirmed their release."""
        self._writing_again = asyncio.Lock()

    async def stake(
        self, hold: Hold, at: int, command: Command, bet: EndedBet | None, *, staked: int = 0, stands: bool = False
    ) -> WalletBalance:
        """Take the hold (``staked`` and ``stands`` are as in ``Holds.hold``), then record the command (see ``record``).
        Raises ClientError, KeyUsedError; then neither exists, or both will be removed."""
        self.require_key_free(hold.user_id, hold.key)
        try:
            wallet = await self._deps.holds.hold(self._claim, hold, staked=staked, stands=stands)
            await self.record(at, command, bet)
        except UnreachableError:
            self._may_have_unknown_holds = True
            self._releasing.add((hold.user_id, hold.key))
            self._tasks.start(self._release(hold))
            raise
        return wallet

    def require_key_free(self, user_id: int, key: str) -> None:
        """Raises UnreachableError while a hold with this key is being released: the backend still answers with it,
        and a new hold with this key would be released as well."""
        if (user_id, key) in self._releasing:
            raise UnreachableError(f"a hold of user {user_id} is being released")

    async def _release(self, hold: Hold) -> None:
        await self._retry(partial(self._deps.holds.release, self._claim, [hold]))
        self._releasing.discard((hold.user_id, hold.key))

    async def record(self, at: int, command: Command, bet: EndedBet | None = None) -> None:
        """Append a command to the journal, with the bet that it placed, as it is if the round becomes void. Raises
        UnreachableError."""
        await self._deps.journal.append(self._claim, at, command, bet)
        # If this process was paused while the answer was on its way, another node may own the room by now.
        if not await self._deps.lease.confirm(self._claim):
            raise LeaseLostError(self._claim.room)

    def record_nowait(self, at: int, command: Command, bet: EndedBet | None = None) -> None:
        """Append a command for which no client waits."""
        self._deps.journal.append_nowait(self._claim, at, command, bet)

    async def finish_recorded(
        self, round_: LiveRound, wallets: Iterable[WalletChange], losses: dict[int, int], upcoming: LiveRound | None
    ) -> bool:
        """The round is on record as settled or void, and ``upcoming`` follows. Returns False if another node owns the
        room now."""
        settle = partial(self._deps.holds.settle, self._claim, round_.holds, wallets, losses)
        return await self._retry(settle) and await self._retry(partial(self._begin, upcoming))

    async def finish_unrecorded(self, round_: LiveRound, upcoming: LiveRound | None) -> bool:
        """The round is void, which the ledger could not record, and ``upcoming`` follows. Returns False if another node
        owns the room now."""
        release = partial(self._deps.holds.release, self._claim, round_.holds)
        return await self._retry(release) and await self._retry(partial(self._begin, upcoming))

    async def restore(self, round_: LiveRound | None) -> bool:
        """Write the live round's holds and journal again: the backends may have lost everything. Returns False if
        another node owns the room now."""
        async with self._writing_again:
            return await self._retry(partial(self._write_again, round_))

    async def _write_again(self, round_: LiveRound | None) -> None:
        if round_ is None or round_.ended:
            return
        await self._deps.holds.restore(self._claim, round_.holds)
        await self._deps.journal.open(self._claim, round_.open_row(round_.opened_at))
        for at, command in round_.journal:
            self.record_nowait(at, command, round_.void_bet(command.number, at) if isinstance(command, Bet) else None)

    async def _begin(self, upcoming: LiveRound | None) -> None:
        holds, journal, claim = self._deps.holds, self._deps.journal, self._claim
        if self._may_have_unknown_holds:
            await holds.release(claim, await holds.left_in(claim.room))
            self._may_have_unknown_holds = False
        if upcoming is None:
            await journal.clear(claim)
        else:
            await journal.open(claim, upcoming.open_row(self._deps.clock.now_ms()))

    async def _retry(self, do: Callable[[], Awaitable[None]]) -> bool:
        async for _ in Attempts(self._deps.retry_s):
            if not await self._deps.lease.confirm(self._claim):
                return False
            with suppress(UnreachableError):
                await do()
                return True
        raise AssertionError("attempts without a deadline do not end")


class Betting:
    """Applies the commands of players to the round of one room."""

    def __init__(self, deps: RoomDeps, clock: RoundClock, stakes_and_journal: StakesAndJournal) -> None:
        self._deps = deps
        self._clock = clock
        self._stakes_and_journal = stakes_and_journal

    async def place(
        self,
        round_: LiveRound,
        member: Member,
        amount: int,
        selection: Any,
        *,
        key: str,
        client_seed: str | None,
        stands: bool,
        brings_back: int | UnsetType,
    ) -> PlacedBet:
        """Place a bet; ``stands``: its stake stayed in the game after the round before. Raises ClientError,
        KeyUsedError; then nothing has changed."""
        bet = Bet(
            seat=member.seat,
            number=round_.next_bet,
            amount=amount,
            client_seed=self._client_seed(round_, member, client_seed),
            selection=selection,
            brings_back=brings_back,
        )
        hold = Hold(
            user_id=member.user_id,
            key=key,
            amount=allowed(round_.stake_of, bet),
            room=round_.setup.room,
            bet=round_.bet_name(bet.number),
            selection=encode(selection),
        )
        at, step = allowed(round_.attempt, bet, self._clock.now_ms())
        on_record = void_bet(hold, bet.number, member.session_id, at)
        staked = round_.new_stakes[member.user_id]
        wallet = await self._stakes_and_journal.stake(hold, at, bet, on_record, staked=staked, stands=stands)
        round_.adopt(at, bet, step)
        player = SeatedPlayer(member.user_id, member.username, member.session_id)
        round_.add_bet(player, bet, hold, stands=stands)
        return PlacedBet(hold, wallet, step)

    def _client_seed(self, round_: LiveRound, member: Member, wanted: str | None) -> str:
        """The client seed that counts for the player in this round: that of their first bet, which is the wanted one or
        the account's own. The server seed is committed to before any of them. Raises ClientError not_signed_in."""
        counts = round_.client_seed_of(member.seat) or wanted
        if counts is not None:
            return counts
        account = self._deps.holds.account(member.user_id)
        if account is None:
            raise ClientError("not_signed_in")
        return account.client_seed

    async def act(self, round_: LiveRound, user_id: int, command: Act) -> Step[Any]:
        """Apply a move, with its stake if it has one. Raises ClientError; then nothing has changed."""
        stake = allowed(round_.stake_of, command)
        at, step = allowed(round_.attempt, command, self._clock.now_ms())
        if stake == 0:
            await self._stakes_and_journal.record(at, command)
            round_.adopt(at, command, step)
            return step
        hold = Hold(
            user_id=user_id,
            key=round_.own_key(),
            amount=stake,
            room=round_.setup.room,
            bet=round_.name,
            selection=b"null",
        )
        await self._stakes_and_journal.stake(hold, at, command, None, staked=round_.new_stakes[user_id])
        round_.adopt(at, command, step)
        round_.add_hold(hold)
        return step


def allowed(call: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """Call the engine. Its refusals become ClientErrors."""
    try:
        return call(*args, **kw)
    except RefusedError as refusal:
        members = {"field": refusal.field, "reason": refusal.reason or OWN_WORDS, "values": refusal.values}
        given = {name: member for name, member in members.items() if member}
        raise ClientError(refusal.code, refusal.message, **given) from None
