"""Dice in the browser: choosing, rolling, and being paid exactly what was shown before."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site


def open_dice(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/dice", site.add_player(name), **options)
    page.get_by_role("button", name="Play").click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def roll(page: Page) -> str:
    """Roll once; the name of the round, when the server has said what it brought."""
    shown = page.get_by_test_id("roll")
    before = shown.get_attribute("data-round")
    page.get_by_test_id("main").click()
    expect(shown).to_have_attribute("data-round", re.compile(rf"^(?!{before}$)."))
    return shown.get_attribute("data-round") or ""


def bets(site: Site, page: Page) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = site.call("GET", "/me/bets", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))[
        "items"
    ]
    return items


def test_what_a_win_pays_is_shown_before_and_paid_after(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "careful")
    page.get_by_role("textbox", name="Stake").fill("12.34")
    page.get_by_role("textbox", name="Target").fill("1")
    page.get_by_role("textbox", name="Target").blur()
    # Over 1.00 wins on 9,900 of 10,001 rolls and pays 1.0001 times the stake.
    expect(page.get_by_label("Multiplier")).to_have_value("1.0001")
    expect(page.get_by_label("Win chance")).to_have_value("98.99")
    expect(page.get_by_test_id("pays")).to_have_text("12.34")
    page.get_by_role("textbox", name="Stake").fill("100")
    expect(page.get_by_test_id("pays")).to_have_text("100.01")
    for _ in range(3):
        roll(page)
        if bets(site, page)[0]["result"] == "win":
            break
        page.wait_for_timeout(600)
    assert bets(site, page)[0]["payout"] == 10_001
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 100.01 (+0.01)")


def test_a_loss_costs_the_stake_and_is_listed(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "bold")
    page.get_by_label("Multiplier").fill("9900")
    page.get_by_label("Multiplier").blur()
    expect(page.get_by_role("textbox", name="Target")).to_have_value("99.99")
    round_ = roll(page)
    number = round_.rpartition(".")[2]
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {number}")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    expect(page.get_by_test_id("available")).to_have_text("990.00")
    row = page.get_by_test_id("recent").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("−10.00")
    link = page.get_by_test_id("history").get_by_role("link").first
    expect(link).to_have_attribute("href", f"/rounds/{round_}")


SLOW_LINE = """
const Line = WebSocket;
window.WebSocket = class extends Line {
  send(data) { setTimeout(() => super.send(data), 700); }
};
"""


def test_who_clicks_before_the_server_has_answered_still_sits_down(site: Site, visit: Visit) -> None:
    page = visit(site, "/", site.add_player("hasty"))
    page.add_init_script(SLOW_LINE)
    page.goto("/games/dice")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_test_id("bet-panel")).to_be_visible()


def test_a_double_click_rolls_once(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "nervous")
    page.get_by_test_id("main").dblclick()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    page.wait_for_timeout(600)
    assert len(bets(site, page)) == 1


def test_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "typist")
    target = page.get_by_role("textbox", name="Target")
    page.keyboard.press("ArrowRight")
    expect(target).to_have_value("51.00")
    page.keyboard.press("u")
    expect(page.get_by_role("radio", name="Under")).to_be_checked()
    expect(target).to_have_value("49.00")
    page.keyboard.press("ArrowLeft")
    expect(target).to_have_value("48.00")
    page.keyboard.press("o")
    expect(target).to_have_value("52.00")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("own-result")).to_be_visible()
    assert bets(site, page)[0]["selection"] == {"target": 52.0, "over": True}


def test_a_stake_is_remembered(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "steady")
    page.get_by_role("textbox", name="Stake").fill("7.5")
    roll(page)
    page.reload()
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("7.50")


def test_targets_that_can_not_be_are_said_so(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "curious")
    page.get_by_role("textbox", name="Target").fill("0.5")
    expect(page.locator("#target-error")).to_have_text("Enter 1.00 to 99.99.")
    page.get_by_role("textbox", name="Target").fill("75,5")
    expect(page.locator("#target-error")).to_be_hidden()
    expect(page.get_by_label("Roll target")).to_have_value("7550")


def test_a_session_at_dice_is_watched_and_not_disturbed(site: Site, visit: Visit) -> None:
    page = open_dice(site, visit, "artist")
    room = page.url.rpartition("/")[2]
    (sitter,) = site.call("GET", f"/rooms/{room}")["snapshot"]["players"]
    guest = visit(site, f"/sessions/{sitter['session']}", site.add_player("admirer"))
    expect(guest.get_by_text("You are watching artist play.")).to_be_visible()
    round_ = roll(page)
    expect(guest.get_by_test_id("roll")).to_have_attribute("data-round", round_)
    expect(page.get_by_test_id("spectators")).to_have_text("1 watching")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1440, 900)])
def test_the_game_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_dice(site, visit, f"wide{width}", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport()
    roll(page)
    expect(page.get_by_test_id("roll").locator(".target-number")).to_have_text(re.compile(r"^\d+\.\d\d$"))
