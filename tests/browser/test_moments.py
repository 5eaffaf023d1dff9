"""What a room makes of a moment: a win is celebrated, sounds are off until the first touch, and the tab calls."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.play import await_round, bets_of, main_button, open_game, place_in_time, poll, skip_repeat_guard
from tests.browser.site import Player, Site

ROUND_MS = 60_000

pytestmark = pytest.mark.timeout(180)

RECORD = """(() => {
    Object.assign(window, {contexts: 0, sounds: 0, moments: [], asked: 0, notices: []});
    const Context = window.AudioContext;
    window.AudioContext = class extends Context {
        constructor() { super(); window.contexts += 1; }
    };
    const start = AudioScheduledSourceNode.prototype.start;
    const count = function (...given) { window.sounds += 1; return start.apply(this, given); };
    AudioScheduledSourceNode.prototype.start = count;
    const startBuffer = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...given) {
        window.sounds += 1;
        return startBuffer.apply(this, given);
    };
    window.Notification = class {
        static permission = "default";
        static async requestPermission() {
            window.asked += 1;
            return (this.permission = "granted");
        }
        constructor(words) { window.notices.push(words); }
        close() { window.notices.push("closed"); }
    };
    addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
        for (const {addedNodes} of changes)
            for (const node of addedNodes)
                if (node.classList?.contains("win-moment")) window.moments.push(node.className);
    }).observe(document.body, {childList: true}));
})();"""
"""A browser in a test has no loudspeaker, and nobody who could allow notifications."""

HIDE = """() => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def listen(page: Page) -> None:
    page.add_init_script(RECORD)


def roll(page: Page, times: int) -> None:
    """Roll as often, and wait until each roll is revealed."""
    for _ in range(times):
        before = page.get_by_test_id("roll").get_attribute("data-round")
        skip_repeat_guard(page)
        main_button(page).click()
        round_ = await_round(page.get_by_test_id("roll"), before)
        expect(page.get_by_test_id("own-result").get_by_role("link")).to_have_attribute("href", f"/rounds/{round_}")


def aim(page: Page, target: str) -> None:
    page.get_by_label("Target", exact=True).fill(target)
    page.keyboard.press("Escape")


