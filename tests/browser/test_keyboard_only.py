"""Each game is played to its end without a mouse, and the keys belong to the game again once a bet is in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import IN_TIME_MS, bets_of, main_button, poll, room_of, skip_repeat_guard
from tests.browser.site import Player, Site

ROUND_MS = 60_000
MOST_TABS = 120

pytestmark = pytest.mark.timeout(180)


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus."""
    control.wait_for()
    for _ in range(MOST_TABS):
        if control.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control}")


def press(page: Page, key: str) -> None:
    skip_repeat_guard(page)
    page.keyboard.press(key)


def sit(site: Site, visit: Visit, room: str, player: Player | None = None, **options: Any) -> Page:
    page = visit(site, f"/rooms/{room}", player or site.add_player(), **options)
    page.get_by_test_id("bet-panel").wait_for()
    return page


def is_over(page: Page) -> bool:
    return page.get_by_test_id("own-result").count() > 0


def play_keno(page: Page) -> None:
    press(page, "ArrowRight")
    press(page, "ArrowRight")
    press(page, " ")
    press(page, "p")


def play_hilo(page: Page) -> None:
    press(page, "Enter")
    page.locator("[data-move=skip]").wait_for()

    def guessed() -> bool:
        for move, key in (("higher", "h"), ("lower", "l")):
            if page.locator(f"[data-move={move}]:enabled").count() > 0:
                press(page, key)
                break
        return is_over(page)

    poll(page, guessed, "no guess was wrong", ROUND_MS / 1000)


def play_mines(page: Page) -> None:
    press(page, "Enter")
    main_button(page, "cash-out").wait_for()
    press(page, "ArrowRight")
    press(page, " ")
    poll(page, lambda: is_over(page) or page.locator("[data-state=safe]").count() > 0, "nothing was uncovered")
    press(page, "c")


SOLO: dict[str, Callable[[Page], None]] = {
    "dice": lambda page: press(page, "Enter"),
    "hilo": play_hilo,
    "keno": play_keno,
    "limbo": lambda page: press(page, "Enter"),
    "mines": play_mines,
    "plinko": lambda page: press(page, "Enter"),
}


@pytest.mark.parametrize("game", SOLO)
def test_a_solo_game_is_opened_and_played_without_a_mouse(site: Site, visit: Visit, game: str) -> None:
    page = visit(site, f"/games/{game}", site.add_player())
    tab_to(page, page.get_by_role("button", name="Play", exact=True))
    page.keyboard.press("Enter")
    page.get_by_test_id("bet-panel").wait_for()
    # A typed stake first: the keys that follow must not be written into its field.
    tab_to(page, page.get_by_role("textbox", name="Stake"))
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    SOLO[game](page)
    poll(page, lambda: is_over(page), "the round is not over")
    [bet] = bets_of(site, page)
    assert bet["amount"] == 700


