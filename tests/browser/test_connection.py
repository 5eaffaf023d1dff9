"""The connection in the browser: its state is always shown, and play resumes without a reload."""

import signal
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.play import bets_of, main_button
from tests.browser.site import Site

BACK_MS = 30_000


def expect_state(page: Page, wanted: str) -> None:
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", wanted, timeout=BACK_MS)


def mark(page: Page) -> None:
    """Set a variable that a reload would clear."""
    page.evaluate("window.notReloaded = true")


def test_a_page_finds_a_restarted_server_again(own_site: Site, visit: Visit) -> None:
    page = visit(own_site, "/", own_site.add_player())
    expect_state(page, "online")
    expect(page.get_by_test_id("empty")).to_contain_text("No private rooms are open.")
    mark(page)
    own_site.stop()
    expect(page.get_by_test_id("offline")).to_contain_text("Your live bets stay in play")
    assert page.get_by_test_id("connection").get_attribute("data-state") in ("offline", "connecting")
    own_site.start()
    expect_state(page, "online")
    expect(page.get_by_test_id("offline")).to_be_hidden()
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    tile = page.get_by_test_id("room-tile").filter(has_text="Crash").locator(".live-line strong")
    shown = tile.text_content()
    expect(tile).not_to_have_text(shown or "")

    # "Try now" does not wait until the page would try again.
    own_site.stop()
    expect_state(page, "offline")
    expect(page.get_by_test_id("offline")).to_be_visible()
    own_site.start()
    page.get_by_role("button", name="Try now").or_(page.locator("[data-state=online]")).first.click()
    expect_state(page, "online")
    assert page.evaluate("window.notReloaded") is True


def test_a_killed_server_returns_the_stake(own_site: Site, visit: Visit) -> None:
    player = own_site.add_player()
    room = own_site.open_room(player, "crash", options={"betting_ms": 60_000})["room"]
    page = visit(own_site, f"/rooms/{room}", player)
    main_button(page, "place").click()
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    # The public room is there again after the restart, a private one is not.
    page.get_by_role("link", name="Croupier").click()
    page.get_by_role("link", name="Crash", exact=True).first.click()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    mark(page)
    own_site.stop(signal.SIGKILL)
    expect(page.get_by_test_id("bet-panel")).to_contain_text("Your live bets stay in play")
    expect(main_button(page)).to_be_disabled()
    expect(page.locator(".room.away")).to_be_visible()
    own_site.start()
    expect_state(page, "online")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    expect(page.get_by_test_id("held")).to_be_hidden()
    assert page.evaluate("window.notReloaded") is True
    told = page.get_by_test_id("void-bets")
    expect(told).to_contain_text("Your stake of 10 chips was returned.")
    told.get_by_role("button", name="Got it").click()
    expect(told).to_be_hidden()
    # Play continues in the same page.
    main_button(page, "place", "queue").click()
    expect(page.get_by_test_id("held")).to_have_text("10 held", timeout=BACK_MS)
    own_site.run("audit")

    # Another browser is told too, and leads to the bet.
    own_site.stop(signal.SIGKILL)
    own_site.start()
    elsewhere = visit(own_site, "/", player)
    told = elsewhere.get_by_test_id("void-bets")
    told.wait_for(timeout=BACK_MS)
    # The second round may have been settled before the server was killed.
    void = sum(bet["result"] == "void" for bet in bets_of(own_site, elsewhere))
    expect(told).to_contain_text("stakes of 20 chips were" if void == 2 else "stake of 10 chips was")
    told.get_by_role("link", name="Bets").click()
    expect(elsewhere.get_by_role("main")).to_contain_text("Void")
    expect(told).to_be_hidden()


def test_a_tab_too_many_says_why_it_has_no_connection_and_gets_one_when_another_closes(
    tmp_path: Path, visit: Visit
) -> None:
    for site in running(Site(tmp_path, settings={"MAX_CONNECTIONS_PER_ACCOUNT": "2"})):
        first = visit(site, "/", site.add_player())
        tabs = [first, *(first.context.new_page() for _ in range(2))]
        for tab in tabs[1:]:
            expect_state(first, "online")
            tab.goto("/")
        expect_state(tabs[1], "online")
        bar = tabs[2].get_by_test_id("offline")
        expect(bar).to_contain_text("Your account is open in too many tabs and devices. Close one")
        tabs[1].close()
        bar.get_by_role("button", name="Try now").click()
        expect_state(tabs[2], "online")
        expect(bar).to_be_hidden()
