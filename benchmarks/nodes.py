"""Several nodes on one PostgreSQL and one Redis: frames to watchers on the node that does not own the room, beside the
owner's; settled rounds of one node and of two; how long a room has no owner whose node was killed."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks import databases, load, machine, takeover
from benchmarks.fanout import CHAT, COUNTING, NO_INTERVAL_MS, sound
from benchmarks.floors import NodeRooms
from benchmarks.report import Figure, Spread, show, spread
from benchmarks.server import QUIET_CRASH, Served
from benchmarks.settle import BETTORS, OPTIONS, check, see_that_all_went_well, timing

WATCHERS = 1000
TURNS = 7
"""How often each thing is measured, in turn with the others."""
PACE = 10
"""Messages a second that leave at once, since none of them meets another one."""
GREETING = ("--step", "send:%1", "--step", 'wait:"re":1', "--step", "send:%2", "--step", 'wait:"re":2')
WATCH = ['{"id":1,"do":"hello"}', '{"id":2,"do":"watch","room":"crash"}']

PER_CPU = "thousand events/CPU-s of nodes and Redis"

Burst = dict[str, Any]


# -- frames to watchers --


class Hall(Struct, frozen=True):
    """A room with a speaker, who is at the node that owns it, and ``watchers`` on one node or on each."""

    folder: Path
    owner: Served
    other: Served
    redis_pid: int
    token: str
    watchers: int

    def bursts(self) -> dict[str, Burst]:
        """One of each kind, by its name. Every kind has connections of its own: nobody else watches meanwhile."""
        paced, full = ("--rate", str(PACE), "--secs", "2"), ("--window", "8")
        found: dict[str, Burst] = {}
        for name, node in (("owner", self.owner), ("other", self.other)):
            with self._speaking(node, *paced) as generator:
                found[f"{name}, paced"] = generator.burst()
            with self._speaking(node, *full) as generator:
                found[f"{name}, full"] = generator.burst()
        with self._speaking(self.owner, *paced) as here, self._listening(self.other, "--secs", "2") as there:
            found["owner, both"], found["other, both"] = load.together(here, there)
        return {name: sound(burst) for name, burst in found.items()}

    def _speaking(self, node: Served, *how: str) -> AbstractContextManager[load.Bursts]:
        """Watchers on the node, and the speaker."""
        speaker = [f'{{"id":1,"do":"hello","token":"{self.token}"}}', '{"id":2,"do":"join","room":"crash"}']
        rows = load.lines(self._room("speaking"), [speaker] + [WATCH] * self.watchers)
        first = ("--first-port", str(self.owner.port), "--trigger", f"send:{CHAT}", "--errors", '"error"')
        return load.bursts(node, "--conns", str(self.watchers + 1), *self._common(node), *rows, *first, *how)

    def _listening(self, node: Served, *how: str) -> AbstractContextManager[load.Bursts]:
        """Watchers on the node, of a speaker who is of another generator."""
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
    """Bursts of all kinds, ``turns`` times. One node has the server's core; the other runs where there is room."""
    core = machine.cores().server
    settings = QUIET_CRASH | {"CROUPIER_FRAME_INTERVAL_MS": str(NO_INTERVAL_MS)}
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as name,
        databases.postgresql(Path(name)) as url,
        databases.redis(Path(name)) as redis,
        ExitStack() as stack,
    ):
        [token] = databases.sign_in(url, 1)
        floor = NodeRooms(Path(name), url, redis.url, settings)
        nodes = floor.node(stack, core), floor.node(stack, None)
        owner, other = asyncio.run(floor.parted("crash", nodes))
        assert redis.pid is not None
        hall = Hall(Path(name), owner, other, redis.pid, token, watchers)
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
            Figure(f"{title}, as many on each, p50", over(both, lambda b: b["p50_us"] / 1000), "ms"),
            Figure(f"{title}, as many on each, p99", over(both, lambda b: b["p99_us"] / 1000), "ms"),
            Figure(f"{title}, eight in flight", over(full, frames_per_s), "frames/s"),
            Figure(f"{title}, delivered", over(full, lambda b: b["msgs_per_s"] / 1000), "thousand events/s"),
            Figure(f"{title}, for the CPU", over(full, lambda b: b["msgs_per_cpu_s"] / 1000), PER_CPU),
        ]
    for kind, title in (("paced", "the other node's p99 − the owner's"), ("both", "the same, as many on each")):
        later = [(turn[f"other, {kind}"]["p99_us"] - turn[f"owner, {kind}"]["p99_us"]) / 1000 for turn in turns]
        figures.append(Figure(what=title, value=spread(later), unit="ms", target=("<=", 20)))
    return figures


def frames_per_s(burst: Burst) -> float:
    return float(burst["frames"] / burst["conns"] / burst["secs"])


# -- settled rounds --


class Table(Struct, frozen=True):
    """Bettors at one node or at two, who are ready to bet on one floor."""

    url: str
    generators: list[load.Bursts]

    def burst(self) -> Burst:
        """The figures of all its bettors together; of percentiles the worse one."""
        found = load.together(*self.generators)
        time.sleep(0.5)  # the last bets of the burst come to their end
        sums = {name: sum(each[name] for each in found) for name in ("msgs_per_s", "server_cpu", "requests")}
        worst = {name: max(each[name] for each in found) for name in ("p50_us", "p99_us", "errors", "lost_conns")}
        return sums | worst

    def check(self, last: Burst) -> None:
        see_that_all_went_well(last)
        check(self.url, last["requests"])


def settle(turns: int, bettors: int) -> dict[str, list[Burst]]:
    """Bursts of three floors, in turn. Raises SystemExit when the books are wrong."""
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
    """The floors, by their names, each on a database of its own; the second node has the generator's core."""
    server, generator = machine.cores().server, machine.cores().generator
    floors = {
        "one node, no Redis": (url, "", [server]),
        "one node, Redis": (databases.another(url, "one"), _redis(redis_url, 1), [server]),
        "two nodes, Redis": (databases.another(url, "two"), _redis(redis_url, 2), [server, generator]),
    }
    tables = {}
    for number, (title, (database, redis, cores)) in enumerate(floors.items()):
        tokens = databases.sign_in(database, bettors)
        floor = NodeRooms(folder, database, redis, QUIET_CRASH)
        generators = []
        for at, core in enumerate(cores):
            some = tokens[at :: len(cores)]
            own = folder / f"bettors-{number}-{at}"
            own.mkdir()
            options = (*OPTIONS, *load.lines(own, [[token] for token in some]), *timing(len(some)))
            generators.append(stack.enter_context(load.bursts(floor.node(stack, core), *options)))
        tables[title] = Table(database, generators)
    return tables


def _redis(url: str, number: int) -> str:
    """The URL of another database of the Redis: of another floor."""
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
