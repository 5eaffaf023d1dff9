"""The blackjack table in the browser: rounds of two players, a reload in the middle, and a latecomer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import BadLine, bets_of, main_button, own, poll, skip_repeat_guard
from tests.browser.site import Player, Site

BETTING_MS = 5_000
ROUND_MS = 60_000
MOST_ROUNDS = 20
"""In half of all rounds of two players, no hand may double or split; in one of ten, a single player has no move. Never
does either happen this many times in a row."""
KEYS = {"hit": "h", "stand": "s", "double": "d", "split": "p", "decline": "n", "insure": "i"}

pytestmark = pytest.mark.timeout(280)

Sit = Callable[..., Page]


@pytest.fixture
def table(site: Site, visit: Visit) -> Sit:
    """``table(player)`` brings a player, or without one a guest, to this test's table, where bets close soon."""
    options = {"betting_ms": BETTING_MS, "turn_ms": 100_000}
    room = site.open_room(site.add_player("host"), "blackjack", options=options)["room"]

    def sit(player: Player | None = None, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", player, **options)
        page.get_by_test_id("bet-panel" if player else "invitation").wait_for()
        return page

    return sit


def place(page: Page, stake: str = "10") -> None:
    main_button(page, "place").wait_for(timeout=ROUND_MS)
    page.get_by_role("textbox", name="Stake").fill(stake)
    skip_repeat_guard(page)
    main_button(page).click()
    expect(main_button(page, "placed")).to_be_visible()
    expect(page.get_by_test_id("held")).to_be_visible()


def choose(page: Page) -> str | None:
    """The next move: split or double if the cards allow it, otherwise as the dealer plays."""
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
    """Make every move that is offered until the round is settled; return the moves."""
    made: list[str] = []

    def is_settled() -> bool:
        for page in pages:
            made.extend(make_move(page, by_keys))
        return not any(is_staked(page) for page in pages)

    poll(pages[0], is_settled, "the round is not settled", ROUND_MS / 1000)
    return made


def make_move(page: Page, by_keys: bool) -> list[str]:
    """Make the next move, if one is offered; return it."""
    move = choose(page)
    if move is None:
        return []
    face = page.get_by_test_id("blackjack")
    before = face.inner_html()
    skip_repeat_guard(page)
    if by_keys:
        page.keyboard.press(KEYS[move])
    else:
        page.locator(f"[data-move={move}]").click()
    poll(page, lambda: face.inner_html() != before, f"{move} changed nothing")
    return [move]


def is_staked(page: Page) -> bool:
    return page.get_by_test_id("held").count() > 0


def await_deal(page: Page) -> None:
    """Wait until the player has a move, or until the deal has ended the round."""
    moves_or_over = "body:has([data-testid=moves]), body:not(:has([data-testid=held]))"
    expect(page.locator(moves_or_over)).to_be_attached(timeout=BETTING_MS + 20_000)


def check_settled(site: Site, page: Page) -> dict[str, Any]:
    """The page shows the player's newest bet and wallet as the API does; return the bet."""
    bet = bets_of(site, page)[0]
    net = bet["payout"] - bet["amount"]
    shown = f"{abs(net) / 100:.2f}"
    signed = f"+{shown}" if net > 0 else f"−{shown}" if net < 0 else shown
    expect(page.get_by_test_id("own-result")).to_contain_text(f"({signed})")
    expect(page.locator(".bj-own .bj-net")).to_have_text(signed)
    wallet = own(site, page, "wallet")
    assert wallet["held"] == 0
    expect(page.get_by_test_id("available")).to_have_text(f"{wallet['available'] / 100:,.2f}")
    return bet


def verdicts(page: Page) -> list[list[str]]:
    """Seat, hand, total and verdict of each hand, read at one moment: the end of a round is shown for a few seconds."""
    read = "hands => hands.map(({ dataset: d }) => [d.seat, d.hand, d.total, d.verdict])"
    expect(page.get_by_test_id("blackjack")).to_have_attribute("data-past", "true")
    found: list[list[str]] = page.get_by_test_id("hand").evaluate_all(read)
    return sorted(found)


@pytest.mark.parametrize("until_more_is_staked", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_two_players_and_a_guest_see_the_same_round(site: Site, table: Sit, until_more_is_staked: bool) -> None:
    """Nightly, more rounds are played until a player doubles or splits."""
    desk, phone, guest = table(site.add_player("anna")), table(site.add_player("bert"), **PHONE), table()
    made: list[str] = []
    for _ in range(MOST_ROUNDS):
        place(desk, "10")
        place(phone, "20")
        expect(guest.get_by_test_id("bets").locator("tr")).to_have_count(2)
        made += play_on(desk, phone)
        of_desk, of_phone, of_guest = verdicts(desk), verdicts(phone), verdicts(guest)
        for page in (desk, phone):
            check_settled(site, page)
        assert of_desk == of_phone == of_guest
        assert all(verdict in ("blackjack", "win", "push", "loss", "bust") for *_, verdict in of_desk)
        if {"double", "split"} & set(made) or not until_more_is_staked:
            break
    staked = [bets_of(site, page)[0]["amount"] for page in (desk, phone)]
    assert (staked[0] > 1_000 or staked[1] > 2_000) == bool({"double", "split"} & set(made))
    assert made or not until_more_is_staked


def images(page: Page) -> list[str]:
    found: list[str] = page.locator(".bj-own").get_by_role("img").evaluate_all("all => all.map(each => each.ariaLabel)")
    return found


def moves_offered(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-move]").evaluate_all("all => all.map(each => each.dataset.move)")
    return found


def test_a_reload_in_the_middle_finds_the_cards_and_moves_again(site: Site, table: Sit) -> None:
    page = table(site.add_player("clara"))
    for _ in range(MOST_ROUNDS):
        place(page)
        await_deal(page)
        if page.get_by_test_id("moves").count() == 0:
            continue
        before, offered = images(page), moves_offered(page)
        page.reload()
        page.get_by_test_id("moves").wait_for()
        assert (images(page), moves_offered(page)) == (before, offered)
        assert all(re.fullmatch(r"\w+ of (diamonds|hearts|spades|clubs)", card) for card in before)
        assert play_on(page, by_keys=True)
        check_settled(site, page)
        return
    raise AssertionError("no round gave the player a move")


def test_a_double_whose_answer_is_lost_is_sent_again_and_doubles_once(site: Site, table: Sit) -> None:
    lines: list[BadLine] = []
    page = table(site.add_player(), before=lambda page: lines.append(BadLine(page)))
    (line,) = lines
    for _ in range(MOST_ROUNDS):
        place(page)
        await_deal(page)
        if "decline" in moves_offered(page):
            make_move(page, by_keys=False)
            await_deal(page)
        if "double" not in moves_offered(page):
            play_on(page)
            continue
        line.lose_answer("act")
        line.sent.clear()
        skip_repeat_guard(page)
        page.locator("[data-move=double]").dblclick()
        poll(page, lambda: len(line.of("act")) == 2, "the double is not sent again")
        expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "online")
        expect(page.get_by_test_id("held")).to_have_count(0, timeout=ROUND_MS)
        first, again = line.of("act")
        assert first | {"id": 0} == again | {"id": 0}
        assert first["key"]
        assert first["action"] == "double"
        assert bets_of(site, page)[0]["amount"] == 2_000
        expect(page.locator("[role=alert]:not(:empty)")).to_have_count(0)
        return
    raise AssertionError("no round let the player double")


def test_a_latecomer_watches_and_plays_in_the_next_round(site: Site, table: Sit) -> None:
    player = site.add_player("eve")
    early, late = table(site.add_player("dan")), table(player, **PHONE)
    for _ in range(MOST_ROUNDS):
        place(early)
        await_deal(early)
        if early.get_by_test_id("moves").count():
            break
    main_button(late, "queue").click()
    expect(main_button(late)).to_have_text("Betting 10 when bets open")
    expect(late.get_by_test_id("held")).to_have_count(0)
    expect(late.locator("[data-move]")).to_have_count(0)
    play_on(early)
    expect(late.get_by_test_id("held")).to_have_text("10 held")
    expect(main_button(late, "placed")).to_be_visible()
    row = early.get_by_test_id("bets").locator("tr").filter(has_text=player.username)
    expect(row).to_have_count(1, timeout=ROUND_MS)


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1440, 900)])
def test_the_table_and_the_button_are_in_sight(site: Site, visit: Visit, width: int, height: int) -> None:
    player = site.add_player()
    size = {"width": width, "height": height}
    page = visit(site, "/rooms/blackjack", player, viewport=size, has_touch=width < 700)
    page.get_by_test_id("bet-panel").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(main_button(page)).to_be_in_viewport()
    expect(page.get_by_test_id("dealer")).to_be_in_viewport()
    expect(page.get_by_test_id("seat")).to_have_count(7)
    expect(page.locator(f"[data-testid=seat][data-player={player.username}]")).to_contain_text("you")
