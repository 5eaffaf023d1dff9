"""Coin duels in the browser: a challenge in the lobby, a player who takes it, and the coin that decides."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, PHONE
from tests.browser.play import bets_of, in_main, main_button
from tests.browser.site import Player, Site


def sit(site: Site, visit: Visit, player: Player, room: str, **options: Any) -> Page:
    page = visit(site, f"/rooms/{room}", player, **options)
    page.get_by_test_id("bet-panel").wait_for()
    return page


def challenge(page: Page, stake: str, side: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    in_main(page, side, exact=True).and_(page.locator(".side-option span")).click()
    main_button(page).click()
    expect(page.get_by_test_id("offer")).to_contain_text(f"Your open challenge: {stake} chips on {side.lower()}.")


def test_a_challenge_is_taken_from_the_lobby_with_two_clicks(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("ann"), site.add_player("bob")
    room = site.open_room(ann, "coinduel", options={"rake": 500})["room"]
    first = sit(site, visit, ann, room, **DESKTOP, reduced_motion="reduce")
    challenge(first, "25", "Tails")
    expect(first.get_by_test_id("held")).to_have_text("25 held")

    second = visit(site, "/", bob, **PHONE)
    tile = second.get_by_test_id("private-tile").filter(has_text=f"by {ann.username}")
    expect(tile).to_contain_text("25 on tails: take the other side")
    expect(tile).to_contain_text("1 of 2 seats taken")
    expect(tile).to_contain_text("Take it")
    tile.click()
    expect(main_button(second)).to_have_text("Take it: 25 on heads")
    expect(second.get_by_test_id("pays")).to_have_text("47.50")
    main_button(second).click()

    winner = {"heads": second, "tails": first}
    face = first.get_by_test_id("coinduel")
    expect(face).to_have_attribute("data-phase", "drawn")
    expect(face).to_have_attribute("data-side", re.compile("heads|tails"))
    assert first.evaluate("document.querySelector('.coin').getAnimations().length") == 0
    side = face.get_attribute("data-side") or ""
    expect(second.get_by_test_id("coinduel")).to_have_attribute("data-side", side)
    for page in (first, second):
        won = page is winner[side]
        words, balance = ("Paid 47.50 (+22.50)", "1,022.50") if won else ("Lost (−25.00)", "975.00")
        expect(page.get_by_test_id("own-result")).to_contain_text(words)
        expect(page.get_by_test_id("available")).to_have_text(balance)
        expect(page.get_by_test_id(side)).to_contain_text("wins 47.50")
        [bet] = bets_of(site, page)
        assert (bet["amount"], bet["result"], bet["payout"]) == (2_500, "win" if won else "loss", 4_750 if won else 0)
        expect(main_button(page)).to_have_text("Challenge")

    link = first.get_by_test_id("history").get_by_role("link").first
    expect(link).to_have_text(side.title())
    link.click()
    expect(first.get_by_test_id("verdict")).to_contain_text("everything matches")


def test_a_challenge_survives_a_reload_and_ends_when_its_player_leaves(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("ann"), site.add_player("bob")
    room = site.open_room(ann, "coinduel")["room"]
    first, second = sit(site, visit, ann, room), sit(site, visit, bob, room)
    challenge(first, "12.50", "Heads")
    first.reload()
    expect(main_button(first)).to_have_text("Withdraw")
    expect(first.get_by_test_id("heads")).to_contain_text(ann.username)
    words = f"{ann.username} stakes 12.50 chips on heads and needs an opponent."
    expect(first.get_by_test_id("duel-words")).to_have_text(words)
    expect(main_button(second)).to_have_text("Take it: 12.50 on tails")
    first.get_by_role("button", name="Leave seat").click()
    expect(second.get_by_test_id("duel-words")).to_have_text(f"{ann.username} withdrew the challenge.")
    expect(first.get_by_test_id("available")).to_have_text("1,000.00")
    expect(main_button(second)).to_have_text("Challenge")


def test_a_click_meant_to_make_a_challenge_does_not_take_one(site: Site, visit: Visit) -> None:
    ann, bob = site.add_player("ann"), site.add_player("bob")
    room = site.open_room(ann, "coinduel")["room"]
    first, second = sit(site, visit, ann, room), sit(site, visit, bob, room)
    # Press Enter and click as soon as the other's challenge appears, before anyone could have read it.
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
    expect(main_button(second, "take")).to_be_enabled()
    assert second.evaluate("window.pressed") is True
    assert bets_of(site, second) == []
    expect(main_button(second)).to_have_text("Take it: 400 on tails")


@pytest.mark.nightly
@pytest.mark.parametrize("width", [320, 2560])
def test_the_coin_and_the_button_are_in_sight(site: Site, visit: Visit, width: int) -> None:
    player = site.add_player()
    room = site.open_room(player, "coinduel")["room"]
    page = sit(site, visit, player, room, viewport={"width": width, "height": 640 if width < 400 else 1300})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport()
    expect(page.locator(".coin")).to_be_in_viewport()
    challenge(page, "10", "Heads")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main_button(page).click()
    expect(page.get_by_test_id("duel-words")).to_contain_text("withdrew the challenge")
