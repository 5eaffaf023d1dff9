#!/usr/bin/env python3
"""Croupier's command line in a checkout: the installed commands and those that only developers need."""

import sys

from cli import main
from devtools import cluster, new_game

COMMANDS = (*main.COMMANDS, new_game, cluster)

if __name__ == "__main__":
    sys.exit(main.main(commands=COMMANDS))
