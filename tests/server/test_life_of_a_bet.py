"""How much code one bet runs through: the project files in which a function runs for one dice bet on one SQLite node.

Only the server's own process counts, not the second one that writes the settlement. The node plays nothing but dice,
and its background tasks are stopped, so everything that runs belongs to the bet. The page docs/architecture.md tells
the life of this bet; it names exactly these files.
"""

import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from types import FrameType
from typing import Any

import pytest

from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
PACKAGES = ("server", "storage", "game_engine")
MOST = 38
"""The limit. It rises only when a file with two purposes is split, such as `betting.py` was. The goal is 28."""
SECTION = "## The life of one bet on one node"


class DiceOnly(Live):
    base_games = ("dice",)


class Profiler:
    """Collects the project files in which a function is called while ``recording``, in any thread."""

    def __init__(self) -> None:
        self.recording = False
        self._seen: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _arg: Any) -> None:
        if self.recording and event == "call":
            self._seen.add(frame.f_code.co_filename)

    def files(self) -> set[str]:
        inside = [Path(name).relative_to(ROOT) for name in self._seen if Path(name).is_relative_to(ROOT)]
        return {str(path) for path in inside if path.parts[0] in PACKAGES}


@pytest.fixture
def profiler() -> Iterator[Profiler]:
    """Installed before the node starts: threads that already run can't be profiled."""
    profiler, before = Profiler(), sys.getprofile()
    threading.setprofile(profiler)
    sys.setprofile(profiler)
    yield profiler
    sys.setprofile(before)
    threading.setprofile(None)


async def files_of_one_bet(profiler: Profiler, open_live: OpenLive) -> set[str]:
    live = await open_live(kind=DiceOnly, heartbeat=3600.0)
    live.rig.draw = lambda _nonce: token_hex(32)
    live.node.stop_background()
    ann = await live.player(room="dice")
    room = ann.snapshots[0][0]
    first = await ann.roll(room)
    await ann.ended(first["round"])
    # Joining the room reported its watchers; the pause after that report is not the bet's.
    await eventually(lambda: not live.ws.hub._reports._pauses, "the end of the pause")
    notices = len(ann.notices)
    profiler.recording = True
    ok = await ann.roll(room)
    await ann.ended(ok["round"])
    await ann.until(lambda: (ann.notices[notices:] and ann.notices[-1]["held"] == 0) or None, "the wallet")
    profiler.recording = False
    return profiler.files()


async def test_a_bet_runs_through_few_files_and_the_architecture_page_names_them(
    profiler: Profiler, open_live: OpenLive
) -> None:
    files = await files_of_one_bet(profiler, open_live)
    page = (ROOT / "docs" / "architecture.md").read_text()
    told = page.partition(SECTION)[2].partition("\n## ")[0]
    assert set(re.findall(r"`((?:server|storage|game_engine)/[\w/]+\.py)`", told)) == files
    assert len(files) <= MOST
