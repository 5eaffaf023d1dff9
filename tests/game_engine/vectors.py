"""Makes docs/vectors/rounds.json, the test vectors for verifiers: ``python -m tests.game_engine.vectors``."""

import json
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from game_engine.chance import commitment, floats
from game_engine.games.crash import multiplier_at
from game_engine.games.dice import multiplier_of, winning_rolls
from game_engine.games.plinko import RISKS, multipliers_of
from tests.game_engine.rounds import (
    blackjack,
    coinduel,
    crash,
    dice,
    hilo,
    holdem,
    keno,
    limbo,
    mines,
    plinko,
    roulette,
)

FILE = Path("docs/vectors/rounds.json")
FLOATS = 9
GAMES: dict[str, ModuleType] = {
    "dice": dice,
    "crash": crash,
    "coinduel": coinduel,
    "mines": mines,
    "hilo": hilo,
    "roulette": roulette,
    "keno": keno,
    "limbo": limbo,
    "plinko": plinko,
    "blackjack": blackjack,
    "holdem": holdem,
}


def _draw(server_seed: str, client_seed: str, nonce: int) -> dict[str, Any]:
    """Return the first ``FLOATS`` draws of a stream, and the outcome of each game for which they suffice."""
    draws = list(islice(floats(server_seed, client_seed, nonce), FLOATS))
    meanings = {name: game.drawn(draws) for name, game in GAMES.items() if hasattr(game, "drawn")}
    return {
        "server_seed": server_seed,
        "server_seed_hash": commitment(server_seed),
        "client_seed": client_seed,
        "nonce": nonce,
        "floats": draws,
        **meanings,
    }


def document() -> dict[str, Any]:
    curve = [0, 1, 165, 166, 1_000, 5_000, 11_552, 11_553, 38_377, 76_753, 115_130, 230_259, 306_800]
    bets = [(5_000, True), (5_000, False), (9_999, True), (1, False), (100, True), (9_900, False), (3_333, True)]
    return {
        "about": (
            "Test vectors for verifiers of Croupier's rounds. draws: the first floats of a stream and what the first "
            "one means to each game. dice_multipliers: target, over, and what a win pays. crash_curve: milliseconds "
            "after the start and the multiplier then. plinko_multipliers: rows, risk, and what the slots pay. "
            "rounds: proofs as GET /rounds/{round} serves them, all good."
        ),
        "draws": [
            _draw("server seed", "client seed", 1),
            _draw("server seed", "", 1),
            _draw(commitment("1"), "a,b-2,C_3", 2_147_483_647),
            *(_draw(commitment(f"{n}"), f"client-{n}", n) for n in range(2, 12)),
        ],
        "dice_multipliers": [[t / 100, over, multiplier_of(winning_rolls(t, over)) / 10_000] for t, over in bets],
        "crash_curve": [[elapsed_ms, multiplier_at(elapsed_ms) / 100] for elapsed_ms in curve],
        "plinko_multipliers": [
            [rows, risk, [each / 100 for each in multipliers_of(rows, risk)]] for rows in range(8, 17) for risk in RISKS
        ],
        "rounds": {name: proof for game in GAMES.values() for name, proof in game.rounds().items()},
    }


def text() -> str:
    """Return the document as JSON, one line for each vector."""
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
