"""The HTTP side put together: the table of all calls, and everything else that is reached by a URL."""

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Counter, Histogram

from server.address import address_of
from server.web import auth, games, health, me, password, play, registration, rooms, rounds, wallet
from server.web.background import Background
from server.web.call import Route, Tools
from server.web.client_files import ClientFiles
from server.web.dev_mail import DevMail
from server.web.docs import Docs
from server.web.live import Parts
from server.web.openapi import describe
from server.web.passwords import Passwords
from server.web.problems import problems
from server.web.rates import Rates
from server.web.security import headers_for
from server.web.serving import Serving
from server.web.strangers import Strangers
from storage.credentials import Lockout

API = "/api/v1"

ROUTES: tuple[Route, ...] = (
    *(
        replace(route, path=API + route.path)
        for module in (registration, auth, password, me, wallet, play, games, rooms, rounds)
        for route in module.ROUTES
    ),
    *health.ROUTES,
)


def add_web(app: web.Application, parts: Parts) -> None:
    """Add every URL but the WebSocket's to the application; what runs behind them ends with it."""
    tools = _tools(parts)
    address = address_of(parts.config)
    serving = Serving(parts, tools, address)
    files = ClientFiles(parts.client_folder, parts.packages_folder, parts.config.demo)
    app.middlewares.extend([_observed(parts), _pages_not_found(files), problems])
    app.on_response_prepare.append(headers_for(files.page, parts.config.origin()))
    for route in ROUTES:
        app.router.add_route(route.method, route.path, partial(serving.serve, route))
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, partial(serving.serve, route))
    Docs(msgspec.json.encode(describe(ROUTES)), parts.asyncapi).add_to(app)
    if parts.config.demo:
        DevMail(parts.config, address).add_to(app)
    files.add_to(app)
    app.on_cleanup.append(partial(_close, parts, tools))


def _tools(parts: Parts) -> Tools:
    config = parts.config
    lockout = Lockout(config.login_attempts, timedelta(seconds=config.lock_seconds))
    return Tools(
        passwords=Passwords(config.bcrypt_cost),
        rates=Rates(parts.rate_limiter, config.rate_scale, config.mails_per_hour),
        strangers=Strangers(lockout),
        background=Background(),
        lockout=lockout,
    )


async def _close(parts: Parts, tools: Tools, _app: web.Application) -> None:
    await tools.background.drain()
    await parts.mailer.close()
    tools.passwords.close()


def _observed(parts: Parts) -> Middleware:
    labels = ("method", "path", "status")
    requests = Counter("croupier_http_requests", "HTTP requests.", labels, registry=parts.registry)
    seconds = Histogram("croupier_http_seconds", "Time to answer.", labels[:2], registry=parts.registry)

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else "none"
        start = time.perf_counter()
        response = await handler(request)
        method = request.method if request.method in hdrs.METH_ALL else "other"
        requests.labels(method, path, response.status).inc()
        if response.status != 101:
            seconds.labels(method, path).observe(time.perf_counter() - start)
        return response

    return observe


def _pages_not_found(files: ClientFiles) -> Middleware:
    @web.middleware
    async def show(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        elsewhere = not request.path.startswith(("/api/", "/client/", "/vendor/", "/dev/"))
        wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        return files.not_found(request) if response.status == 404 and elsewhere and wants_page else response

    return show
