"""Private rooms in the browser: opened on the owner's terms, entered by invitation, listed or not, and closed."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.looks import FOR_AXE, PHONE, axe_findings, load_axe, overflow_of, small_targets
from tests.browser.play import in_main, main_button, poll
from tests.browser.site import SECRET, Player, Site


def open_by_form(page: Page, game: str, **chosen: str) -> str:
    """Open a room with the form; return its key. ``chosen`` are texts of radio buttons."""
    page.goto("/rooms")
    page.get_by_label("Game").select_option(label=game)
    for words in chosen.values():
        in_main(page, words).click()
    page.get_by_role("button", name="Open room").click()
    expect(page).to_have_url(re.compile(r"/rooms/[a-z]+-\w+$"))
    page.get_by_test_id("bet-panel").wait_for()
    return page.url.rpartition("/")[2]


def invitation(page: Page) -> str:
    """The address that the invitation button copies."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy invitation").click()
    expect(page.get_by_role("button", name="Invitation copied")).to_be_visible()
    address: str = page.evaluate("navigator.clipboard.readText()")
    return address


def path_of(site: Site, address: str) -> str:
    assert address.startswith(site.url), address
    return address.removeprefix(site.url)


def tile_of(page: Page, owner: Player) -> Locator:
    return page.get_by_test_id("private-tile").filter(has_text=f"by {owner.username}")


