"""Serve the browser client: its one page at every address of the client, its files and packages from memory."""

import gzip
import hashlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from server.errors import ClientError
from server.web.preloads import with_preloads

log = logging.getLogger(__name__)

PACKAGES = ("preact", "htm", "@preact/signals", "@preact/signals-core", "uplot")
PAGES = {
    "lobby": "/",
    "open-room": "/rooms",
    "join": "/join",
    "join-code": "/join/{code}",
    "room": "/rooms/{room}",
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

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
_PACKAGE_TYPES = (".js", ".mjs", ".css")
_COMPRESSED = (".html", ".js", ".mjs", ".css", ".svg", ".webmanifest")
_DEMO = re.compile(rb'(<meta name="croupier-demo" content=")no(")')
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_NO_PAGE = b"<!doctype html><title>Croupier</title><p>The browser client is not installed."


class File(Struct, frozen=True):
    body: bytes
    gzipped: bytes | None
    digest: str
    content_type: str
    cache: str


def packages_folder() -> Path:
    """The folder of the client's npm packages: part of the server when installed, node_modules in a checkout."""
    server = Path(__file__).parents[1]
    installed = server / "client_packages"
    return installed if installed.is_dir() else server.parent / "node_modules"


class ClientFiles:
    """The files by path. ``page`` is the client's one HTML page, with preloads added, marked in demo mode."""

    def __init__(self, client_folder: Path, packages_folder: Path, demo: bool = False) -> None:
        self._files = dict(_client(client_folder))
        packages = {package: dict(_package(packages_folder, package)) for package in PACKAGES}
        missing = [package for package, files in packages.items() if not files]
        if missing:
            log.warning("the browser client will not work: packages not installed: %s", ", ".join(missing))
        for files in packages.values():
            self._files |= files
        index = self._files.get("/client/index.html")
        page = with_preloads(index.body, self._read) if index else _NO_PAGE
        self._page = _file(_DEMO.sub(rb"\1yes\2", page) if demo else page, ".html", "no-cache")

    @property
    def page(self) -> bytes:
        return self._page.body

    def add_to(self, app: web.Application) -> None:
        for path in PAGES.values():
            app.router.add_get(path, self.show_page)
            if path != "/":
                app.router.add_get(f"{path}/", self.show_page)
        for prefix in ("client", "vendor"):
            app.router.add_get(f"/{prefix}/{{file:.+}}", self.show_file)

    async def show_page(self, request: web.Request) -> web.StreamResponse:
        return _response(request, self._page)

    async def show_file(self, request: web.Request) -> web.StreamResponse:
        file = self._files.get(request.path)
        if file is None:
            raise ClientError("not_found")
        return _response(request, file)

    def not_found(self, request: web.Request) -> web.StreamResponse:
        """The client's page with status 404. It is sent whole, because a 304 would hide the status."""
        response = _whole(request, self._page)
        response.set_status(404)
        return response

    def _read(self, path: str) -> bytes | None:
        file = self._files.get(path)
        return file.body if file else None


def _client(folder: Path) -> Iterator[tuple[str, File]]:
    for path, relative in _walk(folder, tuple(_TYPES)):
        yield f"/client/{relative}", _file(path.read_bytes(), path.suffix, "no-cache")


def _package(folder: Path, package: str) -> Iterator[tuple[str, File]]:
    for path, relative in _walk(folder / package, _PACKAGE_TYPES):
        yield f"/vendor/{package}/{relative}", _file(path.read_bytes(), path.suffix, "public, max-age=3600")


def _walk(folder: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    root = folder.resolve()
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        relative = path.relative_to(root).as_posix()
        hidden = any(part.startswith(".") or part == "node_modules" for part in relative.split("/"))
        if path.suffix in suffixes and path.is_file() and not hidden and path.resolve().is_relative_to(root):
            yield path, relative


def _file(body: bytes, suffix: str, cache: str) -> File:
    gzipped = gzip.compress(body, 6, mtime=0) if suffix in _COMPRESSED and len(body) > 512 else None
    return File(
        body=body,
        gzipped=gzipped,
        digest=hashlib.sha256(body).hexdigest()[:24],
        content_type=_TYPES[suffix],
        cache=cache,
    )


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip, by its header Accept-Encoding (RFC 9110): ``gzip;q=0`` says that it does not."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        weight = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
        weights[name] = float(weight) if _WEIGHT.fullmatch(weight) else 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _response(request: web.Request, file: File) -> web.Response:
    known = request.headers.get("If-None-Match", "")
    tag = _etag(file, gzipped=_is_gzipped_for(request, file))
    if {tag, "*"}.intersection(each.strip().removeprefix("W/") for each in known.split(",")):
        return web.Response(status=304, headers=_headers(file, tag))
    return _whole(request, file)


def _whole(request: web.Request, file: File) -> web.Response:
    gzipped = _is_gzipped_for(request, file)
    headers = _headers(file, _etag(file, gzipped=gzipped))
    headers["Content-Type"] = file.content_type
    if gzipped:
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=file.gzipped, headers=headers)
    return web.Response(body=file.body, headers=headers)


def _is_gzipped_for(request: web.Request, file: File) -> bool:
    return file.gzipped is not None and accepts_gzip(",".join(request.headers.getall("Accept-Encoding", ())))


def _etag(file: File, *, gzipped: bool) -> str:
    """A strong tag stands for certain bytes, so each encoding has its own."""
    return f'"{file.digest}-gzip"' if gzipped else f'"{file.digest}"'


def _headers(file: File, etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": file.cache, "Vary": "Accept-Encoding"}
