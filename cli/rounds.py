"""The commands `verify` and `replay`: recompute a round, or print it event by event."""

import argparse
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cli.amounts import chips
from cli.connect import connected, reading
from cli.terminal import CommandError, table
from game_engine import replay as engine
from game_engine.game import Act, Bet, Command, Event, Leave, Seeds, Step
from game_engine.games import GAMES
from server.config import Config
from server.web.rounds import stored_proof

NAME = re.compile(r"([a-z0-9-]{1,64})\.([1-9]\d{0,17})")
ROUND = "a round of this server (crash.812), or the file of a downloaded round (round.json)"
Proof = dict[str, Any]


def add(commands: Any) -> None:
    verifying = commands.add_parser(
        "verify", help="recompute a round; exits 1 when it was not drawn or paid as promised"
    )
    verifying.add_argument("round", metavar="ROUND", help=ROUND)
    verifying.set_defaults(run=verify)
    replaying = commands.add_parser("replay", help="replay a round, event by event")
    replaying.add_argument("round", metavar="ROUND", help=ROUND)
    replaying.set_defaults(run=replay)


async def verify(args: argparse.Namespace, config: Config) -> int:
    proof = await proof_of(args.round, config)
    if proof.get("status") == "open":
        raise CommandError(f"{proof.get('round')} is still open; it can be verified once it is settled")
    try:
        checks = engine.verify(proof)
    except ValueError as error:
        raise CommandError(str(error)) from error
    words = {True: "ok", False: "WRONG", None: "later"}
    print(table(("check", "", "finding"), [(check.name, words[check.ok], check.detail) for check in checks]))
    good = all(check.ok is not False for check in checks)
    if good and any(check.ok is None for check in checks):
        print(f"{proof['round']}: nothing is wrong so far. Verify it again when its server seed is published.")
    elif good and proof["status"] == "void":
        print(f"{proof['round']} is void: it has no outcome, and its stakes were returned.")
    else:
        print(f"{proof['round']} was {'' if good else 'NOT '}drawn and paid as promised.")
    return 0 if good else 1


async def replay(args: argparse.Namespace, config: Config) -> int:
    proof = await proof_of(args.round, config)
    try:
        stated = msgspec.convert(proof, engine.Proof)
    except msgspec.ValidationError as error:
        raise CommandError(f"this is not the proof of a round: {error}") from error
    if stated.game not in GAMES:
        raise CommandError(f"this version has no game {stated.game!r}")
    if stated.published_later is not None and stated.server_seed is None:
        raise CommandError(
            f"{stated.round} can be replayed once its server seed is published, at {stated.published_later.at}"
        )
    if stated.status != "settled" or stated.server_seed is None:
        raise CommandError(f"{stated.round} is {stated.status}: only a settled round can be replayed")
    encode = msgspec.json.encode
    seeds = Seeds(stated.server_seed, stated.nonce)
    steps = engine.replay(
        GAMES[stated.game], encode(stated.options), seeds, stated.opened_at_ms, encode(stated.journal)
    )
    print(f"{stated.round}, {GAMES[stated.game].title}; seconds since the opening, commands and their events")
    try:
        for now, command, step in steps:
            for line in lines_of(now - stated.opened_at_ms, command, step):
                print(line)
    except ValueError as error:
        raise CommandError(str(error)) from error
    return 0


async def proof_of(name: str, config: Config) -> Proof:
    """The proof of a round, from a file or the database. Raises CommandError."""
    path = Path(name)
    if path.suffix == ".json" or os.path.exists(path):  # raises nothing, unlike Path.exists
        return _from_file(path)
    parts = NAME.fullmatch(name)
    if parts is None:
        raise CommandError(f"{name!r} is neither a round, such as crash.812, nor a file")
    async with connected(config) as db:
        with reading(f"the record of {name}"):
            found = await stored_proof(db, GAMES, parts[1], int(parts[2]), datetime.now(UTC))
    if found is None:
        raise CommandError(f"there is no round {name}")
    proof: Proof = msgspec.to_builtins(found)
    return proof


def _from_file(path: Path) -> Proof:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Proof)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise CommandError(f"{path} is not a JSON object: {error}") from error


def lines_of(elapsed_ms: int, command: Command | None, step: Step[Any]) -> list[str]:
    """One line for the command and one for each of its events."""
    lines = [f"{elapsed_ms / 1000:9.3f}  {_describe(command)}"]
    lines += [f"{'':9}    {_event(event)}" for event in step.events]
    if step.outcome is not None:
        facts = ", ".join(f"{name} {value}" for name, value in step.outcome.facts.items())
        lines.append(f"{'':9}    outcome: {facts}")
        lines += [
            f"{'':9}    bet {r.number} of seat {r.seat}: {r.result}, {chips(r.amount)} → {chips(r.payout)}"
            for r in step.outcome.results
        ]
    return lines


def _describe(command: Command | None) -> str:
    match command:
        case None:
            return "the round opens"
        case Bet():
            return (
                f"seat {command.seat} bets {chips(command.amount)} (bet {command.number}, {_json(command.selection)})"
            )
        case Act():
            return f"seat {command.seat}: {_json(command.action)}"
        case Leave():
            return f"seat {command.seat} leaves"
    return "time passes"


def _event(event: Event) -> str:
    owner = "" if event.seat is None else f" (seat {event.seat})"
    bet = "" if event.bet is None else f" bet {event.bet}"
    return f"{_json(event.data)}{bet}{owner}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
