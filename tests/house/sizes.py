"""How large things may be, in code lines: blanks, comments and docstrings are free."""

import ast
from collections.abc import Iterator

from tests.house.source import Module, functions

FUNCTION_USUAL, FUNCTION_MOST = 25, 50
FILE_USUAL, FILE_MOST = 250, 400
METHODS_MOST = 20
PARAMETERS_MOST = 6

# "path" or "path:name", with the reason why it may be larger than the rule.
EXCEPTIONS: dict[str, str] = {}


def function_lines(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return len(module.code_lines.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)))


def long_functions(modules: dict[str, Module]) -> Iterator[str]:
    """Nine of ten functions fit 25 code lines, all fit 50."""
    lengths = []
    for module in modules.values():
        for node in functions(module):
            lines = function_lines(module, node)
            lengths.append(lines)
            if lines > FUNCTION_MOST and f"{module.path}:{node.name}" not in EXCEPTIONS:
                yield f"{module.at(node.lineno)}: {node.name} has {lines} code lines (> {FUNCTION_MOST}); split it"
    yield from _nine_of_ten("functions", lengths, FUNCTION_USUAL)


def long_files(modules: dict[str, Module]) -> Iterator[str]:
    """Nine of ten files fit 250 code lines, all fit 400."""
    for module in modules.values():
        lines = len(module.code_lines)
        if lines > FILE_MOST and module.path not in EXCEPTIONS:
            yield f"{module.path}: {lines} code lines (> {FILE_MOST}); split it by what a user could name"
    yield from _nine_of_ten("files", [len(m.code_lines) for m in modules.values()], FILE_USUAL)


def large_classes(modules: dict[str, Module]) -> Iterator[str]:
    """No class has more than 20 methods."""
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in node.body)
                if methods > METHODS_MOST and f"{module.path}:{node.name}" not in EXCEPTIONS:
                    yield f"{module.at(node.lineno)}: {node.name} has {methods} methods (> {METHODS_MOST}); split it"


def many_parameters(modules: dict[str, Module]) -> Iterator[str]:
    """No function takes more than 6 parameters, self and cls aside."""
    for module in modules.values():
        for node in functions(module):
            given = node.args
            names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            names += [a.arg for a in (given.vararg, given.kwarg) if a]
            count = len([name for name in names if name not in ("self", "cls")])
            if count > PARAMETERS_MOST and f"{module.path}:{node.name}" not in EXCEPTIONS:
                yield f"{module.at(node.lineno)}: {node.name} takes {count} parameters (> {PARAMETERS_MOST})"


def _nine_of_ten(things: str, sizes: list[int], usual: int) -> Iterator[str]:
    over = sum(size > usual for size in sizes)
    if over * 10 > len(sizes):
        yield f"{over} of {len(sizes)} {things} are over {usual} code lines; at most one in ten may be"
