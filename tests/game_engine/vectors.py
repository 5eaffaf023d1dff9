"""Makes docs/vectors/rounds.json, by which anybody can test a verifier: ``python -m tests.game_engine.vectors``."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from game_engine.chance import commitment, floats
from game_engine.game import Act, Bet, BetResult, Command, Game, Outcome, Refusal, Seat, Seeds, Step, Wake
from game_engine.games import GAMES
from game_engine.games.crash import Cashout, multiplier_at, point_of
from game_engine.games.crash import Options as CrashOptions
from game_engine.games.crash import Selection as CrashSelection
from game_engine.games.dice import Options as DiceOptions
from game_engine.games.dice import Selection as DiceSelection
from game_engine.games.dice import multiplier_of, roll_of, winning_rolls
from game_engine.replay import Entry, journal_to_json

FILE = Path("docs/vectors/rounds.json")
OPENED_AT = 1_795_000_000_000
Plan = Sequence[tuple[int, Command]]
"""Commands at milliseconds after the opening."""


def play(
    game: Game[Any, Any], options: Any, seeds: Seeds, plan: Plan, lateness: int = 0
) -> tuple[list[Entry], Outcome]:
    """Carry a plan out, with wakes that come ``lateness`` ms after they were asked for; the journal and the outcome.

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
        except Refusal:
            continue
        journal.append((now, command))
        assert step.wake_at is None or step.wake_at > now, "a wake has to lead on"
    return journal, step.outcome


def proof(
    game: Game[Any, Any], room: str, options: Any, seeds: Seeds, journal: list[Entry], end: Outcome
) -> dict[str, Any]:
    """The round as ``GET /rounds/{round}`` would tell of it."""
    commands = {command.number: command for _, command in journal if isinstance(command, Bet)}
    name = f"{room}.{seeds.nonce}"
    return {
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
    }


def _bet(name: str, result: BetResult, command: Bet) -> dict[str, Any]:
    rows = [{"type": "debit", "category": "bet", "amount": result.amount}]
    if result.payout:
        rows.append({"type": "credit", "category": "win", "amount": result.payout})
    return {
        "bet": f"{name}.{result.number}",
        "player": f"player-{result.seat}",
        "amount": result.amount,
        "selection": msgspec.to_builtins(command.selection),
        "result": result.result,
        "payout": result.payout,
        "transactions": rows,
    }


def _draw(server_seed: str, client_seed: str, nonce: int) -> dict[str, Any]:
    draws = list(islice(floats(server_seed, client_seed, nonce), 9))
    return {
        "server_seed": server_seed,
        "server_seed_hash": commitment(server_seed),
        "client_seed": client_seed,
        "nonce": nonce,
        "floats": draws,
        "dice": {"roll": roll_of(draws[0]) / 100},
        "crash": {"point": point_of(draws[0]) / 100},
    }


def dice_round(text: str, target: float, over: bool, amount: int = 100) -> dict[str, Any]:
    """A round of dice under the server seed that is ``text`` hashed, so that it looks like a real one."""
    seeds, options = Seeds(commitment(text), 7), DiceOptions()
    bet = Bet(Seat(0), 1, amount, "client-seed_1", DiceSelection(target, over))
    journal, outcome = play(GAMES["dice"], options, seeds, [(1_234, bet)])
    return proof(GAMES["dice"], "dice-a1b2c3d4", options, seeds, journal, outcome)


def crash_round(text: str, plan: Plan, options: CrashOptions | None = None, lateness: int = 0) -> dict[str, Any]:
    """A round of crash, as above."""
    seeds, options = Seeds(commitment(text), 812), options or CrashOptions(tick_ms=1_000)
    journal, outcome = play(GAMES["crash"], options, seeds, plan, lateness)
    return proof(GAMES["crash"], "crash", options, seeds, journal, outcome)


def busy_plan() -> Plan:
    """Bets of three players with all ways to get out."""

    def bet(seat: int, number: int, amount: int, auto: float | None = None) -> Bet:
        return Bet(Seat(seat), number, amount, f"seed-of_{seat}", CrashSelection(auto))

    return [
        (10, bet(2, 1, 1_000, 1.5)),
        (20, bet(0, 2, 333)),
        (30, bet(2, 3, 250)),
        (2_500, bet(1, 4, 100_000, 100.0)),
        (5_999, bet(1, 5, 1, 1.01)),
        (8_345, Act(Seat(0), Cashout())),
        (9_000, Act(Seat(2), Cashout(3))),
        (9_001, Act(Seat(2), Cashout(3))),
    ]


def rounds() -> dict[str, dict[str, Any]]:
    """Full rounds by what they show."""
    bet = Bet(Seat(0), 1, 100, "a", CrashSelection())
    capped = CrashOptions(betting_ms=1_000, tick_ms=500, max_payout=1_500)
    big = Bet(Seat(0), 1, 999, "a", CrashSelection(3.0))
    return {
        "dice, over, won": dice_round("dice 1", 20.5, True),
        "dice, over, lost": dice_round("dice 1", 99.99, True),
        "dice, under, won": dice_round("dice 3", 75.25, False, 12_345),
        "dice, under, lost": dice_round("dice 2", 0.01, False),
        "crash, three players": crash_round("crash 13", busy_plan()),
        "crash, three players, every wake late": crash_round("crash 13", busy_plan(), lateness=333),
        "crash, three players, it ends early": crash_round("crash 42", busy_plan()),
        "crash, nobody bet": crash_round("crash 3", []),
        "crash, lost at once": crash_round("crash 89", [(0, bet)]),
        "crash, taken out at the largest payout": crash_round("crash 4", [(5, big)], capped),
    }


def document() -> dict[str, Any]:
    curve = [0, 1, 165, 166, 1_000, 5_000, 11_552, 11_553, 38_377, 76_753, 115_130, 230_259, 306_800]
    bets = [(5_000, True), (5_000, False), (9_999, True), (1, False), (100, True), (9_900, False), (3_333, True)]
    return {
        "about": (
            "Test vectors for verifiers of Croupier's rounds. draws: the first floats of a stream and what the first "
            "one means to each game. dice_multipliers: target, over, and what a win pays. crash_curve: milliseconds "
            "after the start and the multiplier then. rounds: proofs as GET /rounds/{round} serves them, all good."
        ),
        "draws": [
            _draw("server seed", "client seed", 1),
            _draw("server seed", "", 1),
            _draw(commitment("1"), "a,b-2,C_3", 2_147_483_647),
            *(_draw(commitment(f"{n}"), f"client-{n}", n) for n in range(2, 12)),
        ],
        "dice_multipliers": [[t / 100, over, multiplier_of(winning_rolls(t, over)) / 10_000] for t, over in bets],
        "crash_curve": [[elapsed_ms, multiplier_at(elapsed_ms) / 100] for elapsed_ms in curve],
        "rounds": rounds(),
    }


def text() -> str:
    """The document as JSON with a line for each vector."""
    parts = []
    for key, value in document().items():
        if isinstance(value, list):
            lines = ",\n".join(f"  {json.dumps(item)}" for item in value)
            parts.append(f'"{key}": [\n{lines}\n]')
        elif isinstance(value, dict):
            lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
            parts.append(f'"{key}": {{\n{lines}\n}}')
        else:
            parts.append(f'"{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
