"""Text fields with a largest length take as many characters as the server, and say when it is reached."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.play import toast
from tests.browser.site import Site


def test_a_chat_line_of_emoji_is_as_long_as_the_server_takes(site: Site, visit: Visit) -> None:
    page = visit(site, "/rooms/crash", site.add_player())
    field, counter = page.get_by_role("textbox", name="Message"), page.locator("#chat-note")
    field.click()
    page.keyboard.insert_text("🎲" * 239)
    expect(counter).to_be_empty()
    page.keyboard.insert_text("🎲")
    expect(counter).to_have_text("40 characters left")
    expect(page.locator("#polite")).to_contain_text("40 characters left")
    page.keyboard.insert_text("🎲" * 50)
    assert field.evaluate("(field) => [...field.value].length") == 280
    full = "280 characters is the most. Nothing more can be typed."
    expect(counter).to_have_text(full)
    expect(field).to_have_accessible_description(full)
    expect(page.locator("#assertive")).to_contain_text(full)
    # In the middle, what is typed too much goes, not what stands behind it.
    field.press("Backspace")
    field.press("Backspace")
    page.keyboard.insert_text("yz")
    field.press("Home")
    page.keyboard.insert_text("x")
    assert (field.input_value()[0], field.input_value()[-2:]) == ("🎲", "yz")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("room").get_by_text("🎲" * 278 + "yz")).to_be_visible()


def test_the_fields_of_the_profile_count_like_the_server(site: Site, visit: Visit) -> None:
    page = visit(site, "/account", site.add_player())
    lengths = {"Full name": 100, "Bio": 2_000, "Location": 100}
    for label, most in lengths.items():
        field = page.get_by_role("textbox", name=label)
        field.fill("🎲" * (most + 1))
        assert field.evaluate("(field) => [...field.value].length") == most
        expect(field).to_have_accessible_description(f"{most:,} characters is the most. Nothing more can be typed.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(toast(page, "Saved")).to_be_visible()
