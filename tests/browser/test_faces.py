"""What every face of a game must do, checked in one visit per face: keys, double click, accessibility, fit, proof."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.looks import FOR_AXE, axe_findings, load_axe, overflow_of, small_targets
from tests.browser.play import (
    IN_TIME_MS,
    SentCommands,
    bets_of,
    hold_repeat_guard,
    main_button,
    poll,
    room_of,
    skip_repeat_guard,
)
from tests.browser.site import Player, Site

CORE = "**/client/chunk-*.js"
TILES = re.compile(r"\{blackjack:[\w$]+,(?:\w+:[\w$]+,?)+\}")
"""The list of games with a face of their own, in the bundled client."""
ROUND_MS = 30_000
"""How long the longest round with a clock may take, betting included."""

BUTTONS = "[data-testid=main], [data-testid=moves] button, [data-move=sit_out]"
"""Whatever the player can press next."""
OBSERVE = """([selector, attribute]) => {
    const face = document.querySelector(selector);
    window.seen = [];
    new MutationObserver(() => window.seen.push(face.getAttribute(attribute)))
        .observe(face, {attributeFilter: [attribute]});
}"""
NOTHING_MOVES = "document.getAnimations().every((each) => each.effect.getComputedTiming().activeDuration < 1)"


def result_of(page: Page) -> Locator:
    return page.get_by_test_id("own-result")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def nothing(page: Page, opponent: Page | None) -> None:
    """The round ends without the player."""


@dataclass(frozen=True)
class Face:
    """What one face contributes. It is played in a solo room, or with ``terms`` in a new private room."""

    game: str
    choose: Callable[[Page], None]
    """Chooses the bet by keyboard."""
    shortcuts: tuple[str, ...]
    """Listed while the bet is in play, or for a game without moves, after the round."""
    finish: Callable[[Page, Page | None], None] = nothing
    """Makes the player's moves by keyboard. Gets the page and, with ``has_opponent``, the opponent's page."""
    terms: dict[str, Any] | None = None
    bet: dict[str, Any] = field(default_factory=dict)
    """What the API must say about the bet."""
    commands: int = 1
    """How many commands one press of the main button sends."""
    has_clock: bool = False
    """Whether bets are open only for a time."""
    has_opponent: bool = False
    verdict: str | None = "holds"
    """What the page of a round's proof says of it; None: the test does not look."""
    bet_again: tuple[str, ...] = ("Enter",)
    """The keys that bet in the next round; empty if the player needs none."""
    end_only: tuple[str, str, str] | None = None
    """A selector, an attribute and the only value that this may take when motion is reduced."""
    own_face: bool = True

    @property
    def name(self) -> str:
        return self.game if self.own_face else "plain"


# ---- choosing and playing by keyboard ----


def choose_dice(page: Page) -> None:
    target = page.get_by_role("textbox", name="Target")
    press(page, "ArrowRight")
    expect(target).to_have_value("51.00")
    press(page, "u")
    expect(page.get_by_role("radio", name="Under")).to_be_checked()
    expect(target).to_have_value("49.00")
    press(page, "ArrowLeft")
    expect(target).to_have_value("48.00")
    press(page, "o")
    expect(target).to_have_value("52.00")


def choose_limbo(page: Page) -> None:
    target = page.get_by_role("textbox", name="Target")
    for key, value in (("ArrowRight", "2.50"), ("ArrowUp", "3.00"), ("ArrowLeft", "2.50")):
        press(page, key)
        expect(target).to_have_value(value)


def choose_plinko(page: Page) -> None:
    rows, risk = page.get_by_label("Rows", exact=True), page.get_by_label("Risk")
    press(page, "ArrowUp", "ArrowUp")
    expect(rows).to_have_value("14")
    press(page, "ArrowDown")
    expect(rows).to_have_value("13")
    press(page, "ArrowRight")
    expect(risk).to_have_value("high")
    press(page, "ArrowLeft", "ArrowLeft")
    expect(risk).to_have_value("low")
    press(page, "h")
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("5")


def finish_plinko(page: Page, _: Page | None) -> None:
    expect(page.locator("#polite")).to_contain_text("times the stake.")
    expect(page.locator("#polite")).to_contain_text("You were paid")


def keno_number(page: Page, number: int) -> Locator:
    return page.get_by_test_id("board").get_by_role("button", name=re.compile(rf"^{number}(,|$)"))


