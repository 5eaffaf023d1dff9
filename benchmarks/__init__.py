"""Measurements of Croupier: `python -m benchmarks.NAME` runs the one of a module that is no helper."""
