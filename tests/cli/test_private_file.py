"""A file has its name only when it is whole, and nobody but its owner may read it."""

import os
from pathlib import Path

import pytest

from cli.private_file import publish, unfinished
from cli.terminal import CommandError


def test_a_published_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with unfinished(tmp_path / "x") as path:
            path.unlink()
            path.write_text("whole")  # as a program that knows nothing of modes
            publish(path, tmp_path / "x")
    finally:
        os.umask(before)
    assert (tmp_path / "x").read_text() == "whole"
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


def test_what_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    with unfinished(tmp_path / "x") as path:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("x", "old")]


def test_a_folder_that_does_not_exist_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere/x: No such file"), unfinished(tmp_path / "nowhere" / "x"):
        pass
