"""Plays a round again from its journal, and checks a server's proof of a round against the result."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.chance import commitment, joined_seeds
from game_engine.digest import digest_of
from game_engine.game import Act, AnyGame, Bet, BetResult, Command, Outcome, RefusedError, Seat, Seeds, Step
from game_engine.games import GAMES

Entry = tuple[int, Command]
"""An entry of a journal: the time in ms since the epoch, and the command."""

_journal = msgspec.json.Decoder(list[Entry])


def journal_to_json(entries: Iterable[Entry]) -> bytes:
    """Return ``[[now, command], …]``, with commands as ``{"do": "bet", "seat": 0, …}``."""
    return msgspec.json.encode(list(entries))


def journal_from_json(game: AnyGame, journal_json: bytes) -> list[Entry]:
    """Return the entries, with the game's own types in them. Raises ValueError if this is not a journal of the game."""
    try:
        return [(now, _typed(game, command)) for now, command in _journal.decode(journal_json)]
    except msgspec.DecodeError as error:
        raise ValueError(f"Not a journal of {game.name}: {error}") from error


def _typed(game: AnyGame, command: Command) -> Command:
    if isinstance(command, Bet) and command.selection is not None:
        return msgspec.structs.replace(command, selection=msgspec.convert(command.selection, game.selection))
    if isinstance(command, Act):
        return msgspec.structs.replace(command, action=msgspec.convert(command.action, game.action))
    return command


def replay(
    game: AnyGame, options_json: bytes, seeds: Seeds, opened_at: int, journal_json: bytes
) -> Iterator[tuple[int, Command | None, Step[Any]]]:
    """Play the round again. Yield the opening (with command None), then one item for each entry of the journal.

    Raises ValueError, possibly after some items, if the round can't have gone as the journal says.
    """
    try:
        recorded = msgspec.json.decode(options_json, type=dict[str, Any])
        options = msgspec.convert({**game.options_before, **recorded}, game.options)
    except msgspec.DecodeError as error:
        raise ValueError(f"Not options of {game.name}: {error}") from error
    journal = journal_from_json(game, journal_json)
    step = game.open(options, seeds, opened_at)
    yield opened_at, None, step
    time, bets = opened_at, 0
    for number, (now, command) in enumerate(journal, start=1):
        if isinstance(command, Bet):
            bets += 1
        if step.outcome or now < time or (isinstance(command, Bet) and command.number != bets):
            raise ValueError(f"Entry {number} of the journal is out of order.")
        try:
            step = game.apply(step.state, command, now)
        except RefusedError as refusal:
            raise ValueError(f"Entry {number} of the journal is against the rules: {refusal.message}") from refusal
        time = now
        yield now, command, step


class LedgerRow(Struct, frozen=True):
    """A transaction of a bet; ``amount`` is in cents."""

    type: str
    category: str
    amount: int


class ProofBet(Struct, frozen=True):
    """A bet in a proof; ``bet`` is its wire name, amounts are in cents."""

    bet: str
    amount: int
    result: str
    payout: int
    selection: Any
    transactions: tuple[LedgerRow, ...]


class PublishedLater(Struct, frozen=True):
    """The members of a proof that are published from the time ``at`` on: ``server_seed`` and members of ``outcome``."""

    at: str
    members: tuple[str, ...]


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
    published_later: PublishedLater | None = None


class ProofCheck(Struct, frozen=True):
    """One checked claim of a proof. ``ok`` is None if it can't be checked before the server seed is published.
    ``detail`` is a sentence for people, whether the claim holds or not."""

    name: str
    ok: bool | None
    detail: str


def verify(document: Mapping[str, Any], games: Mapping[str, AnyGame] = GAMES) -> list[ProofCheck]:
    """Recompute a round from its proof, as ``GET /rounds/{round}`` serves it, and return one check for each claim.

    A round that is not settled has only few checks. Raises ValueError if ``document`` is not a proof or its game
    is not in ``games``.
    """
    try:
        proof = msgspec.convert(document, Proof)
    except msgspec.ValidationError as error:
        raise ValueError(f"this is not the proof of a round: {error}") from error
    if proof.game not in games:
        raise ValueError(f"Unknown game: {proof.game!r}.")
    if proof.status != "settled":
        checks = _unsettled(proof)
    elif proof.published_later is not None and proof.server_seed is None:
        checks = _without_seed(proof, games[proof.game], proof.published_later)
    else:
        checks = _settled(proof, games[proof.game])
    return [*checks, _digest(document, proof)]


def _settled(proof: Proof, game: AnyGame) -> list[ProofCheck]:
    checks = [_commitment(proof), _nonce(proof)]
    try:
        commands, outcome = _play_again(game, proof)
    except ValueError as error:
        return [*checks, ProofCheck("journal", False, str(error))]
    checks.append(
        ProofCheck("journal", True, f"All {len(proof.journal)} commands follow the rules, and the round ends.")
    )
    checks.append(_same("client_seed", proof.client_seed, outcome.client_seed))
    checks.append(_same("outcome", proof.outcome, msgspec.to_builtins(outcome.facts)))
    return [*checks, _bets(game, proof, commands, outcome.results), _ledger(proof)]


