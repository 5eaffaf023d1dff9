"""Rounds that were left open, the player's own limit at the stake, and whose game a spectator watches."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.play import in_main, main_button, open_game, room_of
from tests.browser.site import Site


def test_rounds_left_open_are_listed_with_ways_back(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = open_game(site, visit, "hilo", player)
    main_button(page).click()
    page.locator("[data-move=skip]").wait_for()
    hilo = room_of(page)
    page.goto("/games/mines")
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    main_button(page).click()
    expect(page.get_by_test_id("held")).to_have_text("20 held")
    page.goto("/")
    resume = page.get_by_test_id("resume")
    expect(resume).to_contain_text("2 rounds open")
    expect(resume.get_by_role("link", name="Mines, 10 chips: resume")).to_be_visible()
    page.get_by_test_id("held").click()
    menu = page.get_by_test_id("open-rounds")
    expect(menu.get_by_role("link")).to_have_count(2)
    menu.get_by_role("link", name="Hi-Lo, 10 chips: resume").click()
    expect(page).to_have_url(f"{site.url}/rooms/{hilo}")
    page.get_by_test_id("main").click()
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    page.get_by_test_id("held").click()
    expect(menu.get_by_role("link")).to_have_count(1)


def test_the_stake_field_knows_the_players_own_limit(site: Site, visit: Visit) -> None:
    player = site.add_player()
    site.call("PUT", "/me/limits", {"stake": 500}, site.sign_in(player))
    page = open_game(site, visit, "dice", player)
    stake = page.get_by_role("textbox", name="Stake")
    expect(stake).to_have_value("5")
    page.get_by_role("button", name="Double the stake").click()
    expect(stake).to_have_value("5")
    page.get_by_role("button", name="Largest possible stake").click()
    expect(stake).to_have_value("5")
    stake.fill("6")
    words = "You have set yourself a limit of 5 chips per round."
    expect(page.locator("#stake-error")).to_have_text(words)
    main_button(page).click()
    expect(page.get_by_test_id("bet-error")).to_have_text(words)
    stake.fill("5")
    main_button(page).click()
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")


def test_a_limit_that_changes_on_the_limits_page_counts_at_once(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice")
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("10")
    room = page.url
    page.goto("/account/limits")
    page.get_by_label("Largest stake").fill("3")
    page.get_by_role("button", name="Set limits").click()
    expect(page.locator(".toast")).to_be_visible()
    page.goto(room)
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("3")


def test_a_spectator_of_a_solo_game_is_told_who_plays_for_how_much(site: Site, visit: Visit) -> None:
    player = site.add_player("omar")
    page = open_game(site, visit, "hilo", player)
    guest = visit(site, page.url)
    words = f"{player.username} is playing Hi-Lo"
    expect(guest.get_by_test_id("audience")).to_contain_text(words)
    main_button(page).click()
    expect(guest.get_by_test_id("audience")).to_contain_text(f"{words}, 10 chips")
    expect(page.get_by_test_id("audience")).to_have_text("1 watching")
    expect(in_main(guest, "You are watching.")).to_be_visible()
