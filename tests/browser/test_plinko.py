"""Plinko in the browser: each ball falls into the slot that the server drew, and the slot's multiplier is paid."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from game_engine.games.plinko import multipliers_of
from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import await_round, bets_of, in_main, main_button, open_game, play_round, room_of
from tests.browser.site import Site


def drop(page: Page) -> str:
    """Drop a ball and wait until it has landed; return the round's name."""
    return play_round(page, page.get_by_test_id("landed"))


def check_landing(site: Site, page: Page, round_: str) -> None:
    """The lit slot, the result and the history match the server's round."""
    (bet,) = [each for each in bets_of(site, page) if each["round"] == round_]
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


def choose_board(page: Page, rows: int, risk: str) -> None:
    page.get_by_label("Rows", exact=True).select_option(str(rows))
    page.get_by_label("Risk").select_option(risk)


def test_a_ball_lands_where_the_server_drew_and_its_slot_is_paid(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "plinko", **PHONE)
    guest = visit(site, f"/rooms/{room_of(page)}")
    expect(in_main(guest, "You are watching.")).to_be_visible()
    page.get_by_role("textbox", name="Stake").fill("12.34")
    choose_board(page, 9, "High")
    check_landing(site, page, drop(page))
    choose_board(page, 16, "Low")
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)
    seen = guest.get_by_test_id("landed").get_attribute("data-round")
    round_ = drop(page)
    check_landing(site, page, round_)
    assert [bet["selection"] for bet in bets_of(site, page)] == [
        {"rows": 16, "risk": "low"},
        {"rows": 9, "risk": "high"},
    ]
    # The guest sees the board that the player has chosen.
    assert await_round(guest.get_by_test_id("landed"), seen) == round_
    expect(guest.get_by_test_id("slots").get_by_role("listitem")).to_have_count(17)
    expect(guest.get_by_test_id("own-result")).to_have_count(0)


def stop_the_clock(page: Page) -> None:
    """From now on, time passes in the page only when the test advances it, because a ball may outrun a slow machine."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


def expect_falling(page: Page, balls: int) -> None:
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", str(balls))


def test_the_result_appears_when_the_ball_lands(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "plinko")
    stop_the_clock(page)
    main_button(page).click()
    expect_falling(page, 1)
    page.clock.run_for(1_400)
    expect_falling(page, 1)
    expect(page.get_by_test_id("own-result")).to_have_count(0)
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)
    page.clock.run_for(200)
    expect_falling(page, 0)
    check_landing(site, page, bets_of(site, page)[0]["round"])


def test_several_balls_fall_at_once_until_the_board_changes(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "plinko")
    stop_the_clock(page)
    for balls in (1, 2):
        main_button(page).click()
        expect_falling(page, balls)
        page.clock.run_for(700)
    newest, oldest = (bet["round"] for bet in bets_of(site, page))
    page.clock.run_for(200)
    expect_landed(page, oldest, falling=1)
    page.clock.run_for(700)
    expect_landed(page, newest, falling=0)
    check_landing(site, page, newest)
    main_button(page).click()
    expect_falling(page, 1)
    page.keyboard.press("ArrowUp")
    expect_landed(page, bets_of(site, page)[0]["round"], falling=0)
    expect(page.get_by_test_id("slots").locator(".hit")).to_have_count(0)


def expect_landed(page: Page, round_: str, falling: int) -> None:
    expect_falling(page, falling)
    expect(page.get_by_test_id("landed")).to_have_attribute("data-round", round_)
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {round_.rpartition('.')[2]}")


COVERED = """(all) => {
    const boxes = all.map((each) => each.getBoundingClientRect());
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const frame = document.querySelector(".game-frame").getBoundingClientRect();
    return all.filter((_, n) => boxes[n].left < frame.left || boxes[n].right > frame.right
        || boxes.some((other, m) => m !== n && meet(boxes[n], other))).map((each) => each.textContent);
}"""
"""The numbers that another one or the edge of the frame covers."""


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 800), (2560, 1440)])
def test_the_board_its_slots_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    viewport: dict[str, Any] = {"width": width, "height": height}
    page = open_game(site, visit, "plinko", viewport=viewport)
    choose_board(page, 16, "High")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport(ratio=1)
    slots = page.get_by_test_id("slots")
    expect(slots).to_be_in_viewport(ratio=1)
    sheet = page.locator(".room-panel").bounding_box()
    board = slots.bounding_box()
    assert sheet
    assert board
    assert board["y"] + board["height"] <= sheet["y"] or board["x"] >= sheet["x"] + sheet["width"]
    assert slots.locator("span").evaluate_all(COVERED) == []
