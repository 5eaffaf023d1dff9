"""The last chat lines of a room, and who wrote them."""

from collections import deque

from msgspec import Struct

from server.messages import ChatLine


class _Entry(Struct, frozen=True):
    """``seq`` is the number of the frame with the line."""

    user_id: int
    seq: int
    line: ChatLine


class ChatLog:
    """Shows the last ``keep`` lines. Remembers those in frames that clients may still get, too."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._entries: deque[_Entry] = deque()

    @property
    def lines(self) -> list[ChatLine]:
        return [entry.line for entry in self._entries][-self._keep :]

    def authors(self) -> set[int]:
        """The user ids of those who wrote the lines."""
        return {entry.user_id for entry in self._entries}

    def add(self, user_id: int, line: ChatLine, *, seq: int, oldest: int) -> None:
        """The line will be in frame ``seq``; frames before ``oldest`` are not kept any more."""
        self._entries.append(_Entry(user_id, seq, line))
        while len(self._entries) > self._keep and self._entries[0].seq < oldest:
            self._entries.popleft()

    def forget(self, user_id: int) -> list[ChatLine]:
        """Drop the user's lines; returns them."""
        theirs = [entry.line for entry in self._entries if entry.user_id == user_id]
        self._entries = deque(entry for entry in self._entries if entry.user_id != user_id)
        return theirs
