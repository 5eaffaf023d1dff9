"""The lobby: live tiles for guests too, a small download, and links to everything else."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit, running
from tests.browser.play import SentCommands, in_main, place_in_time, poll
from tests.browser.site import Site

ROUND_MS = 30_000
"""The longest time to the end of the current round of crash on a busy machine."""


def test_a_guest_sees_live_rooms_and_is_invited_to_sign_up(site: Site, visit: Visit) -> None:
    page = visit(site)
    tile = page.get_by_test_id("room-tile").filter(has_text="Crash")
    line = tile.locator(".live-line strong")
    expect(line).to_have_text(re.compile(r"^\d+\.\d s$|×$"))
    first = line.text_content()
    expect(line).not_to_have_text(first or "")
    expect(tile).to_contain_text("watching")
    results = tile.get_by_label("Last results, newest first").get_by_role("listitem")
    expect(results.first).to_have_text(re.compile(r"^\d+\.\d\d×$"), timeout=ROUND_MS)
    roulette = page.locator("[data-testid=room-tile][data-room=roulette]")
    expect(roulette).to_contain_text(re.compile(r"until bets close|No more bets"))
    expect(page.get_by_role("heading", name="Play alone")).to_be_visible()
    expect(page.get_by_role("region", name="Sign up")).to_contain_text("you start with chips")
    tile.get_by_role("link", name="Crash").click()
    expect(page).to_have_url(f"{site.url}/rooms/crash")


def test_a_quick_seat_leads_to_the_liveliest_room_whose_card_says_who_plays(own_site: Site, visit: Visit) -> None:
    site = own_site
    player = site.add_player("zelda")
    page = visit(site, "/rooms/blackjack", player)
    page.get_by_test_id("bet-panel").wait_for()
    lobby = visit(site)
    tile = lobby.locator("[data-testid=room-tile][data-room=blackjack]")
    expect(tile).to_contain_text(player.username)
    place_in_time(site, page)
    expect(tile).to_contain_text("10 chips at stake")
    for picture in lobby.locator("article").all():
        expect(picture.locator("svg.picture > *").first).to_be_attached()
    quick = lobby.get_by_test_id("quick-seat")
    expect(quick).to_contain_text("Watch now")
    arriving = visit(site, "/", site.add_player("racer"))
    expect(arriving.get_by_test_id("room-tile").first).to_have_attribute("data-room", "blackjack")
    arriving.get_by_test_id("quick-seat").get_by_text("Play now").click()
    expect(arriving).to_have_url(f"{site.url}/rooms/blackjack")
    arriving.get_by_test_id("bet-panel").wait_for()


def test_a_slow_catalogue_of_games_is_asked_for_once(site: Site, visit: Visit) -> None:
    """The lobby refreshes its rooms again and again meanwhile."""
    asked: list[Route] = []
    sent: list[SentCommands] = []

    def hold(route: Route) -> None:
        asked.append(route)

    def hold_catalogue(page: Page) -> None:
        sent.append(SentCommands(page))
        page.route("**/api/v1/games", hold)

    page = visit(site, before=hold_catalogue)
    poll(page, lambda: len(sent[0].of(page, "rooms")) >= 3, "the lobby refreshes its rooms")
    assert len(asked) == 1
    asked[0].continue_()
    expect(page.get_by_role("heading", name="Play alone")).to_be_visible()


def test_a_guest_signs_in_and_opens_a_solo_room(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site)
    page.get_by_role("button", name="Sign in to play: Dice").click()
    page.get_by_label("E-mail, username or roll number").fill(player.username)
    page.get_by_label("Password", exact=True).fill(player.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    page.get_by_role("button", name="Play: Dice").click()
    expect(page).to_have_url(re.compile(r"/rooms/dice-\w+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dice")


def test_the_rules_of_a_game_and_pages_that_do_not_exist(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/crash")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash")
    expect(in_main(page, "Return to player")).to_be_visible()
    expect(in_main(page, "99 %")).to_be_visible()
    page.get_by_role("link", name="Go to the room", exact=True).click()
    expect(page).to_have_url(f"{site.url}/rooms/crash")
    page.goto("/games/chess")
    expect(in_main(page, "This game does not exist.", role="alert")).to_be_visible()
    page.goto("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    page.get_by_role("main").get_by_role("link", name="Go to the rooms").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")


def test_only_a_demo_says_that_it_is_one(site: Site, tmp_path: Path, visit: Visit) -> None:
    page = visit(site)
    page.get_by_test_id("room-tile").first.wait_for()
    expect(page.get_by_test_id("demo")).to_be_hidden()
    for demo in running(Site(tmp_path, demo=True)):
        page = visit(demo)
        expect(page.get_by_role("complementary", name="About this demo")).to_contain_text("some players are bots")
        page.get_by_role("link", name="Read the demo mail").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Outbox")
        assert page.locator("meta[name=viewport]").get_attribute("content") == "width=device-width, initial-scale=1"