def choose_keno(page: Page) -> None:
    press(page, "q")
    expect(page.locator(".keno-number.picked")).to_have_count(10)
    press(page, "c")
    expect(page.locator(".keno-number.picked")).to_have_count(0)
    press(page, "ArrowDown")
    expect(keno_number(page, 1)).to_be_focused()
    press(page, "Space")
    for key, number in (("ArrowRight", 2), ("ArrowDown", 10), ("ArrowLeft", 9), ("ArrowUp", 1), ("ArrowUp", 1)):
        press(page, key)
        expect(keno_number(page, number)).to_be_focused()
    press(page, "ArrowDown", "Enter")
    for number, pressed in ((1, "true"), (9, "true"), (2, "false")):
        expect(keno_number(page, number)).to_have_attribute("aria-pressed", pressed)
    press(page, "r")
    expect(page.get_by_role("radio", name="High")).to_be_checked()


def choose_mines(page: Page) -> None:
    mines = page.get_by_role("textbox", name="Mines")
    press(page, "+")
    expect(mines).to_have_value("4")
    press(page, "-", "-", "-")
    expect(mines).to_have_value("1")


def finish_mines(page: Page, _: Page | None) -> None:
    """Uncover a cell; cash out unless it is the mine."""
    # The first key goes to the board's centre, the others from cell to cell.
    press(page, "ArrowUp", "ArrowUp", "ArrowRight")
    cell = page.locator("[data-cell='8']")
    expect(cell).to_be_focused()
    press(page, "Enter")
    expect(cell).to_have_attribute("data-state", re.compile("safe|hit"))
    press(page, "ArrowLeft")
    expect(page.locator("[data-cell='7']")).to_be_focused()
    if cell.get_attribute("data-state") == "safe":
        expect(main_button(page, "cash-out")).to_be_enabled()
        press(page, "c")
        expect(result_of(page)).to_contain_text("Paid 10.31 (+0.31)")


def choose_hilo(page: Page) -> None:
    press(page, "h")  # guesses higher, but only during a round; it does not halve the stake
    expect(page.get_by_role("textbox", name="Stake")).to_have_value("10")


def finish_hilo(page: Page, _: Page | None) -> None:
    face = page.get_by_test_id("hilo")
    expect(face).to_have_attribute("data-cards", "1")
    press(page, "s")
    expect(face).to_have_attribute("data-cards", "2")
    expect(main_button(page, "cash-out")).to_contain_text("Take back 10.00")
    expect(main_button(page, "cash-out")).to_be_enabled()
    press(page, "Space")
    expect(result_of(page)).to_contain_text("Stake returned (0.00)")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")


def choose_coin_duel(page: Page) -> None:
    press(page, "ArrowRight")
    expect(page.get_by_role("radio", name="Tails")).to_be_checked()


def finish_coin_duel(page: Page, _: Page | None) -> None:
    expect(page.get_by_test_id("offer")).to_contain_text("Your open challenge: 10 chips on tails.")
    expect(main_button(page)).to_have_text("Withdraw")
    press(page, "w")
    expect(page.get_by_test_id("duel-words")).to_contain_text("withdrew the challenge.")
    expect(result_of(page)).to_contain_text("Stake returned (0.00)")
    expect(page.get_by_test_id("available")).to_have_text("1,000.00")


def choose_crash(page: Page) -> None:
    page.get_by_label("Auto cash-out at").focus()
    page.keyboard.type("1.01")
    press(page, "Escape")


def finish_crash(page: Page, _: Page | None) -> None:
    """The bet is cashed out automatically."""
    expect(page.get_by_test_id("held")).to_have_text("10 held")
    expect(page.get_by_test_id("bets").locator("tr")).to_have_count(1)
    expect(result_of(page)).to_contain_text("Paid 10.10", timeout=ROUND_MS)
    expect(page.get_by_test_id("available")).to_have_text("1,000.10")


def felt_place(page: Page, key: str) -> Locator:
    return page.locator(f'[data-place="{key}"]')


def choose_roulette(page: Page) -> None:
    press(page, "ArrowRight")
    expect(felt_place(page, "straight 17")).to_be_focused()
    for key, place in (
        ("ArrowRight", "split 17-20"),
        ("ArrowDown", "corner 16-17-19-20"),
        ("ArrowDown", "split 16-19"),
        ("ArrowDown", "line 16-17-18-19-20-21"),
    ):
        press(page, key)
        expect(felt_place(page, place)).to_be_focused()
        press(page, "Space")
    expect(page.locator("#polite")).to_contain_text("10 chips on Line 16 to 21.")
    press(page, "u")
    expect(page.locator(".rl-chip.laid")).to_have_count(3)


def finish_roulette(page: Page, _: Page | None) -> None:
    expect(result_of(page)).to_be_visible(timeout=ROUND_MS)
    assert page.evaluate("document.querySelector('.rl-wheel-turn').style.transform") == "rotate(0deg)"


