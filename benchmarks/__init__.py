"""Measurements of Croupier: `python -m benchmarks.NAME`; README.md beside this says which there are."""
