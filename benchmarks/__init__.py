"""What Croupier is measured by: each module but the helpers is a benchmark, run by `python -m benchmarks.NAME`."""