def test_a_win_is_a_moment_and_a_loss_is_none(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice", before=listen)
    aim(page, "50")
    roll(page, 8)
    wins = [bet for bet in bets_of(site, page) if bet["payout"] > bet["amount"]]
    assert page.evaluate("window.moments") == ["win-moment win"] * len(wins)
    # It goes away by itself.
    expect(page.get_by_test_id("win-moment")).to_have_count(0)
    expect(page.get_by_test_id("available")).to_be_in_viewport()


@pytest.mark.timeout(600)
def test_a_big_win_is_a_bigger_moment_in_words_too(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice", before=listen)
    aim(page, "90.1")  # pays a little more than ten times the stake
    for _ in range(200):
        roll(page, 1)
        if bets_of(site, page)[0]["payout"]:
            break
    expect(page.get_by_test_id("own-result")).to_contain_text("Big win! Paid 100.")
    expect(page.locator("#polite")).to_contain_text("Big win! You were paid")
    assert page.evaluate("window.moments") == ["win-moment big-win"]


def test_with_reduced_motion_a_win_is_told_in_words_only(site: Site, visit: Visit) -> None:
    page = open_game(site, visit, "dice", before=listen, reduced_motion="reduce")
    aim(page, "2")
    roll(page, 3)
    assert page.evaluate("window.moments") == []
    expect(page.locator("#polite")).to_contain_text(re.compile("You (were paid|lost)"))


def sounds(page: Page) -> int:
    return int(page.evaluate("window.sounds"))


def test_sounds_wait_for_a_touch_and_end_with_the_switch(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/dice", site.add_player(), before=listen)
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.evaluate("window.contexts") == 0
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    assert page.evaluate("window.contexts") == 1
    aim(page, "2")
    roll(page, 2)
    heard = sounds(page)
    assert heard > 0

    switch = page.get_by_role("checkbox", name="Sounds and vibration")
    page.locator(".bar-account").click()
    expect(switch).to_be_checked()
    switch.uncheck()
    page.keyboard.press("Escape")
    heard = sounds(page)
    roll(page, 2)
    assert sounds(page) == heard
    page.reload()
    page.get_by_test_id("bet-panel").wait_for()
    roll(page, 2)
    assert (sounds(page), page.evaluate("window.contexts")) == (0, 0)
    page.locator(".bar-account").click()
    switch.check()
    page.keyboard.press("Escape")
    roll(page, 1)
    assert sounds(page) > 0


def sit(site: Site, visit: Visit, room: str, player: Player | None = None) -> Page:
    page = visit(site, f"/rooms/{room}", player or site.add_player(), before=listen)
    page.get_by_test_id("bet-panel").wait_for()
    return page


def test_the_tab_calls_whose_turn_it_is_and_notifies_who_looks_elsewhere(site: Site, visit: Visit) -> None:
    options = {"between_ms": 3_000, "turn_ms": 100_000}
    room = site.open_room(site.add_player("host"), "holdem", options=options)["room"]
    pages = [sit(site, visit, room) for _ in range(2)]
    for page in pages:
        page.locator(".bar-account").click()
        assert page.evaluate("window.asked") == 0
        page.get_by_role("checkbox", name="Notify me in the background").check()
        assert page.evaluate("window.asked") == 1
        page.keyboard.press("Escape")
        page.locator("#buy-in").fill("50")
        page.locator("[data-step=buy-in]").click()
    moves = "[data-move=call]:enabled, [data-move=check]:enabled"
    has_turn = lambda: any(page.locator(moves).count() > 0 for page in pages)  # noqa: E731
    poll(pages[0], has_turn, "nobody has the turn", ROUND_MS / 1000)
    actor, other = sorted(pages, key=lambda page: -page.locator(moves).count())
    expect(actor).to_have_title(re.compile(r"^Your turn: .* to call · .*Croupier$"))
    expect(other).to_have_title(re.compile("^Texas hold'em · Croupier$"))
    assert actor.evaluate("window.notices") == []
    other.evaluate(HIDE)
    actor.locator(moves).first.click()
    expect(actor).to_have_title(re.compile("^Texas hold'em · Croupier$"))
    expect(other).to_have_title(re.compile("^Your turn · "))
    assert other.evaluate("window.notices") == ["Your turn"]
    # After the small blind's call, the big blind acts last before the flop and first after it.
    for street in ("preflop", "flop"):
        other.locator(f"[data-phase={street}]").wait_for()
        skip_repeat_guard(other)
        other.locator(moves).first.click()
    expect(actor).to_have_title(re.compile("^Your turn · "))
    assert other.evaluate("window.notices") == ["Your turn", "Your turn", "closed"]


def test_a_player_is_warned_before_bets_close_and_a_mere_visitor_is_not(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 6_000, "spin_ms": 1_500}
    room = site.open_room(site.add_player("host"), "roulette", options=options)["room"]
    visitor, page = sit(site, visit, room), sit(site, visit, room)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.keyboard.press(" ")
    place_in_time(site, page)
    expect(page.locator("#polite")).to_contain_text("Your bet is in: 30 chips.")
    page.get_by_test_id("own-result").wait_for(timeout=ROUND_MS)
    expect(page).to_have_title(re.compile("^Bets close in [123] s · Roulette"), timeout=ROUND_MS)
    expect(page.locator("#polite")).to_contain_text("Bets close in 3 s")
    expect(visitor).to_have_title("Roulette · Croupier")
    expect(page).to_have_title("Roulette · Croupier", timeout=ROUND_MS)


def test_a_challenger_is_told_that_the_challenge_was_taken(site: Site, visit: Visit) -> None:
    room = site.open_room(site.add_player("host"), "coinduel")["room"]
    ann, bob = sit(site, visit, room), sit(site, visit, room)
    main_button(ann).click()
    expect(main_button(bob, "take")).to_be_enabled()
    main_button(bob).click()
    expect(ann).to_have_title(re.compile("^Your challenge was taken · Coin duel"))
    expect(ann.locator("#polite")).to_contain_text("Your challenge was taken")
    expect(bob).to_have_title("Coin duel · Croupier")
    expect(ann).to_have_title("Coin duel · Croupier")


def test_leaving_the_room_restores_the_title(site: Site, visit: Visit) -> None:
    options = {"betting_ms": 1_000, "turn_ms": 100_000}
    room = site.open_room(site.add_player("host"), "blackjack", options=options)["room"]
    page = sit(site, visit, room)

    def has_turn() -> bool:
        if main_button(page, "place").count() > 0:
            skip_repeat_guard(page)
            main_button(page, "place").click()
        return page.title().startswith(("Your turn", "Insurance?"))

    poll(page, has_turn, "no turn", ROUND_MS / 1000)
    page.get_by_role("link", name="Rooms").click()
    expect(page).to_have_title(re.compile("^(Rooms · )?Croupier$"))
