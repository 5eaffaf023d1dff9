"""Error and close codes: unique, explained, documented, used, and none that the table does not know."""

import ast
from collections import Counter
from collections.abc import Iterator

from tests.house.source import Module

TABLE = "server.errors"

# Part of the published protocol though no module raises it by name.
RESERVED: dict[str, str] = {"not_your_turn": "for games with turns; clients may rely on it"}


def unique(modules: dict[str, Module]) -> Iterator[str]:
    """No code and no close number stands in the table twice, and each is explained by a sentence."""
    entries = _entries(modules[TABLE])
    keys = Counter((kind, key) for kind, values in entries for key in _keys(kind, values))
    for (_, key), times in keys.items():
        if times > 1:
            yield f"{modules[TABLE].path}: {key} is there {times} times"
    for _, values in entries:
        if not str(values[-1]).endswith("."):
            yield f"{modules[TABLE].path}: {values[0]} is not explained by a sentence"


def used(modules: dict[str, Module]) -> Iterator[str]:
    """Every code of the table is named by a module that sends it."""
    spoken = {
        node.value
        for module in modules.values()
        if module.name != TABLE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
    }
    for kind, values in _entries(modules[TABLE]):
        code = values[1] if kind == "CloseCode" else values[0]
        if code not in spoken and code not in RESERVED:
            yield f"{modules[TABLE].path}: {code} is never sent; remove it"


def known(modules: dict[str, Module]) -> Iterator[str]:
    """Every code that a module raises stands in the table."""
    table = {values[0] for kind, values in _entries(modules[TABLE]) if kind == "ErrorCode"}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("ClientError", "RefusedError"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and first.value not in table:
                    yield f"{module.at(node.lineno)}: {first.value!r} is not in {modules[TABLE].path}"


# Modules that make an error again which has been made before, with its message.
MADE_BEFORE = {"server.node.room_rpc", "server.rooms.answers", "server.rooms.betting", "server.messages"}


def reasoned(modules: dict[str, Module]) -> Iterator[str]:
    """Errors that are raised with a message instead of a reason. Clients can translate only reasons."""
    for module in modules.values():
        for name, call in calls_of_errors(module):
            if name == "RefusedError" and isinstance(_argument(call, 0), ast.Constant | ast.JoinedStr):
                yield f"{module.at(call.lineno)}: give a Reason of the game, not a code"
            if name == "ClientError" and _argument(call, 1) is not None and module.name not in MADE_BEFORE:
                yield f"{module.at(call.lineno)}: give a reason of server/errors.py, not a message"
            if name == "InvalidField" and module.name != "server.web.problems" and _has_own_words(call):
                yield f"{module.at(call.lineno)}: use InvalidField.of, whose message is that of a reason"


def calls_of_errors(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """The calls that create errors, each with the name that is called; ``of`` stands for ``InvalidField.of``."""
    names = ("ClientError", "RefusedError", "InvalidField", "invalid_field", "of")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")
            if called[-1] in names and (called[-1] != "of" or called[0] == "InvalidField"):
                yield called[-1], node


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return call.args[position] if len(call.args) > position else named.get(("code", "message")[position])


def _has_own_words(call: ast.Call) -> bool:
    message = call.args[2] if len(call.args) > 2 else next((k.value for k in call.keywords if k.arg == "message"), None)
    return isinstance(message, ast.Constant) and "reason" not in {keyword.arg for keyword in call.keywords}


def documented(modules: dict[str, Module], page: str) -> Iterator[str]:
    """The protocol page names every code."""
    for kind, values in _entries(modules[TABLE]):
        for key in _keys(kind, values):
            if f"`{key}`" not in page and f"| {key} |" not in page:
                yield f"docs/protocol.md does not explain {key}"


def _entries(module: Module) -> list[tuple[str, list[object]]]:
    return [
        (node.func.id, [argument.value for argument in node.args if isinstance(argument, ast.Constant)])
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("ErrorCode", "CloseCode")
    ]


def _keys(kind: str, values: list[object]) -> list[object]:
    return values[:2] if kind == "CloseCode" else values[:1]
