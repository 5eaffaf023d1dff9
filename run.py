#!/usr/bin/env python3
"""Croupier's command line in a checkout: the installed commands and those that only developers need."""

import sys

try:
    from cli import main
    from devtools import cluster, new_game
except ModuleNotFoundError as error:
    print(
        f"run.py: the package {error.name} is missing; `make run` installs it for .venv/bin/python run.py",
        file=sys.stderr,
    )
    sys.exit(2)

COMMANDS = (*main.COMMANDS, new_game, cluster)

if __name__ == "__main__":
    sys.exit(main.main(commands=COMMANDS))
