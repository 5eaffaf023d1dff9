"""Private rooms in the browser: opened on the owner's terms, entered by invitation, listed or not, and closed again."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import SECRET, Player, Site
from tests.browser.test_looks import FOR_AXE, SMALL_TARGETS, findings

PHONE = {"width": 390, "height": 844}


def open_by_form(page: Page, game: str, **chosen: str) -> str:
    """Open a room by the form; its key. ``chosen`` are texts of radio buttons."""
    page.goto("/rooms")
    page.get_by_label("Game").select_option(label=game)
    for words in chosen.values():
        page.get_by_text(words).click()
    page.get_by_role("button", name="Open room").click()
    expect(page).to_have_url(re.compile(r"/rooms/[a-z]+-\w+$"))
    page.get_by_test_id("bet-panel").wait_for()
    return page.url.rpartition("/")[2]


def invitation(page: Page) -> str:
    """The address that the button copies."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy invitation").click()
    expect(page.get_by_role("button", name="Invitation copied")).to_be_visible()
    address: str = page.evaluate("navigator.clipboard.readText()")
    return address


def opened(site: Site, owner: Player, **terms: Any) -> dict[str, str]:
    """A room opened outside the browser: its key and its invite. The owner's sign-in of before is gone."""
    answer: dict[str, str] = site.call("POST", "/rooms", {"game": "coinduel", **terms}, site.sign_in(owner))
    return answer


def path_of(site: Site, address: str) -> str:
    assert address.startswith(site.url), address
    return address.removeprefix(site.url)


def test_a_room_is_opened_entered_by_its_invitation_and_closed(site: Site, visit: Visit) -> None:
    owner = visit(site, "/", site.add_player("host"))
    expect(owner.get_by_test_id("empty")).to_contain_text("No private rooms are open.")
    owner.get_by_role("link", name="Open a room").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Open a room")
    room = open_by_form(owner, "Coin duel", join="Invited players only (unlisted)", watch="Only players with a seat")
    expect(owner.get_by_test_id("private")).to_have_text(
        "Your private room · 2 seats · unlisted · no spectators", use_inner_text=True
    )
    address = invitation(owner)
    assert re.fullmatch(rf"{re.escape(site.url)}/rooms/{room}\?invite=[\w-]{{16,64}}", address)

    guest = visit(site, "/", site.add_player("guest"), viewport=PHONE)
    guest.get_by_role("link", name="Open a room").wait_for()
    expect(guest.get_by_test_id("private-tile")).to_have_count(0)
    guest.goto(f"/rooms/{room}")
    expect(guest.get_by_role("alert").filter(has_text="is invitation only")).to_be_visible()
    guest.goto(path_of(site, address))
    guest.get_by_test_id("bet-panel").wait_for()
    expect(guest.get_by_test_id("private")).to_contain_text("Private room by host")
    expect(owner.get_by_test_id("audience")).to_contain_text("2 players")
    expect(guest.get_by_role("button", name="Close room")).to_have_count(0)
    # Whoever has come in once finds the way back without the invitation.
    guest.goto(f"/rooms/{room}")
    guest.get_by_test_id("bet-panel").wait_for()

    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Keep open").click()
    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Close it", exact=True).click()
    for page in (owner, guest):
        expect(page.get_by_role("status").filter(has_text="This room is closed.")).to_be_visible()
    guest.goto(f"/rooms/{room}")
    expect(guest.get_by_role("alert").filter(has_text="This room is closed, does not exist")).to_be_visible()


def test_an_invitation_outlasts_signing_in(site: Site, visit: Visit) -> None:
    there = opened(site, site.add_player("inviter"), watch="invited", invited_only=True)
    site.add_player("invitee")
    page = visit(site, f"/rooms/{there['room']}?invite={there['invite']}", viewport=PHONE)
    expect(page.get_by_test_id("private")).to_contain_text("Private room by inviter")
    page.get_by_test_id("invitation").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail, username or roll number").fill("invitee")
    page.get_by_label("Password", exact=True).fill(SECRET)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page).to_have_url(re.compile(rf"/rooms/{there['room']}\?invite="))
    expect(page.get_by_test_id("audience")).to_contain_text("1 player")


