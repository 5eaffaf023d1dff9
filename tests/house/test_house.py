"""The house rules, held against this repository."""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module

import pytest

from cli import protocol_docs
from game_engine.game import Reason, refusals_of
from game_engine.games import GAMES
from server.errors import REASONS, SIGN_OUTS
from tests.house import arrows, codes, manners, money
from tests.house.source import PRODUCT, ROOT, Module, load

Rule = Callable[[dict[str, Module]], Iterator[str]]

PRODUCT_MODULES = load(ROOT, PRODUCT)
TEST_MODULES = load(ROOT, ("tests",))
PATHS = [module.path for module in PRODUCT_MODULES.values()]
EVERYTHING = PRODUCT_MODULES | TEST_MODULES | load(ROOT, ("benchmarks",))

OF_THE_PRODUCT: tuple[Rule, ...] = (
    arrows.layers,
    arrows.server_layers,
    arrows.redis_forms,
    arrows.games,
    arrows.purity,
    arrows.dead,
    codes.unique,
    codes.used,
    codes.known,
    codes.reasoned,
    manners.late_wiring,
    money.one_writer_of_money,
)
OF_EVERYTHING: tuple[Rule, ...] = (
    arrows.cycles,
    arrows.imports_in_functions,
    manners.docstrings,
    manners.nothing_opened_at_import,
    manners.splatted_literals,
    manners.positional_structs,
)
OF_TESTS: tuple[Rule, ...] = (
    manners.unique_test_names,
    manners.no_mocks,
    manners.no_skips,
    manners.texts_of_whole_pages,
)


def name_of(rule: Rule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", OF_THE_PRODUCT, ids=name_of)
def test_product(rule: Rule) -> None:
    assert list(rule(PRODUCT_MODULES)) == []


@pytest.mark.parametrize("rule", OF_EVERYTHING, ids=name_of)
def test_everything(rule: Rule) -> None:
    assert list(rule(EVERYTHING)) == []


@pytest.mark.parametrize("rule", OF_TESTS, ids=name_of)
def test_tests(rule: Rule) -> None:
    assert list(rule(TEST_MODULES)) == []


def test_every_module_has_its_tests() -> None:
    assert list(manners.mirrored_tests(PRODUCT_MODULES, TEST_MODULES)) == []


def test_every_path_in_the_docs_exists() -> None:
    folders = "server|storage|game_engine|cli|devtools|tests|docs|benchmarks|deploy|scripts"
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    missing = []
    for page in pages:
        text = page.read_text()
        paths = [ROOT / path for path in re.findall(rf"`((?:{folders})/[\w./@-]*)`", text)]
        links = [page.parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
        missing += [(page.name, str(path)) for path in (*paths, *links) if not path.exists()]
    # docs/game-authors.md tells readers to write the game streak.
    assert [(page, path) for page, path in missing if "streak" not in path] == []


def test_the_architecture_page_maps_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    listed_as_folders = ("game_engine/games/", "storage/models/", "storage/migrations/")
    # The page says once that x_redis.py is the Redis form of x.py.
    unlisted = ("run.py", *(path for path in PATHS if path.endswith(("__init__.py", "_redis.py"))))
    paths = {path for path in PATHS if not path.startswith(listed_as_folders)}.difference(unlisted)
    assert sorted(path for path in paths if f"`{path}`" not in page) == []


def test_texts_are_clean() -> None:
    assert list(manners.clean_texts(ROOT)) == []


def test_every_game_is_listed_under_its_name() -> None:
    # A game is a module or a folder of them.
    files = {name.split(".")[2] for name in PRODUCT_MODULES if name.startswith("game_engine.games.")}
    listed = {type(game).__module__.split(".")[2]: game.name for game in GAMES.values()}
    assert files == set(listed)
    assert set(GAMES) == set(listed.values())


def test_generated_pages_are_up_to_date() -> None:
    for path, text in protocol_docs.pages().items():
        page = ROOT / path
        assert (page.read_text() if page.exists() else None) == text, (
            f"{path} is not what the code says: run `make docs`"
        )


def test_every_code_is_documented() -> None:
    assert list(codes.documented(PRODUCT_MODULES, (ROOT / "docs/protocol.md").read_text())) == []


def test_every_reason_of_the_server_is_given_with_its_values() -> None:
    given: set[tuple[str, str]] = set()
    wrong = []
    for module in PRODUCT_MODULES.values():
        for name, call in codes.calls_of_errors(module):
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            reason = keywords.get("reason") if name == "ClientError" else call.args[2] if len(call.args) > 2 else None
            code = call.args[0] if name == "ClientError" and call.args else ast.Constant("validation_failed")
            if isinstance(reason, ast.Constant) and isinstance(code, ast.Constant) and name != "InvalidField":
                key = (str(code.value), str(reason.value))
                given.add(key)
                if key not in REASONS or not set(REASONS[key].kinds) <= keywords.keys() | {None}:
                    wrong.append(f"{module.at(call.lineno)}: {key}")
    assert wrong == []
    words = {
        node.value
        for module in PRODUCT_MODULES.values()
        if module.name != "server.errors"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
    }
    assert [key for key in REASONS if key not in given and key[1] not in words | set(SIGN_OUTS)] == []


def test_every_refusal_of_a_game_is_in_its_list_and_has_its_values() -> None:
    for game in GAMES.values():
        package = type(game).__module__
        own = [module for name, module in PRODUCT_MODULES.items() if name == package or name.startswith(f"{package}.")]
        raised = refusals_in(own, refusals_of(game))
        inherited = {reason for kind in type(game).__mro__[1:] for reason in vars(kind).get("refusals", ())}
        assert set(vars(type(game)).get("refusals", ())) - inherited == raised - inherited, game.name
    engine = [module for name, module in PRODUCT_MODULES.items() if name.startswith("game_engine.")]
    everything = {reason for game in GAMES.values() for reason in refusals_of(game)}
    assert refusals_in(engine, everything) == everything


def refusals_in(modules: Iterable[Module], known: Collection[Reason]) -> set[Reason]:
    """The reasons for which the modules refuse. Fails if one is not known, or not given with its values."""
    found = set()
    for module in modules:
        for name, call in codes.calls_of_errors(module):
            if name != "RefusedError":
                continue
            given = {keyword.arg for keyword in call.keywords} - {"field"}
            for constant in ast.walk(call.args[0]):
                if isinstance(constant, ast.Name) and constant.id.isupper():
                    reason = getattr(import_module(module.name), constant.id)
                    assert reason in known, f"{module.at(call.lineno)}: {constant.id} is not in the game's refusals"
                    assert given == set(reason.kinds), f"{module.at(call.lineno)}: {constant.id} has other values"
                    found.add(reason)
    return found


@pytest.mark.parametrize(
    ("page", "prefix"), [("README.md", "docs/games/"), ("docs/players.md", "games/"), ("docs/fairness.md", "games/")]
)
def test_every_page_of_a_game_is_linked(page: str, prefix: str) -> None:
    text = (ROOT / page).read_text()
    assert [game.name for game in (ROOT / "docs/games").glob("*.md") if f"]({prefix}{game.name})" not in text] == []


def test_the_security_page_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"`(tests/[^`:]+)::(\w+)`", page)
    assert len(named) > 80
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text()]
    assert missing == []
