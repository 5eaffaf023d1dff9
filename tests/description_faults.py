"""What tests received that the published descriptions do not describe; ``tests.published`` finds it."""

FAULTS: list[str] = []
"""One text for each message, in the words of the validator."""
