"""The command line as a whole: help, exit codes, and errors in one line."""

import re

import pytest

from cli import main
from tests.cli.conftest import Home


def test_help_names_every_command(empty_home: Home) -> None:
    said = empty_home.run("--help")
    assert said.code == 0
    for word in (
        "serve",
        "migrate",
        "config",
        "audit",
        "user",
        "wallet",
        "verify",
        "replay",
        "backup",
        "restore",
        "bots",
        "examples:",
    ):
        assert word in said.out


@pytest.mark.parametrize(
    "argv",
    [
        ["serve"],
        ["migrate"],
        ["config"],
        ["audit"],
        ["user"],
        ["user", "list"],
        ["user", "delete"],
        ["wallet"],
        ["wallet", "top-up"],
        ["verify"],
        ["replay"],
        ["bots"],
    ],
    ids=" ".join,
)
def test_every_command_has_its_help(empty_home: Home, argv: list[str]) -> None:
    said = empty_home.run(*argv, "--help")
    assert said.code == 0
    assert "usage: run.py" in said.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "COMMAND"),
        (["dance"], "dance"),
        (["user"], "ACTION"),
        (["user", "show"], "USER"),
        (["wallet", "top-up", "ann", "12.345"], "12.345"),
        (["wallet", "top-up", "ann", "-5"], "-5"),
        (["bots", "0"], "'0'"),
        (["bots", "2", "--games", "chess"], "chess"),
        (["bots", "2", "--seconds", "-1"], "-1"),
        (["bots", "2", "--url", "ws://nowhere"], "http://"),
        (["bots", "2", "--url", "http://127.0.0.1:9"], "no server answers"),
        (["verify", "crash"], "neither a round"),
        (["verify", "none.json"], "none.json"),
        (["replay", "crash.1"], "no database"),
        (["audit"], "run.py migrate"),
        (["user", "list"], "run.py migrate"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_line_and_exits_2(empty_home: Home, argv: list[str], words: str) -> None:
    said = empty_home.run(*argv)
    assert (said.code, said.out) == (main.WRONG_INPUT, "")
    assert words in said.err
    assert said.err.startswith("run.py")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("CROUPIER_PORT", "ninety", "CROUPIER_PORT"),
        ("CROUPIER_PORT", "99999", "CROUPIER_PORT"),
        ("CROUPIER_PROT", "9000", "CROUPIER_PROT"),
        ("CROUPIER_ROLL_NUMBER_PATTERN", "(", "CROUPIER_ROLL_NUMBER_PATTERN"),
        ("CROUPIER_DATABASE_URL", "mysql://db/croupier", "CROUPIER_DATABASE_URL"),
        ("CROUPIER_DATABASE_URL", "nonsense", "CROUPIER_DATABASE_URL"),
        ("CROUPIER_DATABASE_URL", "postgresql://127.0.0.1:9/croupier", "can't reach"),
        ("CROUPIER_DATABASE_URL", "postgresql:///x?host=/nowhere", "can't reach"),
    ],
)
def test_an_invalid_setting_is_one_line_and_exits_2(
    home: Home, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    said = home.run("audit")
    assert (said.code, said.out) == (main.WRONG_INPUT, "")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_setting_that_a_game_refuses_is_one_line_at_the_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROUPIER_PORT", "0")
    monkeypatch.setenv("CROUPIER_CRASH_MAX_PAYOUT", "50")
    said = home.run("serve")
    assert (said.code, said.out) == (main.WRONG_INPUT, "")
    assert "CROUPIER_CRASH_MAX_PAYOUT=50" in said.err
    assert said.err.count("\n") == 1


def test_a_state_folder_that_is_a_file_is_one_line(empty_home: Home) -> None:
    (empty_home.folder / "var").write_text("")
    said = empty_home.run("migrate")
    assert said.code == main.WRONG_INPUT
    assert said.err.count("\n") == 1


def test_the_examples_of_the_help_that_need_no_database_work(empty_home: Home) -> None:
    texts = [empty_home.run(*argv).out for argv in (("--help",), ("rtp", "--help"))]
    examples = [line.split() for text in texts for line in re.findall(r"\brtp [a-z]+(?: --option \S+)+", text)]
    assert len(examples) == 2
    assert {empty_home.run(*argv).code for argv in examples} == {0}
