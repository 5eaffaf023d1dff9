"""The crash room in the browser: watching, betting, cashing out, losing, and coming back after a break."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TOKEN, Visit, running
from tests.browser.site import Site

BETTING_MS = 5_000
POINTS = (130, 160)
"""In hundredths: rounds of five to eight seconds."""
ROUND_MS = 30_000
"""How long to wait for a round to end, or for the next one, on a busy machine."""


def crash_site(folder: Path, betting_ms: int = BETTING_MS) -> Site:
    return Site(folder, settings={"CRASH_BETTING_MS": str(betting_ms)}, points=POINTS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from running(crash_site(tmp_path_factory.mktemp("crash")))


def main_button(page: Page) -> Locator:
    return page.get_by_test_id("main")


def await_step(page: Page, step: str, timeout: int = ROUND_MS) -> None:
    page.locator(f"[data-testid=main][data-step={step}]").wait_for(timeout=timeout)


def place(site: Site, page: Page, stake: str, auto: str = "") -> None:
    """Fill the form and bet as soon as a round takes bets for long enough."""
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.get_by_label("Auto cash-out at").fill(auto)
    page.keyboard.press("Escape")
    site.await_bets("crash", BETTING_MS * 2 // 3)
    await_step(page, "place")
    main_button(page).click()
    expect(page.get_by_test_id("held")).to_be_visible()


def own(site: Site, page: Page, path: str) -> Any:
    """What the page's player gets at ``path``; signing in anew would sign the page out."""
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def newest_bets(site: Site, page: Page) -> list[dict[str, Any]]:
    bets: list[dict[str, Any]] = own(site, page, "bets")["items"]
    return bets


