"""Whatever is wrong with the database or Redis, every command that needs them says so in one line and exits with 2."""

import argparse
import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cli import main
from devtools.services import RedisServer
from tests.cli.conftest import Home, Said
from tests.postgres_relay import relay_of

RUN = Path(__file__).parents[2] / "run.py"
EXAMPLES = {
    "user": "ann",
    "amount": "5",
    "round": "crash.1",
    "count": "1",
    "game": "limbo",
    "to": "copy",
    "backup": "copy",
    "text": "hello",
}
"""An argument for each name of a positional argument. A new command may need a new one."""
WITHOUT_STORE = {"config", "rtp", "bots"}
"""Commands that need neither, or ask a server first."""
DIAGNOSIS = "doctor"
"""The command whose answer is what is wrong."""


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that the parser knows, with its positional arguments."""
    # argparse has no public way to its actions.
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in nested:
        for name, subparser in action.choices.items():
            yield from commands(subparser, (*path, name))
    if not nested:
        yield (*path, *(EXAMPLES[action.dest] for action in parser._actions if not action.option_strings))


COMMANDS = list(commands(main.parser(main.COMMANDS)))
NEED_THE_DATABASE = [argv for argv in COMMANDS if argv[0] not in {*WITHOUT_STORE, DIAGNOSIS}]


def test_every_command_is_tried() -> None:
    assert {argv[0] for argv in COMMANDS} >= {"serve", "migrate", "audit", "user", "wallet", "verify", "replay"}
    assert len(NEED_THE_DATABASE) >= 11


def is_one_line(said: Said, words: str) -> None:
    assert (said.code, said.out, said.err.count("\n")) == (main.WRONG_INPUT, "", 1), said
    assert said.err.startswith("run.py: ")
    assert words in said.err
    assert "secret" not in said.err


def try_every_command(home: Home, words: str, *, of_restore: str = "") -> None:
    """One test for all commands, because each failure needs a server and no command changes anything."""
    for argv in COMMANDS:
        said = home.run(*argv)
        assert "secret" not in said.out + said.err, argv
        if argv in NEED_THE_DATABASE:
            is_one_line(said, of_restore if of_restore and argv[0] == "restore" else words)
        elif argv[0] == DIAGNOSIS:
            assert (said.code, said.err) == (1, ""), said
            assert words in said.out
        else:
            assert said.code in (main.OK, main.WRONG_INPUT), (argv, said)
            assert said.err.count("\n") <= 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url.replace(url.split(":")[2].partition("@")[0], "secret"), "password authentication failed"),
        (lambda url: f"{url.rpartition('/')[0]}/nowhere", 'database "nowhere" does not exist'),
        (lambda url: f"{url}?sslmode=require", "rejected SSL upgrade"),
    ],
    ids=["wrong password", "no database", "no TLS"],
)
def test_a_postgresql_that_refuses(
    empty_home: Home,
    monkeypatch: pytest.MonkeyPatch,
    tcp_postgres_url: str,
    change: Callable[[str], str],
    words: str,
) -> None:
    monkeypatch.setenv("CROUPIER_DATABASE_URL", change(tcp_postgres_url))
    try_every_command(empty_home, words)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://croupier:secret@127.0.0.1:1/croupier", "Connection refused"),
        ("postgresql://croupier:secret@no.such.host.invalid/croupier", "not known"),
        ("postgresql://croupier:secret@/croupier?host=/nowhere", "No such file"),
    ],
)
def test_a_postgresql_that_is_not_there(
    empty_home: Home, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("CROUPIER_DATABASE_URL", url)
    try_every_command(empty_home, words)


async def test_a_postgresql_that_never_answers(migrated_postgres_url: str, tmp_path: Path) -> None:
    """It accepts connections, at most."""
    async with relay_of(migrated_postgres_url) as relay:
        relay.hang()
        commands = (("serve",), ("migrate",), ("audit",), ("user", "show", "ann"), ("doctor",))
        url = f"{relay.url}?connect_timeout=1"
        for said in await asyncio.gather(*(run_process(tmp_path, url, *argv) for argv in commands[:-1])):
            is_one_line(said, "can't reach the database: it has not answered in time")
        said = await run_process(tmp_path, url, "doctor")
        assert (said.code, said.err) == (1, "")
        assert "it has not answered in time" in said.out


@pytest.mark.parametrize(
    ("statement", "argv"),
    [
        ("pg_try_advisory_lock", ("serve",)),
        ("alembic_version", ("serve",)),
        ("alembic_version", ("migrate",)),
        ("SELECT 1", ("user", "show", "ann")),
    ],
)
async def test_a_postgresql_that_hangs_while_a_command_starts(
    migrated_postgres_url: str, tmp_path: Path, statement: str, argv: tuple[str, ...]
) -> None:
    async with relay_of(migrated_postgres_url) as relay:
        relay.hang_at(statement)
        said = await run_process(tmp_path, relay.url, *argv)
        assert relay.hangs
        *log, last = said.err.splitlines()
        # A server that has its lock watches it meanwhile, and says so.
        assert all("the database connection that holds the server's lock" in line for line in log), said
        assert (said.code, said.out) == (main.WRONG_INPUT, "")
        assert last == "run.py: can't reach the database: it has not answered in time"


async def test_a_server_stops_although_postgresql_hangs(migrated_postgres_url: str, tmp_path: Path) -> None:
    async with relay_of(migrated_postgres_url) as relay, process_of(tmp_path, relay.url, "serve") as server:
        assert server.stdout is not None
        assert b"Croupier is running" in await server.stdout.readline()
        relay.hang()
        server.send_signal(signal.SIGTERM)
        async with asyncio.timeout(120):
            _, err = await server.communicate()
        assert server.returncode == main.OK
        assert b"stopping although some rounds could not be settled; they are void, and their stakes return" in err
        assert b"Traceback" not in err


@asynccontextmanager
async def process_of(folder: Path, database_url: str, *argv: str) -> AsyncIterator[Process]:
    settings = {
        "CROUPIER_DATABASE_URL": database_url,
        "CROUPIER_VAR": str(folder / "var"),
        "CROUPIER_PORT": "0",
        "CROUPIER_SHUTDOWN_TIMEOUT": "0.5",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(RUN), *argv, env=settings, cwd=folder, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def run_process(folder: Path, database_url: str, *argv: str) -> Said:
    async with process_of(folder, database_url, *argv) as process:
        async with asyncio.timeout(120):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())


def test_a_folder_in_place_of_a_sqlite_file(empty_home: Home) -> None:
    (empty_home.folder / "var" / "croupier.db").mkdir(parents=True)
    try_every_command(empty_home, "Is a directory")


def test_a_file_that_is_no_sqlite_database(empty_home: Home) -> None:
    (empty_home.folder / "var").mkdir()
    (empty_home.folder / "var" / "croupier.db").write_bytes(b"SQLite format 3\0" + bytes(1_000))
    try_every_command(empty_home, "not a database", of_restore="--replace")


def test_a_damaged_sqlite_database(home: Home) -> None:
    path = home.folder / "var" / "croupier.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"x" * (len(content) - 4096))
    try_every_command(home, "malformed", of_restore="--replace")


def test_a_state_folder_whose_name_is_too_long(empty_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROUPIER_VAR", "x" * 300)
    try_every_command(empty_home, "File name too long")


@pytest.mark.parametrize("what", ["gone", "wrong password", "no TLS", "no such database"])
def test_a_redis_that_refuses(
    empty_home: Home,
    monkeypatch: pytest.MonkeyPatch,
    migrated_postgres_url: str,
    redis_server: RedisServer,
    what: str,
) -> None:
    url = redis_server.url
    changed = {
        "gone": "redis://:secret@127.0.0.1:1/0",
        "wrong password": url.replace(url.split(":")[2].partition("@")[0], "secret"),
        "no TLS": url.replace("redis:", "rediss:"),
        "no such database": f"{url}999",
    }
    monkeypatch.setenv("CROUPIER_DATABASE_URL", migrated_postgres_url)
    monkeypatch.setenv("CROUPIER_REDIS_URL", changed[what])
    monkeypatch.setenv("CROUPIER_PORT", "0")
    is_one_line(empty_home.run("serve"), "Redis at 127.0.0.1:")
    for argv in COMMANDS:
        said = empty_home.run(*argv)
        assert said.code in (main.OK, 1, main.WRONG_INPUT), (argv, said)
        assert said.err.count("\n") <= 1, (argv, said)
        assert "secret" not in said.out + said.err
        if argv[0] == DIAGNOSIS:
            assert said.code == 1
            assert "Redis at 127.0.0.1:" in said.out
