"""The largest functions, files and classes, for a reviewer: a size is a smell, not a fault.

``python -m tests.house.sizes`` prints them. Lines are code lines: blanks, comments and docstrings are free. A class
counts the methods that it inherits from classes of this repository, so that splitting it in two gains nothing.
"""

import ast
from collections.abc import Iterable, Iterator

from tests.house.source import PRODUCT, ROOT, Module, functions, load

MOST_SHOWN = 10

Size = tuple[int, str]
"""A number of lines or methods, and what has them."""


def largest_functions(modules: dict[str, Module]) -> list[Size]:
    """The code lines of the longest functions, longest first."""
    return _largest(
        (function_lines(module, node), f"{module.at(node.lineno)} {node.name}")
        for module in modules.values()
        for node in functions(module)
    )


def largest_files(modules: dict[str, Module]) -> list[Size]:
    """The code lines of the longest files, longest first."""
    return _largest((len(module.code_lines), module.path) for module in modules.values())


def largest_classes(modules: dict[str, Module]) -> list[Size]:
    """The methods of the largest classes, inherited ones included, largest first."""
    classes = {node.name: node for _, node in _classes(modules)}
    return _largest(
        (len(_methods(node, classes)), f"{module.at(node.lineno)} {node.name}") for module, node in _classes(modules)
    )


def function_lines(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return len(module.code_lines.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)))


def _classes(modules: dict[str, Module]) -> Iterator[tuple[Module, ast.ClassDef]]:
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                yield module, node


def _methods(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> set[str]:
    methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    for base in node.bases:
        name = ast.unparse(base).split("[")[0].split(".")[-1]
        if name in classes and classes[name] is not node:
            methods |= _methods(classes[name], classes)
    return methods


def _largest(sizes: Iterable[Size]) -> list[Size]:
    return sorted(sizes, key=lambda size: (-size[0], size[1]))[:MOST_SHOWN]


def main() -> None:
    modules = load(ROOT, PRODUCT)
    for title, sizes in (
        ("Longest functions (code lines)", largest_functions(modules)),
        ("Longest files (code lines)", largest_files(modules)),
        ("Largest classes (methods)", largest_classes(modules)),
    ):
        print(title)  # noqa: T201 - the report is the purpose
        for size, name in sizes:
            print(f"{size:6} {name}")  # noqa: T201


if __name__ == "__main__":
    main()
