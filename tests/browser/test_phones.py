"""On a phone, upright or turned, the board, the player's own cards or bets, the clock and every action are in sight at
the same time, without scrolling, in every phase of every game."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.looks import hidden_parts, overflow_of
from tests.browser.play import main_button, open_game, room_of, skip_repeat_guard
from tests.browser.site import Player, Site

SIZES = ((390, 844), (390, 664), (360, 640), (844, 390))
NARROWEST = (320, 640)
ZOOMED = (640, 400)
"""A screen of 1280 × 800 at 200 %."""
LONG_ROUND = (300, 350)
"""A round of crash that lasts long enough to look at it in all sizes."""
WAIT_S = 5.0
ROUND_MS = 30_000
LONG_MS = 100_000

BOARD = {"board", "action"}
OWN = {*BOARD, "own"}
CLOCK = {*BOARD, "clock"}
ALL = {*BOARD, "own", "clock"}
WAITING = {"board", "own", "clock"}
"""While somebody else moves"""


@pytest.fixture(scope="module")
def phone_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose rounds of crash are long."""
    settings = {"CRASH_BETTING_MS": "5000"}
    folder: Path = tmp_path_factory.mktemp("phones")
    yield from running(Site(folder, settings=settings, points=LONG_ROUND, all_games=True))


@pytest.fixture(scope="module")
def player(phone_site: Site) -> Player:
    return phone_site.add_player("demobot_0123")


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def check(page: Page, needed: set[str]) -> None:
    """All parts are in sight at each size, once the page has settled."""
    found: dict[str, list[str]] = {}
    for size in SIZES:
        resize(page, size)
        deadline = time.monotonic() + WAIT_S
        while (hidden := hidden_parts(page, needed)) and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        if hidden:
            found[f"{size[0]} × {size[1]}"] = hidden
    assert not found, found
    for size in (NARROWEST, ZOOMED):
        resize(page, size)
        assert overflow_of(page) <= 0, size
    resize(page, SIZES[0])


def table_for(site: Site, game: str, **options: int) -> str:
    """The path of a new private room."""
    opened = site.open_room(site.add_player("host"), game, options=options)
    return f"/rooms/{opened['room']}"


SHOWN_LETTERS = """() => [...document.querySelectorAll(".he-who")]
    .map((each) => {
        const [{length}, {scrollWidth, clientWidth}] = [each.textContent, each];
        const dots = 0.9 * parseFloat(getComputedStyle(each).fontSize);
        return [each.textContent, scrollWidth <= clientWidth ? length : length * (clientWidth - dots) / scrollWidth];
    })"""


def check_names(page: Page) -> None:
    """At each size, the seats show at least twelve letters of their players' names."""
    for size in SIZES:
        resize(page, size)
        for name, letters in page.evaluate(SHOWN_LETTERS):
            assert letters >= min(len(name), 12), (size, name, letters)


# ---- the phases: each game yields what must be in sight, and goes on when that has been checked ----

Phases = Iterator[tuple[Page, set[str]]]


def at_once(game: str, choose: Callable[[Page], None] = lambda page: None) -> Callable[[Site, Visit, Player], Phases]:
    """A game whose bet is settled at once."""

    def phases(site: Site, visit: Visit, player: Player) -> Phases:
        page = open_game(site, visit, game, player, has_touch=True)
        yield page, BOARD
        choose(page)
        main_button(page).click()
        expect(page.get_by_test_id("own-result")).to_be_visible()
        yield page, BOARD

    return phases


def most_rows(page: Page) -> None:
    page.get_by_label("Rows", exact=True).select_option("16")


def ten_picks(page: Page) -> None:
    page.get_by_role("button", name="Quick pick").click()
    check(page, OWN)


def mines(site: Site, visit: Visit, player: Player) -> Phases:
    page = open_game(site, visit, "mines", player, has_touch=True)
    yield page, BOARD
    page.get_by_role("button", name="One fewer mine").click(click_count=2, delay=50)
    main_button(page).click()
    expect(main_button(page, "cash-out")).to_be_visible()
    yield page, OWN
    page.locator("[data-cell='7']").click()
    expect(page.locator("[data-cell='7']")).to_have_attribute("data-state", re.compile("safe|hit"))
    yield page, BOARD
    if main_button(page, "cash-out").count():
        skip_repeat_guard(page)
        main_button(page).click()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    yield page, BOARD


def hilo(site: Site, visit: Visit, player: Player) -> Phases:
    page = open_game(site, visit, "hilo", player, has_touch=True)
    yield page, BOARD
    main_button(page).click()
    skip = page.locator("[data-move=skip]")
    for cards in range(2, 8):
        skip_repeat_guard(page)
        skip.click()
        expect(page.get_by_test_id("hilo")).to_have_attribute("data-cards", str(cards))
    yield page, OWN
    skip_repeat_guard(page)
    main_button(page).click()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    yield page, BOARD


def coin_duel(site: Site, visit: Visit, player: Player) -> Phases:
    path = table_for(site, "coinduel")
    page = visit(site, path, player, has_touch=True)
    other = visit(site, path, site.add_player("benjamin_012"), has_touch=True)
    page.get_by_test_id("bet-panel").wait_for()
    yield page, BOARD
    main_button(page).click()
    expect(main_button(page, "withdraw")).to_be_enabled()
    yield page, OWN
    expect(main_button(other, "take")).to_be_enabled()
    yield other, BOARD
    main_button(other).click()
    expect(page.get_by_test_id("own-result")).to_be_visible()
    yield page, OWN


