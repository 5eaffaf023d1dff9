"""The private PostgreSQL and Redis servers start, keep their data as promised, and leave no process behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cli.terminal import CommandError
from devtools import services
from devtools.services import PostgresServer, RedisServer, die_with_parent, postgres_binaries, redis_binary
from tests.processes import await_no_process_in, processes_in

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis whose data survives a restart."""
    with RedisServer(tmp_path / "redis", appendonly=True) as server:
        yield server


def ask(server: RedisServer, *command: str) -> object:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        return client.execute_command(*command)


def query(server: PostgresServer, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(server.url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_redis_has_durable_settings(kept: RedisServer) -> None:
    wanted = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": ""}
    for name, value in (wanted | {"bind": "127.0.0.1", "protected-mode": "yes"}).items():
        answer = ask(kept, "CONFIG", "GET", name)
        assert answer in ({name: value}, [name, value])


def test_redis_requires_the_password(kept: RedisServer) -> None:
    with redis.Redis(port=kept.port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    for name in ("password", "redis.conf"):
        assert (kept.folder / name).stat().st_mode & 0o077 == 0


def test_redis_keeps_its_data_through_a_restart_and_a_crash(kept: RedisServer) -> None:
    url = kept.url
    ask(kept, "SET", "lease", "7")
    kept.restart(empty=False)
    assert ask(kept, "GET", "lease") == "7"
    kept.kill()
    assert kept.pid is None
    kept.start()
    assert ask(kept, "GET", "lease") == "7"
    assert kept.url == url


def test_redis_can_restart_empty(kept: RedisServer) -> None:
    ask(kept, "SET", "lease", "7")
    kept.restart(empty=True)
    assert ask(kept, "GET", "lease") is None


def test_redis_without_appendonly_loses_its_data_on_restart(tmp_path: Path) -> None:
    with RedisServer(tmp_path / "redis", appendonly=False) as server:
        ask(server, "SET", "lease", "7")
        server.restart(empty=False)
        assert ask(server, "GET", "lease") is None


def test_a_stopped_redis_leaves_no_process(kept: RedisServer) -> None:
    assert processes_in(kept.folder) == [kept.pid]
    kept.stop()
    kept.stop()
    assert (kept.pid, processes_in(kept.folder)) == (None, [])


def test_a_port_in_use_is_reported(kept: RedisServer, tmp_path: Path) -> None:
    second = RedisServer(tmp_path / "second", kept.port, appendonly=False)
    with pytest.raises(CommandError, match=r"Redis did not start: .*listen"):
        second.start()
    assert second.pid is None


def test_postgresql_keeps_its_data_through_a_restart_and_a_crash(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "postgresql") as server:
        query(server, "CREATE TABLE wallets AS SELECT 5 AS balance")
        url, first = server.url, server.pid
        server.restart()
        assert (server.url, server.pid == first) == (url, False)
        assert query(server, "SELECT balance FROM wallets") == 5
        server.kill()
        server.start()
        assert query(server, "SELECT balance FROM wallets") == 5
        assert query(server, "SELECT current_database()") == "croupier"
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(asyncpg.connect(server.url, password="guess"))
        assert len(processes_in(server.folder)) > 1
    assert processes_in(server.folder) == []


def test_stopping_postgresql_does_not_wait_for_clients(tmp_path: Path) -> None:
    async def stay_connected(server: PostgresServer) -> None:
        connection = await asyncpg.connect(server.url)
        await asyncio.wait_for(asyncio.to_thread(server.stop), services.STOP_S / 2)
        connection.terminate()

    with PostgresServer(tmp_path / "postgresql") as server:
        asyncio.run(stay_connected(server))


def test_an_interrupted_first_start_is_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "postgresql"
    (folder / "data.new" / "base").mkdir(parents=True)
    with PostgresServer(folder) as server:
        assert query(server, "SELECT 1") == 1


STARTER = """
import pathlib, sys, time
from devtools.services import PostgresServer, RedisServer
folder = pathlib.Path(sys.argv[1])
with PostgresServer(folder / "postgresql") as postgres, RedisServer(folder / "redis", appendonly=True) as redis:
    print(postgres.pid, redis.pid, flush=True)
    time.sleep(60)
"""


def test_servers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    started = {int(pid) for pid in starter.stdout.readline().split()}
    assert started <= set(processes_in(tmp_path))
    starter.kill()
    starter.communicate()
    await_no_process_in(tmp_path)


def test_a_missing_program_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "PG_VERSION").write_text("7\n")
    with pytest.raises(CommandError, match=r"PostgreSQL 7, which created .*, is not installed"):
        postgres_binaries(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(CommandError, match="redis-server is not installed"):
        redis_binary()


def test_without_setpriv_the_command_is_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert die_with_parent(["true"], signal.SIGINT)[-1] == "true"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert die_with_parent(["true"]) == ["true"]
    assert os.environ["PATH"] == str(tmp_path)
