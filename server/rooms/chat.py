"""The last chat lines of a room, and who wrote them."""

from collections import deque

from server.messages import ChatLine


class ChatLog:
    """Keeps the last ``keep`` lines."""

    def __init__(self, keep: int) -> None:
        self._lines: deque[tuple[int, ChatLine]] = deque(maxlen=keep)

    @property
    def lines(self) -> list[ChatLine]:
        return [line for _, line in self._lines]

    def authors(self) -> set[int]:
        """The user ids of those who wrote the lines."""
        return {user_id for user_id, _ in self._lines}

    def add(self, user_id: int, line: ChatLine) -> None:
        self._lines.append((user_id, line))

    def forget(self, user_id: int) -> list[str]:
        """Drop the user's lines; returns the names under which they were written."""
        names = {line.player for author, line in self._lines if author == user_id}
        kept = [(author, line) for author, line in self._lines if author != user_id]
        self._lines.clear()
        self._lines.extend(kept)
        return sorted(names)
