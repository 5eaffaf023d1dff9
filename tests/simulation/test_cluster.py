"""Two nodes serve the same rooms: clients get the same answers and frames at both, whichever owns the room."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from cli.bot import Tally
from cli.bots import Plan, run_bots
from cli.client import RequestRefusedError
from server.config import Config
from server.messages import Position
from tests.simulation.cluster import SHORT, Cluster, Guest, Node
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUNDS = 4
KEPT_FRAMES = 64
"""Members that differ from run to run; everything else must be the same at both nodes."""
VARIES = {
    "node",
    "server_time",
    "epoch",
    "seq",
    "session",
    "player",
    "username",
    "client_seed",
    "round",
    "bet",
    "number",
    "server_seed_hash",
    "closes_at",
    "started_at",
    "at",
    "multiplier",
    "payout",
    "snapshot",
}


async def test_bots_at_both_nodes_see_the_same_frames(shared_cluster: Cluster) -> None:
    owner, other = await shared_cluster.owner(), await shared_cluster.other()
    near, far = await shared_cluster.spectator(owner), await shared_cluster.spectator(other)
    tally = Tally()
    plans = [Plan(count=30, url=node.url, name=name, pace=4.0) for node, name in ((owner, "near"), (other, "far"))]
    playing = [asyncio.create_task(run_bots(Config(), shared_cluster.db, plan, tally)) for plan in plans]
    try:
        await eventually(lambda: tally.connected == 60, "60 bots")
        for _ in range(ROUNDS):
            await far.event_of("round_ended", after=len(far.events("round_ended")))
        last = max(far.frames)
        await near.until(lambda: last in near.frames or None)
        assert not any(task.done() for task in playing)
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
    both = near.frames.keys() & far.frames.keys()
    assert len({epoch for _, epoch, _ in both}) == 1
    seqs = sorted(seq for _, _, seq in both)
    assert last[2] in seqs
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    assert [key for key in both if near.frames[key] != far.frames[key]] == []
    assert tally.errors.keys() <= {"illegal_action", "betting_closed"}  # the bot was too late
    assert (near.client.gaps, far.client.gaps, tally.anomalies()) == (0, 0, 0)
    assert tally.bets > ROUNDS
    assert len(near.events("bet_placed")) > ROUNDS


def shape(value: Any, name: str = "") -> Any:
    """The answer without what differs from player to player and from moment to moment."""
    if name in VARIES and value is not None:
        return type(value).__name__
    if isinstance(value, dict):
        return {key: shape(member, key) for key, member in value.items()}
    return [shape(member) for member in value] if isinstance(value, list) else value


class Diary:
    """The requests and answers of one client, in a form that can be compared with those of another."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.entries: list[Any] = []

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """A request that must succeed."""
        try:
            ok = await self.guest.ask(do, **arguments)
        except RequestRefusedError as refused:
            raise TooLateError if refused.code == "betting_closed" else refused from None
        self.entries.append((do, shape(ok)))
        return ok

    async def refused(self, do: str, **arguments: Any) -> str:
        """A request that must be refused; returns the code."""
        error = await self.guest.refused(do, **arguments)
        self.entries.append((do, arguments.keys(), shape(error)))
        code: str = error["code"]
        return code


async def play(shared_cluster: Cluster, node: Node) -> list[Any]:
    """Every request that a player can make in the crash room, and every refusal. Another player starts again if betting
    closed too early."""
    for _ in range(5):
        with suppress(TooLateError):
            return await play_once(shared_cluster, node)
    raise AssertionError("betting closed too early five times")


class TooLateError(Exception):
    """Betting closed before all requests of a test arrived."""


async def play_once(shared_cluster: Cluster, node: Node) -> list[Any]:
    (ann,) = await shared_cluster.players(1, node, credit=5000)
    stranger, diary = Diary(await shared_cluster.spectator(node, None)), Diary(ann)
    diary.entries.append(shape(await ann.come()))
    await look_around(diary)
    joined = await diary.ask("join", game="crash")
    await stranger.ask("watch", session=joined["session"])
    await stranger.refused("join", room="crash")
    await stranger.refused("bet", room="crash", amount=100, key="a")
    await diary.ask("chat", room="crash", text="good luck")
    await stranger.guest.event_of("chat", player=ann.username, text="good luck")
    round_ = await ann.betting()
    first = await bet(diary, round_)
    await ann.started(round_)
    await cash_out(diary, first)
    await diary.ask("leave", room="crash")
    await diary.refused("chat", room="crash", text="still here?")
    return [*diary.entries, *stranger.entries]


