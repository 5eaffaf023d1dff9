"""The client in Hindi: which language a browser gets, the switch, and that nothing is left in English."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, FOR_AXE, PHONE, axe_findings, load_axe, overflow_of, small_targets
from tests.browser.play import bets_of, main_button, play_round
from tests.browser.site import SECRET, Player, Site
from tests.browser.test_loading import loaded

HINDI: dict[str, Any] = {"locale": "hi-IN"}
CHOSEN = "croupier.language"
NAMES = ("Croupier", "QR", "CSV", "RTP", "URL", "UTC", "https?://", "Enter", r"[a-z]+(-\w+)?\.\d+", r"[a-z]+-\d+")
"""What Hindi writes in Latin letters, besides the names and texts of players. The last ones are names of rounds and of
the players of other tests, who may have rooms in the lobby."""
IN_LATIN = """(names) => {
    const found = [];
    const see = (words) => {
        const rest = words.replaceAll(new RegExp(names, "g"), "");
        if (/[A-Za-z]{2}/.test(rest)) found.push(words.trim());
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node instanceof Text ? node.parentElement : node;
        if (element.closest("script, style, noscript, code, kbd, [lang=en]")) continue;
        if (node instanceof Text) see(node.data);
        else for (const name of ["aria-label", "title", "placeholder", "alt"]) see(node.getAttribute(name) ?? "");
    }
    return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def player(site: Site) -> Player:
    return site.add_player("hindi")


def in_latin(page: Page, *names: str) -> list[str]:
    """What the page says in Latin letters, except ``names``."""
    found: list[str] = page.evaluate(IN_LATIN, "|".join((*NAMES, *names)))
    return found


def languages(page: Page) -> Locator:
    """The switch, in the open menu."""
    page.locator(".bar-account").click()
    return page.get_by_test_id("languages")


def background(button: Locator) -> str:
    return str(button.evaluate("node => getComputedStyle(node).backgroundColor"))


def test_a_browser_gets_its_language_and_loads_no_other(site: Site, visit: Visit) -> None:
    for locale, lang, heading in (("hi-IN", "hi", "रूम"), ("en-IN", "en", "Rooms"), ("fr-FR", "en", "Rooms")):
        page = visit(site, "/", locale=locale)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.locator("html")).to_have_attribute("lang", lang)
        page.wait_for_load_state("networkidle")
        scripts = {str(entry["url"]) for entry in loaded(page) if str(entry["url"]).endswith(".js")}
        assert any(url.startswith("/client/hi-") for url in scripts) == (lang == "hi")
        named = page.locator("script[src], link[rel=modulepreload]").evaluate_all(
            "all => all.map((each) => new URL(each.src || each.href).pathname)"
        )
        assert scripts == set(named)  # both load at once


def test_a_player_signs_in_and_plays_in_hindi(site: Site, visit: Visit) -> None:
    player = site.add_player("asha")
    page = visit(site, "/sign-in", **HINDI)
    page.get_by_label("ई-मेल, यूज़रनेम या रोल नंबर").fill(player.username)
    page.get_by_label("पासवर्ड", exact=True).fill(SECRET)
    page.get_by_role("main").get_by_role("button", name="साइन इन करें", exact=True).click()
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    page.goto("/games/dice")
    expect(page.get_by_role("heading", level=1)).to_have_text("डाइस")
    page.get_by_role("button", name="खेलें", exact=True).click()
    page.get_by_role("textbox", name="दाँव").fill("१०")  # digits of either script
    play_round(page, page.get_by_test_id("roll"))
    expect(page.get_by_test_id("own-result")).to_contain_text(re.compile("पेआउट|हार"))
    spoken = page.locator("#polite")
    expect(spoken).to_contain_text("रोल में")
    expect(spoken).to_contain_text(re.compile("आपको .* मिले|आपने .* गँवाए"))
    assert bets_of(site, page)[0]["amount"] == 1_000
    expect(page).to_have_title(re.compile("डाइस"))
    assert in_latin(page, player.username) == []


def test_an_amount_in_lakhs_is_read_as_it_is_written(site: Site, visit: Visit, player: Player) -> None:
    page = visit(site, "/account/limits", player, **HINDI)
    field = page.locator("[name=stake]")
    field.fill("1,00,000")
    page.get_by_role("main").get_by_role("button", name="सीमाएँ तय करें").click()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(field).to_have_value("100000")


