"""The crash room in the browser: watching, betting, cashing out, losing, chat."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CRASH_BETTING_MS, Visit
from tests.browser.looks import overflow_of
from tests.browser.play import HeldBack, bets_of, in_main, main_button, own, poll, room_of, skip_repeat_guard
from tests.browser.site import Site

ROUND_MS = 30_000
"""How long to wait for a round to end, or for the next one, on a busy machine."""
LONG_BETTING_MS = 10_000
"""Long enough to place four bets on a busy machine."""


def place(site: Site, page: Page, stake: str) -> None:
    """Bet as soon as a round takes bets for long enough."""
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.keyboard.press("Escape")
    site.await_bets("crash", CRASH_BETTING_MS * 2 // 3)
    main_button(page, "place").click(timeout=ROUND_MS)
    expect(page.get_by_test_id("held")).to_be_visible()


def test_a_late_cash_out_is_told_where_the_round_crashed(site: Site, visit: Visit) -> None:
    lines: list[HeldBack] = []
    page = visit(site, "/rooms/crash", site.add_player(), before=lambda page: lines.append(HeldBack(page)))
    place(site, page, "20")
    cash_out = main_button(page, "cash-out")
    cash_out.wait_for(timeout=ROUND_MS)
    lines[0].hold()  # the page does not hear of the crash
    poll(page, lambda: len(bets_of(site, page)) == 1, "the round is not settled")
    cash_out.click()
    poll(page, lambda: lines[0].holds("Too late"), "no answer")
    lines[0].release()
    round_ = bets_of(site, page)[0]["round"]
    point = site.call("GET", f"/rounds/{round_}")["outcome"]["point"]
    expect(page.get_by_test_id("bet-error")).to_have_text(f"Too late: it crashed at {point:.2f}×.")


def test_a_guest_watches_and_is_invited_to_play(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash")
    expect(page.get_by_role("img", name=re.compile("Multiplier curve"))).to_be_visible()
    expect(page.get_by_test_id("invitation")).to_contain_text("needs no account")
    expect(page.get_by_test_id("bet-panel")).to_have_count(0)
    expect(page.get_by_test_id("spectators")).to_have_text("1 watching")
    page.locator("[data-phase=running]").wait_for(timeout=ROUND_MS)
    check_fairness_badge(site, page)
    page.get_by_test_id("invitation").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Frooms%2Fcrash$"))


def check_fairness_badge(site: Site, page: Page) -> None:
    """The badge shows the seed's hash that the API publishes."""
    page.get_by_test_id("fairness").click()
    shown = page.get_by_test_id("seed-hash")
    expect(shown).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    site.await_bets("crash", CRASH_BETTING_MS * 2 // 3)  # so that the next round does not begin between the two looks
    expect(shown).to_have_text(site.call("GET", "/rooms/crash")["snapshot"]["round"]["server_seed_hash"])
    page.get_by_role("button", name="Close").click()
    expect(shown).to_be_hidden()


def press_space_in_a_field_then_outside(page: Page) -> None:
    page.get_by_role("textbox", name="Stake").focus()
    page.keyboard.press("Space")
    page.evaluate("document.activeElement.blur()")
    expect(page.get_by_test_id("own-bets").locator(".win")).to_have_count(0)
    page.keyboard.press("Space")


def test_space_cashes_out_but_not_from_a_field(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player())
    for bets in range(1, 50):
        place(site, page, "20")
        # On a slow machine the round may end before the key is pressed; then try the next one. The page may be a
        # hundredth ahead of the server, so wait for more than that.
        pressed = False
        while len(bets_of(site, page)) < bets:
            if not pressed and re.search(r"Cash out.*1\.(?!0)\d\d×", main_button(page).inner_text(), re.DOTALL):
                press_space_in_a_field_then_outside(page)
                pressed = True
        if bets_of(site, page)[0]["result"] == "cashout":
            break
    bet = bets_of(site, page)[0]
    assert bet["result"] == "cashout"
    assert bet["payout"] > bet["amount"] == 2000
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Paid {bet['payout'] / 100:.2f}")
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")


def test_a_queued_bet_and_three_more_are_lost_in_the_crash(site: Site, visit: Visit) -> None:
    options = {"betting_ms": LONG_BETTING_MS}
    room = site.open_room(site.add_player("host"), "crash", options=options)["room"]
    player = site.add_player("brave")
    page, guest = visit(site, f"/rooms/{room}", player), visit(site, f"/rooms/{room}")
    page.get_by_role("textbox", name="Stake").fill("1")
    main_button(page, "queue").click(timeout=ROUND_MS)
    expect(main_button(page)).to_have_text("Betting 1 chip when bets open")
    expect(page.get_by_test_id("held")).to_have_count(0)
    for number in (2, 3, 4):
        expect(main_button(page)).to_have_text(f"Add bet {number} of 4", timeout=ROUND_MS)
        skip_repeat_guard(page)
        main_button(page).click()
    expect(main_button(page)).to_have_text("All your bets are in")
    expect(page.get_by_test_id("placed")).to_have_text("4 chips in. Waiting for the round to start")
    expect(page.get_by_test_id("held")).to_have_text("4 held")
    expect(guest.get_by_test_id("bets").locator("tr").filter(has_text=player.username)).to_have_count(4)
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−4.00)", timeout=ROUND_MS)
    expect(page.get_by_test_id("available")).to_have_text("996.00")
    assert [bet["result"] for bet in bets_of(site, page)] == ["loss"] * 4
    name = re.compile(r"Open its proof$")
    expect(guest.get_by_test_id("history").get_by_role("link").first).to_have_accessible_name(name)


