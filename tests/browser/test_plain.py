"""The plain face plays any game, from what the server publishes about it. See test_faces.py for what all faces do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.looks import FOR_AXE, axe_findings, load_axe, overflow_of
from tests.browser.play import open_game
from tests.browser.site import Site
from tests.browser.test_faces import CORE, hide_faces


def without_faces(page: Page) -> None:
    page.route(CORE, hide_faces)


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
    # One cell in 25 is the mine, which ends the round.
    result = page.get_by_test_id("own-result")
    safe = page.get_by_test_id("plain").get_by_text("1.03×", exact=True)
    expect(safe.or_(result).first).to_be_visible()
    if result.count() == 0:
        page.get_by_test_id("move-cashout").get_by_role("button").click()
    expect(result).to_contain_text("Round 1")
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


@pytest.fixture(scope="module")
def faceless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with three more games, which have no face of their own."""
    yield from running(Site(tmp_path_factory.mktemp("faceless"), program="tests.browser.plain_games"))


def check_looks(page: Page) -> None:
    """Nothing overflows and axe finds nothing, on every size of screen and in both themes; then it is a desktop's."""
    for width, height in ((390, 664), (844, 390), (2560, 1440), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert overflow_of(page) == 0
        face = page.get_by_test_id("plain")
        assert face.evaluate("(face) => face.scrollWidth <= face.clientWidth")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe_findings(page) == []


def test_a_card_game_with_turns(faceless: Site, visit: Visit) -> None:
    names = [faceless.add_player() for _ in range(2)]
    room = faceless.open_room(names[0], "high", options={"turn_ms": 60_000})["room"]
    pages = [visit(faceless, f"/rooms/{room}", player, before=load_axe, **FOR_AXE) for player in names]
    first, second = pages
    for page in pages:
        expect(page.get_by_role("heading", level=1)).to_have_text("High card")
        expect(page).to_have_title(re.compile("^High card"))
        expect(page.get_by_test_id("fixed-stake")).to_have_text("The stake is 1 chip.")
        page.get_by_test_id("main").click()
        expect(page.get_by_test_id("own-bets")).to_have_text("1 chip in")
        expect(page.get_by_test_id("main")).to_be_disabled()
    expect(first.get_by_test_id("clock")).to_have_text(re.compile(r"^\s*Deals in\s*\d s\s*$"))
    expect(first.get_by_test_id("turn")).to_have_text(re.compile(r"Your turn\s*\d+ s"), timeout=15_000)
    expect(second.get_by_test_id("turn")).to_have_text(re.compile(rf"{names[0].username}’s turn\s*\d+ s"))
    expect(second.get_by_test_id("move-fold")).to_have_count(0)
    table = first.get_by_role("region", name="Players")
    expect(table.get_by_role("row").nth(1)).to_have_attribute("aria-current", "true")
    expect(table.get_by_role("row").nth(1)).to_contain_text(f"{names[0].username} you")
    expect(table.get_by_role("img", name="face down")).to_have_count(1)
    expect(table.get_by_role("img", name=re.compile(" of "))).to_have_count(1)
    expect(first.get_by_test_id("plain")).to_contain_text(re.compile(r"Pot\s*2"))
    check_looks(first)
    amount, button = first.get_by_label("Amount"), first.get_by_role("button", name="Raise")
    expect(amount).to_have_value("1")
    amount.fill("4.01")
    expect(button).to_be_disabled()
    expect(amount).to_have_accessible_description("1 to 4 chips")
    amount.fill("2,5")
    button.click()
    expect(second.get_by_test_id("turn")).to_contain_text("Your turn")
    expect(second.get_by_test_id("plain")).to_contain_text(re.compile(r"Pot\s*4\.50"))
    second.get_by_role("button", name="Fold").click()
    for page in pages:
        expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")


def test_a_shared_timed_game_and_its_tile_in_the_lobby(faceless: Site, visit: Visit) -> None:
    page = visit(faceless, "/rooms/race", faceless.add_player(), before=load_axe, **FOR_AXE)
    page.get_by_label("Horse").fill("4")
    expect(page.get_by_test_id("main")).to_be_disabled()
    page.get_by_label("Horse").fill("1")
    page.locator("[data-testid=main][data-step=place]").click()
    expect(page.get_by_test_id("own-bets")).to_contain_text("10 chips in · Horse 1")
    expect(page.get_by_test_id("clock")).to_contain_text(re.compile(r"Next in\s*\d s"))
    expect(page.get_by_test_id("own-result")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("last")).to_contain_text("Winner")
    check_looks(page)
    lobby = visit(faceless, "/")
    expect(lobby.locator("[data-room=race]").get_by_role("listitem").first).to_have_text(re.compile("^Winner [0-3]$"))


def test_a_stepped_game(faceless: Site, visit: Visit) -> None:
    page = open_game(faceless, visit, "ladder", before=load_axe, **FOR_AXE)
    page.get_by_role("textbox", name="Stake").fill("25")
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("move-climb")).to_be_visible()
    expect(page.get_by_role("textbox", name="Stake")).to_have_count(0)
    expect(page.get_by_test_id("plain")).to_contain_text(re.compile(r"Climbed\s*0"))
    check_looks(page)
    page.get_by_role("button", name="Cashout").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Stake returned")
    expect(page.get_by_test_id("move-climb")).to_have_count(0)
