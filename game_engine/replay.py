"""A round played again from its journal, and the check of what a server says about a round against that."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.chance import commitment
from game_engine.digest import digest_of
from game_engine.game import Act, AnyGame, Bet, BetResult, Command, Outcome, RefusedError, Seeds, Step
from game_engine.games import GAMES

Entry = tuple[int, Command]
"""A journal's entry: when, in ms since the epoch, and what."""

_journal = msgspec.json.Decoder(list[Entry])


def journal_to_json(entries: Iterable[Entry]) -> bytes:
    """``[[now, command], …]`` with commands as ``{"do": "bet", "seat": 0, …}``."""
    return msgspec.json.encode(list(entries))


def journal_from_json(game: AnyGame, journal_json: bytes) -> list[Entry]:
    """The entries with the game's own types in them. Raises ValueError for what is no journal of this game."""
    try:
        return [(now, _typed(game, command)) for now, command in _journal.decode(journal_json)]
    except msgspec.DecodeError as error:
        raise ValueError(f"This is no journal of {game.name}: {error}") from error


def _typed(game: AnyGame, command: Command) -> Command:
    if isinstance(command, Bet) and command.selection is not None:
        return msgspec.structs.replace(command, selection=msgspec.convert(command.selection, game.selection))
    if isinstance(command, Act):
        return msgspec.structs.replace(command, action=msgspec.convert(command.action, game.action))
    return command


def replay(
    game: AnyGame, options_json: bytes, seeds: Seeds, opened_at: int, journal_json: bytes
) -> Iterator[tuple[int, Command | None, Step[Any]]]:
    """Play the round again: the opening first (its command is None), then an item for each entry of the journal.

    Raises ValueError, in the middle if need be, when the journal can't be what happened.
    """
    try:
        options = msgspec.json.decode(options_json, type=game.options)
    except msgspec.DecodeError as error:
        raise ValueError(f"These are no options of {game.name}: {error}") from error
    journal = journal_from_json(game, journal_json)
    step = game.open(options, seeds, opened_at)
    yield opened_at, None, step
    time, bets = opened_at, 0
    for place, (now, command) in enumerate(journal, start=1):
        if isinstance(command, Bet):
            bets += 1
        if step.outcome or now < time or (isinstance(command, Bet) and command.number != bets):
            raise ValueError(f"Entry {place} of the journal is out of order.")
        try:
            step = game.apply(step.state, command, now)
        except RefusedError as refusal:
            raise ValueError(f"Entry {place} of the journal is against the rules: {refusal.message}") from refusal
        time = now
        yield now, command, step


class LedgerRow(Struct, frozen=True):
    """A transaction of a bet, in cents."""

    type: str
    category: str
    amount: int


class ProofBet(Struct, frozen=True):
    """A bet as the server tells of it; ``bet`` is its wire name."""

    bet: str
    amount: int
    result: str
    payout: int
    selection: Any
    transactions: tuple[LedgerRow, ...]


class Proof(Struct, frozen=True):
    """What a server says about a round; ``opened_at_ms`` is the ``now`` of its opening. Other fields are ignored."""

    round: str
    game: str
    status: str
    server_seed_hash: str
    nonce: int
    options: Any
    opened_at_ms: int
    bets: tuple[ProofBet, ...] = ()
    server_seed: str | None = None
    client_seed: str | None = None
    journal: Any = None
    outcome: Any = None


class Check(Struct, frozen=True):
    """One claim that was looked at. ``detail`` is a sentence for people, whether it holds or not."""

    name: str
    ok: bool
    detail: str


def verify(proof: Mapping[str, Any], games: Mapping[str, AnyGame] = GAMES) -> list[Check]:
    """Recompute a round from its proof, as ``GET /rounds/{round}`` serves it.

    Raises ValueError when ``proof`` is not such a document or of a game that is not in ``games``. A round that has not
    been settled yields the few checks that are possible.
    """
    try:
        told = msgspec.convert(proof, Proof)
    except msgspec.ValidationError as error:
        raise ValueError(f"This is no proof of a round: {error}") from error
    if told.game not in games:
        raise ValueError(f"There is no game {told.game!r} here.")
    checks = _settled(told, games[told.game]) if told.status == "settled" else _unsettled(told)
    return [*checks, _digest(proof)]


