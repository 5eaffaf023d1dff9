"""How bets and moves come into a round: what they stake is on hold, and they are in the journal, before they count."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from msgspec import Raw

from game_engine.game import Bet, CarriedStake, Command, RefusedError, Seat, Step
from server import messages
from server.backends.holds import Hold, WalletBalance
from server.errors import ClientError
from server.messages import encode
from server.rooms.live_round import Bettor, LiveRound
from server.rooms.room_deps import Setting
from server.rooms.round_store import RoundStore
from server.rooms.seating import Sitting
from storage.errors import DatabaseUnavailableError

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")
ROOM_S_OWN = "\x1f"
"""Begins the keys of bets that a room places; no client's key has it."""


class Betting:
    """Of one room; ``follow`` tells what a step led to, and sees to what comes next."""

    def __init__(self, setting: Setting, backing: RoundStore, follow: Callable[[LiveRound, Step[Any]], None]) -> None:
        self._setting = setting
        self._backing = backing
        self._follow = follow

    async def place(
        self, round_: LiveRound, sitting: Sitting, amount: int, selection: Any, key: str
    ) -> tuple[Hold, WalletBalance]:
        """Bet for a player. Raises ClientError, KeyUsedError; then nothing has changed."""
        bet = Bet(sitting.seat, round_.next_bet, amount, sitting.client_seed, selection)
        stake = allowed(round_.stake_of, bet)
        canonical = encode(selection)
        hold = Hold(sitting.user_id, key, stake, self._setting.place.room, round_.bet_name(bet.number), canonical)
        wallet, step = await self.stake_and_apply(round_, bet, hold)
        round_.placed(Bettor(sitting.user_id, sitting.username, sitting.session_id), bet, hold)
        # Who bets has the reply, so nobody waits for this: a bet that ends the round is told with its end.
        placed = messages.BetPlaced(sitting.username, hold.bet, hold.amount, Raw(canonical))
        self._setting.frames.add(placed, in_company=step.outcome is not None)
        self._follow(round_, step)
        return hold, wallet

    async def stake_and_apply(self, round_: LiveRound, command: Command, hold: Hold) -> tuple[WalletBalance, Step[Any]]:
        """Apply the command once its stake is on hold and it is in the journal. Raises ClientError, KeyUsedError; then
        nothing has changed."""
        at, step = allowed(round_.attempt, command, self._setting.services.clock.now_ms())
        wallet = await self._backing.stake(hold, at, command)
        round_.adopt(at, command, step)
        return wallet, step

    async def apply(self, round_: LiveRound, command: Command) -> Step[Any]:
        """Apply a command that stakes nothing once it is in the journal. Raises ClientError; then nothing has
        changed."""
        at, step = allowed(round_.attempt, command, self._setting.services.clock.now_ms())
        await self._backing.record(at, command)
        round_.adopt(at, command, step)
        return step

    async def place_again(
        self, round_: LiveRound, standing: Iterable[CarriedStake], bettors: Mapping[Seat, Bettor]
    ) -> None:
        """Bet what stays on from the round before, for those who are still there and can."""
        for place, stake in enumerate(standing, start=1):
            sitting = self._setting.seating.at(stake.seat)
            if sitting is None or sitting.user_id != bettors[stake.seat].user_id:
                continue
            key = f"{ROOM_S_OWN}{round_.name}.{place}"
            try:
                await self._setting.services.holds.learn_losses(sitting.user_id)
                await self.place(round_, sitting, stake.amount, stake.selection, key)
            except (ClientError, DatabaseUnavailableError) as error:
                log.info("%s: what stayed on for seat %s is not bet again: %s", round_.name, stake.seat, error)


def allowed(call: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """The engine's answer, its refusals as problems of the wire."""
    try:
        return call(*args, **kw)
    except RefusedError as refusal:
        extra = {"field": refusal.field} if refusal.field else {}
        raise ClientError(refusal.code, refusal.message, **extra) from None
