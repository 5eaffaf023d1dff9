"""Ended rounds as the ledger takes them, and the rows that settle them: pure arithmetic, alike for every database."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

RoundName = tuple[str, int]
"""A round's room and number."""

REFUNDS = frozenset({"push", "void"})
"""Results whose payout is a returned stake, not a win."""
_RESULT = re.compile(r"[a-z_]{1,20}")


class EndedBet(Struct, frozen=True):
    """One bet of an ended round. ``selection`` is JSON, ``amount`` and ``payout`` cents, ``result`` at most 20 small
    letters and underscores, ``key`` chosen by the client, ``placed_at`` ms since the epoch."""

    user_id: int
    session_id: int
    number: int
    amount: int
    selection: bytes
    result: str
    payout: int
    key: str
    placed_at: int


class OpenRound(Struct, frozen=True):
    """A round that begins to take bets. ``options`` is JSON; ``started_at`` ms since the epoch."""

    game_id: int
    room: str
    number: int
    server_seed_hash: str
    nonce: int
    options: bytes
    started_at: int


class EndedRound(Struct, frozen=True):
    """A round that ended. ``options``, ``journal`` and ``outcome`` are JSON; times are ms since the epoch.

    With status ``void`` every bet pays its stake back, whatever it says; the seeds are not kept, and ``outcome`` gives
    the reason.
    """

    game_id: int
    room: str
    number: int
    server_seed_hash: str
    server_seed: str
    client_seed: str
    nonce: int
    status: Literal["settled", "void"]
    options: bytes
    journal: bytes
    outcome: bytes
    started_at: int
    ended_at: int
    bets: tuple[EndedBet, ...] = ()
    next: OpenRound | None = None
    """The next round of the room, opened in the same transaction."""


class WalletChange(Struct, frozen=True):
    """A player's balance in cents after the change that made the wallet this ``version``."""

    user_id: int
    balance: int
    version: int


class Settlement(Struct, frozen=True):
    """What became of a round: ``failed`` (nothing of it was written, for this ``reason``) or the status on record."""

    room: str
    number: int
    status: Literal["settled", "void", "failed"]
    reason: str | None = None
    wallets: tuple[WalletChange, ...] = ()
    uncovered: tuple[int, ...] = ()
    """The users whose stakes exceeded their balance: nothing of their bets was written."""


class RecordedRound(Struct, frozen=True):
    """A round that is on record already."""

    id: int
    status: str
    server_seed_hash: str


class PlannedWallet(Struct):
    """A wallet as the plan leaves it."""

    id: int
    balance: int
    version: int
    changed_at: int | None = None
    """The time of the last change in ms; None: the plan does not change it."""


class OnRecord(Struct):
    """What a database says about the wallets, sessions and rounds of a batch."""

    wallets: dict[int, PlannedWallet]
    """By user id; a user who is missing has no account any more."""
    sessions: dict[int, int]
    """Session id → user id."""
    rounds: dict[RoundName, RecordedRound]


_encode = msgspec.json.Encoder().encode
_wallets = msgspec.json.Decoder(list[tuple[int, int, int, int]])
_sessions = msgspec.json.Decoder(list[tuple[int, int]])
_rounds = msgspec.json.Decoder(list[tuple[str, int, int, str, str]])


def on_record_from_json(wallets: str, sessions: str, rounds: str) -> OnRecord:
    """Decode lists of ``[user, wallet, balance, version]``, ``[session, user]`` and ``[room, number, id, status, seed
    hash]``."""
    return OnRecord(
        wallets={
            user_id: PlannedWallet(wallet_id, balance, version)
            for user_id, wallet_id, balance, version in _wallets.decode(wallets)
        },
        sessions=dict(_sessions.decode(sessions)),
        rounds={
            (room, number): RecordedRound(round_id, status, seed_hash)
            for room, number, round_id, status, seed_hash in _rounds.decode(rounds)
        },
    )


class NewRound(Struct, frozen=True):
    """A row to insert into ``rounds``; the fields are its columns, JSON is text."""

    id: int
    game_id: int
    room: str
    number: int
    server_seed_hash: str
    server_seed: str | None
    client_seed: str | None
    nonce: int
    status: str
    options: str
    journal: str | None
    outcome: str | None
    results: str | None
    started_at: Any
    ended_at: Any


class RoundUpdate(Struct, frozen=True):
    """The columns that change in ``rounds`` when an open round ends, and the row's id."""

    server_seed: str | None
    client_seed: str | None
    status: str
    journal: str | None
    outcome: str | None
    results: str
    started_at: Any
    ended_at: Any
    id: int


class NewBet(Struct, frozen=True):
    """A row to insert into ``bets``; the fields are its columns, ``selection`` is JSON text."""

    id: int
    session_id: int
    amount: int
    result: str
    created_at: Any
    user_id: int
    round_id: int
    number: int
    selection: str
    payout: int
    key: str


