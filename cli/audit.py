"""The command `audit`: checks that the books balance, names the rows that break a rule, and counts void rounds."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.amounts import chips
from cli.connect import connected
from cli.terminal import Progress, table
from server.config import Config
from storage import audit, void_rounds
from storage.store import Store

COUNTED_DAYS = 30


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "audit", help="check that the books balance; exits 1 and names the wrong rows if they don't"
    )
    parser.set_defaults(run=run)


async def run(_args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        progress = Progress("Auditing")
        findings = await audit.audit(db)
        totals = await audit.totals_by_game(db)
        void = await _void_rounds(db)
        progress.end()
    if findings:
        print(table(("rule", "where", "problem"), [(f.rule, f.where, f.detail) for f in findings]))
        print(f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'}")
    else:
        print("The books balance.")
    if totals:
        print(_by_game(totals))
    print(void, end="")
    return 1 if findings else 0


def _by_game(totals: list[audit.GameTotals]) -> str:
    """What the players staked and were paid, by game and in all."""
    every = [(each.game, each.bets, each.staked, each.paid) for each in totals]
    bets, staked, paid = (sum(column) for column in list(zip(*every, strict=True))[1:])
    rows = [
        (game, f"{bets:,}", chips(staked), chips(paid), chips(staked - paid))
        for game, bets, staked, paid in [*every, ("all games", bets, staked, paid)]
    ]
    return table(("game", "bets", "staked", "paid", "kept by the house"), rows, right=(1, 2, 3, 4))


async def _void_rounds(db: Store) -> str:
    since = datetime.now(UTC) - timedelta(days=COUNTED_DAYS)
    counts = await void_rounds.count_by_reason(db, since)
    if not counts:
        return ""
    rows = [(each.reason, f"{each.rounds:,}", f"{each.bets:,}") for each in counts]
    lines = [f"Void rounds with bets, last {COUNTED_DAYS} days:"]
    lines.append(table(("reason", "rounds", "bets"), rows, right=(1, 2)))
    named = void_rounds.above_chance(await void_rounds.count_by_player(db, since))
    if named:
        lines.append("More of their rounds are void than chance explains:")
        players = [(each.username, f"{each.void:,}", f"{each.rounds:,}") for each in named]
        lines.append(table(("player", "void", "of rounds"), players, right=(1, 2)))
    return "\n".join(lines) + "\n"
