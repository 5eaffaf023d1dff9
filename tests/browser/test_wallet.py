"""The wallet and the histories: transactions, bets, sessions, filters, the CSV file and the bonus."""

import codecs
import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.looks import overflow_of
from tests.browser.play import bets_of, in_main, poll
from tests.browser.site import Player, Site

BETS = 30

PLAY_DICE = """async (bets) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws", "croupier.v1");
    const answers = new Map(), opened = [];
    const note = ({re, ok, error, events = []}) => {
        if (re) answers.get(re)(error ? Promise.reject(new Error(error.code)) : ok);
        opened.push(...events.filter((event) => event.type === "round_opened"));
        answers.get("round")?.();
    };
    socket.onmessage = ({data}) => note(JSON.parse(data));
    await new Promise((open) => (socket.onopen = open));
    let id = 0;
    const ask = (verb, args) => new Promise((answer) => {
        answers.set(++id, answer);
        socket.send(JSON.stringify({id, do: verb, ...args}));
    });
    await ask("hello", {token: localStorage.getItem("croupier.token"), resume: {}});
    const {room} = await ask("join", {game: "dice"});
    for (let placed = 1; placed <= bets; placed++) {
        await ask("bet", {room, amount: 250, selection: {target: 50.5, over: true}, key: `bet-${placed}`});
        while (opened.length < placed) await new Promise((next) => answers.set("round", next));
    }
    await ask("leave", {room});
    socket.close();
}"""

CUT_OFF = "table => table.parentElement.scrollWidth - table.parentElement.clientWidth"
WIDEST = """table => {
    for (const link of table.querySelectorAll("td a")) link.textContent = "roulette-mmmmwwww.1234";
    for (const last of table.querySelectorAll("td.end:last-child")) last.textContent = "12,345.67";
}"""
"""Fills the table with the widest round names and amounts."""


@pytest.fixture(scope="module")
def gambler(site: Site) -> Player:
    return site.add_player("gambler")


@pytest.fixture
def wallet(site: Site, visit: Visit, gambler: Player) -> Page:
    """The wallet of a player who has played."""
    page = visit(site, "/", gambler)
    page.get_by_test_id("available").wait_for()
    if not bets_of(site, page):
        page.evaluate(PLAY_DICE, BETS)
    page.goto("/account/wallet")
    page.get_by_role("row").nth(25).wait_for()
    return page


def test_the_wallet_lists_draws_and_exports_every_transaction(wallet: Page, tmp_path: Path) -> None:
    chart = wallet.get_by_test_id("balance-chart")
    expect(chart).to_contain_text("lowest")
    expect(chart.locator("canvas")).to_be_visible()
    rows = wallet.get_by_role("row")
    expect(rows).to_have_count(26)
    while wallet.get_by_role("button", name="Show more").is_visible():
        wallet.get_by_role("button", name="Show more").click()
        expect(wallet.locator("main [aria-busy=true]")).to_have_count(0)
    expect(rows.filter(has_text="Stake")).to_have_count(BETS)
    expect(rows.last).to_contain_text("Welcome chips")
    newest = rows.nth(1).get_by_role("cell").last.text_content()
    expect(wallet.get_by_test_id("available")).to_have_text(newest or "")

    with wallet.expect_download() as download:
        wallet.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "transactions.csv"
    download.value.save_as(tmp_path / "transactions.csv")
    content = (tmp_path / "transactions.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)  # without it Excel garbles letters beyond ASCII
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert sum(line["category"] == "bet" for line in lines) == BETS


def test_the_wallet_is_filtered_and_offers_no_early_bonus(wallet: Page) -> None:
    wallet.get_by_label("Type").select_option("sign-up")
    expect(wallet.get_by_role("row")).to_have_count(2)
    wallet.get_by_label("Type").select_option("")
    wallet.get_by_label("Game").select_option("crash")
    expect(in_main(wallet, "Nothing matches these filters.")).to_be_visible()
    wallet.get_by_role("button", name="Clear filters").click()
    wallet.get_by_label("To", exact=True).fill("2020-01-01")
    expect(in_main(wallet, "Nothing matches these filters.")).to_be_visible()
    expect(wallet.get_by_test_id("bonus")).to_contain_text("while your balance is below 200 chips")
    expect(wallet.get_by_role("button", name="Claim daily bonus")).to_have_count(0)


def test_the_histories_fit_a_phone(wallet: Page) -> None:
    menu = wallet.get_by_role("navigation", name="Account pages")
    for link, words in (("Wallet", "Stake|Payout"), ("Bets", "Won|Lost"), ("Sessions", "dice")):
        wallet.set_viewport_size({"width": 1280, "height": 800})
        menu.get_by_role("link", name=link).click()
        table = wallet.get_by_role("table")
        expect(table.get_by_role("row").nth(1)).to_contain_text(re.compile(words))
        wallet.set_viewport_size({"width": 390, "height": 844})
        assert table.evaluate(CUT_OFF) <= 0, link
        poll(wallet, lambda: overflow_of(wallet) <= 0, f"{link} is wider than the phone")
        table.evaluate(WIDEST)
        assert table.evaluate(CUT_OFF) <= 0, link


def test_a_new_player_claims_a_bonus_and_learns_where_to_play(tmp_path: Path, visit: Visit) -> None:
    for site in running(Site(tmp_path, settings={"DAILY_BONUS_BELOW": "200000"})):
        page = visit(site, "/account/wallet", site.add_player())
        page.get_by_role("button", name="Claim daily bonus").click()
        expect(page.get_by_test_id("available")).to_have_text("1,200.00")
        expect(page.get_by_role("cell", name=re.compile("^Daily bonus"))).to_be_visible()
        expect(in_main(page, "You can claim the next bonus")).to_be_visible()
        expect(page.get_by_role("button", name="Claim daily bonus")).to_have_count(0)
        page.goto("/account/bets")
        expect(page.get_by_test_id("empty")).to_contain_text("place your first bet")
        page.goto("/account/sessions")
        page.get_by_test_id("empty").get_by_role("link", name="Go to the rooms").click()
        expect(page).to_have_url(f"{site.url}/")
