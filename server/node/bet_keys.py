"""Bet keys: the first bet under a player's key is the only one, for ever."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from server.backends.holds import Hold, WalletBalance
from server.batcher import Batcher
from server.errors import ClientError
from server.messages import Bet, BetOk
from server.rooms.room_names import bet_name
from storage.store import Store


class FirstBet(Struct, frozen=True):
    """What was bet under a key: ``bet`` is its wire name, ``selection`` canonical JSON."""

    room: str
    bet: str
    amount: int
    selection: bytes


class BetKeys:
    """Looks keys up in the books, many at a time."""

    def __init__(self, db: Store) -> None:
        self._db = db
        self._lookups: Batcher[tuple[int, str], FirstBet | None] = Batcher(self._look_up)

    async def first(self, user_id: int, key: str) -> FirstBet | None:
        """The settled bet of this key, as it was placed: moves of the round may have raised it. Raises
        DatabaseUnavailableError."""
        first = await self._lookups.submit((user_id, key))
        if first is None:
            return None
        room, number, place = first.bet.split(".")
        staked = await self._db.first_stake(room, int(number), int(place))
        return first if staked is None else msgspec.structs.replace(first, amount=staked)

    async def _look_up(self, keys: Sequence[tuple[int, str]]) -> Sequence[FirstBet | None]:
        known = await self._db.find_bets(keys)
        found: list[FirstBet | None] = []
        for key in keys:
            bet = known.get(key)
            name = bet_name(bet.room, bet.number, bet.bet_number) if bet else ""
            found.append(FirstBet(bet.room, name, bet.amount, bet.selection) if bet else None)
        return found


def of_hold(hold: Hold) -> FirstBet:
    return FirstBet(hold.room, hold.bet, hold.amount, hold.selection)


def answer(first: FirstBet, request: Bet, canonical: bytes, wallet: WalletBalance) -> BetOk:
    """The answer to a bet whose key is known. Raises ClientError key_conflict when it is another bet."""
    same = first.room == request.room and first.amount == request.amount
    if not same or msgspec.json.decode(first.selection) != msgspec.json.decode(canonical):
        raise ClientError("key_conflict", bet=first.bet)
    return BetOk(first.bet, first.bet.rpartition(".")[0], wallet.balance, wallet.held, wallet.version)