def test_the_lobby_says_on_which_terms_a_room_is_open(site: Site, visit: Visit) -> None:
    shy, strict, slow = (site.add_player(name) for name in ("shy", "strict", "slow"))
    opened(site, shy, watch="invited")
    opened(site, strict, watch="nobody", invited_only=True, options={"rake": 250})
    opened(site, slow, delay=20)
    page = visit(site)
    cards = page.get_by_test_id("private-tile")
    expect(cards.filter(has_text="by shy")).to_contain_text("Only invited players can watch")
    expect(cards.filter(has_text="by strict")).to_contain_text("No spectators")
    expect(cards.filter(has_text="by strict")).to_contain_text("Invitation only")
    expect(cards.filter(has_text="by strict")).to_contain_text("Rake 2.5 %")
    expect(cards.filter(has_text="by slow")).to_contain_text("Spectators see it 20 seconds late")
    expect(cards.filter(has_text="by slow")).to_contain_text("0 of 2 seats taken")
    cards.filter(has_text="by shy").click()
    expect(page.get_by_role("alert").filter(has_text="If you were invited, sign in.")).to_be_visible()


def test_a_room_that_may_not_be_watched_can_be_sat_down_in(site: Site, visit: Visit) -> None:
    there = opened(site, site.add_player("private"), watch="nobody")
    page = visit(site, "/", site.add_player("passer-by"))
    page.get_by_test_id("private-tile").filter(has_text="by private").click()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page).to_have_url(re.compile(there["room"]))


def test_who_is_not_invited_is_told_so(site: Site, visit: Visit) -> None:
    there = opened(site, site.add_player("choosy"), invited_only=True)
    page = visit(site, f"/rooms/{there['room']}", site.add_player("stranger"))
    expect(page.get_by_role("alert").filter(has_text="This room is invitation only.")).to_be_visible()
    expect(page.get_by_test_id("coinduel")).to_be_visible()
    page.goto(f"/rooms/{there['room']}?invite={there['invite']}")
    page.get_by_test_id("bet-panel").wait_for()


def test_a_full_room_is_watched_and_late_if_its_owner_wants_that(site: Site, visit: Visit) -> None:
    host = site.add_player("latecomer")
    there = opened(site, host, delay=1)
    first = visit(site, f"/rooms/{there['room']}", host)
    first.get_by_test_id("bet-panel").wait_for()
    second = visit(site, f"/rooms/{there['room']}", site.add_player("second"))
    second.get_by_test_id("bet-panel").wait_for()
    third = visit(site, f"/rooms/{there['room']}", site.add_player("third"))
    expect(third.get_by_text("Every seat is taken. You’re watching.")).to_be_visible()
    expect(third.get_by_test_id("late")).to_contain_text("You see this room 1 second late")
    first.get_by_test_id("main").click()
    expect(second.get_by_test_id("main")).to_contain_text("Take it")
    expect(third.get_by_test_id("duel-words")).to_contain_text("latecomer stakes")


def test_who_watches_late_sees_clocks_as_they_stood_then(site: Site, visit: Visit) -> None:
    times = {"betting_ms": 6_000, "spin_ms": 500}
    room = opened(site, site.add_player("croupier"), game="roulette", delay=5, options=times)["room"]
    guest = visit(site, f"/rooms/{room}")
    guest.locator(".rl-wheel-count strong").filter(has_text=re.compile("^[456]$")).wait_for(timeout=20_000)


def test_a_room_in_no_list_is_in_the_lobby_of_its_owner(site: Site, visit: Visit) -> None:
    host = site.add_player("hidden")
    there = opened(site, host, listed=False)
    page = visit(site, "/", host)
    card = page.get_by_test_id("private-tile").filter(has_text="by hidden")
    expect(card).to_have_attribute("data-room", there["room"])
    others = visit(site, "/", site.add_player("nosy"))
    others.get_by_role("link", name="Open a room").wait_for()
    others.wait_for_timeout(1_000)
    expect(others.get_by_test_id("private-tile").filter(has_text="by hidden")).to_have_count(0)


