"""The server as one aiohttp application: a node, with the WebSocket endpoint and the web pages in front of it."""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from game_engine.games import GAMES
from server.address import address_of
from server.auditor import Auditor
from server.backends.choose import Backends
from server.clock import Clock, StepWatch
from server.config import Config
from server.loop_watch import LoopWatch
from server.mail import Mailer
from server.node.node import Node
from server.web.app import add_web
from server.web.background import Background
from server.web.deps import WebDeps
from server.web.doors import Door, Doors
from server.web.http_log import http_logger
from server.web.passwords import Passwords
from server.web.rate_limits import RateLimits
from server.ws.asyncapi import describe
from server.ws.dependencies import dependencies_of
from server.ws.endpoint import Endpoint
from server.ws.metrics import LiveMetrics
from storage.login_failures import Lockout
from storage.store import Store

log = logging.getLogger(__name__)

KEEP_ALIVE = 20.0
NODE = web.AppKey("node", Node)
DOORS = web.AppKey("doors", Doors)
RESERVED_FILES = 128
"""Open files that are not connections: the database, Redis, the listening socket."""


def build(config: Config, clock: Clock, db: Store, mailer: Mailer, backends: Backends) -> web.Application:
    """The application; the node starts and stops with it. Opens no connection."""
    app = web.Application()
    node = Node(config, clock, db, backends)
    endpoint = Endpoint(dependencies_of(node, config=config, clock=clock, db=db, backends=backends), address_of(config))
    endpoint.add_to(app)
    registry = CollectorRegistry()
    registry.register(LiveMetrics(node, endpoint))
    auditor = Auditor(db, clock, config.audit_interval, registry)
    asyncapi = msgspec.json.encode(describe(node.games, config.origin().partition("://")[2]))
    add_web(
        app,
        WebDeps(
            config=config,
            clock=clock,
            db=db,
            mailer=mailer,
            room_service=node.room_service,
            private_rooms=node.room_service.private,
            players=node.players,
            games=GAMES,
            registry=registry,
            readiness_checks=(auditor.check, node.settlements.check),
            passwords=Passwords(config.bcrypt_cost),
            rate_limits=RateLimits(backends.rate_limiter, config.rate_scale, config.mails_per_hour),
            lockout=Lockout(config.login_attempts, timedelta(seconds=config.lock_seconds)),
            background=Background(),
        ),
        asyncapi,
    )

    steps = StepWatch(clock)

    async def watched(_app: web.Application) -> AsyncIterator[None]:
        watching = [asyncio.create_task(each.run_forever()) for each in (auditor, steps)]
        yield
        for task in watching:
            task.cancel()

    doors = Doors(config, clock, max(RESERVED_FILES, open_files() - RESERVED_FILES))

    async def upgraded(request: web.Request, response: web.StreamResponse) -> None:
        if response.status == 101 and request.transport is not None:
            doors.upgraded(request.transport)

    app[NODE] = node
    app[DOORS] = doors
    app.on_response_prepare.append(upgraded)
    app.on_startup.append(lambda _app: node.start())
    app.on_shutdown.append(lambda _app: node.stop())
    app.cleanup_ctx.append(watched)
    return app


async def run(app: web.Application, config: Config, stop: asyncio.Event, started: Callable[[int], None]) -> None:
    """Serve until ``stop`` is set. ``started`` is called with the port."""
    # No client of ours compresses bodies. To inflate one before its route is known would let anyone make work.
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=http_logger(),
        keepalive_timeout=KEEP_ALIVE,
        shutdown_timeout=2.0,
        auto_decompress=False,
    )
    await runner.setup()
    watch = LoopWatch()
    watch.start()
    try:
        assert runner.server is not None
        door = partial(Door, app[DOORS], runner.server)
        listening = await asyncio.get_running_loop().create_server(door, config.host, config.port, backlog=4096)
        started(listening.sockets[0].getsockname()[1])
        await stop.wait()
        listening.close()
        # Before aiohttp's shutdown, which stops reading messages: until then players can still cash out.
        await app[NODE].stop()
    finally:
        watch.stop()
        await runner.cleanup()


def open_files() -> int:
    """How many files this process may have open."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 if soft == resource.RLIM_INFINITY else soft
