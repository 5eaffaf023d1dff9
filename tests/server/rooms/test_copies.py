"""Commands of real clients, each sent up to three times: nothing happens twice, and every copy gets the same answer.

A script of random bets, moves and leaves is played twice, on nodes that draw the same seeds and have the same time:
once with a single copy of each command, once with more. The rounds and the books must be equal.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from msgspec import Struct, to_builtins

from cli.client import DisconnectedError, RequestRefusedError
from game_engine.contract.chooser import structs_of, value_of, values_of, variants_of
from game_engine.game import AnyGame, Seat
from game_engine.games import GAMES
from server.backends.holds import REMEMBER_ANSWER_MS
from server.clock import SystemClock
from server.config import Config
from server.rooms.room import Room
from storage.audit import audit
from tests.server.fanout.fakes import StillClock
from tests.server.intercepted_rooms import Call
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive
from tests.server.rigged_seeds import RiggedSeeds
from tests.server.shaky_store import ShakyStore
from tests.waiting import eventually

PLAYED = ("blackjack", "holdem", "mines", "coinduel", "crash", "hilo")
STEPS = 60
CREDIT = 10_000_000
MEMBERS = {"leave": ("do", "room", "key"), "bet": ("do", "room", "key", "amount")}
START_MS = SystemClock().now_ms()


class Sent(Struct, frozen=True):
    """A command of a player: ``ask`` is the verb, and the room and the round are the live ones. ``wait_ms`` passes
    before it."""

    player: int
    ask: str
    fields: dict[str, Any]
    wait_ms: int = 0
    is_keyed: bool = True


def public(game: AnyGame) -> AnyGame:
    always_open = type(game)()
    always_open.public = True  # type: ignore[misc]
    return always_open


class OneGame(Live):
    """A node that plays a single game, so that only its rooms draw seeds."""

    base_games = ()


class Scene:
    """One node, and players with two connections each, who take turns."""

    def __init__(self, live: Live, clock: StillClock, game: AnyGame) -> None:
        self.live = live
        self.clock = clock
        self.game = game
        self.players: list[tuple[Player, Player]] = []
        self.room = ""

    async def fill(self, number: int) -> None:
        for _ in range(number):
            player = await self.live.player(CREDIT, None)
            twin = self.live.another_client(player)
            await twin.client.connect()
            self.room = (await player.ask("join", game=self.game.name))["room"]
            self.players.append((player, twin))

    @property
    def live_room(self) -> Room:
        return self.live.node.owned_rooms[self.room]

    async def at_rest(self) -> None:
        """Wait until a round is open and no result waits for its settlement."""
        rounds = self.live_room.rounds
        await eventually(lambda: rounds.live is not None and not rounds.live.ended, "an open round")

    async def pass_time(self, ms: int) -> None:
        self.clock.ms += ms
        await self.live_room.rounds._wake()
        await self.at_rest()

    def request(self, sent: Sent, key: str) -> dict[str, Any]:
        request = {"do": sent.ask, "room": self.room, **sent.fields}
        if sent.is_keyed:
            request["key"] = key
        if sent.ask in ("bet", "act"):
            live = self.live_room.rounds.live
            assert live is not None
            request["round"] = live.name
        return request

    def own_seat(self, player: int) -> Seat | None:
        member = self.live_room.seats.of(self.players[player][0].user_id)
        return None if member is None else member.seat

    def view(self, player: int) -> dict[str, Any]:
        live, seat = self.live_room.rounds.live, self.own_seat(player)
        assert live is not None
        return live.view(seat if seat in live.players else None)

    async def books(self) -> dict[str, list[Any]]:
        """What the database knows of rounds, bets and wallets. Names and ids differ from node to node."""
        users = {pair[0].user_id: number for number, pair in enumerate(self.players)}
        bets = await self.live.rows(
            "SELECT r.number AS round, b.number, b.user_id, b.amount, b.payout, b.result, b.selection"
            " FROM bets b JOIN rounds r ON r.id = b.round_id ORDER BY r.number, b.number"
        )
        rounds = await self.live.rows(
            "SELECT number, status, server_seed, outcome FROM rounds WHERE status = 'settled' ORDER BY number"
        )
        wallets = await self.live.rows("SELECT user_id, balance FROM wallets ORDER BY user_id")
        return {
            "bets": [(bet[0], bet[1], users[bet[2]], *bet[3:]) for bet in bets],
            "rounds": [tuple(row) for row in rounds],
            "wallets": [balance for user_id, balance in wallets if user_id in users],
        }


async def told(player: Player, request: dict[str, Any]) -> dict[str, Any]:
    """What the player is told: the reply, or the error."""
    try:
        ok = await player.ask(**request)
    except RequestRefusedError as refused:
        return {"error": refused.error}
    # The wallet is the one of now.
    return {name: value for name, value in ok.items() if name not in ("balance", "held", "version")}


class Late(NamedTuple):
    """A copy of a request that is still on its way, and the first answer, with its time."""

    player: Player
    request: dict[str, Any]
    first: dict[str, Any]
    answered_at: int


def choose(scene: Scene, dice: Random) -> Sent:
    """A random command: mostly what the view offers, sometimes anything."""
    player = dice.randrange(len(scene.players))
    wait_ms = dice.choice((0, 0, 40, 900, 4_000, 16_000))
    if scene.own_seat(player) is None:
        return Sent(player=player, ask="join", fields={}, wait_ms=wait_ms, is_keyed=False)
    view = scene.view(player)
    offered = view.get("actions") or {}
    if scene.game.shared and dice.random() < 0.04:
        return Sent(player=player, ask="leave", fields={}, wait_ms=wait_ms)
    if scene.game.action is not None and ((offered and dice.random() < 0.75) or dice.random() < 0.1):
        names = sorted(offered if offered and dice.random() < 0.8 else structs_of(scene.game.action))
        name = dice.choice(names)
        struct = structs_of(scene.game.action)[name]
        chosen = next(variants_of(struct, offered.get(name, {}), dice, 1), None) or value_of(struct, dice)
        fields = {field: value for field, value in to_builtins(chosen).items() if field != "bet"}
        return Sent(player=player, ask="act", fields=fields, wait_ms=wait_ms)
    bounds = view.get("stake") or {}
    least = bounds.get("minimum", 100)
    amount = dice.randint(least, min(bounds.get("maximum", 5_000), max(least, 10_000)))
    selection = next(values_of(scene.game.selection, dice, 5), None)
    fields = {"amount": amount, "selection": to_builtins(selection)}
    return Sent(player=player, ask="bet", fields=fields, wait_ms=wait_ms)


async def once(scene: Scene, dice: Random) -> list[Sent]:
    """Play random commands; returns them."""
    script: list[Sent] = []
    for number in range(STEPS):
        sent = choose(scene, dice)
        script.append(sent)
        if sent.wait_ms:
            await scene.pass_time(sent.wait_ms)
        await told(scene.players[sent.player][0], scene.request(sent, f"key-{number}"))
        await scene.at_rest()
    return script


async def with_copies(scene: Scene, script: list[Sent], dice: Random) -> int:
    """Play the same commands, with copies beside them and later. Returns the number of copies."""
    later: list[Late] = []
    copies = 0
    for number, sent in enumerate(script):
        if sent.wait_ms:
            await scene.pass_time(sent.wait_ms)
        request, sockets = scene.request(sent, f"key-{number}"), scene.players[sent.player]
        times = dice.randint(1, 3) if sent.is_keyed else 1
        at_once = dice.randint(1, times)
        answers = await asyncio.gather(*(told(dice.choice(sockets), request) for _ in range(at_once)))
        assert answers == [answers[0]] * at_once, request
        # A refused bet leaves its key free, and so does a player without a seat.
        code = answers[0].get("error", {}).get("code")
        if code is None or (sent.ask != "bet" and code != "not_seated"):
            later += [Late(dice.choice(sockets), request, answers[0], scene.clock.ms)] * (times - at_once)
        await scene.at_rest()
        while later and dice.random() < 0.4:
            copies += await ask_again(scene, later.pop(dice.randrange(len(later))))
            await scene.at_rest()
        copies += at_once - 1
    for late in later:
        copies += await ask_again(scene, late)
    return copies


async def ask_again(scene: Scene, late: Late) -> bool:
    """Send a copy, if it may still arrive. Once the answer may be forgotten, a move can also be too late."""
    is_forgotten = scene.clock.ms - late.answered_at >= REMEMBER_ANSWER_MS
    if is_forgotten and late.request["do"] == "leave":
        return False
    answer = await told(late.player, late.request)
    if is_forgotten and late.request["do"] == "act" and answer != late.first:
        assert answer["error"]["round"] == late.request["round"]
    else:
        assert answer == late.first, late.request
    return True


@pytest.fixture
def open_scene(open_live: OpenLive, tmp_path: Path) -> Callable[..., Any]:
    """Opens a node for a game whose seeds depend on ``seed`` only."""

    async def open_(name: str, seed: int, copy: int, players: int = 3) -> Scene:
        game, clock, numbers = public(GAMES[name]), StillClock(START_MS), count()
        url = f"sqlite:///{tmp_path / f'{name}-{seed}-{copy}.db'}"

        def make(config: Config, db: ShakyStore, rig: RiggedSeeds, **parts: Any) -> Live:
            rig.draw = lambda _nonce: sha256(f"{name} {seed} {next(numbers)}".encode()).hexdigest()
            return OneGame(config, db, rig, **parts)

        live = await open_live(kind=make, games=[game], clock=clock, url=url)
        scene = Scene(live, clock, game)
        await scene.fill(min(players, game.seats) if game.shared else 1)
        return scene

    return open_


async def compare(open_scene: Callable[..., Any], name: str, seed: int) -> None:
    first: Scene = await open_scene(name, seed, 1)
    script = await once(first, Random(seed))
    second: Scene = await open_scene(name, seed, 2)
    assert await with_copies(second, script, Random(-seed)) > STEPS // 3
    for scene in (first, second):
        await scene.live.stop()
        assert await audit(scene.live.db) == []
    books = await first.books()
    assert await second.books() == books
    assert len(books["bets"]) > 2


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PLAYED)
async def test_copies_of_commands_change_neither_rounds_nor_books(
    open_scene: Callable[..., Any], name: str, seed: int
) -> None:
    await compare(open_scene, name, seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(3, 40))
@pytest.mark.parametrize("name", PLAYED)
async def test_copies_of_commands_change_nothing_in_many_scripts(
    open_scene: Callable[..., Any], name: str, seed: int
) -> None:
    await compare(open_scene, name, seed)


async def doubled(scene: Scene, amount: int = 500) -> dict[str, Any]:
    """Play until the first player may double; returns the request of the move."""
    ann = scene.players[0][0]
    for number in range(40):
        await ann.bet(amount, scene.room, key=f"stake-{number}")
        await scene.pass_time(16_000)
        if "double" in scene.view(0).get("actions", {}) and "insure" not in scene.view(0)["actions"]:
            return scene.request(Sent(0, "act", {"action": "double"}), "the double")
        while scene.own_seat(0) is not None and scene.live_room.rounds.live.bets:  # type: ignore[union-attr]
            await scene.pass_time(16_000)
    raise AssertionError("no hand can be doubled")


async def test_a_double_sent_a_hundred_times_is_one_double(open_scene: Callable[..., Any]) -> None:
    """Over ten connections at once, and after its round."""
    scene: Scene = await open_scene("blackjack", 1, 1)
    ann, twin = scene.players[0]
    sockets = [ann, twin, *(scene.live.another_client(ann) for _ in range(8))]
    for socket in sockets[2:]:
        await socket.client.connect()
    double = await doubled(scene)
    before = await scene.live.balance(ann)
    answers = await asyncio.gather(*(told(socket, double) for socket in sockets for _ in range(10)))
    assert answers == [{}] * 100
    await scene.at_rest()
    while scene.live_room.rounds.live.name == double["round"]:  # type: ignore[union-attr]
        await scene.pass_time(16_000)
    (bet,) = await scene.live.rows("SELECT amount, payout FROM bets ORDER BY id DESC LIMIT 1")
    assert bet.amount == 1_000
    assert await scene.live.balance(ann) == before - 1_000 + bet.payout
    assert [await told(socket, double) for socket in sockets] == [{}] * 10


async def test_a_used_key_is_no_other_command_s(open_scene: Callable[..., Any]) -> None:
    """Not even in another room, but another player may use it."""
    scene: Scene = await open_scene("blackjack", 1, 1)
    ann, bob = scene.players[0][0], scene.players[1][0]
    double = await doubled(scene)
    assert await told(ann, double) == {}
    for change in (
        {"action": "hit"},
        {"hand": 1},
        {"round": "blackjack.999"},
        {"room": "elsewhere"},
        {"do": "leave"},
        {"do": "bet", "amount": 500},
        {"do": "bet", "amount": 500, "room": "elsewhere"},
    ):
        changed: dict[str, Any] = double | change
        members = MEMBERS.get(changed["do"], tuple(changed))
        error = (await told(ann, {name: changed[name] for name in members}))["error"]
        assert error["code"] == "key_conflict", change
        assert "bet" not in error
    stolen = (await told(bob, double))["error"]
    assert stolen["code"] == "illegal_action"
    assert (await told(bob, double))["error"] == stolen
    # The key of a bet stands for that bet.
    while (live := scene.live_room.rounds.live) is None or live.bets:
        await scene.pass_time(16_000)
    await bob.bet(100, scene.room, key="of a bet")
    error = (await told(bob, {"do": "act", "room": scene.room, "action": "hit", "key": "of a bet"}))["error"]
    assert error["code"] == "key_conflict"
    assert error["bet"].startswith("blackjack.")


async def test_a_refused_move_stays_refused_and_a_new_key_is_a_new_attempt(open_scene: Callable[..., Any]) -> None:
    scene: Scene = await open_scene("blackjack", 1, 1)
    ann = scene.players[0][0]
    early = {"do": "act", "room": scene.room, "action": "double", "key": "early"}
    refusal = await told(ann, early)
    assert refusal["error"]["code"] == "illegal_action"
    double = await doubled(scene)
    assert await told(ann, early) == refusal
    assert await told(ann, double) == {}


async def test_a_move_whose_answer_is_lost_with_the_connection_is_made_once(open_scene: Callable[..., Any]) -> None:
    """The socket is cut when the room has answered. The next one resumes, and asks again."""
    scene: Scene = await open_scene("blackjack", 1, 1)
    ann, _ = scene.players[0]
    double = await doubled(scene)

    async def cut(call: Call) -> Any:
        ok = await call()
        scene.live.rooms.around.clear()
        await ann.cut()
        return ok

    scene.live.rooms.around["act"] = cut
    with pytest.raises(DisconnectedError):
        await ann.ask(**double)
    await ann.client.connect()
    assert await told(ann, double) == {}
    assert (await told(ann, double | {"key": "another"}))["error"]["code"] == "illegal_action"
    await scene.at_rest()
    assert scene.live.node.holds.total_held() in (0, 1_000)


async def test_a_copy_of_the_move_that_ends_its_round_waits_for_the_settlement(open_scene: Callable[..., Any]) -> None:
    scene: Scene = await open_scene("mines", 1, 1)
    ann, twin = scene.players[0]
    await ann.bet(100, scene.room, selection={"mines": 1})
    live = scene.live_room.rounds.live
    assert live is not None
    safe = scene.request(Sent(0, "act", {"action": "reveal", "cell": 7}), "safe")
    assert await told(ann, safe) == {}
    assert not live.ended
    cash_out = scene.request(Sent(0, "act", {"action": "cashout"}), "out")
    scene.live.db.write_lock = asyncio.Lock()
    async with scene.live.db.write_lock:
        asked = [asyncio.create_task(told(each, cash_out)) for each in (ann, twin)]
        await eventually(lambda: live.ended, "the end of the round")
        copy = asyncio.create_task(told(twin, cash_out))
        done, _ = await asyncio.wait([*asked, copy], timeout=0.2)
        assert not done
    assert await asyncio.gather(*asked, copy) == [{}, {}, {}]


async def test_a_seat_that_was_taken_again_is_kept_when_a_leave_arrives_twice(open_scene: Callable[..., Any]) -> None:
    scene: Scene = await open_scene("crash", 1, 1)
    ann, twin = scene.players[0]
    leave = {"do": "leave", "room": scene.room, "key": "bye"}
    assert await told(ann, leave) == {}
    assert scene.own_seat(0) is None
    assert await told(twin, leave) == {}
    assert (await told(ann, {"do": "leave", "room": scene.room}))["error"]["code"] == "not_seated"
    assert await told(ann, leave | {"key": "never seated"}) == {}
    await ann.join(scene.room)
    for socket in (ann, twin):
        assert await told(socket, leave) == {}
    assert scene.own_seat(0) is not None
    await ann.bet(100, scene.room)
    error = (await told(ann, {"do": "act", "room": scene.room, "action": "cashout", "key": "bye"}))["error"]
    assert error["code"] == "key_conflict"


async def test_a_copy_of_the_leave_that_closed_a_room_is_no_error(open_scene: Callable[..., Any]) -> None:
    scene: Scene = await open_scene("mines", 1, 1)
    ann, twin = scene.players[0]
    leave = {"do": "leave", "room": scene.room, "key": "bye"}
    assert await told(ann, leave) == {}
    await eventually(lambda: scene.room not in scene.live.node.owned_rooms, "the end of the room")
    assert await told(twin, leave) == {}
    assert await told(twin, leave | {"key": "never seated"}) == {}


async def test_after_a_restart_a_move_can_only_be_late(open_scene: Callable[..., Any]) -> None:
    """The memory of a single node ends with it, and so does the round."""
    scene: Scene = await open_scene("blackjack", 1, 1)
    double = await doubled(scene)
    assert await told(scene.players[0][0], double) == {}
    await scene.live.stop()
    again: Scene = await open_scene("blackjack", 1, 1, 0)
    anew = again.live.another_client(scene.players[0][0])
    await anew.client.connect()
    await anew.ask("join", room="blackjack")
    assert (await told(anew, double))["error"]["round"] == double["round"]
    await again.live.stop()
    assert await audit(again.live.db) == []
