"""How every page looks and reads: for all eyes and hands, on every screen, in both themes."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import ROOT, Player, Site

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = (
    "/",
    "/sign-up",
    "/sign-in",
    "/verify",
    "/forgot",
    "/reset?token=x",
    "/games/crash",
    "/users/painter",
    "/nowhere",
)
OWN = ("/rooms", "/account", "/account/wallet", "/account/bets", "/account/sessions", "/account/limits")
ROOMS = ("/rooms/blackjack", "/rooms/crash", "/rooms/holdem")
FOR_AXE: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
THEMES: tuple[tuple[Literal["dark", "light"], int], ...] = (("dark", 390), ("light", 1440))
WIDTHS = (320, 390, 768, 1440, 2560)

COLOURS_ARE_THERE = """async () => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((each) => each.finished));
}"""
"""Without motion too a colour takes a moment to change; one whose element goes before is cancelled."""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, .button, .input, .tab, .menu-item, .brand")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
    .filter(([, {width, height}]) => width > 0 && (width < 43.9 || height < 43.9))
    .map(([html, {width, height}]) => `${width}×${height} ${html}`)"""


@pytest.fixture(scope="module")
def painter(site: Site) -> Player:
    return site.add_player("painter")


def settle(page: Page) -> None:
    """Wait until the page has what it came for."""
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


def open_for_axe(site: Site, visit: Visit, painter: Player, path: str) -> Page:
    page = visit(site, path, painter, **FOR_AXE)
    page.context.add_init_script(AXE)
    return page


def findings(page: Page) -> list[str]:
    """What axe finds that is serious or critical, and lasts. It styles elements inline, so its pages come without their
    policy, and without motion, for a colour on its way to another has neither's contrast."""
    for _ in range(3):
        page.evaluate(COLOURS_ARE_THERE)
        found = found_by_axe(page)
        if not found:
            break
    return found


def found_by_axe(page: Page) -> list[str]:
    options = json.dumps({"runOnly": TAGS, "resultTypes": ["violations"]})
    result: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("paths", [OPEN, (*OWN, *ROOMS)], ids=["open", "own"])
def test_axe_finds_nothing_serious(site: Site, visit: Visit, painter: Player, paths: tuple[str, ...]) -> None:
    page = open_for_axe(site, visit, painter, "/")
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        settle(page)
        for theme, width in THEMES:
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=theme)
            found[f"{path} {theme} {width}"] = findings(page)
    assert not any(found.values()), json.dumps({path: each for path, each in found.items() if each}, indent=1)


def test_axe_finds_nothing_serious_in_what_opens(site: Site, visit: Visit, painter: Player) -> None:
    page = open_for_axe(site, visit, painter, "/account")
    page.reload()
    settle(page)
    page.get_by_role("button", name="Account menu of painter").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete account").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.goto("/sign-up")
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    page.get_by_text("This field is required.").first.wait_for()
    assert findings(page) == []


def wider_than_the_screen(page: Page) -> int:
    """By how many pixels."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("paths", [OPEN, OWN], ids=["open", "own"])
def test_everything_fits_every_screen_also_with_text_twice_as_large(
    site: Site, visit: Visit, painter: Player, paths: tuple[str, ...]
) -> None:
    page = visit(site, "/", painter)
    for path in paths:
        page.goto(path)
        settle(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert wider_than_the_screen(page) <= 0, f"{path} on a screen of {width}"
            if width == 390:
                assert page.evaluate(SMALL_TARGETS) == [], path
        page.set_viewport_size({"width": 1280, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert wider_than_the_screen(page) <= 0, f"{path} with large text"


def test_the_theme_follows_the_system_until_it_is_chosen(site: Site, visit: Visit) -> None:
    page = visit(site, "/", color_scheme="dark")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(background)
    assert dark != light
    page.get_by_role("button", name="Theme").click()
    page.get_by_label("Dark").check()
    assert page.evaluate(background) == dark
    page.reload()
    assert page.evaluate(background) == dark
    page.get_by_role("button", name="Theme").click()
    page.get_by_label("System").check()
    assert page.evaluate(background) == light


def test_everything_by_keyboard(site: Site, visit: Visit, painter: Player) -> None:
    page = visit(site, "/", painter)
    link = page.get_by_test_id("room-tile").first.get_by_role("link")
    link.wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    first = link.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    assert page.evaluate("document.activeElement.matches('main, main h1')")

    menu = page.get_by_role("button", name="Account menu of painter")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Profile")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("link", name="Profile")).to_be_hidden()


def test_a_page_that_is_gone_to_is_titled_and_read_from_its_heading(site: Site, visit: Visit) -> None:
    page = visit(site)
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    expect(page).to_have_title("Sign in · Croupier")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page).to_have_title("Rooms · Croupier")


def test_where_motion_is_unwelcome_nothing_moves(site: Site, visit: Visit) -> None:
    page = visit(site, "/", reduced_motion="reduce")
    page.get_by_test_id("room-tile").first.wait_for()
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("*")].flatMap((each) => {
            const {transitionDuration, animationDuration} = getComputedStyle(each);
            return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
        }))"""
    )
    assert longest < 0.01


def test_no_colour_stands_outside_the_tokens() -> None:
    client = ROOT / "server" / "client"
    literal = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\("
    found = [f"{path.name}: {line.strip()}" for path, line in _lines(client) if _matches(literal, line)]
    assert found == []


def _lines(client: Path) -> list[tuple[Path, str]]:
    files = [path for path in client.rglob("*.css") if path.name != "tokens.css"]
    return [(path, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def _matches(pattern: str, line: str) -> bool:
    return re.search(pattern, line) is not None
