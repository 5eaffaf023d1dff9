"""One story from end to end: two new players and a spectator, from sign-up to books that balance to the cent."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.play import bets_of, own
from tests.browser.site import LONGEST_ROUND_MS, SECRET, Site
from tests.browser.test_accounts import fill_sign_up, main_button

START = 100_000
BETTING_MS, BOTH_BET_MS = 10_000, 7_000
"""Long enough for both to bet in one round on a busy machine."""


class Frames:
    """The frames of the crash room, by seq, that a page has received since its last snapshot. Make it before the page
    loads."""

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


def sign_up(site: Site, visit: Visit, name: str) -> tuple[Page, Frames]:
    """Sign up, confirm the address and sit down in the crash room, all in the browser."""
    received: list[Frames] = []
    page = visit(site, "/sign-up", before=lambda page: received.append(Frames(page)))
    fill_sign_up(page, name)
    main_button(page, "Create account")
    expect(page.get_by_test_id("signed-up")).to_be_visible()
    page.goto(site.link_to("verify", f"{name}@campus.example"))
    page.get_by_label("Password", exact=True).fill(SECRET)
    main_button(page, "Confirm address")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    page.goto("/rooms/crash")
    page.get_by_test_id("bet-panel").wait_for()
    return page, received[0]


def bet(page: Page, stake: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.locator("[data-testid=main][data-step=place]").wait_for()
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("held")).to_have_text(f"{stake} held")


def results_of(site: Site, page: Page) -> list[str]:
    return [bet["result"] for bet in bets_of(site, page)]


def cash_out_or_lose(site: Site, page: Page, bets: int) -> None:
    """Press Space as soon as the bet can be cashed out; return when ``bets`` bets are settled."""
    deadline = time.monotonic() + LONGEST_ROUND_MS / 1000
    page.keyboard.press("Escape")
    while len(results_of(site, page)) < bets:
        assert time.monotonic() < deadline
        if page.get_by_test_id("main").get_attribute("data-step") == "cash-out":
            page.locator("body").press("Space")


def check_books(site: Site, page: Page) -> None:
    """The page, the wallet, the transactions and the bets all give the same balance."""
    wallet = own(site, page, "wallet")
    rows = own(site, page, "transactions?limit=100")["items"]
    bets = own(site, page, "bets?limit=100")["items"]
    signed = [row["amount"] if row["type"] == "credit" else -row["amount"] for row in rows]
    assert sum(signed) == wallet["balance"]
    assert rows[0]["balance_after"] == wallet["balance"]
    assert START + sum(bet["payout"] - bet["amount"] for bet in bets) == wallet["balance"]
    assert wallet["held"] == 0
    expect(page.get_by_test_id("available")).to_have_text(f"{wallet['balance'] / 100:,.2f}")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("points", [(130, 160), pytest.param(None, marks=pytest.mark.nightly)], ids=["short", "honest"])
def test_two_players_and_a_spectator(tmp_path: Path, visit: Visit, points: tuple[int, int] | None) -> None:
    """Nightly, crash points are drawn from the seeds, so that the spectator can verify a round."""
    settings = {"CRASH_BETTING_MS": str(BETTING_MS)}
    for site in running(Site(tmp_path, settings=settings, points=points, all_games=True)):
        play_and_check(site, visit, is_honest=points is None)


def play_and_check(site: Site, visit: Visit, is_honest: bool) -> None:
    ada, ada_frames = sign_up(site, visit, "ada")
    bob, bob_frames = sign_up(site, visit, "bob")
    received: list[Frames] = []
    guest = visit(site, "/rooms/crash", before=lambda page: received.append(Frames(page)))
    (guest_frames,) = received
    expect(guest.get_by_test_id("spectators")).to_have_text("1 watching")

    rounds = 0
    while "cashout" not in results_of(site, ada) or "loss" not in results_of(site, bob):
        rounds += 1
        site.await_bets("crash", BOTH_BET_MS)
        bet(ada, "10")
        bet(bob, "25")
        expect(guest.get_by_test_id("bets").locator("tr")).to_have_count(2)
        cash_out_or_lose(site, ada, rounds)
        expect(bob.get_by_test_id("own-result")).to_be_visible()
    for page in (ada, bob):
        check_books(site, page)

    guest.get_by_test_id("history").get_by_role("link").first.click()
    verdict = "holds" if is_honest else re.compile("holds|fails")
    expect(guest.get_by_test_id("verdict")).to_have_attribute("data-verdict", verdict)

    assert [frames.is_gapless() for frames in (ada_frames, bob_frames, guest_frames)] == [True] * 3
    shared = ada_frames.frames.keys() & bob_frames.frames.keys() & guest_frames.frames.keys()
    assert len(shared) > 10
    for seq in shared:
        assert ada_frames.frames[seq] == bob_frames.frames[seq] == guest_frames.frames[seq]
    assert site.run("audit").splitlines()[0] == "The books balance."
