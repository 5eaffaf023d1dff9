"""The rules of the games, as pure functions of values: no clock, no random source, no I/O."""
