"""One message to everybody who watches a room: events delivered for each second of the server's processor time.

Beside it, in turn with it, a C server does one ``send`` for each message and connection: what the kernel allows
whoever writes every message by itself.
"""

import tempfile
from pathlib import Path
from typing import Any

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


def measure(folder: Path, core: int, interval_ms: int, window: int) -> list[tuple[Burst, Burst]]:
    """Bursts of ours, with ``window`` messages in flight, each followed by one of the floor, with one in flight."""
    folder.mkdir()
    conns = ("--conns", str(WATCHERS), *COUNTING)
    settings = QUIET_CRASH | {"CROUPIER_FRAME_INTERVAL_MS": str(interval_ms)}
    with databases.sqlite(folder) as url:
        [token] = databases.sign_in(url, 1)
        speaker = [f'{{"id":1,"do":"hello","token":"{token}"}}', '{"id":2,"do":"join","room":"crash"}']
        watcher = ['{"id":1,"do":"hello"}', '{"id":2,"do":"watch","room":"crash"}']
        places = load.lines(folder, [speaker] + [watcher] * (WATCHERS - 1))
        greeting = ("--step", "send:%1", "--step", 'wait:"re":1', "--step", "send:%2", "--step", 'wait:"re":2')
        trigger = ("--trigger", f"send:{CHAT}", "--window", str(window), "--errors", '"error"')
        with (
            croupier(folder, url, core, settings) as server,
            floor(load.built("rawserver"), core) as raw,
            load.bursts(server, *conns, *greeting, *places, *trigger) as ours,
            load.bursts(raw, *conns, "--trigger", f"send:B{FRAME}") as theirs,
        ):
            return [(_sound(ours.burst()), _sound(theirs.burst())) for _ in range(BURSTS)]


def _sound(burst: Burst) -> Burst:
    wrong = {name: burst[name] for name in ("errors", "lost_conns", "stalls") if burst[name]}
    if wrong:
        raise SystemExit(f"benchmarks: a burst went wrong: {wrong}")
    return burst


def figures_of(what: str, pairs: list[tuple[Burst, Burst]], target: float | None) -> list[Figure]:
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    per_cpu = "thousand events/CPU-s"
    ratios = spread(a["msgs_per_cpu_s"] / b["msgs_per_cpu_s"] for a, b in pairs)
    return [
        Figure(f"{what}: ratio to the floor", ratios, "", (">=", target) if target else None),
        Figure(f"{what}: Croupier", spread(a["msgs_per_cpu_s"] / 1000 for a in ours), per_cpu),
        Figure(f"{what}: the floor, one in flight", spread(b["msgs_per_cpu_s"] / 1000 for b in theirs), per_cpu),
        Figure(f"{what}: events in a frame", spread(a["msgs"] / max(a["frames"], 1) for a in ours), ""),
        Figure(f"{what}: from sender to watcher, p50", spread(a["p50_us"] / 1000 for a in ours), "ms"),
    ]


def main() -> None:
    core = machine.cores().server
    figures = []
    cases = (
        ("one in flight", DEFAULT_INTERVAL_MS, 1, 0.5),
        ("eight in flight", DEFAULT_INTERVAL_MS, 8, 2.0),
        ("one in flight, frames at once", NO_INTERVAL_MS, 1, None),
        ("eight in flight, frames at once", NO_INTERVAL_MS, 8, None),
    )
    with tempfile.TemporaryDirectory(prefix="croupier-") as name:
        for number, (what, interval_ms, window, target) in enumerate(cases):
            figures += figures_of(what, measure(Path(name) / str(number), core, interval_ms, window), target)
    show("fanout", figures)


if __name__ == "__main__":
    main()
