"""Limbo in the browser: the bet form and results."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import bets_of, main_button, open_game, play_round, skip_repeat_guard
from tests.browser.site import Site


def target_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Target")


def test_a_win_pays_what_the_form_shows(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "limbo", **PHONE)
    page.get_by_role("textbox", name="Stake").fill("12.34")
    target_of(page).fill("1.01")
    target_of(page).blur()
    expect(page.get_by_label("Win chance")).to_have_value("98.02")
    expect(page.get_by_test_id("pays")).to_have_text("12.46")
    for _ in range(6):
        play_round(page, page.get_by_test_id("point"))
        if bets_of(site, page)[0]["result"] == "win":
            break
        skip_repeat_guard(page)
    newest = bets_of(site, page)[0]
    assert (newest["payout"], newest["selection"]) == (1_246, {"target": 1.01})
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 12.46 (+0.12)")
    expect(page.locator(".limbo-word")).to_have_text("Won")


def test_a_loss_costs_the_stake_and_is_listed(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "limbo")
    check_target_fields(page)
    target_of(page).fill("1000000")
    target_of(page).blur()
    expect(page.get_by_label("Win chance")).to_have_value("0.000099")
    round_ = play_round(page, page.get_by_test_id("point"))
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {round_.rpartition('.')[2]}")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    expect(page.get_by_test_id("available")).to_have_text("990.00")
    expect(page.get_by_test_id("recent").locator("tbody tr")).to_have_count(1)
    point = site.call("GET", f"/rounds/{round_}")["outcome"]["point"]
    expect(page.locator(".limbo-number")).to_have_text(f"{point:,.2f}×")
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_text(f"{point:,.2f}×")


def test_a_small_stake_says_what_it_returns(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "limbo", **PHONE)
    said = page.get_by_test_id("stake-return")
    stake = page.get_by_role("textbox", name="Stake")
    target_of(page).fill("1.01")
    expect(said).to_have_count(0)
    stake.fill("1.99")
    expect(said).to_contain_text("At this stake, 98.51 % is paid back in the long run")
    stake.fill("0.99")
    expect(said).to_contain_text("Stake at least 1 chip, or a win would not pay more than your stake.")
    main_button(page).click()
    expect(page.get_by_test_id("bet-error")).to_contain_text("Stake at least 1 chip")
    assert bets_of(site, page) == []
    stake.fill("1")
    expect(said).to_have_count(0)


def check_target_fields(page: Page) -> None:
    """Target, win chance and slider follow one another, and an invalid value is reported at its field."""
    for invalid in ("1", "1.005", "1000000.01", "high"):
        target_of(page).fill(invalid)
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


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 800), (2560, 1440)])
def test_the_button_is_in_sight_and_the_largest_point_fits(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_game(site, visit, "limbo", viewport={"width": width, "height": height}, reduced_motion="reduce")
    play_round(page, page.get_by_test_id("point"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport()
    expect(page.locator(".limbo-number")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("slider", name="Target")).to_be_in_viewport()
    page.locator(".limbo-number").evaluate(
        "(it) => { it.textContent = '99,000,000.00×'; it.style.setProperty('--signs', 14); }"
    )
    inside = "(it) => it.scrollWidth <= it.parentElement.clientWidth"
    assert page.locator(".limbo-number").evaluate(inside)
