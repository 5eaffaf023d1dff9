"""Results in the browser: nothing tells them before the game has shown them, and everything does at once afterwards."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import in_main, main_button, open_game, own, place_in_time, poll, skip_repeat_guard
from tests.browser.reveals import record, recorded
from tests.browser.site import Site

ROUND_MS = 60_000
LONG_TURN_MS = 100_000

pytestmark = pytest.mark.timeout(180)


def bet(page: Page) -> None:
    main_button(page).click()


def has_ended(page: Page) -> bool:
    """Whether the page has heard of the end of a round."""
    return bool(page.evaluate("window.ended.length > 0"))


def draw_numbers(page: Page) -> None:
    page.get_by_role("button", name="Quick pick").click()
    bet(page)


def uncover_a_mine(page: Page) -> None:
    page.get_by_role("textbox", name="Mines").fill("24")
    bet(page)
    main_button(page, "cash-out").wait_for()
    safe = page.locator("[data-state=safe]")
    for cell in range(25):
        skip_repeat_guard(page)
        page.locator(f"[data-cell='{cell}']").click()
        poll(page, lambda: has_ended(page) or safe.count() > 0, "nothing was uncovered")
        if has_ended(page):
            return


def await_card(page: Page, before: str | None) -> None:
    face = page.get_by_test_id("hilo")
    poll(page, lambda: has_ended(page) or face.get_attribute("data-cards") != before, "no card")


def guess_until_wrong(page: Page) -> None:
    bet(page)
    face = page.get_by_test_id("hilo")
    while not has_ended(page):
        guess = page.locator("[data-move=lower]:enabled, [data-move=higher]:enabled").first
        guess.wait_for()
        before = face.get_attribute("data-cards")
        skip_repeat_guard(page)
        guess.click()
        await_card(page, before)


SOLO: dict[str, Callable[[Page], None]] = {
    "dice": bet,
    "hilo": guess_until_wrong,
    "keno": draw_numbers,
    "limbo": bet,
    "mines": uncover_a_mine,
    "plinko": bet,
}


@pytest.mark.parametrize("game", SOLO)
def test_nothing_tells_a_result_before_the_game_shows_it(site: Site, visit: Visit, game: str) -> None:
    page = open_game(site, visit, game, before=partial(record, game=game))
    SOLO[game](page)
    told = recorded(page)
    told.check()
    check_end(site, page, told.round)


def check_end(site: Site, page: Page, round_: str) -> None:
    """Everything shows the end of the round."""
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_attribute("href", f"/rounds/{round_}")
    wallet = own(site, page, "wallet")
    expect(page.get_by_test_id("available")).to_have_text(f"{(wallet['balance'] - wallet['held']) / 100:,.2f}")
    expect(page.locator("#polite")).to_contain_text(re.compile("You (were paid|lost)|You (won|lost)"))


def sit(site: Site, visit: Visit, room: str, game: str, **options: Any) -> Page:
    page = visit(site, f"/rooms/{room}", site.add_player(), before=partial(record, game=game), **options)
    page.get_by_test_id("bet-panel").wait_for()
    return page


def test_the_coin_tells_who_won_a_duel(site: Site, visit: Visit) -> None:
    room = site.open_room(site.add_player("host"), "coinduel")["room"]
    pages = [sit(site, visit, room, "coinduel") for _ in range(2)]
    bet(pages[0])
    expect(main_button(pages[1], "take")).to_be_enabled()
    bet(pages[1])
    for page in pages:
        told = recorded(page)
        told.check()
        check_end(site, page, told.round)


def test_the_ball_tells_the_number(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 6_000, "spin_ms": 1_500}
    room = site.open_room(site.add_player("host"), "roulette", options=options)["room"]
    page = sit(site, visit, room, "roulette")
    box = page.locator('[data-place="red"]').bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    place_in_time(site, page)
    told = recorded(page)
    told.check()
    check_end(site, page, told.round)
    assert told.revealed_in_ms > 1_000


def test_the_dealers_cards_tell_how_a_round_of_blackjack_ended(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 6_000, "turn_ms": LONG_TURN_MS}
    room = site.open_room(site.add_player("host"), "blackjack", options=options)["room"]
    page = sit(site, visit, room, "blackjack")
    place_in_time(site, page)

    def settled() -> bool:
        for move in ("decline", "stand"):
            button = page.locator(f"[data-move={move}]:enabled")
            if button.count() > 0:
                skip_repeat_guard(page)
                button.click()
        return has_ended(page)

    poll(page, settled, "the round did not end", ROUND_MS / 1000)
    told = recorded(page)
    told.check()
    check_end(site, page, told.round)


RECORD_STACKS = """() => {
    window.stacks = [];
    const look = () => {
        const running = [...document.querySelectorAll(".he-board .playing-card")]
            .some((card) => card.getAnimations().some(({playState}) => playState === "running"));
        const seats = [...document.querySelectorAll("[data-testid=seat][data-state=all_in]")];
        const told = [seats.map(({dataset}) => dataset.stack).join(" "),
            document.querySelector("[data-testid=stack]")?.textContent ?? "",
            document.querySelector(".he-win")?.textContent ?? ""];
        if (window.ended.length > 0 && running && window.stacks.length === 0) window.stacks.push(...told);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_the_board_tells_who_won_a_hand(site: Site, visit: Visit) -> None:
    options = {"between_ms": 3_000, "turn_ms": LONG_TURN_MS}
    room = site.open_room(site.add_player("host"), "holdem", options=options)["room"]
    pages = [sit(site, visit, room, "holdem") for _ in range(2)]
    for page in pages:
        page.evaluate(RECORD_STACKS)
        page.locator("#buy-in").fill("100")
        page.locator("[data-step=buy-in]").click()

    def is_over() -> bool:
        for page in pages:
            opener = page.get_by_test_id("open-raise").and_(page.locator(":enabled"))
            if opener.count() > 0:
                skip_repeat_guard(page)
                opener.click()
            for preset, move in (("all", "raise"), ("", "call")):
                button = page.locator(f"[data-move={move}]:enabled")
                if button.count() == 0:
                    continue
                if preset:
                    page.locator(f"[data-preset={preset}]").click()
                skip_repeat_guard(page)
                button.click()
        return all(has_ended(page) for page in pages)

    poll(pages[0], is_over, "the hand did not end", ROUND_MS / 1000)
    for page in pages:
        told = recorded(page)
        assert told.hidden, "the run-out was not shown"
        # Five cards came at once, each with a moment of its own.
        assert told.revealed_in_ms > 4 * 450
        for sample in told.hidden:
            assert not sample["strip"].endswith(f"/{told.round}")
            assert told.round.rpartition(".")[2] not in sample["result"].split()
            assert not re.search("wins|share", " ".join(sample["said"]))
        expect(page.get_by_test_id("status")).to_contain_text(re.compile("wins|share"))
        # Both were all-in, and neither seat had chips nor the panel a stack before the last card lay.
        assert page.evaluate("window.stacks.slice(0, 3)") == ["0 0", "", ""], page.evaluate("window.stacks")


def test_a_crash_is_told_in_the_frame_that_ends_the_curve(site: Site, visit: Visit) -> None:
    page = sit(site, visit, "crash", "crash")
    place_in_time(site, page)
    told = recorded(page)
    assert len(told.hidden) == 1
    before = [sample for sample in told.samples if sample["ended"] != told.round]
    for sample in [*before, *told.hidden]:
        assert not sample["strip"].endswith(f"/{told.round}")
        assert told.round.rpartition(".")[2] not in sample["result"].split()
    check_end(site, page, told.round)


@pytest.mark.parametrize("game", SOLO)
def test_with_reduced_motion_the_end_shows_at_once(site: Site, visit: Visit, game: str) -> None:
    page = open_game(site, visit, game, before=partial(record, game=game), reduced_motion="reduce")
    SOLO[game](page)
    told = recorded(page)
    # The first picture after the page heard of the end
    first = [sample for sample in told.samples if sample["ended"] == told.round][1]
    assert first["strip"].endswith(f"/{told.round}")
    assert told.round.rpartition(".")[2] in re.split(r"\W+", first["result"])
    check_end(site, page, told.round)


def test_with_reduced_motion_the_tables_show_the_end_at_once(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 6_000, "spin_ms": 1_500}
    roulette = site.open_room(site.add_player("host"), "roulette", options=options)["room"]
    duel = site.open_room(site.add_player("host"), "coinduel")["room"]
    page = sit(site, visit, roulette, "roulette", reduced_motion="reduce")
    duellists = [sit(site, visit, duel, "coinduel", reduced_motion="reduce") for _ in range(2)]
    bet(duellists[0])
    expect(main_button(duellists[1], "take")).to_be_enabled()
    bet(duellists[1])
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    place_in_time(site, page)
    for each in (*duellists, page):
        told = recorded(each)
        first = [sample for sample in told.samples if sample["ended"] == told.round][1]
        assert first["strip"].endswith(f"/{told.round}")
        assert told.round.rpartition(".")[2] in re.split(r"\W+", first["result"])


def stop_the_clock(page: Page) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


def test_who_comes_late_or_reloads_sees_the_end_at_once(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = open_game(site, visit, "plinko", player, before=partial(record, game="plinko"))
    stop_the_clock(page)  # the ball stays in the air
    bet(page)
    poll(page, lambda: has_ended(page), "no result")
    round_ = page.evaluate("window.ended[0].round")
    expect(page.get_by_test_id("history")).to_have_count(0)
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    for late in (visit(site, page.url, player), visit(site, page.url)):
        expect(late.get_by_test_id("history").get_by_role("link").first).to_have_attribute("href", f"/rounds/{round_}")
        expect(late.get_by_test_id("held")).to_have_count(0)
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    page.clock.resume()
    page.reload()
    page.get_by_test_id("bet-panel").wait_for()
    expect(page.get_by_test_id("history").get_by_role("link").first).to_have_attribute("href", f"/rounds/{round_}")
    expect(page.get_by_test_id("held")).to_have_count(0)
    wallet = own(site, page, "wallet")
    expect(page.get_by_test_id("available")).to_have_text(f"{wallet['balance'] / 100:,.2f}")


HIDE = """() => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("hidden_first", [True, False])
def test_a_hidden_page_shows_the_end_at_once(site: Site, visit: Visit, hidden_first: bool) -> None:
    page = open_game(site, visit, "plinko", before=partial(record, game="plinko"))
    stop_the_clock(page)
    if hidden_first:
        page.evaluate(HIDE)
    bet(page)
    poll(page, lambda: has_ended(page), "no result")
    if not hidden_first:
        expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "1")
        page.evaluate(HIDE)
    expect(page.get_by_test_id("plinko")).to_have_attribute("data-falling", "0")
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    expect(page.get_by_test_id("held")).to_have_count(0)


def test_a_new_bet_ends_the_running_reveal(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "keno", before=partial(record, game="keno"))
    stop_the_clock(page)
    draw_numbers(page)
    poll(page, lambda: has_ended(page), "no result")
    page.clock.run_for(700)  # longer than a press may be an accidental repeat
    expect(page.get_by_test_id("own-result")).to_have_count(0)
    bet(page)
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    poll(page, lambda: page.evaluate("window.ended.length > 1"), "no second result")
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    expect(page.get_by_test_id("held")).to_have_text("10 held")


def test_a_reveal_that_never_ends_withholds_nothing_for_long(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice", before=partial(record, game="dice"))
    stop_the_clock(page)
    page.evaluate("window.requestAnimationFrame = () => 0")
    bet(page)
    poll(page, lambda: has_ended(page), "no result")
    page.clock.run_for(5_500)
    expect(page.get_by_test_id("own-result")).to_have_count(0)
    page.clock.run_for(1_000)
    expect(page.get_by_test_id("own-result")).to_contain_text("Round 1")
    expect(in_main(page, "Rolled")).to_be_attached()
