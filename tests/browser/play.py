"""What tests of several games do in a room: sit down, bet, read the player's own bets and wallet."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Literal

from playwright.sync_api import Locator, Page, WebSocket, WebSocketRoute, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import Player, Site

BROKEN = 4001
"""A close code after which a client connects again."""
NEXT_BET_MS = 600
"""Longer than the client takes a bet for an accidental repeat of the last action."""
IN_TIME_MS = 3_000
"""How long a round must still take bets when a page is about to bet, so that a busy machine manages it."""


def open_game(site: Site, visit: Visit, game: str, player: Player | None = None, **options: Any) -> Page:
    """Sit down in a new solo room."""
    page = visit(site, f"/games/{game}", player or site.add_player(), **options)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_test_id("bet-panel").wait_for()
    return page


def own(site: Site, page: Page, path: str) -> Any:
    """What the API answers the page's player at ``/me/path``."""
    return site.call("GET", f"/me/{path}", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))


def bets_of(site: Site, page: Page) -> list[dict[str, Any]]:
    """The settled bets of the page's player, newest first."""
    bets: list[dict[str, Any]] = own(site, page, "bets")["items"]
    return bets


def room_of(page: Page) -> str:
    """The key of the room that the page shows."""
    return page.url.rpartition("/")[2]


def in_main(page: Page, words: str, *, role: Literal["alert", "status"] | None = None, exact: bool = False) -> Locator:
    """What says ``words`` in the main part of the page.

    The whole page may say them twice: a toast or a line for screen readers repeats what the page shows.
    """
    main = page.get_by_role("main")
    return main.get_by_role(role).filter(has_text=words) if role else main.get_by_text(words, exact=exact)


def toast(page: Page, words: str) -> Locator:
    """The newest message in the corner that says ``words``."""
    return page.locator(".toast").filter(has_text=words).last


def main_button(page: Page, *steps: str) -> Locator:
    """The main button of the bet panel; with ``steps``, only while it offers one of them."""
    if not steps:
        return page.get_by_test_id("main")
    return page.locator(", ".join(f"[data-testid=main][data-step={step}]" for step in steps))


def hold_repeat_guard(page: Page) -> None:
    """Stop the clock by which the client recognises repeats, so that it takes any later click for a repeat of the last
    one, however slow the machine is."""
    page.evaluate("{ const now = performance.now(); performance.now = () => now; }")


def skip_repeat_guard(page: Page) -> None:
    """Advance that clock, and let it run, so that the client takes the next action for a new one."""
    page.evaluate(f"""() => {{
        window.aheadMs = (window.aheadMs ?? 0) + {NEXT_BET_MS};
        performance.now = () => Performance.prototype.now.call(performance) + window.aheadMs;
    }}""")


def poll(page: Page, done: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    """Wait until ``done``, for conditions that no locator expresses. Raises AssertionError with ``what`` is missing.

    The page's policy forbids scripts that wait in the page, because Playwright evaluates them from a text.
    """
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline, what
        page.wait_for_timeout(20)


def place_in_time(site: Site, page: Page) -> None:
    """Place the bet in a room with a clock, in a round that takes bets for long enough. Such a room needs a
    ``betting_ms`` of 5,000 at least."""
    site.await_bets(room_of(page), IN_TIME_MS)
    main_button(page, "place").click()


def play_round(page: Page, shown: Locator) -> str:
    """Press the main button and wait until ``shown`` has the result; return the round's name."""
    before = shown.get_attribute("data-round")
    main_button(page).click()
    return await_round(shown, before)


def await_round(shown: Locator, before: str | None) -> str:
    """Wait until ``shown`` has the result of a round after ``before``; return the round's name."""
    expect(shown).to_have_attribute("data-round", re.compile(rf"^(?!{before}$)."))
    return shown.get_attribute("data-round") or ""


class HeldBack:
    """A slow line: ``hold`` keeps back what the server sends, until ``release``. Make it before the page loads."""

    def __init__(self, page: Page) -> None:
        self._held: list[str | bytes] | None = None
        self._to_page: WebSocketRoute | None = None
        page.route_web_socket(re.compile("/ws$"), self._open)

    def _open(self, page: WebSocketRoute) -> None:
        self._to_page = page
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(self._pass_on)

    def _pass_on(self, message: str | bytes) -> None:
        assert self._to_page is not None
        if self._held is None:
            self._to_page.send(message)
        else:
            self._held.append(message)

    def hold(self) -> None:
        self._held = []

    def holds(self, part: str) -> bool:
        """Whether a message with this part is kept back."""
        return any(part in str(message) for message in self._held or ())

    def release(self) -> None:
        held, self._held = self._held or [], None
        for message in held:
            self._pass_on(message)


class BadLine:
    """A line that breaks when the server answers: ``lose_answer`` says to which command. Make it before the page
    loads."""

    def __init__(self, page: Page) -> None:
        self.sent: list[dict[str, Any]] = []
        """The commands that the server has got."""
        self._verb = ""
        self._lost: int | None = None
        page.route_web_socket(re.compile("/ws$"), self._open)

    def lose_answer(self, verb: str) -> None:
        """Break the line instead of passing on the answer to the next command of this verb."""
        self._verb = verb

    def of(self, verb: str) -> list[dict[str, Any]]:
        return [command for command in self.sent if command["do"] == verb]

    def _open(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def to_server(message: str | bytes) -> None:
            command = json.loads(message)
            self.sent.append(command)
            if command["do"] == self._verb:
                self._verb, self._lost = "", command["id"]
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if self._lost is not None and json.loads(message).get("re") == self._lost:
                self._lost = None
                page.close(code=BROKEN)
                server.close(code=BROKEN)
            elif self._lost is None:
                page.send(message)

        page.on_message(to_server)
        server.on_message(to_page)


class SentCommands:
    """All commands that a page sends to the server. Make it before the page loads."""

    def __init__(self, page: Page) -> None:
        self._sent: list[dict[str, Any]] = []
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self._sent.append(json.loads(payload)))

    def plays(self, page: Page) -> int:
        """How many bets and moves the page has sent."""
        return len(self.of(page, "bet", "act"))

    def of(self, page: Page, *verbs: str) -> list[dict[str, Any]]:
        """The commands of these verbs that the page has sent."""
        # The answer comes after all frames that the page has sent before.
        page.evaluate("0")
        return [command for command in self._sent if command["do"] in verbs]
