"""The repository's Python modules as the house rules see them: paths, names, syntax trees and import edges."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("run.py", "cli", "devtools", "server", "storage", "game_engine")
LAID_OUT_BY_OTHERS = {
    ".git",
    ".venv",
    "node_modules",
    "var",
    ".cache",
    ".hypothesis",
    "__pycache__",
    "build",
    "client_build",
}


@dataclass(frozen=True)
class Import:
    """``line`` of the importing module names ``target``; ``typing_only`` means under ``if TYPE_CHECKING``."""

    target: str
    line: int
    typing_only: bool
    in_function: bool


@dataclass(frozen=True)
class Module:
    """One file: ``path`` is relative to the root (``server/web/auth.py``), ``name`` dotted (``server.web.auth``)."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")

    def at(self, line: int) -> str:
        return f"{self.path}:{line}"

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """The numbers of the lines that hold code: no blanks, no comments, no docstrings."""
        silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
        lines: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in silent:
                lines.update(range(token.start[0], token.end[0] + 1))
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        return frozenset(lines)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self, self.tree, typing_only=False, in_function=False))


def load(root: Path, parts: tuple[str, ...] = PRODUCT) -> dict[str, Module]:
    """Every Python module under ``parts`` of ``root``, by dotted name; empty files are left out."""
    modules = {}
    for part in parts:
        paths = [root / part] if part.endswith(".py") else sorted((root / part).rglob("*.py"))
        for path in paths:
            relative = path.relative_to(root)
            if path.exists() and not LAID_OUT_BY_OTHERS.intersection(relative.parts) and path.read_text().strip():
                module = Module(relative.as_posix(), path.read_text())
                modules[module.name] = module
    return modules


def edges(modules: dict[str, Module], module: Module) -> Iterator[tuple[Import, str]]:
    """The imports of ``module`` that name one of ``modules``, with that module's name."""
    for item in module.imports:
        name = item.target
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name and name != module.name:
            yield item, name


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _imports(module: Module, node: ast.AST, *, typing_only: bool, in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, typing_only, in_function)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(f"{_origin(module, child)}.{alias.name}", child.lineno, typing_only, in_function)
        else:
            only = typing_only or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(module, child, typing_only=only, in_function=inside)


def _origin(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    base = package[: len(package) - (node.level - 1)]
    return ".".join([*base, *([node.module] if node.module else [])])