def finish_blackjack(page: Page, _: Page | None) -> None:
    """Decline insurance and stand, unless a blackjack ends the round first."""
    stand, decline = page.locator("[data-move=stand]"), page.locator("[data-move=decline]")
    expect(stand.or_(decline).or_(result_of(page)).first).to_be_visible(timeout=ROUND_MS)
    if decline.count():
        press(page, "n")
        expect(stand.or_(result_of(page)).first).to_be_visible()
        skip_repeat_guard(page)
    if stand.count():
        press(page, "s")


def choose_holdem(page: Page) -> None:
    page.locator("#buy-in").focus()
    press(page, "ControlOrMeta+a")
    page.keyboard.type("60")


def finish_holdem(page: Page, opponent: Page | None) -> None:
    """Fold the first hand. The button acts first, which may be the opponent."""
    assert opponent is not None
    opponent.locator("[data-step=buy-in]").click()
    page.locator("[data-testid=holdem][data-phase=preflop]").wait_for(timeout=ROUND_MS)
    if page.locator("[data-testid=seat]:not(.own) .he-button").count():
        opponent.locator("[data-move=call]:enabled").click()
    page.get_by_test_id("moves").wait_for()
    skip_repeat_guard(page)
    press(page, "f")
    expect(result_of(page)).to_be_visible()


def choose_plain(page: Page) -> None:
    page.get_by_label("Target").focus()
    press(page, "ControlOrMeta+a")
    page.keyboard.type("50")


def finish_plain(page: Page, _: Page | None) -> None:
    expect(page.get_by_test_id("plain")).to_contain_text("Roll")


FACES = (
    Face(
        "dice",
        choose_dice,
        ("Lower the target", "Raise the target", "Win on over", "Win on under", "Place the bet"),
        bet={"selection": {"target": 52.0, "over": True}},
    ),
    Face("limbo", choose_limbo, ("Lower the target", "Raise the target"), bet={"selection": {"target": 2.5}}),
    Face(
        "plinko",
        choose_plinko,
        ("More rows", "Fewer rows", "Lower risk", "Higher risk", "Place the bet"),
        finish_plinko,
        bet={"amount": 500, "selection": {"rows": 13, "risk": "low"}},
        end_only=("[data-testid=plinko]", "data-falling", "0"),
    ),
    Face(
        "keno",
        choose_keno,
        ("Move between numbers", "Pick or remove a number", "Draw", "Quick pick", "Clear the board", "Next risk"),
        bet={"selection": {"picks": [1, 9], "risk": "high"}},
        bet_again=("p",),
        end_only=("[data-testid=keno]", "data-out", "10"),
    ),
    Face(
        "mines",
        choose_mines,
        ("Uncover the cell", "Cash out", "Move left"),
        finish_mines,
        bet={"selection": {"mines": 1}},
    ),
    Face(
        "hilo",
        choose_hilo,
        ("Guess higher", "Guess lower", "Skip the card", "Cash out"),
        finish_hilo,
        bet={"result": "push"},
    ),
    Face(
        "coinduel",
        choose_coin_duel,
        ("Choose heads", "Choose tails", "Withdraw the challenge"),
        finish_coin_duel,
        terms={},
        bet={"result": "push", "payout": 1_000, "selection": {"side": "tails"}},
    ),
    Face(
        "blackjack",
        lambda page: None,
        ("Hit: one more card", "Stand", "Double the bet", "Split a pair", "Take insurance", "No insurance"),
        finish_blackjack,
        terms={"options": {"betting_ms": 500, "turn_ms": 100_000, "insurance_ms": 100_000}},
    ),
    Face(
        "holdem",
        choose_holdem,
        ("Fold", "Check or call", "Choose a raise (Enter to confirm)", "Raise: half the pot", "Raise: all-in"),
        finish_holdem,
        terms={"options": {"between_ms": 500, "turn_ms": 100_000, "show_ms": 0}},
        has_opponent=True,
        verdict="later",
        bet_again=(),
    ),
    Face(
        "crash",
        choose_crash,
        ("Cash out", "Place the bet"),
        finish_crash,
        terms={"options": {"betting_ms": 5_000}},
        bet={"payout": 1_010},
        has_clock=True,
        verdict=None,  # the site does not draw crash points from the seeds
    ),
    Face(
        "roulette",
        choose_roulette,
        ("Move on the table", "Put down a chip", "Place the bets", "Repeat the last bets"),
        finish_roulette,
        terms={"options": {"betting_ms": 5_000, "spin_ms": 300}},
        commands=3,
        has_clock=True,
        bet_again=("r", "p"),
    ),
    Face("dice", choose_plain, ("Place the bet",), finish_plain, bet={"amount": 1_000}, own_face=False),
)


# ---- the visit ----


def hide_faces(route: Route) -> None:
    """Serve the client as if no game had a face of its own."""
    answer = route.fetch()
    text = answer.text()
    body, times = TILES.subn("{}", text)
    assert times == (1 if "blackjack" in text else 0)
    route.fulfill(response=answer, body=body)


