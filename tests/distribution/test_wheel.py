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
    assert "with the versions of requirements.txt" in output_of(tmp_path, croupier, "doctor")


def test_an_installed_server_serves_the_client_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    with running([str(installed / "croupier"), "serve"], tmp_path, CROUPIER_PORT="0") as url:
        page = get(f"{url}/")
        linked = re.findall(r'(?:src|href)="(/(?:client|vendor)/[^"]+)"', page)
        imported = re.findall(r'"(/vendor/[^"]+)"', page)
        assert any(path.endswith(".js") for path in linked)
        assert imported
        for path in {*linked, *imported}:
            assert get(f"{url}{path}")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        text: str = answer.read().decode()
        return text
