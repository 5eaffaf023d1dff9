"""Takes over a room from an owner that died: makes its live round void and returns the stakes."""

import logging
from collections import Counter
from operator import attrgetter

from server.backends.bus import Claim
from server.backends.directory import Directory
from server.backends.holds import Holds
from server.backends.journal import Journal, Record
from server.messages import VoidReason, encode
from server.rooms.live_round import round_name
from server.rooms.room import Room
from server.rooms.session_log import SessionLog
from storage import game_sessions, ledger, open_rounds
from storage.settlement import EndedRound, WalletChange
from storage.store import Store

log = logging.getLogger(__name__)


class Takeover:
    """Cleans up what the previous owner of a room left in the journal, the holds and the database."""

    def __init__(
        self,
        db: Store,
        holds: Holds,
        journal: Journal,
        directory: Directory,
        sessions: SessionLog,
        *,
        void_counts: Counter[str],
    ) -> None:
        """``void_counts`` counts the void rounds by reason."""
        self._db = db
        self._holds = holds
        self._journal = journal
        self._directory = directory
        self._sessions = sessions
        self._void_counts = void_counts

    async def clean_up(self, claim: Claim, now: int, reason: VoidReason = VoidReason.OWNER_LOST) -> list[str]:
        """Make every open round of the room void and return its stakes; returns the names of these rounds. From then on
        the row of the void round keeps the previous owner from settling it if it wakes up again. Raises
        UnreachableError, DatabaseUnavailableError."""
        record = await self._journal.read(claim.room)
        voided = []
        if record is not None and await self._void(record, now, reason):
            voided.append(round_name(claim.room, record.opened.number))
        for name in await open_rounds.void_open_rounds(self._db, claim.room, reason):
            if name not in voided:
                voided.append(name)
        self._void_counts[reason] += len(voided)
        for name in voided:
            log.warning(
                "%s was left open by a node that died; it is void now, and its stakes are returned",
                name,
                extra={"round": name},
            )
        await self._clear_holds(claim)
        await self._journal.clear(claim)
        return voided

    async def seat_players(self, room: Room) -> None:
        """Give the players who had seats under the previous owner their seats again; end the other open sessions.
        Raises UnreachableError, DatabaseUnavailableError."""
        sessions = await game_sessions.open_sessions(self._db, room.key)
        rows = await self._db.load_players([session.user_id for session in sessions])
        newest = {each.user_id: each for each in sessions if each.user_id in rows and rows[each.user_id].is_active}
        # There can be more open sessions than seats: the end of a session may not have been recorded.
        kept = sorted(newest.values(), key=attrgetter("id"))[-room.size :]
        # For the same reason, two may name one seat: the newer one has it. Those without a seat take what is left.
        seated = [session for session in reversed(kept) if session.seat is not None]
        for session in [*seated, *(session for session in kept if session.seat is None)]:
            await room.resume(rows[session.user_id], session.id, session.seat)
            if room.is_solo:
                await self._directory.enter_solo(session.user_id, room.game.name, room.key)
        for session in sessions:
            if session not in kept:
                self._sessions.end(session.id)
        if room.is_private:
            room.add_guests(await game_sessions.visitors(self._db, room.key))

    async def end_sessions(self, key: str) -> None:
        """End all sessions of a room that does not open again."""
        for session in await game_sessions.open_sessions(self._db, key):
            self._sessions.end(session.id)

    async def _void(self, record: Record, now: int, reason: VoidReason) -> bool:
        """Record the round as void, with its bets. Returns False if its owner had settled it, or had not begun it."""
        (settlement,) = await ledger.settle(self._db, [_void_row(record, now, reason)])
        if settlement.status == "failed":
            log.error(
                "%s is void, but its bets could not be recorded: %s",
                round_name(settlement.room, settlement.number),
                settlement.reason,
                extra={"round": round_name(settlement.room, settlement.number)},
            )
        return settlement.status == "void"

    async def _clear_holds(self, claim: Claim) -> None:
        """Remove the holds of a settled round, and show the wallets after it. Release all other holds."""
        holds = await self._holds.left_in(claim.room)
        on_record = await self._db.find_bets([(hold.user_id, hold.key) for hold in holds])
        rows = await self._db.load_players([hold.user_id for hold in holds])
        wallets = [WalletChange(row.user_id, row.balance, row.version) for row in rows.values()]
        settled = [hold for hold in holds if (hold.user_id, hold.key) in on_record]
        await self._holds.settle(claim, settled, wallets, {})
        await self._holds.release(claim, [hold for hold in holds if hold not in settled])


def _void_row(record: Record, now: int, reason: VoidReason) -> EndedRound:
    opened = record.opened
    return EndedRound(
        game_id=opened.game_id,
        room=opened.room,
        number=opened.number,
        server_seed_hash=opened.server_seed_hash,
        server_seed="",
        client_seed="",
        nonce=opened.nonce,
        status="void",
        options=opened.options,
        journal=record.journal,
        outcome=encode({"reason": reason}),
        started_at=opened.started_at,
        # The clock of this machine may be behind that of the previous owner, or may have been set back.
        ended_at=max(now, opened.started_at, *[bet.placed_at for bet in record.bets]),
        bets=record.bets,
    )
