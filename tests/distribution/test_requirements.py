"""The pinned Python packages: they have hashes and satisfy pyproject.toml."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.distribution.conftest import ROOT


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
