"""Common generators of code accept the published descriptions, and what they write passes a strict type checker.

The commands are those of docs/client-authors.md. For AsyncAPI they are datamodel-codegen's, beside the official parser;
Modelina, the official generator, would add 188 MB to check the same document.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from game_engine.games import GAMES
from server.web.app import ROUTES
from server.web.openapi import describe as describe_http
from server.ws.asyncapi import describe as describe_socket

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "client-authors.md"
NODE_PACKAGES = ROOT / "node_modules" / "croupier-generators" / "node_modules"
TYPESCRIPT = "npx --yes openapi-typescript@7 "
COMMANDS = (TYPESCRIPT, "openapi-python-client ", "datamodel-codegen ")
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for each in pkgutil.walk_packages(getattr(package, "__path__", []), sys.argv[1] + "."):
    importlib.import_module(each.name)
"""


def command(*words: str) -> list[str]:
    """The command line of the page that contains these words."""
    lines = PAGE.read_text().replace("\\\n", " ").splitlines()
    [line] = [line for line in lines if line.startswith(COMMANDS) and all(word in line for word in words)]
    return shlex.split(line)


def execute(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with the programs of the checks. Node's warnings are about the generators' own packages."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NODE_NO_WARNINGS": "1"}
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run(arguments: list[str], folder: Path) -> str:
    """What a command prints, which must succeed."""
    done = execute(arguments, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def in_node(*arguments: object) -> list[str]:
    """The command line that runs a program of Node.js, which npm finds as it does for the browser client's checks."""
    line = shlex.join(["node", *map(str, arguments)])
    return [str(ROOT / "scripts" / "npm"), "exec", "--offline", "--call", line]


def typescript_from(folder: Path) -> list[str]:
    """The page's command for TypeScript, with the installed package in place of one that npx downloads."""
    source, option, target = command(TYPESCRIPT)[-3:]
    program = NODE_PACKAGES / "openapi-typescript" / "bin" / "cli.js"
    return in_node(program, folder / source, option, folder / target)


def check_python(name: str, folder: Path) -> None:
    """The module or package ``name`` can be imported without a warning, and its types are right."""
    run([sys.executable, "-W", "error", "-c", IMPORT_ALL, name], folder)
    types = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=mypy", "-p", name]
    run(types, folder)


def complaints(folder: Path) -> list[str]:
    """The errors and warnings of the parser. That there is a newer AsyncAPI is for it only an information."""
    program = ROOT / "tests" / "generators" / "parse.mjs"
    complained: list[str] = json.loads(run(in_node(program, folder / "asyncapi.json"), folder))
    return complained


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with both descriptions."""
    (tmp_path / "openapi.json").write_text(json.dumps(describe_http(ROUTES)))
    (tmp_path / "asyncapi.json").write_text(json.dumps(describe_socket(GAMES, "127.0.0.1:8080")))
    return tmp_path


@pytest.fixture
def broken(folder: Path) -> Path:
    """A folder with descriptions in which one schema refers to nothing."""
    for name, schema in (("openapi.json", "SignIn"), ("asyncapi.json", "Hello")):
        document = json.loads((folder / name).read_text())
        document["components"]["schemas"][schema]["properties"]["lost"] = {"$ref": "#/components/schemas/Nothing"}
        (folder / name).write_text(json.dumps(document))
    return folder


def test_the_packages_of_node_are_those_that_are_wanted() -> None:
    """If this fails, run `scripts/npm install`."""
    installed = json.loads((NODE_PACKAGES.parent / "package.json").read_text())
    wanted = json.loads((ROOT / "tests" / "generators" / "package.json").read_text())
    assert installed["dependencies"] == wanted["dependencies"]


def test_openapi_typescript(folder: Path) -> None:
    said = run(typescript_from(folder), folder).splitlines()
    assert [line for line in said if line and not line.startswith(("✨", "🚀"))] == []
    run(in_node(NODE_PACKAGES / "typescript" / "bin" / "tsc", "--noEmit", "--strict", folder / "croupier.ts"), folder)


def test_openapi_python_client(folder: Path) -> None:
    run([*command("openapi-python-client generate"), "--fail-on-warning"], folder)
    check_python("croupier_client", folder / "croupier-client")


@pytest.mark.parametrize(("form", "module"), [("openapi", "croupier_http"), ("asyncapi", "croupier_live")])
def test_datamodel_codegen(form: str, module: str, folder: Path) -> None:
    assert run(command(f"--input-file-type {form}"), folder) == ""
    check_python(module, folder)


def test_the_parser_of_asyncapi(folder: Path) -> None:
    assert complaints(folder) == []


def test_complaints_are_noticed(broken: Path) -> None:
    assert execute(typescript_from(broken), broken).returncode != 0
    assert execute([*command("openapi-python-client generate"), "--fail-on-warning"], broken).returncode != 0
    assert complaints(broken)
    for form in ("openapi", "asyncapi"):
        done = execute(command(f"--input-file-type {form}"), broken)
        assert done.returncode != 0 or done.stderr