def test_a_guest_watches_at_once_and_is_invited(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash")
    expect(page.get_by_role("img", name=re.compile("Multiplier curve"))).to_be_visible()
    expect(page.get_by_test_id("invitation")).to_contain_text("needs no account")
    expect(page.get_by_test_id("bet-panel")).to_have_count(0)
    expect(page.get_by_test_id("spectators")).to_have_text("1 watching")
    page.locator("[data-phase=running]").wait_for(timeout=ROUND_MS)
    page.get_by_test_id("invitation").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Frooms%2Fcrash$"))


def test_the_badge_shows_the_hash_that_is_published(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash")
    page.get_by_test_id("fairness").click()
    shown = page.get_by_test_id("seed-hash")
    expect(shown).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    current = site.call("GET", "/rooms/crash")["snapshot"]["round"]["server_seed_hash"]
    expect(shown).to_have_text(current)
    page.get_by_role("button", name="Close").click()
    expect(shown).to_be_hidden()


def test_a_double_click_is_one_bet_and_it_comes_out_by_itself(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("auto"))
    page.get_by_role("textbox", name="Stake").fill("10")
    page.get_by_label("Auto cash-out at").fill("1.01")
    site.await_bets("crash", BETTING_MS * 2 // 3)
    await_step(page, "place")
    main_button(page).dblclick()
    expect(page.get_by_test_id("placed")).to_have_text("10 chips in. Waiting for the round to start")
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    expect(page.get_by_test_id("available")).to_have_text("990.00")
    expect(page.get_by_test_id("bets").locator("tr")).to_have_count(1)
    expect(page.get_by_test_id("own-result")).to_be_visible(timeout=ROUND_MS)
    (bet,) = newest_bets(site, page)
    assert bet["payout"] == 1010
    expect(page.get_by_test_id("own-result")).to_contain_text("Paid 10.10")
    told = own(site, page, "wallet")
    expect(page.get_by_test_id("available")).to_have_text("1,000.10")
    assert (told["balance"], told["held"]) == (100_010, 0)


def press_space_in_a_field_then_outside(page: Page) -> None:
    page.get_by_role("textbox", name="Stake").focus()
    page.keyboard.press("Space")
    page.evaluate("document.activeElement.blur()")
    expect(page.get_by_test_id("own-bets").locator(".win")).to_have_count(0)
    page.keyboard.press("Space")


def test_space_cashes_out_but_not_from_a_field(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("hand"))
    for bets in range(1, 50):
        place(site, page, "20")
        # A round that ends at 1.00, or before the key is pressed, is lost; the next one comes. What is shown may be
        # ahead of the server by half a way's time, which is more than a hundredth on a busy machine.
        pressed = False
        while len(newest_bets(site, page)) < bets:
            if not pressed and re.search(r"Cash out.*1\.(?!0)\d\d×", main_button(page).inner_text(), re.DOTALL):
                press_space_in_a_field_then_outside(page)
                pressed = True
        if newest_bets(site, page)[0]["result"] == "cashout":
            break
    bet = newest_bets(site, page)[0]
    assert bet["result"] == "cashout"
    assert bet["payout"] > bet["amount"] == 2000
    expect(page.get_by_test_id("own-result")).to_contain_text(f"Paid {bet['payout'] / 100:.2f}")
    expect(page.get_by_test_id("available")).to_have_text(f"{own(site, page, 'wallet')['balance'] / 100:,.2f}")


@pytest.fixture
def patient_site(tmp_path: Path) -> Iterator[Site]:
    """A round takes bets for long enough to place four, however busy the machine is."""
    yield from running(crash_site(tmp_path, 10_000))


def test_four_bets_the_first_kept_for_them_ride_into_the_crash(patient_site: Site, visit: Visit) -> None:
    site = patient_site
    page, guest = visit(site, "/rooms/crash", site.add_player("brave")), visit(site, "/rooms/crash")
    page.get_by_role("textbox", name="Stake").fill("1")
    await_step(page, "queue")
    main_button(page).click()
    expect(main_button(page)).to_have_text("Betting 1 chip when bets open")
    expect(page.get_by_test_id("held")).to_have_count(0)
    for number in (2, 3, 4):
        expect(main_button(page)).to_have_text(f"Add bet {number} of 4", timeout=ROUND_MS)
        page.wait_for_timeout(520)
        main_button(page).click()
    expect(main_button(page)).to_have_text("All your bets are in")
    expect(page.get_by_test_id("held")).to_have_text("4 held")
    expect(guest.get_by_test_id("bets").locator("tr").filter(has_text="brave")).to_have_count(4)
    expect(page.get_by_test_id("own-result")).to_contain_text("Lost (−4.00)", timeout=ROUND_MS)
    expect(page.get_by_test_id("available")).to_have_text("996.00")
    assert [bet["result"] for bet in newest_bets(site, page)] == ["loss"] * 4
    expect(guest.get_by_test_id("history").get_by_role("link").first).to_have_accessible_name(
        re.compile(r"Open its proof$")
    )


def test_what_can_not_be_placed_is_said_where_it_is_typed(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("poor"))
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


def test_keys_are_listed_and_the_list_closes_again(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("typist"))
    page.get_by_test_id("bet-panel").wait_for()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Cash out")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Shortcuts").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_players_chat_and_guests_read(site: Site, visit: Visit) -> None:
    page, guest = visit(site, "/rooms/crash", site.add_player("talker")), visit(site, "/rooms/crash")
    expect(guest.get_by_text("Take a seat to chat.")).to_be_visible()
    page.get_by_label("Message").fill("<b>good luck</b> ? d")
    page.get_by_label("Message").press("Enter")
    for each in (page, guest):
        expect(each.get_by_role("log")).to_contain_text("<b>good luck</b> ? d")
    expect(page.get_by_label("Message")).to_have_value("")


def test_standing_up_and_sitting_down_again(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("restless"))
    page.get_by_role("button", name="Leave seat").click()
    page.get_by_test_id("sit").click()
    expect(page.get_by_test_id("bet-panel")).to_be_visible()


def test_a_session_is_watched_by_its_number(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player("star"))
    page.get_by_test_id("bet-panel").wait_for()
    players = site.call("GET", "/rooms/crash")["snapshot"]["players"]
    session = next(each["session"] for each in players if each["player"] == "star")
    guest = visit(site, f"/sessions/{session}")
    expect(guest).to_have_url(f"{site.url}/rooms/crash")
    expect(guest.get_by_test_id("room")).to_be_visible()


def test_a_room_that_is_not_there(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash-nowhere")
    expect(page.get_by_role("alert").filter(has_text="This room is closed, does not exist")).to_be_visible()


@pytest.fixture
def mortal_site(tmp_path: Path) -> Iterator[Site]:
    yield from running(crash_site(tmp_path))


def test_a_server_that_is_killed_and_started_again_is_played_on_without_a_reload(
    mortal_site: Site, visit: Visit
) -> None:
    site = mortal_site
    page = visit(site, "/rooms/crash", site.add_player("patient"))
    page.evaluate("window.stillTheSamePage = true")
    place(site, page, "10")
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    site.stop(signal.SIGKILL)
    expect(page.get_by_test_id("bet-panel")).to_contain_text("Your stakes are safe")
    expect(main_button(page)).to_be_disabled()
    expect(page.locator(".room.away")).to_be_visible()
    site.start()
    expect(page.locator("[data-testid=connection][data-state=online]")).to_have_count(1, timeout=30_000)
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    place(site, page, "20")
    expect(page.get_by_test_id("placed")).to_be_visible()
    assert page.evaluate("window.stillTheSamePage")


SIZES = [(320, 640), (390, 844), (768, 1024), (1440, 900)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_sticks_out_at_any_size_and_the_button_is_in_sight(
    site: Site, visit: Visit, width: int, height: int
) -> None:
    player = site.add_player(f"size{width}")
    page = visit(site, "/rooms/crash", player, viewport={"width": width, "height": height}, has_touch=width < 700)
    page.get_by_test_id("bet-panel").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport()
    expect(page.get_by_role("img", name=re.compile("Multiplier curve"))).to_be_in_viewport(ratio=0.4)
    before = page.evaluate("scrollY")
    page.get_by_role("textbox", name="Stake").focus()
    assert page.evaluate("scrollY") == before
