"""Players' stays in rooms on record: those that begin or end at about the same time share a transaction."""

import logging
from collections.abc import Sequence

from server.batcher import Batcher
from server.errors import ClientError
from storage import game_sessions
from storage.errors import DatabaseUnavailableError
from storage.game_sessions import NewSession
from storage.store import Store

log = logging.getLogger(__name__)


class SessionLog:
    """Joins and leaves come as fast as clients like; the database has one writer, whom settlements wait for too."""

    def __init__(self, db: Store) -> None:
        self._db = db
        self._starts: Batcher[NewSession, int | None] = Batcher(self._start)
        self._ends: Batcher[int, None] = Batcher(self._end)

    async def start(self, user_id: int, game_id: int, room: str) -> int:
        """The new session's number. Raises ClientError not_signed_in when the account was deleted,
        DatabaseUnavailableError."""
        session_id = await self._starts.submit(NewSession(user_id, game_id, room))
        if session_id is None:
            raise ClientError("not_signed_in", "The account was deleted.")
        return session_id

    def end(self, session_id: int) -> None:
        """Nobody waits for it: what can't be recorded now is over all the same when the server starts again."""
        self._ends.submit(session_id)

    async def drained(self) -> None:
        """Wait until every end is on record, or could not be put there."""
        await self._ends.drained()

    async def _start(self, new: Sequence[NewSession]) -> Sequence[int | None]:
        return await game_sessions.start_sessions(self._db, new)

    async def _end(self, session_ids: Sequence[int]) -> Sequence[None]:
        try:
            await game_sessions.end_sessions(self._db, session_ids)
        except DatabaseUnavailableError as error:
            log.warning("ends of sessions that are not on record: %d, %s", len(session_ids), error)
        except Exception:
            log.exception("ends of sessions that are not on record: %d", len(session_ids))
        return [None] * len(session_ids)
