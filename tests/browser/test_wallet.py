"""The wallet and the histories: what moved, how much of it, and the file to take away."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Player, Site

BETS = 30

PLAY_DICE = """async (bets) => {
    const {joinGame} = await import("/client/rooms.js");
    const {wire} = await import("/client/wire.js");
    await wire.online(5000);
    const store = await joinGame("dice");
    for (let placed = 0; placed < bets; ) {
        const round = store.round.value.round;
        await store.bet({amount: 250, selection: {target: 50.5, over: true}});
        placed += 1;
        await new Promise((next) => {
            const stop = store.round.subscribe((now) => now.round !== round && queueMicrotask(() => (stop(), next())));
        });
    }
    await store.leave();
}"""

WIDEST = """table => {
    for (const link of table.querySelectorAll("td a")) link.textContent = "roulette-mmmmwwww.1234";
    for (const last of table.querySelectorAll("td.end:last-child")) last.textContent = "12,345.67";
}"""
"""The widest names of rounds, and more chips than most have."""


@pytest.fixture(scope="module")
def gambler(site: Site) -> Player:
    return site.add_player("gambler")


@pytest.fixture
def wallet(site: Site, visit: Visit, gambler: Player) -> Page:
    """The wallet of somebody who has played."""
    page = visit(site, "/", gambler)
    page.get_by_test_id("available").wait_for()
    history = site.call("GET", "/me/bets", token=page.evaluate("localStorage.getItem('croupier.token')"))
    if not history["items"]:
        page.evaluate(PLAY_DICE, BETS)
    page.goto("/account/wallet")
    page.get_by_role("row").nth(25).wait_for()
    return page


def test_every_chip_that_moved_is_listed_a_page_at_a_time(wallet: Page) -> None:
    rows = wallet.get_by_role("row")
    expect(rows).to_have_count(26)
    while wallet.get_by_role("button", name="Show more").is_visible():
        wallet.get_by_role("button", name="Show more").click()
        expect(wallet.locator("main [aria-busy=true]")).to_have_count(0)
    expect(wallet.get_by_role("row").filter(has_text="Stake")).to_have_count(BETS)
    expect(wallet.get_by_role("row").last).to_contain_text("Welcome chips")
    newest = wallet.get_by_role("row").nth(1).get_by_role("cell").last.text_content()
    expect(wallet.get_by_test_id("available")).to_have_text(newest or "")


def test_the_balance_is_drawn_and_put_into_words(wallet: Page) -> None:
    chart = wallet.get_by_test_id("balance-chart")
    expect(chart).to_contain_text("lowest")
    expect(chart.locator("canvas")).to_be_visible()


def test_filters_and_their_empty_state(wallet: Page) -> None:
    wallet.get_by_label("Type").select_option("sign-up")
    expect(wallet.get_by_role("row")).to_have_count(2)
    wallet.get_by_label("Type").select_option("")
    wallet.get_by_label("Game").select_option("crash")
    expect(wallet.get_by_text("Nothing matches these filters.")).to_be_visible()
    wallet.get_by_role("button", name="Clear filters").click()
    wallet.get_by_label("To", exact=True).fill("2020-01-01")
    expect(wallet.get_by_text("Nothing matches these filters.")).to_be_visible()


def test_the_history_is_taken_away_as_a_file(wallet: Page, tmp_path: Path) -> None:
    with wallet.expect_download() as waiting:
        wallet.get_by_role("button", name="Download as CSV").click()
    assert waiting.value.suggested_filename == "transactions.csv"
    waiting.value.save_as(tmp_path / "transactions.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "transactions.csv").read_text())))
    assert sum(row["category"] == "bet" for row in rows) == BETS


def test_bets_and_sessions(wallet: Page) -> None:
    menu = wallet.get_by_role("navigation", name="Account pages")
    menu.get_by_role("link", name="Bets").click()
    expect(wallet.get_by_role("row").nth(1)).to_contain_text(re.compile("Won|Lost"))
    menu.get_by_role("link", name="Sessions").click()
    expect(wallet.get_by_role("row").nth(1)).to_contain_text("dice")


@pytest.mark.parametrize("path", ["/account/wallet", "/account/bets", "/account/sessions"])
def test_a_phone_shows_whole_tables(wallet: Page, path: str) -> None:
    wallet.set_viewport_size({"width": 390, "height": 844})
    wallet.goto(path)
    table = wallet.get_by_role("table")
    expect(table.get_by_role("row").nth(1)).to_be_visible()
    wider = "table => table.parentElement.scrollWidth - table.parentElement.clientWidth"
    assert table.evaluate(wider) <= 0
    table.evaluate(WIDEST)
    assert table.evaluate(wider) <= 0


def test_the_bonus_says_when_it_can_be_had(wallet: Page) -> None:
    wallet.get_by_role("button", name="Claim daily bonus").click()
    expect(wallet.get_by_role("main").get_by_role("status").filter(has_text="low balances")).to_be_visible()


def test_the_bonus_of_an_empty_wallet(own_site: Site, visit: Visit) -> None:
    own_site.stop()
    own_site.settings["DAILY_BONUS_BELOW"] = "200000"
    own_site.start()
    page = visit(own_site, "/account/wallet", own_site.add_player("needy"))
    page.get_by_role("button", name="Claim daily bonus").click()
    expect(page.get_by_test_id("available")).to_have_text("1,200.00")
    expect(page.get_by_role("cell", name=re.compile("^Daily bonus"))).to_be_visible()
    page.get_by_role("button", name="Claim daily bonus").click()
    expect(page.get_by_text("You can claim the next bonus")).to_be_visible()


def test_who_has_done_nothing_is_told_what_to_do(site: Site, visit: Visit) -> None:
    page = visit(site, "/account/bets", site.add_player("fresh"))
    expect(page.get_by_test_id("empty")).to_contain_text("place your first bet")
    page.goto("/account/sessions")
    page.get_by_test_id("empty").get_by_role("link", name="Go to the rooms").click()
    expect(page).to_have_url(f"{site.url}/")
