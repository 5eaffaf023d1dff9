"""Dice in the browser: the bet form, results, and a session that others watch."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.play import (
    SentCommands,
    bets_of,
    in_main,
    main_button,
    open_game,
    own,
    play_round,
    room_of,
    skip_repeat_guard,
)
from tests.browser.site import Site


def test_a_win_pays_what_the_form_shows(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice")
    stake, target = (page.get_by_role("textbox", name=name) for name in ("Stake", "Target"))
    target.fill("0.5")
    expect(page.locator("#target-error")).to_have_text("Enter 1.00 to 99.99.")
    target.fill("75,5")
    expect(page.locator("#target-error")).to_be_hidden()
    expect(page.get_by_label("Roll target")).to_have_value("7550")
    stake.fill("12.34")
    target.fill("1")
    target.blur()
    # Over 1.00 wins on 9,900 of 10,001 rolls and pays 1.0001 times the stake.
    expect(page.get_by_label("Multiplier")).to_have_value("1.0001")
    expect(page.get_by_label("Win chance")).to_have_value("98.99")
    expect(page.get_by_test_id("pays")).to_have_text("12.34")
    stake.fill("100")
    expect(page.get_by_test_id("pays")).to_have_text("100.01")
    for _ in range(6):
        play_round(page, page.get_by_test_id("roll"))
        if bets_of(site, page)[0]["result"] == "win":
            break
        skip_repeat_guard(page)
    assert bets_of(site, page)[0]["payout"] == 10_001
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 100.01 (+0.01)")


def test_a_loss_costs_the_stake_which_is_remembered(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice")
    page.get_by_role("textbox", name="Stake").fill("7.5")
    page.get_by_label("Multiplier").fill("9900")
    page.get_by_label("Multiplier").blur()
    expect(page.get_by_role("textbox", name="Target")).to_have_value("99.99")
    round_ = play_round(page, page.get_by_test_id("roll"))
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Round {round_.rpartition('.')[2]}")
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−7.50)")
    expect(page.get_by_test_id("available")).to_have_text("992.50")
    row = page.get_by_test_id("recent").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("−7.50")
    link = page.get_by_test_id("history").get_by_role("link").first
    expect(link).to_have_attribute("href", f"/rounds/{round_}")
    page.reload()
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("7.50")


def test_each_round_has_a_fresh_client_seed_until_the_player_fixes_one(site: Site, visit: Visit) -> None:
    page = visit(site, "/", site.add_player())
    sent = SentCommands(page)
    page.goto("/games/dice")
    page.get_by_role("button", name="Play", exact=True).click()

    def shown_and_sent() -> tuple[str, str]:
        """The seed that the fairness panel shows, and the one that the next bet carries."""
        page.get_by_test_id("fairness").click()
        shown = page.get_by_test_id("client-seed").text_content() or ""
        page.keyboard.press("Escape")
        skip_repeat_guard(page)
        play_round(page, page.get_by_test_id("roll"))
        bet = sent.of(page, "bet")[-1]
        proof = site.call("GET", f"/rounds/{bet['round']}")
        assert proof["client_seed"] == bet["client_seed"]
        return shown, bet["client_seed"]

    rounds = [shown_and_sent() for _ in range(3)]
    assert all(shown == seed for shown, seed in rounds)
    assert len(dict(rounds)) == 3
    room = page.url

    page.goto("/account")
    expect(page.get_by_test_id("seed-mode")).to_contain_text("a fresh seed for every round")
    page.get_by_role("textbox", name="Client seed").fill("my-lucky_seed")
    page.get_by_role("button", name="Use this seed always").click()
    expect(page.get_by_test_id("seed-mode")).to_contain_text("You have fixed your seed")
    page.goto(room)
    assert [shown_and_sent() for _ in range(2)] == [("my-lucky_seed", "my-lucky_seed")] * 2

    page.goto("/account")
    page.get_by_role("button", name="Use a fresh seed for every round").click()
    page.goto(room)
    assert "my-lucky_seed" not in shown_and_sent()


SLOW_SOCKET = """
const Fast = WebSocket;
window.WebSocket = class extends Fast {
  send(data) { setTimeout(() => super.send(data), 700); }
};
"""


def test_a_click_before_the_connection_is_up_still_opens_the_room(site: Site, visit: Visit) -> None:
    slow = lambda page: page.add_init_script(SLOW_SOCKET)  # noqa: E731
    page = visit(site, "/games/dice", site.add_player(), before=slow)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_test_id("bet-panel")).to_be_visible()


def test_a_session_is_watched_without_disturbing_it(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = open_game(site, visit, "dice", player)
    (sitter,) = site.call("GET", f"/rooms/{room_of(page)}")["snapshot"]["players"]
    guest = visit(site, f"/sessions/{sitter['session']}", site.add_player())
    expect(in_main(guest, f"You are watching {player.username} play.")).to_be_visible()
    round_ = play_round(page, page.get_by_test_id("roll"))
    expect(guest.get_by_test_id("roll")).to_have_attribute("data-round", round_)
    expect(guest.get_by_test_id("own-result")).to_have_count(0)
    expect(page.get_by_test_id("spectators")).to_have_text("1 watching")
    assert own(site, page, "wallet")["held"] == 0


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (1440, 900)])
def test_the_button_is_in_sight_and_the_roll_fits(site: Site, visit: Visit, width: int, height: int) -> None:
    page = open_game(site, visit, "dice", viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport()
    play_round(page, page.get_by_test_id("roll"))
    expect(page.get_by_test_id("roll").locator(".target-number")).to_have_text(re.compile(r"^\d+\.\d\d$"))


def test_an_amount_with_two_readings_is_shown_as_it_was_read_before_it_is_bet(site: Site, visit: Visit) -> None:
    made: list[SentCommands] = []
    page = open_game(site, visit, "dice", before=lambda page: made.append(SentCommands(page)))
    stake, read = page.get_by_role("textbox", name="Stake"), page.get_by_test_id("stake-read")
    stake.fill("0,500")
    expect(read).to_be_empty()
    stake.blur()
    expect(stake).to_have_value("0.50")
    stake.fill("1,000")
    expect(read).to_have_text("Read as 1000 chips. For 1 chip, type 1.")
    expect(stake).to_have_accessible_description(re.compile("Read as 1000 chips"))
    stake.press("Enter")
    expect(stake).to_have_value("1000")
    expect(stake).to_be_focused()
    assert made[0].plays(page) == 0
    stake.press("Enter")
    expect(page.get_by_test_id("own-result")).to_be_visible()
    assert (made[0].plays(page), bets_of(site, page)[0]["amount"]) == (1, 100_000)
    # A multiplier is read by the same rule.
    page.get_by_label("Multiplier").fill("1,500")
    expect(page.get_by_test_id("multiplier-read")).to_have_text("Read as 1500×. For 1.5×, type 1.5.")
