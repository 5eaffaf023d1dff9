"""Limbo in the browser: aiming, betting, and being paid exactly what was shown before."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site


def open_limbo(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/limbo", site.add_player(name), **options)
    page.get_by_role("button", name="Play").click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def bet(page: Page) -> str:
    """Bet once; the name of the round, when the server has said what it brought."""
    shown = page.get_by_test_id("point")
    before = shown.get_attribute("data-round")
    page.get_by_test_id("main").click()
    expect(shown).to_have_attribute("data-round", re.compile(rf"^(?!{before}$)."))
    return shown.get_attribute("data-round") or ""


def bets(site: Site, page: Page) -> list[dict[str, Any]]:
    token = page.evaluate(f"localStorage.getItem('{TOKEN}')")
    items: list[dict[str, Any]] = site.call("GET", "/me/bets", token=token)["items"]
    return items


def target_of(page: Page) -> Any:
    return page.get_by_role("textbox", name="Target")


SCREENS = [("desk", {"width": 1280, "height": 800}), ("phone", {"width": 390, "height": 844})]


@pytest.mark.parametrize(("name", "viewport"), SCREENS)
def test_what_a_win_pays_is_shown_before_and_paid_after(
    site: Site, visit: Visit, name: str, viewport: dict[str, int]
) -> None:
    page = open_limbo(site, visit, f"careful-{name}", viewport=viewport)
    page.get_by_role("textbox", name="Stake").fill("12.34")
    target_of(page).fill("1.01")
    target_of(page).blur()
    expect(page.get_by_label("Win chance")).to_have_value("98.02")
    expect(page.get_by_test_id("pays")).to_have_text("12.46")
    for _ in range(3):
        bet(page)
        if bets(site, page)[0]["result"] == "win":
            break
        page.wait_for_timeout(600)
    assert (bets(site, page)[0]["payout"], bets(site, page)[0]["selection"]) == (1_246, {"target": 1.01})
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 12.46 (+0.12)")
    expect(page.locator(".limbo-word")).to_have_text("Won")


def test_a_loss_costs_the_stake_and_is_listed(site: Site, visit: Visit) -> None:
    page = open_limbo(site, visit, "bold")
    target_of(page).fill("1000000")
    target_of(page).blur()
    expect(page.get_by_label("Win chance")).to_have_value("0.000099")
    round_ = bet(page)
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {round_.rpartition('.')[2]}")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    expect(page.get_by_test_id("available")).to_have_text("990.00")
    expect(page.get_by_test_id("recent").locator("tbody tr")).to_have_count(1)
    point = site.call("GET", f"/rounds/{round_}")["outcome"]["point"]
    expect(page.locator(".limbo-number")).to_have_text(f"{point:,.2f}×")
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_text(f"{point:,.2f}×")


def test_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = open_limbo(site, visit, "typist")
    page.keyboard.press("ArrowRight")
    expect(target_of(page)).to_have_value("2.50")
    page.keyboard.press("ArrowUp")
    expect(target_of(page)).to_have_value("3.00")
    page.keyboard.press("ArrowLeft")
    expect(target_of(page)).to_have_value("2.50")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Raise the target")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("own-result")).to_be_visible()
    assert bets(site, page)[0]["selection"] == {"target": 2.5}


def test_targets_that_can_not_be_are_said_so(site: Site, visit: Visit) -> None:
    page = open_limbo(site, visit, "curious")
    for bad in ("1", "1.005", "1000000.01", "high"):
        target_of(page).fill(bad)
        expect(page.locator("#target-error")).to_have_text("Enter 1.01 to 1,000,000 with at most two decimals.")
    target_of(page).fill("12,5")
    expect(page.locator("#target-error")).to_be_hidden()
    page.get_by_label("Win chance").fill("99")
    expect(page.locator("#chance-error")).to_be_visible()
    page.get_by_label("Win chance").fill("9.9")
    page.get_by_label("Win chance").blur()
    expect(target_of(page)).to_have_value("10.00")
    page.get_by_role("slider", name="Target").fill("505")
    expect(target_of(page)).to_have_value("2.00")


def test_a_double_click_bets_once(site: Site, visit: Visit) -> None:
    page = open_limbo(site, visit, "nervous")
    page.get_by_test_id("main").dblclick()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    page.wait_for_timeout(600)
    assert len(bets(site, page)) == 1


def test_the_proof_holds_in_the_browser(site: Site, visit: Visit) -> None:
    page = open_limbo(site, visit, "sceptic")
    round_ = bet(page)
    page.goto(f"/rounds/{round_}")
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches.")


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 800), (2560, 1440)])
def test_the_game_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_limbo(site, visit, f"w{width}", viewport={"width": width, "height": height}, reduced_motion="reduce")
    bet(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport()
    expect(page.locator(".limbo-number")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("slider", name="Target")).to_be_in_viewport()
    # The largest point there is fits as well.
    page.locator(".limbo-number").evaluate(
        "(it) => { it.textContent = '99,000,000.00×'; it.style.setProperty('--signs', 14); }"
    )
    inside = "(it) => it.scrollWidth <= it.parentElement.clientWidth"
    assert page.locator(".limbo-number").evaluate(inside)
