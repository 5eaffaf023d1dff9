"""The choice of cores for the benchmarks."""

import subprocess
import sys

from benchmarks.server import ROOT

TWICE = "from benchmarks.machine import cores; assert cores() == cores() and cores().server != cores().generator"


def test_every_benchmark_of_a_process_gets_the_same_cores() -> None:
    """In a subprocess, because ``cores`` pins its process."""
    subprocess.run([sys.executable, "-c", TWICE], check=True, cwd=ROOT)