def test_a_room_is_opened_entered_by_its_invitation_and_closed(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    owner = visit(site, "/", host)
    owner.get_by_role("link", name="Open a room").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Open a room")
    room = open_by_form(owner, "Coin duel", join="Invited players only (unlisted)", watch="Only players with a seat")
    expect(owner.get_by_test_id("private")).to_have_text(
        "Your private room · 2 seats · unlisted · no spectators", use_inner_text=True
    )
    address = invitation(owner)
    assert re.fullmatch(rf"{re.escape(site.url)}/rooms/{room}\?invite=[\w-]{{16,64}}", address)

    guest = visit(site, f"/rooms/{room}", site.add_player("guest"), **PHONE)
    expect(in_main(guest, "is invitation only", role="alert")).to_be_visible()
    guest.goto(path_of(site, address))
    guest.get_by_test_id("bet-panel").wait_for()
    expect(guest.get_by_test_id("private")).to_contain_text(f"Private room by {host.username}")
    expect(owner.get_by_test_id("audience")).to_contain_text("2 players")
    expect(guest.get_by_role("button", name="Close room")).to_have_count(0)
    # An invited player can return without the invitation.
    guest.goto(f"/rooms/{room}")
    main_button(guest).click()
    expect(guest.get_by_test_id("available")).to_have_text("990.00")

    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Keep open").click()
    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Close it", exact=True).click()
    for page in (owner, guest):
        expect(in_main(page, "This room is closed.", role="status")).to_be_visible()
    expect(guest.get_by_test_id("voided")).to_have_text("Round 1 was void. All stakes were returned.")
    expect(guest.get_by_test_id("available")).to_have_text("1,000.00")
    expect(guest.get_by_role("button", name="Take a seat")).to_have_count(0)
    guest.goto(f"/rooms/{room}")
    expect(in_main(guest, "This room is closed, does not exist", role="alert")).to_be_visible()


def test_a_closed_room_says_so_once_and_shows_its_results(site: Site, visit: Visit) -> None:
    host, rival = site.add_player("host"), site.add_player("rival")
    opened = site.open_room(host, "coinduel", invited_only=True)
    path = f"/rooms/{opened['room']}"
    phone = {"viewport": {"width": 390, "height": 664}}
    owner = visit(site, path, host)
    guest = visit(site, f"{path}?invite={opened['invite']}", rival, **phone)
    wall = visit(site, f"{path}/screen?invite={opened['invite']}")
    wall.get_by_test_id("wall").wait_for()
    main_button(owner).click()
    main_button(guest, "take").click()
    for page in (owner, guest):
        expect(page.get_by_test_id("own-result")).to_contain_text(re.compile("Paid|Lost"))
    owner.get_by_role("button", name="Close room").click()
    owner.get_by_role("button", name="Close it", exact=True).click()
    for page in (owner, guest, wall):
        expect(page.get_by_test_id("closed")).to_contain_text("Of the 1 round that you saw here")
        expect(in_main(page, "This room is closed.")).to_have_count(1)
        results = page.get_by_test_id("closed").get_by_role("listitem").locator(".number")
        assert results.all_inner_texts() == ["+10.00", "−10.00"]
    assert overflow_of(guest) == 0
    expect(guest.get_by_role("link", name="Back to the rooms")).to_be_visible()


class Thumb:
    """What a person does on a phone, counted."""

    def __init__(self) -> None:
        self.actions = 0

    def tap(self, what: Locator) -> None:
        what.click()
        self.actions += 1

    def type(self, field: Locator, typed: str) -> None:
        field.fill(typed)
        self.actions += 1

    def open_link(self, page: Page) -> Page:
        """A tap on a link outside the browser, which has opened this page."""
        self.actions += 1
        return page


def test_a_stranger_with_an_invitation_is_seated_after_eight_actions(site: Site, visit: Visit) -> None:
    """The room survives the sign-up, the mail on another device, and the confirmation, which signs in."""
    host = site.add_player("host")
    opened = site.open_room(host, "coinduel", listed=False, invited_only=True)
    small, thumb = {"width": 390, "height": 664}, Thumb()
    phone = visit(site, f"/rooms/{opened['room']}?invite={opened['invite']}", viewport=small)
    expect(phone.get_by_test_id("invites")).to_have_text(f"{host.username} invites you to play Coin duel.")
    thumb.tap(phone.get_by_test_id("invitation").get_by_role("link", name="Sign up"))
    expect(phone.get_by_test_id("going")).to_contain_text("invited to a room of Coin duel")
    name = site.new_name("stranger")
    fields = {"Username": name, "Roll number": f"S{name.rpartition('-')[2]}", "E-mail": f"{name}@campus.example"}
    for label, typed in fields.items():
        thumb.type(phone.get_by_label(label), typed)
    thumb.tap(phone.get_by_role("button", name="Create account"))
    expect(phone.get_by_test_id("signed-up")).to_be_visible()
    expect(phone.get_by_test_id("going")).to_contain_text("Coin duel")

    other = thumb.open_link(visit(site, site.link_to("verify", f"{name}@campus.example"), viewport=small))
    expect(other.get_by_test_id("going")).to_contain_text("Coin duel")
    thumb.type(other.get_by_label("Password", exact=True), SECRET)
    thumb.tap(other.get_by_role("button", name="Confirm address"))
    assert thumb.actions == 8
    expect(other).to_have_url(re.compile(rf"/rooms/{opened['room']}\?invite="))
    other.get_by_test_id("bet-panel").wait_for()
    expect(other.get_by_test_id("private")).to_contain_text(f"Private room by {host.username}")


def test_a_wrong_invitation_says_so(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    opened = site.open_room(host, "coinduel", listed=False, invited_only=True)
    path = f"/rooms/{opened['room']}?invite={opened['invite']}"
    small = {"width": 390, "height": 664}
    for player in (None, site.add_player("guest")):
        page = visit(site, path[:-1], player, viewport=small)
        expect(page.get_by_test_id("wrong-invite")).to_be_visible()
        expect(page.get_by_test_id("invites")).to_have_count(0)
        page.goto(f"{site.url}{path}")
        page.get_by_test_id("bet-panel" if player else "invites").wait_for()
        expect(page.get_by_test_id("wrong-invite")).to_have_count(0)


SHARE_SHEET = """window.shared = [];
navigator.share = async (what) => {
    window.shared.push(what.url);
    if (window.refuses) throw new DOMException("", window.refuses);
};"""
"""The headless browser has no share sheet."""


def test_a_phone_shares_the_invitation_by_its_share_sheet(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    opened = site.open_room(host, "coinduel")
    phone = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
    page = visit(site, f"/rooms/{opened['room']}", host, before=lambda page: page.add_init_script(SHARE_SHEET), **phone)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = f"{site.url}/rooms/{opened['room']}?invite={opened['invite']}"
    button = page.get_by_role("button", name="Share invitation")
    button.click()
    poll(page, lambda: page.evaluate("shared") == [link], "the share sheet gets the link")
    page.evaluate("window.refuses = 'AbortError'")
    button.click()
    poll(page, lambda: len(page.evaluate("shared")) == 2, "the sheet opens again")
    expect(page.get_by_role("button", name="Invitation copied")).to_be_hidden()
    page.evaluate("window.refuses = 'NotAllowedError'")
    button.click()
    expect(page.get_by_role("button", name="Invitation copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_a_room_is_joined_by_the_code_that_its_owner_tells(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    opened = site.open_room(host, "coinduel", listed=False, invited_only=True)
    owner = visit(site, f"/rooms/{opened['room']}", host)
    expect(owner.get_by_test_id("room-code")).to_have_text(opened["code"])

    guest = visit(site, "/", site.add_player("guest"), viewport={"width": 390, "height": 664})
    guest.get_by_role("link", name="Join with a code").click()
    guest.get_by_label("Room code").fill("AAAAAA")
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_test_id("form-error")).to_contain_text("No open room has this code")
    guest.get_by_label("Room code").fill(opened["code"].lower())
    guest.get_by_role("button", name="Join").click()
    guest.get_by_test_id("bet-panel").wait_for()
    expect(guest).to_have_url(re.compile(rf"/rooms/{opened['room']}"))

    other = visit(site, f"/join/{opened['code']}", site.add_player("other"))
    expect(other).to_have_url(re.compile(rf"/rooms/{opened['room']}"))


def test_an_invitation_is_kept_while_signing_in(site: Site, visit: Visit) -> None:
    inviter, invitee = site.add_player("inviter"), site.add_player("invitee")
    opened = site.open_room(inviter, "coinduel", watch="invited", invited_only=True)
    page = visit(site, f"/rooms/{opened['room']}?invite={opened['invite']}", **PHONE)
    expect(page.get_by_test_id("private")).to_contain_text(f"Private room by {inviter.username}")
    page.get_by_test_id("invitation").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail, username or roll number").fill(invitee.username)
    page.get_by_label("Password", exact=True).fill(invitee.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page).to_have_url(re.compile(rf"/rooms/{opened['room']}\?invite="))
    expect(page.get_by_test_id("audience")).to_contain_text("1 player")


def test_the_lobby_shows_the_terms_of_each_listed_room(site: Site, visit: Visit) -> None:
    shy, strict, slow, hidden = (site.add_player(name) for name in ("shy", "strict", "slow", "hidden"))
    unlisted = site.open_room(hidden, "coinduel", listed=False)["room"]
    site.open_room(shy, "coinduel", watch="invited")
    site.open_room(strict, "coinduel", watch="nobody", invited_only=True, options={"rake": 250})
    site.open_room(slow, "coinduel", delay=20)
    page = visit(site)
    expect(tile_of(page, shy)).to_contain_text("Only invited players can watch")
    expect(tile_of(page, strict)).to_contain_text("No spectators")
    expect(tile_of(page, strict)).to_contain_text("Invitation only")
    expect(tile_of(page, strict)).to_contain_text("Rake 2.5 %")
    expect(tile_of(page, slow)).to_contain_text("Spectators see it 20 seconds late")
    expect(tile_of(page, slow)).to_contain_text("0 of 2 seats taken")
    # The list has the later rooms, so it would have this one too.
    expect(tile_of(page, hidden)).to_have_count(0)
    tile_of(page, shy).click()
    expect(in_main(page, "If you were invited, open the full link", role="alert")).to_be_visible()
    check_open_room_asks_to_sign_in(page)

    own_lobby = visit(site, "/", hidden)
    expect(tile_of(own_lobby, hidden)).to_have_attribute("data-room", unlisted)


def check_open_room_asks_to_sign_in(guest: Page) -> None:
    guest.goto("/games/coinduel")
    guest.get_by_role("link", name="Open a private room").click()
    expect(in_main(guest, "Sign in to open a room.")).to_be_visible()
    link = guest.get_by_role("main").get_by_role("link", name="Sign in")
    expect(link).to_have_attribute("href", "/sign-in?next=%2Frooms%3Fgame%3Dcoinduel")


def test_a_player_sits_down_where_the_owner_allows_it(site: Site, visit: Visit) -> None:
    closed, choosy = site.add_player("closed"), site.add_player("choosy")
    unwatched = site.open_room(closed, "coinduel", watch="nobody")["room"]
    invited_only = site.open_room(choosy, "coinduel", invited_only=True)
    page = visit(site, "/", site.add_player("stranger"))
    tile_of(page, closed).click()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page).to_have_url(re.compile(unwatched))
    page.goto(f"/rooms/{invited_only['room']}")
    expect(in_main(page, "This room is invitation only.", role="alert")).to_be_visible()
    expect(page.get_by_test_id("coinduel")).to_be_visible()
    page.goto(f"/rooms/{invited_only['room']}?invite={invited_only['invite']}")
    page.get_by_test_id("bet-panel").wait_for()


def test_a_full_room_is_watched_with_the_owners_delay(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    room = site.open_room(host, "coinduel", delay=1)["room"]
    first, second = visit(site, f"/rooms/{room}", host), visit(site, f"/rooms/{room}", site.add_player())
    for page in (first, second):
        page.get_by_test_id("bet-panel").wait_for()
    third = visit(site, f"/rooms/{room}", site.add_player())
    expect(in_main(third, "Every seat is taken. You’re watching.")).to_be_visible()
    expect(third.get_by_test_id("late")).to_contain_text("You see this room 1 second late")
    main_button(first).click()
    expect(main_button(second)).to_contain_text("Take it")
    expect(third.get_by_test_id("duel-words")).to_contain_text(f"{host.username} stakes")


def test_a_delayed_spectator_sees_the_clocks_of_that_time(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 6_000, "spin_ms": 500}
    room = site.open_room(site.add_player("host"), "roulette", delay=5, options=options)["room"]
    guest = visit(site, f"/rooms/{room}")
    guest.locator(".rl-wheel-count strong").filter(has_text=re.compile("^[456]$")).wait_for(timeout=20_000)


def test_the_form_works_by_keyboard_and_reports_errors(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    page = visit(site, "/rooms?game=holdem", host, viewport={"width": 320, "height": 700})
    expect(page.get_by_label("Game")).to_have_value("holdem")
    assert overflow_of(page) <= 0
    seats = page.get_by_label("Seats")
    seats.fill("10")
    page.get_by_label("Rake, %").fill("11")
    page.keyboard.press("Enter")
    expect(in_main(page, "Enter a value from 2 to 9.", exact=True)).to_be_visible()
    expect(in_main(page, "Enter a value from 0 to 10.", exact=True)).to_be_visible()
    expect(page.get_by_label("Rake, %")).to_be_focused()
    page.get_by_label("Rake, %").fill("2.5")
    page.get_by_label("Big blind, chips").fill("2")
    seats.fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("private")).to_contain_text("Your private room · 3 seats · Blinds 0.50/2")
    expect(page.get_by_test_id("private")).to_contain_text("Rake 2.5 %")

    token = page.evaluate(f"localStorage.getItem('{TOKEN}')")
    for _ in range(2):
        site.call("POST", "/rooms", {"game": "coinduel", "listed": False}, token)
    page.goto("/rooms?game=coinduel")
    page.get_by_role("button", name="Open room").click()
    expect(page.get_by_test_id("form-error")).to_contain_text("You have reached the limit of open rooms.")


@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1440)])
def test_axe_finds_nothing_serious_in_private_rooms(site: Site, visit: Visit, theme: str, width: int) -> None:
    host = site.add_player("host")
    room = site.open_room(host, "coinduel", watch="invited", invited_only=True, options={"rake": 100})["room"]
    size = {"width": width, "height": 844}
    page = visit(site, "/", host, before=load_axe, **FOR_AXE, color_scheme=theme, viewport=size)
    tile_of(page, host).wait_for()
    assert axe_findings(page) == []
    page.goto(f"/rooms/{room}")
    page.get_by_test_id("bet-panel").wait_for()
    page.get_by_role("button", name="Close room").click()
    assert (axe_findings(page), small_targets(page)) == ([], [])
    main_button(page).click()
    page.get_by_test_id("offer").wait_for()
    assert (axe_findings(page), small_targets(page)) == ([], [])
    page.goto("/rooms?game=holdem")
    page.get_by_role("button", name="Open room").wait_for()
    assert (axe_findings(page), small_targets(page)) == ([], [])