async def look_around(diary: Diary) -> None:
    """A player without a seat can watch; other commands are refused."""
    await diary.refused("watch", room="crash-9")
    await diary.refused("watch", session=10**9)
    await diary.refused("join", room="dice-9")
    await diary.refused("join", game="whist")
    await diary.refused("join", room="crash", seat=10**6)
    await diary.refused("bet", room="crash", amount=100, key="a")
    await diary.refused("act", room="crash", action="cashout")
    await diary.refused("chat", room="crash", text="hello")
    await diary.refused("leave", room="crash")
    await diary.refused("dance")
    await diary.ask("watch", room="crash")
    await diary.ask("unwatch", room="crash")


async def bet(diary: Diary, round_: str) -> str:
    """As many bets as a round takes; returns the name of the first one, of 300 cents. Raises TooLateError."""
    key = secrets.token_hex(8)
    for refused in (
        {"amount": 6000},
        {"amount": 200_000},
        {"amount": 0},
        {"amount": 100, "selection": {"auto_cashout": 1.001}},
        {"amount": 100, "selection": {"target": 5}},
        {"amount": 100, "round": "crash.1"},
    ):
        await diary.refused("bet", room="crash", key=key, **refused)
    await diary.refused("act", room="crash", action="cashout")
    first = await diary.ask("bet", room="crash", amount=300, key=key)
    assert first == await diary.ask("bet", room="crash", amount=300, key=key, round=round_)
    await diary.refused("bet", room="crash", amount=301, key=key)
    await diary.refused("bet", room="crash", amount=300, key=key, selection={"auto_cashout": 2.0})
    for more in (400, 500, 600):
        await diary.ask("bet", room="crash", amount=more, key=f"{key}-{more}")
    if await diary.refused("bet", room="crash", amount=100, key=f"{key}-fifth") == "betting_closed":
        raise TooLateError
    name: str = first["bet"]
    return name


async def cash_out(diary: Diary, first: str) -> None:
    """Make one bet, then the others."""
    ann = diary.guest
    await diary.refused("bet", room="crash", amount=100, key="late")
    await diary.refused("act", room="crash", action="fold")
    await diary.refused("act", room="crash", action="cashout", bet="crash.1.1")
    one = await diary.ask("act", room="crash", action="cashout", bet=first)
    assert one["payout"] >= 300
    rest = await diary.ask("act", room="crash", action="cashout")
    await diary.refused("act", room="crash", action="cashout")
    told = [await ann.event_of("cashed_out", player=ann.username, after=number) for number in range(4)]
    assert sum(event["payout"] for event in told) == one["payout"] + rest["payout"]
    diary.entries.append(shape(await ann.notice_of("wallet", held=1800)))


async def test_players_get_the_same_answers_at_both_nodes(shared_cluster: Cluster) -> None:
    owner, other = await shared_cluster.owner(), await shared_cluster.other()
    shared_cluster.points = (140, 140)  # a round of nearly six seconds
    diaries = await asyncio.gather(play(shared_cluster, owner), play(shared_cluster, other))
    shared_cluster.points = SHORT
    assert diaries[0] == diaries[1]


