"""The hold'em table in the browser: buying in, hands to showdown and to a fold, sitting out, and secret cards."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Visit
from tests.browser.looks import PHONE
from tests.browser.play import SentCommands, bets_of, in_main, own, poll, skip_repeat_guard
from tests.browser.site import Player, Site

BETWEEN_MS = 3_000
"""Between hands; longer than the client needs to show the end of one."""
HAND_MS = 15_000
STREETS = ("preflop", "flop", "turn", "river")

pytestmark = pytest.mark.timeout(120)

Sit = Callable[..., Page]


@pytest.fixture
def table(site: Site, visit: Visit, request: pytest.FixtureRequest) -> Sit:
    """``table(player)`` brings a player to this test's table, where hands follow one another quickly. Nobody is asked
    what to show, unless the test's parameter for this fixture says for how many ms."""
    options = {"between_ms": BETWEEN_MS, "turn_ms": 100_000, "show_ms": getattr(request, "param", 0)}
    room = site.open_room(site.add_player("host"), "holdem", options=options)["room"]

    def sit(player: Player, **options: Any) -> Page:
        page = visit(site, f"/rooms/{room}", player, **options)
        page.get_by_test_id("bet-panel").wait_for()
        return page

    return sit


def buy_in(page: Page, amount: str) -> None:
    page.locator("#buy-in").fill(amount)
    page.locator("[data-step=buy-in]").click()
    expect(page.get_by_test_id("stack")).to_have_text(amount)


def await_street(page: Page, street: str) -> None:
    page.locator(f"[data-testid=holdem][data-phase={street}]").wait_for(timeout=HAND_MS)


def await_end(*pages: Page) -> None:
    """Wait until the pages show the end of the hand, with its winners."""
    for page in pages:
        page.locator("[data-past=true] .he-win").first.wait_for(timeout=HAND_MS)


def move(page: Page, name: str) -> None:
    skip_repeat_guard(page)
    page.locator(f"[data-move={name}]:enabled").click()


def has_turn(page: Page) -> bool:
    return page.get_by_test_id("moves").count() > 0


def in_turn(first: Page, second: Page) -> tuple[Page, Page]:
    """Both pages, that of the player to act first."""
    poll(first, lambda: has_turn(first) or has_turn(second), "a player has the turn")
    return (first, second) if has_turn(first) else (second, first)


def cards(page: Page, of: str) -> list[str]:
    found: list[str] = page.locator(f"{of} [data-card]").evaluate_all("all => all.map(each => each.dataset.card)")
    return found


def seat_of(player: Player) -> str:
    return f"[data-testid=seat][data-player={player.username}]"


def stack_of(page: Page, player: Player) -> int:
    return int(page.locator(seat_of(player)).get_attribute("data-stack") or 0)


class ReceivedFrames:
    """All frames that a page receives. Make it before the page loads."""

    def __init__(self, page: Page) -> None:
        self.frames: list[str] = []
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.frames.append(str(payload)))

    def names(self, card: str) -> bool:
        return any(f'"{card}"' in frame for frame in self.frames)


