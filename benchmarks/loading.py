"""Time until the lobby and two rooms are usable on a slow phone, on the first and the second visit."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from benchmarks import databases
from benchmarks.report import Figure, show, spread
from benchmarks.server import ROOT, Served, croupier

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FAST_3G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
"""As the developer tools define it: 562.5 ms for each round trip, 1.44 Mb/s down, 0.675 Mb/s up."""
CPU_SLOWDOWN = 4
PHONE: ViewportSize = {"width": 390, "height": 844}
LONGEST_MS = 60_000
SETTLE_MS = 5_000
"""How long a page is watched for layout shifts after it is usable."""
RUNS = 3

PAGES = {
    "lobby": ("/", "[data-testid=room-tile]", 4.0, 2.0),
    "crash": ("/rooms/crash", ".game-frame canvas", 5.0, 2.5),
    "hold'em": ("/rooms/holdem", ".game-frame > *", 5.0, 2.5),
}
"""Path, what makes the page usable, and the goals in seconds for the first and the second visit."""

MEASURE = """
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    const look = () => {
        if (document.querySelector("%s")) requestAnimationFrame(() => (window.usable ??= performance.now()));
        else requestAnimationFrame(look);
    };
    look();
"""
AWAIT = """(longest) => new Promise((done, fail) => {
    const look = () => window.usable ? done() : performance.now() > longest ? fail("not usable") : setTimeout(look, 20);
    look();
})"""
"""The page's policy forbids Playwright's own way to wait for a condition."""


class Visit(Struct, frozen=True):
    seconds: float
    requests: int
    kilobytes: float
    shift: float


def measure(context: BrowserContext, url: str, selector: str) -> Visit:
    """Open a page in a profile, and wait until it is usable. Requests and bytes are those up to then."""
    page = context.new_page()
    page.add_init_script(MEASURE % selector)
    requests: list[str] = []
    sizes: list[float] = []
    with _slow(page) as session:
        session.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
        session.on("Network.webSocketCreated", lambda event: requests.append(event["url"]))
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(url, wait_until="commit", timeout=LONGEST_MS)
        page.evaluate(AWAIT, LONGEST_MS)
        asked, received = len([each for each in requests if not each.startswith("data:")]), sum(sizes)
        page.wait_for_timeout(SETTLE_MS)
        usable, shift = page.evaluate("[window.usable, window.shift]")
    page.close()
    return Visit(seconds=usable / 1000, requests=asked, kilobytes=received / 1000, shift=shift)


@contextmanager
def _slow(page: Page) -> Iterator[Any]:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAST_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    yield session
    session.detach()


def visits(browser: Browser, url: str, selector: str) -> tuple[Visit, Visit]:
    """The first and the second visit in a new profile."""
    # The emulation does not slow down what a service worker loads, so the second visit goes without it.
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, service_workers="block"
    )
    first = measure(context, url, selector)
    second = measure(context, url, selector)
    context.close()
    return first, second


def main(checkout: Path = ROOT, runs: int = RUNS) -> None:
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="croupier-") as folder,
        databases.sqlite(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUMS)), None), args=["--no-sandbox"]
        )
        with croupier(Path(folder), url, None, checkout=checkout) as served:
            for name in PAGES:
                figures += _figures(browser, served, name, runs)
        browser.close()
    show("loading", figures)


def _figures(browser: Browser, served: Served, name: str, runs: int) -> Iterator[Figure]:
    path, selector, *goals = PAGES[name]
    measured = [visits(browser, f"http://127.0.0.1:{served.port}{path}", selector) for _ in range(runs)]
    for which, goal, of in (("first", goals[0], 0), ("second", goals[1], 1)):
        each = [pair[of] for pair in measured]
        for what, values, unit, target in (
            (f"{name}, {which} visit", [visit.seconds for visit in each], "s", ("<=", goal)),
            ("  requests", [visit.requests for visit in each], "", ("<=", 10)),
            ("  received", [visit.kilobytes for visit in each], "kB", None),
            ("  layout shift", [visit.shift for visit in each], "", ("<=", 0.05)),
        ):
            yield Figure(what=what, value=spread(values), unit=unit, target=target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="measure the client of this checkout")
    parser.add_argument("--runs", type=int, default=RUNS, help="visits of each page (default %(default)s)")
    arguments = parser.parse_args()
    main(arguments.checkout, arguments.runs)
