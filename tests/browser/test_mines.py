"""Mines in the browser: a board uncovered cell by cell, cashed out, lost, given back, reloaded, and played by keys."""

import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
AFTER_AN_ACT_MS = 700
"""So long the button of the next bet passes over clicks, for they may have been meant for the last move."""


def open_mines(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/mines", site.add_player(name), **options)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def cell(page: Page, number: int) -> Locator:
    return page.locator(f"[data-cell='{number}']")


def states(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-cell]").evaluate_all("cells => cells.map(cell => cell.dataset.state)")
    return found


def main(page: Page, step: str) -> Locator:
    return page.locator(f"[data-testid=main][data-step={step}]")


def bet(page: Page, mines: int) -> None:
    main(page, "place").wait_for()
    page.get_by_role("textbox", name="Mines").fill(str(mines))
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    main(page, "place").click()
    main(page, "cash-out").wait_for()


def reveal(page: Page, number: int) -> str:
    """Uncover a cell; what it was."""
    cell(page, number).click()
    expect(cell(page, number)).to_have_attribute("data-state", re.compile("safe|hit"))
    return cell(page, number).get_attribute("data-state") or ""


def bet_and_reveal(page: Page, *numbers: int) -> None:
    """Beside a single mine, again until the cells are safe."""
    for _ in range(20):
        bet(page, 1)
        if all(reveal(page, number) == "safe" for number in numbers):
            return
    raise AssertionError("a mine under the same few cells twenty times")


def own(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_safe_cells_are_cashed_out_and_the_round_holds(site: Site, visit: Visit, screen: dict[str, Any]) -> None:
    page = open_mines(site, visit, f"digger{screen['viewport']['width']}", **screen)
    bet_and_reveal(page, 12, 0)
    expect(page.get_by_test_id("status")).to_contain_text("1.076×")
    expect(page.get_by_test_id("status")).to_contain_text("Next safe cell1.125× 95.7 %")
    expect(main(page, "cash-out")).to_have_text("Cash out 1.076× = 10.76")
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    assert sorted(states(page)) == ["covered"] * 23 + ["safe"] * 2
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 10.76 (+0.76)")
    expect(page.get_by_test_id("status")).to_have_text("Cashed out: 10.76 (+0.76)")
    assert sorted(states(page)) == ["left"] * 22 + ["mine"] + ["safe"] * 2
    newest = own(site, page, "bets")["items"][0]
    assert (newest["selection"], newest["result"], newest["payout"]) == ({"mines": 1}, "cashout", 1_076)
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")
    page.get_by_test_id("own-result").get_by_role("link").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")


def test_a_mine_takes_the_bet_and_all_are_shown(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "unlucky", **DESKTOP)
    for _ in range(20):
        bet(page, 24)
        expect(main(page, "cash-out")).to_have_text("Take stake back 10.00")
        if reveal(page, 7) == "hit":
            break
        expect(page.get_by_test_id("own-result")).to_contain_text("Paid 247.50")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    expect(page.get_by_test_id("status")).to_have_text("You hit a mine. The bet is lost")
    assert sorted(states(page)) == ["hit", "left"] + ["mine"] * 23
    expect(cell(page, 7)).to_have_accessible_name("Row 2, column 3: mined and hit")
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_text("24 mines")


def test_before_the_first_cell_the_stake_is_taken_back(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "doubter")
    bet(page, 5)
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Stake returned (0.00)")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    assert own(site, page, "bets")["items"][0]["result"] == "push"


def act_by_key(page: Page, key: str, outcome: Locator) -> None:
    """Press the key, as often as it comes too soon after the last act to count."""
    for _ in range(5):
        page.wait_for_timeout(AFTER_AN_ACT_MS)
        page.keyboard.press(key)
        with suppress(TimeoutError):
            outcome.wait_for(timeout=6_000)
            return
    raise AssertionError(f"{key} does nothing")


def test_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "typist", **DESKTOP)
    press = page.keyboard.press
    press("+")
    expect(page.get_by_role("textbox", name="Mines")).to_have_value("4")
    for _ in range(3):
        press("-")
    expect(page.get_by_role("textbox", name="Mines")).to_have_value("1")
    for _ in range(20):
        main(page, "place").wait_for()
        act_by_key(page, "Enter", main(page, "cash-out"))
        # The first key leads to the board, where it was left; the others from cell to cell.
        press("ArrowUp")
        press("ArrowUp")
        press("ArrowRight")
        at = page.evaluate("Number(document.activeElement.dataset.cell)")
        press("Enter")
        expect(cell(page, at)).to_have_attribute("data-state", re.compile("safe|hit"))
        if cell(page, at).get_attribute("data-state") == "safe":
            break
    assert at % 5 > 2 or at < 5
    press("ArrowLeft")
    expect(cell(page, at - 1)).to_be_focused()
    press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Uncover the cell")
    expect(dialog).to_contain_text("Cash out")
    press("Escape")
    expect(dialog).to_be_hidden()
    expect(main(page, "cash-out")).to_be_enabled()
    act_by_key(page, "c", page.get_by_test_id("own-result"))
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 10.31 (+0.31)")


def test_who_hit_a_mine_by_keyboard_bets_again_by_keyboard(site: Site, visit: Visit) -> None:
    """From the cell that was hit, which has the focus and does nothing any more."""
    page = open_mines(site, visit, "struck", **DESKTOP)
    page.get_by_role("textbox", name="Mines").fill("24")
    page.get_by_role("textbox", name="Mines").blur()
    for _ in range(20):
        act_by_key(page, "Enter", main(page, "cash-out"))
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.get_by_test_id("own-result").wait_for()
        if page.locator("[data-state=hit]").count():
            break
    expect(page.locator("[data-state=hit]")).to_be_focused()
    act_by_key(page, "Enter", main(page, "cash-out"))


def test_space_uncovers_the_cell_that_was_clicked_beside(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "mixed", **DESKTOP)
    bet_and_reveal(page, 12)
    page.keyboard.press("ArrowDown")
    expect(cell(page, 17)).to_be_focused()
    page.keyboard.press("Space")
    expect(cell(page, 17)).to_have_attribute("data-state", re.compile("safe|hit"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_reload_in_the_middle_shows_the_board_as_it_stands(site: Site, visit: Visit, screen: dict[str, Any]) -> None:
    page = open_mines(site, visit, f"returner{screen['viewport']['width']}", **screen)
    bet_and_reveal(page, 3, 20, 24)
    before = states(page)
    status = page.get_by_test_id("status").inner_text()
    page.reload()
    expect(main(page, "cash-out")).to_have_text("Cash out 1.125× = 11.25")
    assert states(page) == before
    assert [number for number, state in enumerate(before) if state == "safe"] == [3, 20, 24]
    assert page.get_by_test_id("status").inner_text() == status
    room = page.url.rpartition("/")[2]
    seen = site.call("GET", f"/rooms/{room}")["snapshot"]["view"]
    assert seen == {"phase": "running", "hidden": 1, "revealed": [3, 20, 24], "multiplier": 1.125, "next": 1.1785}
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 11.25 (+1.25)")


def test_who_watches_sees_the_board_and_uncovers_nothing(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "artist")
    guest = visit(site, f"/rooms/{page.url.rpartition('/')[2]}")
    bet_and_reveal(page, 6)
    expect(cell(guest, 6)).to_have_attribute("data-state", "safe")
    expect(cell(guest, 7)).to_have_attribute("aria-disabled", "true")
    # It is no dead button to Playwright's eyes, so the click has to be forced.
    cell(guest, 7).click(force=True)
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 10.31")
    expect(guest.locator("[data-state=mine]")).to_have_count(1)
    expect(guest.locator("[data-state=safe]")).to_have_count(1)


def test_a_double_click_on_the_bet_takes_nothing_back(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "nervous")
    main(page, "place").dblclick()
    main(page, "cash-out").wait_for()
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    expect(main(page, "cash-out")).to_be_visible()
    expect(page.get_by_test_id("held")).to_have_text("10 held")


def test_a_second_cell_clicked_at_once_has_its_turn(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "hasty")
    for _ in range(20):
        bet(page, 1)
        page.evaluate("for (const cell of [2, 14]) document.querySelector(`[data-cell='${cell}']`).click()")
        both_safe = "".join(f":has([data-cell='{cell}'][data-state=safe])" for cell in (2, 14))
        expect(page.locator(f"body:has([data-state=hit]), body{both_safe}")).to_be_attached()
        if "hit" not in states(page):
            break
    assert [number for number, state in enumerate(states(page)) if state == "safe"] == [2, 14]


def test_numbers_of_mines_that_can_not_be_are_said_so(site: Site, visit: Visit) -> None:
    page = open_mines(site, visit, "curious")
    for typed in ("0", "25", "some", ""):
        page.get_by_role("textbox", name="Mines").fill(typed)
        expect(page.locator("#mines-error")).to_have_text("Enter a number from 1 to 24.")
        expect(main(page, "place")).to_be_disabled()
    page.get_by_role("textbox", name="Mines").fill("24")
    page.get_by_role("button", name="One more mine").click()
    expect(page.get_by_role("textbox", name="Mines")).to_have_value("24")
    expect(page.locator("#mines-error")).to_be_hidden()


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (844, 390), (1440, 900), (2560, 1440)])
def test_the_board_fits_and_its_cells_can_be_touched(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_mines(site, visit, f"wide{width}", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.locator("[data-cell]").evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect())")
    assert all(box["width"] >= 43.9 and box["height"] >= 43.9 for box in boxes)
    frame = page.locator(".game-frame").bounding_box()
    assert frame
    last = cell(page, 24).bounding_box()
    assert last
    assert last["y"] + last["height"] < frame["y"] + frame["height"]
    assert last["x"] + last["width"] < frame["x"] + frame["width"]
