"""The command `serve`: runs one server until a signal stops it."""

import argparse
import asyncio
import gc
import logging
import resource
import sys
from typing import Any

from aiohttp import http_parser
from msgspec import structs

from cli import demo
from cli.connect import bring_up_to_date, connected, create_if_missing, database_url
from cli.log_budget import LogBudget
from cli.log_lines import formatter
from cli.only_server import only_server_of
from cli.stopping import catch_signals, run_until
from cli.terminal import CommandError, program
from server import app, security_log
from server.backends.choose import open_backends
from server.clock import SystemClock
from server.config import Config, LogFormat, in_url
from server.mail import mailer_of
from server.tasks import Tasks
from storage.store import Store

log = logging.getLogger(__name__)


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "serve",
        help="serve until SIGTERM or Ctrl-C",
        description="Serve until SIGTERM, SIGHUP or Ctrl-C, then finish or void the live rounds and exit. "
        "Creates the SQLite database if there is none.",
        epilog=f"Settings such as host and port come from the environment: `{program()} config` lists them.",
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="migrate first, then serve with a demo account, bots, and mails at /dev/mail",
    )
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    if args.demo:
        config = structs.replace(config, demo=True)
    demo.require_private(config)
    log_in_utc(config.log_level, config.log_format)
    bound_log()
    silence_libraries()
    raise_file_limit(config)
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        log.warning("aiohttp runs without its compiled parsers, so the server will be slow: reinstall aiohttp")
    url = database_url(config)
    stop = asyncio.Event()
    async with only_server_of(url, stop, shared=bool(config.redis_url)):
        if config.demo:
            await bring_up_to_date(url)
        else:
            await create_if_missing(url)
        async with connected(config, server=True) as db:
            await serve(config, db, stop)
    return 0


def log_in_utc(level: str, form: LogFormat) -> None:
    """Log to standard error in one format, whose times are in UTC and say so."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(form))
    logging.basicConfig(level=level, handlers=[handler])


def bound_log() -> None:
    """Keep strangers from filling the disk through the log."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(LogBudget(SystemClock(), exempt=(security_log.__name__,)))


def raise_file_limit(config: Config) -> None:
    """Raise the process's limit on open files to the system's maximum. Warn if the connections may need more."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if 0 <= hard < config.max_connections + app.RESERVED_FILES:
        log.warning(
            "this process may open %d files, fewer than the %d connections of the settings: "
            "raise the limit (LimitNOFILE, ulimit -n), or set CROUPIER_MAX_CONNECTIONS lower",
            hard,
            config.max_connections,
        )


def silence_libraries() -> None:
    """Keep libraries from logging at DEBUG level: SQL statements contain password and token hashes."""
    for name in ("alembic", "aiosqlite", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def serve(config: Config, db: Store, stop: asyncio.Event) -> None:
    """Serve until a signal or ``stop``. Raises CommandError when the server can't listen on its address."""
    catch_signals(stop)
    clock = SystemClock()
    mailer = mailer_of(config, clock)
    guests = Tasks("the demo")

    def started(port: int) -> None:
        _tune_interpreter()
        origin = structs.replace(config, port=port).origin()
        print(f"Croupier is running at {origin} (stop with Ctrl-C)", flush=True)
        if config.demo:
            print(demo.greeting(origin), flush=True)
            guests.start(run_until(stop, demo.run(config, db, local_url(config.host, port))))

    try:
        async with open_backends(config, clock) as backends:
            await app.run(app.build(config, clock, db, mailer, backends), config, stop, started)
    except OSError as error:
        raise CommandError(f"can't listen on {in_url(config.host)}:{config.port}: {error.strerror}") from error
    finally:
        stop.set()
        await guests.wait()
        await mailer.close()


def _tune_interpreter() -> None:
    """Tune Python for a busy event loop next to database threads."""
    # A database thread with a result waits up to this long for the event loop to release the interpreter lock.
    sys.setswitchinterval(0.0005)
    # Objects from the start live as long as the process, and rounds leave few cycles, so collect rarely.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def local_url(host: str, port: int) -> str:
    """The URL at which this process can reach its own server."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 (only compared)
    host = anywhere.get(host, in_url(host))
    return f"http://{host}:{port}"
