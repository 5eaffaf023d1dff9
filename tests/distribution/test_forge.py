"""The files for a forge have the right form and name only what exists."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from server.version import VERSION
from tests.distribution.conftest import ROOT

SCHEMAS = {
    ".github/workflows/ci.yml": "github-workflows",
    ".github/dependabot.yml": "dependabot",
    ".github/ISSUE_TEMPLATE/bug.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/feature.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}
PINNED_ACTION = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def jobs() -> Iterator[dict[str, Any]]:
    yield from load(".github/workflows/ci.yml")["jobs"].values()


def steps(key: str) -> list[str]:
    return [step[key] for job in jobs() for step in job["steps"] if key in step]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_a_file_has_the_form_that_the_forge_expects(name: str, schema: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    subprocess.run([*check, str(ROOT / name)], check=True)


def test_every_yaml_file_of_the_forge_is_checked() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / ".github").rglob("*.yml")}
    assert found == set(SCHEMAS)


def test_actions_are_pinned_to_commits() -> None:
    assert steps("uses")
    assert [action for action in steps("uses") if not PINNED_ACTION.fullmatch(action)] == []


def test_the_workflow_runs_targets_and_services_that_exist() -> None:
    commands = "\n".join(steps("run"))
    assert {"check", "test", "nightly"} == set(re.findall(r"make (\w+)", commands)) <= make_targets()
    services = set(re.findall(r"compose .*\b(?:croupier|proxy)\b", commands))
    assert services
    ports = re.findall(r"localhost:(\d+)", commands)
    published = load("compose.yaml")["services"]["proxy"]["ports"]
    assert [f"{port}:8080" for port in ports] == published


def test_the_workflow_covers_the_stated_python_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stated = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    [matrix] = [job["strategy"]["matrix"]["python"] for job in jobs() if "strategy" in job]
    assert matrix == stated
    assert project["requires-python"] == f">={stated[0]}"


def test_updates_cover_every_kind_of_dependency() -> None:
    updates = {update["package-ecosystem"] for update in load(".github/dependabot.yml")["updates"]}
    assert updates == {"pip", "npm", "github-actions", "docker", "docker-compose"}


def test_pre_commit_hooks_run_installed_tools() -> None:
    [local] = load(".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    scripts = json.loads((ROOT / "package.json").read_text())["scripts"]
    for hook in local["hooks"]:
        assert hook["language"] == "system"
        program, *arguments = hook["entry"].split()
        if program == "scripts/npm":
            assert arguments[-1] in scripts
        else:
            tool = [sys.executable, *arguments[:3], "--help"]
            subprocess.run(tool, check=True, capture_output=True)


@pytest.mark.parametrize("name", ["pull_request_template.md", "../CONTRIBUTING.md", "../SECURITY.md", "../README.md"])
def test_pages_name_targets_that_exist(name: str) -> None:
    text = (ROOT / ".github" / name).read_text()
    assert set(re.findall(r"`make (\w+)`", text)) <= make_targets()


def test_this_version_gets_security_fixes() -> None:
    minor = VERSION.rpartition(".")[0]
    assert f"| {minor} | yes |" in (ROOT / "SECURITY.md").read_text()
