"""Serve the built browser client: its page at every address of the client, its files from memory."""

import gzip
import hashlib
import logging
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from server.errors import ClientError
from server.web.encodings import accepted

log = logging.getLogger(__name__)

PAGES = {
    "lobby": "/",
    "open-room": "/rooms",
    "join": "/join",
    "join-code": "/join/{code}",
    "room": "/rooms/{room}",
    "screen": "/rooms/{room}/screen",
    "game": "/games/{name}",
    "round": "/rounds/{round}",
    "session": "/sessions/{id}",
    "sign-in": "/sign-in",
    "sign-up": "/sign-up",
    "verify": "/verify",
    "forgot": "/forgot",
    "reset": "/reset",
    "account": "/account",
    "wallet": "/account/wallet",
    "bets": "/account/bets",
    "sessions": "/account/sessions",
    "limits": "/account/limits",
    "user": "/users/{name}",
}
"""The client's pages, as name → path. ``cli.types_js`` writes them to the client's routes.js."""

BUILT = Path(__file__).parents[1] / "client_build"
"""Where scripts/build_client.js puts the client."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
"""The encodings that the build has made, the smallest first."""
_REVALIDATE = "no-cache"
_FOREVER = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
_DEMO = re.compile(rb'(<meta name="croupier-demo" content=")no(")')
_NOT_BUILT = "The browser client is not built: run `make build`."
_NO_PAGE = f"<!doctype html><title>Croupier</title><p>{_NOT_BUILT}".encode()


class File(Struct, frozen=True):
    body: bytes
    encoded: dict[str, bytes]
    digest: str
    content_type: str
    cache: str


class ClientFiles:
    """The files by address, and the HTML pages by name, which are marked in demo mode."""

    def __init__(self, folder: Path, demo: bool = False) -> None:
        self._files = dict(_files(folder / "client", "/client/", _FOREVER))
        self._files |= _files(folder / "root", "/", _REVALIDATE)
        self._pages = {path.stem: _page(path.read_bytes(), demo) for path in (folder / "pages").glob("*.html")}
        if not self._pages:
            log.warning(_NOT_BUILT)
        self._no_page = _page(_NO_PAGE, demo)

    @property
    def page(self) -> bytes:
        """One of the pages. All have the same inline scripts."""
        return self._find_page("not-found").body

    def add_to(self, app: web.Application) -> None:
        for name, path in PAGES.items():
            show = partial(self._show_page, name)
            app.router.add_get(path, show)
            if path != "/":
                app.router.add_get(f"{path}/", show)
        app.router.add_get("/client/{file:.+}", self._show_file)
        for path in self._files:
            if not path.startswith("/client/"):
                app.router.add_get(path, self._show_file)

    def not_found(self, request: web.Request) -> web.StreamResponse:
        """The client's page with status 404. It is sent whole, because a 304 would hide the status."""
        response = _whole(request, self._find_page("not-found"))
        response.set_status(404)
        return response

    def _find_page(self, name: str) -> File:
        return self._pages.get(name, self._no_page)

    async def _show_page(self, name: str, request: web.Request) -> web.StreamResponse:
        if name == "room":
            # A room's key starts with its game, whose face comes with the page.
            game = request.match_info["room"].partition("-")[0]
            name = f"room-{game}" if f"room-{game}" in self._pages else "room"
        return _response(request, self._find_page(name))

    async def _show_file(self, request: web.Request) -> web.StreamResponse:
        file = self._files.get(request.path)
        if file is None:
            raise ClientError("not_found")
        return _response(request, file)


def _files(folder: Path, address: str, cache: str) -> Iterator[tuple[str, File]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in _TYPES:
            encoded = {name: Path(f"{path}{suffix}") for name, suffix in _SUFFIXES.items()}
            contents = {name: file.read_bytes() for name, file in encoded.items() if file.exists()}
            yield address + path.name, _file(path.read_bytes(), contents, path.suffix, cache)


def _page(body: bytes, demo: bool) -> File:
    body = _DEMO.sub(rb"\1yes\2", body) if demo else body
    return _file(body, {"gzip": gzip.compress(body, 9, mtime=0)}, ".html", _REVALIDATE)


def _file(body: bytes, encoded: dict[str, bytes], suffix: str, cache: str) -> File:
    return File(
        body=body,
        encoded={name: content for name, content in encoded.items() if len(content) < len(body)},
        digest=hashlib.sha256(body).hexdigest()[:24],
        content_type=_TYPES[suffix],
        cache=cache,
    )


def _response(request: web.Request, file: File) -> web.Response:
    known = request.headers.get("If-None-Match", "")
    tag = _etag(file, accepted(request, tuple(file.encoded)))
    if {tag, "*"}.intersection(each.strip().removeprefix("W/") for each in known.split(",")):
        return web.Response(status=304, headers=_headers(file, tag))
    return _whole(request, file)


def _whole(request: web.Request, file: File) -> web.Response:
    encoding = accepted(request, tuple(file.encoded))
    headers = _headers(file, _etag(file, encoding))
    headers["Content-Type"] = file.content_type
    if encoding is None:
        return web.Response(body=file.body, headers=headers)
    headers["Content-Encoding"] = encoding
    return web.Response(body=file.encoded[encoding], headers=headers)


def _etag(file: File, encoding: str | None) -> str:
    """A strong tag stands for certain bytes, so each encoding has its own."""
    return f'"{file.digest}-{encoding}"' if encoding else f'"{file.digest}"'


def _headers(file: File, etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": file.cache, "Vary": "Accept-Encoding"}
