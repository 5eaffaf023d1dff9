"""The connection as a player sees it: always told, resumed without a reload, nothing shown that is not so."""

import signal

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site

BACK_MS = 30_000


def state(page: Page, wanted: str, timeout: float = BACK_MS) -> None:
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", wanted, timeout=timeout)


def mark(page: Page) -> None:
    """Something that a reload would wipe out."""
    page.evaluate("window.notReloaded = true")


def test_a_server_that_restarts_is_met_again_without_a_reload(own_site: Site, visit: Visit) -> None:
    page = visit(own_site, "/", own_site.add_player("patient"))
    state(page, "online")
    mark(page)
    own_site.stop()
    expect(page.get_by_test_id("offline")).to_contain_text("Your stakes are safe")
    assert page.get_by_test_id("connection").get_attribute("data-state") in ("offline", "connecting")
    own_site.start()
    state(page, "online")
    expect(page.get_by_test_id("offline")).to_be_hidden()
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    assert page.evaluate("window.notReloaded") is True
    card = page.get_by_test_id("room-tile").filter(has_text="Crash").locator(".live-line strong")
    shown = card.text_content()
    expect(card).not_to_have_text(shown or "")


def test_a_server_that_is_killed_gives_the_stake_back(own_site: Site, visit: Visit) -> None:
    player = own_site.add_player("staker")
    page = visit(own_site, "/rooms/crash", player)
    state(page, "online")
    mark(page)
    held = page.get_by_test_id("held")
    while not held.is_visible():
        page.evaluate(
            """async () => {
                const {openRoom} = await import("/client/rooms.js");
                const store = openRoom("crash");
                await store.join().catch(() => undefined);
                await store.bet({amount: 2500, selection: {auto_cashout: 1000}}).catch(() => undefined);
            }"""
        )
        page.wait_for_timeout(200)
    own_site.stop(signal.SIGKILL)
    expect(page.get_by_test_id("offline")).to_be_visible()
    own_site.start()
    state(page, "online")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    expect(held).to_be_hidden()
    assert page.evaluate("window.notReloaded") is True
    own_site.run("audit")


def test_try_now_does_not_wait_for_the_back_off(own_site: Site, visit: Visit) -> None:
    page = visit(own_site)
    state(page, "online")
    own_site.stop()
    state(page, "offline")
    expect(page.get_by_test_id("offline")).to_be_visible()
    own_site.start()
    page.get_by_role("button", name="Try now").or_(page.locator("[data-state=online]")).first.click()
    state(page, "online")
