"""Commands that a game must refuse, both in ``stake_of`` and in ``apply``."""

from collections.abc import Callable
from typing import Any

import pytest

from game_engine.game import AnyGame, Command, RefusedError


def refused(game: AnyGame, state: Any, command: Command) -> list[tuple[str, str | None]]:
    """Return the code and the field of the refusals of ``stake_of`` and ``apply``."""
    attempts: list[Callable[[], object]] = [
        lambda: game.stake_of(state, command),
        lambda: game.apply(state, command, 0),
    ]
    found = []
    for attempt in attempts:
        with pytest.raises(RefusedError) as refusal:
            attempt()
        found.append((refusal.value.code, refusal.value.field))
    return found
