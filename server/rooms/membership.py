"""How players come to a room, go, and are away for a while."""

from collections.abc import Collection
from functools import partial

from game_engine.game import Leave, Seat
from server import messages
from server.backends.holds import CachedAccount
from server.errors import ClientError
from server.rooms.live_round import Place
from server.rooms.room_deps import Services
from server.rooms.round_loop import RoundLoop
from server.rooms.seating import Seating, Sitting
from server.rooms.turns import Turns
from storage.store import PlayerRow


class Membership:
    """The seats of one room, and the sessions and accounts of those who sit there."""

    def __init__(self, place: Place, seating: Seating, inbox: Turns, rounds: RoundLoop, services: Services) -> None:
        self._place = place
        self._seating = seating
        self._inbox = inbox
        self._rounds = rounds
        self._services = services
        self._closed = False

    async def join(self, account: CachedAccount, wanted: int | None, node: str) -> Sitting:
        """Sit down, or come back to the seat that is kept; ``node`` has the connection. Raises ClientError."""
        async with self._inbox.turn():
            sitting = self._seated(account.user_id, wanted, node)
            if sitting is not None:
                return sitting
        # Nobody's turn waits for the database: a cash-out counts when it comes.
        session_id = await self._services.start_session(account.user_id, self._place.game_id, self._place.room)
        try:
            await self._services.holds.enter(account.row())
        except BaseException:
            self._services.session_ended(session_id)
            raise
        async with self._inbox.own_turn():
            try:
                sitting = self._seated(account.user_id, wanted, node)
                if sitting is None:
                    return self._sit(account, self._seating.choose(wanted), session_id, node)
            except ClientError:
                self._end(account.user_id, session_id)
                raise
            self._end(account.user_id, session_id)
            return sitting

    def _seated(self, user_id: int, wanted: int | None, node: str) -> Sitting | None:
        """The seat that the player has, taken again, or None when one is free for them. Raises ClientError."""
        sitting = self._seating.of(user_id)
        if sitting is not None:
            self._come_back(sitting, node)
            return sitting
        if self._closed:
            raise ClientError("unavailable", "The room is closing; try again.")
        self._seating.choose(wanted)
        return None

    def _sit(self, account: CachedAccount, seat: Seat, session_id: int, node: str) -> Sitting:
        sitting = Sitting(seat, account.user_id, account.username, account.client_seed, session_id)
        sitting.nodes.add(node)
        self._seating.sit(sitting)
        self._rounds.say(messages.PlayerJoined(sitting.username, session_id, sitting.seat))
        return sitting

    async def resume(self, row: PlayerRow, session_id: int) -> None:
        """Somebody who sat here when the room was another node's: the seat is kept for the grace period. Raises
        Problem."""
        account = await self._services.holds.enter(row)
        sitting = Sitting(self._seating.choose(None), row.user_id, row.username, account.client_seed, session_id)
        self._seating.sit(sitting)
        self._keep_seat(sitting)

    async def leave(self, user_id: int, *, only_if_away: bool = False) -> None:
        """Stand up; with a live bet, when its round has ended."""
        async with self._inbox.own_turn():
            sitting = self._seating.of(user_id)
            if sitting is None or (only_if_away and not sitting.away):
                return
            round_ = self._rounds.live
            if round_ is None or sitting.seat not in round_.bettors:
                self._stand(sitting)
                return
            sitting.leaving = True
            if not round_.ended:
                self._rounds.run(round_, Leave(sitting.seat))

    def away(self, user_id: int, node: str) -> None:
        """The player's last connection on a node is gone; with the last of all, the seat is kept for a while."""
        sitting = self._seating.of(user_id)
        if sitting is None:
            return
        sitting.nodes.discard(node)
        if not sitting.nodes and not sitting.away and not self._closed:
            self._keep_seat(sitting)
            self._rounds.say(messages.PlayerAway(sitting.username))

    def only_nodes(self, alive: Collection[str]) -> None:
        """Nobody has a connection on any other node."""
        for sitting in self._seating.all():
            for node in sitting.nodes.difference(alive):
                self.away(sitting.user_id, node)

    def _keep_seat(self, sitting: Sitting) -> None:
        leave = partial(self.leave, sitting.user_id, only_if_away=True)
        self._seating.went_away(sitting, self._services.config.grace, lambda: self._rounds.tasks.start(leave()))

    def back(self, user_id: int, node: str) -> bool:
        """A connection of the player is here again; False when there is no seat any more."""
        sitting = self._seating.of(user_id)
        if sitting is not None:
            self._come_back(sitting, node)
        return sitting is not None

    def _come_back(self, sitting: Sitting, node: str) -> None:
        was_away = sitting.away
        sitting.nodes.add(node)
        self._seating.came_back(sitting)
        if was_away:
            self._rounds.say(messages.PlayerBack(sitting.username))

    def round_over(self) -> None:
        """Let those go who waited for it."""
        for sitting in self._seating.all():
            if sitting.leaving:
                self._stand(sitting)

    def _stand(self, sitting: Sitting) -> None:
        self._seating.stand(sitting)
        self._rounds.say(messages.PlayerLeft(sitting.username), stood=sitting.user_id)
        self._end(sitting.user_id, sitting.session_id)
        self._services.seats_changed(self._place.room)
        if not len(self._seating):
            self._services.room_empty(self._place.room)

    def _end(self, user_id: int, session_id: int) -> None:
        self._services.holds.exit(user_id)
        self._services.session_ended(session_id)

    # ---- the room's end here ----

    def admit_nobody(self) -> None:
        """Nobody sits down any more, and nobody's seat is given up."""
        self._closed = True

    def close(self) -> None:
        """The sessions go on or end elsewhere; said again, or to somebody who is just leaving, it changes nothing."""
        self._closed = True
        for sitting in self._seating.all():
            self._seating.stand(sitting)
            self._services.holds.exit(sitting.user_id)
