"""Records of players' stays in rooms: in the database, where many share one transaction, and in the directory."""

import logging
from collections.abc import Sequence

from server.backends.directory import Directory
from server.batcher import Batcher
from server.clock import utc
from server.errors import ClientError
from storage import game_sessions
from storage.errors import DatabaseUnavailableError
from storage.game_sessions import NewSession
from storage.history import TakenStack, taken_stack
from storage.store import Store

log = logging.getLogger(__name__)

STILL_OPEN = "%d ended sessions stay open in the database until their room is next taken over or the server starts"


class SessionLog:
    """Clients join and leave as often as they like, and the database has one writer, which settlements need too.
    Therefore sessions that begin or end at about the same time share a transaction."""

    def __init__(self, db: Store, directory: Directory) -> None:
        self._db = db
        self._directory = directory
        self._starts: Batcher[NewSession, int | None] = Batcher(self._start)
        self._ends: Batcher[int, None] = Batcher(self._end)

    async def start(self, user_id: int, game_id: int, room: str, seat: int) -> int:
        """The new session's id. Raises ClientError not_signed_in if the account was deleted,
        DatabaseUnavailableError."""
        session_id = await self._starts.submit(NewSession(user_id=user_id, game_id=game_id, room=room, seat=seat))
        if session_id is None:
            raise ClientError("not_signed_in", reason="account_deleted")
        self._directory.add_session(session_id, room)
        return session_id

    async def taken_stack(self, user_id: int, room: str, since_ms: int) -> TakenStack | None:
        """What the player took from the room since then, when they last played there. Raises
        DatabaseUnavailableError."""
        return await taken_stack(self._db, user_id, room, utc(since_ms))

    def resume(self, session_id: int, room: str) -> None:
        """The session continues in a room that this node has taken over."""
        self._directory.add_session(session_id, room)

    def end(self, session_id: int) -> None:
        """End the session, without waiting for the database. If that can't record the end now, it will be recorded when
        the room is taken over or the server starts."""
        self._directory.remove_session(session_id)
        self._ends.submit(session_id)

    async def drained(self) -> None:
        """Wait until every end has been written, or has failed."""
        await self._ends.drained()

    async def _start(self, new: Sequence[NewSession]) -> Sequence[int | None]:
        return await game_sessions.start_sessions(self._db, new)

    async def _end(self, session_ids: Sequence[int]) -> Sequence[None]:
        try:
            await game_sessions.end_sessions(self._db, session_ids)
        except DatabaseUnavailableError as error:
            log.warning(STILL_OPEN + ": %s", len(session_ids), error)
        except Exception:
            log.exception(STILL_OPEN, len(session_ids))
        return [None] * len(session_ids)
