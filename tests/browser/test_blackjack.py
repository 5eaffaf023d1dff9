"""The blackjack table in the browser: played by hand and by keys to settlement, and found again after a reload."""

import re
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Site

BETTING_MS = 5_000
ROUND_MS = 60_000
HOSTS = count(1)
MOST_ROUNDS = 20
"""In half of all rounds of two players the cards give nobody a double or a split; in one of ten, one has no move.
So many rounds in a row never do."""
KEYS = {"hit": "h", "stand": "s", "double": "d", "split": "p", "decline": "n", "insure": "i"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

pytestmark = pytest.mark.timeout(280)

Sit = Callable[..., Page]


@pytest.fixture
def table(site: Site, visit: Visit) -> Sit:
    """``table(name)`` brings a player, without a name a guest, to a table of this test's own, where bets close soon."""
    host = site.add_player(f"host{next(HOSTS)}")
    terms = {"game": "blackjack", "options": {"betting_ms": BETTING_MS}}
    room = site.call("POST", "/rooms", terms, site.sign_in(host))["room"]

    def sit(name: str | None = None, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", name and site.add_player(name), **options)
        page.get_by_test_id("bet-panel" if name else "invitation").wait_for()
        return page

    return sit


def own(site: Site, page: Page, path: str) -> Any:
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def place(page: Page, stake: str = "10") -> None:
    page.locator("[data-testid=main][data-step=place]").wait_for(timeout=ROUND_MS)
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.get_by_test_id("main").click()
    expect(page.locator("[data-testid=main][data-step=placed]")).to_be_visible()
    expect(page.get_by_test_id("held")).to_be_visible()


def choose(page: Page) -> str | None:
    """The move to make now: whatever the cards give that stakes more, else the dealer's own rule."""
    offered = page.locator("[data-move]:enabled").evaluate_all("all => all.map(each => each.dataset.move)")
    hand = page.locator(".bj-hand.acting")
    for move in ("decline", "split"):
        if move in offered:
            return move
    if not offered or hand.count() == 0:
        return None
    total = int(hand.get_attribute("data-total") or 0)
    if "double" in offered and 9 <= total <= 11:
        return "double"
    return "hit" if total < 17 else "stand"


def play_on(*pages: Page, by_keys: bool = False) -> list[str]:
    """Make every move that is offered until the round of the bets that are placed is over; the moves that were made."""
    made = []
    while any(is_staked(page) for page in pages):
        for page in pages:
            move = choose(page)
            if move is None:
                continue
            turn = page.get_by_test_id("blackjack").inner_html()
            if by_keys:
                page.keyboard.press(KEYS[move])
            else:
                page.locator(f"[data-move={move}]").click()
            made.append(move)
            await_change(page, turn)
        pages[0].wait_for_timeout(100)
    return made


def await_change(page: Page, before: str) -> None:
    """Wait until the table looks different. Asked from here, since a script that waits in the page is evaluated from a
    text there, which its Content-Security-Policy forbids."""
    deadline = time.monotonic() + 30
    while page.get_by_test_id("blackjack").inner_html() == before:
        assert time.monotonic() < deadline, "the move changed nothing"
        page.wait_for_timeout(20)


def is_staked(page: Page) -> bool:
    return page.get_by_test_id("held").count() > 0


def await_deal(page: Page) -> None:
    """The cards are dealt; with a blackjack of the dealer's, or of everybody's, the round is over at once."""
    phase = page.get_by_test_id("blackjack")
    deadline = time.monotonic() + BETTING_MS / 1000 + 10
    while is_staked(page) and phase.get_attribute("data-phase") == "betting":
        assert time.monotonic() < deadline, "nothing was dealt"
        page.wait_for_timeout(50)


def check_settled(site: Site, page: Page) -> dict[str, Any]:
    """What the page shows of its player's newest bet is what the books say; the bet."""
    bet: dict[str, Any] = own(site, page, "bets")["items"][0]
    net = bet["payout"] - bet["amount"]
    shown = f"{abs(net) / 100:.2f}"
    signed = f"+{shown}" if net > 0 else f"−{shown}" if net < 0 else shown
    expect(page.get_by_test_id("own-result")).to_contain_text(f"({signed})")
    expect(page.locator(".bj-own .bj-net")).to_have_text(signed)
    told = own(site, page, "wallet")
    assert told["held"] == 0
    expect(page.get_by_test_id("available")).to_have_text(f"{told['available'] / 100:,.2f}")
    return bet


def verdicts(page: Page) -> list[tuple[str | None, ...]]:
    hands = page.get_by_test_id("hand").all()
    return sorted(
        tuple(hand.get_attribute(f"data-{of}") for of in ("seat", "hand", "total", "verdict")) for hand in hands
    )


def test_two_play_to_settlement_and_see_the_same_table(site: Site, table: Sit) -> None:
    desk, phone, guest = table("anna"), table("bert", **PHONE), table()
    made: list[str] = []
    for _ in range(MOST_ROUNDS):
        place(desk, "10")
        place(phone, "20")
        expect(guest.get_by_test_id("bets").locator("tr")).to_have_count(2)
        await_deal(desk)
        made += play_on(desk, phone)
        for page in (desk, phone):
            expect(page.get_by_test_id("blackjack")).to_have_attribute("data-past", "true")
            check_settled(site, page)
        assert verdicts(desk) == verdicts(phone) == verdicts(guest)
        assert all(verdict in ("blackjack", "win", "push", "loss", "bust") for *_, verdict in verdicts(desk))
        if {"double", "split"} & set(made):
            break
    assert {"double", "split"} & set(made), f"the cards gave neither: {made}"
    staked = [own(site, page, "bets")["items"][0]["amount"] for page in (desk, phone)]
    assert staked[0] > 1_000 or staked[1] > 2_000


def test_the_keyboard_alone_and_a_reload_in_the_middle(site: Site, table: Sit) -> None:
    page = table("clara")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Hit: one more card", "Stand", "Double the bet", "Split a pair", "Take insurance", "No insurance"):
        expect(keys).to_contain_text(words)
    page.keyboard.press("Escape")
    for _ in range(MOST_ROUNDS):
        page.locator("[data-testid=main][data-step=place]").wait_for(timeout=ROUND_MS)
        page.wait_for_timeout(600)
        page.keyboard.press("Enter")
        expect(page.locator("[data-testid=main][data-step=placed]")).to_be_visible()
        expect(page.get_by_test_id("held")).to_be_visible()
        await_deal(page)
        page.wait_for_timeout(500)
        if page.get_by_test_id("moves").count() == 0:
            continue
        before = page.locator(".bj-own").get_by_role("img").evaluate_all("all => all.map(each => each.ariaLabel)")
        offered = page.locator("[data-move]").evaluate_all("all => all.map(each => each.dataset.move)")
        page.reload()
        page.get_by_test_id("moves").wait_for()
        assert page.locator("[data-move]").evaluate_all("all => all.map(each => each.dataset.move)") == offered
        cards = page.locator(".bj-own").get_by_role("img").evaluate_all("all => all.map(each => each.ariaLabel)")
        assert cards == before
        assert all(re.fullmatch(r"\w+ of (diamonds|hearts|spades|clubs)", card) for card in cards)
        made = play_on(page, by_keys=True)
        assert made
        check_settled(site, page)
        return
    raise AssertionError("no round gave anything to do")


def test_a_latecomer_watches_and_is_in_the_next_round(table: Sit) -> None:
    early, late = table("dan"), table("eve", **PHONE, reduced_motion="reduce")
    for _ in range(MOST_ROUNDS):
        place(early)
        await_deal(early)
        late.wait_for_timeout(300)
        if late.locator("[data-testid=main][data-step=queue]").count():
            break
    late.get_by_test_id("main").click()
    expect(late.get_by_test_id("main")).to_have_text("Betting 10 when bets open")
    expect(late.get_by_test_id("held")).to_have_count(0)
    expect(late.locator("[data-move]")).to_have_count(0)
    # Whoever wants no motion sees where everything ends, at once.
    assert late.evaluate("document.getAnimations().every(each => each.effect.getComputedTiming().activeDuration < 1)")
    play_on(early)
    assert late.evaluate("document.getAnimations().every(each => each.effect.getComputedTiming().activeDuration < 1)")
    expect(late.get_by_test_id("held")).to_have_text("10 held")
    expect(late.locator("[data-testid=main][data-step=placed]")).to_be_visible()
    expect(early.get_by_test_id("bets").locator("tr").filter(has_text="eve")).to_have_count(1, timeout=ROUND_MS)


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1440, 900)])
def test_the_table_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    page = visit(
        site,
        "/rooms/blackjack",
        site.add_player(f"wide{width}"),
        viewport={"width": width, "height": height},
        has_touch=width < 700,
    )
    page.get_by_test_id("bet-panel").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_test_id("main")).to_be_in_viewport()
    expect(page.get_by_test_id("dealer")).to_be_in_viewport()
    expect(page.get_by_test_id("seat")).to_have_count(7)
    expect(page.locator(f"[data-testid=seat][data-player=wide{width}]")).to_contain_text("you")
