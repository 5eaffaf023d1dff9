"""Announcements in the browser: a bar that players can dismiss, in the page's language, said to screen readers."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, run

TEXT = "The server restarts at 18:00."


def test_an_announcement_is_shown_and_said_until_it_is_dismissed(own_site: Site, visit: Visit) -> None:
    page = visit(own_site, "/", own_site.add_player())
    wall = visit(own_site, "/rooms/crash/screen")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "online")
    expect(wall.locator("main")).to_have_attribute("data-connection", "online")
    run(["announce", TEXT], own_site.folder, own_site.environment)
    bar = page.get_by_role("region", name="Announcement")
    expect(bar).to_contain_text(TEXT)
    expect(page.locator("#polite")).to_contain_text(f"Announcement: {TEXT}")
    expect(wall.get_by_test_id("announcement")).to_have_text(TEXT)
    expect(wall.get_by_test_id("announcement").get_by_role("button")).to_have_count(0)
    bar.get_by_role("button", name="Got it").click()
    expect(bar).to_be_hidden()
