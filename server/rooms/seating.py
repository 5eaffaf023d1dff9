"""Who sits where in a room, who is away, and how long a seat is kept."""

import asyncio
from collections.abc import Callable

from game_engine.game import Seat
from server.errors import ClientError
from server.messages import PlayerAway, PlayerJoined, PlayerLeft, RoomEvent, Sitter


class Sitting:
    """One player's stay in a room. ``client_seed`` is the one that counts in the round that is open; ``nodes`` have a
    connection of the player to the room."""

    __slots__ = ("away", "client_seed", "grace", "leaving", "nodes", "seat", "session_id", "user_id", "username")

    def __init__(self, seat: Seat, user_id: int, username: str, client_seed: str, session_id: int) -> None:
        self.seat = seat
        self.user_id = user_id
        self.username = username
        self.client_seed = client_seed
        self.session_id = session_id
        self.away = False
        self.leaving = False
        self.nodes: set[str] = set()
        self.grace: asyncio.TimerHandle | None = None

    def described(self) -> Sitter:
        return Sitter(self.username, self.session_id, self.away, self.seat)

    def renewed(self, username: str, client_seed: str) -> list[RoomEvent]:
        """Take over what counts from the next round on; what the room has to be told of a new name."""
        old, self.username, self.client_seed = self.username, username, client_seed
        if old == username:
            return []
        told: list[RoomEvent] = [PlayerJoined(username, self.session_id, self.seat), PlayerLeft(old)]
        return [*told, PlayerAway(username)] if self.away else told


class Seating:
    """The seats of one room, 0 … ``size`` − 1."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._by_user: dict[int, Sitting] = {}
        self._taken: set[Seat] = set()
        self._lowest_free = 0

    def __len__(self) -> int:
        return len(self._by_user)

    def of(self, user_id: int | None) -> Sitting | None:
        return None if user_id is None else self._by_user.get(user_id)

    def at(self, seat: Seat) -> Sitting | None:
        return next((sitting for sitting in self._by_user.values() if sitting.seat == seat), None)

    def all(self) -> list[Sitting]:
        return list(self._by_user.values())

    def choose(self, wanted: int | None) -> Seat:
        """A free seat: the one wanted, or the lowest. Raises ClientError room_full."""
        if wanted is not None:
            if wanted >= self.size:
                raise ClientError("bad_request", f"The room has seats 0 to {self.size - 1}.", field="seat")
            if wanted in self._taken:
                raise ClientError("room_full", "The seat is taken.", field="seat")
            return Seat(wanted)
        while self._lowest_free in self._taken:
            self._lowest_free += 1
        if self._lowest_free >= self.size:
            raise ClientError("room_full")
        return Seat(self._lowest_free)

    def sit(self, sitting: Sitting) -> None:
        self._by_user[sitting.user_id] = sitting
        self._taken.add(sitting.seat)

    def stand(self, sitting: Sitting) -> None:
        self._stop_grace(sitting)
        del self._by_user[sitting.user_id]
        self._taken.discard(sitting.seat)
        self._lowest_free = min(self._lowest_free, sitting.seat)

    def went_away(self, sitting: Sitting, grace: float, gone: Callable[[], None]) -> None:
        """The player's last connection is lost: keep the seat for ``grace`` seconds, then call ``gone``."""
        self._stop_grace(sitting)
        sitting.away = True
        sitting.grace = asyncio.get_running_loop().call_later(grace, gone)

    def came_back(self, sitting: Sitting) -> None:
        self._stop_grace(sitting)
        sitting.away = sitting.leaving = False

    def close(self) -> None:
        for sitting in self._by_user.values():
            self._stop_grace(sitting)

    @staticmethod
    def _stop_grace(sitting: Sitting) -> None:
        if sitting.grace is not None:
            sitting.grace.cancel()
            sitting.grace = None
