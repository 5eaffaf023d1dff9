"""Each house rule finds the flaw that it is there for, and leaves clean code alone."""

from pathlib import Path

import pytest

from tests.house import arrows, codes, manners, money, sizes
from tests.house.source import Module, load


def modules(**sources: str) -> dict[str, Module]:
    """Modules from their text, named ``server__web__auth=…``."""
    found = (Module(name.replace("__", "/") + ".py", text) for name, text in sources.items())
    return {module.name: module for module in found}


STRUCT = "class A(Struct):\n    a: int\n    b: int\n    c: int\n    d: int\n"


@pytest.mark.parametrize(
    ("rule", "flawed"),
    [
        (arrows.layers, {"storage__ledger": "from server import errors", "server__errors": "x = 1"}),
        (arrows.layers, {"game_engine__game": "import storage.ledger", "storage__ledger": "x = 1"}),
        (arrows.layers, {"server__app": "from cli.bots import x", "cli__bots": "x = 1"}),
        (arrows.layers, {"run": "from server.app import x", "server__app": "x = 1"}),
        (
            arrows.server_layers,
            {"server__rooms__room": "from server.ws import endpoint", "server__ws__endpoint": ""},
        ),
        (
            arrows.server_layers,
            {"server__web__auth": "from server.ws.endpoint import x", "server__ws__endpoint": ""},
        ),
        (arrows.server_layers, {"server__fanout__hub": "import server.rooms.room", "server__rooms__room": "x = 1"}),
        (arrows.server_layers, {"server__errors": "from server.app import x", "server__app": "x = 1"}),
        (arrows.server_layers, {"server__errors": "from server.fanout.hub import x", "server__fanout__hub": ""}),
        (
            arrows.server_layers,
            {"server__rooms__room": "from server.node.router import x", "server__node__router": ""},
        ),
        (
            arrows.server_layers,
            {"server__rooms__room": "from server.fanout.hub import x", "server__fanout__hub": ""},
        ),
        (
            arrows.redis_forms,
            {
                "server__node__router": "from server.backends.lease_redis import x",
                "server__backends__lease_redis": "",
            },
        ),
        (
            arrows.games,
            {"game_engine__games__dice": "from game_engine.games import crash", "game_engine__games__crash": "x = 1"},
        ),
        (
            arrows.games,
            {"server__app": "from game_engine.games.crash import Crash", "game_engine__games__crash": "x = 1"},
        ),
        (
            arrows.games,
            {
                "game_engine__games__holdem__pots": "from game_engine.games import crash",
                "game_engine__games__crash": "x = 1",
            },
        ),
        (arrows.purity, {"game_engine__chance": "import random"}),
        (arrows.purity, {"game_engine__chance": "from time import time"}),
        (arrows.purity, {"game_engine__contract__driver": "from time import time"}),
        (arrows.purity, {"server__app": "from game_engine.contract import play"}),
        (arrows.cycles, {"cli__a": "from cli import b", "cli__b": "import cli.c", "cli__c": "from .a import x"}),
        (arrows.imports_in_functions, {"cli__a": "def f():\n    import json\n"}),
        (arrows.dead, {"run": "import cli.a", "cli__a": "x = 1", "cli__b": "import cli.a"}),
        (manners.docstrings, {"cli__a": "x = 1"}),
        (manners.docstrings, {"cli__a": '"""Utilities"""'}),
        (manners.nothing_opened_at_import, {"cli__a": "import sqlite3\nc = sqlite3.connect('x')"}),
        (manners.nothing_opened_at_import, {"cli__a": "class A:\n    engine = create_async_engine('x')"}),
        (manners.unique_test_names, {"tests__test_a": "def test_x(): ...\nasync def test_x(): ..."}),
        (manners.no_mocks, {"tests__test_a": "from unittest.mock import Mock"}),
        (manners.no_mocks, {"tests__game_engine__test_a": "def test_x(monkeypatch): ..."}),
        (manners.no_skips, {"tests__test_a": "import pytest\n@pytest.mark.skipif(True)\ndef test_x(): ..."}),
        (manners.no_skips, {"tests__test_a": "import pytest\npytest.skip('no server')"}),
        (manners.texts_of_whole_pages, {"tests__browser__test_a": "expect(page.get_by_text('Saved'))"}),
        (manners.texts_of_whole_pages, {"tests__browser__test_a": "page.get_by_role('alert').filter(has_text='no')"}),
        (manners.splatted_literals, {"cli__a": "x = [1, *(2, 3)]"}),
        (manners.splatted_literals, {"cli__a": "f(**{'a': 1})"}),
        (manners.positional_structs, {"cli__a": f"{STRUCT}A(1, 2, 3, 4)"}),
        (manners.positional_structs, {"cli__a": f"{STRUCT}A(*row, d=4)"}),
        (manners.positional_structs, {"cli__a": STRUCT, "cli__b": "A(1, 2, 3, 4)", "cli__c": "class A: ..."}),
        (manners.late_wiring, {"cli__a": "class A:\n    def __init__(self, hub):\n        hub.source = self"}),
        (manners.late_wiring, {"cli__a": "class A:\n    def f(self):\n        self.hub.told = self.f"}),
        (manners.late_wiring, {"cli__a": "class A:\n    def f(self, hub):\n        hub.told = lambda: 1"}),
        (codes.unique, {"server__errors": "e = (ErrorCode('a', 400, False, 'A.'), ErrorCode('a', 401, False, 'B.'))"}),
        (codes.unique, {"server__errors": "c = (CloseCode(4000, 'a', 'A.'), CloseCode(4000, 'b', 'B.'))"}),
        (codes.unique, {"server__errors": "e = ErrorCode('a', 400, False, 'no sentence')"}),
        (codes.used, {"server__errors": "e = ErrorCode('a', 400, False, 'A.')", "server__app": "x = 1"}),
        (codes.known, {"server__errors": "x = 1", "server__app": "raise ClientError('brand_new')"}),
        (money.one_writer_of_money, {"storage__bonus": "insert(Transaction).values(amount=1)"}),
        (money.one_writer_of_money, {"cli__wallets": "session.add(models.Transaction(amount=1))"}),
        (money.one_writer_of_money, {"storage__bonus": "update(models.Transaction).values(amount=1)"}),
        (money.one_writer_of_money, {"storage__bonus": "insert(Wallet).values(user_id=1, balance=100)"}),
        (
            money.one_writer_of_money,
            {"storage__bonus": "def f():\n    v = {'balance': 1}\n    update(Wallet).where(x).values(v)"},
        ),
        (money.one_writer_of_money, {"storage__bonus": "def f():\n    update(Wallet).values(balance=1)"}),
        (money.one_writer_of_money, {"storage__bonus": "from storage.models import Wallet\nw.balance += 1"}),
        (money.one_writer_of_money, {"cli__users": "q = 'INSERT OR FAIL INTO transactions (id) VALUES (1)'"}),
        (money.one_writer_of_money, {"cli__users": "q = f'UPDATE wallets w SET balance = {x}'"}),
        (codes.reasoned, {"server__app": "raise ClientError('a', 'The room is busy.')"}),
        (codes.reasoned, {"server__app": "raise ClientError('a', message=f'{x} is busy.')"}),
        (codes.reasoned, {"server__app": "InvalidField('seats', 'out_of_range', 'Too many.')"}),
        (codes.reasoned, {"game_engine__game": "raise RefusedError('illegal_action', 'The round is over.')"}),
        (codes.known, {"server__errors": "x = 1", "game_engine__game": "raise game.RefusedError('brand_new', 'x')"}),
    ],
)
def test_flaw_is_found(rule, flawed: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    assert list(rule(modules(**flawed)))


CLEAN = modules(
    run='"""Start."""\nfrom cli import main',
    cli__main='"""Commands."""\nfrom server import app\nfrom storage import ledger, limits',
    server__app='"""Wire."""\nfrom server.web import auth\nfrom server.ws import endpoint\nimport game_engine.games',
    server__web__auth=(
        '"""Sign in."""\nfrom server import errors\nraise ClientError("a", reason="b")\nraise ClientError(code)'
    ),
    server__ws__endpoint='"""Sockets."""\nfrom server.node.router import Router\nclose("b")',
    server__node__router=(
        '"""Ways."""\nfrom server.rooms.room import Room\n'
        "from server.fanout import hub\nfrom server.node import players"
    ),
    server__rooms__room=(
        '"""Rooms."""\nfrom typing import TYPE_CHECKING\nfrom server.backends import choose\n'
        "if TYPE_CHECKING:\n    from server.ws.endpoint import Socket\n"
    ),
    server__fanout__hub='"""Frames."""\nfrom server.errors import x',
    server__backends__choose='"""Forms."""\nfrom server.backends import bus_redis',
    server__backends__bus_redis='"""A form."""\nfrom server.errors import x',
    server__errors='"""Codes."""\ne = (ErrorCode("a", 400, False, "A."), CloseCode(4000, "b", "B."))',
    storage__ledger='"""Money."""\nasync def f(a, b, c, d, e, f):\n    await connect("x")\n    insert(Transaction)\n',
    storage__limits=(
        '"""Limits."""\nfrom storage.models import Wallet\nx = select(Wallet.balance)\n'
        'y = "SELECT balance FROM wallets"\ndef f():\n    update(Wallet).values(limits=1)\n'
    ),
    server__node__players=(
        '"""Players."""\nfrom storage import rows\n'
        "class A:\n    def f(self, hub):\n        self.hub = hub\n        hub.size = self.size"
    ),
    storage__rows=f'"""Rows."""\n{STRUCT}x = [*old, A(1, b=2, c=3, d=4)]',
    game_engine__games='"""Games."""\nfrom game_engine.games.dice import Dice\nfrom game_engine.games import holdem',
    game_engine__games__holdem='"""Cards."""\nfrom game_engine.games.holdem import pots',
    game_engine__games__holdem__pots='"""Pots."""\nfrom game_engine.games.holdem.hand import x',
    game_engine__games__holdem__hand='"""Hands."""\nimport msgspec',
    game_engine__contract='"""Test."""\nfrom game_engine.contract.driver import Driver',
    game_engine__contract__driver='"""Play."""\nimport random',
    game_engine__contract____main__='"""Start."""\nfrom game_engine import contract\nif __name__ == "x":\n    ...',
    game_engine__games__dice='"""Dice."""\nimport math\nfrom fractions import Fraction',
)
RULES = (
    arrows.layers,
    arrows.server_layers,
    arrows.redis_forms,
    arrows.games,
    arrows.purity,
    arrows.cycles,
    arrows.imports_in_functions,
    arrows.dead,
    codes.unique,
    codes.used,
    codes.known,
    codes.reasoned,
    manners.docstrings,
    manners.nothing_opened_at_import,
    money.one_writer_of_money,
    manners.splatted_literals,
    manners.positional_structs,
    manners.late_wiring,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_clean_code_passes(rule) -> None:  # type: ignore[no-untyped-def]
    assert list(rule(CLEAN)) == []


def test_blanks_comments_and_docstrings_are_free() -> None:
    text = '"""Docs.\n\nMore.\n"""\n\n# why\nx = [\n    1,\n    # two\n    2,\n]\ny = """a\n\nb"""\n'
    assert sorted(Module("cli/a.py", text).code_lines) == [7, 8, 10, 11, 12, 13, 14]


def test_relative_imports_are_understood() -> None:
    [one] = Module("server/web/auth.py", "from ..rooms import room").imports
    [two] = Module("server/web/__init__.py", "from .auth import x").imports
    assert (one.target, two.target) == ("server.rooms.room", "server.web.auth.x")


def test_missing_and_empty_test_modules_are_found() -> None:
    code = "def f(): return 1"
    product = modules(cli__bots=code, cli__main=code, run=code)
    tests = modules(tests__cli__test_bots="def test_x(): ...", tests__cli__test_main="x = 1")
    assert [line.split(":")[0] for line in manners.mirrored_tests(product, tests)] == ["cli/main.py", "run.py"]


def test_a_module_that_only_holds_types_needs_no_test_module() -> None:
    types = "X = int | str\nclass Store(Protocol):\n    async def read(self) -> X:\n        'Read.'\n        ...\n"
    assert list(manners.mirrored_tests(modules(storage__store=types), {})) == []


def test_the_largest_come_first_and_inherited_methods_count() -> None:
    half = "class Half:\n    def a(self): ...\n    def b(self): ...\n"
    whole = "class Whole(Half):\n    def b(self): ...\n    def c(self):\n        return 1\n"
    sources = modules(cli__half=half, cli__whole=whole)
    assert [size for size, _ in sizes.largest_classes(sources)] == [3, 2]
    assert sizes.largest_functions(sources)[0] == (2, "cli/whole.py:3 c")
    assert sizes.largest_files(sources)[0] == (4, "cli/whole.py")


def test_undocumented_codes_are_found() -> None:
    table = modules(server__errors="e = (ErrorCode('a', 400, False, 'A.'), CloseCode(4000, 'b', 'B.'))")
    assert list(codes.documented(table, "| `a` | … | 4000 | b |\n| 4000 | `b` |")) == []
    assert list(codes.documented(table, "`4000` `b`")) == ["docs/protocol.md does not explain a"]


@pytest.mark.parametrize(
    "text", ["see /wo" + "rk/main", "cd /ho" + "me/ann/x", "https://py" + "pi.org/simple", "# TO" + "DO: more"]
)
def test_local_texts_are_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.md").write_text(f"Fine.\n{text}\n")
    [flaw] = manners.clean_texts(tmp_path)
    assert flaw.startswith("page.md:2: ")


def test_installed_files_are_no_texts(tmp_path: Path) -> None:
    for folder in (".venv", "node_modules/x", ".ruff_cache"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.txt").write_text("/ro" + "ot/x")
    (tmp_path / "page.md").write_text("docs/wo" + "rk/main and /workers, a homework")
    assert list(manners.clean_texts(tmp_path)) == []


def test_empty_files_are_no_modules(tmp_path: Path) -> None:
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli/__init__.py").write_text("")
    (tmp_path / "cli/main.py").write_text("x = 1")
    assert list(load(tmp_path, ("run.py", "cli"))) == ["cli.main"]
