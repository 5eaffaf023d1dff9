"""What an ended round hands to the ledger, and the plan of the rows that settle it: pure, alike for every database."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

Key = tuple[str, int]
"""A round's room and number."""
Row = tuple[Any, ...]

REFUNDS = frozenset({"push", "void"})
"""Results whose payout is a stake that comes back, not a win."""


class SettledBet(Struct, frozen=True):
    """One bet of an ended round. ``selection`` is JSON, ``amount`` and ``payout`` cents, ``key`` the client's own."""

    user_id: int
    session_id: int
    number: int
    amount: int
    selection: bytes
    result: str
    payout: int
    key: str


class OpenRound(Struct, frozen=True):
    """A round that begins to take bets. ``options`` is JSON; ``started_at`` ms since the epoch."""

    game_id: int
    room: str
    number: int
    server_seed_hash: str
    nonce: int
    options: bytes
    started_at: int


class SettledRound(Struct, frozen=True):
    """A round that ended. ``options``, ``journal`` and ``outcome`` are JSON; times ms since the epoch.

    With status ``void`` no bet counts and no seed, client seed or journal is kept; ``outcome`` may say why.
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
    bets: tuple[SettledBet, ...] = ()
    next: OpenRound | None = None
    """Opened in the same transaction."""


class WalletChange(Struct, frozen=True):
    """What a player's wallet holds, in cents, after the change that made it ``version``."""

    user_id: int
    balance: int
    version: int


class Settlement(Struct, frozen=True):
    """What became of a round: ``failed`` (nothing of it was written; ``reason`` says why) or what is on record now."""

    room: str
    number: int
    status: Literal["settled", "void", "failed"]
    reason: str | None = None
    wallets: tuple[WalletChange, ...] = ()


class WalletState(Struct):
    """A wallet while a batch is planned."""

    id: int
    balance: int
    version: int
    changed_at: Any = None


class KnownRound(Struct, frozen=True):
    """A round that is on record already."""

    id: int
    status: str
    server_seed_hash: str


class Known(Struct):
    """What the database says before a batch is written; it is so still when the batch is committed."""

    wallets: dict[int, WalletState]
    """By user id; a user who is not here has no account any more."""
    sessions: dict[int, int]
    """Session id → user id."""
    rounds: dict[Key, KnownRound]
    round_ids: Iterator[int]
    bet_ids: Iterator[int]
    at: Callable[[int], Any]
    """A time in ms → what the database takes for it."""


_wallets = msgspec.json.Decoder(list[tuple[int, int, int, int]])
_sessions = msgspec.json.Decoder(list[tuple[int, int]])
_rounds = msgspec.json.Decoder(list[tuple[str, int, tuple[int, str, str]]])


def from_json(found: Sequence[str]) -> tuple[dict[int, WalletState], dict[int, int], dict[Key, KnownRound]]:
    """``Known``'s wallets, sessions and rounds, of which a database says as JSON ``[[user, wallet, balance, version],
    …]``, ``[[session, user], …]`` and ``[[room, number, [id, status, seed hash]], …]``."""
    wallets, sessions, rounds = found
    return (
        {user: WalletState(*wallet) for user, *wallet in _wallets.decode(wallets)},
        dict(_sessions.decode(sessions)),
        {(room, number): KnownRound(*was) for room, number, was in _rounds.decode(rounds)},
    )


class Plan(Struct):
    """Rows to write, in this order, each with the columns that its name in this module says."""

    new_rounds: list[Row] = []
    ended_rounds: list[Row] = []
    bets: list[Row] = []
    transactions: list[Row] = []
    settlements: list[Settlement] = []


ROUND = (
    "id", "game_id", "room", "number", "server_seed_hash", "server_seed", "client_seed", "nonce", "status", "options",
    "journal", "outcome", "started_at", "ended_at",
)  # fmt: skip
ENDED_ROUND = ("server_seed", "client_seed", "status", "journal", "outcome", "started_at", "ended_at", "id")
BET = (
    "id", "session_id", "amount", "result", "created_at", "user_id", "round_id", "number", "selection", "payout", "key",
)  # fmt: skip
TRANSACTION = (
    "wallet_id", "amount", "type", "category", "description", "created_at", "balance_after", "bet_id",
)  # fmt: skip


def make_plan(rounds: Sequence[SettledRound], known: Known) -> Plan:
    """Plan a batch in which no round comes twice; ``known.wallets`` are moved to where the plan leaves them."""
    plan = Plan()
    for round_ in rounds:
        plan.settlements.append(_settle(round_, known, plan))
    return plan


def open_row(round_: OpenRound, round_id: int, at: Callable[[int], Any]) -> Row:
    """The ROUND row of a round that opens."""
    options, started = round_.options.decode(), at(round_.started_at)
    seeds = (round_.server_seed_hash, None, None, round_.nonce)
    return (round_id, round_.game_id, round_.room, round_.number, *seeds, "open", options, None, None, started, None)


