"""The parts of rooms, for tests that put only some of them together."""

from typing import Any, cast

from server.backends.bus import Claim, EncodedFrame, LocalBus
from server.backends.journal import LocalJournal
from server.backends.lease import LocalLease
from server.rooms.frame_log import FrameLog
from server.rooms.room_deps import RoomDeps
from tests.server.fanout.fakes import StillClock

NOTHING = cast(Any, None)


class UncertainLease(LocalLease):
    """Owns every room while it is ``certain``."""

    def __init__(self) -> None:
        super().__init__("here")
        self.certain = True
        self.asked = 0

    def owns(self, claim: Claim) -> bool:
        self.asked += 1
        return self.certain


class Recorder:
    """A listener that records its calls."""

    def __init__(self) -> None:
        self.frames: list[tuple[EncodedFrame, bool]] = []
        self.grace_over_for: list[int] = []
        self.empty_rooms: list[str] = []

    def frame_sent(self, frame: EncodedFrame, *, only_ticks: bool) -> None:
        self.frames.append((frame, only_ticks))

    def grace_over(self, user_id: int) -> None:
        self.grace_over_for.append(user_id)

    def room_empty(self, key: str) -> None:
        self.empty_rooms.append(key)

    def close_requested(self, key: str) -> None:
        """No test asks for it."""


class Frames(FrameLog):
    """A frame log that also keeps the ``events`` as they are added."""

    def __init__(self) -> None:
        super().__init__(
            Claim("crash", "here 1"), LocalLease(), LocalBus(), StillClock(), Recorder(), interval_ms=60_000, keep=5
        )
        self.events: list[Any] = []

    def add(self, event: Any, *, tick: bool = False, flush_now: bool = False, hold_back: bool = False) -> None:
        self.events.append(event)


def deps_of(**parts: Any) -> RoomDeps:
    """The dependencies of a room: local backends and a clock that stands still, ``parts`` in place of them. The others
    are not usable."""
    usual = {
        "config": NOTHING,
        "clock": StillClock(),
        "bus": LocalBus(),
        "lease": LocalLease(),
        "journal": LocalJournal(),
        "holds": NOTHING,
        "settlements": NOTHING,
        "sessions": NOTHING,
        "draw_seed": lambda: "0" * 64,
        "listener": Recorder(),
    }
    return RoomDeps(**(usual | parts))