class NewTransaction(Struct, frozen=True):
    """A row to insert into ``transactions``; the fields are its columns."""

    wallet_id: int
    amount: int
    type: str
    category: str
    description: str
    created_at: Any
    balance_after: int
    bet_id: int


class WalletUpdate(Struct, frozen=True):
    """The columns that change in ``wallets``, and the row's id."""

    id: int
    balance: int
    version: int
    last_updated: Any


class SettlementPlan:
    """The rows that settle a batch, collected round by round from what is on record.

    ``round_ids`` and ``bet_ids`` yield the ids of new rows. A database that numbers rows only while it inserts them
    passes -1, -2, -3…: placeholders that can't be mistaken for the id of a row on record, and whose absolute value is
    the row's place in ``new_rounds`` or ``new_bets``, from 1. ``to_column`` turns a time in ms into what the database
    takes for it. ``may_overdraw``: the wallets' balances are not known yet, so the database must refuse a stake that
    exceeds the balance.
    """

    def __init__(
        self,
        on_record: OnRecord,
        *,
        round_ids: Iterator[int],
        bet_ids: Iterator[int],
        to_column: Callable[[int], Any],
        may_overdraw: bool = False,
    ) -> None:
        self._wallets = on_record.wallets
        self._sessions = on_record.sessions
        self._rounds = on_record.rounds
        self._round_ids = round_ids
        self._bet_ids = bet_ids
        self._to_column = to_column
        self._may_overdraw = may_overdraw
        self.new_rounds: list[NewRound] = []
        self.round_updates: list[RoundUpdate] = []
        self.new_bets: list[NewBet] = []
        self.new_transactions: list[NewTransaction] = []
        self.settlements: list[Settlement] = []
        """One for each round added, in that order."""

    def add(self, rounds: Sequence[EndedRound]) -> None:
        for round_ in rounds:
            self.settlements.append(self._settle(round_))

    def wallet_updates(self) -> list[WalletUpdate]:
        """For each wallet that the plan changes, in ascending id."""
        return [
            WalletUpdate(
                id=wallet.id,
                balance=wallet.balance,
                version=wallet.version,
                last_updated=self._to_column(wallet.changed_at),
            )
            for wallet in sorted(self._wallets.values(), key=lambda wallet: wallet.id)
            if wallet.changed_at is not None
        ]

    def _settle(self, round_: EndedRound) -> Settlement:
        recorded = self._rounds.get((round_.room, round_.number))
        if recorded is not None and recorded.server_seed_hash != round_.server_seed_hash:
            return Settlement(round_.room, round_.number, "failed", reason="another round has this number")
        if recorded is not None and recorded.status != "open":
            return self._as_recorded(round_, recorded)
        if round_.status == "settled" and not (round_.outcome and round_.journal):
            return Settlement(round_.room, round_.number, "failed", reason="the outcome or the journal is missing")
        if round_.status == "settled" and not all(_RESULT.fullmatch(bet.result) for bet in round_.bets):
            return Settlement(round_.room, round_.number, "failed", reason="a bet's result is not a short word")
        bets = self._payable(round_)
        if round_.status == "void":
            bets = [structs.replace(bet, result="void", payout=bet.amount) for bet in bets]
        uncovered = [] if self._may_overdraw else self._overdrawn(bets)
        bets = [bet for bet in bets if bet.user_id not in uncovered]
        round_id = self._write_round(round_, recorded, bets)
        self._write_bets(round_, round_id, bets)
        if round_.next is not None:
            self._write_open_round(round_.next)
        users = dict.fromkeys([bet.user_id for bet in bets])
        wallets = [self._changed(user_id, round_.ended_at) for user_id in users]
        wallets += [self._wallet_change(user_id) for user_id in uncovered]
        return Settlement(round_.room, round_.number, round_.status, wallets=tuple(wallets), uncovered=tuple(uncovered))

    def _as_recorded(self, round_: EndedRound, recorded: RecordedRound) -> Settlement:
        users = dict.fromkeys(bet.user_id for bet in round_.bets if bet.user_id in self._wallets)
        wallets = tuple([self._wallet_change(user_id) for user_id in users])
        status: Literal["settled", "void"] = "void" if recorded.status == "void" else "settled"
        return Settlement(round_.room, round_.number, status, wallets=wallets)

    def _payable(self, round_: EndedRound) -> list[EndedBet]:
        """The bets whose accounts and sessions still exist."""
        sessions, wallets = self._sessions, self._wallets
        return [bet for bet in round_.bets if sessions.get(bet.session_id) == bet.user_id and bet.user_id in wallets]

    def _overdrawn(self, bets: list[EndedBet]) -> list[int]:
        """The users whose stakes exceed their balance."""
        stakes: dict[int, int] = {}
        for bet in bets:
            stakes[bet.user_id] = stakes.get(bet.user_id, 0) + bet.amount
        return [user_id for user_id, stake in stakes.items() if stake > self._wallets[user_id].balance]

    def _write_round(self, round_: EndedRound, recorded: RecordedRound | None, bets: list[EndedBet]) -> int:
        """The round's id. The same round later in the batch finds it as recorded."""
        is_void = round_.status == "void"
        server_seed = None if is_void else round_.server_seed
        client_seed = None if is_void else round_.client_seed
        journal = round_.journal.decode() or None
        outcome = round_.outcome.decode() or None
        results = _encode([(bet.number, bet.amount, bet.result, bet.payout) for bet in bets]).decode()
        started_at, ended_at = self._to_column(round_.started_at), self._to_column(round_.ended_at)
        if recorded is None:
            round_id = next(self._round_ids)
            self.new_rounds.append(
                NewRound(
                    id=round_id,
                    game_id=round_.game_id,
                    room=round_.room,
                    number=round_.number,
                    server_seed_hash=round_.server_seed_hash,
                    server_seed=server_seed,
                    client_seed=client_seed,
                    nonce=round_.nonce,
                    status=round_.status,
                    options=round_.options.decode(),
                    journal=journal,
                    outcome=outcome,
                    results=results,
                    started_at=started_at,
                    ended_at=ended_at,
                )
            )
        else:
            round_id = recorded.id
            self.round_updates.append(
                RoundUpdate(
                    server_seed=server_seed,
                    client_seed=client_seed,
                    status=round_.status,
                    journal=journal,
                    outcome=outcome,
                    results=results,
                    # The row was written with the commit before; the round opened only after that.
                    started_at=started_at,
                    ended_at=ended_at,
                    id=round_id,
                )
            )
        self._rounds[round_.room, round_.number] = RecordedRound(round_id, round_.status, round_.server_seed_hash)
        return round_id

    def _write_open_round(self, round_: OpenRound) -> None:
        self.new_rounds.append(
            NewRound(
                id=next(self._round_ids),
                game_id=round_.game_id,
                room=round_.room,
                number=round_.number,
                server_seed_hash=round_.server_seed_hash,
                server_seed=None,
                client_seed=None,
                nonce=round_.nonce,
                status="open",
                options=round_.options.decode(),
                journal=None,
                outcome=None,
                results=None,
                started_at=self._to_column(round_.started_at),
                ended_at=None,
            )
        )

    def _write_bets(self, round_: EndedRound, round_id: int, bets: list[EndedBet]) -> None:
        """Every stake leaves its wallet before a payout comes in, so no ``balance_after`` relies on a payout of the
        same round."""
        ended_at = self._to_column(round_.ended_at)
        prefix = f"{round_.room}.{round_.number}."
        payouts = []
        for bet in bets:
            bet_id, wallet = next(self._bet_ids), self._wallets[bet.user_id]
            self.new_bets.append(
                NewBet(
                    id=bet_id,
                    session_id=bet.session_id,
                    amount=bet.amount,
                    result=bet.result,
                    created_at=self._to_column(bet.placed_at),
                    user_id=bet.user_id,
                    round_id=round_id,
                    number=bet.number,
                    selection=bet.selection.decode(),
                    payout=bet.payout,
                    key=bet.key,
                )
            )
            wallet.balance -= bet.amount
            self.new_transactions.append(
                NewTransaction(
                    wallet_id=wallet.id,
                    amount=bet.amount,
                    type="debit",
                    category="bet",
                    description=f"{prefix}{bet.number}",
                    created_at=ended_at,
                    balance_after=wallet.balance,
                    bet_id=bet_id,
                )
            )
            if bet.payout:
                payouts.append((bet, bet_id, wallet))
        for bet, bet_id, wallet in payouts:
            wallet.balance += bet.payout
            self.new_transactions.append(
                NewTransaction(
                    wallet_id=wallet.id,
                    amount=bet.payout,
                    type="credit",
                    category="refund" if bet.result in REFUNDS else "win",
                    description=f"{prefix}{bet.number}",
                    created_at=ended_at,
                    balance_after=wallet.balance,
                    bet_id=bet_id,
                )
            )

    def _changed(self, user_id: int, at_ms: int) -> WalletChange:
        wallet = self._wallets[user_id]
        wallet.version += 1
        wallet.changed_at = at_ms
        return self._wallet_change(user_id)

    def _wallet_change(self, user_id: int) -> WalletChange:
        wallet = self._wallets[user_id]
        return WalletChange(user_id, wallet.balance, wallet.version)
