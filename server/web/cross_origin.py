"""Lets pages of the allowed origins call the API (CORS)."""

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

MAX_AGE_S = 7200
"""How long a browser may keep the answer to a preflight; none keeps it longer."""
REQUEST_HEADERS = "Authorization, Content-Type"
EXPOSED_HEADERS = "Content-Disposition, Retry-After"
API_PATHS = "/api/"


def preflights(origins: Iterable[str], methods: Iterable[str]) -> Middleware:
    """Answers the preflights of the allowed origins. All others get the answer of a server without CORS."""
    allowed, named = frozenset(origins), ", ".join(sorted(set(methods) | {hdrs.METH_HEAD}))

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_preflight = (
            request.method == hdrs.METH_OPTIONS
            and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
            and request.path.startswith(API_PATHS)
        )
        if not is_preflight or request.headers.get(hdrs.ORIGIN) not in allowed:
            return await handler(request)
        headers = {
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: named,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: REQUEST_HEADERS,
            hdrs.ACCESS_CONTROL_MAX_AGE: str(MAX_AGE_S),
        }
        return web.Response(status=204, headers=headers)

    return answer


def sharing(origins: Iterable[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A handler of ``on_response_prepare`` that lets pages of the allowed origins read the API's answers.

    Without credentials: a token travels in a header, which the page sets itself."""
    allowed = frozenset(origins)

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if not allowed or not request.path.startswith(API_PATHS):
            return
        # On all answers, so that no cache gives one origin's answer to another.
        vary = response.headers.get(hdrs.VARY)
        response.headers[hdrs.VARY] = f"{vary}, Origin" if vary else "Origin"
        origin = request.headers.get(hdrs.ORIGIN)
        if origin in allowed:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED_HEADERS
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    return add
