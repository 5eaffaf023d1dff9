"""The rules of the games: values in, values out. Nothing here reads a clock, draws chance or does I/O."""
