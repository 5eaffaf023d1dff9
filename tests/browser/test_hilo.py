"""Hi-lo in the browser: cards are guessed, cashed out, lost, and found again after a reload."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import (
    SentCommands,
    bets_of,
    hold_repeat_guard,
    main_button,
    open_game,
    own,
    room_of,
    skip_repeat_guard,
)
from tests.browser.site import Site


def bet(page: Page) -> None:
    main_button(page, "place").wait_for()
    skip_repeat_guard(page)
    page.keyboard.press("Enter")
    main_button(page, "cash-out").wait_for()
    skip_repeat_guard(page)


def cards(page: Page) -> int:
    return int(page.get_by_test_id("hilo").get_attribute("data-cards") or 0)


def guesses(page: Page) -> dict[str, tuple[float, float]]:
    """What the buttons of both guesses show: the chance in percent and the multiplier."""
    shown = {}
    for name in ("higher", "lower"):
        text = page.locator(f"[data-move={name}]").inner_text()
        found = re.search(r"([\d,.]+)×\s+([\d.]+) %", text)
        assert found, text
        shown[name] = float(found[2]), float(found[1].replace(",", ""))
    return shown


def move(page: Page, name: str, key: str = "") -> None:
    """Make a move with the button or its key, and wait for the next card."""
    number = cards(page)
    button = page.locator(f"[data-move={name}]")
    expect(button).to_be_enabled()
    if key:
        page.keyboard.press(key)
    else:
        button.click()
    expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", str(number + 1))


def is_running(page: Page) -> bool:
    return page.get_by_test_id("hilo").get_attribute("data-phase") == "running"


def bet_and_guess_right(page: Page) -> float:
    """Make the likelier guess on the first card until it is right; return what the bet is worth then."""
    for _ in range(40):
        bet(page)
        shown = guesses(page)
        name = max(shown, key=lambda each: shown[each][0])
        move(page, name, name[0])
        if is_running(page):
            return shown[name][1]
    raise AssertionError("forty likely guesses in a row were wrong")


def cents_of(multiplier: float) -> int:
    """The payout of ten chips. The multiplier has four decimals."""
    return round(multiplier * 10_000) * 1_000 // 10_000


def test_a_right_guess_is_cashed_out_by_keyboard(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "hilo")
    worth = bet_and_guess_right(page)
    cents = cents_of(worth)
    expect(page.get_by_test_id("status")).to_contain_text(f"{worth:,.2f}"[:-1])
    expect(main_button(page, "cash-out")).to_contain_text(f"Cash out {cents / 100:,.2f}")
    move(page, "skip")
    expect(page.get_by_test_id("row").locator("li").first).to_have_attribute("data-after", "skip")
    expect(main_button(page, "cash-out")).to_contain_text(f"{cents / 100:,.2f}")
    expect(main_button(page, "cash-out")).to_be_enabled()
    page.keyboard.press("c")
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Paid {cents / 100:,.2f}")
    newest = bets_of(site, page)[0]
    assert (newest["result"], newest["payout"]) == ("cashout", cents)
    assert (cards(page), page.get_by_test_id("row").locator("li").count()) == (3, 3)
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")
    page.get_by_test_id("own-result").get_by_role("link").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")


def test_a_wrong_guess_loses_and_shows_the_last_card(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "hilo")
    bet(page)
    for _ in range(60):
        if not is_running(page):
            break
        shown = guesses(page)
        move(page, min(shown, key=lambda each: shown[each][0]))
    expect(page.get_by_test_id("status")).to_have_text("Wrong. The bet is lost")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    (past,) = site.call("GET", f"/rooms/{room_of(page)}")["snapshot"]["history"]
    expect(page.get_by_test_id("card")).to_have_attribute("data-card", past["outcome"]["cards"][-1])
    assert bets_of(site, page)[0]["result"] == "loss"


def test_a_reload_and_a_spectator_find_the_cards_as_they_lie(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "hilo", **PHONE)
    guest = visit(site, f"/rooms/{room_of(page)}")
    bet(page)
    move(page, "skip")
    lying = page.get_by_test_id("row").locator("[data-card]")
    before = lying.evaluate_all("cards => cards.map(card => card.dataset.card)")
    offered = guesses(page)
    page.reload()
    main_button(page, "cash-out").wait_for()
    assert lying.evaluate_all("cards => cards.map(card => card.dataset.card)") == before
    assert (len(before), guesses(page)) == (2, offered)
    expect(page.get_by_test_id("card")).to_have_attribute("data-card", before[0])
    expect(guest.get_by_test_id("hilo")).to_have_attribute("data-cards", "2")
    expect(guest.get_by_test_id("card")).to_have_attribute("data-card", before[0])
    expect(guest.locator("[data-move]")).to_have_count(0)


def test_a_double_click_on_a_move_makes_it_once(site: Site, visit: Visit) -> None:
    sent: list[SentCommands] = []
    page = open_game(site, visit, "hilo", before=lambda page: sent.append(SentCommands(page)))
    bet(page)
    skip = page.locator("[data-move=skip]")
    box = skip.bounding_box()
    assert box
    hold_repeat_guard(page)
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", "2")
    expect(skip).to_be_enabled()
    # The second click of a double click does nothing, not even after the answer to the first.
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    expect(skip).to_be_enabled()
    skip_repeat_guard(page)
    # Later clicks in a row count again.
    page.mouse.down(click_count=3)
    page.mouse.up(click_count=3)
    expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", "3")
    assert sent[0].plays(page) == 3


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (844, 390), (1440, 900), (2560, 1440)])
def test_the_table_fits_and_its_buttons_can_be_touched(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_game(site, visit, "hilo", viewport={"width": width, "height": height})
    bet(page)
    for _ in range(12):
        move(page, "skip")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.locator("[data-move], [data-testid=main]").evaluate_all(
        "buttons => buttons.map(button => button.getBoundingClientRect())"
    )
    assert len(boxes) == 4
    assert all(box["width"] >= 43.9 and box["height"] >= 43.9 for box in boxes)
    frame, row = page.locator(".game-frame").bounding_box(), page.get_by_test_id("row").bounding_box()
    assert frame
    assert row
    assert row["y"] + row["height"] < frame["y"] + frame["height"]
    assert row["x"] >= frame["x"]
