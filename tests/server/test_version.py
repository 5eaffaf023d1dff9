"""The version has one source, and the changelog describes it."""

import re
import tomllib
from datetime import date
from pathlib import Path

from server.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_newest_section_of_the_changelog_describes_this_version() -> None:
    newest = re.search(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == VERSION
    assert date.fromisoformat(newest[2])


def test_the_build_reads_the_version_from_the_module() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in pyproject["project"]["dynamic"]
    assert pyproject["tool"]["hatch"]["version"]["path"] == "server/version.py"
