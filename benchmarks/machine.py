"""The two cores that the benchmarks use, and a description of the machine for the report."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from msgspec import Struct


class Cores(Struct, frozen=True):
    """The server runs on one core, the load generator on the other."""

    server: int
    generator: int

    @property
    def both(self) -> set[int]:
        return {self.server, self.generator}


@cache
def cores() -> Cores:
    """Pin this process and its later children to the generator's core. Raises SystemExit if there is only one core."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2:
        raise SystemExit("benchmarks: two cores are needed, one for the server and one for the load")
    chosen = Cores(available[0], available[1])
    os.sched_setaffinity(0, {chosen.generator})
    return chosen


@contextmanager
def everywhere() -> Iterator[None]:
    """Let processes that are started in this context use both cores."""
    mine = cores()
    os.sched_setaffinity(0, mine.both)
    try:
        yield
    finally:
        os.sched_setaffinity(0, {mine.generator})


def described() -> dict[str, str | int | float]:
    """Return the hardware and software, and the load and speed at this moment, which vary on rented machines."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "unknown")
    return {
        "processor": model,
        "cores": os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
        "loop_ms": round(_loop_ms(), 1),
    }


def _loop_ms() -> float:
    """Return the milliseconds that a million additions take, at best."""
    tries = []
    for _ in range(5):
        started = time.perf_counter()
        sum(range(1_000_000))
        tries.append((time.perf_counter() - started) * 1000)
    return min(tries)
