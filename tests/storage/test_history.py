"""Lists of past play as windows over real rounds, and single rounds with their proof, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from game_engine.game import Bet, Seat
from game_engine.replay import journal_to_json
from storage import history, ledger, open_rounds
from storage.history import Window
from tests.storage.world import STARTED, World

ENDED = datetime.fromtimestamp((STARTED + 1_500) / 1000, UTC)


async def settle(world: World, user_id: int, count: int, payout: int = 0) -> None:
    for _ in range(count):
        round_ = world.round("dice-a")
        number = round_.number
        bet = world.bet(user_id, 1, 10, payout, f"dice-a-{number}")
        settled = await ledger.settle(world.db, [world.round("dice-a", [bet], number)])
        assert settled[0].status == "settled", settled


async def ids(rows: Any) -> list[int]:
    return [row.id for row in await rows]


async def test_windows_cover_every_row_once(world: World) -> None:
    ann, bob = await world.players(2)
    await settle(world, ann, 7, payout=20)
    for listed, total in ((history.transactions, 15), (history.bets, 7), (history.sessions, 1)):
        everything = await ids(listed(world.db, ann, Window(100)))
        assert everything == sorted(everything, reverse=True)
        assert len(everything) == total
        pieces: list[int] = []
        while part := await ids(listed(world.db, ann, Window(4, pieces[-1] if pieces else None))):
            pieces += part
        assert pieces == everything
    assert len(await history.transactions(world.db, bob, Window(100))) == 1
    assert await history.bets(world.db, bob, Window(100)) == []


async def test_columns_of_rows(world: World) -> None:
    ann = await world.player(1000)
    await settle(world, ann, 1, payout=25)
    win, stake, sign_up = await history.transactions(world.db, ann, Window(10))
    assert (win.type, win.category, win.amount, win.balance_after) == ("credit", "win", 25, 1015)
    assert (stake.type, stake.category, stake.amount, stake.balance_after) == ("debit", "bet", 10, 990)
    assert (stake.game, stake.room, stake.round_number, stake.bet_number) == ("dice", "dice-a", 1, 1)
    assert (sign_up.category, sign_up.game, sign_up.bet_number) == ("sign-up", None, None)
    [bet] = await history.bets(world.db, ann, Window(10))
    assert (bet.room, bet.round_number, bet.bet_number, bet.result, bet.payout) == ("dice-a", 1, 1, "win", 25)
    assert bet.selection == {"target": 50.5, "over": True}
    [session] = await history.sessions(world.db, ann, Window(10))
    assert (session.id, session.game, session.ended_at) == (world.sessions[ann], "dice", None)


async def test_filters(world: World) -> None:
    ann = await world.player()
    await settle(world, ann, 3, payout=20)
    await settle(world, ann, 2)
    db = world.db
    assert len(await history.transactions(db, ann, Window(100, category="bet"))) == 5
    assert len(await history.bets(db, ann, Window(100, category="loss"))) == 2
    assert len(await history.transactions(db, ann, Window(100, game="dice"))) == 8
    assert await history.bets(db, ann, Window(100, game="crash")) == []
    middle: datetime = (await history.bets(db, ann, Window(100)))[2].created_at
    after = await history.bets(db, ann, Window(100, since=middle))
    before = await history.bets(db, ann, Window(100, until=middle))
    assert len(after) + len(before) == 5
    assert all(row.created_at >= middle for row in after)
    assert await history.bets(db, ann, Window(100, since=middle + timedelta(days=1))) == []
    assert await history.bets(db, ann, Window(100, until=datetime.min.replace(tzinfo=middle.tzinfo))) == []


async def test_rounds_of_a_room(world: World) -> None:
    ann = await world.player()
    await settle(world, ann, 5)
    assert [row.number for row in await history.rounds(world.db, "dice-a", None, 3)] == [5, 4, 3]
    rest = await history.rounds(world.db, "dice-a", 3, 10)
    assert [row.number for row in rest] == [2, 1]
    assert rest[0].journal is None
    assert (rest[0].server_seed, rest[0].started_at) == ("dice-a.2", datetime.fromtimestamp(STARTED / 1000, UTC))
    assert await history.rounds(world.db, "nowhere", None, 3) == []
    ends = {row.number: row.ended_at for row in await history.rounds(world.db, "dice-a", None, 5)}
    until = ends[3]
    assert until is not None
    known = [number for number, ended_at in ends.items() if ended_at is not None and ended_at <= until]
    assert [row.number for row in await history.rounds(world.db, "dice-a", None, 5, until)] == known
    assert 3 in known
    assert await history.rounds(world.db, "dice-a", None, 5, until - timedelta(days=1)) == []


async def test_one_round(world: World) -> None:
    ann, bob = await world.players(2)
    bets = [world.bet(bob, 1, 10, 0, "b1"), world.bet(ann, 2, 20, 40, "a1")]
    placed = [Bet(seat=Seat(seat), number=seat, amount=10 * seat, client_seed="s", selection={}) for seat in (1, 2)]
    await ledger.settle(
        world.db, [world.round("dice-a", bets, journal=journal_to_json((STARTED, bet) for bet in placed))]
    )
    found = await history.find_round(world.db, "dice-a", 1)
    assert found is not None
    round_, wagers = found
    assert (round_.status, round_.server_seed, round_.game) == ("settled", "dice-a.1", "dice")
    assert round_.journal is not None
    assert [(wager.number, wager.seat, wager.payout) for wager in wagers] == [(1, 1, 0), (2, 2, 40)]
    assert [(row.type, row.category, row.amount) for row in wagers[1].ledger] == [
        ("debit", "bet", 20),
        ("credit", "win", 40),
    ]
    assert await history.players_of_round(world.db, "dice-a", 1) == {1: (bob, "p2"), 2: (ann, "p1")}
    await world.delete(ann)
    assert await history.find_round(world.db, "dice-a", 1) == found
    assert await history.players_of_round(world.db, "dice-a", 1) == {1: (bob, "p2")}
    assert await history.find_round(world.db, "dice-a", 2) is None
    assert await history.find_round(world.db, "dice-a", 10**18) is None


async def test_an_open_round_hides_its_seed(world: World) -> None:
    await world.player()
    await open_rounds.open_round(world.db, world.opened("crash", 1))
    found = await history.find_round(world.db, "crash", 1)
    assert found is not None
    round_, wagers = found
    assert (round_.status, wagers) == ("open", [])
    assert [round_.server_seed, round_.client_seed, round_.journal, round_.outcome, round_.ended_at] == [None] * 5
    assert await history.rounds(world.db, "crash", None, 3) == []


async def test_lost_since(world: World) -> None:
    ann, bob = await world.players(2)
    bets = [world.bet(ann, 1, 300, 0, "a"), world.bet(ann, 2, 100, 150, "b"), world.bet(bob, 3, 10, 0, "c")]
    await ledger.settle(world.db, [world.round("crash", bets)])
    assert await history.lost_since(world.db, ann, ENDED) == 250
    assert await history.lost_since(world.db, ann, ENDED + timedelta(milliseconds=1)) == 0
    assert await history.lost_since(world.db, bob, ENDED - timedelta(days=1)) == 10


async def test_last_outcomes_newest_first(world: World) -> None:
    await world.player()
    rounds = [world.round("crash", outcome=b'{"point":%d}' % n) for n in range(1, 5)]
    rounds.append(world.round("crash", status="void"))
    rounds.append(world.round("dice-1"))
    await ledger.settle(world.db, rounds)
    assert await history.last_round_outcomes(world.db, "crash", 3) == [
        (4, b'{"point":4}'),
        (3, b'{"point":3}'),
        (2, b'{"point":2}'),
    ]
    assert await history.last_round_outcomes(world.db, "none", 3) == []


async def test_a_taken_stack_is_what_the_last_round_paid_back(world: World) -> None:
    ann, bob = await world.players(2, 10_000)

    async def end(room: str, user: int, *payouts: int, **changes: Any) -> None:
        round_ = world.round(room)
        result = "void" if changes.get("status") == "void" else ""
        bets = [
            world.bet(user, n, payout if result else 100, payout, f"{room}-{round_.number}-{n}", result)
            for n, payout in enumerate(payouts, 1)
        ]
        ended = await ledger.settle(world.db, [world.round(room, bets, round_.number, **changes)])
        assert ended[0].status == changes.get("status", "settled"), ended

    async def taken(user: int, room: str, since: datetime = ENDED) -> int:
        found = await history.taken_stack(world.db, user, room, since)
        assert found is None or found.at == ENDED
        return 0 if found is None else found.amount

    room = await session_room(world, ann)
    assert await taken(ann, room) == 0
    await end(room, ann, 150, 40)
    await end(room, bob, 70)
    assert (await taken(ann, room), await taken(ann, "elsewhere")) == (190, 0)
    assert await taken(ann, room, ENDED + timedelta(seconds=1)) == 0
    await end(room, ann, 30, status="void")
    assert await taken(ann, room) == 30
    await end(room, ann, 0)
    assert await taken(ann, room) == 0


async def session_room(world: World, user_id: int) -> str:
    """The room of the player's session."""
    (session,) = await history.sessions(world.db, user_id, Window(1))
    return session.room
