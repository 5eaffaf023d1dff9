"""Roulette in the browser: chips on all kinds of places, other players' chips, the ball, and the payouts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from game_engine.games.roulette import LAYOUT, stakes_paid
from tests.browser.conftest import Visit
from tests.browser.looks import PHONE, WIDTHS, overflow_of, small_targets
from tests.browser.play import IN_TIME_MS, bets_of, main_button, poll, room_of
from tests.browser.site import Player, Site

BETTING_MS = 8_000
LONGEST_BETTING_MS = 600_000
SPIN_MS = 1_500
ROUND_MS = BETTING_MS + SPIN_MS + 20_000

# The angle between the ball and the zero, in degrees, as it is on the screen.
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
    """``table(player)`` brings a player to this test's table, where bets are open for a short time."""
    return new_table(site, visit, BETTING_MS)


@pytest.fixture
def open_table(site: Site, visit: Visit) -> Sit:
    """Like ``table``, but bets stay open until the test is over, however busy the machine is."""
    return new_table(site, visit, LONGEST_BETTING_MS)


def new_table(site: Site, visit: Visit, betting_ms: int) -> Sit:
    options = {"betting_ms": betting_ms, "spin_ms": SPIN_MS}
    room = site.open_room(site.add_player("host"), "roulette", options=options)["room"]

    def sit(player: Player | None = None, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", player or site.add_player(), **options)
        page.get_by_test_id("bet-panel").wait_for()
        return page

    return sit


def place(page: Page, key: str) -> Locator:
    return page.locator(f'[data-place="{key}"]')


def lay(page: Page, *keys: str, touch: bool = False) -> None:
    """Click or tap the middle of each place to put a chip there."""
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


def place_bets(site: Site, page: Page) -> None:
    site.await_bets(room_of(page), IN_TIME_MS)
    main_button(page, "place").click()
    main_button(page, "empty").wait_for()


def await_pocket(page: Page) -> int:
    """Wait until the ball has run and come to rest; return the number of its pocket."""
    page.locator("[data-testid=wheel][data-stage=runs]").wait_for(timeout=ROUND_MS)
    page.locator("[data-testid=wheel][data-stage=lies]").wait_for(timeout=ROUND_MS)
    return int(page.get_by_test_id("wheel").get_attribute("data-pocket") or "-1")


def payout_of(bet: dict[str, Any], pocket: int) -> int:
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


def covered(key: str) -> frozenset[int]:
    kind, _, numbers = key.partition(" ")
    return LAYOUT[kind, tuple(int(number) for number in numbers.split("-") if number)]


def test_chips_on_every_kind_of_place_are_paid_by_the_pocket_of_the_ball(site: Site, table: Sit) -> None:
    page = table(**PHONE)
    page.get_by_role("textbox", name="Stake").fill("2")
    lay(page, *INSIDE, *OUTSIDE, touch=True)
    assert chips(page, "laid") == {*INSIDE, *OUTSIDE}
    expect(page.get_by_test_id("held")).to_have_count(0)
    site.await_bets(room_of(page), IN_TIME_MS)
    expect(main_button(page)).to_have_text("Place 11 bets: 22")
    place_bets(site, page)
    expect(page.get_by_test_id("held")).to_have_text("22 held")
    assert (chips(page, "laid"), chips(page, "own")) == (set(), {*INSIDE, *OUTSIDE})

    wheel = page.locator("[data-testid=wheel][data-stage=runs]")
    wheel.wait_for(timeout=ROUND_MS)
    expect(wheel).to_have_accessible_name("The wheel. The ball is rolling.")
    expect(main_button(page)).to_have_text("Bets are closed")
    pocket = await_pocket(page)
    poll(page, lambda: is_in(page, pocket), "the ball does not rest in its pocket")
    check_history(page, pocket)

    bets = bets_of(site, page)
    assert len(bets) == 11
    assert [bet["payout"] for bet in bets] == [payout_of(bet, pocket) for bet in bets]
    paid = sum(bet["payout"] for bet in bets)
    words = f"Paid {paid / 100:.2f}" if paid and paid != 2_200 else "Stake returned" if paid else "Lost (−22.00)"
    expect(page.get_by_test_id("own-result")).to_contain_text(words)
    expect(page.get_by_test_id("available")).to_have_text(f"{(100_000 - 2_200 + paid) / 100:,.2f}")
    expect(page.locator(".rl-field.hit")).to_have_text(str(pocket))
    won = page.locator(".rl-chip.won").evaluate_all("all => all.map(each => each.dataset.chip)")
    assert set(won) == {key for key in (*INSIDE, *OUTSIDE) if pocket in covered(key)}
    assert overflow_of(page) <= 0


def is_in(page: Page, pocket: int) -> bool:
    """Whether the ball lies in the middle of the pocket; half a pocket is 4.9 degrees."""
    off = page.evaluate(BALL_ANGLE) - page.evaluate(POCKET_ANGLE, str(pocket))
    return bool(min(off % 360, -off % 360) < 2)


def check_history(page: Page, pocket: int) -> None:
    colour = "red" if pocket in LAYOUT["red", ()] else "black"
    newest = page.get_by_test_id("history").get_by_role("link").first
    expect(newest).to_have_text(f"{pocket} {colour}" if pocket else "0")


def test_other_players_chips_differ_from_the_players_own(site: Site, open_table: Sit, visit: Visit) -> None:
    page, rival = open_table(), open_table()
    guest = visit(site, page.url)
    for each, key in ((page, "straight 17"), (rival, "black")):
        lay(each, key)
    place_bets(site, page)
    place_bets(site, rival)
    for each, mine, others in ((page, {"straight 17"}, {"black"}), (rival, {"black"}, {"straight 17"})):
        expect(each.locator(".rl-chip.others")).to_have_count(1)
        assert (chips(each, "own"), chips(each, "others")) == (mine, others)
    expect(guest.locator(".rl-chip.others")).to_have_count(2)
    expect(guest.get_by_test_id("bets")).to_contain_text("Black")
    expect(place(page, "black")).to_have_accessible_name("Black, pays 1 to 1, others placed 10 chips")
    expect(place(page, "straight 17")).to_have_accessible_name("Straight 17 black, pays 35 to 1, you placed 10 chips")
    expect(place(guest, "straight 17")).to_be_disabled()


def test_chips_are_taken_back_refused_and_repeated(site: Site, table: Sit) -> None:
    page = table()
    page.get_by_role("textbox", name="Stake").fill("600")
    lay(page, "red", "black")
    expect(page.get_by_test_id("bet-error")).to_contain_text("You have 1,000 chips available")
    assert chips(page, "laid") == {"red"}
    page.get_by_role("button", name="Clear").click()
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
    place_bets(site, page)
    await_pocket(page)
    page.get_by_role("button", name="Repeat").click()
    assert chips(page, "laid") == {f"straight {n}" for n in (3, 26, 0, 32, 15)}
    page.get_by_test_id("own-bets").locator("summary").click()
    expect(page.get_by_test_id("own-bets")).to_contain_text("Straight 26 black")


def test_a_ball_that_runs_again_has_left_its_pocket(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 500, "spin_ms": 6_000}
    room = site.open_room(site.add_player("host"), "roulette", options=options)["room"]
    page = visit(site, f"/rooms/{room}", site.add_player(), before=lambda page: page.clock.install())
    wheel = page.get_by_test_id("wheel")
    expect(wheel).to_have_attribute("data-stage", "falls", timeout=ROUND_MS)
    expect(wheel).to_have_attribute("data-stage", "runs", timeout=ROUND_MS)
    # Fire the timers of the last fall while the server's next spin is still running.
    page.clock.fast_forward(3_000)
    assert page.get_by_test_id("roulette").get_attribute("data-phase") == "running"
    assert wheel.get_attribute("data-stage") == "runs"


@pytest.mark.nightly
def test_nothing_overflows_and_every_place_can_be_touched(table: Sit) -> None:
    page = table(has_touch=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow_of(page) <= 0, width
        felt, frame = (page.locator(each).bounding_box() for each in (".rl-felt", ".game-frame"))
        assert felt
        assert frame
        assert felt["x"] >= frame["x"]
        assert felt["x"] + felt["width"] <= frame["x"] + frame["width"]
        if width == 390:
            small = [html for html in small_targets(page) if "rl-line" not in html]
            assert small == [], "the lines between fields are touched where the fields are"
