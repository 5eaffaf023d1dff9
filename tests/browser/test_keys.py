"""Keyboard shortcuts with Caps Lock and on layouts without Latin letters, with the events that such keyboards send."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import open_game
from tests.browser.site import Site

SHIFT = 8
"""The modifier in the browser's protocol."""


def press(page: Page, key: str, code: str, modifiers: int = 0) -> None:
    """Press a key of any keyboard. Playwright's own keyboard is American."""
    session = page.context.new_cdp_session(page)
    common = {"key": key, "code": code, "modifiers": modifiers}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, **common})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **common})
    session.detach()


@pytest.mark.parametrize(
    ("under", "over", "half"),
    [
        pytest.param("U", "O", "H", id="caps-lock"),
        pytest.param("г", "щ", "р", id="russian"),
        pytest.param("θ", "ο", "η", id="greek"),
        pytest.param("ु", "द", "प", id="hindi"),
    ],
)
def test_shortcuts_work_on_every_keyboard(site: Site, visit: Visit, under: str, over: str, half: str) -> None:
    page = open_game(site, visit, "dice")
    sides = [page.get_by_role("radio", name=name) for name in ("Under", "Over")]
    expect(sides[1]).to_be_checked()
    press(page, under, "KeyU")
    expect(sides[0]).to_be_checked()
    press(page, over, "KeyO")
    expect(sides[1]).to_be_checked()
    stake = page.get_by_role("textbox", name="Stake")
    expect(stake).to_have_value("10")
    press(page, half, "KeyH")
    expect(stake).to_have_value("5")
    # In a field, the same key writes.
    stake.select_text()
    press(page, half, "KeyH")
    expect(stake).to_have_value(half)


def test_the_list_opens_and_closes_where_the_question_mark_is_another_one(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice")
    press(page, "؟", "Slash", SHIFT)
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "؟", "Slash", SHIFT)
    expect(page.get_by_role("dialog")).to_be_hidden()
