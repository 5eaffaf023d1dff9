"""What an owner that is no more has left in a room: its live round, and the stakes behind it."""

import logging

from server.backends.bus import Claim
from server.backends.holds import Holds
from server.backends.journal import Journal
from server.messages import encode
from server.rooms.room_names import round_name
from storage import ledger, open_rounds
from storage.settlement import EndedRound, OpenRound, WalletChange
from storage.store import Store

log = logging.getLogger(__name__)

OWNER_LOST = "owner_lost"
"""Why a round is void whose node died."""


class Takeover:
    """Puts a room in order for its next owner."""

    def __init__(self, db: Store, holds: Holds, journal: Journal) -> None:
        self._db = db
        self._holds = holds
        self._journal = journal

    async def settle(self, claim: Claim, now: int) -> list[str]:
        """Make void what is still open, free the stakes, and answer the names of the void rounds. From then on the
        round's row keeps its last owner from settling it, should that wake up. Raises UnreachableError,
        DatabaseUnavailableError."""
        record = await self._journal.read(claim.room)
        voided = []
        if record is not None and await self._void(record.opened, now):
            voided.append(round_name(claim.room, record.opened.number))
        for name in await open_rounds.void_open_rounds(self._db, claim.room, OWNER_LOST):
            if name not in voided:
                voided.append(name)
        for name in voided:
            log.warning("%s was left open and is void", name)
        await self._free_stakes(claim)
        await self._journal.clear(claim)
        return voided

    async def _void(self, opened: OpenRound, now: int) -> bool:
        """False: its owner had settled it, or had never begun it."""
        (settlement,) = await ledger.settle(self._db, [_void_row(opened, now)])
        return settlement.status == "void"

    async def _free_stakes(self, claim: Claim) -> None:
        """Those of a round that was settled go together with what the wallets hold since; the others never were."""
        holds = await self._holds.left_in(claim.room)
        on_record = await self._db.find_bets([(hold.user_id, hold.key) for hold in holds])
        rows = await self._db.load_players([hold.user_id for hold in holds])
        wallets = [WalletChange(row.user_id, row.balance, row.version) for row in rows.values()]
        settled = [hold for hold in holds if (hold.user_id, hold.key) in on_record]
        await self._holds.settle(claim, settled, wallets, {})
        await self._holds.release(claim, [hold for hold in holds if hold not in settled])


def _void_row(opened: OpenRound, now: int) -> EndedRound:
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
        journal=b"",
        outcome=encode({"reason": OWNER_LOST}),
        started_at=opened.started_at,
        ended_at=now,
    )
