"""The rooms as WebSocket connections reach them, with calls that a test delays, fails or records."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

Call = Callable[[], Awaitable[Any]]
"""The intercepted call, with its arguments."""


class InterceptedRooms:
    """Passes each method on to ``rooms``; ``around`` has functions that are called in place of methods, by name. The
    methods of ``private`` are intercepted too."""

    def __init__(self, rooms: Any, around: dict[str, Callable[[Call], Awaitable[Any]]] | None = None) -> None:
        self.around = {} if around is None else around
        self._rooms = rooms

    @property
    def private(self) -> "InterceptedRooms":
        return InterceptedRooms(self._rooms.private, self.around)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._rooms, name)
        around = self.around.get(name)
        return method if around is None else lambda *args, **named: around(partial(method, *args, **named))
