"""Two nodes on one PostgreSQL and one Redis.

Measures frames to watchers on the owner's node and on the other one, settled rounds of one node and of two, and how
long a room has no owner after its node was killed.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks import databases, load, machine, takeover
from benchmarks.cluster import ClusterSetup
from benchmarks.fanout import CHAT, COUNTING, NO_INTERVAL_MS, without_failures
from benchmarks.report import Figure, Spread, show, spread
from benchmarks.server import QUIET_CRASH, Served
from benchmarks.settle import BETTORS, OPTIONS, check, require_no_failures, timing

WATCHERS = 1000
TURNS = 7
"""The number of bursts of each kind; the kinds take turns."""
PACE = 10
"""Messages per second: few enough that each has its own frame and waits for no other."""
GREETING = ("--step", "send:%1", "--step", 'wait:"re":1', "--step", "send:%2", "--step", 'wait:"re":2')
WATCH = ['{"id":1,"do":"hello"}', '{"id":2,"do":"watch","room":"crash"}']

PER_CPU = "thousand events/CPU-s of nodes and Redis"

Burst = dict[str, Any]


# -- frames to watchers --


class Hall(Struct, frozen=True):
    """A room whose speaker is connected to its owner, with ``watchers`` on one node or on each."""

    folder: Path
    owner: Served
    other: Served
    redis_pid: int
    token: str
    watchers: int

    def bursts(self) -> dict[str, Burst]:
        """Return one burst of each kind, by name. Each kind has its own connections; there are no other watchers."""
        paced, full = ("--rate", str(PACE), "--secs", "2"), ("--window", "8")
        found: dict[str, Burst] = {}
        for name, node in (("owner", self.owner), ("other", self.other)):
            with self._speaking(node, *paced) as generator:
                found[f"{name}, paced"] = generator.burst()
            with self._speaking(node, *full) as generator:
                found[f"{name}, full"] = generator.burst()
        with self._speaking(self.owner, *paced) as here, self._listening(self.other, "--secs", "2") as there:
            found["owner, both"], found["other, both"] = load.together(here, there)
        return {name: without_failures(burst) for name, burst in found.items()}

    def _speaking(self, node: Served, *how: str) -> AbstractContextManager[load.Bursts]:
        """Connect the speaker, and watchers to the node."""
        speaker = [f'{{"id":1,"do":"hello","token":"{self.token}"}}', '{"id":2,"do":"join","room":"crash"}']
        rows = load.lines(self._room("speaking"), [speaker] + [WATCH] * self.watchers)
        first = ("--first-port", str(self.owner.port), "--trigger", f"send:{CHAT}", "--errors", '"error"')
        return load.bursts(node, "--conns", str(self.watchers + 1), *self._common(node), *rows, *first, *how)

    def _listening(self, node: Served, *how: str) -> AbstractContextManager[load.Bursts]:
        """Connect watchers to the node; another generator has the speaker."""
        rows = load.lines(self._room("listening"), [WATCH])
        return load.bursts(node, "--conns", str(self.watchers), *self._common(node), *rows, "--passive", *how)

    def _common(self, node: Served) -> tuple[str, ...]:
        others = {self.owner.pid, self.other.pid, self.redis_pid} - {node.pid}
        return *GREETING, *COUNTING, *(option for pid in sorted(others) for option in ("--pid", str(pid)))

    def _room(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder


def watch(turns: int, watchers: int) -> list[dict[str, Burst]]:
    """Return ``turns`` bursts of each kind. One node runs on the server's core, the other on both cores."""
    core = machine.cores().server
    settings = QUIET_CRASH | {"CROUPIER_FRAME_INTERVAL_MS": str(NO_INTERVAL_MS)}
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as name,
        databases.postgresql(Path(name)) as url,
        databases.redis(Path(name)) as redis,
        ExitStack() as stack,
    ):
        [token] = databases.sign_in(url, 1)
        setup = ClusterSetup(folder=Path(name), url=url, redis_url=redis.url, settings=settings)
        nodes = setup.node(stack, core), setup.node(stack, None)
        owner, other = asyncio.run(setup.owner_and_other("crash", nodes))
        assert redis.pid is not None
        hall = Hall(folder=Path(name), owner=owner, other=other, redis_pid=redis.pid, token=token, watchers=watchers)
        return [hall.bursts() for _ in range(turns)]


