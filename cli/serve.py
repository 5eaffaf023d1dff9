"""`run.py serve`: opens what the server needs, serves until told to stop, and closes everything again."""

import argparse
import asyncio
import gc
import logging
import sys
from typing import Any

from aiohttp import http_parser
from msgspec import structs

from cli import demo
from cli.connect import bring_up_to_date, connected, database_url, require_made
from cli.only_server import only_server_of
from cli.stopping import catch_signals, until
from cli.terminal import CommandError
from server import app
from server.backends.choose import ports_of
from server.clock import SystemClock
from server.config import Config, in_url
from server.mail import mailer_of
from server.tasks import Tasks
from storage.database import Database

log = logging.getLogger(__name__)


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "serve",
        help="serve until SIGTERM or Ctrl-C",
        description="Serve until SIGTERM or Ctrl-C; live rounds are finished or void first.",
        epilog="Host, port and everything else are settings: `run.py config` lists them.",
    )
    parser.add_argument(
        "--demo", action="store_true", help="migrate, then serve with a demo account, bots, and the outbox at /dev/mail"
    )
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    if args.demo:
        config = structs.replace(config, demo=True)
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    quieten()
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        log.warning("aiohttp's compiled parsers are missing: the server is slower than it need be")
    url = database_url(config)
    if not config.demo:
        require_made(url)
    stop = asyncio.Event()
    async with only_server_of(url, stop, shared=bool(config.redis_url)):
        if config.demo:
            await bring_up_to_date(url)
        async with connected(config, server=True) as db:
            await serve(config, db, stop)
    return 0


def quieten() -> None:
    """Keep loggers of libraries from telling what is nobody's business: statements with the hashes in them."""
    for name in ("alembic", "aiosqlite", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def serve(config: Config, db: Database, stop: asyncio.Event) -> None:
    """Serve until SIGTERM, SIGINT or ``stop``. Raises CommandError when the address can't be listened on."""
    catch_signals(stop)
    clock = SystemClock()
    mailer = mailer_of(config, clock)
    guests = Tasks("the demo")

    def started(port: int) -> None:
        _tune()
        origin = structs.replace(config, port=port).origin()
        print(f"Croupier is at {origin} (stop with Ctrl-C)", flush=True)
        if config.demo:
            print(demo.greeting(origin), flush=True)
            guests.start(until(stop, demo.run(config, db, local_url(config.host, port))))

    try:
        async with ports_of(config, clock) as ports:
            await app.run(app.build(config, clock, db, mailer, ports), config, stop, started)
    except OSError as error:
        raise CommandError(f"can't listen on {in_url(config.host)}:{config.port}: {error.strerror}") from error
    finally:
        stop.set()
        await guests.wait()
        await mailer.close()


def _tune() -> None:
    """Set the interpreter up for a busy loop and a database in threads of its own."""
    # A thread that has its rows waits up to this long for the loop to let go of the interpreter, at every statement.
    sys.setswitchinterval(0.0005)
    # What the start has made stays for good, and rounds leave hardly a cycle: to look for them often is a waste.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def local_url(host: str, port: int) -> str:
    """Where this process reaches itself."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 (compared with, not bound to)
    host = anywhere.get(host, in_url(host))
    return f"http://{host}:{port}"
