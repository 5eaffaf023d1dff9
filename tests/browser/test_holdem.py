"""The hold'em table in the browser: buying in, hands to showdown and to a fold, keys, sitting out, and secret cards."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site

BETWEEN_MS = 3_000
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
HOSTS = count(1)
STREETS = ("preflop", "flop", "turn", "river")

pytestmark = pytest.mark.timeout(120)

Sit = Callable[..., Page]


@pytest.fixture
def table(site: Site, visit: Visit) -> Sit:
    """``table(name)`` brings a player to a table of this test's own, where hands follow one another quickly."""
    host = site.add_player(f"host{next(HOSTS)}")
    terms = {"game": "holdem", "options": {"between_ms": BETWEEN_MS}}
    room = site.call("POST", "/rooms", terms, site.sign_in(host))["room"]

    def sit(name: str, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", site.add_player(name), **options)
        page.get_by_test_id("bet-panel").wait_for()
        return page

    return sit


def own(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def buy_in(page: Page, amount: str) -> None:
    page.locator("#buy-in").fill(amount)
    page.locator("[data-step=buy-in]").click()
    expect(page.get_by_test_id("stack")).to_have_text(amount)


def await_street(page: Page, street: str) -> None:
    page.locator(f"[data-testid=holdem][data-phase={street}]").wait_for(timeout=BETWEEN_MS + 10_000)


def move(page: Page, name: str) -> None:
    page.locator(f"[data-move={name}]:enabled").click()


def cards(page: Page, of: str) -> list[str]:
    found: list[str] = page.locator(f"{of} [data-card]").evaluate_all("all => all.map(each => each.dataset.card)")
    return found


def seat_of(name: str) -> str:
    return f"[data-testid=seat][data-player={name}]"


def stack_of(page: Page, name: str) -> int:
    return int(page.locator(seat_of(name)).get_attribute("data-stack") or 0)


class Ears:
    """All that the server has told a page, from now on."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("websocket", self._listen)
        page.reload()
        page.get_by_test_id("bet-panel").wait_for()

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.heard.append(str(payload)))

    def has_heard(self, card: str) -> bool:
        return any(f'"{card}"' in frame for frame in self.heard)


def test_two_play_to_a_showdown_and_nobody_sees_the_others_cards_before(site: Site, table: Sit) -> None:
    desk, phone = table("anna"), table("bert", **PHONE)
    ears = {"anna": Ears(desk), "bert": Ears(phone)}
    buy_in(desk, "100")
    buy_in(phone, "60")
    await_street(desk, "preflop")
    pages = {"anna": desk, "bert": phone}
    for page in pages.values():
        expect(page.locator(".he-seat.own [data-card]")).to_have_count(2)
    hole = {name: cards(page, ".he-seat.own") for name, page in pages.items()}
    assert all(re.fullmatch("[DHSC][2-9TJQKA]", card) for both in hole.values() for card in both)
    assert cards(desk, seat_of("bert")) == cards(phone, seat_of("anna")) == ["", ""]
    for street in STREETS:
        await_street(desk, street)
        for name, other in (("anna", "bert"), ("bert", "anna")):
            seen = cards(pages[name], ".he-face")
            assert not set(hole[other]) & set(seen)
            assert all(ears[name].has_heard(card) for card in hole[name])
            assert not any(ears[name].has_heard(card) for card in hole[other])
        check_street(street, desk, phone)
    for page in pages.values():
        page.locator("[data-past=true]").wait_for()
    board = cards(desk, "[data-testid=board]")
    assert len(board) == 5
    assert board == cards(phone, "[data-testid=board]")
    nets = [bet["payout"] - bet["amount"] for bet in (own(site, page, "bets")["items"][-1] for page in pages.values())]
    assert sum(nets) == 0
    for page, net in zip(pages.values(), nets, strict=True):
        expect(page.get_by_test_id("own-result")).to_contain_text(f"{abs(net) / 100:.2f}")
    # The winner's cards, and those of whoever had to show, lie open for both; a beaten hand may stay down.
    won = "anna" if nets[0] > 0 else "bert"
    loser = phone if won == "anna" else desk
    if nets[0] != 0:
        assert cards(loser, seat_of(won)) == hole[won]
        expect(loser.get_by_test_id("status")).to_contain_text(f"{won} wins 2")
    else:
        expect(desk.get_by_test_id("status")).to_contain_text(re.compile("(anna and bert|bert and anna) share 2"))


def check_street(street: str, *pages: Page) -> None:
    """Everybody calls or checks until the street is another one."""
    while pages[0].locator(f"[data-testid=holdem][data-phase={street}]").count():
        for page in pages:
            passive = page.locator("[data-move=check]:enabled, [data-move=call]:enabled")
            if passive.count() and page.locator(f"[data-testid=holdem][data-phase={street}]").count():
                passive.click()
                page.wait_for_timeout(600)
        pages[0].wait_for_timeout(50)


def test_the_keyboard_alone_raises_and_takes_the_pot_that_the_other_gives_up(site: Site, table: Sit) -> None:
    keys, other = table("clara"), table("dan", **PHONE)
    keys.locator("#buy-in").focus()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("80")
    keys.keyboard.press("Enter")
    expect(keys.get_by_test_id("stack")).to_have_text("80")
    keys.evaluate("document.activeElement.blur()")
    buy_in(other, "80")
    keys.keyboard.press("?")
    dialog = keys.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Fold", "Check or call", "Set a raise (Enter to confirm)", "Raise: half the pot", "Raise: all-in"):
        expect(dialog).to_contain_text(words)
    keys.keyboard.press("Escape")
    await_street(keys, "preflop")
    button = "clara" if keys.locator(f"{seat_of('clara')} .he-button").count() else "dan"
    if button == "dan":
        move(other, "call")
    keys.get_by_test_id("moves").wait_for()
    # Half of a pot of 2 after the call, on top of the 1 that is to be met.
    keys.keyboard.press("2")
    expect(keys.get_by_label("Raise to")).to_have_value("2")
    expect(keys.get_by_label("Raise to")).to_be_focused()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("1000")
    expect(keys.locator("#raise-error")).to_have_text("At most 80.")
    keys.keyboard.press("Enter")
    expect(keys.get_by_test_id("moves")).to_be_visible()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("4.50")
    keys.keyboard.press("Enter")
    expect(other.locator("[data-testid=staked]").filter(has_text="clara has staked 4.50")).to_have_count(1)
    hole = cards(keys, ".he-seat.own")
    ears = Ears(other)
    move(other, "fold")
    for page in (keys, other):
        expect(page.get_by_test_id("status")).to_contain_text("clara wins")
        page.locator("[data-past=true]").wait_for()
    # Nobody has to show after a fold; the deck is public once the round is settled, but no hand is turned up.
    assert cards(other, seat_of("clara")) == ["", ""]
    assert not set(hole) & set(cards(other, ".he-face"))
    assert ears.heard
    expect(keys.get_by_test_id("own-result")).to_contain_text("+1.00")
    expect(other.get_by_test_id("own-result")).to_contain_text("−1.00")
    assert [own(site, page, "bets")["items"][-1]["payout"] for page in (keys, other)] == [8_100, 7_900]
    # The stacks stand in the next hand without anybody doing anything.
    await_street(keys, "preflop")
    assert stack_of(keys, "clara") + stack_of(keys, "dan") == 16_000 - 150
    last = "f" if keys.get_by_test_id("moves").count() else ""
    if last:
        keys.keyboard.press("f")
        expect(keys.get_by_test_id("note")).to_be_visible()


def test_who_comes_during_a_hand_buys_in_when_it_is_over(site: Site, table: Sit) -> None:
    first, second = table("eve"), table("finn", **PHONE)
    buy_in(first, "100")
    buy_in(second, "100")
    await_street(first, "preflop")
    third = table("gus")
    third.locator("#buy-in").fill("50")
    third.locator("[data-step=queue]").click()
    expect(third.locator("[data-step=queued]")).to_have_text("Buying 50 after this hand")
    expect(third.get_by_test_id("held")).to_have_count(0)
    move(first if first.get_by_test_id("moves").count() else second, "fold")
    expect(third.get_by_test_id("stack")).to_have_text("50", timeout=15_000)
    expect(third.get_by_test_id("held")).to_have_text("50 held")
    await_street(third, "preflop")
    expect(third.locator(".he-seat.own [data-card]")).to_have_count(2)
    expect(first.locator("[data-testid=seat]:not([data-player=''])")).to_have_count(3)


def see_own_cards(page: Page, small: bool) -> None:
    """Who is to act sees their cards without scrolling; on a small screen they lie on the sheet with the moves."""
    page.get_by_test_id("moves").wait_for()
    lie = page.locator(".he-peek [data-card]" if small else ".he-seat.own [data-card]")
    expect(lie).to_have_count(2)
    for card in lie.all():
        expect(card).to_be_in_viewport(ratio=0.9)
    assert sorted(cards(page, ".he-peek")) == sorted(cards(page, ".he-seat.own"))


def test_an_all_in_is_called_and_the_table_tells_who_has_what(site: Site, table: Sit) -> None:
    short, deep = table("hal", viewport={"width": 360, "height": 640}, has_touch=True), table("ida")
    buy_in(short, "40")
    buy_in(deep, "100")
    await_street(short, "preflop")
    pages = [short, deep] if short.get_by_test_id("moves").count() else [deep, short]
    see_own_cards(pages[0], small=pages[0] is short)
    pages[0].get_by_role("button", name="All-in: all your chips").click()
    move(pages[0], "raise")
    see_own_cards(pages[1], small=pages[1] is short)
    move(pages[1], "call")
    for page in pages:
        page.locator("[data-past=true]").wait_for(timeout=15_000)
        assert len(cards(page, "[data-testid=board]")) == 5
        assert len([card for card in cards(page, "ol") if card]) == 4
    assert stack_of(short, "hal") + stack_of(short, "ida") == 14_000
    payouts = [own(site, page, "bets")["items"][-1]["payout"] for page in (short, deep)]
    assert sorted(payouts) in ([0, 14_000], [4_000, 10_000], [6_000, 8_000])


def test_enter_adds_chips_only_from_the_field_that_says_how_many(table: Sit) -> None:
    page = table("hasty")
    buy_in(page, "60")
    page.wait_for_timeout(600)
    page.get_by_test_id("holdem").click()
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)
    expect(page.get_by_test_id("stack")).to_have_text("60")
    page.locator(".top-up summary").click()
    page.locator("#buy-in").fill("15")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stack")).to_have_text("75")


def test_sitting_out_adding_chips_and_standing_up_with_them(site: Site, table: Sit) -> None:
    page = table("joe")
    page.locator("#buy-in").fill("39.99")
    expect(page.locator("#buy-in-error")).to_have_text("At least 40.")
    expect(page.locator("[data-step=buy-in]")).to_be_disabled()
    buy_in(page, "40")
    expect(page.get_by_test_id("note")).to_have_text("The next hand needs two players with chips")
    page.get_by_text("Add chips").first.click()
    page.locator("#buy-in").fill("60.01")
    expect(page.locator("#buy-in-error")).to_have_text("At most 60.")
    page.locator("#buy-in").fill("20")
    page.wait_for_timeout(600)
    page.locator("[data-step=top-up]").click()
    expect(page.get_by_test_id("stack")).to_have_text("60")
    move(page, "sit_out")
    expect(page.get_by_test_id("note")).to_have_text("You are sitting out.")
    other = table("kim", **PHONE)
    buy_in(other, "40")
    expect(other.get_by_test_id("note")).to_have_text("The next hand needs two players with chips")
    move(page, "sit_in")
    await_street(page, "preflop")
    move(page if page.get_by_test_id("moves").count() else other, "fold")
    page.locator("[data-past=true]").wait_for()
    page.get_by_role("button", name="Leave seat").click()
    expect(page.get_by_test_id("sit")).to_be_visible()
    told = own(site, page, "wallet")
    expect(page.get_by_test_id("held")).to_have_count(0)
    assert told["held"] == 0
    assert told["balance"] in (99_900, 99_950, 100_050, 100_100)
    expect(page.get_by_test_id("available")).to_have_text(f"{told['balance'] / 100:,.2f}")


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1440, 900)])
def test_the_table_and_the_button_are_in_sight(table: Sit, width: int, height: int) -> None:
    page = table(f"wide{width}", viewport={"width": width, "height": height}, has_touch=width < 700)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport()
    expect(page.get_by_test_id("board")).to_be_in_viewport()
    expect(page.get_by_test_id("seat")).to_have_count(9)
    edges = page.evaluate("""() => {
        const frame = document.querySelector(".he-table").getBoundingClientRect();
        return [...document.querySelectorAll(".he-seat")].filter((seat) => {
            const box = seat.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1;
        }).length;
    }""")
    assert edges == 0
