"""The wheel: an installed `croupier` runs away from the checkout and serves the whole browser client."""

import re
import urllib.request
import zipfile
from pathlib import Path

from server.version import VERSION
from tests.distribution.conftest import ROOT, TIMEOUT_S, output_of, running

PACKAGES = ("cli", "server", "storage", "game_engine")


def test_the_wheel_contains_all_modules_and_none_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    client = {name for name in sources if name.startswith("server/client/")}
    assert sources - client <= names
    assert not client & names
    extra = {name for name in names - sources if not name.startswith(("server/client_build/", "croupier-"))}
    assert extra == {"cli/requirements.txt"}


def test_the_wheel_contains_the_client_and_the_licences_of_its_packages(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    for pattern in ("pages/lobby.html", "pages/room-crash.html", r"client/crash-\w+\.js\.br", "root/sw.js"):
        assert any(re.fullmatch(f"server/client_build/{pattern}", name) for name in names), pattern
    assert not [name for name in names if "node_modules" in name]
    licences = archive.read("server/client_build/root/licences.txt").decode()
    for package in ("htm", "preact", "uplot", "@preact/signals", "@preact/signals-core"):
        assert f"\n{package}\n\n" in f"\n{licences}"


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
    assert "with the versions of requirements.txt" in output_of(tmp_path, croupier, "doctor")


def test_an_installed_server_serves_the_client_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    with running([str(installed / "croupier"), "serve"], tmp_path, CROUPIER_PORT="0") as url:
        page = get(f"{url}/")
        linked = re.findall(r'(?:src|href)="(/(?:client/[^"]+|\w+\.\w+))"', page)
        assert {Path(path).suffix for path in linked} == {".js", ".css", ".svg", ".png", ".webmanifest"}
        for path in (*linked, "/sw.js", "/favicon.ico"):
            with urllib.request.urlopen(f"{url}{path}", timeout=TIMEOUT_S) as answer:
                assert answer.read(), path


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        text: str = answer.read().decode()
        return text
