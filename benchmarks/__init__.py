"""Measurements of Croupier: `python -m benchmarks.NAME`, where NAME is settle, fanout, idle or memory."""
