"""What every module and every test looks like: docstrings, mirrored tests, real parts, nothing local in a file."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import LAID_OUT_BY_OTHERS, Module, functions

# A connection that these calls open at import has no owner that closes it.
OPENERS = {"connect", "create_engine", "create_async_engine", "ClientSession", "create_connection", "open", "from_url"}
OF_A_WHOLE_PAGE = re.compile(r"\w+\.get_by_(text\(|role\('(alert|status)'\))")
SKIPS = {"skip", "skipif", "importorskip", "xfail"}

# Spelled in halves, so that this file passes its own rule.
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
LOCAL_PATHS = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot|ho" r"me/\w+)/")
REGISTRIES = re.compile(r"registry\.np" r"mjs|py" r"pi\.org|pythonhost" r"ed\.org|yarn" r"pkg\.com", re.IGNORECASE)


def docstrings(modules: dict[str, Module]) -> Iterator[str]:
    """Every module starts with a sentence that states its purpose."""
    for module in modules.values():
        first = (ast.get_docstring(module.tree) or "").split("\n\n")[0].strip()
        if not first.endswith((".", "!", "?", ":", "::")):
            yield f"{module.path}: does not start with a sentence that states its purpose"


def mirrored_tests(modules: dict[str, Module], tests: dict[str, Module]) -> Iterator[str]:
    """Every source module has its test module: server/web/auth.py → tests/server/web/test_auth.py.

    A module that only holds types needs none: the type checker tests it.
    """
    for module in modules.values():
        # The migrations are walked up and down by tests/storage/test_migrate.py.
        if module.is_package or module.name.startswith("storage.migrations.") or not _has_code(module):
            continue
        folder, _, name = f"tests/{module.path}".rpartition("/")
        expected = f"{folder}/test_{name}"
        found = next((t for t in tests.values() if t.path == expected), None)
        if not found or not any(f.name.startswith("test_") for f in functions(found)):
            yield f"{module.path}: has no tests in {expected}"


def _has_code(module: Module) -> bool:
    """Whether a function or method does anything beyond a docstring and ``...``."""
    return any(
        not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for function in functions(module)
        for statement in function.body
    )


def unique_test_names(tests: dict[str, Module]) -> Iterator[str]:
    """No test hides another one by its name."""
    for module in tests.values():
        for scope in (n for n in ast.walk(module.tree) if isinstance(n, ast.Module | ast.ClassDef)):
            names = Counter(n.name for n in scope.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
            for name, times in names.items():
                if name.startswith("test_") and times > 1:
                    yield f"{module.path}: {times} tests are named {name}; only the last one runs"


def no_mocks(tests: dict[str, Module]) -> Iterator[str]:
    """Tests use real parts or small fakes; those of the engine patch nothing at all."""
    for module in tests.values():
        for item in module.imports:
            if item.target.startswith(("unittest.mock", "mock", "pytest_mock")):
                yield f"{module.at(item.line)}: imports {item.target}; use the real part or a small fake"
        if module.path.startswith("tests/game_engine/"):
            for node in functions(module):
                if "monkeypatch" in [a.arg for a in node.args.args]:
                    yield f"{module.at(node.lineno)}: {node.name} patches; the engine takes all it needs as values"


def no_skips(tests: dict[str, Module]) -> Iterator[str]:
    """A test that skips hides itself: fail instead."""
    for module in tests.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in SKIPS and "pytest" in ast.unparse(node):
                yield f"{module.at(node.lineno)}: {ast.unparse(node)}; install the missing tool or mend the test"


def texts_of_whole_pages(tests: dict[str, Module]) -> Iterator[str]:
    """A browser test looks for a text in a part of the page: the whole page may say it twice for a moment."""
    for module in tests.values():
        for node in ast.walk(module.tree) if module.path.startswith("tests/browser/test_") else ():
            if isinstance(node, ast.Call) and OF_A_WHOLE_PAGE.match(call := ast.unparse(node)):
                yield f"{module.at(node.lineno)}: {call[:60]}; use in_main, toast or a locator's own search"


def nothing_opened_at_import(modules: dict[str, Module]) -> Iterator[str]:
    """Connections are opened by the command line and closed by it, never by an import."""
    for module in modules.values():
        for node in _at_import(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in OPENERS:
                yield f"{module.at(node.lineno)}: {ast.unparse(node.func)}(…) runs at import; open it where it is used"


def clean_texts(root: Path) -> Iterator[str]:
    """No file of the repository speaks of one machine's paths, of package hosts, or of work left over."""
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if (
            LAID_OUT_BY_OTHERS.intersection(relative.parts)
            or relative.parts[0].endswith("_cache")
            or not path.is_file()
        ):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        rules = {"a local path": LOCAL_PATHS, "a package host": REGISTRIES, "a mark of work left over": MARKS}
        for meaning, pattern in rules.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{relative}:{line}: {meaning}, {match.group()!r}"


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_import(child)


