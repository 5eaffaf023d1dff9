"""Dice rounds played, settled and committed per second, and how long a single bettor waits for one."""

import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from benchmarks import databases, load, machine
from benchmarks.report import Figure, show, spread
from benchmarks.server import QUIET_CRASH, Served, croupier

BETTORS = 100
BURSTS = 5
SECONDS = 3.0
BET = '{"id":%n,"do":"bet","room":"%r","amount":100,"key":"%i-%n","selection":{"target":50.5,"over":true}}'
OPTIONS = (
    *load.HELLO,
    "--step",
    'send:{"id":2,"do":"join","game":"dice"}',
    "--step",
    'take:"room":"',
    "--mode",
    "cmd",
    "--request",
    f"send:{BET}",
    "--count",
    '"type":"round_opened"',
    "--errors",
    '"error"',
)
"""A bet counts as answered when the room's next round opens: by then its result is committed and announced."""

Open = Callable[[Path], AbstractContextManager[str]]


def measure(open_database: Open, core: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return bursts of all bettors, then of a single one. Raises SystemExit if the books are wrong."""
    with tempfile.TemporaryDirectory(prefix="croupier-") as name:
        folder = Path(name)
        with open_database(folder) as url:
            *together_tokens, alone_token, first_token = databases.sign_in(url, BETTORS + 2)
            with croupier(folder, url, core, QUIET_CRASH) as server:
                first = _play(server, folder, [first_token], bursts=1)  # starts the process that settles on SQLite
                server.spread_children()
                together = _play(server, folder, together_tokens)
                alone = _play(server, folder, [alone_token])
            check(url, sum(bursts[-1]["requests"] for bursts in (first, together, alone)))
    return together, alone


def _play(server: Served, folder: Path, tokens: list[str], bursts: int = BURSTS) -> list[dict[str, Any]]:
    rows = load.lines(folder, [[token] for token in tokens])
    found = []
    with load.bursts(server, *OPTIONS, *rows, *timing(len(tokens))) as generator:
        for _ in range(bursts):
            found.append(generator.burst())
            time.sleep(0.5)  # the last bets of the burst settle
    require_no_failures(found[-1])
    return found


def timing(connections: int) -> tuple[str, ...]:
    return "--conns", str(connections), "--secs", str(SECONDS), "--warm", "0.5"


def require_no_failures(last: dict[str, Any]) -> None:
    """Raises SystemExit if, up to the generator's last burst, bets were refused or connections were lost."""
    if last["errors"] or last["lost_conns"]:
        raise SystemExit(f"benchmarks: {last['errors']} bets were refused, {last['lost_conns']} connections lost")


def check(url: str, requested: int) -> None:
    """Raises SystemExit if the audit finds something or the number of settled rounds is not ``requested``."""
    settled, flaws = databases.settled_rounds(url), databases.flaws(url)
    if settled != requested or flaws:
        raise SystemExit(f"benchmarks: {requested} bets, {settled} settled rounds; the audit found {list(flaws)[:5]}")
    print(f"{settled} bets were placed, {settled} rounds were settled, and the audit found nothing.")


def main() -> None:
    core = machine.cores().server
    figures = []
    for name, open_database, target in (("SQLite", databases.sqlite, 4000), ("PostgreSQL", databases.postgresql, 3000)):
        together, alone = measure(open_database, core)
        rounds, per_cpu = "rounds/s", "rounds/CPU-s"
        figures += [
            Figure(
                what=f"{name}, {BETTORS} bettors",
                value=spread(r["msgs_per_s"] for r in together),
                unit=rounds,
                target=(">=", target),
            ),
            Figure(f"{name}, per CPU of the server", spread(r["msgs_per_cpu_s"] for r in together), per_cpu),
            Figure(f"{name}, {BETTORS} bettors, p50", spread(r["p50_us"] / 1000 for r in together), "ms"),
            Figure(f"{name}, {BETTORS} bettors, p99", spread(r["p99_us"] / 1000 for r in together), "ms"),
            Figure(
                what=f"{name}, a lone bettor, p50",
                value=spread(r["p50_us"] / 1000 for r in alone),
                unit="ms",
                target=("<=", 5),
            ),
            Figure(f"{name}, a lone bettor, p99", spread(r["p99_us"] / 1000 for r in alone), "ms"),
        ]
    show("settle", figures)


if __name__ == "__main__":
    main()
