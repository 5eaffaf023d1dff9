"""Rounds for the published test vectors: a module a game, with ``rounds()`` and perhaps ``drawn(draws)``."""
