"""The wheel: an installed `croupier` runs away from the checkout and serves the whole browser client."""

import os
import re
import signal
import site
import subprocess
import sys
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from server.version import VERSION

ROOT = Path(__file__).parents[1]
PACKAGES = ("cli", "server", "storage", "game_engine")
START_S = 30


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-build-isolation",
        "--no-deps",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(pip, check=True, env=os.environ | {"PIP_NO_INDEX": "1"})
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a new environment with the wheel, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin"


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CROUPIER_", "PYTHON"))}
    return kept | settings


def output_of(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=START_S
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a `croupier serve` that was started in an empty folder."""
    process = subprocess.Popen(
        [installed / "croupier", "serve"],
        cwd=tmp_path,
        env=environment(CROUPIER_PORT="0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    if found is None:
        pytest.fail(f"it did not start: {process.communicate(timeout=START_S)[1]}")
    yield found.group()
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=START_S)
    assert process.returncode == 0, log


def test_the_wheel_contains_all_modules_and_none_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith(".d.ts")
    }
    assert sources <= names
    extra = {name for name in names - sources if not name.startswith(("server/client_packages/", "croupier-"))}
    assert extra == {"cli/requirements.txt"}


def test_the_wheel_contains_the_licences_of_the_client_s_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for package in ("htm", "preact", "uplot", "@preact/signals", "@preact/signals-core"):
        assert f"server/client_packages/{package}/LICENSE" in names


def test_the_command_is_installed(installed: Path, tmp_path: Path) -> None:
    croupier = str(installed / "croupier")
    assert output_of(tmp_path, croupier, "--version") == f"Croupier {VERSION}\n"
    said = output_of(tmp_path, croupier, "--help")
    assert said.startswith("usage: croupier ")
    assert "run.py" not in said
    where = output_of(tmp_path, str(installed / "python"), "-c", "import server.version as v; print(v.__file__)")
    assert Path(where).is_relative_to(installed.parent)


def test_doctor_knows_the_pinned_packages(installed: Path, tmp_path: Path) -> None:
    croupier = str(installed / "croupier")
    output_of(tmp_path, croupier, "migrate")
    assert "as in requirements.txt" in output_of(tmp_path, croupier, "doctor")


def test_an_installed_server_serves_the_client(server: str) -> None:
    def get(path: str) -> str:
        with urllib.request.urlopen(f"{server}{path}", timeout=START_S) as answer:
            assert answer.status == 200
            text: str = answer.read().decode()
            return text

    page = get("/")
    linked = re.findall(r'(?:src|href)="(/(?:client|vendor)/[^"]+)"', page)
    imported = re.findall(r'"(/vendor/[^"]+)"', page)
    assert any(path.endswith(".js") for path in linked)
    assert imported
    for path in {*linked, *imported}:
        assert get(path)


def requirements(name: str) -> dict[str, Requirement]:
    """The requirements of a file by package. Every one has to come with hashes."""
    found: dict[str, Requirement] = {}
    for entry in (ROOT / name).read_text().replace("\\\n", " ").splitlines():
        if entry and not entry.startswith("#"):
            text, *hashes = re.split(r"\s+--hash=", entry.strip())
            assert hashes, f"{text} has no hash"
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
            found[canonicalize_name(Requirement(text).name)] = Requirement(text)
    return found


@pytest.mark.parametrize(
    ("group", "file"), [(None, "requirements.txt"), ("dev", "requirements-dev.txt"), ("node", "requirements-node.txt")]
)
def test_the_pinned_packages_are_those_of_pyproject(group: str | None, file: str) -> None:
    """If this fails, run `make lock`."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = pyproject["project"]["dependencies"] if group is None else pyproject["dependency-groups"][group]
    pinned = requirements(file)
    for text in wanted:
        requirement = Requirement(text)
        [version] = pinned[canonicalize_name(requirement.name)].specifier
        assert version.operator == "=="
        assert version.version in requirement.specifier


def test_the_checks_run_with_the_packages_of_the_server() -> None:
    everything = requirements("requirements-dev.txt")
    assert {name: str(each) for name, each in requirements("requirements.txt").items()}.items() <= {
        name: str(each) for name, each in everything.items()
    }.items()
