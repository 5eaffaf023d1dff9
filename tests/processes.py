"""Finds the processes that a test left running, by their working directory."""

import time
from contextlib import suppress
from pathlib import Path


def processes_in(folder: Path) -> list[int]:
    """The ids of the processes whose working directory is in ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # the process has ended, or belongs to another user
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def await_no_process_in(folder: Path, seconds: float = 10.0) -> None:
    """Return when no process works in ``folder`` any longer. Raises AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while left := processes_in(folder):
        assert time.monotonic() < deadline, f"processes {left} are still running"
        time.sleep(0.01)
