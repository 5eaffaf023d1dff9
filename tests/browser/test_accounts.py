"""Accounts in the browser, from sign-up to deletion. Each error appears at its field."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import in_main, own, toast
from tests.browser.site import SECRET, Site

OTHER_SECRET = "violet anchor dust parade"


def main_button(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, identifier: str, password: str = SECRET) -> None:
    page.get_by_label("E-mail, username or roll number").fill(identifier)
    page.get_by_label("Password", exact=True).fill(password)
    main_button(page, "Sign in")


def fill_sign_up(page: Page, name: str, **changed: str) -> None:
    values = {
        "Username": name,
        "Roll number": name.upper(),
        "E-mail": f"{name}@campus.example",
    }
    for label, value in (values | changed).items():
        page.get_by_label(label, exact=True).fill(value)


def test_from_sign_up_to_the_first_chips(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-up")
    fill_sign_up(page, "ada")
    main_button(page, "Create account")
    expect(page.get_by_test_id("signed-up")).to_contain_text("ada@campus.example")
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    link = site.link_to("verify", "ada@campus.example")
    phone = visit(site, link)
    phone.goto(link)  # opening the link does not use it up
    expect(phone).to_have_url(f"{site.url}/verify")  # and the token does not stay in the address bar
    expect(phone.get_by_test_id("account")).to_contain_text("the account ada")
    password = phone.get_by_label("Password", exact=True)
    password.fill("password1")
    main_button(phone, "Confirm address")
    expect(password).to_have_attribute("aria-invalid", "true")
    password.fill(SECRET)
    expect(in_main(phone, "Very good", role="status")).to_be_visible()
    main_button(phone, "Confirm address")
    expect(toast(phone, "The account ada is active")).to_be_visible()
    expect(phone).to_have_url(f"{site.url}/")
    expect(phone.get_by_test_id("available")).to_have_text("1,000.00")

    page.goto(link)
    page.get_by_label("Password", exact=True).fill(SECRET)
    main_button(page, "Confirm address")
    expect(in_main(page, "already used", role="alert")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/sign-in?next=/account/wallet")
    sign_in(page, "ADA")
    expect(page).to_have_url(f"{site.url}/account/wallet")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    expect(page.get_by_role("cell", name="Welcome chips")).to_be_visible()


def test_a_sign_up_names_all_faults_at_once_and_forgets_each_that_is_mended(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-up")
    faulty = (
        ("Username", "no", "3 to 20 letters"),
        ("E-mail", "nora@", "Enter an e-mail address"),
    )
    for label, typed, _ in faulty:
        page.get_by_label(label, exact=True).fill(typed)
    main_button(page, "Create account")
    expect(page.get_by_label("Username")).to_be_focused()
    for label, _, fault in (*faulty, ("Roll number", "", "This field is required")):
        field = page.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(fault))
    page.get_by_label("E-mail").fill("nora@campus.example")
    expect(page.get_by_label("E-mail")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")


def test_a_stranger_who_signs_up_with_my_address_gets_nothing(site: Site, visit: Visit) -> None:
    """The owner of the address sets a password on the page of the link; the stranger's does not work."""
    stranger = {"username": "oscar", "full_name": "Oscar", "email": "nina@campus.example", "roll_number": "NINA1"}
    site.call("POST", "/auth/register", stranger | {"password": SECRET})
    first = site.link_to("verify", "nina@campus.example")
    site.call("POST", "/auth/register", stranger | {"username": "oscar2", "password": SECRET})
    second = site.link_to("verify", "nina@campus.example", "oscar2")

    page = visit(site, first)
    main_button(page, "Set a new password")
    page.get_by_label("New password").fill("oscar1234")
    main_button(page, "Confirm address")
    expect(page.get_by_label("New password")).to_have_accessible_description(re.compile("Too easy to guess"))
    page.get_by_label("New password").fill(OTHER_SECRET)
    main_button(page, "Confirm address")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")

    page.goto(second)
    main_button(page, "Set a new password")
    main_button(page, "I know the password")
    page.get_by_label("Password", exact=True).fill(SECRET)
    main_button(page, "Confirm address")
    expect(in_main(page, "already active", role="alert")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(page, "oscar")
    expect(page.get_by_test_id("form-error")).to_contain_text("No account matches")
    sign_in(page, "oscar", OTHER_SECRET)
    expect(toast(page, "Signed in as oscar")).to_be_visible()


def test_a_sign_up_with_a_password_asks_for_it(site: Site, visit: Visit) -> None:
    """Programs may choose the password when they sign up."""
    body = {"username": "robin", "roll_number": "ROBIN", "email": "robin@campus.example", "password": SECRET}
    site.call("POST", "/auth/register", body)
    page = visit(site, site.link_to("verify", "robin@campus.example"))
    page.get_by_label("Password", exact=True).fill("not the password")
    main_button(page, "Confirm address")
    expect(page.get_by_test_id("form-error")).to_contain_text("not the password of this sign-up")
    page.get_by_label("Password", exact=True).fill(SECRET)
    main_button(page, "Confirm address")
    expect(toast(page, "The account robin is active")).to_be_visible()


def test_a_username_that_was_taken_in_the_meantime(site: Site, visit: Visit) -> None:
    for number in (1, 2):
        body = {"username": "twin", "full_name": "T", "email": f"t{number}@campus.example", "roll_number": f"T{number}"}
        site.call("POST", "/auth/register", body | {"password": SECRET})
    for number in (1, 2):
        page = visit(site, site.link_to("verify", f"t{number}@campus.example"))
        page.get_by_label("Password", exact=True).fill(SECRET)
        main_button(page, "Confirm address")
        if number == 1:
            expect(page.get_by_test_id("available")).to_have_text("1,000.00")
    expect(in_main(page, "taken this username", role="alert")).to_be_visible()
    page.get_by_role("link", name="Sign up again").click()
    expect(page).to_have_url(f"{site.url}/sign-up")


def test_sign_up_errors_appear_at_their_fields(site: Site, visit: Visit) -> None:
    taken = site.add_player()
    page = visit(site, "/sign-up")
    main_button(page, "Create account")
    username = page.get_by_label("Username", exact=True)
    expect(username).to_be_focused()
    expect(username).to_have_accessible_description(re.compile("This field is required"))

    fill_sign_up(page, "a!")
    main_button(page, "Create account")
    expect(username).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("E-mail")).not_to_have_attribute("aria-invalid", "true")

    fill_sign_up(page, "fine", **{"E-mail": "nonsense@nowhere"})
    main_button(page, "Create account")
    expect(page.get_by_label("E-mail", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(username).not_to_have_attribute("aria-invalid", "true")

    fill_sign_up(page, taken.username.upper(), **{"Roll number": "NEW1", "E-mail": "new@campus.example"})
    main_button(page, "Create account")
    expect(username).to_have_accessible_description(re.compile("This username is taken"))


def test_sign_in_refuses_a_wrong_password_and_an_unconfirmed_address(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/sign-in")
    sign_in(page, player.username, "not the password")
    expect(page.get_by_test_id("form-error")).to_contain_text("No account matches")

    body = {"username": "unsure", "roll_number": "UNSURE", "email": "unsure@campus.example", "password": SECRET}
    site.call("POST", "/auth/register", body)
    page.goto("/sign-in")
    sign_in(page, "unsure")
    expect(page.get_by_test_id("form-error")).to_contain_text("not confirmed yet")
    page.get_by_label("E-mail", exact=True).fill("unsure@campus.example")
    main_button(page, "Resend the e-mail")
    expect(page.get_by_role("main").get_by_text("we have sent a new e-mail")).to_be_visible()


def test_a_forgotten_password_is_reset_by_mail(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail", exact=True).fill(player.email)
    main_button(page, "Send the link")
    expect(in_main(page, "we have sent it a link")).to_be_visible()
    page.goto(site.mail_to(player.email, "password").links[0])
    expect(page).to_have_url(f"{site.url}/reset")
    page.get_by_label("New password").fill(OTHER_SECRET)
    main_button(page, "Set password")
    expect(in_main(page, "Your password has been changed.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(page, player.email, OTHER_SECRET)
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")


def test_an_edited_profile_is_public(site: Site, visit: Visit) -> None:
    player = site.add_player("cleo")
    renamed = f"{player.username}-new"
    page = visit(site, "/account", player)
    page.get_by_label("Bio").fill("Plays dice.\nOften.")
    page.get_by_label("Location").fill("Room 12")
    page.get_by_label("Picture").fill("javascript:alert(1)")
    main_button(page, "Save")
    expect(page.get_by_label("Picture")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Picture").fill("https://pictures.example/cleo.png")
    page.get_by_label("Username").fill(renamed)
    main_button(page, "Save")
    expect(toast(page, "Saved")).to_be_visible()
    expect(page.get_by_role("button", name=f"Account menu of {renamed}")).to_be_visible()

    public = visit(site, f"/users/{renamed}")
    expect(in_main(public, "Plays dice.")).to_be_visible()
    expect(in_main(public, "Room 12")).to_be_visible()
    expect(public.get_by_role("main")).not_to_contain_text(player.email)
    public.goto(f"/users/{player.username}")
    expect(in_main(public, "There is no player with this name.", role="alert")).to_be_visible()


def test_dates_out_of_range_are_refused_in_words(site: Site, visit: Visit) -> None:
    page = visit(site, "/account/limits", site.add_player())
    until = page.get_by_label("Take a break until")
    until.evaluate("(field) => { field.value = '202612-01-01'; }")
    main_button(page, "Set limits")
    expect(until).to_have_accessible_description(re.compile(r"Enter a date from \d+ \w+ \d{4} to \d+ \w+ \d{4}\."))
    until.fill("")
    until.focus()
    page.keyboard.type("12")
    main_button(page, "Set limits")
    expect(until).to_have_accessible_description(re.compile("Enter day, month and year, or nothing."))
    assert own(site, page, "limits")["break_until"] is None
    page.goto("/account/bets")
    first = page.get_by_label("From")
    first.evaluate("""(field) => {
        field.value = '202612-01-01';
        field.dispatchEvent(new Event('change', { bubbles: true }));
    }""")
    expect(in_main(page, "Enter a year from 1970 to 9999.")).to_be_visible()
    first.fill("2026-01-01")
    expect(in_main(page, "Enter a year from 1970 to 9999.")).to_be_hidden()


def test_the_client_seed_and_limits_are_changed(site: Site, visit: Visit) -> None:
    page = visit(site, "/account", site.add_player())
    field = page.get_by_role("textbox", name="Client seed")
    first = field.input_value()
    page.get_by_role("button", name="Random seed").click()
    expect(field).not_to_have_value(first)
    seed = field.input_value()
    main_button(page, "Use this seed always")
    expect(toast(page, "Your bets use this seed from now on.")).to_be_visible()
    page.reload()
    expect(field).to_have_value(seed)

    page.goto("/account/limits")
    page.get_by_label("Largest stake").fill("abc")
    main_button(page, "Set limits")
    expect(page.get_by_label("Largest stake")).to_have_accessible_description(re.compile("amount in chips"))
    page.get_by_label("Largest stake").fill("12.50")
    main_button(page, "Set limits")
    expect(toast(page, "Saved")).to_be_visible()
    page.get_by_label("Largest stake").fill("")
    main_button(page, "Set limits")
    expect(in_main(page, "A higher limit is pending")).to_be_visible()
    expect(page.get_by_label("Largest stake")).to_have_value("12.50")


def test_a_limit_with_two_readings_is_shown_as_it_was_read_before_it_is_saved(site: Site, visit: Visit) -> None:
    """As in the panels of games: the first Enter shows the number, the next one saves it."""
    player = site.add_player()
    page = visit(site, "/account/limits", player)
    stake = page.get_by_label("Largest stake")
    stake.fill("1,500")
    expect(stake).to_have_accessible_description(re.compile("1500"))
    stake.press("Enter")
    expect(stake).to_have_value("1500")
    expect(stake).to_be_focused()
    assert own(site, page, "limits")["stake"] is None
    stake.press("Enter")
    expect(toast(page, "Saved")).to_be_visible()
    assert own(site, page, "limits")["stake"] == 150_000


def test_a_player_is_signed_in_on_two_devices_and_ends_one_from_the_other(site: Site, visit: Visit) -> None:
    """The second device throws nobody out, and the one that is signed out says why."""
    player = site.add_player()
    laptop = visit(site, "/", player)
    laptop.get_by_test_id("available").wait_for()
    phone = visit(site, "/sign-in")
    phone.get_by_label("E-mail, username or roll number").fill(player.username)
    phone.get_by_label("Password", exact=True).fill(player.password)
    phone.get_by_role("main").get_by_role("button", name="Sign in").click()
    phone.get_by_test_id("available").wait_for()
    expect(laptop.get_by_test_id("connection")).to_have_attribute("data-state", "online")

    phone.goto("/account")
    rows = phone.get_by_test_id("sign-ins").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Chrome on Linux")).to_contain_text("This device")
    rows.filter(has_text="Unnamed device").get_by_role("button", name="Sign out Unnamed device").click()
    expect(rows).to_have_count(1)
    expect(phone.get_by_role("button", name="Sign out all other devices")).to_be_hidden()

    bar = laptop.get_by_test_id("signed-out")
    expect(bar).to_contain_text("You signed this device out from another one.")
    expect(laptop.get_by_test_id("connection")).to_have_attribute("data-state", "signed_out")
    bar.get_by_role("button", name="Watch only").click()
    expect(laptop.get_by_test_id("connection")).to_have_attribute("data-state", "online")
    expect(bar).to_be_hidden()
    expect(phone.get_by_test_id("connection")).to_have_attribute("data-state", "online")


def test_a_device_that_comes_back_is_told_why_it_was_signed_out(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/", player)
    page.get_by_test_id("available").wait_for()
    page.goto("about:blank")
    site.call("DELETE", "/me/sign-ins", None, site.sign_in(player))
    page.goto(f"{site.url}/account")
    expect(page.get_by_test_id("signed-out")).to_contain_text("You signed this device out from another one.")


def test_signing_out_counts_in_every_tab(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/", player)
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name=f"Account menu of {player.username}").click()
    other.get_by_role("button", name="Sign out", exact=True).click()
    expect(other).to_have_url(f"{site.url}/")
    for tab in (page, other):
        expect(tab.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
        expect(tab.get_by_test_id("connection")).to_have_attribute("data-state", "online")
        expect(tab.get_by_test_id("signed-out")).to_be_hidden()


def test_the_password_is_changed_and_the_account_deleted(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = visit(site, "/account", player)
    page.get_by_label("Current password").fill("not the password")
    page.get_by_label("New password").fill(OTHER_SECRET)
    main_button(page, "Change password")
    expect(page.get_by_test_id("form-error")).to_be_visible()
    page.get_by_label("Current password").fill(player.password)
    main_button(page, "Change password")
    expect(toast(page, "Your password has been changed.")).to_be_visible()

    page.goto("/account")
    main_button(page, "Delete account")
    dialog = page.get_by_role("dialog", name="Delete account")
    dialog.get_by_label("Password", exact=True).fill("not the password")
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(dialog.get_by_test_id("form-error")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    main_button(page, "Delete account")
    dialog.get_by_label("Password", exact=True).fill(OTHER_SECRET)
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(page).to_have_url(f"{site.url}/")
    expect(toast(page, "Your account has been deleted.")).to_be_visible()
    page.goto("/sign-in")
    sign_in(page, player.username, OTHER_SECRET)
    expect(page.get_by_test_id("form-error")).to_contain_text("No account matches")
