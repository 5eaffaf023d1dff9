"""Plays a planned round, and makes its proof as the server would serve it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from game_engine.chance import commitment
from game_engine.digest import digest_of
from game_engine.game import AnyGame, Bet, BetResult, Command, Outcome, RefusedError, Seeds, Step, Wake
from game_engine.replay import Entry, journal_to_json

OPENED_AT = 1_795_000_000_000
Plan = Sequence[tuple[int, Command]]
"""Commands, each with its time in milliseconds after the opening."""


def play(game: AnyGame, options: Any, seeds: Seeds, plan: Plan, lateness: int = 0) -> tuple[list[Entry], Outcome]:
    """Carry out a plan, with each wake ``lateness`` ms late. Return the journal and the outcome.

    The journal holds what the game took: a command that it refused is left out.
    """
    step: Step[Any] = game.open(options, seeds, OPENED_AT)
    journal: list[Entry] = []
    left = [(OPENED_AT + after, command) for after, command in plan]
    while step.outcome is None:
        wake_at = None if step.wake_at is None else step.wake_at + lateness
        if left and (wake_at is None or left[0][0] <= wake_at):
            now, command = left.pop(0)
        else:
            assert wake_at is not None
            now, command = wake_at, Wake()
        try:
            step = game.apply(step.state, command, now)
        except RefusedError:
            continue
        journal.append((now, command))
        assert step.wake_at is None or step.wake_at > now, "a wake has to lead on"
    return journal, step.outcome


def proof(game: AnyGame, room: str, options: Any, seeds: Seeds, journal: list[Entry], end: Outcome) -> dict[str, Any]:
    """Return the round as ``GET /rounds/{round}`` would serve it."""
    commands = {command.number: command for _, command in journal if isinstance(command, Bet)}
    name = f"{room}.{seeds.nonce}"
    told = {
        "round": name,
        "game": game.name,
        "room": room,
        "number": seeds.nonce,
        "status": "settled",
        "server_seed_hash": commitment(seeds.server_seed),
        "server_seed": seeds.server_seed,
        "client_seed": end.client_seed,
        "nonce": seeds.nonce,
        "options": msgspec.to_builtins(options),
        "journal": json.loads(journal_to_json(journal)),
        "outcome": end.facts,
        "started_at": datetime.fromtimestamp(OPENED_AT / 1000, UTC).isoformat(timespec="milliseconds"),
        "ended_at": datetime.fromtimestamp(journal[-1][0] / 1000, UTC).isoformat(timespec="milliseconds"),
        "opened_at_ms": OPENED_AT,
        "bets": [_bet(name, result, commands[result.number]) for result in end.results],
        "published_later": _later(game, options, journal[-1][0]),
    }
    return told | {"digest": digest_of(told)}


def _later(game: AnyGame, options: Any, ended_at: int) -> dict[str, Any] | None:
    delay_ms = game.seed_delay_ms(options)
    if not delay_ms:
        return None
    at = datetime.fromtimestamp((ended_at + delay_ms) / 1000, UTC).isoformat(timespec="milliseconds")
    return {"at": at, "members": ["server_seed", *[f"outcome.{fact}" for fact in game.hidden_facts]]}


def _bet(name: str, result: BetResult, command: Bet) -> dict[str, Any]:
    rows = [{"type": "debit", "category": "bet", "amount": result.amount}]
    if result.payout:
        rows.append({"type": "credit", "category": "win", "amount": result.payout})
    return {
        "bet": f"{name}.{result.number}",
        "seat": result.seat,
        "player": None,
        "amount": result.amount,
        "selection": msgspec.to_builtins(command.selection),
        "result": result.result,
        "payout": result.payout,
        "transactions": rows,
    }


def round_of(game: AnyGame, room: str, options: Any, seeds: Seeds, plan: Plan, lateness: int = 0) -> dict[str, Any]:
    """Play a plan and return the proof of the round."""
    journal, outcome = play(game, options, seeds, plan, lateness)
    return proof(game, room, options, seeds, journal, outcome)
