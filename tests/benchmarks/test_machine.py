"""Tests of the cores that are measured on."""

import subprocess
import sys

from benchmarks.server import ROOT

TWICE = "from benchmarks.machine import cores; assert cores() == cores() and cores().server != cores().generator"


def test_every_benchmark_of_a_process_gets_the_same_cores() -> None:
    """In a process of its own, since it pins itself to one of them."""
    subprocess.run([sys.executable, "-c", TWICE], check=True, cwd=ROOT)
