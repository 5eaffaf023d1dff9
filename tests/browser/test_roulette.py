"""Roulette in the browser: chips on fields, edges and corners, what others lay, the ball, and what it brought."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from game_engine.games.roulette import LAYOUT, stakes_paid
from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site
from tests.browser.test_looks import FOR_AXE, SMALL_TARGETS, WIDTHS, findings

BETTING_MS = 8_000
SPIN_MS = 1_500
ROUND_MS = BETTING_MS + SPIN_MS + 5_000
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HOSTS = count(1)

# Where the ball lies as seen from the wheel, in degrees, by what is on the screen.
BALL_ANGLE = """() => {
    const middle = box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const [cx, cy] = middle(document.querySelector(".rl-wheel").getBoundingClientRect());
    const angle = ([x, y]) => Math.atan2(x - cx, cy - y) * 180 / Math.PI;
    const zero = [...document.querySelectorAll(".rl-wheel text")].find(each => each.textContent === "0");
    const ball = middle(document.querySelector(".rl-wheel-ball").getBoundingClientRect());
    return ((angle(ball) - angle(middle(zero.getBoundingClientRect()))) % 360 + 360) % 360;
}"""
POCKET_ANGLE = """pocket => {
    const order = [...document.querySelectorAll(".rl-wheel text")].map(each => each.textContent);
    return order.indexOf(pocket) * 360 / order.length;
}"""

pytestmark = pytest.mark.timeout(120)

Sit = Callable[..., Page]


@pytest.fixture
def table(site: Site, visit: Visit) -> Sit:
    """``table(name)`` brings a player to a table of this test's own, where bets are open for a short time."""
    host = site.add_player(f"host{next(HOSTS)}")
    terms = {"game": "roulette", "options": {"betting_ms": BETTING_MS, "spin_ms": SPIN_MS}}
    room = site.call("POST", "/rooms", terms, site.sign_in(host))["room"]

    def sit(name: str, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", site.add_player(name), **options)
        page.get_by_test_id("bet-panel").wait_for()
        return page

    return sit


def room_of(page: Page) -> str:
    return page.url.rpartition("/")[2]


def place(page: Page, key: str) -> Locator:
    return page.locator(f'[data-place="{key}"]')


def lay(page: Page, *keys: str, touch: bool = False) -> None:
    """Put a chip down with the pointer, in the middle of each place."""
    for key in keys:
        place(page, key).scroll_into_view_if_needed()
        box = place(page, key).bounding_box()
        assert box
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if touch:
            page.touchscreen.tap(*middle)
        else:
            page.mouse.click(*middle)


def chips(page: Page, look: str) -> set[str]:
    found: list[str] = page.locator(f".rl-chip.{look}:not(.lost, .won)").evaluate_all(
        "all => all.map(each => each.dataset.chip)"
    )
    return set(found)


def main_button(page: Page) -> Locator:
    return page.get_by_test_id("main")


def place_bets(page: Page) -> None:
    main_button(page).click()
    page.locator("[data-testid=main][data-step=empty]").wait_for()


def await_pocket(page: Page) -> int:
    """The ball has run and come to lie; the number of its pocket."""
    page.locator("[data-testid=wheel][data-stage=runs]").wait_for(timeout=ROUND_MS)
    page.locator("[data-testid=wheel][data-stage=lies]").wait_for(timeout=ROUND_MS)
    return int(page.get_by_test_id("wheel").get_attribute("data-pocket") or "-1")


def own(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def expected(bet: dict[str, Any], pocket: int) -> int:
    where = (bet["selection"]["kind"], tuple(bet["selection"].get("numbers", ())))
    return int(bet["amount"] * stakes_paid(where)) if pocket in LAYOUT[where] else 0


INSIDE = (
    "straight 17",
    "split 17-20",
    "street 0-2-3",
    "corner 0-1-2-3",
    "corner 25-26-28-29",
    "line 31-32-33-34-35-36",
)
OUTSIDE = ("red", "even", "high", "dozen 1-2-3-4-5-6-7-8-9-10-11-12", "column 3-6-9-12-15-18-21-24-27-30-33-36")


@pytest.mark.parametrize("options", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desktop", "phone"])
def test_chips_on_every_kind_of_place_are_played_to_settlement(site: Site, table: Sit, options: dict[str, Any]) -> None:
    phone = options is PHONE
    page = table("finger" if phone else "pointer", **options)
    page.get_by_role("textbox", name="Stake").fill("2")
    lay(page, *INSIDE, *OUTSIDE, touch=phone)
    assert chips(page, "laid") == {*INSIDE, *OUTSIDE}
    expect(page.get_by_test_id("held")).to_have_count(0)
    site.await_bets(room_of(page), 4_000)
    expect(main_button(page)).to_have_text("Place 11 bets: 22")
    place_bets(page)
    expect(page.get_by_test_id("held")).to_have_text("22 held")
    assert (chips(page, "laid"), chips(page, "own")) == (set(), {*INSIDE, *OUTSIDE})
    pocket = await_pocket(page)
    bets = own(site, page, "bets")["items"]
    assert len(bets) == 11
    assert [bet["payout"] for bet in bets] == [expected(bet, pocket) for bet in bets]
    paid = sum(bet["payout"] for bet in bets)
    words = f"Paid {paid / 100:.2f}" if paid and paid != 2_200 else "Stake returned" if paid else "Lost (−22.00)"
    expect(page.get_by_test_id("own-result")).to_contain_text(words)
    expect(page.get_by_test_id("available")).to_have_text(f"{(100_000 - 2_200 + paid) / 100:,.2f}")
    expect(page.locator(".rl-field.hit")).to_have_text(str(pocket))
    assert set(page.locator(".rl-chip.won").evaluate_all("all => all.map(each => each.dataset.chip)")) == {
        key for key in (*INSIDE, *OUTSIDE) if pocket in covered(key)
    }
    assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]


def covered(key: str) -> frozenset[int]:
    kind, _, numbers = key.partition(" ")
    return LAYOUT[kind, tuple(int(number) for number in numbers.split("-") if number)]


def test_the_ball_comes_to_lie_where_the_server_says(table: Sit) -> None:
    page = table("watchful")
    wheel = page.locator("[data-testid=wheel][data-stage=runs]")
    wheel.wait_for(timeout=ROUND_MS)
    expect(wheel).to_have_accessible_name("The wheel. The ball is rolling.")
    expect(main_button(page)).to_have_text("Bets are closed")
    pocket = await_pocket(page)
    page.wait_for_timeout(100)
    off = page.evaluate(BALL_ANGLE) - page.evaluate(POCKET_ANGLE, str(pocket))
    assert min(off % 360, -off % 360) < 2, "half a pocket is 4.9 degrees"
    newest = page.get_by_test_id("history").get_by_role("link").first
    colours = (
        {"0": "0"} if pocket == 0 else {f"{pocket}": f"{pocket} {'red' if pocket in LAYOUT['red', ()] else 'black'}"}
    )
    expect(newest).to_have_text(colours[str(pocket)])


def test_where_motion_is_unwelcome_the_ball_just_lies_there(table: Sit) -> None:
    page = table("calm", reduced_motion="reduce")
    page.locator("[data-testid=wheel][data-stage=runs]").wait_for(timeout=ROUND_MS)
    turned = "document.querySelector('.rl-wheel-turn').style.transform"
    assert page.evaluate(turned) == "rotate(0deg)"
    pocket = await_pocket(page)
    off = page.evaluate(BALL_ANGLE) - page.evaluate(POCKET_ANGLE, str(pocket))
    assert min(off % 360, -off % 360) < 2
    assert page.evaluate(turned) == "rotate(0deg)"


def test_others_chips_are_told_from_ones_own(site: Site, table: Sit, visit: Visit) -> None:
    page, rival = table("host_like"), table("rival")
    guest = visit(site, page.url)
    for each, key in ((page, "straight 17"), (rival, "black")):
        lay(each, key)
    site.await_bets(room_of(page), 4_000)
    place_bets(page)
    place_bets(rival)
    for each, mine, others in ((page, {"straight 17"}, {"black"}), (rival, {"black"}, {"straight 17"})):
        expect(each.locator(".rl-chip.others")).to_have_count(1)
        assert (chips(each, "own"), chips(each, "others")) == (mine, others)
    expect(guest.locator(".rl-chip.others")).to_have_count(2)
    expect(guest.get_by_test_id("bets")).to_contain_text("Black")
    expect(place(page, "black")).to_have_accessible_name("Black, pays 1 to 1, others placed 10 chips")
    expect(place(page, "straight 17")).to_have_accessible_name("Straight 17 black, pays 35 to 1, you placed 10 chips")
    expect(place(guest, "straight 17")).to_be_disabled()


def test_chips_are_taken_back_and_laid_again(site: Site, table: Sit) -> None:
    page = table("fickle")
    page.get_by_role("textbox", name="Stake").fill("1")
    lay(page, "straight 5", "straight 5", "split 0-1")
    expect(main_button(page)).to_have_text(re.compile("2 bets: 3|next round"))
    page.get_by_role("button", name="Undo").click()
    assert chips(page, "laid") == {"straight 5"}
    page.get_by_role("button", name="Clear").click()
    assert chips(page, "laid") == set()
    page.get_by_role("button", name="neighbours").click()
    lay(page, "straight 0")
    assert chips(page, "laid") == {f"straight {n}" for n in (3, 26, 0, 32, 15)}
    site.await_bets(room_of(page), 4_000)
    place_bets(page)
    await_pocket(page)
    page.get_by_role("button", name="Repeat").click()
    assert chips(page, "laid") == {f"straight {n}" for n in (3, 26, 0, 32, 15)}
    page.get_by_test_id("own-bets").locator("summary").click()
    expect(page.get_by_test_id("own-bets")).to_contain_text("Straight 26 black")


def test_the_keyboard_alone(site: Site, table: Sit) -> None:
    page = table("typist")
    page.keyboard.press("ArrowRight")
    expect(place(page, "straight 17")).to_be_focused()
    for key, focused in (
        ("ArrowRight", "split 17-20"),
        ("ArrowDown", "corner 16-17-19-20"),
        ("ArrowDown", "split 16-19"),
        ("ArrowDown", "line 16-17-18-19-20-21"),
    ):
        page.keyboard.press(key)
        expect(place(page, focused)).to_be_focused()
        page.keyboard.press("Space")
    expect(page.locator("#polite")).to_contain_text("10 chips on Line 16 to 21.")
    page.keyboard.press("u")
    assert chips(page, "laid") == {"split 17-20", "corner 16-17-19-20", "split 16-19"}
    site.await_bets(room_of(page), 4_000)
    page.locator("[data-testid=main][data-step=place]").wait_for()
    page.keyboard.press("p")
    page.locator("[data-testid=main][data-step=empty]").wait_for()
    pocket = await_pocket(page)
    bets = own(site, page, "bets")["items"]
    assert len(bets) == 3
    assert [bet["payout"] for bet in bets] == [expected(bet, pocket) for bet in bets]
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Move on the table", "Put down a chip", "Place the bets", "Repeat the last bets"):
        expect(dialog).to_contain_text(words)


def test_what_is_too_much_is_said_and_not_laid(table: Sit) -> None:
    page = table("greedy")
    page.get_by_role("textbox", name="Stake").fill("600")
    lay(page, "red", "black")
    expect(page.get_by_test_id("bet-error")).to_contain_text("You have 1,000 chips available")
    assert chips(page, "laid") == {"red"}


def test_the_lobby_shows_the_room_alive(site: Site, visit: Visit) -> None:
    page = visit(site)
    card = page.locator("[data-testid=room-tile][data-room=roulette]")
    expect(card).to_contain_text(re.compile(r"Bets close in \d+\.\d s|the ball runs"))


@pytest.mark.nightly
@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1440)])
def test_axe_finds_nothing_serious(table: Sit, theme: str, width: int) -> None:
    page = table(f"axe{width}", **FOR_AXE, color_scheme=theme, viewport={"width": width, "height": 844})
    lay(page, "straight 17", "red", "split 1-2")
    page.wait_for_timeout(200)
    assert findings(page) == []
    await_pocket(page)
    page.wait_for_timeout(200)
    assert findings(page) == []


