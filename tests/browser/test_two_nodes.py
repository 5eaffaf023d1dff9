"""Two nodes in two browsers: players share a room, also while one of the nodes dies; so does the room's screen."""

import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from devtools.services import PostgresServer, RedisServer, free_port
from tests.browser.conftest import Visit
from tests.browser.play import main_button, own
from tests.browser.site import Player, Site
from tests.proxy import proxy_command

BETTING_MS = 8_000
"""Long enough for two players to bet in one round on a busy machine."""
TAKEN_OVER_MS = 20_000
ROUND_MS = 30_000
PROXY_S = 10.0
VISITS = 8

pytestmark = pytest.mark.timeout(600)


class Cluster:
    """Two nodes in one folder with their own PostgreSQL and Redis, and the address of the proxy in front of them."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis: RedisServer) -> None:
        self.proxy = Site(folder, port=free_port())
        settings = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "CRASH_BETTING_MS": str(BETTING_MS)}
        settings |= {"TRUSTED_PROXIES": "127.0.0.1", "PUBLIC_URL": self.proxy.url}
        self.nodes = [Site(folder, settings=dict(settings), points=(150, 170)) for _ in range(2)]

    @contextmanager
    def running_proxy(self) -> Iterator[Site]:
        """Run the proxy, which makes both nodes one address."""
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
        """The node that owns the room, by its metrics."""
        wanted = re.compile(rf'^croupier_rooms\{{game="{room}"\}} 1\.0$', re.MULTILINE)
        (owner,) = [node for node in self.nodes if wanted.search(metrics_of(node))]
        return owner


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def metrics_of(node: Site) -> str:
    with urllib.request.urlopen(f"{node.url}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
        return text


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with (
        PostgresServer(tmp_path / "postgresql") as postgres,
        RedisServer(tmp_path / "redis", appendonly=True) as redis,
    ):
        cluster = Cluster(tmp_path, postgres, redis)
        try:
            for node in cluster.nodes:
                node.start()
            yield cluster
        finally:
            for node in cluster.nodes:
                node.stop()


# ---- in a page ----


def fill(page: Page, stake: str, auto: str) -> None:
    page.get_by_role("textbox", name="Stake").fill(stake)
    page.get_by_label("Auto cash-out at").fill(auto)
    page.keyboard.press("Escape")


def bet_together(site: Site, pages: list[Page]) -> None:
    """Let all players bet in one round."""
    site.await_bets("crash", BETTING_MS * 2 // 3)
    for page in pages:
        main_button(page, "place").click()
    for page in pages:
        expect(page.get_by_test_id("held")).to_be_visible()


def shown_round(page: Page) -> tuple[str, ...]:
    """The key and the hash of the round that the page shows."""
    return tuple(page.locator("#fairness-box dl").first.locator("code").all_text_contents()[:2])


def number_of(shown: tuple[str, ...]) -> int:
    return int(shown[0].rpartition(".")[2])


def past_rounds(page: Page) -> list[tuple[str, str]]:
    """The link to each round's proof and the round's result, newest first."""
    links = page.get_by_test_id("history").locator("a").all()
    return [(link.get_attribute("href") or "", link.inner_text()) for link in links]


def say(page: Page, words: str) -> None:
    page.get_by_label("Message").fill(words)
    page.get_by_label("Message").press("Enter")


def bets_in_round(page: Page, player: Player) -> Locator:
    return page.get_by_test_id("bets").locator("tr").filter(has_text=player.username)


# ---- the connection of a page ----


class Whereabouts:
    """Which node a page is connected to, from the answers to its hellos."""

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
        """Whether the page is connected to the node, whose name contains the id of its process."""
        assert node.process is not None
        return bool(self.nodes) and self.nodes[-1].split("-")[-2] == str(node.process.pid)


def remember_connection(page: Page) -> None:
    """Record the states of the connection from now on, and set a variable that a reload would clear."""
    page.evaluate("""() => {
        const {dataset} = document.getElementById("main");
        window.states = [dataset.connection];
        const note = () => window.states.push(dataset.connection);
        new MutationObserver(note).observe(document.getElementById("main"), {attributeFilter: ["data-connection"]});
        window.notReloaded = true;
    }""")


def states(page: Page) -> list[str]:
    assert page.evaluate("window.notReloaded") is True
    known: list[str] = page.evaluate("window.states")
    return known


def arrive_at(visit: Visit, proxy: Site, node: Site, player: Player) -> tuple[Page, Whereabouts]:
    """Visit until the proxy connects the player's page to this node."""
    for _ in range(VISITS):
        found: list[Whereabouts] = []
        page = visit(proxy, "/rooms/crash", player, before=lambda page: found.append(Whereabouts(page)))  # noqa: B023
        page.get_by_test_id("bet-panel").wait_for()
        if found[0].at(node):
            return page, found[0]
        page.goto("about:blank")
    raise AssertionError(f"the proxy sent {VISITS} visits to the other node: {found[0].nodes}")


