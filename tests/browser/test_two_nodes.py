"""Two nodes in two browsers: one floor, also while one of the nodes dies."""

import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from devtools.services import PostgresServer, RedisServer, free_port
from tests.browser.conftest import TOKEN, Visit
from tests.browser.site import LONGEST_ROUND_MS, Site
from tests.proxy import proxy_command

BETTING_MS = 8_000
"""Time for two players to bet in one round, however busy the machine is."""
TAKEN_OVER_MS = 20_000
PROXY_S = 10.0
NAMES = ("ann", "bob")
VISITS = 8

pytestmark = pytest.mark.timeout(600)


class Floor:
    """Two nodes in one folder, on a PostgreSQL and a Redis of their own, and the proxy before them if it is up."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis: RedisServer) -> None:
        self.proxy = Site(folder, port=free_port())
        settings = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "CRASH_BETTING_MS": str(BETTING_MS)}
        settings |= {"TRUSTED_PROXIES": "127.0.0.1", "PUBLIC_URL": self.proxy.url}
        self.nodes = [Site(folder, settings=dict(settings), points=(150, 170)) for _ in range(2)]

    @contextmanager
    def behind_the_proxy(self) -> Iterator[Site]:
        """Where both nodes are one address."""
        command, environment = proxy_command(self.proxy.port, [node.port for node in self.nodes])
        process = subprocess.Popen(command, env=environment)
        try:
            deadline = time.monotonic() + PROXY_S
            while not listens(self.proxy.port):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield self.proxy
        finally:
            process.terminate()
            process.wait()

    def owner_of(self, room: str) -> Site:
        """The node that has the room, by its figures."""
        wanted = re.compile(rf'^croupier_rooms\{{game="{room}"\}} 1\.0$', re.MULTILINE)
        (owner,) = [node for node in self.nodes if wanted.search(figures(node))]
        return owner


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def figures(node: Site) -> str:
    with urllib.request.urlopen(f"{node.url}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
        return text


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with (
        PostgresServer(tmp_path / "postgresql") as postgres,
        RedisServer(tmp_path / "redis", appendonly=True) as redis,
    ):
        floor = Floor(tmp_path, postgres, redis)
        try:
            for node in floor.nodes:
                node.start()
            yield floor
        finally:
            for node in floor.nodes:
                node.stop()


# ---- what a page shows ----


def fill(page: Page, stake: str, auto: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.get_by_label("Auto cash-out at").fill(auto)
    page.keyboard.press("Escape")


def bet_together(site: Site, pages: list[Page]) -> None:
    """All press the button in one round."""
    site.await_bets("crash", BETTING_MS * 2 // 3)
    for page in pages:
        page.locator("[data-testid=main][data-step=place]").wait_for()
    for page in pages:
        page.get_by_test_id("main").click()
    for page in pages:
        expect(page.get_by_test_id("held")).to_be_visible()


def shown_round(page: Page) -> Any:
    """The round that the page has, and its hash."""
    return page.evaluate("""async () => (await import("/client/rooms.js")).openRoom("crash").state.value.round""")


def past_rounds(page: Page) -> list[tuple[str, str]]:
    """The way to each round's proof, and what came out, newest first."""
    links = page.get_by_test_id("history").locator("a").all()
    return [(link.get_attribute("href") or "", link.inner_text()) for link in links]


def wallet(site: Site, page: Page) -> dict[str, int]:
    told: dict[str, int] = site.call("GET", "/me/wallet", token=page.evaluate(f"localStorage.getItem('{TOKEN}')"))
    return told


def say(page: Page, words: str) -> None:
    page.get_by_label("Message").fill(words)
    page.get_by_label("Message").press("Enter")


def bets_of(page: Page, player: str) -> Any:
    return page.get_by_test_id("bets").locator("tr").filter(has_text=player)


def test_two_players_on_two_nodes_share_one_room(floor: Floor, visit: Visit) -> None:
    one, two = floor.nodes
    ann, bob = pages = [
        visit(node, "/rooms/crash", node.add_player(name)) for node, name in zip(floor.nodes, NAMES, strict=True)
    ]
    guests = [visit(node, "/rooms/crash") for node in floor.nodes]
    for page in (*pages, *guests):
        expect(page.get_by_test_id("spectators")).to_have_text("2 watching")
        expect(page.get_by_test_id("audience")).to_contain_text("2 players")

    say(ann, "hello from one")
    say(bob, "hello from two")
    for page in (*pages, *guests):
        expect(page.get_by_role("log")).to_contain_text("hello from one")
        expect(page.get_by_role("log")).to_contain_text("hello from two")

    fill(ann, "10", "1.01")
    fill(bob, "25", "1.01")
    bet_together(one, pages)
    assert shown_round(ann) == shown_round(bob)
    for page in (*pages, *guests):
        expect(bets_of(page, "ann")).to_have_count(1)
        expect(bets_of(page, "bob")).to_have_count(1)
    expect(ann.get_by_test_id("held")).to_have_text("10 held")
    expect(bob.get_by_test_id("held")).to_have_text("25 held")

    for page, stake, node in ((ann, 1_000, two), (bob, 2_500, one)):
        expect(page.get_by_test_id("own-result")).to_be_visible(timeout=LONGEST_ROUND_MS)
        expect(page.get_by_test_id("held")).to_have_count(0)
        told = wallet(node, page)  # by the other node than the page's
        expect(page.get_by_test_id("available")).to_have_text(f"{told['balance'] / 100:,.2f}")
        assert told["held"] == 0
        assert told["balance"] == 100_000 - stake + stake * 101 // 100
    for page in (ann, *guests):
        expect(page.get_by_test_id("history").locator("a")).to_have_count(len(past_rounds(bob)))
        assert past_rounds(page) == past_rounds(bob)
    one.run("audit")