def _without_seed(proof: Proof, game: AnyGame, later: PublishedLater) -> list[ProofCheck]:
    """The checks of a settled round whose server seed is still secret."""
    checks = [
        ProofCheck("commitment", None, f"The server seed is not yet published. It will be at {later.at}."),
        _nonce(proof),
    ]
    try:
        journal = journal_from_json(game, msgspec.json.encode(proof.journal))
    except ValueError as error:
        return [*checks, ProofCheck("journal", False, str(error))]
    seeds: dict[Seat, str] = {}
    for _, command in journal:
        if isinstance(command, Bet):
            seeds.setdefault(command.seat, command.client_seed)
    checks.append(_same("client_seed", proof.client_seed, joined_seeds(seeds.values())))
    later_checks = [
        ProofCheck(name, None, "It can be recomputed once the server seed is published.")
        for name in ("journal", "outcome", "bets")
    ]
    return [*checks, *later_checks, _ledger(proof)]


def _unsettled(proof: Proof) -> list[ProofCheck]:
    if proof.status != "void":
        return [ProofCheck("status", False, f"The round is {proof.status}; its seed is secret until settlement.")]
    checks = [_commitment(proof)] if proof.server_seed else []
    kept = [bet.bet for bet in proof.bets if bet.result != "void" or bet.payout != bet.amount]
    found = f"the stake of {', '.join(kept)} was not returned" if kept else "every stake was returned"
    return [*checks, ProofCheck("void", not kept, f"The round has no outcome; {found}."), _ledger(proof)]


def _digest(document: Mapping[str, Any], proof: Proof) -> ProofCheck:
    # What these members say follows from the hash of the seed and from the journal; the digest must cover the rest.
    members = proof.published_later.members if proof.published_later else ()
    uncovered = [name for name in members if name != "server_seed" and not name.startswith("outcome.")]
    if uncovered:
        return ProofCheck("digest", False, f"The digest leaves out {', '.join(uncovered)}.")
    computed = digest_of(document)
    if computed == document.get("digest"):
        return ProofCheck("digest", True, "The document matches its digest.")
    claimed = document.get("digest")
    return ProofCheck("digest", False, f"The document was changed: its digest is {computed}, but it claims {claimed}.")


def _same(name: str, claimed: Any, computed: Any) -> ProofCheck:
    if claimed == computed:
        return ProofCheck(name, True, f"Recomputed: {_text(computed)}.")
    return ProofCheck(name, False, f"The server says {_text(claimed)}; recomputed: {_text(computed)}.")


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _commitment(proof: Proof) -> ProofCheck:
    computed = commitment(proof.server_seed or "")
    if computed == proof.server_seed_hash:
        return ProofCheck("commitment", True, "The server seed has the hash that was published before the bets.")
    return ProofCheck("commitment", False, f"The server seed has the hash {computed}, not {proof.server_seed_hash}.")


def _nonce(proof: Proof) -> ProofCheck:
    number = proof.round.rpartition(".")[2]
    ok = number == str(proof.nonce)
    return ProofCheck("nonce", ok, f"The nonce is {proof.nonce}; the round's number in its room is {number}.")


def _play_again(game: AnyGame, proof: Proof) -> tuple[dict[int, Bet], Outcome]:
    """Return the journal's bets by number, and the outcome. Raises ValueError if the round does not end."""
    seeds = Seeds(proof.server_seed or "", proof.nonce)
    encode = msgspec.json.encode
    bets: dict[int, Bet] = {}
    outcome: Outcome | None = None
    for _, command, step in replay(game, encode(proof.options), seeds, proof.opened_at_ms, encode(proof.journal)):
        if isinstance(command, Bet):
            bets[command.number] = command
        outcome = step.outcome
    if outcome is None:
        raise ValueError("The journal stops before the end of the round.")
    return bets, outcome


def _bets(game: AnyGame, proof: Proof, commands: Mapping[int, Bet], computed: tuple[BetResult, ...]) -> ProofCheck:
    results = {f"{proof.round}.{result.number}": result for result in computed}
    for bet in proof.bets:
        result = results.pop(bet.bet, None)
        if result is None:
            return ProofCheck("bets", False, f"{bet.bet} is not in the journal, or is listed twice.")
        made = msgspec.to_builtins(commands[result.number].selection)
        claimed = [bet.amount, bet.result, bet.payout, _normal(game, bet.selection)]
        if claimed != [result.amount, result.result, result.payout, made]:
            recomputed = _text([result.amount, result.result, result.payout, made])
            return ProofCheck("bets", False, f"{bet.bet}: the server says {_text(claimed)}; recomputed: {recomputed}.")
    gone = f" {len(results)} more are not on record: the account was deleted or could not pay." if results else ""
    return ProofCheck("bets", True, f"The results and payouts of {len(proof.bets)} bets are as recomputed.{gone}")


def _normal(game: AnyGame, selection: Any) -> Any:
    """Return ``selection`` as the game's type writes it (2 becomes 2.0), or unchanged if it does not fit the type."""
    try:
        return msgspec.to_builtins(msgspec.convert(selection, game.selection))
    except msgspec.ValidationError:
        return selection


def _ledger(proof: Proof) -> ProofCheck:
    """Check that each bet has one debit of its stake and, if it was paid, one credit of its payout, in any order."""
    for bet in proof.bets:
        expected = [("debit", bet.amount)] + [("credit", bet.payout)] * (bet.payout > 0)
        rows = sorted(((row.type, row.amount) for row in bet.transactions), reverse=True)
        debits = {row.category for row in bet.transactions if row.type == "debit"}
        credits = {row.category for row in bet.transactions if row.type == "credit"}
        if rows != expected or debits != {"bet"} or not credits <= {"win", "refund"}:
            return ProofCheck("ledger", False, f"The transactions of {bet.bet} do not match its stake and payout.")
    return ProofCheck("ledger", True, f"The transactions of {len(proof.bets)} bets match their stakes and payouts.")
