"""Mines in the browser: a board is uncovered cell by cell, cashed out, lost, and found again after a reload."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import bets_of, main_button, open_game, own, room_of, skip_repeat_guard
from tests.browser.site import Site

TRIES = 20
"""With one mine among 25 cells, this many rounds in a row never hit it; with 24, they never miss."""


def cell(page: Page, number: int) -> Locator:
    return page.locator(f"[data-cell='{number}']")


def states(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-cell]").evaluate_all("cells => cells.map(cell => cell.dataset.state)")
    return found


def bet(page: Page, mines: int) -> None:
    main_button(page, "place").wait_for()
    page.get_by_role("textbox", name="Mines").fill(str(mines))
    skip_repeat_guard(page)
    main_button(page, "place").click()
    main_button(page, "cash-out").wait_for()


def expect_uncovered(page: Page, number: int) -> str:
    """Wait until the cell is uncovered; return its state, ``safe`` or ``hit``."""
    expect(cell(page, number)).to_have_attribute("data-state", re.compile("safe|hit"))
    return cell(page, number).get_attribute("data-state") or ""


def reveal(page: Page, number: int) -> str:
    cell(page, number).click()
    return expect_uncovered(page, number)


def bet_and_reveal(page: Page, *numbers: int) -> None:
    """Bet on a board with one mine, until all of the given cells are safe."""
    for _ in range(TRIES):
        bet(page, 1)
        if all(reveal(page, number) == "safe" for number in numbers):
            return
    raise AssertionError(f"a mine under the same few cells {TRIES} times")


def test_safe_cells_are_cashed_out_and_the_proof_holds(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines", **PHONE)
    bet_and_reveal(page, 12, 0)
    expect(page.get_by_test_id("status")).to_contain_text("1.076×")
    expect(page.get_by_test_id("status")).to_contain_text("Next safe cell1.125× 95.7 %")
    expect(main_button(page, "cash-out")).to_have_text("Cash out 1.076× = 10.76")
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    assert sorted(states(page)) == ["covered"] * 23 + ["safe"] * 2
    main_button(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 10.76 (+0.76)")
    expect(page.get_by_test_id("status")).to_have_text("Cashed out: 10.76 (+0.76)")
    assert sorted(states(page)) == ["left"] * 22 + ["mine"] + ["safe"] * 2
    newest = bets_of(site, page)[0]
    assert (newest["selection"], newest["result"], newest["payout"]) == ({"mines": 1}, "cashout", 1_076)
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")
    page.get_by_test_id("own-result").get_by_role("link").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")


def test_a_mine_takes_the_bet_and_the_whole_board_is_shown(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines")
    check_number_field(page)
    for _ in range(TRIES):
        bet(page, 24)
        expect(main_button(page, "cash-out")).to_have_text("Take stake back 10.00")
        if reveal(page, 7) == "hit":
            break
        expect(page.get_by_test_id("own-result")).to_contain_text("Paid 247.50")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    expect(page.get_by_test_id("status")).to_have_text("You hit a mine. The bet is lost")
    assert sorted(states(page)) == ["hit", "left"] + ["mine"] * 23
    expect(cell(page, 7)).to_have_accessible_name("Row 2, column 3: mined and hit")
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_text("24 mines")
    # Before the first cell, the stake can be taken back.
    bet(page, 5)
    main_button(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Stake returned (0.00)")
    assert bets_of(site, page)[0]["result"] == "push"


def check_number_field(page: Page) -> None:
    mines = page.get_by_role("textbox", name="Mines")
    for invalid in ("0", "25", "some", ""):
        mines.fill(invalid)
        expect(page.locator("#mines-error")).to_have_text("Enter a number from 1 to 24.")
        expect(main_button(page, "place")).to_be_disabled()
    mines.fill("24")
    page.get_by_role("button", name="One more mine").click()
    expect(mines).to_have_value("24")
    expect(page.locator("#mines-error")).to_be_hidden()


def test_the_keyboard_bets_again_from_the_cell_that_was_hit(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines")
    page.get_by_role("textbox", name="Mines").fill("24")
    page.get_by_role("textbox", name="Mines").blur()
    for _ in range(TRIES):
        skip_repeat_guard(page)
        page.keyboard.press("Enter")
        main_button(page, "cash-out").wait_for()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.get_by_test_id("own-result").wait_for()
        if page.locator("[data-state=hit]").count():
            break
    expect(page.locator("[data-state=hit]")).to_be_focused()
    skip_repeat_guard(page)
    page.keyboard.press("Enter")
    main_button(page, "cash-out").wait_for()


def test_keys_and_quick_clicks_uncover_cells_in_turn(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines")
    bet_and_reveal(page, 12)
    page.keyboard.press("ArrowDown")
    expect(cell(page, 17)).to_be_focused()
    page.keyboard.press("Space")
    if expect_uncovered(page, 17) == "safe":
        main_button(page, "cash-out").click()
    for _ in range(TRIES):
        bet(page, 1)
        page.evaluate("for (const cell of [2, 14]) document.querySelector(`[data-cell='${cell}']`).click()")
        both_safe = "".join(f":has([data-cell='{cell}'][data-state=safe])" for cell in (2, 14))
        expect(page.locator(f"body:has([data-state=hit]), body{both_safe}")).to_be_attached()
        if "hit" not in states(page):
            break
    assert [number for number, state in enumerate(states(page)) if state == "safe"] == [2, 14]


def test_a_reload_and_a_spectator_find_the_board_as_it_stands(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "mines", **PHONE)
    bet_and_reveal(page, 3, 20, 24)
    before = states(page)
    status = page.get_by_test_id("status").inner_text()
    page.reload()
    expect(main_button(page, "cash-out")).to_have_text("Cash out 1.125× = 11.25")
    assert states(page) == before
    assert [number for number, state in enumerate(before) if state == "safe"] == [3, 20, 24]
    assert page.get_by_test_id("status").inner_text() == status
    seen = site.call("GET", f"/rooms/{room_of(page)}")["snapshot"]["view"]
    assert seen == {"phase": "running", "hidden": 1, "revealed": [3, 20, 24], "multiplier": 1.125, "next": 1.1785}

    guest = visit(site, f"/rooms/{room_of(page)}")
    expect(cell(guest, 3)).to_have_attribute("data-state", "safe")
    expect(cell(guest, 7)).to_have_attribute("aria-disabled", "true")
    # Playwright clicks an aria-disabled cell only if forced.
    cell(guest, 7).click(force=True)
    main_button(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 11.25 (+1.25)")
    expect(guest.locator("[data-state=mine]")).to_have_count(1)
    expect(guest.locator("[data-state=safe]")).to_have_count(3)


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (844, 390), (1440, 900), (2560, 1440)])
def test_the_board_fits_and_its_cells_can_be_touched(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_game(site, visit, "mines", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.locator("[data-cell]").evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect())")
    assert all(box["width"] >= 43.9 and box["height"] >= 43.9 for box in boxes)
    frame = page.locator(".game-frame").bounding_box()
    assert frame
    last = cell(page, 24).bounding_box()
    assert last
    assert last["y"] + last["height"] < frame["y"] + frame["height"]
    assert last["x"] + last["width"] < frame["x"] + frame["width"]
