"""What `serve` does before it serves. tests/test_run.py tests the rest, in a process."""

import argparse
import asyncio
import logging
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from cli.only_server import only_server_of
from cli.serve import bound_log, local_url, log_in_utc, raise_file_limit, run, silence_libraries
from cli.terminal import CommandError
from server.config import load
from storage.accounts import NewAccount
from storage.database import open_store
from storage.operator_accounts import ensure_players, sign_in_players
from storage.tokens import find_signed_in, token_hash
from tests.cli.conftest import Home


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_the_url_at_which_a_server_reaches_itself(host: str, url: str) -> None:
    assert local_url(host, 80) == url


async def test_hashes_are_never_logged(migrated_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at DEBUG level, at which the database library would log its statements."""
    caplog.set_level(logging.DEBUG)
    silence_libraries()
    db = await open_store(migrated_url)
    new = NewAccount(
        roll_number="R1", email="ann@campus.example", username="ann", full_name="Ann", password_hash="$2b$04$hash"
    )
    [user_id] = await ensure_players(db, [new], 0, datetime.now(UTC))
    [token] = await sign_in_players(db, [user_id], "Laptop", datetime.now(UTC))
    assert await find_signed_in(db, token_hash(token)) is not None
    await db.close()
    for secret in ("$2b$04$hash", token, token_hash(token)):
        assert secret not in caplog.text


async def test_a_demo_does_not_migrate_the_database_of_a_running_server(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load({"CROUPIER_DATABASE_URL": sqlite_url})
    async with only_server_of(sqlite_url, asyncio.Event()):
        with pytest.raises(CommandError, match="another server"):
            await run(argparse.Namespace(demo=True), config)
    assert not (tmp_path / "croupier.db").exists()


async def test_an_unusable_address_is_reported(home: Home) -> None:
    config = structs.replace(home.config, host="no.such.host.invalid", port=0)
    with pytest.raises(CommandError, match=r"can't listen on no\.such\.host\.invalid:0: (?!Unknown|None)\w"):
        await run(argparse.Namespace(demo=False), config)


def test_the_log_is_in_utc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    log_in_utc("INFO", "text")
    bound_log()
    logging.getLogger("some.module").info("something happened to room %s", "crash")
    for _ in range(300):
        logging.getLogger("server.security_log").info("sign-in")
        logging.getLogger("some.module").info("a flood")
    lines = capsys.readouterr().err.splitlines()
    at = datetime.strptime(lines[0].partition(" ")[0], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert lines[0].endswith(" INFO some.module: something happened to room crash")
    assert sum(line.endswith("sign-in") for line in lines) == 300
    assert 100 <= sum("a flood" in line for line in lines) < 200


def test_the_limit_of_open_files_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        raise_file_limit(load({}, max_connections=1))
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
        assert caplog.text == ""
        raise_file_limit(load({}, max_connections=hard))
        assert "LimitNOFILE" in caplog.text
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