def test_a_hand_to_showdown_keeps_hole_cards_secret_until_then(site: Site, table: Sit) -> None:
    anna, bert = site.add_player("anna"), site.add_player("bert")
    received: list[ReceivedFrames] = []
    listen = lambda page: received.append(ReceivedFrames(page))  # noqa: E731
    desk, phone = table(anna, before=listen), table(bert, before=listen, **PHONE)
    pages = (desk, phone)
    buy_in(desk, "100")
    buy_in(phone, "60")
    await_street(desk, "preflop")
    for page in pages:
        expect(page.locator(".he-seat.own [data-card]")).to_have_count(2)
    hole = [cards(page, ".he-seat.own") for page in pages]
    assert all(re.fullmatch("[DHSC][2-9TJQKA]", card) for both in hole for card in both)
    assert cards(desk, seat_of(bert)) == cards(phone, seat_of(anna)) == ["", ""]
    for street in STREETS:
        await_street(desk, street)
        for own_one, other in ((0, 1), (1, 0)):
            assert not set(hole[other]) & set(cards(pages[own_one], ".he-face"))
            assert all(received[own_one].names(card) for card in hole[own_one])
            assert not any(received[own_one].names(card) for card in hole[other])
        check_down(street, *pages)
    await_end(*pages)
    board = cards(desk, "[data-testid=board]")
    assert len(board) == 5
    assert board == cards(phone, "[data-testid=board]")
    nets = [bet["payout"] - bet["amount"] for bet in (bets_of(site, page)[-1] for page in pages)]
    assert sum(nets) == 0
    for page, net in zip(pages, nets, strict=True):
        expect(page.get_by_test_id("own-result")).to_contain_text(f"{abs(net) / 100:.2f}")
    # Both see the winner's cards; a beaten hand may stay hidden.
    if nets[0] == 0:
        both = f"({anna.username} and {bert.username}|{bert.username} and {anna.username})"
        expect(desk.get_by_test_id("status")).to_contain_text(re.compile(f"{both} share 2"))
        return
    winner, its_hole, loser = (anna, hole[0], phone) if nets[0] > 0 else (bert, hole[1], desk)
    assert cards(loser, seat_of(winner)) == its_hole
    expect(loser.get_by_test_id("status")).to_contain_text(f"{winner.username} wins 2")


def check_down(street: str, *pages: Page) -> None:
    """Call and check until the first page shows the next street."""
    here = f"[data-testid=holdem][data-phase={street}]"

    def is_over() -> bool:
        for page in pages:
            passive = page.locator("[data-move=check]:enabled, [data-move=call]:enabled")
            if page.locator(here).count() and passive.count():
                skip_repeat_guard(page)
                passive.click()
        return pages[0].locator(here).count() == 0

    poll(pages[0], is_over, f"the {street} does not end")


def test_the_keyboard_raises_and_wins_when_the_other_folds(site: Site, table: Sit) -> None:
    clara, dan = site.add_player("clara"), site.add_player("dan")
    keys, other = table(clara), table(dan, **PHONE)
    keys.locator("#buy-in").focus()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("80")
    keys.keyboard.press("Enter")
    expect(keys.get_by_test_id("stack")).to_have_text("80")
    keys.evaluate("document.activeElement.blur()")
    buy_in(other, "80")
    await_street(keys, "preflop")
    if in_turn(keys, other)[0] is other:
        move(other, "call")
    keys.get_by_test_id("moves").wait_for()
    # Half of the pot of 2 after the call, on top of the 1 to call.
    keys.keyboard.press("2")
    expect(keys.get_by_label("Raise to")).to_have_value("2")
    expect(keys.get_by_label("Raise to")).to_be_focused()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("1000")
    expect(keys.locator("#raise-error")).to_have_text("At most 80.")
    keys.keyboard.press("Enter")
    expect(keys.get_by_test_id("raise")).to_be_visible()
    keys.keyboard.press("ControlOrMeta+a")
    keys.keyboard.type("4.50")
    skip_repeat_guard(keys)
    keys.keyboard.press("Enter")
    words = f"{clara.username} has staked 4.50"
    expect(other.locator("[data-testid=staked]").filter(has_text=words)).to_have_count(1)
    hole = cards(keys, ".he-seat.own")
    move(other, "fold")
    for page in (keys, other):
        expect(page.get_by_test_id("status")).to_contain_text(f"{clara.username} wins")
    await_end(keys, other)
    # After a fold no hand is shown, although the deck is public once the round is settled.
    assert cards(other, seat_of(clara)) == ["", ""]
    assert not set(hole) & set(cards(other, ".he-face"))
    expect(keys.get_by_test_id("own-result")).to_contain_text("+1.00")
    expect(other.get_by_test_id("own-result")).to_contain_text("−1.00")
    assert [bets_of(site, page)[-1]["payout"] for page in (keys, other)] == [8_100, 7_900]
    # Both stacks are carried over to the next hand.
    await_street(keys, "preflop")
    assert stack_of(keys, clara) + stack_of(keys, dan) == 16_000 - 150
    check_hand_files(keys, clara, dan)