@pytest.mark.parametrize("game", ["dice", "limbo", "plinko", "mines", "hilo"])
def test_a_typed_bet_leaves_the_keys_to_the_game(site: Site, visit: Visit, game: str) -> None:
    page = visit(site, f"/games/{game}", site.add_player())
    tab_to(page, page.get_by_role("button", name="Play", exact=True))
    page.keyboard.press("Enter")
    page.get_by_test_id("bet-panel").wait_for()
    stake = page.get_by_role("textbox", name="Stake")
    tab_to(page, stake)
    page.keyboard.type("5000")
    press(page, "Enter")
    # Refused: the amount can be corrected at once.
    expect(page.get_by_test_id("bet-error")).not_to_be_empty()
    expect(stake).to_be_focused()
    stake.select_text()
    page.keyboard.type("5")
    press(page, "Enter")
    expect(page.locator("#stake:focus")).to_have_count(0)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_target_that_was_typed_is_rolled_with_enter(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/dice", site.add_player())
    tab_to(page, page.get_by_role("button", name="Play", exact=True))
    page.keyboard.press("Enter")
    target = page.get_by_label("Target", exact=True)
    tab_to(page, target)
    target.select_text()
    page.keyboard.type("66")
    press(page, "Enter")
    poll(page, lambda: is_over(page), "the round is not over")
    assert bets_of(site, page)[0]["selection"] == {"target": 66.0, "over": True}


def test_a_crash_bet_is_typed_placed_and_cashed_out_by_keyboard(own_site: Site, visit: Visit) -> None:
    own_site.set_points(500, 600)
    page = sit(own_site, visit, "crash")
    own_site.await_bets("crash", IN_TIME_MS)
    tab_to(page, page.get_by_role("textbox", name="Stake"))
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    main_button(page, "cash-out").wait_for(timeout=ROUND_MS)
    expect(main_button(page)).to_contain_text(re.compile(r"1\.(?!0)\d\d×"), timeout=ROUND_MS)
    page.keyboard.press(" ")
    expect(page.get_by_test_id("own-bets").locator(".win")).to_be_visible()
    expect(page.locator("#polite")).to_contain_text("Cashed out")
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid", timeout=ROUND_MS)
    assert bets_of(own_site, page)[0]["result"] == "cashout"


def test_a_queued_crash_bet_leaves_the_keys_to_the_game(own_site: Site, visit: Visit) -> None:
    own_site.set_points(500, 600)
    page = sit(own_site, visit, "crash")
    page.locator("[data-phase=running]").wait_for(timeout=ROUND_MS)
    tab_to(page, page.get_by_role("textbox", name="Stake"))
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(main_button(page, "queued")).to_be_visible()
    expect(page.locator("#stake:focus")).to_have_count(0)


def test_roulette_is_played_without_a_mouse(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 8_000, "spin_ms": 1_500}
    page = sit(site, visit, site.open_room(site.add_player("host"), "roulette", options=options)["room"])
    press(page, "ArrowRight")
    press(page, "ArrowRight")
    press(page, " ")
    expect(page.get_by_test_id("own-bets")).to_contain_text("Your bets: 1")
    site.await_bets(room_of(page), IN_TIME_MS)
    press(page, "p")
    poll(page, lambda: is_over(page), "the round is not over", ROUND_MS / 1000)


def test_blackjack_is_played_without_a_mouse(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 8_000, "turn_ms": 100_000}
    page = sit(site, visit, site.open_room(site.add_player("host"), "blackjack", options=options)["room"])
    tab_to(page, page.get_by_role("textbox", name="Stake"))
    page.keyboard.type("5")
    site.await_bets(room_of(page), IN_TIME_MS)
    press(page, "Enter")
    main_button(page, "placed").wait_for(timeout=ROUND_MS)

    def played() -> bool:
        for move, key in (("decline", "n"), ("stand", "s")):
            if page.locator(f"[data-move={move}]:enabled").count() > 0:
                press(page, key)
        return is_over(page)

    poll(page, played, "the round is not over", ROUND_MS / 1000)


def test_a_coin_duel_is_played_without_a_mouse(site: Site, visit: Visit) -> None:
    room = site.open_room(site.add_player("host"), "coinduel")["room"]
    ann, bob = sit(site, visit, room), sit(site, visit, room)
    tab_to(ann, ann.get_by_role("textbox", name="Stake"))
    ann.keyboard.type("5")
    press(ann, "Enter")
    expect(main_button(bob, "take")).to_be_enabled()
    press(bob, "Enter")
    for page in (ann, bob):
        page.get_by_test_id("own-result").wait_for()


def test_holdem_is_played_without_a_mouse(site: Site, visit: Visit) -> None:
    options = {"between_ms": 3_000, "turn_ms": 100_000}
    room = site.open_room(site.add_player("host"), "holdem", options=options)["room"]
    pages = [sit(site, visit, room) for _ in range(2)]
    for page in pages:
        tab_to(page, page.locator("#buy-in"))
        page.locator("#buy-in").select_text()
        page.keyboard.type("50")
        press(page, "Enter")
        expect(page.get_by_test_id("stack")).to_have_text("50")

    def played() -> bool:
        for page in pages:
            if page.locator("[data-move=check]:enabled, [data-move=call]:enabled").count() > 0:
                press(page, "c")
        return all(is_over(page) for page in pages)

    poll(pages[0], played, "the hand is not over", ROUND_MS / 1000)
