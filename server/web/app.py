"""Add the HTTP API, its documentation and the browser client to the application."""

import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Histogram

from server.address import address_of
from server.web import (
    auth,
    games,
    health,
    me,
    password_changes,
    player_settings,
    registration,
    rooms,
    rounds,
    sign_ins,
    wallet,
)
from server.web.client_files import BUILT, ClientFiles
from server.web.cross_origin import preflights, sharing
from server.web.deps import WebDeps
from server.web.dev_mail import DevMail
from server.web.dispatcher import Dispatcher
from server.web.docs import Docs
from server.web.openapi import describe
from server.web.problems import problem_middleware
from server.web.route import Route
from server.web.security_headers import headers_for

API = "/api/v1"

ROUTES: tuple[Route, ...] = (
    *(
        replace(route, path=API + route.path)
        for module in (
            registration,
            auth,
            password_changes,
            sign_ins,
            me,
            wallet,
            player_settings,
            games,
            rooms,
            rounds,
        )
        for route in module.ROUTES
    ),
    *health.ROUTES,
)


def add_web(
    app: web.Application,
    deps: WebDeps,
    asyncapi: bytes,
    *,
    client_folder: Path = BUILT,
) -> None:
    """Add every URL except the WebSocket's. ``asyncapi`` is the WebSocket's description as JSON, ``client_folder`` the
    build of the browser client.

    When the application shuts down, background work is finished and ``deps.mailer`` is closed.
    """
    config = deps.config
    address = address_of(config)
    dispatcher = Dispatcher(deps, address)
    files = ClientFiles(client_folder, config.demo)
    preflight = preflights(config.allowed_origins, (route.method for route in ROUTES))
    app.middlewares.extend([_measure(deps.registry), _page_for_404(files), preflight, problem_middleware])
    app.on_response_prepare.append(headers_for(files.page, config.origin()))
    app.on_response_prepare.append(sharing(config.allowed_origins))
    for route in ROUTES:
        app.router.add_route(route.method, route.path, partial(dispatcher.serve, route))
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, partial(dispatcher.serve, route))
    Docs(msgspec.json.encode(describe(ROUTES)), asyncapi).add_to(app)
    if config.demo:
        DevMail(config, address).add_to(app)
    files.add_to(app)
    app.on_cleanup.append(partial(_close, deps))


async def _close(deps: WebDeps, _app: web.Application) -> None:
    await deps.background.drain()
    await deps.mailer.close()
    deps.passwords.close()


def _measure(registry: CollectorRegistry) -> Middleware:
    labels = ("method", "path", "status")
    requests = Counter("croupier_http_requests", "HTTP requests.", labels, registry=registry)
    seconds = Histogram("croupier_http_seconds", "Time to answer.", labels[:2], registry=registry)

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else "none"
        start = time.perf_counter()
        response = await handler(request)
        method = request.method if request.method in hdrs.METH_ALL else "other"
        requests.labels(method, path, response.status).inc()
        # A WebSocket's handler returns when the connection ends.
        if response.status != 101:
            seconds.labels(method, path).observe(time.perf_counter() - start)
        return response

    return measure


def _page_for_404(files: ClientFiles) -> Middleware:
    """Browsers that ask for a page get the client's own "not found" page instead of a problem document."""

    @web.middleware
    async def show(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        is_page = not request.path.startswith(("/api/", "/client/", "/dev/"))
        accepts_html = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        return files.not_found(request) if response.status == 404 and is_page and accepts_html else response

    return show
