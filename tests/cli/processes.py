"""Who is still there: processes that a test has started, told by where they work."""

import time
from contextlib import suppress
from pathlib import Path


def processes_in(folder: Path) -> list[int]:
    """The ids of processes that have their working directory there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or somebody else's
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def await_nobody_in(folder: Path, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while left := processes_in(folder):
        assert time.monotonic() < deadline, f"processes {left} are still there"
        time.sleep(0.01)
