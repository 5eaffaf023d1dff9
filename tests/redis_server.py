"""A Redis for the tests of one process, and what tests do to it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from devtools.services import RedisServer


def clear(server: RedisServer) -> None:
    """Leave the server running, empty, and with its original settings."""
    if server.pid is None:
        server.start()
    with redis.Redis.from_url(server.url) as client:
        client.replicaof("NO", "ONE")
        client.config_set("maxmemory", 0)
        client.config_resetstat()
        client.execute_command("ACL", "SETUSER", "default", "+@all")
        client.flushall()
        client.script_flush()


def join_run(url: str, prefix: str = "croupier:0:") -> None:
    """As if nodes had used this Redis since it was started: in a new run, the first node waits for a whole lease."""
    with redis.Redis.from_url(url) as client:
        client.set(f"{prefix}run", f"{client.info('server')['run_id']} earlier")


@contextmanager
def silent(server: RedisServer) -> Iterator[None]:
    """Pause the server with SIGSTOP: it accepts connections and data, and answers when it continues."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)