def check_hand_files(page: Page, own: Player, folded: Player) -> None:
    """The player saves the last hand from the list of bets, in both formats; the folded cards stay hidden."""
    page.goto("/account/bets")
    saved = {}
    for kind in ("phh", "text"):
        with page.expect_download() as download:
            page.locator(f"[data-format={kind}]").last.click()
        saved[download.value.suggested_filename] = download.value.path().read_text()
    (phh_name, phh), (text_name, text) = saved.items()
    assert phh_name.removesuffix(".phh") == text_name.removesuffix(".txt")
    played = tomllib.loads(phh)
    assert set(played["players"]) == {own.username, folded.username}
    seat = played["players"].index(folded.username) + 1
    assert f"d dh p{seat} ????" in played["actions"]
    assert f"{folded.username}: folds" in text
    assert f"Dealt to {folded.username}" not in text


def test_a_player_who_comes_during_a_hand_buys_in_after_it(site: Site, table: Sit) -> None:
    first, second = table(site.add_player("eve")), table(site.add_player("finn"), **PHONE)
    buy_in(first, "100")
    buy_in(second, "100")
    await_street(first, "preflop")
    third = table(site.add_player("gus"))
    third.locator("#buy-in").fill("50")
    third.locator("[data-step=queue]").click()
    expect(third.locator("[data-step=queued]")).to_have_text("Buying 50 after this hand")
    expect(third.get_by_test_id("held")).to_have_count(0)
    move(in_turn(first, second)[0], "fold")
    expect(third.get_by_test_id("stack")).to_have_text("50", timeout=HAND_MS)
    expect(third.get_by_test_id("held")).to_have_text("50 held")
    await_street(third, "preflop")
    expect(third.locator(".he-seat.own [data-card]")).to_have_count(2)
    expect(first.locator("[data-testid=seat]:not([data-player=''])")).to_have_count(3)


def check_own_cards(page: Page) -> None:
    """The player to act sees their cards without scrolling."""
    page.get_by_test_id("moves").wait_for()
    lie = page.locator(".he-seat.own [data-card]")
    expect(lie).to_have_count(2)
    for card in lie.all():
        expect(card).to_be_in_viewport(ratio=0.9)


def open_raise(page: Page) -> None:
    skip_repeat_guard(page)
    page.get_by_test_id("open-raise").click()


def test_a_called_all_in_shows_all_cards(site: Site, table: Sit) -> None:
    hal, ida = site.add_player("hal"), site.add_player("ida")
    short = table(hal, viewport={"width": 360, "height": 640}, has_touch=True)
    deep = table(ida)
    buy_in(short, "40")
    buy_in(deep, "100")
    await_street(short, "preflop")
    raiser, caller = in_turn(short, deep)
    check_own_cards(raiser)
    open_raise(raiser)
    raiser.get_by_role("button", name="All-in: all your chips").click()
    move(raiser, "raise")
    check_own_cards(caller)
    move(caller, "call")
    await_end(short, deep)
    for page in (short, deep):
        assert len(cards(page, "[data-testid=board]")) == 5
        assert len([card for card in cards(page, "ol") if card]) == 4
    assert stack_of(short, hal) + stack_of(short, ida) == 14_000
    payouts = [bets_of(site, page)[-1]["payout"] for page in (short, deep)]
    assert sorted(payouts) in ([0, 14_000], [4_000, 10_000], [6_000, 8_000])


