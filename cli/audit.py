"""The command `audit`: checks that the books balance, and names the rows that break a rule."""

import argparse
from typing import Any

from cli.connect import connected
from cli.terminal import Progress, table
from server.config import Config
from storage import audit


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "audit", help="check that the books balance; exits 1 and names the wrong rows if they don't"
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
    print(table(("rule", "where", "problem"), [(f.rule, f.where, f.detail) for f in findings]))
    print(f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'}")
    return 1
