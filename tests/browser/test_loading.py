"""What a page loads, how little moves while it loads, and what happens without a connection or after an update."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.site import ROOT, Player, Site
from tests.client_checkout import BUILT, FILES, build_client

MOST_BYTES = 95_000
"""Of all answers with their headers, up to the first room card or the first frame of a game. Roulette takes 91 kB, of
which the core has 70 kB."""
MOST_REQUESTS = 10
MOST_SHIFT = 0.05
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}

LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
    (each) => ({url: new URL(each.name).pathname, bytes: each.transferSize, blocking: each.renderBlockingStatus}))"""
COUNT_SHIFT = """window.shift = 0; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});"""
CONTROLLED = "() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
SETTLED_MS = 1_500
"""How long the page is watched for shifts after its last part has arrived."""

READY = {
    "/": "[data-testid=room-tile]",
    "/rooms/crash": "canvas",
    "/rooms/roulette": ".game-frame svg",
    "/games/crash": "main h1",
    "/sign-in": "form",
    "/sign-up": "form",
    "/rooms": "form, main h1",
    "/account": "form",
    "/account/wallet": "main h1",
    "/account/limits": "form",
    "/nowhere": "main h1",
}
FOR_PLAYERS = ("/account", "/account/wallet", "/account/limits", "/rooms")


@pytest.fixture(scope="module")
def player(site: Site) -> Player:
    return site.add_player("loader")


def loaded(page: Page) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = page.evaluate(LOADED)
    return entries


@pytest.mark.parametrize("path", ["/", "/rooms/crash", "/rooms/roulette"])
def test_a_page_needs_few_requests(site: Site, visit: Visit, path: str) -> None:
    page = visit(site, path)
    page.locator(READY[path]).first.wait_for()
    page.wait_for_load_state("networkidle")
    entries = loaded(page)
    assert len(entries) + 1 <= MOST_REQUESTS, entries  # and the WebSocket
    assert sum(int(str(entry["bytes"])) for entry in entries) < MOST_BYTES
    blocking = [str(entry["url"]) for entry in entries if entry["blocking"] == "blocking"]
    assert all(url.endswith(".css") for url in blocking)


@pytest.mark.parametrize("path", READY)
def test_a_page_names_all_scripts_that_it_loads(site: Site, visit: Visit, player: Player, path: str) -> None:
    """Otherwise the browser would learn of them only from other scripts, one round trip later."""
    page = visit(site, path, player if path in FOR_PLAYERS else None)
    page.locator(READY[path]).first.wait_for()
    page.wait_for_load_state("networkidle")
    scripts = {str(entry["url"]) for entry in loaded(page) if str(entry["url"]).endswith(".js")}
    named = page.locator("script[src], link[rel=modulepreload]").evaluate_all(
        "all => all.map((each) => new URL(each.src || each.href).pathname)"
    )
    chart = {url for url in scripts if url.startswith("/client/uplot-")}  # loads once there is something to draw
    assert scripts - chart == set(named)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", READY)
def test_nothing_moves_while_a_page_loads(site: Site, visit: Visit, player: Player, path: str, size: object) -> None:
    signed_in = player if path in FOR_PLAYERS else None
    page = visit(site, path, signed_in, before=lambda page: page.add_init_script(COUNT_SHIFT), viewport=size)
    page.locator(READY[path]).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLED_MS)
    assert page.evaluate("window.shift") < MOST_SHIFT


def test_the_skeleton_shows_before_any_script_has_run(site: Site, visit: Visit) -> None:
    """It shows no words, because the page may be in any language; screen readers hear that it loads."""
    for path in ("/", "/rooms/crash"):
        page = visit(site, path, java_script_enabled=False)
        expect(page.locator("main > [aria-busy]")).to_have_text("Loading…")
        expect(page.locator("main .skeleton").first).to_be_visible()


@pytest.fixture(scope="module")
def newer_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the same server and a changed client."""
    folder = tmp_path_factory.mktemp("newer")
    shutil.copytree(ROOT / "server", folder / "server", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("run.py", *FILES):  # Python finds the server beside the real run.py, so a link will not do
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("cli", "storage", "game_engine", "tests", "devtools", "node_modules", "requirements.txt"):
        (folder / name).symlink_to(ROOT / name)
    app = folder / "server" / "client" / "app.js"
    app.write_text(app.read_text() + '\ndocument.documentElement.dataset.newer = "yes";\n')
    shutil.rmtree(folder / BUILT)
    build_client(folder)
    return folder


@pytest.fixture
def updated_site(tmp_path: Path) -> Iterator[Site]:
    yield from running(Site(tmp_path))


def test_without_a_connection_a_page_says_so(updated_site: Site, visit: Visit) -> None:
    page = visit(updated_site, "/", service_workers="allow")
    page.get_by_test_id("room-tile").first.wait_for()
    page.evaluate(CONTROLLED)
    updated_site.stop()
    page.goto("/rooms/crash")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    assert page.evaluate("getComputedStyle(document.querySelector('.button.primary')).display") == "inline-flex"
    keys = page.evaluate("""async () => (await Promise.all((await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()""")
    assert keys
    assert all(key == "/offline.html" or key.startswith("/client/") for key in keys), keys
    updated_site.start()
    page.get_by_role("link", name="Try again").click()
    page.locator("canvas").first.wait_for()


def test_an_open_page_is_told_of_a_newer_client(updated_site: Site, visit: Visit, newer_checkout: Path) -> None:
    page = visit(updated_site, "/", service_workers="allow")
    page.get_by_test_id("room-tile").first.wait_for()
    page.evaluate(CONTROLLED)
    build = page.locator("meta[name=croupier-build]")
    before = build.get_attribute("content")
    updated_site.stop()
    updated_site.start()
    expect(page.locator("main")).to_have_attribute("data-connection", "online", timeout=30_000)
    expect(page.get_by_test_id("update")).to_have_count(0)

    updated_site.stop()
    updated_site.checkout = newer_checkout
    updated_site.start()
    prompt = page.get_by_test_id("update")
    expect(prompt).to_contain_text("There is a new version of Croupier.", timeout=30_000)
    prompt.get_by_role("button", name="Reload").click()
    expect(build).not_to_have_attribute("content", before or "")
    page.get_by_test_id("room-tile").first.wait_for()
    expect(page.get_by_test_id("update")).to_have_count(0)


def test_a_page_whose_files_are_gone_gets_those_of_the_newer_client(
    updated_site: Site, visit: Visit, newer_checkout: Path
) -> None:
    page = visit(updated_site, "/")
    page.get_by_test_id("room-tile").first.wait_for()
    before = page.locator("meta[name=croupier-build]").get_attribute("content")
    updated_site.stop()
    updated_site.checkout = newer_checkout
    updated_site.start()
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("form").first.wait_for()
    expect(page.locator("meta[name=croupier-build]")).not_to_have_attribute("content", before or "")


def test_a_page_whose_script_is_missing_is_loaded_again(site: Site, visit: Visit) -> None:
    def lose_the_core(page: Page) -> None:
        page.route("**/client/chunk-*.js", lambda route: route.fulfill(status=404), times=1)

    page = visit(site, "/", before=lose_the_core)
    expect(page.locator("main .skeleton").first).to_be_visible()
    page.get_by_test_id("room-tile").first.wait_for()
