"""What viewers see of a room: snapshots, and the summary in the lobby."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Raw

from server import messages
from server.errors import ClientError
from server.messages import Position, encode
from server.rooms.access import code_of

if TYPE_CHECKING:
    from server.rooms.room import Room


class Snapshots:
    """The snapshots of one room. A snapshot is encoded once for all spectators of a frame."""

    def __init__(self, room: "Room") -> None:
        self._room = room
        self._seq = -1
        self._snapshot: messages.Snapshot
        self._for_spectators: messages.SnapshotAt | None = None
        self._first: messages.Snapshot | None = None

    def begin(self) -> None:
        """Keep the room's state before its first frame: the first frames say how the previous owner's round ended."""
        self._first = snapshot_of(self._room)
        if self._room.delayed is not None:
            self._room.delayed.begin(msgspec.structs.replace(self._first, history=[], chat=[]))

    def first(self, user_id: int | None) -> messages.SnapshotAt | None:
        """The room before its first frame."""
        if self._first is None:
            return None
        return self._at(Position(self._room.frames.epoch, 0), self._personal(user_id, self._first))

    def current(self, user_id: int | None) -> messages.SnapshotAt:
        """The room now. Call it only while no event is pending."""
        room, at = self._room, self._room.frames.position()
        if self._seq != at.seq:
            self._seq, self._snapshot, self._for_spectators = at.seq, snapshot_of(room), None
        member = room.seats.of(user_id)
        if member is None and not room.access.is_owner(user_id):
            self._for_spectators = self._for_spectators or self._at(at, self._snapshot)
            return self._for_spectators
        snapshot = self._snapshot
        if member is not None and room.rounds.live:
            snapshot = msgspec.structs.replace(snapshot, view=room.rounds.live.view(member.seat))
        return self._at(at, self._personal(user_id, snapshot))

    def delayed(self, user_id: int | None) -> messages.SnapshotAt:
        """The room as spectators see it with its delay. Raises ClientError unavailable if it has none, or while the
        lease is uncertain."""
        delayed = self._room.delayed
        if delayed is None:
            raise ClientError("unavailable")
        return self._at(delayed.require_position(), self._personal(user_id, delayed.snapshot))

    def _personal(self, user_id: int | None, snapshot: messages.Snapshot) -> messages.Snapshot:
        """The snapshot, with the parts that only the player of a seat or the room's owner may see."""
        member, terms = self._room.seats.of(user_id), self._room.access.terms
        if member is not None:
            back = self._room.members.must_bring(member)
            you = messages.You(
                player=member.username,
                session=member.session_id,
                seat=member.seat,
                brings_back=UNSET if back is None else back,
            )
            snapshot = msgspec.structs.replace(snapshot, you=you)
        if terms is not None and snapshot.private is not None and self._room.access.is_owner(user_id):
            private = msgspec.structs.replace(snapshot.private, invite=terms.invite, code=code_of(terms.invite))
            snapshot = msgspec.structs.replace(snapshot, private=private)
        return snapshot

    def _at(self, at: Position, snapshot: messages.Snapshot) -> messages.SnapshotAt:
        return messages.SnapshotAt(room=self._room.key, epoch=at.epoch, seq=at.seq, snapshot=Raw(encode(snapshot)))


def snapshot_of(room: "Room") -> messages.Snapshot:
    """The room as a spectator sees it."""
    live = room.rounds.live
    return messages.Snapshot(
        game=room.game.name,
        round=live.describe() if live else None,
        paused=room.paused,
        view=live.view(None) if live else {"phase": "waiting"},
        bets=live.wire_bets() if live else [],
        players=[member.describe() for member in room.seats.all()],
        spectators=room.watchers.spectators,
        chat=room.chat.lines,
        history=list(room.rounds.history),
        limits=room.limits,
        options=room.options,
        private=_private(room),
    )


def _private(room: "Room") -> messages.PrivateRoom | None:
    terms = room.access.terms
    if terms is None:
        return None
    return messages.PrivateRoom(
        owner=room.owner_name() or terms.username,
        seats=terms.seats,
        listed=terms.listed,
        watch=terms.watch,
        delay=terms.delay,
        invited_only=terms.invited_only,
    )


def summary_of(room: "Room") -> messages.RoomSummary:
    """The room as the lobby shows it. Everyone sees it, so it shows only what any spectator may see."""
    terms = room.access.terms
    view, round_, history = _public_part(room)
    return messages.RoomSummary(
        room=room.key,
        game=room.game.name,
        title=room.game.title,
        shared=room.game.shared,
        private=room.is_private,
        owner=room.owner_name(),
        seats=room.seats.size,
        watch="everybody" if terms is None else terms.watch,
        invited_only=terms is not None and terms.invited_only,
        delay=0 if terms is None else terms.delay,
        options=room.options,
        players=len(room.seats),
        spectators=room.watchers.spectators,
        phase=view["phase"],
        closes_at=view.get("closes_at"),
        started_at=view.get("started_at"),
        paused=room.paused,
        round=round_.round if round_ else None,
        history=list(history)[:10],
    )


def _public_part(room: "Room") -> tuple[dict[str, Any], messages.RoundHead | None, Iterable[messages.PastRound]]:
    """The game's view, the round, and the rounds before it, as far as a stranger may see them."""
    terms = room.access.terms
    if terms is not None and terms.watch != "everybody":
        return {"phase": "hidden"}, None, ()
    if room.delayed is not None:
        seen = room.delayed.snapshot
        return seen.view, seen.round, seen.history
    live = room.rounds.live
    if live is None:
        return {"phase": "waiting"}, None, room.rounds.history
    return live.view(None), live.describe(), room.rounds.history