# ---- one of the nodes dies ----


class Whereabouts:
    """Which node a page is connected to, by what its hellos were answered."""

    def __init__(self, page: Page) -> None:
        self.nodes: list[str] = []
        page.on("websocket", self._opened)

    def _opened(self, ws: WebSocket) -> None:
        ws.on("framereceived", self._received)

    def _received(self, payload: str | bytes) -> None:
        found = re.search(r'"node":"([^"]+)"', payload if isinstance(payload, str) else payload.decode())
        if found:
            self.nodes.append(found[1])

    def at(self, node: Site) -> bool:
        """Nodes have the number of their process in their names."""
        assert node.process is not None
        return bool(self.nodes) and self.nodes[-1].split("-")[-2] == str(node.process.pid)


def remember_connection(page: Page) -> None:
    """Note what the connection goes through from now on, and leave a mark that a reload would wipe out."""
    page.evaluate(
        """async () => {
            const {wire} = await import("/client/wire.js");
            window.states = [];
            wire.connection.subscribe((now) => window.states.push(now));
            window.notReloaded = true;
        }"""
    )


def states(page: Page) -> list[str]:
    assert page.evaluate("window.notReloaded") is True
    known: list[str] = page.evaluate("window.states")
    return known


def arrive_at(visit: Visit, proxy: Site, node: Site, name: str) -> tuple[Page, Whereabouts]:
    """A new player whom the proxy gave to this node."""
    player = proxy.add_player(name)
    for _ in range(VISITS):
        page = visit(proxy, "/")
        where = Whereabouts(page)
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [TOKEN, proxy.sign_in(player)])
        page.goto("/rooms/crash")
        page.get_by_test_id("bet-panel").wait_for()
        if where.at(node):
            return page, where
        page.goto("about:blank")
    raise AssertionError(f"the proxy gave {VISITS} visits to the other node: {where.nodes}")


def test_a_node_is_killed_and_its_page_is_back_at_the_other_one(floor: Floor, visit: Visit) -> None:
    with floor.behind_the_proxy() as proxy:
        visitors = [arrive_at(visit, proxy, node, name) for node, name in zip(floor.nodes, NAMES, strict=True)]
        pages = [page for page, _ in visitors]
        say(pages[0], "before")
        expect(pages[1].get_by_role("log")).to_contain_text("before")
        for page in pages:
            fill(page, "10", "")
        bet_together(proxy, pages)
        for page in pages:
            remember_connection(page)
        void = shown_round(pages[0])
        owner = floor.nodes.index(floor.owner_of("crash"))
        dying, staying = floor.nodes[owner], floor.nodes[1 - owner]
        (moved, where), (stayed, _) = visitors[owner], visitors[1 - owner]

        dying.stop(signal.SIGKILL)
        for page in pages:
            words = f"Round {void['number']} was void"
            expect(page.get_by_test_id("voided")).to_contain_text(words, timeout=TAKEN_OVER_MS)
            expect(page.get_by_test_id("held")).to_have_count(0)
            expect(page.get_by_test_id("available")).to_have_text("1,000.00")
            expect(page.get_by_role("log")).to_contain_text("before")
            expect(page.get_by_test_id("own-refund")).to_contain_text("10 chips returned")
            expect(page.get_by_test_id("missed")).to_have_count(0)
            expect(page.get_by_test_id("room")).not_to_contain_text("(away)")
        assert where.at(staying)
        assert "offline" in states(moved)
        assert states(moved)[-1] == "online"
        assert states(stayed) == ["online"]

        bet_together(proxy, pages)
        assert shown_round(moved) == shown_round(stayed)
        assert shown_round(stayed)["number"] > void["number"]
        for page in pages:
            for name in NAMES:
                expect(bets_of(page, name)).to_have_count(1)
        say(stayed, "after")
        expect(moved.get_by_role("log")).to_contain_text("after")
        assert states(stayed) == ["online"]
        proof = proxy.call("GET", f"/rounds/{void['round']}")
        assert (proof["status"], proof["bets"]) == ("void", [])
        staying.run("audit")