def _settle(round_: SettledRound, known: Known, plan: Plan) -> Settlement:
    was = known.rounds.get((round_.room, round_.number))
    if was is not None and was.server_seed_hash != round_.server_seed_hash:
        return Settlement(round_.room, round_.number, "failed", "another round has this number")
    if was is not None and was.status != "open":
        return _as_it_was(round_, was, known)
    bets = [] if round_.status == "void" else _payable(round_, known)
    if not _covered(bets, known):
        return Settlement(round_.room, round_.number, "failed", "a stake exceeds the balance")
    round_id = next(known.round_ids) if was is None else was.id
    _write_round(round_, round_id, known, plan)
    _write_bets(round_, round_id, bets, known, plan)
    if round_.next is not None:
        plan.new_rounds.append(open_row(round_.next, next(known.round_ids), known.at))
    wallets = tuple([_changed(user_id, round_, known) for user_id in dict.fromkeys([bet.user_id for bet in bets])])
    return Settlement(round_.room, round_.number, round_.status, None, wallets)


def _as_it_was(round_: SettledRound, was: KnownRound, known: Known) -> Settlement:
    users = dict.fromkeys(bet.user_id for bet in round_.bets if bet.user_id in known.wallets)
    wallets = ((user_id, known.wallets[user_id]) for user_id in users)
    changes = tuple(WalletChange(user_id, wallet.balance, wallet.version) for user_id, wallet in wallets)
    return Settlement(round_.room, round_.number, "void" if was.status == "void" else "settled", None, changes)


def _payable(round_: SettledRound, known: Known) -> list[SettledBet]:
    """The bets of accounts and sessions that still exist."""
    sessions, wallets = known.sessions, known.wallets
    return [bet for bet in round_.bets if sessions.get(bet.session_id) == bet.user_id and bet.user_id in wallets]


def _covered(bets: list[SettledBet], known: Known) -> bool:
    stakes: dict[int, int] = {}
    for bet in bets:
        stakes[bet.user_id] = stakes.get(bet.user_id, 0) + bet.amount
    return all(stake <= known.wallets[user_id].balance for user_id, stake in stakes.items())


def _write_round(round_: SettledRound, round_id: int, known: Known, plan: Plan) -> None:
    ended = known.at(round_.ended_at)
    outcome = round_.outcome.decode() or None
    if round_.status == "void":
        server_seed = client_seed = journal = None
    else:
        server_seed, client_seed, journal = round_.server_seed, round_.client_seed, round_.journal.decode()
    started = known.at(round_.started_at)
    if (round_.room, round_.number) in known.rounds:
        # What the row says of its start was written with the commit before; the round opened when that was done.
        facts = (server_seed, client_seed, round_.status, journal, outcome, started, ended, round_id)
        plan.ended_rounds.append(facts)
        return
    plan.new_rounds.append(
        (
            round_id,
            round_.game_id,
            round_.room,
            round_.number,
            round_.server_seed_hash,
            server_seed,
            client_seed,
            round_.nonce,
            round_.status,
            round_.options.decode(),
            journal,
            outcome,
            started,
            ended,
        )
    )


def _write_bets(round_: SettledRound, round_id: int, bets: list[SettledBet], known: Known, plan: Plan) -> None:
    """Every stake leaves its wallet before a payout comes back, so that no row's balance is ever below zero."""
    ended = known.at(round_.ended_at)
    prefix = f"{round_.room}.{round_.number}."
    payouts = []
    for bet in bets:
        bet_id, wallet, name = next(known.bet_ids), known.wallets[bet.user_id], f"{prefix}{bet.number}"
        wallet.balance -= bet.amount
        facts = (bet.user_id, round_id, bet.number, bet.selection.decode(), bet.payout, bet.key)
        plan.bets.append((bet_id, bet.session_id, bet.amount, bet.result, ended, *facts))
        plan.transactions.append((wallet.id, bet.amount, "debit", "bet", name, ended, wallet.balance, bet_id))
        if bet.payout:
            payouts.append((bet, bet_id, wallet, name))
    for bet, bet_id, wallet, name in payouts:
        wallet.balance += bet.payout
        category = "refund" if bet.result in REFUNDS else "win"
        plan.transactions.append((wallet.id, bet.payout, "credit", category, name, ended, wallet.balance, bet_id))


def _changed(user_id: int, round_: SettledRound, known: Known) -> WalletChange:
    wallet = known.wallets[user_id]
    wallet.version += 1
    wallet.changed_at = known.at(round_.ended_at)
    return WalletChange(user_id, wallet.balance, wallet.version)


def changed_wallets(known: Known) -> list[Row]:
    """(id, balance, version, last_updated) of every wallet that the plan moved, in ascending id."""
    moved = [wallet for wallet in known.wallets.values() if wallet.changed_at is not None]
    return sorted((wallet.id, wallet.balance, wallet.version, wallet.changed_at) for wallet in moved)
