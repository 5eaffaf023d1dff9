"""Private rooms: what their owner has settled, and who may sit down in a room and who may watch it."""

import secrets

from msgspec import Struct

from server.backends.bus import late_view
from server.backends.directory import Terms
from server.errors import ClientError
from server.rooms.seating import Seating


class Admission(Struct, frozen=True):
    """What the room shows to a viewer: ``late``, as long after it happened as its terms say, or at once. ``seated``:
    because of the viewer's seat."""

    late: bool = False
    seated: bool = False

    def view_of(self, room: str) -> str:
        """The view of the room that is shown."""
        return late_view(room) if self.late else room


TO_ALL = Admission()


def fresh_invite() -> str:
    """A code that nobody can guess: 128 random bits."""
    return secrets.token_urlsafe(16)


class Access:
    """Of one room; without terms it is open to all. ``guests`` are the users who showed the invite or had a seat."""

    def __init__(self, terms: Terms | None, seating: Seating) -> None:
        self.terms = terms
        self.guests: set[int] = set()
        self._seating = seating

    @property
    def is_guarded(self) -> bool:
        """Who has a seat sees more than others."""
        return self.terms is not None and (self.terms.watch != "everybody" or self.terms.delay > 0)

    def is_owner(self, user_id: int | None) -> bool:
        return self.terms is not None and user_id == self.terms.owner

    def require_seat(self, user_id: int, invite: str | None) -> None:
        """The player may sit down. Raises ClientError invite_needed, or no_such_room to whom the room must not show."""
        terms = self.terms
        if terms is None or self._seating.of(user_id) is not None:
            return
        if self._is_invited(terms, user_id, invite) or terms.open_to_all:
            return
        if terms.listed:
            raise ClientError("invite_needed", field="invite")
        raise ClientError("no_such_room", field="room")

    def admit(self, user_id: int | None, invite: str | None) -> Admission:
        """What the viewer is shown. Raises ClientError no_such_room."""
        terms = self.terms
        if terms is None:
            return TO_ALL
        # Asked first, so that the invite counts from now on.
        invited = self._is_invited(terms, user_id, invite)
        if not self.is_guarded:
            return TO_ALL
        if self._seating.of(user_id) is not None:
            return Admission(seated=True)
        if terms.watch == "everybody" or (terms.watch == "invited" and invited) or self.is_owner(user_id):
            return Admission(late=terms.delay > 0)
        raise ClientError("no_such_room", field="room")

    def _is_invited(self, terms: Terms, user_id: int | None, invite: str | None) -> bool:
        if invite is not None and secrets.compare_digest(invite.encode(), terms.invite.encode()):
            if user_id is not None:
                self.guests.add(user_id)
            return True
        return self.is_owner(user_id) or user_id in self.guests
