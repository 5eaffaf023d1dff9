"""Which module may import which: the layers, the games, the engine's purity, and no cycles."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from tests.house.source import Module, edges

# Who stands above whom; a module may import its own layer and whatever its layer names here.
LAYERS = {
    "run": {"cli", "devtools"},
    "devtools": {"cli", "server", "storage", "game_engine"},
    "cli": {"server", "storage", "game_engine"},
    "server": {"storage", "game_engine"},
    "storage": set(),
    "game_engine": set(),
}

# The same inside the server: each package may import those below it. A package that is not named here, such as
# ``errors`` or ``clock``, is a base module that all may import.
SERVER_LAYERS = {
    "app": {"web", "ws", "node", "rooms", "fanout", "backends"},
    "web": {"node", "rooms", "fanout", "backends"},
    "ws": {"node", "rooms", "fanout", "backends"},
    "node": {"rooms", "fanout", "backends"},
    "rooms": {"backends"},
    "fanout": {"backends"},
    "backends": set(),
}

# The one module that names the Redis forms of the backends.
CHOOSES_BACKENDS = "server.backends.choose"

# All that the engine may lean on: nothing here reads a clock, a file, the network or the system's chance.
PURE = {
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "math",
    "operator",
    "re",
    "string",
    "struct",
    "types",
    "typing",
    "msgspec",
    "game_engine",
    # Tables of the ranks of poker hands, and a look into them.
    "phevaluator",
}

# The contract test of games needs dice and another process. Nothing else of the product may import it.
CONTRACT_TEST = "game_engine.contract"
PURE_ENOUGH_FOR_TESTS = {"argparse", "copy", "importlib", "os", "random", "subprocess", "sys"}


def layers(modules: dict[str, Module]) -> Iterator[str]:
    """Arrows between run.py, devtools, cli, server, storage and game_engine point down."""
    for module in modules.values():
        here = module.name.split(".")[0]
        for item, name in edges(modules, module):
            there = name.split(".")[0]
            if here in LAYERS and there != here and there not in LAYERS[here]:
                yield f"{module.at(item.line)}: {here} must not import {name}; move what both need down"


def server_layers(modules: dict[str, Module]) -> Iterator[str]:
    """Inside the server: app → web | ws → node → rooms | fanout → backends → base modules."""
    for module in modules.values():
        for item, name in edges(modules, module):
            if item.typing_only or not (module.name.startswith("server.") and name.startswith("server.")):
                continue
            here, there = module.name.split(".")[1], name.split(".")[1]
            if here != there and there in SERVER_LAYERS and there not in SERVER_LAYERS.get(here, set()):
                yield f"{module.at(item.line)}: server.{here} must not import {name}; it is not below it"


def redis_forms(modules: dict[str, Module]) -> Iterator[str]:
    """Outside ``server/backends``, nothing imports a Redis form: ``choose`` hands it over behind its protocol."""
    for module in modules.values():
        for item, name in edges(modules, module):
            redis_form = name.startswith("server.backends.") and "redis" in name.rpartition(".")[2]
            if redis_form and module.name.startswith("server.") and not module.name.startswith("server.backends."):
                yield f"{module.at(item.line)}: must not import {name}; go through {CHOOSES_BACKENDS}"


def games(modules: dict[str, Module]) -> Iterator[str]:
    """Only the list of games imports a game: games do not import one another, and no code asks which game it has."""
    for module in modules.values():
        for item, name in edges(modules, module):
            if not name.startswith("game_engine.games.") or module.name == "game_engine.games":
                continue
            # A game may be a folder, whose modules know one another.
            if name.split(".")[:3] != module.name.split(".")[:3]:
                yield f"{module.at(item.line)}: only the list of games imports {name}; go through GAMES"


def purity(modules: dict[str, Module]) -> Iterator[str]:
    """The engine imports nothing impure, and nothing imports the contract test, which does."""
    for module in modules.values():
        tests_games = f"{module.name}.".startswith(f"{CONTRACT_TEST}.")
        for item in module.imports:
            if f"{item.target}.".startswith(f"{CONTRACT_TEST}.") and not tests_games:
                yield f"{module.at(item.line)}: {item.target} is for tests of games"
        if module.name.split(".")[0] == "game_engine":
            for item in module.imports:
                if item.target.split(".")[0] not in PURE | (PURE_ENOUGH_FOR_TESTS if tests_games else set()):
                    yield f"{module.at(item.line)}: the engine must not import {item.target}; take it in as a value"


def cycles(modules: dict[str, Module]) -> Iterator[str]:
    """No module imports itself, however long the way; imports for types within one package do not count."""
    graph = {
        module.name: {
            name
            for item, name in edges(modules, module)
            if not (item.typing_only and name.split(".")[0] == module.name.split(".")[0])
        }
        for module in modules.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"import cycle: {' ← '.join(error.args[1])}"


def imports_in_functions(modules: dict[str, Module]) -> Iterator[str]:
    """Imports stand at the head of the module."""
    for module in modules.values():
        for item in module.imports:
            if item.in_function and not item.typing_only:
                yield f"{module.at(item.line)}: imports {item.target} inside a function; import it at the head"


def dead(modules: dict[str, Module]) -> Iterator[str]:
    """Every module is reachable from run.py or from a module that is a program of its own."""
    entries = [m for m in modules.values() if m.name == "run" or "\nif __name__ ==" in m.text]
    entries += [m for m in modules.values() if m.name.startswith("storage.migrations")]  # loaded by alembic
    alive = {m.name for m in entries}
    while entries:
        for _, name in edges(modules, entries.pop()):
            # importing a.b.c runs a and a.b too
            for reached in (name, *(name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1))):
                if reached in modules and reached not in alive:
                    alive.add(reached)
                    entries.append(modules[reached])
    for module in modules.values():
        if module.name not in alive:
            yield f"{module.path}: nothing imports it; use it or remove it"
