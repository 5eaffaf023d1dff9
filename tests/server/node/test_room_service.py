"""Tests of the room service: rooms by key, and bets that happen once however often they are sent."""

import asyncio
import secrets
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Raw

from cli.client import DisconnectedError, RequestRefusedError
from server.backends.holds import CachedAccount, WalletBalance
from server.errors import ClientError, UnreachableError
from server.messages import Bet
from server.node.room_calls import SeatRequest
from server.node.room_service import BetKeys, FirstBet
from storage import ledger
from storage.games import ensure_games
from storage.operator_accounts import ensure_players
from storage.settlement import EndedBet
from tests.server.backends.holds_world import hold
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive, new_account
from tests.server.rooms.test_settlement_queue import round_of
from tests.server.shaky_store import ShakyStore
from tests.server.stacks import Stacks
from tests.storage.world import begin_session
from tests.waiting import eventually


async def connections(live: Live, player: Player, number: int) -> list[Player]:
    """The player's connections, including the given one."""
    twins = [player, *(live.another_client(player) for _ in range(number - 1))]
    for twin in twins[1:]:
        await twin.client.connect()
    return twins


async def race(live: Live, ann: Player, rooms: dict[str, dict[str, Any]]) -> list[int]:
    """Ten sockets of one account send a thousand bets; returns the accepted stakes."""
    account = live.node.holds.account(ann.user_id)
    assert account is not None
    accepted: list[int] = []
    refusals: set[str] = set()

    async def spend(twin: Player, number: int) -> None:
        for turn in range(100):
            amount, room = 1 + (turn * 7 + number) % 97, list(rooms)[turn % len(rooms)]
            while (told := await _told(twin.bet(amount, room, key=f"{number}-{turn}", selection=rooms[room]))) in BUSY:
                refusals.add(told)
                await asyncio.sleep(0.001)
            accepted.extend([amount] if told == "ok" else [])
            refusals.add(told)
            assert account.held <= account.balance

    await asyncio.gather(*(spend(twin, number) for number, twin in enumerate(await connections(live, ann, 10))))
    assert refusals <= {"ok", "insufficient_funds", *BUSY}
    assert {"ok", "insufficient_funds"} <= refusals
    return accepted


BUSY = ("betting_closed",)


async def _told(asking: Coroutine[Any, Any, Any]) -> str:
    try:
        await asking
    except RequestRefusedError as refused:
        return refused.code
    return "ok"


async def test_ten_sockets_can_t_hold_a_balance_twice(open_live: OpenLive) -> None:
    """A thousand bets in one open round: the holds never exceed the balance."""
    live = await open_live(games=[Stacks()])
    ann = await live.player(credit=5000, room="stacks")
    accepted = await race(live, ann, {"stacks": {}})
    assert sum(accepted) <= 5000
    assert await live.node.holds.held(ann.user_id) == sum(accepted)


async def test_ten_sockets_can_t_spend_a_balance_twice(open_live: OpenLive) -> None:
    """A thousand bets while rounds are settled and a part of the balance is on hold in another room."""
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player(credit=5000)
    for number in range(4):
        await ann.bet(500, key=f"held-{number}")
    dice = (await ann.join("dice"))["room"]
    accepted = await race(live, ann, {dice: {"target": 99.99, "over": True}})
    await eventually(lambda: live.node.holds.total_held() == 2000)
    staked, paid = (await live.rows("SELECT coalesce(sum(amount), 0), coalesce(sum(payout), 0) FROM bets"))[0]
    assert staked == sum(accepted) <= 3000 + paid
    assert await live.balance(ann) == 5000 - staked + paid >= 2000


@pytest.mark.parametrize("game", ["crash", "dice"])
async def test_a_key_sent_a_hundred_times_is_one_bet(open_live: OpenLive, game: str) -> None:
    """Over ten connections at once, after the settlement, and after a restart: all answers are equal."""
    live = await open_live(crash_betting_ms=2_000)  # a hundred bets take a slow machine half a second
    ann = await live.player(room=game)
    room = ann.snapshots[-1][0]
    twins = await connections(live, ann, 10)
    request: dict[str, Any] = {"room": room, "amount": 250, "key": "k" * 64}
    if game == "dice":
        request["selection"] = {"target": 50.0, "over": True}
    else:
        await ann.betting()
    answers = await asyncio.gather(*(twin.ask("bet", **request) for twin in twins for _ in range(10)))
    assert len({(ok["bet"], ok["round"]) for ok in answers}) == 1
    first = answers[0]
    ended = await ann.ended(first["round"])
    assert [r["bet"] for r in ended["results"]] == [first["bet"]]
    later = await asyncio.gather(*(twin.ask("bet", **request) for twin in twins))
    balance = await live.balance(ann)
    assert {(ok["bet"], ok["round"], ok["balance"], ok["held"]) for ok in later} == {
        (first["bet"], first["round"], balance, 0)
    }
    await conflicts(ann, request)
    await live.stop()
    anew = await open_live(port=live.port)
    again = anew.new_client(ann.username, ann.user_id, ann.token)
    await again.client.connect()
    ok = await again.ask("bet", **request)
    assert (ok["bet"], ok["round"], ok["balance"]) == (first["bet"], first["round"], balance)
    await conflicts(again, request)
    assert len(await anew.rows("SELECT id FROM bets")) == 1


