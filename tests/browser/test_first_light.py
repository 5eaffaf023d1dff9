"""The whole of it, once: two strangers and a spectator, from the sign-up page to books that agree to the cent."""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import LONGEST_ROUND_MS, Site
from tests.browser.test_accounts import fill_sign_up, main_button, sign_in

START = 100_000
BETTING_MS, BOTH_BET_MS = 10_000, 7_000
"""Both bet in one round, however busy the machine is."""


class Tape:
    """The numbered frames of the crash room that a page received since its last snapshot, as they came."""

    def __init__(self, page: Page) -> None:
        self.frames: dict[int, str] = {}
        self.numbers: list[int] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda payload: self._take(str(payload))))

    def _take(self, payload: str) -> None:
        message = json.loads(payload)
        told = message.get("ok", message)
        if told.get("room") != "crash":
            return
        if "snapshot" in told:
            self.frames, self.numbers = {}, [told["seq"]]
        elif "events" in told:
            self.frames[told["seq"]] = payload
            self.numbers.append(told["seq"])

    def is_gapless(self) -> bool:
        return self.numbers == list(range(self.numbers[0], self.numbers[-1] + 1))


def newcomer(site: Site, visit: Visit, name: str) -> tuple[Page, Tape]:
    """Sign up, read the mail, confirm, sign in, sit down in the crash room: all by hand."""
    page = visit(site, "/sign-up")
    tape = Tape(page)
    fill_sign_up(page, name)
    main_button(page, "Create account")
    expect(page.get_by_test_id("signed-up")).to_be_visible()
    page.goto(site.make_link(f"{name}@campus.example", "verify"))
    main_button(page, "Confirm address")
    expect(page.get_by_test_id("verified")).to_be_visible()
    page.goto("/sign-in?next=/rooms/crash")
    sign_in(page, name)
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    return page, tape


def mine(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def bet(page: Page, stake: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.locator("[data-testid=main][data-step=place]").wait_for()
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("held")).to_have_text(f"{stake} held")


def results_of(site: Site, page: Page) -> list[str]:
    return [bet["result"] for bet in mine(site, page, "bets")["items"]]


def take_out_or_lose(site: Site, page: Page, bets: int) -> None:
    """Press Space as soon as there is something to take out; return when so many bets are settled."""
    deadline = time.monotonic() + LONGEST_ROUND_MS / 1000
    page.keyboard.press("Escape")
    while len(results_of(site, page)) < bets:
        assert time.monotonic() < deadline
        if page.get_by_test_id("main").get_attribute("data-step") == "cash-out":
            page.locator("body").press("Space")


def check_books(site: Site, page: Page) -> None:
    """What the page shows, the wallet holds, the transactions say and the bets add up to are one amount."""
    wallet = mine(site, page, "wallet")
    rows = mine(site, page, "transactions?limit=100")["items"]
    bets = mine(site, page, "bets?limit=100")["items"]
    signed = [row["amount"] if row["type"] == "credit" else -row["amount"] for row in rows]
    assert sum(signed) == wallet["balance"]
    assert rows[0]["balance_after"] == wallet["balance"]
    assert START + sum(bet["payout"] - bet["amount"] for bet in bets) == wallet["balance"]
    assert wallet["held"] == 0
    expect(page.get_by_test_id("available")).to_have_text(f"{wallet['balance'] / 100:,.2f}")


@pytest.mark.timeout(900)
def test_two_players_and_a_spectator(own_site: Site, visit: Visit) -> None:
    own_site.stop()
    own_site.settings["CRASH_BETTING_MS"] = str(BETTING_MS)
    own_site.start()
    ada, ada_tape = newcomer(own_site, visit, "ada")
    bob, bob_tape = newcomer(own_site, visit, "bob")
    guest = visit(own_site, "/")
    guest_tape = Tape(guest)
    guest.goto("/rooms/crash")
    expect(guest.get_by_test_id("spectators")).to_have_text("1 watching")

    rounds = 0
    while "cashout" not in results_of(own_site, ada) or "loss" not in results_of(own_site, bob):
        rounds += 1
        own_site.await_bets("crash", BOTH_BET_MS)
        bet(ada, "10")
        bet(bob, "25")
        expect(guest.get_by_test_id("bets").locator("tr")).to_have_count(2)
        take_out_or_lose(own_site, ada, rounds)
        expect(bob.get_by_test_id("own-result")).to_be_visible()
    for page in (ada, bob):
        check_books(own_site, page)

    guest.get_by_test_id("history").get_by_role("link").first.click()
    expect(guest.get_by_test_id("verdict")).to_have_attribute("data-verdict", "holds")

    assert [tape.is_gapless() for tape in (ada_tape, bob_tape, guest_tape)] == [True] * 3
    shared = ada_tape.frames.keys() & bob_tape.frames.keys() & guest_tape.frames.keys()
    assert len(shared) > 10
    for seq in shared:
        assert ada_tape.frames[seq] == bob_tape.frames[seq] == guest_tape.frames[seq]
    assert own_site.run("audit") == "The books balance.\n"
