"""Benchmarks of Croupier: `python -m benchmarks.NAME`. README.md in this folder lists them."""
