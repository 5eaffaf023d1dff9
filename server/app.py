"""The server as one aiohttp application: what it is made of, how it starts and how it stops."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from game_engine.games import GAMES
from server.address import address_of
from server.auditor import Auditor
from server.backends.choose import Backends
from server.clock import Clock
from server.config import Config
from server.mail import Mailer
from server.node.node_rooms import NodeRooms
from server.node.players import Edge
from server.node.rooms_api import RoomsApi
from server.web.app import add_web
from server.web.background import Background
from server.web.deps import WebDeps
from server.web.passwords import Passwords
from server.web.rate_limits import RateLimits
from server.web.unknown_logins import UnknownLogins
from server.ws.asyncapi import describe
from server.ws.endpoint import Endpoint
from server.ws.metrics import LiveMetrics
from server.ws.registry import context_of
from storage.credentials import Lockout
from storage.store import Store

log = logging.getLogger(__name__)

KEEP_ALIVE = 20.0
FLOOR = web.AppKey("floor", NodeRooms)
LOBBY = web.AppKey("lobby", RoomsApi)


def draw_seed() -> str:
    """A server seed: 32 bytes of the operating system's randomness, in hex."""
    return os.urandom(32).hex()


def build(config: Config, clock: Clock, db: Store, mailer: Mailer, backends: Backends) -> web.Application:
    """The application; the lobby starts and stops with it. Opens nothing by itself."""
    app = web.Application()
    edge = Edge(clock, db, draw_seed)
    floor = NodeRooms(config, edge, GAMES, backends)
    lobby = RoomsApi(db, floor)
    endpoint = Endpoint(floor, lobby, context_of(config, edge, backends), address_of(config))
    endpoint.add_to(app)
    registry = CollectorRegistry()
    registry.register(LiveMetrics(floor, endpoint))
    auditor = Auditor(db, clock, config.audit_interval, registry)
    asyncapi = msgspec.json.encode(describe(GAMES, config.origin().partition("://")[2]))
    lockout = Lockout(config.login_attempts, timedelta(seconds=config.lock_seconds))
    add_web(
        app,
        WebDeps(
            config=config,
            clock=clock,
            db=db,
            mailer=mailer,
            rooms=lobby,
            private_rooms=lobby.gate,
            players=floor.players,
            games=GAMES,
            registry=registry,
            readiness_checks=(auditor.check,),
            passwords=Passwords(config.bcrypt_cost),
            rate_limits=RateLimits(backends.rate_limiter, config.rate_scale, config.mails_per_hour),
            lockout=lockout,
            unknown_logins=UnknownLogins(lockout),
            background=Background(),
        ),
        asyncapi,
    )

    async def audited(_app: web.Application) -> AsyncIterator[None]:
        auditing = asyncio.create_task(auditor.run_forever())
        yield
        auditing.cancel()

    app[FLOOR] = floor
    app[LOBBY] = lobby
    app.on_startup.append(lambda _app: lobby.start())
    app.on_shutdown.append(lambda _app: lobby.stop())
    app.cleanup_ctx.append(audited)
    return app


async def run(app: web.Application, config: Config, stop: asyncio.Event, started: Callable[[int], None]) -> None:
    """Serve until ``stop`` is set. ``started`` gets the port that is listened on."""
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port, backlog=4096)
        await site.start()
        started(runner.addresses[0][1])
        await stop.wait()
        await site.stop()
        # Before aiohttp's own shutdown, which is deaf to the cash-outs of those who are still here.
        await app[LOBBY].stop()
    finally:
        await runner.cleanup()
