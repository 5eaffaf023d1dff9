"""PostgreSQL's own programs are found in a version that suits the server, and fail in one line."""

from pathlib import Path

import pytest

from cli.pg_tools import run_tool, tool
from cli.terminal import CommandError
from storage.database import normalise


async def test_the_lowest_version_that_suits_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "pg_dump"
    fake.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 97.1'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert await tool("pg_dump", 97) == str(fake)
    assert await tool("pg_dump", 13) != str(fake)
    with pytest.raises(CommandError, match="pg_dump 98 is needed, and only version 97 is installed"):
        await tool("pg_dump", 98)


async def test_a_missing_program_is_named() -> None:
    with pytest.raises(CommandError, match="pg_nothing 15 is needed, and it is not installed"):
        await tool("pg_nothing", 15)


async def test_the_password_is_in_no_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "pg_dump"
    fake.write_text(
        '#!/bin/sh\necho "(PostgreSQL) 99.1"\necho "error: $PGPASSWORD $PGHOST $PGPORT $*" >&2\n[ "$1" = --version ]\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PGHOST", "elsewhere")
    url = normalise("postgresql://u:s%40cret@h:5433/d")
    with pytest.raises(CommandError, match=r"^pg_dump failed: s@cret h 5433 --format=custom$"):
        await run_tool("pg_dump", 99, url, "--format=custom")
