"""Memory of the server process while a hundred players in crash bet in every round."""

import tempfile
from pathlib import Path

from benchmarks import databases, load, machine
from benchmarks.report import Figure, show, spread
from benchmarks.server import croupier, most_resident, resident

PLAYERS = 100
SECONDS = 60.0
SETTINGS = {"CROUPIER_CRASH_BETTING_MS": "1000"}
BET = '{"id":%n,"do":"bet","room":"crash","amount":100,"key":"%i-%n","selection":{"auto_cashout":1.5}}'


def main() -> None:
    core = machine.cores().server
    with tempfile.TemporaryDirectory(prefix="croupier-") as name, databases.sqlite(Path(name)) as url:
        folder = Path(name)
        columns = load.lines(folder, [[token] for token in databases.sign_in(url, PLAYERS)])
        steps = (*load.HELLO, "--step", 'send:{"id":2,"do":"join","room":"crash"}', "--step", 'wait:"re":2')
        play = ("--mode", "cmd", "--request", f"send:{BET}", "--count", '"type":"round_opened"')
        timing = ("--conns", str(PLAYERS), "--secs", str(SECONDS), "--warm", "0")
        with croupier(folder, url, core, SETTINGS) as server:
            at_start = resident(server.pid)
            played = load.once(server, *steps, *play, *columns, *timing)
            figures = [
                Figure("at its start", spread([at_start / 1e6]), "MB"),
                Figure(
                    what=f"at its end, {PLAYERS} players betting",
                    value=spread([resident(server.pid) / 1e6]),
                    unit="MB",
                    target=("<=", 120),
                ),
                Figure(what="at most", value=spread([most_resident(server.pid) / 1e6]), unit="MB", target=("<=", 120)),
                Figure("bets placed", spread([played["requests"]]), ""),
            ]
        flaws = databases.flaws(url)
    if flaws:
        raise SystemExit(f"benchmarks: the audit found {list(flaws)[:5]}")
    show("memory", figures)


if __name__ == "__main__":
    main()
