"""Fixtures of the browser tests: Chromium, a running site, and pages that fail the test if an error occurs in them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from scripts.wheel_hook import is_built
from tests.browser.site import ROOT, Player, Site

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The headless shell comes first: it has no window and opens a new profile four times as fast."""
WAIT_MS = 10_000
CRASH_BETTING_MS = 5_000
TOKEN = "croupier.token"
SIGN_IN_ONCE = """if (origin !== "null" && !("signed in" in localStorage)) {
    Object.assign(localStorage, {"%s": "%s", "signed in": "yes"});
}"""
"""A script that runs in every page of a profile, and signs the first one in before the client starts."""

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert is_built(ROOT), "The browser client has changed since its last build: run `make build`."
    # If it is None, Playwright uses its own Chromium.
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that all tests of a worker share."""
    yield from running(quick_site(tmp_path_factory.mktemp("site")))


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A site for one test, which may stop and start it."""
    yield from running(quick_site(tmp_path))


def quick_site(folder: Path) -> Site:
    """A site with all games, whose rounds of crash are short."""
    settings = {"CRASH_BETTING_MS": str(CRASH_BETTING_MS)}
    return Site(folder, settings=settings, points=(130, 160), all_games=True)


def running(site: Site) -> Iterator[Site]:
    """Yield the site while it runs."""
    site.start()
    try:
        yield site
    finally:
        site.stop()


class Watcher:
    """Collects what no page may do: errors in the console, requests to other hosts."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        self.origin = ""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # The console also reports refused and failed requests. The tests judge those.
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
    """``visit(site, "/path", player=None, before=None, **context options)`` opens a page in a new browser profile.

    ``before`` is called with the page before it loads anything.
    """
    opened: list[tuple[BrowserContext, Watcher]] = []

    def open_page(
        site: Site,
        path: str = "/",
        player: Player | None = None,
        before: Callable[[Page], object] | None = None,
        **options: Any,
    ) -> Page:
        # Requests that go through the service worker are invisible to `page.route`.
        options = {"service_workers": "block", "locale": "en-US"} | options
        context = chromium.new_context(base_url=site.url, **options)
        context.set_default_timeout(WAIT_MS)
        watcher = Watcher(context)
        watcher.origin = site.url
        opened.append((context, watcher))
        if player is not None:
            context.add_init_script(SIGN_IN_ONCE % (TOKEN, site.sign_in(player)))
        page = context.new_page()
        if before is not None:
            before(page)
        page.goto(path)
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    troubles = [trouble for _, watcher in opened for trouble in watcher.troubles]
    assert not troubles, troubles
