"""Plays rounds again in another process with another hash seed: the same round must come out there.

Run as a program, this module reads rounds from its input, and prints what came of them.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.contract.promise import BrokenPromiseError, as_json, require, script_of
from game_engine.contract.table import Round, told
from game_engine.game import AnyGame, RefusedError, Seat, Seeds
from game_engine.replay import journal_from_json, journal_to_json

HASH_SEEDS = ("1", "2")


class Script(Struct):
    """A round to play again, with everything that was tried in it."""

    options: msgspec.Raw
    seeds: Seeds
    opened_at: int
    seats: tuple[Seat, ...]
    tried: msgspec.Raw


class Job(Struct):
    """The class of a game, and the scripts to play. ``file`` is where its module is, if it can't be imported."""

    module: str
    file: str | None
    name: str
    scripts: list[Script]


def traces(game: AnyGame, script: Script) -> list[str]:
    """Play a script. Return a digest of everything that was shown and told after each command."""
    options = msgspec.json.decode(script.options, type=game.options)
    step = game.open(options, script.seeds, script.opened_at)
    found = []
    shown: bytes = told(step)
    for now, command in journal_from_json(game, script.tried):
        found.append(_digest(game, step.state, script.seats, shown))
        try:
            stake = game.stake_of(step.state, command)
            step = game.apply(step.state, command, now)
            shown = told(step) + str(stake).encode()
        except RefusedError as refused:
            shown = refused.message.encode()
    return [*found, _digest(game, step.state, script.seats, shown)]


def _digest(game: AnyGame, state: Any, seats: Sequence[Seat], shown: bytes) -> str:
    views = as_json([game.view(state, viewer) for viewer in (None, *seats)], "A view")
    return sha256(shown + views).hexdigest()[:16]


def check_in_another_process(game: AnyGame, rounds: Sequence[Round]) -> None:
    """Raise BrokenPromiseError unless ``rounds`` come out the same in another process.

    The game's class has to be importable there: at the top level of a module.
    """
    kind = type(game)
    require("<locals>" not in kind.__qualname__, f"Define {kind.__qualname__} at the top level of a module.")
    scripts = [
        Script(
            options=msgspec.Raw(msgspec.json.encode(each.options)),
            seeds=each.seeds,
            opened_at=each.opened_at,
            seats=tuple(each.seats),
            tried=msgspec.Raw(journal_to_json(each.tried)),
        )
        for each in rounds
    ]
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    job = Job(module=kind.__module__, file=file, name=kind.__qualname__, scripts=scripts)
    theirs = _run(msgspec.json.encode(job))
    for each, script, their in zip(rounds, scripts, theirs, strict=True):
        _compare(each, traces(game, script), their)


def _compare(round_: Round, ours: list[str], theirs: list[str]) -> None:
    if ours == theirs:
        return
    at = next(number for number, (one, two) in enumerate(zip(ours, theirs, strict=True)) if one != two)
    raise BrokenPromiseError(
        "A round must come out the same in every process. After these commands it differs in one with another hash "
        "seed. Games must not use hash(), the order of sets, clocks or values that change from process to process.",
        script_of(round_.options, round_.seeds, round_.opened_at, round_.tried[:at]),
    )


def _run(job: bytes) -> list[list[str]]:
    seed = next(each for each in HASH_SEEDS if each != os.environ.get("PYTHONHASHSEED"))
    path = os.pathsep.join(each or os.getcwd() for each in sys.path)
    done = subprocess.run(
        [sys.executable, "-m", __spec__.name],
        input=job,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
    )
    if done.returncode:
        raise BrokenPromiseError(f"The game can't be played in another process:\n{done.stderr.decode()}")
    return msgspec.json.decode(done.stdout, type=list[list[str]])


def load_class(module: str, file: str | None, name: str) -> Any:
    """Return a class by the name of its module, or from the module's file if it can't be imported by name."""
    loaded: Any
    try:
        loaded = None if module == "__main__" else import_module(module)
    except ImportError:
        loaded = None
    loaded = _from_file(module, file) if loaded is None else loaded
    for part in name.split("."):
        loaded = getattr(loaded, part)
    return loaded


def _from_file(module: str, file: str | None) -> ModuleType:
    spec = spec_from_file_location(module.strip("_"), file) if file else None
    if spec is None or spec.loader is None:
        raise BrokenPromiseError(f"The module {module} can't be imported in another process.")
    loaded = module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    game = load_class(job.module, job.file, job.name)()
    sys.stdout.buffer.write(msgspec.json.encode([traces(game, script) for script in job.scripts]))


if __name__ == "__main__":
    main()
