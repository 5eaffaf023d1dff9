"""The house rules, held against this repository."""

import re
from collections.abc import Callable, Iterator

import pytest

from cli import protocol_docs
from game_engine.games import GAMES
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
