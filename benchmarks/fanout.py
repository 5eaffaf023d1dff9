"""One message to all watchers of a room: events delivered per CPU-second of the server.

Bursts alternate with those of a C server that does one ``send`` per message and connection. It is the floor: the cost
in the kernel of writing each message separately. The floor gets its messages one after the other, or at the pace of our
frames: after a pause between two messages, sockets are no longer in the CPU caches, whatever the language.
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
"""The sender's time in nanoseconds, padded so that a frame with one event has 200 bytes."""
CHAT = f'{{"id":9,"do":"chat","room":"crash","text":"{TEXT}"}}'
FRAME = (
    f'{{"room":"crash","seq":100,"events":[{{"type":"chat","player":"player0","text":"{TEXT}","at":1767225600000}}]}}'
)
TIMING = ("--secs", str(SECONDS), "--warm", "0.3")
COUNTING = ("--mode", "fanout", "--count", '"type":"chat"', "--each", "--ts-key", '"text":"', *TIMING)

Burst = dict[str, Any]


class Case(Struct, frozen=True):
    """Croupier has ``window`` messages in flight and sends frames ``interval_ms`` apart. The floor has one message in
    flight; with ``keeps_pace`` it waits ``interval_ms`` between two. ``target`` is the least ratio to the floor."""

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
    """Return bursts of Croupier, each with the burst of the floor that followed it."""
    folder.mkdir()
    conns = ("--conns", str(WATCHERS), *COUNTING)
    settings = QUIET_CRASH | {"CROUPIER_FRAME_INTERVAL_MS": str(case.interval_ms)}
    with databases.sqlite(folder) as url:
        [token] = databases.sign_in(url, 1)
        speaker = [f'{{"id":1,"do":"hello","token":"{token}"}}', '{"id":2,"do":"join","room":"crash"}']
        watcher = ['{"id":1,"do":"hello"}', '{"id":2,"do":"watch","room":"crash"}']
        lines = load.lines(folder, [speaker] + [watcher] * (WATCHERS - 1))
        greeting = ("--step", "send:%1", "--step", 'wait:"re":1', "--step", "send:%2", "--step", 'wait:"re":2')
        trigger = ("--trigger", f"send:{CHAT}", "--window", str(case.window), "--errors", '"error"')
        pace = ("--rate", str(1000 / case.interval_ms)) if case.keeps_pace else ()
        with (
            croupier(folder, url, core, settings) as server,
            floor(load.built("rawserver"), core) as raw,
            load.bursts(server, *conns, *greeting, *lines, *trigger) as ours,
            load.bursts(raw, *conns, "--trigger", f"send:B{FRAME}", *pace) as theirs,
        ):
            return [(without_failures(ours.burst()), without_failures(theirs.burst())) for _ in range(BURSTS)]


def without_failures(burst: Burst) -> Burst:
    """Return the burst. Raises SystemExit if it had errors, lost connections or stalls."""
    failures = {name: burst[name] for name in ("errors", "lost_conns", "stalls") if burst[name]}
    if failures:
        raise SystemExit(f"benchmarks: a burst failed: {failures}")
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
