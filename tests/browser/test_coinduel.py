"""Coin duels in the browser: a challenge that waits in the lobby, somebody who takes it, and a coin that decides."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Player, Site

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def open_duel(site: Site, player: Player, **terms: Any) -> str:
    """The key of a new room; the player's sign-in of before is gone."""
    token = site.sign_in(player)
    room: str = site.call("POST", "/rooms", {"game": "coinduel", **terms}, token)["room"]
    return room


def sit(site: Site, visit: Visit, player: Player, room: str, **options: Any) -> Page:
    page = visit(site, f"/rooms/{room}", player, **options)
    page.get_by_test_id("bet-panel").wait_for()
    return page


def bets(site: Site, page: Page) -> list[dict[str, Any]]:
    token = page.evaluate(f"localStorage.getItem('{TOKEN}')")
    items: list[dict[str, Any]] = site.call("GET", "/me/bets", token=token)["items"]
    return items


def challenge(page: Page, stake: str, side: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.get_by_text(side, exact=True).and_(page.locator(".side-option span")).click()
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("offer")).to_contain_text(f"Your open challenge: {stake} chips on {side.lower()}.")


def test_a_challenge_is_taken_from_the_lobby_with_two_clicks(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("challenger"), site.add_player("taker")
    room = open_duel(site, ann)
    first = sit(site, visit, ann, room, viewport=DESKTOP)
    challenge(first, "25", "Tails")
    expect(first.get_by_test_id("held")).to_have_text("25 held")

    second = visit(site, "/", bob, viewport=PHONE)
    card = second.get_by_test_id("private-tile").filter(has_text="by challenger")
    expect(card).to_contain_text("25 on tails: take the other side")
    expect(card).to_contain_text("1 of 2 seats taken")
    expect(card).to_contain_text("Take it")
    card.click()
    main = second.get_by_test_id("main")
    expect(main).to_have_text("Take it: 25 on heads")
    main.click()

    winner = {"heads": second, "tails": first}
    face = first.get_by_test_id("coinduel")
    expect(face).to_have_attribute("data-phase", "drawn")
    expect(face).to_have_attribute("data-side", re.compile("heads|tails"))
    side = face.get_attribute("data-side") or ""
    expect(second.get_by_test_id("coinduel")).to_have_attribute("data-side", side)
    for page in (first, second):
        won = page is winner[side]
        words, balance = ("Paid 50.00 (+25.00)", "1,025.00") if won else ("Lost (−25.00)", "975.00")
        expect(page.get_by_test_id("own-result")).to_contain_text(words)
        expect(page.get_by_test_id("available")).to_have_text(balance)
        expect(page.get_by_test_id(side)).to_contain_text("wins 50.00")
        [bet] = bets(site, page)
        assert (bet["amount"], bet["result"], bet["payout"]) == (2_500, "win" if won else "loss", 5_000 if won else 0)
        expect(page.get_by_test_id("main")).to_have_text("Challenge")


def test_its_round_is_checked_in_the_browser(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("careful"), site.add_player("curious")
    room = open_duel(site, ann, options={"rake": 500})
    first, second = sit(site, visit, ann, room), sit(site, visit, bob, room)
    challenge(first, "10", "Heads")
    expect(second.get_by_test_id("pays")).to_have_text("19.00")
    second.get_by_test_id("main").click()
    link = first.get_by_test_id("history").get_by_role("link").first
    expect(link).to_have_text(re.compile("Heads|Tails"))
    link.click()
    expect(first.get_by_test_id("verdict")).to_contain_text("everything matches")
    assert sorted(bet["payout"] for bet in [*bets(site, first), *bets(site, second)]) == [0, 1_900]


def test_a_challenge_is_withdrawn_by_keyboard_alone(site: Site, visit: Visit) -> None:
    room = open_duel(site, player := site.add_player("hesitant"))
    page = sit(site, visit, player, room)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Tails")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("offer")).to_contain_text("Your open challenge: 10 chips on tails.")
    expect(page.get_by_test_id("available")).to_have_text("990.00")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Withdraw the challenge")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("w")
    expect(page.get_by_test_id("duel-words")).to_have_text("hesitant withdrew the challenge.")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    expect(page.get_by_test_id("own-result")).to_contain_text("Stake returned (0.00)")
    [bet] = bets(site, page)
    assert (bet["result"], bet["payout"], bet["selection"]) == ("push", 1_000, {"side": "tails"})


def test_who_stands_up_withdraws(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("leaver"), site.add_player("stayer")
    room = open_duel(site, ann)
    first, second = sit(site, visit, ann, room), sit(site, visit, bob, room)
    challenge(first, "30", "Heads")
    expect(second.get_by_test_id("main")).to_have_text("Take it: 30 on tails")
    first.get_by_role("button", name="Leave seat").click()
    expect(second.get_by_test_id("duel-words")).to_have_text("leaver withdrew the challenge.")
    expect(first.get_by_test_id("available")).to_have_text("1,000.00")
    expect(second.get_by_test_id("main")).to_have_text("Challenge")


def test_a_double_click_makes_a_challenge_and_does_not_take_it_back(site: Site, visit: Visit) -> None:
    room = open_duel(site, player := site.add_player("nervous"))
    page = sit(site, visit, player, room)
    page.get_by_test_id("main").dblclick()
    expect(page.get_by_test_id("offer")).to_be_visible()
    page.wait_for_timeout(700)
    expect(page.get_by_test_id("main")).to_have_text("Withdraw")
    assert site.call("GET", f"/rooms/{room}")["snapshot"]["view"]["challenge"]["player"] == "nervous"


def test_a_click_meant_for_a_challenge_does_not_take_another_ones(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("sudden"), site.add_player("unaware")
    room = open_duel(site, ann)
    first, second = sit(site, visit, ann, room), sit(site, visit, bob, room)
    # Enter goes down as soon as the other's challenge is in sight, before anybody could have read it.
    second.evaluate(
        """() => new MutationObserver(() => {
            const main = document.querySelector("[data-testid=main]");
            if (main.dataset.step !== "take" || window.pressed) return;
            window.pressed = true;
            dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
            main.click();
        }).observe(document.body, {subtree: true, childList: true, attributes: true})"""
    )
    challenge(first, "400", "Heads")
    expect(second.get_by_test_id("main")).to_be_enabled()
    assert second.evaluate("window.pressed") is True
    assert bets(site, second) == []
    expect(second.get_by_test_id("main")).to_have_text("Take it: 400 on tails")


def test_a_reload_finds_the_challenge_as_it_stands(site: Site, visit: Visit) -> None:
    room = open_duel(site, player := site.add_player("patient"))
    page = sit(site, visit, player, room)
    challenge(page, "12.50", "Heads")
    page.reload()
    expect(page.get_by_test_id("main")).to_have_text("Withdraw")
    expect(page.get_by_test_id("heads")).to_contain_text("patient")
    expect(page.get_by_test_id("duel-words")).to_have_text("patient stakes 12.50 chips on heads and needs an opponent.")


def test_without_motion_the_coin_just_lies_there(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("still"), site.add_player("calm")
    room = open_duel(site, ann)
    first = sit(site, visit, ann, room, reduced_motion="reduce")
    second = sit(site, visit, bob, room)
    challenge(first, "10", "Heads")
    second.get_by_test_id("main").click()
    expect(first.get_by_test_id("coinduel")).to_have_attribute("data-phase", "drawn")
    assert first.get_by_test_id("coinduel").get_attribute("data-side") in ("heads", "tails")
    assert first.evaluate("document.querySelector('.coin').getAnimations().length") == 0


@pytest.mark.nightly
@pytest.mark.parametrize("width", [320, 2560])
def test_the_coin_and_the_button_are_in_sight(site: Site, visit: Visit, width: int) -> None:
    room = open_duel(site, player := site.add_player(f"wide{width}"))
    page = sit(site, visit, player, room, viewport={"width": width, "height": 640 if width < 400 else 1300})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport()
    expect(page.locator(".coin")).to_be_in_viewport()
    challenge(page, "10", "Heads")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("duel-words")).to_contain_text("withdrew the challenge")