async def at_one_seq(*asks: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """The common answer of all of these, at a moment when they are at the same frame."""

    async def answers() -> list[dict[str, Any]] | None:
        found = await asyncio.gather(*(ask() for ask in asks))
        return found if len({(each["epoch"], each["seq"]) for each in found}) == 1 else None

    first, *others = await eventually(answers, "the same seq at both nodes")
    assert [other for other in others if other != first] == []
    answer: dict[str, Any] = first
    return answer


async def test_a_room_looks_the_same_from_both_nodes(shared_cluster: Cluster) -> None:
    nodes = shared_cluster.nodes
    ann = await shared_cluster.player(nodes[0])
    twin = shared_cluster.again(ann, nodes[1])
    await twin.come()
    session = (await twin.join("crash"))["session"]
    await ann.betting()
    await ann.bet(700)
    await twin.ask("chat", room="crash", text="from the other side")
    strangers = [await shared_cluster.spectator(node, None) for node in nodes]

    async def shown(node: Node) -> dict[str, Any]:
        status, body = await shared_cluster.call(node, "GET", "/rooms/crash")
        assert status == 200
        return dict(body)

    def asking(guest: Guest, **place: Any) -> Callable[[], Awaitable[dict[str, Any]]]:
        return lambda: guest.ask("watch", **place)

    by_http = await at_one_seq(*(lambda node=node: shown(node) for node in nodes))
    assert by_http["snapshot"]["chat"][-1]["text"] == "from the other side"
    assert ann.username in {player["player"] for player in by_http["snapshot"]["players"]}
    await at_one_seq(*(asking(each, room="crash") for each in strangers), lambda: shown(nodes[0]))
    await at_one_seq(*(asking(each, session=session) for each in strangers))
    mine = await at_one_seq(*(asking(each, room="crash") for each in (ann, twin)))
    assert (mine["snapshot"]["you"]["player"], mine["snapshot"]["you"]["session"]) == (ann.username, session)


async def test_the_lobby_is_the_same_at_both_nodes(shared_cluster: Cluster) -> None:
    ann = await shared_cluster.player(shared_cluster.nodes[1], "dice")
    strangers = [await shared_cluster.spectator(node, None) for node in shared_cluster.nodes]

    async def cards() -> list[Any] | None:
        """The lobby over HTTP and WebSocket at both nodes; None while a node does not know the newest change."""
        by_socket = [(await stranger.ask("rooms"))["rooms"] for stranger in strangers]
        by_http = [(await shared_cluster.call(node, "GET", "/rooms"))[1]["rooms"] for node in shared_cluster.nodes]
        first, *others = [*by_socket, *by_http]
        return list(first) if all(other == first for other in others) else None

    found = await eventually(cards, "the same lobby at both nodes")
    assert [card["room"] for card in found] == ["crash"]
    for node, stranger in zip(shared_cluster.nodes, strangers, strict=True):
        assert (await stranger.ask("rooms", game="dice"))["rooms"] == []
        assert (await shared_cluster.call(node, "GET", "/rooms/crash-1"))[0] == 404
        (room,) = ann.client.positions
        assert (await shared_cluster.call(node, "GET", f"/rooms/{room}"))[1]["room"] == room


async def test_a_solo_room_can_be_played_from_both_nodes(shared_cluster: Cluster) -> None:
    """It is on the node where its player joined; another connection, to the other node, finds it."""
    ann = await shared_cluster.player(shared_cluster.nodes[0], None)
    twin = shared_cluster.again(ann, shared_cluster.nodes[1])
    await twin.come()
    (here, there) = await asyncio.gather(ann.join("dice"), twin.join("dice"))
    room = here["room"]
    assert (there["room"], there["session"]) == (room, here["session"])
    watcher = await shared_cluster.spectator(shared_cluster.nodes[1], None)
    await watcher.ask("watch", session=here["session"])
    for player in (ann, twin, ann, twin):
        rolled = await player.roll(room)
        for each in (ann, twin, watcher):
            assert (await each.ended(rolled["round"]))["results"][0]["player"] == ann.username
    for other in (twin, watcher):
        both = ann.frames.keys() & other.frames.keys()
        assert len(both) >= 4
        assert [key for key in both if ann.frames[key] != other.frames[key]] == []
    await twin.ask("leave", room=room)
    await watcher.event_of("room_closed")


@pytest.mark.parametrize("side", ["owner", "other"])
async def test_a_client_that_resumes_at_any_node_gets_the_missed_frames(shared_cluster: Cluster, side: str) -> None:
    owner, other = await shared_cluster.owner(), await shared_cluster.other()
    node = owner if side == "owner" else other
    ann, witness = await shared_cluster.player(owner), await shared_cluster.spectator(other)
    bob = await shared_cluster.player(node)
    # The grace period and the kept frames limit how long ann may be away.
    await ann.cut()
    for number in range(5):
        await bob.ask("chat", room="crash", text=f"line {number}")
    assert (await ann.come(node))["resumed"] == {"crash": "frames"}
    await ann.event_of("chat", text="line 4")
    await ann.event_of("player_back", player=ann.username)
    await ann.ask("chat", room="crash", text="back again")
    await witness.event_of("chat", text="back again")
    await ann.event_of("chat", text="back again")
    assert ann.client.gaps == 0
    missed = [key for key in witness.frames if key <= max(ann.frames) and key[1] == max(ann.frames)[1]]
    assert [key for key in missed if ann.frames.get(key) != witness.frames[key]] == []


@pytest.mark.parametrize("side", ["owner", "other"])
@pytest.mark.parametrize("lost", ["epoch", "seq"])
async def test_a_client_that_resumes_too_late_gets_a_snapshot(shared_cluster: Cluster, side: str, lost: str) -> None:
    node = await shared_cluster.owner() if side == "owner" else await shared_cluster.other()
    ann = await shared_cluster.player(node)
    await ann.until(lambda: ann.client.positions["crash"].seq > KEPT_FRAMES or None)
    await ann.cut()
    epoch = ann.client.positions["crash"].epoch
    ann.client.positions["crash"] = Position("of old", 5) if lost == "epoch" else Position(epoch, 1)
    before = len(ann.snapshots)
    assert (await ann.come())["resumed"] == {"crash": "snapshot"}
    await ann.until(lambda: len(ann.snapshots) > before or None)
    snapshot = ann.snapshots[-1][1]
    assert snapshot["you"]["player"] == ann.username
    assert [each["away"] for each in snapshot["players"] if each["player"] == ann.username] == [False]
    await ann.ask("chat", room="crash", text="where were we?")
    assert ann.client.gaps == 0