def test_players_on_two_nodes_share_a_room_and_play_on_when_one_is_killed(cluster: Cluster, visit: Visit) -> None:
    ann, bob = players = [node.add_player(name) for node, name in zip(cluster.nodes, ("ann", "bob"), strict=True)]
    with cluster.running_proxy() as proxy:
        visitors = [arrive_at(visit, proxy, *each) for each in zip(cluster.nodes, players, strict=True)]
        pages = [page for page, _ in visitors]
        balances = share_a_room(cluster, visit, players, pages)
        for page in pages:
            fill(page, "10", "")
        bet_together(proxy, pages)
        walls = [visit(proxy, "/rooms/crash/screen") for _ in range(2)]
        for wall in walls:
            wall.get_by_test_id("wall").wait_for()
        for page in (*pages, *walls):
            remember_connection(page)
        void = shown_round(pages[0])
        owner = cluster.nodes.index(cluster.owner_of("crash"))
        dying, staying = cluster.nodes[owner], cluster.nodes[1 - owner]
        (moved, where), (stayed, _) = visitors[owner], visitors[1 - owner]

        dying.stop(signal.SIGKILL)
        for page, balance in zip(pages, balances, strict=True):
            words = f"Round {number_of(void)} was void"
            expect(page.get_by_test_id("voided")).to_contain_text(words, timeout=TAKEN_OVER_MS)
            expect(page.get_by_test_id("held")).to_have_count(0)
            expect(page.get_by_test_id("available")).to_have_text(f"{balance / 100:,.2f}")
            expect(page.get_by_role("log")).to_contain_text("hello from one")
            expect(page.get_by_test_id("own-refund")).to_contain_text("10 chips returned")
            expect(page.get_by_test_id("missed")).to_have_count(0)
            expect(page.get_by_test_id("room")).not_to_contain_text("(away)")
        assert where.at(staying)
        assert "offline" in states(moved)
        assert states(moved)[-1] == "online"
        assert states(stayed) == ["online"]

        bet_together(proxy, pages)
        assert shown_round(moved) == shown_round(stayed)
        assert number_of(shown_round(stayed)) > number_of(void)
        for page in pages:
            for player in (ann, bob):
                expect(bets_in_round(page, player)).to_have_count(1)
        for wall in walls:
            assert states(wall)[-1] == "online"
            for player in (ann, bob):
                expect(wall.get_by_test_id("wall").locator("li").filter(has_text=player.username)).to_contain_text("10")
        say(stayed, "after")
        expect(moved.get_by_role("log")).to_contain_text("after")
        assert states(stayed) == ["online"]
        proof = proxy.call("GET", f"/rounds/{void[0]}")
        assert proof["status"] == "void"
        assert [(bet["result"], bet["amount"], bet["payout"]) for bet in proof["bets"]] == [("void", 1000, 1000)] * 2
        staying.run("audit")


def share_a_room(cluster: Cluster, visit: Visit, players: list[Player], pages: list[Page]) -> list[int]:
    """Chat and play a round. All pages at both nodes show the same. Returns the balances in cents."""
    one, two = cluster.nodes
    everyone = [*pages, *(visit(node, "/rooms/crash") for node in cluster.nodes)]
    for page in everyone:
        expect(page.get_by_test_id("spectators")).to_have_text("2 watching")
        expect(page.get_by_test_id("audience")).to_contain_text("2 players")
    for page, words in zip(pages, ("hello from one", "hello from two"), strict=True):
        say(page, words)
    for page in everyone:
        expect(page.get_by_role("log")).to_contain_text("hello from one")
        expect(page.get_by_role("log")).to_contain_text("hello from two")

    for page, stake in zip(pages, ("10", "25"), strict=True):
        fill(page, stake, "1.01")
    bet_together(one, pages)
    assert shown_round(pages[0]) == shown_round(pages[1])
    for page in everyone:
        for player in players:
            expect(bets_in_round(page, player)).to_have_count(1)
    for page, stake in zip(pages, ("10", "25"), strict=True):
        expect(page.get_by_test_id("held")).to_have_text(f"{stake} held")

    balances = []
    for page, stake_cents, other_node in ((pages[0], 1_000, two), (pages[1], 2_500, one)):
        expect(page.get_by_test_id("own-result")).to_be_visible(timeout=ROUND_MS)
        expect(page.get_by_test_id("held")).to_have_count(0)
        wallet = own(other_node, page, "wallet")
        expect(page.get_by_test_id("available")).to_have_text(f"{wallet['balance'] / 100:,.2f}")
        assert wallet["held"] == 0
        assert wallet["balance"] == 100_000 + stake_cents // 100
        balances.append(wallet["balance"])
    for page in everyone:
        expect(page.get_by_test_id("history").locator("a")).to_have_count(len(past_rounds(pages[1])))
        assert past_rounds(page) == past_rounds(pages[1])
    one.run("audit")
    return balances
