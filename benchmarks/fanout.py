"""One message to everybody who watches a room: events delivered for each second of the server's processor time.

Beside it, in turn with it, a C server does one ``send`` for each message and connection: what the kernel allows
whoever writes every message by itself. It is asked for messages one after the other, or at the pace of our frames: who
sleeps between two of them, whether in Python or in C, finds his sockets cold.
"""

import tempfile
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks import databases, load, machine
from benchmarks.report import Figure, show, spread
from benchmarks.server import QUIET_CRASH, croupier, floor

WATCHERS = 1000
BURSTS = 9
SECONDS = 1.0
DEFAULT_INTERVAL_MS, NO_INTERVAL_MS = 50, 1
TEXT = "%t" + "." * 86
"""The sender's time in nanoseconds, then as much as makes a frame with one event 200 bytes long."""
CHAT = f'{{"id":9,"do":"chat","room":"crash","text":"{TEXT}"}}'
FRAME = (
    f'{{"room":"crash","seq":100,"events":[{{"type":"chat","player":"player0","text":"{TEXT}","at":1767225600000}}]}}'
)
TIMING = ("--secs", str(SECONDS), "--warm", "0.3")
COUNTING = ("--mode", "fanout", "--count", '"type":"chat"', "--each", "--ts-key", '"text":"', *TIMING)

Burst = dict[str, Any]


class Case(Struct, frozen=True):
    """``window`` messages of ours are in flight, frames are ``interval_ms`` apart; the floor has one in flight, and
    waits as long between two if it ``keeps_pace``."""

    what: str
    interval_ms: int
    window: int
    keeps_pace: bool
    target: float | None


CASES = (
    Case(
        what="one in flight, frames 50 ms apart, the floor's too",
        interval_ms=DEFAULT_INTERVAL_MS,
        window=1,
        keeps_pace=True,
        target=0.5,
    ),
    Case(
        what="one in flight, frames 50 ms apart, the floor's at once",
        interval_ms=DEFAULT_INTERVAL_MS,
        window=1,
        keeps_pace=False,
        target=None,
    ),
    Case(what="one in flight, frames at once", interval_ms=NO_INTERVAL_MS, window=1, keeps_pace=False, target=0.5),
    Case(
        what="eight in flight, frames 50 ms apart",
        interval_ms=DEFAULT_INTERVAL_MS,
        window=8,
        keeps_pace=False,
        target=2.0,
    ),
    Case(what="eight in flight, frames at once", interval_ms=NO_INTERVAL_MS, window=8, keeps_pace=False, target=2.0),
)


def measure(folder: Path, core: int, case: Case) -> list[tuple[Burst, Burst]]:
    """Bursts of ours, each followed by one of the floor."""
    folder.mkdir()
    conns = ("--conns", str(WATCHERS), *COUNTING)
    settings = QUIET_CRASH | {"CROUPIER_FRAME_INTERVAL_MS": str(case.interval_ms)}
    with databases.sqlite(folder) as url:
        [token] = databases.sign_in(url, 1)
        speaker = [f'{{"id":1,"do":"hello","token":"{token}"}}', '{"id":2,"do":"join","room":"crash"}']
        watcher = ['{"id":1,"do":"hello"}', '{"id":2,"do":"watch","room":"crash"}']
        places = load.lines(folder, [speaker] + [watcher] * (WATCHERS - 1))
        greeting = ("--step", "send:%1", "--step", 'wait:"re":1', "--step", "send:%2", "--step", 'wait:"re":2')
        trigger = ("--trigger", f"send:{CHAT}", "--window", str(case.window), "--errors", '"error"')
        pace = ("--rate", str(1000 / case.interval_ms)) if case.keeps_pace else ()
        with (
            croupier(folder, url, core, settings) as server,
            floor(load.built("rawserver"), core) as raw,
            load.bursts(server, *conns, *greeting, *places, *trigger) as ours,
            load.bursts(raw, *conns, "--trigger", f"send:B{FRAME}", *pace) as theirs,
        ):
            return [(sound(ours.burst()), sound(theirs.burst())) for _ in range(BURSTS)]


def sound(burst: Burst) -> Burst:
    """Raises SystemExit when something went wrong in the burst."""
    wrong = {name: burst[name] for name in ("errors", "lost_conns", "stalls") if burst[name]}
    if wrong:
        raise SystemExit(f"benchmarks: a burst went wrong: {wrong}")
    return burst


def figures_of(case: Case, pairs: list[tuple[Burst, Burst]]) -> list[Figure]:
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    what, target, per_cpu = case.what, case.target, "thousand events/CPU-s"
    ratios = spread(a["msgs_per_cpu_s"] / b["msgs_per_cpu_s"] for a, b in pairs)
    return [
        Figure(what=f"{what}: ratio to the floor", value=ratios, unit="", target=(">=", target) if target else None),
        Figure(f"{what}: Croupier", spread(a["msgs_per_cpu_s"] / 1000 for a in ours), per_cpu),
        Figure(f"{what}: the floor", spread(b["msgs_per_cpu_s"] / 1000 for b in theirs), per_cpu),
        Figure(f"{what}: events in a frame", spread(a["msgs"] / max(a["frames"], 1) for a in ours), ""),
        Figure(f"{what}: from sender to watcher, p50", spread(a["p50_us"] / 1000 for a in ours), "ms"),
    ]


def main() -> None:
    core = machine.cores().server
    figures = []
    with tempfile.TemporaryDirectory(prefix="croupier-") as name:
        for number, case in enumerate(CASES):
            figures += figures_of(case, measure(Path(name) / str(number), core, case))
    show("fanout", figures)


if __name__ == "__main__":
    main()