def test_the_form_by_keyboard_and_what_it_refuses(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms?game=holdem", site.add_player("keys"), viewport={"width": 320, "height": 700})
    expect(page.get_by_label("Game")).to_have_value("holdem")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    seats = page.get_by_label("Seats")
    seats.fill("10")
    page.get_by_label("Rake, %").fill("11")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enter a value from 2 to 9.", exact=True)).to_be_visible()
    expect(page.get_by_text("Enter a value from 0 to 10.", exact=True)).to_be_visible()
    expect(page.get_by_label("Rake, %")).to_be_focused()
    page.get_by_label("Rake, %").fill("2.5")
    page.get_by_label("Big blind, chips").fill("2")
    seats.fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("private")).to_contain_text("Your private room · 3 seats · Blinds 0.50/2")
    expect(page.get_by_test_id("private")).to_contain_text("Rake 2.5 %")


def test_there_is_an_end_to_opening_rooms(site: Site, visit: Visit) -> None:
    host = site.add_player("greedy")
    token = site.sign_in(host)
    for _ in range(3):
        site.call("POST", "/rooms", {"game": "coinduel", "listed": False}, token)
    page = visit(site, "/rooms?game=coinduel", host)
    page.get_by_role("button", name="Open room").click()
    expect(page.get_by_test_id("form-error")).to_contain_text("You have reached the limit of open rooms.")


def test_a_guest_signs_in_before_opening_a_room(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/coinduel")
    page.get_by_role("link", name="Open a private room").click()
    expect(page.get_by_text("Sign in to open a room.")).to_be_visible()
    link = page.get_by_role("main").get_by_role("link", name="Sign in")
    expect(link).to_have_attribute("href", "/sign-in?next=%2Frooms%3Fgame%3Dcoinduel")


def test_a_challenge_in_a_room_that_is_closed_comes_back(site: Site, visit: Visit) -> None:
    host = site.add_player("closer")
    there = opened(site, host)
    owner = visit(site, f"/rooms/{there['room']}", host)
    guest = visit(site, f"/rooms/{there['room']}", site.add_player("waiting"), viewport=PHONE)
    guest.get_by_test_id("bet-panel").wait_for()
    guest.get_by_test_id("main").click()
    expect(guest.get_by_test_id("available")).to_have_text("990.00")
    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Close it", exact=True).click()
    expect(guest.get_by_test_id("voided")).to_have_text("Round 1 was void. All stakes were returned.")
    expect(guest.get_by_test_id("available")).to_have_text("1,000.00")
    expect(guest.get_by_role("button", name="Take a seat")).to_have_count(0)


@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1440)])
def test_what_belongs_to_private_rooms_is_for_all_eyes_and_hands(
    site: Site, visit: Visit, theme: str, width: int
) -> None:
    host = site.add_player(f"looker-{theme}")
    there = opened(site, host, watch="invited", invited_only=True, options={"rake": 100})
    size = {"width": width, "height": 844}
    page = visit(site, "/", host, **FOR_AXE, color_scheme=theme, viewport=size)
    page.get_by_test_id("private-tile").filter(has_text=f"of {host.username}").wait_for()
    assert findings(page) == []
    page.goto(f"/rooms/{there['room']}")
    page.get_by_test_id("bet-panel").wait_for()
    page.get_by_role("button", name="Close room").click()
    assert (findings(page), page.evaluate(SMALL_TARGETS)) == ([], [])
    page.get_by_test_id("main").click()
    page.get_by_test_id("offer").wait_for()
    assert (findings(page), page.evaluate(SMALL_TARGETS)) == ([], [])
    page.goto("/rooms?game=holdem")
    page.get_by_role("button", name="Open room").wait_for()
    assert (findings(page), page.evaluate(SMALL_TARGETS)) == ([], [])
