"""The lobby: alive for everybody, light on the wire, and the way into everything else."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import LONGEST_ROUND_MS, Site

MOST_BYTES = 150_000

LOADED = """() => performance.getEntriesByType("resource").map(
    (each) => ({url: new URL(each.name).pathname, bytes: each.transferSize, blocking: each.renderBlockingStatus}))"""


def loaded(page: Page) -> list[dict[str, object]]:
    page.get_by_test_id("room-tile").first.wait_for()
    entries: list[dict[str, object]] = page.evaluate(LOADED)
    return entries


def test_a_guest_sees_rooms_that_live_and_is_invited(site: Site, visit: Visit) -> None:
    page = visit(site)
    card = page.get_by_test_id("room-tile").filter(has_text="Crash")
    line = card.locator(".live-line strong")
    expect(line).to_have_text(re.compile(r"^\d+\.\d s$|×$"))
    first = line.text_content()
    expect(line).not_to_have_text(first or "")
    expect(card).to_contain_text("watching")
    expect(page.get_by_role("heading", name="Play alone")).to_be_visible()
    expect(page.get_by_role("region", name="Sign up")).to_contain_text("you start with chips")
    card.get_by_role("link", name="Crash").click()
    expect(page).to_have_url(f"{site.url}/rooms/crash")


@pytest.mark.timeout(400)
def test_a_round_that_ends_shows_its_result_on_the_card(site: Site, visit: Visit) -> None:
    page = visit(site)
    results = page.get_by_label("Last results, newest first").get_by_role("listitem")
    expect(results.first).to_have_text(re.compile(r"^\d+\.\d\d×$"), timeout=LONGEST_ROUND_MS)


def test_it_is_light_and_fetched_in_one_go(site: Site, visit: Visit) -> None:
    page = visit(site)
    entries = loaded(page)
    assert sum(int(str(entry["bytes"])) for entry in entries) < MOST_BYTES
    blocking = {entry["url"] for entry in entries if entry["blocking"] == "blocking"}
    assert blocking <= {"/client/base.css", "/client/tokens.css"}
    assert page.locator("head > link[rel=stylesheet]").first.get_attribute("href") == "/client/base.css"
    scripts = {str(entry["url"]) for entry in entries if re.search(r"\.m?js$", str(entry["url"]))}
    preloads = page.locator("link[rel=modulepreload]").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname)"
    )
    missing, needless = scripts - {"/client/app.js"} - set(preloads), set(preloads) - scripts
    assert (missing, needless) == (set(), set())


def test_a_player_sits_down_at_a_game_of_their_own(site: Site, visit: Visit) -> None:
    player = site.add_player("solo")
    page = visit(site, "/", player)
    page.get_by_role("button", name="Play: Dice").click()
    expect(page).to_have_url(re.compile(r"/rooms/dice-\w+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dice")


def test_a_guest_who_wants_to_play_alone_signs_in_first(site: Site, visit: Visit) -> None:
    site.add_player("later")
    page = visit(site)
    page.get_by_role("button", name="Sign in to play: Dice").click()
    page.get_by_label("E-mail, username or roll number").fill("later")
    page.get_by_label("Password", exact=True).fill("harbour lantern violin moss")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")


def test_the_rules_of_a_game(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/crash")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash")
    expect(page.get_by_text("Return to player")).to_be_visible()
    expect(page.get_by_text("99 %")).to_be_visible()
    page.get_by_role("link", name="Go to the room", exact=True).click()
    expect(page).to_have_url(f"{site.url}/rooms/crash")


def test_a_game_that_is_not_there(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/chess")
    expect(page.get_by_role("alert").filter(has_text="This game does not exist.")).to_be_visible()


def test_a_demo_says_that_it_is_one(site: Site, own_site: Site, visit: Visit) -> None:
    page = visit(site)
    page.get_by_test_id("room-tile").first.wait_for()
    expect(page.get_by_test_id("demo")).to_be_hidden()
    own_site.stop()
    own_site.demo = True
    own_site.start()
    page = visit(own_site)
    expect(page.get_by_test_id("demo")).to_contain_text("some players are bots")
    page.get_by_role("link", name="Read the demo mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Outbox")


def test_an_address_that_is_no_page(site: Site, visit: Visit) -> None:
    page = visit(site, "/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    page.get_by_role("main").get_by_role("link", name="Go to the rooms").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
