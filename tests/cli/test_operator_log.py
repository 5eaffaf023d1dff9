"""What the operator does to accounts is on record."""

from pathlib import Path

import pytest

from cli.operator_log import log_file, note
from server.config import Config
from tests.cli.conftest import Home


def test_every_act_on_an_account_is_one_line(home: Home) -> None:
    user_id = home.add_player("ann")
    for command in (("user", "disable"), ("user", "enable"), ("wallet", "top-up"), ("user", "delete")):
        extra = {"top-up": ["12.50"], "delete": ["--yes"]}.get(command[1], [])
        assert home.run(*command, "ann", *extra).code == 0
    lines = log_file(home.config).read_text().splitlines()
    acts = [line.partition(" ")[2].partition(" by ")[0] for line in lines]
    assert acts[:2] == [f"disabling of user {user_id}", f"enabling of user {user_id}"]
    assert acts[2:] == ["top-up", f"deletion of user {user_id}"]
    assert "12.50 chips" in lines[2]
    assert not any("ann" in line.partition(" by ")[0] for line in lines)
    assert log_file(home.config).stat().st_mode & 0o077 == 0


def test_what_is_refused_is_not_on_record(home: Home) -> None:
    home.add_player("ann")
    assert home.run("user", "delete", "ann").code == 2
    assert home.run("user", "disable", "nobody").code == 2
    assert not log_file(home.config).exists()


def test_a_line_says_who_and_from_where(tmp_path: Path) -> None:
    config = Config(var=str(tmp_path / "new"))
    note(config, "disabling", 7, {"SUDO_USER": "olga", "SSH_CLIENT": "192.0.2.1 5000 22"})
    note(config, "enabling", 7, {})
    first, second = log_file(config).read_text().splitlines()
    assert first.endswith("Z disabling of user 7 by olga from 192.0.2.1")
    assert second.endswith("from this machine")


def test_an_act_is_done_although_it_can_not_be_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    note(Config(var=str(tmp_path / "file")), "disabling", 7)
    assert "not on record" in capsys.readouterr().err
