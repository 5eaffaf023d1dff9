"""How every page looks and reads: accessible, on all screens, in both themes. See test_faces.py for the games."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import FOR_AXE, WIDTHS, axe_findings, load_axe, overflow_of, small_targets
from tests.browser.play import in_main, poll
from tests.browser.site import ROOT, Player, Site

OPEN = ("/", "/sign-up", "/sign-in", "/verify", "/forgot", "/reset#token=x", "/games/crash", "/nowhere")
OWN = ("/rooms", "/account", "/account/wallet", "/account/bets", "/account/sessions", "/account/limits")
THEMES: tuple[tuple[Literal["dark", "light"], int], ...] = (("dark", 390), ("light", 1440))


@pytest.fixture
def player(site: Site) -> Player:
    return site.add_player("painter")


def await_page(page: Page) -> None:
    """Wait until the page has loaded its content."""
    page.get_by_role("heading", level=1).wait_for()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("kind", ["open", "own"])
def test_axe_finds_nothing_serious_and_every_page_fits_every_screen(
    site: Site, visit: Visit, player: Player, kind: str
) -> None:
    long_word = {"bio": "Donaudampfschifffahrts" * 20, "location": "x" * 100}
    site.call("PATCH", "/me", {"profile": long_word}, site.sign_in(player))
    page = visit(site, "/", player, before=load_axe, **FOR_AXE)
    paths = (*OPEN, f"/users/{player.username}") if kind == "open" else OWN
    found: dict[str, Any] = {}
    for path in paths:
        page.goto(path)
        await_page(page)
        for theme, width in THEMES:
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=theme)
            found[f"{path} {theme} {width}"] = axe_findings(page)
        found[f"{path} too large"] = misfits(page)
    assert not any(found.values()), json.dumps({path: each for path, each in found.items() if each}, indent=1)


def zooming_fields(page: Page) -> list[str]:
    """Fields with text below 16 px: Safari on phones zooms into the page when one gets the focus."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll(
        "input:not([type=radio], [type=checkbox], [type=range]), select, textarea")]
        .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
        .map((field) => `${field.name || field.id} zooms`)""")
    return found


def misfits(page: Page) -> list[str]:
    """Widths at which the page overflows, also with text twice as large, and touch targets that are too small."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px"] if overflow_of(page) > 0 else []
        found += [*small_targets(page), *zooming_fields(page)] if width == 390 else []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return [*found, "large text"] if overflow_of(page) > 0 else found


def test_axe_finds_nothing_serious_in_menus_dialogs_and_errors(site: Site, visit: Visit, player: Player) -> None:
    page = visit(site, "/account", player, before=load_axe, **FOR_AXE)
    await_page(page)
    page.get_by_role("button", name=f"Account menu of {player.username}").click()
    assert axe_findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete account").click()
    assert axe_findings(page) == []
    page.keyboard.press("Escape")
    page.goto("/sign-up")
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    in_main(page, "This field is required.").first.wait_for()
    assert axe_findings(page) == []


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


def test_pages_and_menus_are_reached_by_keyboard(site: Site, visit: Visit, player: Player) -> None:
    page = visit(site, "/", player)
    link = page.get_by_test_id("room-tile").first.get_by_role("link")
    link.wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("quick-seat")).to_be_focused()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    first = link.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    assert page.evaluate("document.activeElement.matches('main, main h1')")

    menu = page.get_by_role("button", name=f"Account menu of {player.username}")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Profile")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("link", name="Profile")).to_be_hidden()


def test_a_new_page_has_its_title_and_focus_without_motion(site: Site, visit: Visit) -> None:
    page = visit(site, reduced_motion="reduce")
    page.get_by_test_id("room-tile").first.wait_for()
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("*")].flatMap((each) => {
            const {transitionDuration, animationDuration} = getComputedStyle(each);
            return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
        }))"""
    )
    assert longest < 0.01
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    expect(page).to_have_title("Sign in · Croupier")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page).to_have_title("Rooms · Croupier")


def test_going_back_finds_the_page_where_it_was_scrolled(site: Site, visit: Visit) -> None:
    """Also forward, and after a reload; a page that is opened anew begins at its top."""
    page = visit(site, "/", viewport={"width": 390, "height": 664})
    page.get_by_role("heading", name="Play alone").wait_for()

    def is_at(pixels: int) -> Callable[[], bool]:
        return lambda: abs(page.evaluate("scrollY") - pixels) < 2

    def scroll_to(pixels: int) -> None:
        page.evaluate(f"scrollTo(0, {pixels})")
        poll(page, lambda: page.evaluate("history.state?.scrolledTo") == pixels, "the place is kept")

    scroll_to(600)
    page.get_by_role("link", name="Rules: Keno").dispatch_event("click", {"button": 0})  # a click would scroll to it
    expect(page.get_by_role("heading", level=1)).to_have_text("Keno")
    poll(page, is_at(0), "a new page begins at its top")
    scroll_to(200)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
    poll(page, is_at(600), "the lobby is where it was")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keno")
    poll(page, is_at(200), "the rules are where they were")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keno")
    poll(page, is_at(200), "the rules are where they were before the reload")


@pytest.mark.parametrize("kind", ["", "primary", "danger", "quiet"])
def test_a_disabled_button_does_not_change_under_the_mouse(site: Site, visit: Visit, kind: str) -> None:
    page = visit(site, "/sign-in")
    page.get_by_role("heading", level=1).wait_for()
    page.evaluate(f"""() => document.querySelector("main").insertAdjacentHTML(
        "afterbegin", '<button class="button {kind}" disabled data-testid="off">Off</button>')""")
    button = page.get_by_test_id("off")

    def looks() -> object:
        return button.evaluate("(each) => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color]")

    before = looks()
    button.hover(force=True)
    assert button.evaluate("(each) => each.matches(':hover')")
    assert looks() == before


def test_all_colours_come_from_the_tokens() -> None:
    client = ROOT / "server" / "client"
    literal = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\("
    found = [f"{path.name}: {line.strip()}" for path, line in _style_lines(client) if re.search(literal, line)]
    assert found == []


def _style_lines(client: Path) -> list[tuple[Path, str]]:
    files = [path for path in client.rglob("*.css") if path.name != "tokens.css"]
    return [(path, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
