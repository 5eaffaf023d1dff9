"""On a large screen, the game fills it, type grows with it, and the chat uses the height beside the game."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looks import overflow_of
from tests.browser.play import open_game
from tests.browser.site import Player, Site

SIZES = ((1920, 1080), (2560, 1440), (3840, 2160))
SOLO = ("dice", "limbo", "plinko", "keno", "mines", "hilo")
SHARED = ("coinduel", "blackjack", "holdem", "crash", "roulette")
PART = 0.7

MEASURE = """() => {
    const boxOf = (selector) => document.querySelector(selector).getBoundingClientRect();
    const boxes = [...document.querySelectorAll(".game-frame [data-part]")]
        .filter((each) => /board|own/.test(each.dataset.part))
        .map((each) => each.getBoundingClientRect());
    const [frame, chat] = [boxOf(".game-frame"), boxOf(".chat")];
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
    return {
        frame: frame.height / innerHeight,
        board: Math.max((right - left) / frame.width, (bottom - top) / frame.height),
        text: parseFloat(getComputedStyle(document.querySelector(".room-panel")).fontSize) / innerHeight,
        chat: chat.height / innerHeight,
        below: Math.max(chat.bottom, frame.bottom) - innerHeight,
    };
}"""


@pytest.fixture(scope="module")
def player(site: Site) -> Player:
    return site.add_player("wide")


@pytest.mark.parametrize("game", [*SOLO, *SHARED])
def test_the_game_fills_a_large_screen(site: Site, visit: Visit, player: Player, game: str) -> None:
    if game in SOLO:
        page = open_game(site, visit, game, player)
    else:
        opened = site.open_room(site.add_player("host"), game)
        page = visit(site, f"/rooms/{opened['room']}", player)
    page.get_by_test_id("bet-panel").wait_for()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen: dict[str, Any] = page.evaluate(MEASURE)
        assert seen["frame"] >= PART, (width, seen)
        assert seen["board"] >= PART, (width, seen)
        assert seen["text"] >= 0.015, (width, seen)
        assert seen["chat"] >= 0.4, (width, seen)
        assert seen["below"] <= 0, (width, seen)
        assert overflow_of(page) <= 0, width
    expect(page.locator(".chat-say input")).to_be_in_viewport(ratio=1)
