"""Memory of an idle, signed-in connection, and the number of connections that can sign in per second."""

import resource
import tempfile
from pathlib import Path

from benchmarks import databases, load, machine
from benchmarks.report import Figure, show, spread
from benchmarks.server import QUIET_CRASH, croupier

CONNECTIONS = 5000
RUNS = 3
SPARE_FILES = 200


def main() -> None:
    core = machine.cores().server
    count = min(CONNECTIONS, _open_files() - SPARE_FILES)
    with tempfile.TemporaryDirectory(prefix="croupier-") as name, databases.sqlite(Path(name)) as url:
        folder = Path(name)
        tokens = databases.sign_in(url, count)
        columns = load.lines(folder, [[token] for token in tokens])
        options = ("--mode", "idle", "--conns", str(count), "--hold", "2", "--connect-timeout", "120")
        runs = []
        for _ in range(RUNS):
            with croupier(folder, url, core, QUIET_CRASH) as server:
                runs.append(load.once(server, *load.HELLO, *options, *columns))
    figures = [
        Figure(
            what="memory of a connection",
            value=spread(run["rss_per_conn_b"] / 1000 for run in runs),
            unit="kB",
            target=("<=", 25),
        ),
        Figure(what="hellos", value=spread(run["connect_per_s"] for run in runs), unit="/s", target=(">=", 1000)),
        Figure("CPU of a connection and its hello", spread(run["connect_cpu_us"] for run in runs), "µs"),
        Figure("memory with all of them", spread(run["rss_kb"] * 1.024e-3 for run in runs), "MB"),
    ]
    show("idle", figures, connections=count)


def _open_files() -> int:
    """Raise the open-file limit of this process to its hard limit, and return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


if __name__ == "__main__":
    main()
