"""Shows the operator's announcements to everybody who is connected to this node."""

import asyncio
import logging

from server import messages
from server.clock import to_ms
from server.fanout.sockets import LocalSockets
from server.messages import encode
from storage.announcements import recent
from storage.errors import DatabaseUnavailableError
from storage.store import Store

log = logging.getLogger(__name__)


class Announcements:
    """Looks for new announcements every ``look_every_s`` seconds. What was announced before ``start`` is not shown."""

    def __init__(self, db: Store, sockets: LocalSockets, *, look_every_s: float) -> None:
        self._db = db
        self._sockets = sockets
        self._look_every_s = look_every_s
        self._known: set[int] = set()
        """The numbers of those on record at the last look. Two that are made at the same time may come to light in
        either order, so the highest number would not do."""

    async def start(self) -> None:
        """Raises DatabaseUnavailableError."""
        self._known = {each.number for each in await recent(self._db)}

    async def run_forever(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self.look()
            except DatabaseUnavailableError as error:
                log.warning("could not look for announcements; retrying at the next refresh: %s", error)
            except Exception:
                log.exception("looking for announcements failed; retrying at the next refresh")

    async def look(self) -> None:
        """Send what is new to all sockets of this node. Raises DatabaseUnavailableError."""
        on_record = await recent(self._db)
        for each in on_record:
            if each.number not in self._known:
                notice = messages.AnnouncementNotice(each.number, each.text, to_ms(each.created_at))
                reached = self._sockets.send_to_all(encode(notice))
                log.info("announcement %d was sent to %d connections", each.number, reached)
        self._known = {each.number for each in on_record}
