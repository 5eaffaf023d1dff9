"""Keno in the browser: picking numbers, the draw, and payouts by the table."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from game_engine.games.keno import PAYTABLES
from tests.browser.conftest import Visit
from tests.browser.looks import PHONE, WIDTHS, overflow_of, small_targets
from tests.browser.play import bets_of, in_main, main_button, open_game, play_round
from tests.browser.site import Site

COLLECT_COUNTS = """() => {
    const seen = window.seen = [];
    const face = document.querySelector("[data-testid=keno]");
    new MutationObserver(() => seen.push(Number(face.dataset.out))).observe(face, {attributeFilter: ["data-out"]});
}"""


def number(page: Page, n: int) -> Locator:
    return page.get_by_test_id("board").get_by_role("button", name=re.compile(rf"^{n}(,|$)"))


def draw(page: Page) -> str:
    """Draw and wait until all ten numbers are shown; return the round's name."""
    round_ = play_round(page, page.get_by_test_id("keno"))
    expect(page.get_by_test_id("keno")).to_have_attribute("data-out", "10")
    return round_


def test_hits_are_shown_to_all_and_paid_by_the_table(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "keno", **PHONE)
    guest = visit(site, page.url)
    expect(in_main(guest, "Nothing has been drawn yet.")).to_be_visible()
    expect(main_button(page)).to_be_disabled()
    for n in (3, 17, 22, 31, 40):
        number(page, n).click()
    page.get_by_role("radio", name="Low").check()
    page.get_by_role("textbox", name="Stake").fill("20")
    expect(page.get_by_role("region", name="What hits pay")).to_contain_text("159.1514×")
    drawn: list[int] = site.call("GET", f"/rounds/{draw(page)}")["outcome"]["drawn"]
    hits = len({3, 17, 22, 31, 40} & set(drawn))
    expect(page.get_by_test_id("keno-words")).to_have_text(re.compile(rf"^{hits} hits? of 5$"))
    assert page.locator(".keno-drawn li").all_inner_texts() == [str(n) for n in drawn]
    marked = page.locator(".keno-number.drawn").all_inner_texts()
    assert sorted(map(int, marked)) == sorted(drawn)
    (bet,) = bets_of(site, page)
    assert bet["selection"] == {"picks": [3, 17, 22, 31, 40], "risk": "low"}
    assert bet["payout"] == 2_000 * PAYTABLES["low"][4][hits] // 10_000
    words = f"Paid {bet['payout'] / 100:.2f}" if bet["payout"] else "Lost (−20.00)"
    expect(page.get_by_test_id("own-result")).to_contain_text(words)
    expect(page.get_by_test_id("available")).to_have_text(f"{(100_000 - 2_000 + bet['payout']) / 100:,.2f}")

    expect(guest.get_by_test_id("keno")).to_have_attribute("data-out", "10")
    expect(guest.get_by_test_id("keno-words")).to_have_text(re.compile(rf"^{hits} hits? of 5$"))
    expect(guest.locator(".keno-number.picked")).to_have_count(5)
    expect(number(guest, 3)).to_be_disabled()

    number(page, 5).click()
    expect(page.locator(".keno-number.drawn")).to_have_count(0)


def test_up_to_ten_numbers_are_picked_and_drawn_numbers_appear_one_by_one(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "keno")
    page.get_by_role("button", name="Quick pick").click()
    expect(page.locator(".keno-number.picked")).to_have_count(10)
    page.locator(".keno-number:not(.picked)").first.click()
    expect(page.locator(".keno-number.picked")).to_have_count(10)
    expect(page.locator("#polite")).to_contain_text("Remove one to pick another")
    page.get_by_role("button", name="Clear").click()
    for n in (1, 2, 3):
        number(page, n).click()
    page.get_by_role("button", name="Quick pick").click()
    expect(page.locator(".keno-number.picked")).to_have_count(3)
    page.evaluate(COLLECT_COUNTS)
    draw(page)
    assert page.evaluate("window.seen") == [*range(1, 11)]


@pytest.mark.nightly
def test_nothing_overflows_and_every_number_can_be_touched(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "keno")
    page.get_by_role("button", name="Quick pick").click()
    draw(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow_of(page) <= 0, width
        if width <= 390:
            assert small_targets(page) == []