def test_chips_are_added_a_hand_is_sat_out_and_the_seat_left(site: Site, table: Sit) -> None:
    sent: list[SentCommands] = []
    page = table(site.add_player("joe"), before=lambda page: sent.append(SentCommands(page)))
    page.locator("#buy-in").fill("39.99")
    expect(page.locator("#buy-in-error")).to_have_text("At least 40.")
    expect(page.locator("[data-step=buy-in]")).to_be_disabled()
    buy_in(page, "40")
    expect(page.get_by_test_id("note")).to_have_text("The next hand needs two players with chips")
    # Enter adds chips only from their field.
    skip_repeat_guard(page)
    page.get_by_test_id("holdem").click()
    page.keyboard.press("Enter")
    assert sent[0].plays(page) == 1
    in_main(page, "Add chips").first.click()
    page.locator("#buy-in").fill("60.01")
    expect(page.locator("#buy-in-error")).to_have_text("At most 60.")
    page.locator("#buy-in").fill("15")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stack")).to_have_text("55")
    page.locator("#buy-in").fill("5")
    skip_repeat_guard(page)
    page.locator("[data-step=top-up]").click()
    expect(page.get_by_test_id("stack")).to_have_text("60")
    move(page, "sit_out")
    expect(page.get_by_test_id("note")).to_have_text("You are sitting out.")
    other = table(site.add_player("kim"), **PHONE)
    buy_in(other, "40")
    expect(other.get_by_test_id("note")).to_have_text("Waiting: 1 player sits out")
    move(page, "sit_in")
    await_street(page, "preflop")
    move(in_turn(page, other)[0], "fold")
    await_end(page)
    page.get_by_role("button", name="Leave seat").click()
    expect(page.get_by_test_id("sit")).to_be_visible()
    expect(page.get_by_test_id("held")).to_have_count(0)
    wallet = own(site, page, "wallet")
    assert wallet["held"] == 0
    assert wallet["balance"] in (99_900, 99_950, 100_050, 100_100)
    expect(page.get_by_test_id("available")).to_have_text(f"{wallet['balance'] / 100:,.2f}")


def test_a_player_who_comes_back_sees_what_to_bring(site: Site, table: Sit) -> None:
    page = table(site.add_player("lou"), viewport={"width": 390, "height": 664}, has_touch=True)
    other = table(site.add_player("max"))
    buy_in(other, "40")
    buy_in(page, "84")
    skip_repeat_guard(page)
    page.get_by_role("button", name="Leave seat").click()
    page.get_by_test_id("sit").click()
    told = page.get_by_test_id("brings-back")
    expect(told).to_have_text(re.compile(r"^You left with 84 chips at .+\. Bring at least that until .+\.$"))
    page.locator("#buy-in").fill("50")
    expect(page.locator("#buy-in-error")).to_have_text("At least 84.")
    expect(page.get_by_test_id("main")).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    skip_repeat_guard(page)
    buy_in(page, "84")
    expect(told).to_have_count(0)


def words_of(page: Page, player: Player) -> Any:
    return page.locator(f"{seat_of(player)} [data-testid=words]")


def test_seats_show_last_moves_and_the_log_says_them(site: Site, table: Sit) -> None:
    anna, bert = site.add_player("nina"), site.add_player("otto")
    pages = {anna.username: table(anna), bert.username: table(bert, **PHONE)}
    watcher = table(site.add_player("pia"))
    for page in pages.values():
        buy_in(page, "50")
    await_street(watcher, "preflop")
    first, second = in_turn(*pages.values())
    names = {page: name for name, page in pages.items()}
    actor, other = (bert, anna) if first is pages[bert.username] else (anna, bert)
    for page in (*pages.values(), watcher):
        expect(words_of(page, actor)).to_have_text("Small blind 0.50")
        expect(words_of(page, other)).to_have_text("Big blind 1")
    # The panel and the seat have the same clock.
    for clock in first.get_by_test_id("turn-clock").all():
        expect(clock).to_have_attribute("data-banked", "false")
    # The bright button calls; a raise takes a second press.
    assert first.locator("[data-testid=moves] .primary").evaluate_all("all => all.map(each => each.dataset.move)") == [
        "call"
    ]
    open_raise(first)
    expect(first.locator("[data-move=raise]")).to_have_text("Raise to 2")
    first.get_by_test_id("raise-back").click()
    open_raise(first)
    move(first, "raise")
    expect(words_of(watcher, actor)).to_have_text("Raise to 2")
    move(second, "call")
    await_street(watcher, "flop")
    expect(words_of(watcher, actor)).to_have_text("Raise to 2")
    move(second, "check")
    expect(words_of(watcher, other)).to_have_text("Check")
    expect(words_of(watcher, actor)).to_have_count(0)
    for page in (*pages.values(), watcher):
        log = page.get_by_test_id("hand-log").locator("li")
        expect(log.filter(has_text=f"{names[first]} raises to 2")).to_have_count(1)
        expect(log.filter(has_text=f"{names[second]} calls 1")).to_have_count(1)
        expect(log.filter(has_text="Flop: ")).to_have_count(1)
        expect(page.get_by_test_id("bets")).to_have_count(0)
        expect(page.locator(f"[data-testid=stacks] [data-player={actor.username}]")).to_contain_text("48")