def test_the_form_fits_every_screen_and_reports_errors_at_their_fields(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player())
    stake, auto = page.get_by_role("textbox", name="Stake"), page.get_by_label("Auto cash-out at")
    stake.fill("1000000")
    expect(page.locator("#stake-error")).to_have_text("The largest stake is 1,000 chips.")
    stake.fill("lots")
    expect(page.locator("#stake-error")).to_contain_text("amount in chips")
    stake.fill("10")
    expect(page.locator("#stake-error")).to_be_hidden()
    auto.fill("1")
    expect(page.locator("#auto-error")).to_contain_text("Enter 1.01")
    page.get_by_role("button", name="Halve the stake").click()
    expect(stake).to_have_value("5")
    page.keyboard.press("d")
    expect(stake).to_have_value("10")
    page.get_by_role("button", name="Largest possible stake").click()
    expect(stake).to_have_value("1000")
    for width, height in ((320, 640), (390, 844), (768, 1024), (1440, 900)):
        check_size(page, width, height)


def check_size(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    assert overflow_of(page) <= 0, width
    expect(main_button(page)).to_be_in_viewport()
    expect(page.get_by_role("img", name=re.compile("Multiplier curve"))).to_be_in_viewport(ratio=0.4)
    before = page.evaluate("scrollY")
    page.get_by_role("textbox", name="Stake").focus()
    assert page.evaluate("scrollY") == before


def test_a_seated_player_chats_leaves_and_sits_down_again(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/rooms/crash", player)
    page.get_by_test_id("bet-panel").wait_for()
    guest = visit(site, f"/sessions/{session_of(site, player.username)}")
    expect(guest).to_have_url(f"{site.url}/rooms/crash")
    expect(in_main(guest, "Take a seat to chat.")).to_be_visible()
    page.get_by_label("Message").fill("<b>good luck</b> ? d")
    page.get_by_label("Message").press("Enter")
    for each in (page, guest):
        expect(each.get_by_role("log")).to_contain_text("<b>good luck</b> ? d")
    expect(page.get_by_label("Message")).to_have_value("")

    page.get_by_role("button", name="Shortcuts").click()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Leave seat").click()
    page.get_by_test_id("sit").click()
    expect(page.get_by_test_id("bet-panel")).to_be_visible()
    assert room_of(page) == "crash"

    # An address that no room can have says so at once.
    for name in ("__proto__", "No_Such", "%E0%A4%A"):
        guest.goto(f"/rooms/{name}")
        expect(in_main(guest, "This room is closed or never existed", role="alert")).to_be_visible()
    guest.goto("/rooms/crash-nowhere")
    expect(in_main(guest, "This room is closed, does not exist", role="alert")).to_be_visible()


def session_of(site: Site, player: str) -> int:
    players: list[dict[str, Any]] = site.call("GET", "/rooms/crash")["snapshot"]["players"]
    (session,) = [each["session"] for each in players if each["player"] == player]
    return int(session)


SET_CLOCK = """
(() => {
  const [now, Real] = [Date.now.bind(Date), Date];
  window.setClockBy = 0;
  window.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [now() + window.setClockBy])); }
    static now() { return now() + window.setClockBy; }
  };
})();
"""
HOUR_MS = 3_600_000
HEADLINES = """
() => {
  const [seen, button] = [[], document.querySelector("[data-testid=main]")];
  window.shown = seen;
  const look = () => {
    const found = /([0-9.]+)×/.exec(button.isConnected ? button.innerText : "");
    if (button.dataset.step === "cash-out" && found) seen.push(Number(found[1]));
    requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.mark.parametrize("set_by_ms", [HOUR_MS, -HOUR_MS])
def test_a_device_that_sets_its_clock_in_mid_round_shows_the_right_multiplier(
    own_site: Site, visit: Visit, set_by_ms: int
) -> None:
    """It climbs, is never behind the ticks, and not far ahead of them."""
    own_site.set_points(300, 400)
    ticks: list[float] = []

    def note(payload: str | bytes) -> None:
        events = json.loads(payload).get("events", [])
        ticks.extend(event["multiplier"] for event in events if event["type"] == "tick")

    def prepare(page: Page) -> None:
        page.add_init_script(SET_CLOCK)
        page.on("websocket", lambda socket: socket.on("framereceived", note))

    page = visit(own_site, "/rooms/crash", own_site.add_player(), before=prepare)
    place(own_site, page, "20")
    main_button(page, "cash-out").wait_for(timeout=ROUND_MS)
    page.evaluate(HEADLINES)
    poll(page, lambda: page.evaluate("window.shown.length") > 5, "the button shows no multiplier")
    page.evaluate(f"window.setClockBy = {set_by_ms}")
    known = len(ticks)
    poll(page, lambda: len(ticks) > known + 12, "no ticks came")
    newest = ticks[-1]
    poll(page, lambda: page.evaluate("window.shown.at(-1)") >= newest, "the button is behind the ticks")
    shown = page.evaluate("window.shown")
    assert shown == sorted(shown)
    assert shown[-1] < ticks[-1] * 1.15  # a second and a half of climbing is 9 %


@pytest.mark.parametrize("set_by_ms", [HOUR_MS, -HOUR_MS])
def test_a_device_that_sets_its_clock_shows_the_right_countdown(site: Site, visit: Visit, set_by_ms: int) -> None:
    page = visit(site, "/", before=lambda page: page.add_init_script(SET_CLOCK))
    line = page.locator(".room-tile", has_text="Crash").locator(".live-line strong").first
    line.wait_for(timeout=ROUND_MS)
    page.evaluate(f"window.setClockBy = {set_by_ms}")
    left: list[float] = []

    def counts_down() -> bool:
        text = line.inner_text()
        if text.endswith(" s"):
            left.append(float(text.removesuffix(" s")))
        return len(set(left)) > 4

    poll(page, counts_down, "there is no countdown")
    assert max(left) <= CRASH_BETTING_MS / 1000 + 0.1
