"""What browser tests share: the system's Chromium, a running site, and pages that report what goes wrong in them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.site import Player, Site

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is Chromium without the browser's own windows: a new profile costs a quarter of the time."""
WAIT_MS = 10_000
TOKEN = "croupier.token"
SIGNED_IN_ONCE = """if (origin !== "null" && !("signed in" in localStorage)) {
    Object.assign(localStorage, {"%s": "%s", "signed in": "yes"});
}"""
"""A script for every page of a profile, of which the first has a token before it looks for one."""

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # None: Playwright looks for its own.
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that the tests of a module share."""
    yield from running(Site(tmp_path_factory.mktemp("site")))


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A site that a test may stop and start."""
    yield from running(Site(tmp_path))


def running(site: Site) -> Iterator[Site]:
    """The site, started for those who use it and stopped after them."""
    site.start()
    try:
        yield site
    finally:
        site.stop()


class Watcher:
    """Notes what no page may do: errors in the console, requests to other hosts."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        self.origin = ""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused or failed request is told in the console too; that is for the tests to judge.
        if (
            message.type == "error"
            and "Failed to load resource" not in message.text
            and "WebSocket" not in message.text
        ):
            self.troubles.append(f"{message.text} ({message.location})")

    def _request(self, request: Request) -> None:
        inside = (self.origin, self.origin.replace("http", "ws", 1), "data:", "blob:")
        if self.origin and not request.url.startswith(inside):
            self.troubles.append(f"a request to {request.url}")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """``visit(site, "/path", player=None, **context options)`` opens a page in a browser profile of its own."""
    opened: list[tuple[BrowserContext, Watcher]] = []

    def open_page(site: Site, path: str = "/", player: Player | None = None, **options: Any) -> Page:
        context = chromium.new_context(base_url=site.url, **options)
        context.set_default_timeout(WAIT_MS)
        watcher = Watcher(context)
        watcher.origin = site.url
        opened.append((context, watcher))
        if player is not None:
            context.add_init_script(SIGNED_IN_ONCE % (TOKEN, site.sign_in(player)))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    troubles = [trouble for _, watcher in opened for trouble in watcher.troubles]
    assert not troubles, troubles