async def conflicts(player: Player, request: dict[str, Any]) -> None:
    """Another bet under the same key is refused, and the error names the first bet."""
    other_room = "dice-aaaaaaaa" if request["room"] == "crash" else "crash"
    for change in (
        {"amount": 251},
        {"room": other_room, "selection": {} if other_room == "crash" else {"target": 50.0, "over": True}},
        {"selection": {"auto_cashout": 2.0} if request["room"] == "crash" else {"target": 50.01, "over": True}},
    ):
        error = await player.refused("bet", **(request | change))
        assert error["code"] == "key_conflict", change
        assert error["bet"].startswith(request["room"] + ".")


async def test_copies_of_a_bet_get_its_answer_even_if_the_round_is_full_or_closed(open_live: OpenLive) -> None:
    """Copies whose key was looked up before the bet was placed reach a round that takes no more bets."""
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    twins = await connections(live, ann, 5)
    for number in range(3):
        name = (await ann.bet(1, key=f"fill-{number}"))["round"]
    answers = await asyncio.gather(*(twin.bet(5, key="fourth") for twin in twins for _ in range(4)))
    assert {(ok["bet"], ok["round"]) for ok in answers} == {(f"{name}.4", name)}


async def test_a_refused_bet_leaves_its_key_free(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player(credit=100)
    assert (await ann.refused("bet", room="crash", amount=101, key="k"))["code"] == "insufficient_funds"
    assert (await ann.bet(100, key="k"))["held"] == 100


async def test_players_can_use_the_same_keys(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann, bob = await live.player(), await live.player(room="dice")
    one = await ann.bet(5, key="same")
    two = await bob.roll(bob.snapshots[-1][0], key="same")
    assert one["bet"] != two["bet"]


@pytest.mark.parametrize("selection", [{"auto_cashout": 1.5, "x": 1}, {"auto_cashout": "2"}, [], 5, None, "x"])
async def test_a_used_key_with_a_malformed_selection_is_a_bad_request(open_live: OpenLive, selection: Any) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    await ann.bet(5, key="k")
    error = await ann.refused("bet", room="crash", amount=5, key="k", selection=selection)
    assert error["code"] == "bad_request"
    assert error["field"].startswith("selection")


async def test_requests_for_unknown_rooms_are_refused(live: Live) -> None:
    ann = await live.player()
    for do, arguments in (
        ("watch", {"room": "nowhere"}),
        ("watch", {"session": 99_999}),
        ("join", {"room": "nowhere"}),
        ("join", {"game": "poker"}),
        ("bet", {"room": "nowhere", "amount": 1, "key": "k"}),
    ):
        assert (await ann.refused(do, **arguments))["code"] == "no_such_room", do
    for do, more in (("act", {"action": "x"}), ("chat", {"text": "x"})):
        assert (await ann.refused(do, room="nowhere", **more))["code"] == "no_such_room", do
    assert (await ann.ask("rooms", game="poker")) == {"rooms": []}


async def test_a_session_leads_to_its_room(live: Live) -> None:
    ann = await live.player(room=None)
    ok = await ann.join("dice")
    spectator = await live.spectator(None)
    seen = await spectator.ask("watch", session=ok["session"])
    assert seen["room"] == ok["room"]
    assert [p["session"] for p in seen["snapshot"]["players"]] == [ok["session"]]
    assert "you" not in seen["snapshot"] or seen["snapshot"]["you"] is None
    await ann.ask("leave", room=ok["room"])
    assert (await spectator.refused("watch", session=ok["session"]))["field"] == "session"


async def test_the_seat_of_a_join_whose_answer_was_lost_is_freed_after_the_grace_period(
    open_live: OpenLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await open_live(grace=0.1)
    ann, watcher = await live.player(room=None), await live.spectator()
    join = live.node.router.join

    async def late(room: str, account: CachedAccount, request: SeatRequest) -> int:
        await join(room, account, request)
        raise UnreachableError("the answer came too late")

    monkeypatch.setattr(live.node.router, "join", late)
    assert (await ann.refused("join", room="crash"))["code"] == "unavailable"
    for kind in ("player_joined", "player_away", "player_left"):
        await watcher.event_of(kind, player=ann.username)


async def test_the_lobby_lists_only_shared_rooms(live: Live) -> None:
    ann = await live.player()
    await ann.join("dice")
    summaries = (await ann.ask("rooms"))["rooms"]
    assert [(c["room"], c["players"], c["shared"]) for c in summaries] == [("crash", 1, True)]
    assert (await ann.ask("rooms", game="crash"))["rooms"][0]["title"] == "Crash"


async def test_the_books_balance_after_random_play(open_live: OpenLive) -> None:
    """Twenty players join, bet, leave and lose their connections at random."""
    live = await open_live(bettors=(), grace=0.05)
    live.rig.draw = lambda _nonce: secrets.token_hex(32)
    players = [await live.player() for _ in range(20)]
    deadline = asyncio.get_running_loop().time() + 3

    async def wild(player: Player, number: int) -> None:
        turn = number
        while asyncio.get_running_loop().time() < deadline:
            turn += 7
            try:
                await _step(player, turn)
            except (RequestRefusedError, DisconnectedError):
                await asyncio.sleep(0.01)

    await asyncio.gather(*(wild(player, number) for number, player in enumerate(players)))
    assert sum(player.client.gaps for player in players) == 0


async def _step(player: Player, turn: int) -> None:
    match turn % 8:
        case 0:
            await player.cut()
            await player.client.connect()
        case 1:
            room = (await player.join("dice"))["room"]
            await player.roll(room)
        case 2:
            await player.ask("leave", room="crash")
        case 3 | 4:
            await player.join("crash")
        case _:
            # Without waiting for the next round: one that ends by chance may last for minutes.
            bet = {"amount": 1 + turn % 50, "selection": {"auto_cashout": 1.01}, "key": secrets.token_hex(8)}
            await player.ask("bet", room="crash", **bet)


# ---- bet keys ----

FIRST = FirstBet(room="crash", bet="crash.7.2", amount=500, selection=b'{"auto_cashout":2.0}')
WALLET = WalletBalance(1000, 0, 4)


def ask(raw: bytes = b'{"auto_cashout":2}', *, room: str = "crash", amount: int = 500) -> Bet:
    return Bet(id=1, room=room, amount=amount, key="k", selection=Raw(raw))


def test_a_repeated_bet_is_answered_with_the_names_of_the_first() -> None:
    ok = FIRST.answer(ask(), b'{"auto_cashout": 2}', WALLET)
    assert (ok.bet, ok.round, ok.balance, ok.held, ok.version) == ("crash.7.2", "crash.7", 1000, 0, 4)


@pytest.mark.parametrize(
    ("request_", "canonical"),
    [
        (ask(amount=501), b'{"auto_cashout":2.0}'),
        (ask(room="crash-2"), b'{"auto_cashout":2.0}'),
        (ask(), b'{"auto_cashout":2.01}'),
        (ask(), b"{}"),
    ],
)
def test_another_bet_is_a_conflict(request_: Bet, canonical: bytes) -> None:
    with pytest.raises(ClientError) as conflict:
        FIRST.answer(request_, canonical, WALLET)
    assert (conflict.value.error.code, conflict.value.extra) == ("key_conflict", {"bet": "crash.7.2"})


def test_the_order_of_members_makes_no_difference() -> None:
    first = FirstBet(room="dice-1", bet="dice-1.1.1", amount=5, selection=b'{"target":50.0,"over":true}')
    assert first.answer(ask(room="dice-1", amount=5), b'{"over":true,"target":50}', WALLET).bet == "dice-1.1.1"


def test_a_hold_describes_its_bet() -> None:
    assert FirstBet.of_hold(hold(1, "k", 10)) == FirstBet(room="crash", bet="crash.1.1", amount=10, selection=b"{}")


async def test_the_database_knows_the_keys_of_settled_bets(db: ShakyStore) -> None:
    game_id = (await ensure_games(db, {"dice": "Dice."}))["dice"]
    one, two = await ensure_players(db, [new_account(1), new_account(2)], 1000, datetime.now(UTC))
    session = await begin_session(db, one, game_id, "dice-1")
    selection = b'{"target":50.0,"over":true}'
    await ledger.settle(
        db,
        [
            round_of(
                9,
                game_id,
                bets=(
                    EndedBet(
                        user_id=one,
                        session_id=session,
                        number=1,
                        amount=100,
                        selection=selection,
                        result="loss",
                        payout=0,
                        key="k\u00e9y",
                        placed_at=1_795_000_000_000,
                    ),
                ),
            )
        ],
    )
    keys = BetKeys(db)
    found, other, unknown = await asyncio.gather(
        keys.first(one, "k\u00e9y"), keys.first(two, "k\u00e9y"), keys.first(one, "K\u00e9y")
    )
    assert found is not None
    assert (found.room, found.bet, found.amount) == ("dice-1", "dice-1.9.1", 100)
    assert (other, unknown) == (None, None)


async def test_many_look_ups_take_few_statements(db: ShakyStore) -> None:
    keys = BetKeys(db)
    assert await asyncio.gather(*(keys.first(1, str(n)) for n in range(100))) == [None] * 100
    assert 1 <= db.look_ups <= 3
