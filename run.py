#!/usr/bin/env python3
"""Croupier's entry: `run.py --help` says what it can do."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main())