def _settled(told: Proof, game: AnyGame) -> list[Check]:
    checks = [_commitment(told), _nonce(told)]
    try:
        commands, outcome = _play_again(game, told)
    except ValueError as error:
        return [*checks, Check("journal", False, str(error))]
    checks.append(Check("journal", True, f"Its {len(told.journal)} commands follow the rules to the end of the round."))
    checks.append(_same("client_seed", told.client_seed, outcome.client_seed))
    checks.append(_same("outcome", told.outcome, msgspec.to_builtins(outcome.facts)))
    return [*checks, _bets(game, told, commands, outcome.results), _ledger(told)]


def _unsettled(told: Proof) -> list[Check]:
    if told.status != "void":
        return [Check("status", False, f"The round is {told.status}; its seed is secret until it is settled.")]
    checks = [_commitment(told)] if told.server_seed else []
    rows = sum(len(bet.transactions) for bet in told.bets)
    return [*checks, Check("ledger", rows == 0, f"The round is void; {rows} transactions hang on its bets.")]


def _digest(proof: Mapping[str, Any]) -> Check:
    computed = digest_of(proof)
    if computed == proof.get("digest"):
        return Check("digest", True, "The document is as it was published, to the last byte.")
    told = proof.get("digest")
    return Check("digest", False, f"The document was changed: its digest is {computed}, it says {told}.")


def _same(name: str, told: Any, computed: Any) -> Check:
    if told == computed:
        return Check(name, True, f"Recomputed: {_text(computed)}.")
    return Check(name, False, f"The server says {_text(told)}; recomputed it is {_text(computed)}.")


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _commitment(told: Proof) -> Check:
    computed = commitment(told.server_seed or "")
    if computed == told.server_seed_hash:
        return Check("commitment", True, "The server seed is the one whose hash was published before the bets.")
    return Check("commitment", False, f"The server seed's hash is {computed}, published was {told.server_seed_hash}.")


def _nonce(told: Proof) -> Check:
    number = told.round.rpartition(".")[2]
    ok = number == str(told.nonce)
    return Check("nonce", ok, f"The nonce is {told.nonce}, the round's number in its room {number}.")


def _play_again(game: AnyGame, told: Proof) -> tuple[dict[int, Bet], Outcome]:
    """The journal's bets by number, and the outcome. Raises ValueError when there is none."""
    seeds = Seeds(told.server_seed or "", told.nonce)
    encode = msgspec.json.encode
    bets: dict[int, Bet] = {}
    outcome: Outcome | None = None
    for _, command, step in replay(game, encode(told.options), seeds, told.opened_at_ms, encode(told.journal)):
        if isinstance(command, Bet):
            bets[command.number] = command
        outcome = step.outcome
    if outcome is None:
        raise ValueError("The journal breaks off before the round has ended.")
    return bets, outcome


def _bets(game: AnyGame, told: Proof, commands: Mapping[int, Bet], computed: tuple[BetResult, ...]) -> Check:
    results = {f"{told.round}.{result.number}": result for result in computed}
    for bet in told.bets:
        result = results.pop(bet.bet, None)
        if result is None:
            return Check("bets", False, f"{bet.bet} is not in the journal, or twice among the bets.")
        made = msgspec.to_builtins(commands[result.number].selection)
        claimed = [bet.amount, bet.result, bet.payout, _normal(game, bet.selection)]
        if claimed != [result.amount, result.result, result.payout, made]:
            recomputed = _text([result.amount, result.result, result.payout, made])
            return Check("bets", False, f"The server says of {bet.bet} {_text(claimed)}; recomputed: {recomputed}.")
    gone = f" {len(results)} more went with their players' accounts." if results else ""
    return Check("bets", True, f"The results and payouts of {len(told.bets)} bets are as recomputed.{gone}")


def _normal(game: AnyGame, selection: Any) -> Any:
    """``selection`` as the game's type writes it (2 is 2.0), or as it is when it is none."""
    try:
        return msgspec.to_builtins(msgspec.convert(selection, game.selection))
    except msgspec.ValidationError:
        return selection


def _ledger(told: Proof) -> Check:
    """Each bet has one debit of its stake and, if it is paid anything, one credit of that; in whatever order."""
    for bet in told.bets:
        expected = [("debit", bet.amount)] + [("credit", bet.payout)] * (bet.payout > 0)
        rows = sorted(((row.type, row.amount) for row in bet.transactions), reverse=True)
        debits = {row.category for row in bet.transactions if row.type == "debit"}
        credits = {row.category for row in bet.transactions if row.type == "credit"}
        if rows != expected or debits != {"bet"} or not credits <= {"win", "refund"}:
            return Check("ledger", False, f"The transactions of {bet.bet} are not its stake and its payout.")
    return Check("ledger", True, f"Stakes and payouts of {len(told.bets)} bets are what the ledger moved.")
