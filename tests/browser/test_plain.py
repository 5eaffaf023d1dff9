"""The plain face plays any game, from nothing but what the server publishes of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site

FACES = "**/client/faces/index.js"


def without_faces(route: Route) -> None:
    """The list of faces as it would be if no game had one."""
    answer = route.fetch()
    body, times = re.subn(r"TILES = \{.*?\}", "TILES = {}", answer.text(), count=1, flags=re.DOTALL)
    assert times == 1
    route.fulfill(response=answer, body=body)


@pytest.fixture
def open_game(site: Site, visit: Visit) -> Callable[[str, str], Page]:
    def open_(game: str, player: str) -> Page:
        page = visit(site, "/", site.add_player(player))
        page.route(FACES, without_faces)
        shared = site.call("GET", f"/games/{game}")["shared"]
        page.goto(f"{site.url}/rooms/{game}" if shared else f"{site.url}/games/{game}")
        if not shared:
            page.get_by_role("button", name="Play").first.click()
        page.get_by_test_id("bet-panel").wait_for()
        expect(page.get_by_test_id("plain")).to_be_visible()
        return page

    return open_


def test_a_game_of_one_bet(open_game: Callable[[str, str], Page]) -> None:
    page = open_game("dice", "plain-dice")
    page.get_by_label("Target").fill("50")
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    expect(page.get_by_test_id("plain")).to_contain_text("Roll")


def test_a_game_of_moves(open_game: Callable[[str, str], Page]) -> None:
    page = open_game("mines", "plain-mines")
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


def test_a_game_with_others_and_a_clock(open_game: Callable[[str, str], Page]) -> None:
    page = open_game("blackjack", "plain-jack")
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
