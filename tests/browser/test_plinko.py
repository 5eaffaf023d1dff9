"""Plinko in the browser: the ball falls where the server said, and what its slot says is paid."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from game_engine.games.plinko import multipliers_of
from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

MOST_FALLING = """() => {
    window.mostFalling = 0;
    const board = document.querySelector(".plinko-face");
    const look = () => (window.mostFalling = Math.max(window.mostFalling, Number(board.dataset.falling)));
    new MutationObserver(look).observe(board, {attributes: true});
}"""


def open_plinko(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/plinko", site.add_player(name), **options)
    page.get_by_role("button", name="Play").click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def landed(page: Page, before: str | None) -> str:
    """The name of the round whose ball comes down next."""
    shown = page.get_by_test_id("landed")
    expect(shown).to_have_attribute("data-round", re.compile(rf"^(?!{before}$)."))
    return shown.get_attribute("data-round") or ""


def drop(page: Page) -> str:
    """Drop a ball; the name of its round, when it is down."""
    before = page.get_by_test_id("landed").get_attribute("data-round")
    page.get_by_test_id("main").click()
    return landed(page, before)


def bets(site: Site, page: Page) -> list[dict[str, Any]]:
    token = page.evaluate(f"localStorage.getItem('{TOKEN}')")
    items: list[dict[str, Any]] = site.call("GET", "/me/bets", token=token)["items"]
    return items


def look_at_the_end(site: Site, page: Page, round_: str) -> None:
    """The slot that is lit, the result and the wallet are those of the server's round."""
    (bet,) = [each for each in bets(site, page) if each["round"] == round_]
    outcome = site.call("GET", f"/rounds/{round_}")["outcome"]
    rows, risk = bet["selection"]["rows"], bet["selection"]["risk"]
    multiplier = multipliers_of(rows, risk)[outcome["slot"]]
    assert bet["payout"] == bet["amount"] * multiplier // 100
    slots = page.get_by_test_id("slots").get_by_role("listitem")
    expect(slots).to_have_count(rows + 1)
    lit = slots.evaluate_all("all => all.flatMap((each, slot) => each.classList.contains('hit') ? [slot] : [])")
    assert lit == [outcome["slot"]]
    written = f"{multiplier / 100:.2f}".rstrip("0").rstrip(".")
    expect(slots.nth(outcome["slot"])).to_have_text(written)
    expect(page.get_by_test_id("landed")).to_contain_text(f"{written}×")
    paid = "Stake returned (0.00)" if bet["payout"] == bet["amount"] else f"Paid {bet['payout'] / 100:,.2f}"
    expect(page.get_by_test_id("own-result")).to_contain_text(paid)
    number = round_.rpartition(".")[2]
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {number}")
    chip = page.get_by_test_id("history").get_by_role("link").first
    expect(chip).to_have_text(f"{outcome['slot']}/{rows}")


@pytest.mark.parametrize(("name", "options"), [("deskball", DESKTOP), ("telball", PHONE)])
def test_a_ball_falls_where_the_server_said_and_its_slot_is_paid(
    site: Site, visit: Visit, name: str, options: dict[str, Any]
) -> None:
    page = open_plinko(site, visit, name, **options)
    page.get_by_role("textbox", name="Stake").fill("12.34")
    page.get_by_label("Rows", exact=True).select_option("9")
    page.get_by_label("Risk").select_option("High")
    look_at_the_end(site, page, drop(page))
    page.get_by_label("Rows", exact=True).select_option("16")
    page.get_by_label("Risk").select_option("Low")
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)
    look_at_the_end(site, page, drop(page))
    assert [bet["selection"] for bet in bets(site, page)] == [
        {"rows": 16, "risk": "low"},
        {"rows": 9, "risk": "high"},
    ]


