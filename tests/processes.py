"""Finds processes: those that a test left running, by their working directory, and the one that settles."""

import time
from contextlib import suppress
from pathlib import Path

import psutil


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


def settling_process_of(parent: int | None = None) -> psutil.Process | None:
    """The settling process that the process ``parent`` runs, if any. None: the one of this process."""
    for child in psutil.Process(parent).children():
        with suppress(psutil.Error):
            if "storage.settling_process" in child.cmdline():
                return child
    return None