def crash(site: Site, visit: Visit, player: Player) -> Phases:
    page = visit(site, table_for(site, "crash", betting_ms=10_000), player, has_touch=True)
    page.get_by_test_id("bet-panel").wait_for()
    yield page, CLOCK
    main_button(page).click()
    expect(main_button(page, "another")).to_be_visible()
    yield page, ALL
    while main_button(page, "another").count():
        before = page.locator(".own-bets li").count()
        skip_repeat_guard(page)
        main_button(page).click()
        expect(page.locator(".own-bets li")).to_have_count(before + 1)
    yield page, ALL
    expect(main_button(page, "cash-out")).to_be_visible(timeout=LONG_MS)
    yield page, OWN
    main_button(page).click()
    expect(main_button(page, "queue")).to_be_visible()
    yield page, OWN
    skip_repeat_guard(page)
    main_button(page).click()
    expect(main_button(page, "queued")).to_be_visible()
    yield page, OWN
    expect(page.get_by_test_id("own-result")).to_be_visible(timeout=LONG_MS)
    yield page, CLOCK


def roulette(site: Site, visit: Visit, player: Player) -> Phases:
    page = visit(site, table_for(site, "roulette", betting_ms=12_000, spin_ms=5_000), player, has_touch=True)
    page.get_by_test_id("bet-panel").wait_for()
    yield page, CLOCK
    for place in ("straight 17", "red", "even"):
        page.locator(f"[data-place='{place}']").dispatch_event("click")
    expect(page.locator(".rl-chip.laid")).to_have_count(3)
    yield page, ALL
    skip_repeat_guard(page)
    main_button(page).click()
    expect(page.locator(".rl-chip.own")).to_have_count(3)
    yield page, ALL
    expect(page.get_by_test_id("wheel")).to_have_attribute("data-stage", "runs", timeout=LONG_MS)
    yield page, OWN
    expect(page.get_by_test_id("wheel")).to_have_attribute("data-stage", "lies", timeout=LONG_MS)
    yield page, BOARD


def blackjack(site: Site, visit: Visit, player: Player) -> Phases:
    path = table_for(site, "blackjack", betting_ms=4_000, turn_ms=LONG_MS, insurance_ms=1_000)
    page = visit(site, path, player, has_touch=True)
    others = [visit(site, path, site.add_player(f"benjamin_01{n}")) for n in range(2)]
    for each in (page, *others):
        each.get_by_test_id("bet-panel").wait_for()
    yield page, OWN
    seen: set[str] = set()
    while "turn" not in seen:  # a round with a blackjack ends before our turn
        for each in (page, *others):
            main_button(each, "place", "queue").click(timeout=ROUND_MS)
        expect(main_button(page, "placed")).to_be_visible(timeout=ROUND_MS)
        if "placed" not in seen:
            seen.add("placed")
            yield page, ALL
        ended = main_button(page, "place", "queue")
        while not ended.count():
            for each in (page, *others):
                stand = each.locator("[data-move=stand]:enabled")
                turn = "turn" if each is page else "other"
                if stand.count():
                    if turn not in seen:
                        seen.add(turn)
                        yield page, ALL if each is page else WAITING
                    skip_repeat_guard(each)
                    stand.click()
                    expect(each.get_by_test_id("moves")).to_have_count(0)
            page.wait_for_timeout(20)
    yield page, OWN


def holdem(site: Site, visit: Visit, player: Player) -> Phases:
    path = table_for(site, "holdem", between_ms=2_000, turn_ms=LONG_MS)
    page, *others = [
        visit(site, path, each, has_touch=True)
        for each in (player, site.add_player("benjamin_01234"), site.add_player("clara_mar_01"))
    ]
    table = page.get_by_test_id("holdem")
    page.locator("#buy-in").wait_for()
    yield page, OWN
    for each in (page, *others):
        main_button(each, "buy-in", "queue").click()
    expect(table).to_have_attribute("data-phase", "preflop", timeout=ROUND_MS)
    seen: set[str] = set()
    while table.get_attribute("data-past") == "false":
        phase = table.get_attribute("data-phase") or ""
        for each in (page, *others):
            passive = each.locator("[data-move=check]:enabled, [data-move=call]:enabled")
            if not passive.count():
                continue
            if f"{phase} {each is page}" not in seen:
                seen.add(f"{phase} {each is page}")
                yield page, ALL
            skip_repeat_guard(each)
            passive.first.click()
            expect(each.get_by_test_id("moves")).to_have_count(0)
        page.wait_for_timeout(20)
    assert "river True" in seen
    check_names(page)
    yield page, OWN


GAMES = {
    "dice": at_once("dice"),
    "limbo": at_once("limbo"),
    "plinko": at_once("plinko", most_rows),
    "keno": at_once("keno", ten_picks),
    "mines": mines,
    "hilo": hilo,
    "coinduel": coin_duel,
    "blackjack": blackjack,
    "holdem": holdem,
    "crash": crash,
    "roulette": roulette,
}


@pytest.mark.parametrize("game", GAMES)
def test_everything_is_in_sight_on_a_phone(phone_site: Site, visit: Visit, player: Player, game: str) -> None:
    for page, needed in GAMES[game](phone_site, visit, player):
        check(page, needed)


def test_a_notice_above_a_room_takes_its_height_from_the_game(phone_site: Site, visit: Visit, player: Player) -> None:
    page = open_game(phone_site, visit, "dice", player, has_touch=True, viewport={"width": 390, "height": 664})
    before = page.locator(".game-frame").bounding_box()
    page.context.set_offline(True)
    expect(page.get_by_test_id("offline")).to_be_visible(timeout=ROUND_MS)
    expect(main_button(page)).to_be_in_viewport(ratio=1)
    after = page.locator(".game-frame").bounding_box()
    assert before
    assert after
    assert after["height"] < before["height"]
    assert room_of(page).startswith("dice-")
