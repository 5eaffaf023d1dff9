"""Keno in the browser: picking, drawing, and being paid what the table said."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from game_engine.games.keno import PAYTABLES
from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site
from tests.browser.test_looks import FOR_AXE, SMALL_TARGETS, WIDTHS, findings

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def open_keno(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/keno", site.add_player(name), **options)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def number(page: Page, n: int) -> Locator:
    return page.get_by_test_id("board").get_by_role("button", name=re.compile(rf"^{n}(,|$)"))


def await_draw(page: Page, before: str | None) -> str:
    """All ten of the next draw are out; the name of its round."""
    shown = page.get_by_test_id("keno")
    expect(shown).to_have_attribute("data-round", re.compile(rf"^(?!{before}$)."))
    expect(shown).to_have_attribute("data-out", "10")
    return shown.get_attribute("data-round") or ""


def draw(page: Page) -> str:
    before = page.get_by_test_id("keno").get_attribute("data-round")
    page.get_by_test_id("main").click()
    return await_draw(page, before)


def bets(site: Site, page: Page) -> list[dict[str, Any]]:
    token = page.evaluate(f"localStorage.getItem('{TOKEN}')")
    items: list[dict[str, Any]] = site.call("GET", "/me/bets", token=token)["items"]
    return items


def drawn(site: Site, round_: str) -> list[int]:
    numbers: list[int] = site.call("GET", f"/rounds/{round_}")["outcome"]["drawn"]
    return numbers


@pytest.mark.parametrize("options", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desktop", "phone"])
def test_hits_are_shown_and_paid_by_the_table(site: Site, visit: Visit, options: dict[str, Any]) -> None:
    page = open_keno(site, visit, "finger" if options is PHONE else "pointer", **options)
    expect(page.get_by_test_id("main")).to_be_disabled()
    for n in (3, 17, 22, 31, 40):
        number(page, n).click()
    page.get_by_role("radio", name="Low").check()
    page.get_by_role("textbox", name="Stake").fill("20")
    expect(page.get_by_role("region", name="What hits pay")).to_contain_text("159.1514×")
    round_ = draw(page)
    out = drawn(site, round_)
    hits = len({3, 17, 22, 31, 40} & set(out))
    expect(page.get_by_test_id("keno-words")).to_have_text(re.compile(rf"^{hits} hits? of 5$"))
    assert page.locator(".keno-drawn li").all_inner_texts() == [str(n) for n in out]
    marked = page.locator(".keno-number.drawn").all_inner_texts()
    assert sorted(map(int, marked)) == sorted(out)
    (bet,) = bets(site, page)
    assert bet["selection"] == {"picks": [3, 17, 22, 31, 40], "risk": "low"}
    assert bet["payout"] == 2_000 * PAYTABLES["low"][4][hits] // 10_000
    words = f"Paid {bet['payout'] / 100:.2f}" if bet["payout"] else "Lost (−20.00)"
    expect(page.get_by_test_id("own-result")).to_contain_text(words)
    expect(page.get_by_test_id("available")).to_have_text(f"{(100_000 - 2_000 + bet['payout']) / 100:,.2f}")
    number(page, 5).click()
    expect(page.locator(".keno-number.drawn")).to_have_count(0)


def test_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = open_keno(site, visit, "typist")
    page.keyboard.press("ArrowDown")
    expect(number(page, 1)).to_be_focused()
    page.keyboard.press("Space")
    for key, n in (("ArrowRight", 2), ("ArrowDown", 10), ("ArrowLeft", 9), ("ArrowUp", 1), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(number(page, n)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    for n, pressed in ((1, "true"), (9, "true"), (2, "false")):
        expect(number(page, n)).to_have_attribute("aria-pressed", pressed)
    page.keyboard.press("r")
    expect(page.get_by_role("radio", name="High")).to_be_checked()
    page.keyboard.press("p")
    await_draw(page, None)
    (bet,) = bets(site, page)
    assert bet["selection"] == {"picks": [1, 9], "risk": "high"}
    page.keyboard.press("c")
    page.keyboard.press("q")
    expect(page.locator(".keno-number.picked")).to_have_count(10)
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    await_draw(page, bet["bet"].rpartition(".")[0])
    expect(page.get_by_test_id("recent").locator("tbody tr")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Pick or remove a number")


def test_ten_numbers_at_most_and_a_quick_pick_of_as_many(site: Site, visit: Visit) -> None:
    page = open_keno(site, visit, "picky")
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


def test_numbers_come_out_one_by_one_or_where_motion_is_unwelcome_at_once(site: Site, visit: Visit) -> None:
    counted = """() => {
        const seen = window.seen = [];
        const face = document.querySelector("[data-testid=keno]");
        new MutationObserver(() => seen.push(Number(face.dataset.out))).observe(face, {attributeFilter: ["data-out"]});
    }"""
    for name, motion in (("patient", "no-preference"), ("hasty", "reduce")):
        page = open_keno(site, visit, name, reduced_motion=motion)
        number(page, 7).click()
        page.evaluate(counted)
        draw(page)
        assert page.evaluate("window.seen") == ([10] if motion == "reduce" else [*range(1, 11)])


def test_a_guest_sees_what_was_picked_and_drawn(site: Site, visit: Visit) -> None:
    page = open_keno(site, visit, "artist")
    guest = visit(site, page.url)
    expect(guest.get_by_text("Nothing has been drawn yet.")).to_be_visible()
    for n in (8, 9):
        number(page, n).click()
    round_ = draw(page)
    hits = len({8, 9} & set(drawn(site, round_)))
    expect(guest.get_by_test_id("keno")).to_have_attribute("data-out", "10")
    expect(guest.get_by_test_id("keno-words")).to_have_text(re.compile(rf"^{hits} hits? of 2$"))
    expect(guest.locator(".keno-number.picked")).to_have_count(2)
    expect(number(guest, 8)).to_be_disabled()


def test_a_double_click_draws_once(site: Site, visit: Visit) -> None:
    page = open_keno(site, visit, "nervous")
    number(page, 7).click()
    page.get_by_test_id("main").dblclick()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    page.wait_for_timeout(600)
    assert len(bets(site, page)) == 1


@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1440)])
def test_axe_finds_nothing_serious(site: Site, visit: Visit, theme: str, width: int) -> None:
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 844}}
    page = open_keno(site, visit, f"axe{width}", **FOR_AXE, **options)
    assert findings(page) == []
    page.get_by_role("button", name="Quick pick").click()
    draw(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)
    assert findings(page) == []


@pytest.mark.nightly
def test_nothing_is_wider_than_the_screen_and_nothing_too_small_to_touch(site: Site, visit: Visit) -> None:
    page = open_keno(site, visit, "ruler")
    page.get_by_role("button", name="Quick pick").click()
    draw(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
        if width <= 390:
            assert page.evaluate(SMALL_TARGETS) == []