def test_a_move_in_advance_is_sent_on_the_turn_and_only_as_chosen(site: Site, table: Sit) -> None:
    sent: dict[Page, SentCommands] = {}

    def listen(page: Page) -> None:
        sent[page] = SentCommands(page)

    pages = (table(site.add_player("quin"), before=listen), table(site.add_player("rosa"), before=listen, **PHONE))
    for page in pages:
        buy_in(page, "50")
    await_street(pages[0], "preflop")
    first, second = in_turn(*pages)

    def ahead(page: Page, name: str) -> Any:
        return page.locator(f"[data-ahead={name}]")

    skip_repeat_guard(second)
    ahead(second, "check").click()
    expect(ahead(second, "check")).to_have_attribute("aria-pressed", "true")
    expect(second.locator("#polite")).to_contain_text("Check is set for your turn")
    ahead(second, "check").click()
    expect(ahead(second, "check")).to_have_attribute("aria-pressed", "false")
    ahead(second, "check").click()
    move(first, "call")
    # The check goes out by itself, and the flop comes.
    await_street(first, "flop")
    # On the flop, the other one acts first. A bet is not what "Check" agreed to.
    skip_repeat_guard(first)
    ahead(first, "check").click()
    played = sent[first].plays(first)
    open_raise(second)
    move(second, "raise")
    first.get_by_test_id("moves").wait_for()
    expect(first.locator("[data-move=call]")).to_have_text(re.compile("Call 1"))
    expect(first.locator("#assertive")).to_contain_text("cancelled")
    assert sent[first].plays(first) == played
    move(first, "call")
    await_street(first, "turn")
    skip_repeat_guard(first)
    ahead(first, "call_any").click()
    open_raise(second)
    move(second, "raise")
    await_street(first, "river")
    skip_repeat_guard(first)
    ahead(first, "check_fold").click()
    open_raise(second)
    move(second, "raise")
    await_end(first)


@pytest.mark.parametrize("table", [30_000], indirect=True)
def test_who_wins_without_a_showdown_shows_or_mucks(site: Site, table: Sit) -> None:
    sam, tess = site.add_player("sam"), site.add_player("tess")
    received: dict[Page, ReceivedFrames] = {}

    def listen(page: Page) -> None:
        received[page] = ReceivedFrames(page)

    pages = {table(sam, before=listen): sam, table(tess, before=listen, **PHONE): tess}
    for page in pages:
        buy_in(page, "50")
    watcher = table(site.add_player("ugo"), before=listen)
    for choice, seen in (("first", 1), ("muck", 0)):
        for each in received.values():
            each.frames.clear()
        await_street(watcher, "preflop")
        loser, winner = in_turn(*pages)
        hole = cards(winner, ".he-seat.own")
        move(loser, "fold")
        winner.get_by_test_id("show").wait_for()
        expect(loser.get_by_test_id("note")).to_have_text("You are out of this hand.")
        for page in (*pages, watcher):
            expect(page.get_by_test_id("status")).to_contain_text(f"{pages[winner].username} wins 1")
            expect(page.locator(f"{seat_of(pages[winner])} [data-testid=won]")).to_have_text("+1")
        skip_repeat_guard(winner)
        winner.locator("[data-move=muck]" if choice == "muck" else f"[data-which={choice}]").click()
        await_end(loser, watcher)
        for page in (loser, watcher):
            shown = [card for card in cards(page, seat_of(pages[winner])) if card]
            assert shown == hole[:seen]
            assert [received[page].names(card) for card in hole] == [bool(seen), False]
        if seen:
            log = watcher.get_by_test_id("hand-log").locator("li")
            expect(log.filter(has_text=f"{pages[winner].username} shows ")).to_have_count(1)


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1440, 900)])
def test_the_table_and_the_button_are_in_sight(site: Site, table: Sit, width: int, height: int) -> None:
    page = table(site.add_player(), viewport={"width": width, "height": height}, has_touch=width < 700)
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