def stop_the_clock(page: Page) -> None:
    """From now on the page's time goes on only when it is told to: no test is as fast as a ball, always."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


def test_the_result_waits_for_the_ball(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "patient")
    stop_the_clock(page)
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "1")
    page.clock.run_for(1_400)
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "1")
    expect(page.get_by_test_id("own-result")).to_have_count(0)
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)
    page.clock.run_for(200)
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "0")
    look_at_the_end(site, page, bets(site, page)[0]["round"])


def test_several_balls_at_once(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "juggler")
    stop_the_clock(page)
    for falling in ("1", "2"):
        page.get_by_test_id("main").click()
        expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", falling)
        page.clock.run_for(700)
    newest, oldest = (bet["round"] for bet in bets(site, page))
    page.clock.run_for(200)
    look_at_the_end_of_a_ball(page, oldest, "1")
    page.clock.run_for(700)
    look_at_the_end_of_a_ball(page, newest, "0")
    look_at_the_end(site, page, newest)


def look_at_the_end_of_a_ball(page: Page, round_: str, left: str) -> None:
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", left)
    expect(page.get_by_test_id("landed")).to_have_attribute("data-round", round_)
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {round_.rpartition('.')[2]}")


def test_another_board_brings_the_ball_down_at_once(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "fickle")
    stop_the_clock(page)
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "1")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "0")
    expect(page.get_by_test_id("own-result")).to_be_visible()
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)


def test_where_motion_is_unwelcome_the_end_is_there_at_once(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "calm", reduced_motion="reduce")
    page.evaluate(MOST_FALLING)
    look_at_the_end(site, page, drop(page))
    assert page.evaluate("window.mostFalling") == 0


def test_a_round_by_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/plinko", site.add_player("typist"))
    page.get_by_role("button", name="Play").wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim() === 'Play'"):
            break
    page.keyboard.press("Enter")
    page.get_by_test_id("bet-panel").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Rows", exact=True)).to_have_value("14")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Rows", exact=True)).to_have_value("13")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Risk")).to_have_value("high")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Risk")).to_have_value("low")
    page.keyboard.press("h")
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("5")
    page.keyboard.press("?")
    for words in ("More rows", "Fewer rows", "Lower risk", "Higher risk", "Place the bet"):
        expect(page.get_by_role("dialog")).to_contain_text(words)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    round_ = landed(page, None)
    look_at_the_end(site, page, round_)
    (bet,) = bets(site, page)
    assert (bet["amount"], bet["selection"]) == (500, {"rows": 13, "risk": "low"})
    said = page.locator("#polite")
    expect(said).to_contain_text("times the stake.")
    expect(said).to_contain_text("You were paid")


def test_a_watcher_sees_the_board_that_is_played_on(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "artist")
    room = page.url.rpartition("/")[2]
    (sitter,) = site.call("GET", f"/rooms/{room}")["snapshot"]["players"]
    guest = visit(site, f"/sessions/{sitter['session']}", site.add_player("admirer"))
    expect(guest.get_by_text("You are watching artist play.")).to_be_visible()
    page.get_by_label("Rows", exact=True).select_option("10")
    page.get_by_label("Risk").select_option("High")
    round_ = drop(page)
    assert landed(guest, None) == round_
    expect(guest.get_by_test_id("slots").get_by_role("listitem")).to_have_count(11)
    expect(guest.get_by_test_id("slots").get_by_role("listitem").first).to_have_text("80")
    expect(guest.get_by_test_id("own-result")).to_have_count(0)


def test_the_proof_holds_in_the_browser(site: Site, visit: Visit) -> None:
    page = open_plinko(site, visit, "sceptic")
    round_ = drop(page)
    page.goto(f"/rounds/{round_}")
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches.")


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 800), (2560, 1440)])
def test_the_board_its_slots_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_plinko(site, visit, f"w{width}", viewport={"width": width, "height": height})
    page.get_by_label("Rows", exact=True).select_option("16")
    page.get_by_label("Risk").select_option("High")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport(ratio=1)
    slots = page.get_by_test_id("slots")
    expect(slots).to_be_in_viewport(ratio=1)
    sheet = page.locator(".room-panel").bounding_box()
    board = slots.bounding_box()
    assert sheet
    assert board
    assert board["y"] + board["height"] <= sheet["y"] or board["x"] >= sheet["x"] + sheet["width"]
    cut = "all => all.filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth + 1).length"
    assert slots.get_by_role("listitem").evaluate_all(cut) == 0
