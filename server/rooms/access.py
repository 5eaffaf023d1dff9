"""The rules of private rooms: who may take a seat, who may watch, and with which delay."""

import secrets
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from msgspec import Struct

from server.backends.bus import delayed_view
from server.backends.directory import Terms
from server.errors import ClientError
from server.rooms.membership import Seats


class Admission(Struct, frozen=True):
    """How a viewer may watch a room. ``delayed``: with the delay of the room's terms. ``seated``: the viewer has a
    seat, and may watch because of it. ``invited``: whether the invite that they showed is right; None if they showed
    none, or the room has no invite."""

    delayed: bool = False
    seated: bool = False
    invited: bool | None = None

    def view_of(self, room: str) -> str:
        """The view to show."""
        return delayed_view(room) if self.delayed else room


UNRESTRICTED = Admission()


def fresh_invite() -> str:
    """An invite that can't be guessed: 128 random bits."""
    return secrets.token_urlsafe(16)


CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O, which look alike on a wall."""
CODE_LENGTH = 6


def code_of(invite: str) -> str:
    """A short form of the invite that people can type. It can be guessed in some 10**8 tries, so whoever looks one up
    must have a limit."""
    number = int.from_bytes(sha256(b"code of " + invite.encode()).digest())
    letters = []
    for _ in range(CODE_LENGTH):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return "".join(letters)


class Access:
    """The rules of one room; a room without terms is open to everyone."""

    def __init__(self, terms: Terms | None, seats: Seats) -> None:
        self.terms = terms
        self._seats = seats
        self._guests: set[int] = set()

    @property
    def is_guarded(self) -> bool:
        """Whether players see more than others."""
        return self.terms is not None and (self.terms.watch != "everybody" or self.terms.delay > 0)

    def is_owner(self, user_id: int | None) -> bool:
        return self.terms is not None and user_id == self.terms.owner

    def add_guests(self, user_ids: Iterable[int]) -> None:
        """These users showed the invite or had a seat; from now on they count as invited."""
        if self.terms is not None:
            self._guests.update(user_ids)

    def close(self) -> Terms:
        """The owner closes the private room. Returns its new terms."""
        assert self.terms is not None
        self.terms = msgspec.structs.replace(self.terms, closing=True)
        return self.terms

    def require_seat(self, user_id: int, invite: str | None) -> None:
        """Raises ClientError unless the player may take a seat: invite_needed, or no_such_room if they may not even
        know of the room."""
        terms = self.terms
        if terms is None or self._seats.of(user_id) is not None:
            return
        if self._is_invited(terms, user_id, invite) or terms.open_to_all:
            return
        if terms.listed:
            raise ClientError("invite_needed", field="invite")
        raise ClientError("no_such_room", field="room")

    def admit(self, user_id: int | None, invite: str | None) -> Admission:
        """How the viewer may watch. Raises ClientError no_such_room if they may not."""
        terms = self.terms
        if terms is None:
            return UNRESTRICTED
        # Checked in any case: a correct invite makes the user a guest.
        invited = self._is_invited(terms, user_id, invite)
        told = None if invite is None else invited
        if not self.is_guarded:
            return Admission(invited=told)
        if self._seats.of(user_id) is not None:
            return Admission(seated=True, invited=told)
        if terms.watch == "everybody" or (terms.watch == "invited" and invited) or self.is_owner(user_id):
            return Admission(delayed=terms.delay > 0, invited=told)
        raise ClientError("no_such_room", field="room")

    def _is_invited(self, terms: Terms, user_id: int | None, invite: str | None) -> bool:
        if invite is not None and secrets.compare_digest(invite.encode(), terms.invite.encode()):
            if user_id is not None:
                self._guests.add(user_id)
            return True
        return self.is_owner(user_id) or user_id in self._guests
