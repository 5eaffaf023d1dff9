"""`run.py audit`: checks that the books balance, and names the rows that break a rule."""

import argparse
from typing import Any

from cli.connect import connected
from cli.terminal import Progress, table
from server.config import Config
from storage import audit


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "audit", help="check every rule of the books; exits 1 and names the rows when they don't balance"
    )
    parser.set_defaults(run=run)


async def run(_args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        progress = Progress("Auditing")
        findings = await audit.audit(db)
        progress.end()
    if not findings:
        print("The books balance.")
        return 0
    print(table(("rule", "where", "what is wrong"), [(f.rule, f.where, f.detail) for f in findings]))
    print(f"{len(findings)} findings")
    return 1
