"""The plain face plays any game, from what the server publishes about it. See test_faces.py for what all faces do."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import open_game
from tests.browser.site import Site
from tests.browser.test_faces import FACES_INDEX, hide_faces


def without_faces(page: Page) -> None:
    page.route(FACES_INDEX, hide_faces)


@pytest.fixture
def blackjack(site: Site) -> str:
    """The key of a room in which bets close soon."""
    options = {"betting_ms": 1_500}
    return site.open_room(site.add_player("host"), "blackjack", options=options)["room"]


def test_a_game_with_moves(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines", before=without_faces)
    expect(page.get_by_test_id("plain")).to_be_visible()
    page.get_by_test_id("bet-panel").get_by_label("Mines").fill("1")
    expect(page.get_by_test_id("move-reveal")).to_have_count(0)
    page.get_by_test_id("main").click()
    page.get_by_test_id("move-reveal").get_by_label("Cell").fill("7")
    page.get_by_test_id("move-reveal").get_by_role("button").click()
    # One cell in 25 is the mine.
    cash_out = page.get_by_test_id("move-cashout").get_by_role("button")
    expect(cash_out.or_(page.get_by_test_id("own-result"))).to_be_visible()
    if cash_out.count():
        cash_out.click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    expect(page.get_by_test_id("move-cashout")).to_have_count(0)


def test_a_game_with_others_and_a_clock(site: Site, visit: Visit, blackjack: str) -> None:
    page = visit(site, f"/rooms/{blackjack}", site.add_player(), before=without_faces)
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("phase")).to_contain_text(re.compile(r"\d+ s"))
    stand = page.get_by_test_id("move-stand").get_by_role("button")
    decline = page.get_by_test_id("move-decline").get_by_role("button")
    result = page.get_by_test_id("own-result")
    expect(stand.or_(decline).or_(result).first).to_be_visible(timeout=30_000)
    if decline.count():
        decline.click()
        expect(stand.or_(result).first).to_be_visible(timeout=15_000)
    if stand.count():
        stand.click()
    expect(result).to_contain_text("Round", timeout=20_000)