def test_the_switch_is_for_everybody_and_is_remembered(site: Site, visit: Visit, player: Player) -> None:
    for signed_in in (None, player):
        page = visit(site, "/", signed_in, **HINDI)
        switch = languages(page)
        hindi, english = (switch.get_by_role("button", name=name, exact=True) for name in ("हिन्दी", "English"))
        expect(hindi).to_have_attribute("aria-pressed", "true")
        assert background(hindi) != background(english)
        expect(english).to_have_attribute("lang", "en")
        english.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
        assert page.evaluate(f"localStorage.getItem('{CHOSEN}')") == "en"
        languages(page).get_by_role("button", name="हिन्दी", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("रूम")
        page.goto("/join")
        expect(page.locator("html")).to_have_attribute("lang", "hi")


def test_requests_ask_for_the_language(site: Site, visit: Visit) -> None:
    asked: list[str | None] = []

    def note(request: Request) -> None:
        if "/api/" in request.url:
            asked.append(request.headers.get("accept-language"))

    page = visit(site, "/games/dice", before=lambda page: page.on("request", note), **HINDI)
    expect(page.get_by_role("heading", level=1)).to_have_text("डाइस")
    assert asked
    assert set(asked) == {"hi"}


SHARED = ("crash", "roulette", "holdem")
"""Codes of rooms, which are the names of their games."""
PAGES = {
    "/": "[data-testid=room-tile]",
    "/rooms/crash": "[data-testid=history]",
    "/rooms/roulette": ".game-frame svg",
    "/rooms/holdem": "[data-testid=seat]",
    "/rooms": "form",
    "/join": "form",
    "/sign-up": "form",
    "/forgot": "form",
    "/account": "form",
    "/account/wallet": "main h1",
    "/account/bets": "main [data-testid=empty]",
    "/account/sessions": "main h1",
    "/account/limits": "form",
    "/games/holdem": "main h1",
    "/games/mines": "main h1",
    "/nowhere": "main h1",
}


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_in_hindi_and_look_as_they_should(site: Site, visit: Visit, player: Player, path: str) -> None:
    guests = ("/sign-up", "/forgot")
    page = visit(site, path, None if path in guests else player, before=load_axe, **HINDI, **FOR_AXE, **DESKTOP)
    page.locator(PAGES[path]).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert in_latin(page, player.username, r"\w+@[\w.]+", r"127[\w.:]+/join", *SHARED) == []
    assert axe_findings(page) == []
    page.set_viewport_size(PHONE["viewport"])
    assert overflow_of(page) <= 0
    # On the felt, the lines between fields are touched where the fields are.
    assert [target for target in small_targets(page) if "rl-line" not in target] == []


@pytest.mark.parametrize("game", ["blackjack", "coinduel", "hilo", "keno", "limbo", "mines", "plinko"])
def test_games_are_in_hindi(site: Site, visit: Visit, game: str) -> None:
    player = site.add_player("khel")
    if game in ("blackjack", "coinduel"):
        page = visit(site, f"/rooms/{site.open_room(player, game)['room']}", player, **HINDI)
    else:
        page = visit(site, f"/games/{game}", player, **HINDI)
        page.get_by_role("button", name="खेलें", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    codes = (player.username, r"[a-z]+-\w+", r"127[\w.:]+/\w+", "[A-Z0-9]{6}")
    assert in_latin(page, *codes) == []
    if game == "keno":
        page.get_by_role("button", name="झटपट चुनें").click()
    main_button(page).click()
    expect(page.locator("#polite")).not_to_be_empty()
    assert in_latin(page, *codes) == []


def test_without_a_connection_the_page_says_so_in_every_language(own_site: Site, visit: Visit) -> None:
    page = visit(own_site, "/", service_workers="allow", **HINDI)
    page.get_by_test_id("room-tile").first.wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))")
    own_site.stop()
    page.goto("/rooms/crash")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_role("heading", name="कनेक्शन नहीं है")).to_be_visible()


def test_without_its_texts_the_page_is_in_english(site: Site, visit: Visit) -> None:
    """As while several servers are updated, one of which does not have the file."""
    page = visit(
        site, "/nowhere", before=lambda page: page.route("**/client/hi-*", lambda route: route.abort()), **HINDI
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    expect(page.locator("html")).to_have_attribute("lang", "en")
