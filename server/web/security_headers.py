"""Security headers for every response, including the Content-Security-Policy."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def script_hashes(page: bytes) -> list[str]:
    """CSP sources for the inline scripts of one of our pages."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(page: bytes, origin: str) -> str:
    """The policy for a server with this public origin and client page."""
    socket = re.sub("^http", "ws", origin)
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes(page)],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'", socket],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def headers_for(page: bytes, origin: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A handler of ``on_response_prepare`` that adds the headers to every response."""
    headers = {
        "Content-Security-Policy": content_security_policy(page, origin),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "X-Frame-Options": "DENY",
        "Server": "Croupier",
    }

    if origin.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        if response.status != 101:
            response.headers.update(headers)

    return add
