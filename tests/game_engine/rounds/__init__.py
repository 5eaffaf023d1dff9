"""Rounds for the published test vectors: one module per game, with ``rounds()`` and perhaps ``drawn(draws)``."""