def figures_of_watching(turns: list[dict[str, Burst]]) -> list[Figure]:
    def over(name: str, value: Callable[[Burst], float]) -> Spread:
        return spread(value(turn[name]) for turn in turns)

    figures = []
    for where, title in (("owner", "watchers on the owner"), ("other", "watchers on the other node")):
        paced, full, both = (f"{where}, {kind}" for kind in ("paced", "full", "both"))
        figures += [
            Figure(f"{title}, p50", over(paced, lambda b: b["p50_us"] / 1000), "ms"),
            Figure(f"{title}, p99", over(paced, lambda b: b["p99_us"] / 1000), "ms"),
            Figure(f"{title}, both nodes watched, p50", over(both, lambda b: b["p50_us"] / 1000), "ms"),
            Figure(f"{title}, both nodes watched, p99", over(both, lambda b: b["p99_us"] / 1000), "ms"),
            Figure(f"{title}, eight in flight", over(full, frames_per_s), "frames/s"),
            Figure(f"{title}, delivered", over(full, lambda b: b["msgs_per_s"] / 1000), "thousand events/s"),
            Figure(f"{title}, per CPU", over(full, lambda b: b["msgs_per_cpu_s"] / 1000), PER_CPU),
        ]
    for kind, title in (("paced", "the other node's p99 − the owner's"), ("both", "the same, both nodes watched")):
        differences = [(turn[f"other, {kind}"]["p99_us"] - turn[f"owner, {kind}"]["p99_us"]) / 1000 for turn in turns]
        figures.append(Figure(what=title, value=spread(differences), unit="ms", target=("<=", 20)))
    return figures


def frames_per_s(burst: Burst) -> float:
    return float(burst["frames"] / burst["conns"] / burst["secs"])


# -- settled rounds --


class Table(Struct, frozen=True):
    """Connected bettors on one cluster, which has one or two nodes and its own database."""

    url: str
    generators: list[load.Bursts]

    def burst(self) -> Burst:
        """Return the sums over all bettors, and the larger of each percentile."""
        found = load.together(*self.generators)
        time.sleep(0.5)  # the last bets of the burst settle
        sums = {name: sum(each[name] for each in found) for name in ("msgs_per_s", "server_cpu", "requests")}
        worst = {name: max(each[name] for each in found) for name in ("p50_us", "p99_us", "errors", "lost_conns")}
        return sums | worst

    def check(self, last: Burst) -> None:
        require_no_failures(last)
        check(self.url, last["requests"])


def settle(turns: int, bettors: int) -> dict[str, list[Burst]]:
    """Return ``turns`` bursts of each set-up, which take turns. Raises SystemExit if the books are wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as name,
        databases.postgresql(Path(name)) as url,
        databases.redis(Path(name)) as redis,
        ExitStack() as stack,
    ):
        tables = _tables(Path(name), url, redis.url, bettors, stack)
        found: dict[str, list[Burst]] = {title: [] for title in tables}
        for _ in range(turns):
            for title, table in tables.items():
                found[title].append(table.burst())
        for title, table in tables.items():
            table.check(found[title][-1])
    return found


def _tables(folder: Path, url: str, redis_url: str, bettors: int, stack: ExitStack) -> dict[str, Table]:
    """Start each set-up on its own database, by name. A second node runs on the generator's core."""
    server, generator = machine.cores().server, machine.cores().generator
    setups = {
        "one node, no Redis": (url, "", [server]),
        "one node, Redis": (databases.another(url, "one"), _redis(redis_url, 1), [server]),
        "two nodes, Redis": (databases.another(url, "two"), _redis(redis_url, 2), [server, generator]),
    }
    tables = {}
    for number, (title, (database, redis, cores)) in enumerate(setups.items()):
        tokens = databases.sign_in(database, bettors)
        setup = ClusterSetup(folder=folder, url=database, redis_url=redis, settings=QUIET_CRASH)
        generators = []
        for at, core in enumerate(cores):
            some = tokens[at :: len(cores)]
            own = folder / f"bettors-{number}-{at}"
            own.mkdir()
            options = (*OPTIONS, *load.lines(own, [[token] for token in some]), *timing(len(some)))
            generators.append(stack.enter_context(load.bursts(setup.node(stack, core), *options)))
        tables[title] = Table(database, generators)
    return tables


def _redis(url: str, number: int) -> str:
    """Return the URL of database ``number`` of the Redis: each set-up has its own."""
    return f"{url.rpartition('/')[0]}/{number}"


def figures_of_settling(found: dict[str, list[Burst]]) -> list[Figure]:
    figures = []
    for title, bursts in found.items():
        figures += [
            Figure(f"{title}, {BETTORS} bettors", spread(b["msgs_per_s"] for b in bursts), "rounds/s"),
            Figure(f"{title}, per CPU", spread(b["msgs_per_s"] / b["server_cpu"] for b in bursts), "rounds/CPU-s"),
            Figure(f"{title}, p50", spread(b["p50_us"] / 1000 for b in bursts), "ms"),
            Figure(f"{title}, p99", spread(b["p99_us"] / 1000 for b in bursts), "ms"),
        ]
    alone, *others = found.items()
    for title, bursts in others:
        ratios = (b["msgs_per_s"] / a["msgs_per_s"] for a, b in zip(alone[1], bursts, strict=True))
        figures.append(Figure(f"{title}: ratio to {alone[0]}", spread(ratios), ""))
    return figures


def main() -> None:
    show("nodes: frames", figures_of_watching(watch(TURNS, WATCHERS)), watchers=WATCHERS)
    show("nodes: settled rounds", figures_of_settling(settle(TURNS, BETTORS)), bettors=BETTORS)
    takeover.main()


if __name__ == "__main__":
    main()
