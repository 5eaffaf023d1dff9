"""The list of games: one module each, one line each."""