def splatted_literals(modules: dict[str, Module]) -> Iterator[str]:
    """No ``*(a, b)`` or ``**{"a": b}`` of a literal: write its members where they belong."""
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
                if isinstance(node.value, ast.Tuple | ast.List | ast.Set):
                    yield f"{module.at(node.lineno)}: {ast.unparse(node)[:40]} is a literal; write its members out"
            elif isinstance(node, ast.keyword) and node.arg is None and _could_be_keywords(node.value):
                yield f"{module.at(node.value.lineno)}: **{ast.unparse(node.value)[:40]} is a literal; use keywords"


def _could_be_keywords(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(
        isinstance(key, ast.Constant) and str(key.value).isidentifier() for key in node.keys
    )


# Rows of a table, whose columns the class beside it names.
ROWS = {"ErrorCode"}


def positional_structs(modules: dict[str, Module]) -> Iterator[str]:
    """A struct with more than three fields is constructed by keyword, so that no two fields change places.

    Of several classes with one name, the module's own or the imported one is meant, or else the largest.
    """
    own_sizes = {name: _struct_sizes(module) for name, module in modules.items()}
    largest = Counter[str]()
    for sizes in own_sizes.values():
        largest |= sizes
    for module_name, module in modules.items():
        known: dict[str, int] = {}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module in own_sizes:
                known.update({name.name: own_sizes[node.module][name.name] for name in node.names})
        known.update(own_sizes[module_name])
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).split(".")[-1]
                size = known.get(name, largest[name])
                starred = any(isinstance(argument, ast.Starred) for argument in node.args)
                if size > 3 and name not in ROWS and (len(node.args) > 3 or starred):
                    yield f"{module.at(node.lineno)}: {name}(…) takes {size} fields by position; name them"


def _struct_sizes(module: Module) -> Counter[str]:
    """The number of fields of each class in the module, 0 if it is not a struct."""
    sizes = Counter[str]()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            is_struct = any("Struct" in ast.unparse(base) for base in node.bases)
            sizes[node.name] = len([item for item in node.body if isinstance(item, ast.AnnAssign)]) if is_struct else 0
    return sizes


def late_wiring(modules: dict[str, Module]) -> Iterator[str]:
    """Collaborators come by constructor: no object assigns itself, its method or a lambda elsewhere."""
    for module in modules.values():
        for scope in ast.walk(module.tree):
            if not isinstance(scope, ast.ClassDef):
                continue
            methods = {n.name for n in scope.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
            for node in ast.walk(scope):
                if isinstance(node, ast.Assign) and _wires(node, methods):
                    yield f"{module.at(node.lineno)}: {ast.unparse(node)[:60]}; pass it to the constructor"


def _wires(node: ast.Assign, methods: set[str]) -> bool:
    value = node.value
    gives_itself = (
        isinstance(value, ast.Lambda)
        or (isinstance(value, ast.Name) and value.id == "self")
        or (isinstance(value, ast.Attribute) and ast.unparse(value.value) == "self" and value.attr in methods)
    )
    return gives_itself and any(
        isinstance(target, ast.Attribute) and ast.unparse(target.value) != "self" for target in node.targets
    )