def sit_down_by_keyboard(page: Page) -> None:
    play = page.get_by_role("button", name="Play", exact=True)
    play.wait_for()
    for _ in range(40):
        press(page, "Tab")
        if play.evaluate("(button) => button === document.activeElement"):
            break
    press(page, "Enter")


def open_face(site: Site, visit: Visit, face: Face, player: Player) -> tuple[Page, SentCommands]:
    sent: list[SentCommands] = []

    def prepare(page: Page) -> None:
        sent.append(SentCommands(page))
        load_axe(page)
        if not face.own_face:
            page.route(CORE, hide_faces)

    path = f"/games/{face.game}" if face.terms is None else f"/rooms/{open_table(site, face)}"
    page = visit(site, path, player, before=prepare, **FOR_AXE)
    if face.terms is None:
        sit_down_by_keyboard(page)
    page.get_by_test_id("bet-panel").wait_for()
    expect(page.get_by_test_id("plain")).to_have_count(0 if face.own_face else 1)
    return page, sent[0]


def open_table(site: Site, face: Face) -> str:
    return site.open_room(site.add_player("host"), face.game, **(face.terms or {}))["room"]


def check_looks(page: Page, theme: Any, width: int) -> None:
    """Axe finds nothing, nothing overflows, the main button is in sight, and a finger can touch every button."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=theme)
    assert (overflow_of(page), axe_findings(page)) == (0, [])
    expect(page.locator(BUTTONS).first).to_be_in_viewport()
    if width < 400:
        # On the felt, the lines between fields are touched where the fields are.
        assert [target for target in small_targets(page) if "rl-line" not in target] == []


def check_shortcuts(page: Page, face: Face) -> None:
    """The keyboard still reaches the page after a click, and ``?`` lists the shortcuts."""
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in face.shortcuts:
        expect(dialog).to_contain_text(words)
    press(page, "Escape")
    expect(dialog).to_be_hidden()


def check_bet(site: Site, page: Page, face: Face) -> None:
    """The API has the bet as the player chose it."""
    bets = bets_of(site, page)
    assert len(bets) == face.commands
    assert {name: bets[0][name] for name in face.bet} == face.bet


def check_proof(page: Page, verdict: str) -> None:
    """The round of the last result is verified in the browser. Returns to the room."""
    result_of(page).get_by_role("link").click()
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", verdict)
    page.go_back()
    page.get_by_test_id("bet-panel").wait_for()


def await_bets(site: Site, page: Page, face: Face) -> None:
    if face.has_clock:
        site.await_bets(room_of(page), IN_TIME_MS)


def await_plays(page: Page, sent: SentCommands, wanted: int) -> None:
    """Wait until the page has sent this many bets and moves; a face may send several, one after the other's answer."""
    poll(page, lambda: sent.plays(page) >= wanted, f"the page has not sent {wanted} bets and moves")
    assert sent.plays(page) == wanted


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_face(site: Site, visit: Visit, face: Face) -> None:
    page, sent = open_face(site, visit, face, site.add_player("typist"))
    opponent = visit(site, f"/rooms/{room_of(page)}", site.add_player("opponent")) if face.has_opponent else None
    if face.end_only:
        page.evaluate(OBSERVE, face.end_only[:2])

    # A double click on the bet acts once.
    face.choose(page)
    await_bets(site, page, face)
    hold_repeat_guard(page)
    main_button(page).dblclick()
    expect(page.get_by_test_id("held").or_(result_of(page)).first).to_be_visible(timeout=ROUND_MS)
    await_plays(page, sent, face.commands)
    skip_repeat_guard(page)
    check_shortcuts(page, face)
    check_looks(page, "light", 1440)

    # The round is played to its end by keyboard, without motion.
    face.finish(page, opponent)
    expect(result_of(page)).to_be_visible()
    assert page.evaluate(NOTHING_MOVES)
    if face.end_only:
        selector, attribute, end = face.end_only
        assert set(page.evaluate("window.seen")) <= {end}
        expect(page.locator(selector)).to_have_attribute(attribute, end)
    check_bet(site, page, face)
    check_looks(page, "dark", 390)
    if face.verdict:
        check_proof(page, face.verdict)

    # The keyboard bets again, wherever the focus is.
    if face.bet_again:
        before = sent.plays(page)
        skip_repeat_guard(page)
        await_bets(site, page, face)
        press(page, *face.bet_again)
        in_play, second_result = page.get_by_test_id("held"), result_of(page).filter(has_text="Round 2")
        expect(in_play.or_(second_result).first).to_be_visible()
        await_plays(page, sent, before + face.commands)
