"""The outbox as a page for trying things out: only in demo mode, and only from the same machine."""

import asyncio
import re
from collections.abc import Callable
from html import escape
from urllib.parse import SplitResult, urlsplit

from aiohttp import HttpVersion11, web

from server.address import is_loopback
from server.config import Config
from server.errors import ClientError
from server.mail import SentMail, outbox_folder, read_outbox
from server.web.dispatcher import NO_STORE, encode
from server.web.views import SentMails, SentMailView

_PROXY_HEADER = re.compile(
    r"via|forwarded|x-forwarded-.*|x-real-ip|x-original-.*|(x-|x-cluster-|true-)?client-ip|cf-.*|x-envoy-.*|fly-.*|"
    r"x-proxyuser-ip|x-appengine-.*|fastly-.*|x-azure-.*|x-amzn-.*|cdn-loop|x-arr-.*|max-forwards|"
    r"proxy-.*|x-varnish|x-nginx-.*|x-remote-.*",
    re.IGNORECASE,
)


class DevMail:
    def __init__(self, config: Config, address: Callable[[web.Request], str]) -> None:
        self._folder = outbox_folder(config)
        self._address = address

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/dev/mail", self.show_page)
        app.router.add_get("/dev/mail.json", self.show_list)

    async def show_page(self, request: web.Request) -> web.Response:
        mails = await self._mails(request)
        shown = "".join(map(_mail, mails)) or "<p>No mail yet. Sign up, and the verification mail will appear here.</p>"
        head = '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        head += '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Outbox — Croupier</title>'
        style = '<link rel="stylesheet" href="/docs/style.css"></head>'
        page = f"{head}{style}<body><main><h1>Outbox</h1>{shown}</main></body></html>"
        return web.Response(text=page, content_type="text/html", headers=NO_STORE)

    async def show_list(self, request: web.Request) -> web.Response:
        mails = await self._mails(request)
        views = [
            SentMailView(to=mail.to, subject=mail.subject, date=mail.date, text=mail.text, links=mail.links)
            for mail in mails
        ]
        return web.Response(body=encode(SentMails(views)), content_type="application/json", headers=NO_STORE)

    async def _mails(self, request: web.Request) -> list[SentMail]:
        # The request may come through a public host name (DNS rebinding) or an unconfigured local proxy.
        host = _host(request)
        is_local = is_loopback(self._address(request)) and (host == "localhost" or is_loopback(host))
        if not is_local or came_through_a_proxy(request):
            raise ClientError("forbidden")
        return await asyncio.to_thread(read_outbox, self._folder)


def came_through_a_proxy(request: web.BaseRequest) -> bool:
    """Whether anything about the request shows that a proxy passed it on: a header that proxies add, their old version
    of HTTP, or a port that is not the one to which the client connected."""
    if request.version < HttpVersion11 or any(_PROXY_HEADER.fullmatch(name) for name in request.headers):
        return True
    socket = request.transport.get_extra_info("sockname") if request.transport else None
    return isinstance(socket, tuple) and (_split(request).port or 80) != socket[1]


def _split(request: web.BaseRequest) -> SplitResult:
    """Raises ValueError."""
    return urlsplit(f"//{request.host}")


def _host(request: web.Request) -> str:
    try:
        parts = _split(request)
        parts.port  # noqa: B018 (raises ValueError for a port out of range)
        return parts.hostname or ""
    except ValueError:
        return ""


def _mail(mail: SentMail) -> str:
    text = escape(mail.text)
    for link in mail.links:
        safe = escape(link)
        text = text.replace(safe, f'<a href="{safe}">{safe}</a>')
    return (
        f"<article><h2>{escape(mail.subject)}</h2><p>To {escape(mail.to)}, {escape(mail.date)}</p>"
        f"<pre>{text}</pre></article>"
    )