def test_a_ball_that_runs_again_lies_in_no_pocket(site: Site, visit: Visit) -> None:
    terms = {"game": "roulette", "options": {"betting_ms": 500, "spin_ms": 4_500}}
    room = site.call("POST", "/rooms", terms, site.sign_in(site.add_player(f"host{next(HOSTS)}")))["room"]
    page = visit(site, f"/rooms/{room}", site.add_player("quick"))
    page.locator("[data-testid=wheel][data-stage=falls]").wait_for()
    page.locator("[data-testid=wheel][data-stage=runs]").wait_for()
    page.wait_for_timeout(3_000)
    expect(page.get_by_test_id("roulette")).to_have_attribute("data-phase", "running", timeout=1)
    expect(page.get_by_test_id("wheel")).to_have_attribute("data-stage", "runs", timeout=1)


@pytest.mark.nightly
def test_nothing_is_wider_than_the_screen_and_nothing_too_small_to_touch(table: Sit) -> None:
    page = table("ruler", has_touch=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
        felt, frame = (page.locator(each).bounding_box() for each in (".rl-felt", ".game-frame"))
        assert felt
        assert frame
        assert felt["x"] >= frame["x"]
        assert felt["x"] + felt["width"] <= frame["x"] + frame["width"]
        if width == 390:
            small = [html for html in page.evaluate(SMALL_TARGETS) if "rl-line" not in html]
            assert small == [], "the lines between fields are touched where the fields are"
