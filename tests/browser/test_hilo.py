"""Hi-Lo in the browser: cards guessed, skipped, cashed out, lost, given back, reloaded, and played by keys."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
AFTER_AN_ACT_MS = 700
"""So long the button of the next bet passes over clicks, for they may have been meant for the last move."""


def open_hilo(site: Site, visit: Visit, name: str, **options: Any) -> Page:
    page = visit(site, "/games/hilo", site.add_player(name), **options)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def main(page: Page, step: str) -> Locator:
    return page.locator(f"[data-testid=main][data-step={step}]")


def bet(page: Page) -> None:
    main(page, "place").wait_for()
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    main(page, "place").click()
    main(page, "cash-out").wait_for()
    page.wait_for_timeout(AFTER_AN_ACT_MS)


def cards(page: Page) -> int:
    return int(page.get_by_test_id("hilo").get_attribute("data-cards") or 0)


def guesses(page: Page) -> dict[str, tuple[float, float]]:
    """Of both guesses, the chance in percent and the multiplier, as the buttons show them."""
    shown = {}
    for name in ("higher", "lower"):
        text = page.locator(f"[data-move={name}]").inner_text()
        found = re.search(r"([\d,.]+)×\s+([\d.]+) %", text)
        assert found, text
        shown[name] = float(found[2]), float(found[1].replace(",", ""))
    return shown


def move(page: Page, name: str, key: str = "") -> None:
    """By the button, or by its key; the next card is there, or the round has ended."""
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
    """The likelier guess on the first card, again until it is right; what the bet is worth then."""
    for _ in range(40):
        bet(page)
        shown = guesses(page)
        name = max(shown, key=lambda each: shown[each][0])
        move(page, name)
        if is_running(page):
            return shown[name][1]
    raise AssertionError("forty likely guesses in a row were wrong")


def paid(multiplier: float) -> int:
    """Cents for ten chips; the multiplier has four places."""
    return round(multiplier * 10_000) * 1_000 // 10_000


def own(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_right_guess_is_cashed_out_and_the_round_holds(site: Site, visit: Visit, screen: dict[str, Any]) -> None:
    page = open_hilo(site, visit, f"guesser{screen['viewport']['width']}", **screen)
    worth = bet_and_guess_right(page)
    cents = paid(worth)
    expect(page.get_by_test_id("status")).to_contain_text(f"{worth:,.2f}"[:-1])
    expect(main(page, "cash-out")).to_contain_text(f"Cash out {cents / 100:,.2f}")
    move(page, "skip")
    expect(page.get_by_test_id("row").locator("li").first).to_have_attribute("data-after", "skip")
    expect(main(page, "cash-out")).to_contain_text(f"{cents / 100:,.2f}")
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Paid {cents / 100:,.2f}")
    newest = own(site, page, "bets")["items"][0]
    assert (newest["result"], newest["payout"]) == ("cashout", cents)
    assert (cards(page), page.get_by_test_id("row").locator("li").count()) == (3, 3)
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")
    page.get_by_test_id("own-result").get_by_role("link").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")


def test_a_wrong_guess_loses_and_its_card_is_shown(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "unlucky", **DESKTOP)
    bet(page)
    for _ in range(60):
        if not is_running(page):
            break
        shown = guesses(page)
        move(page, min(shown, key=lambda each: shown[each][0]))
    expect(page.get_by_test_id("status")).to_have_text("Wrong. The bet is lost")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−10.00)")
    room = page.url.rpartition("/")[2]
    (past,) = site.call("GET", f"/rooms/{room}")["snapshot"]["history"]
    expect(page.get_by_test_id("card")).to_have_attribute("data-card", past["outcome"]["cards"][-1])
    assert own(site, page, "bets")["items"][0]["result"] == "loss"


def test_before_the_first_guess_the_stake_is_taken_back(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "doubter")
    bet(page)
    move(page, "skip")
    expect(main(page, "cash-out")).to_contain_text("Take back 10.00")
    main(page, "cash-out").click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Stake returned (0.00)")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")


def test_the_keyboard_alone(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "typist", **DESKTOP)
    stake = page.get_by_role("textbox", name="Stake")
    page.keyboard.press("h")
    expect(stake).to_have_value("10")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Guess higher", "Guess lower", "Skip the card", "Cash out", "Place the bet"):
        expect(dialog).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    for _ in range(40):
        main(page, "place").wait_for()
        page.wait_for_timeout(AFTER_AN_ACT_MS)
        page.keyboard.press("Enter")
        main(page, "cash-out").wait_for()
        move(page, "skip", "s")
        shown = guesses(page)
        name = max(shown, key=lambda each: shown[each][0])
        move(page, name, name[0])
        if is_running(page):
            break
    assert is_running(page)
    expect(main(page, "cash-out")).to_be_enabled()
    page.keyboard.press("Space")
    cents = paid(shown[name][1])
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Paid {cents / 100:,.2f}")
    newest = own(site, page, "bets")["items"][0]
    assert (newest["result"], newest["payout"]) == ("cashout", cents)


def test_a_reload_in_the_middle_shows_the_cards_as_they_lie(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "returner", **PHONE)
    bet(page)
    move(page, "skip")
    lying = page.get_by_test_id("row").locator("[data-card]")
    before = lying.evaluate_all("cards => cards.map(card => card.dataset.card)")
    offered = guesses(page)
    page.reload()
    main(page, "cash-out").wait_for()
    assert lying.evaluate_all("cards => cards.map(card => card.dataset.card)") == before
    assert (len(before), guesses(page)) == (2, offered)
    expect(page.get_by_test_id("card")).to_have_attribute("data-card", before[0])


def test_who_watches_sees_the_cards(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "artist")
    guest = visit(site, f"/rooms/{page.url.rpartition('/')[2]}")
    bet(page)
    move(page, "skip")
    expect(guest.get_by_test_id("hilo")).to_have_attribute("data-cards", "2")
    card = page.get_by_test_id("card").get_attribute("data-card") or ""
    expect(guest.get_by_test_id("card")).to_have_attribute("data-card", card)
    expect(guest.locator("[data-move]")).to_have_count(0)


def test_a_double_click_on_the_bet_guesses_nothing(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "nervous", **DESKTOP)
    main(page, "place").dblclick()
    main(page, "cash-out").wait_for()
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    assert (cards(page), is_running(page)) == (1, True)


def test_a_double_click_on_a_guess_guesses_once(site: Site, visit: Visit) -> None:
    page = open_hilo(site, visit, "twitchy", **DESKTOP)
    bet(page)
    box = page.locator("[data-move=skip]").bounding_box()
    assert box
    page.mouse.click(box["x"] + 5, box["y"] + 5, click_count=1)
    expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", "2")
    expect(page.locator("[data-move=skip]")).to_be_enabled()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(300)
    assert cards(page) == 2
    page.wait_for_timeout(AFTER_AN_ACT_MS)
    page.mouse.down(click_count=3)
    page.mouse.up(click_count=3)
    expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", "3")


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (844, 390), (1440, 900), (2560, 1440)])
def test_the_table_fits_and_its_buttons_can_be_touched(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_hilo(site, visit, f"wide{width}", viewport={"width": width, "height": height})
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
