"""The ledger settles each round once, completely or not at all, on both databases."""

import asyncio
import json
from typing import Any, Literal

import pytest
from sqlalchemy import select

from storage import ledger, open_rounds
from storage.audit import audit
from storage.database import open_store
from storage.history import last_number
from storage.ledger import NoSuchAccountError, settle
from storage.models import Bet, Round, Transaction, Wallet
from storage.settlement import EndedRound, Settlement, WalletChange
from tests.storage.world import STARTED, World


async def test_a_settled_round_changes_wallets_and_writes_its_rows(world: World) -> None:
    ann, bob = await world.players(2)
    bets = (world.bet(ann, 1, 100, 198, "a"), world.bet(bob, 2, 300, 0, "b"), world.bet(ann, 3, 50, 50, "c", "push"))
    (settlement,) = await settle(world.db, [world.round("dice-1", bets)])
    changes = (WalletChange(ann, 1_098, 2), WalletChange(bob, 700, 2))
    assert settlement == Settlement(room="dice-1", number=1, status="settled", reason=None, wallets=changes)
    async with world.db.read() as session:
        round_ = (await session.scalars(select(Round))).one()
        rows = (await session.scalars(select(Transaction).order_by(Transaction.id))).all()
        stored = (await session.scalars(select(Bet).order_by(Bet.id))).all()
        updated = (await session.scalars(select(Wallet.last_updated))).all()
    assert (round_.status, round_.server_seed, round_.options) == ("settled", "dice-1.1", {"max_stake": 100_000})
    assert [round_.started_at.timestamp(), round_.ended_at and round_.ended_at.timestamp()] == [
        STARTED / 1000,
        (STARTED + 1_500) / 1000,
    ]
    assert [(r.type, r.category, r.amount, r.balance_after, r.description) for r in rows[2:]] == [
        ("debit", "bet", 100, 900, "dice-1.1.1"),
        ("debit", "bet", 300, 700, "dice-1.1.2"),
        ("debit", "bet", 50, 850, "dice-1.1.3"),
        ("credit", "win", 198, 1_048, "dice-1.1.1"),
        ("credit", "refund", 50, 1_098, "dice-1.1.3"),
    ]
    assert [(b.user_id, b.number, b.result, b.payout, b.key) for b in stored] == [
        (ann, 1, "win", 198, "a"),
        (bob, 2, "loss", 0, "b"),
        (ann, 3, "push", 50, "c"),
    ]
    assert stored[0].selection == {"target": 50.5, "over": True}
    assert [b.created_at.timestamp() for b in stored] == [(STARTED + b.number) / 1000 for b in stored]
    assert {*[r.created_at for r in rows[2:]], *updated} == {round_.ended_at}
    assert await audit(world.db) == []


async def test_nothing_to_settle(world: World) -> None:
    assert await settle(world.db, []) == []


async def test_one_player_in_many_rounds_of_a_batch(world: World) -> None:
    ann = await world.player()
    rounds = [world.round("dice-1", [world.bet(ann, 1, 400, 0, f"k{n}")]) for n in range(4)]
    settled = await settle(world.db, rounds)
    assert [(s.status, s.uncovered) for s in settled] == [("settled", ())] * 2 + [("settled", (ann,))] * 2
    assert [s.wallets[0].version for s in settled] == [2, 3, 3, 3]
    assert await world.balances() == {ann: (200, 3)}
    assert await audit(world.db) == []


async def test_a_batch_sent_again_is_answered_from_the_record(world: World) -> None:
    ann = await world.player()
    batch = [world.round("dice-1", [world.bet(ann, 1, 100, 198, "k")]), world.round("dice-2")]
    first = await settle(world.db, batch)
    assert await settle(world.db, batch) == first
    assert await settle(world.db, [batch[0], world.round("dice-3", [world.bet(ann, 1, 1, 0, "l")]), batch[0]]) == [
        first[0],
        Settlement(room="dice-3", number=1, status="settled", reason=None, wallets=(WalletChange(ann, 1_097, 3),)),
        Settlement(room="dice-1", number=1, status="settled", reason=None, wallets=(WalletChange(ann, 1_097, 3),)),
    ]
    assert await audit(world.db) == []


@pytest.mark.parametrize(
    "bad",
    ["key used before", "key used twice", "stake of nothing", "no such game", "too large", "null byte"],
)
async def test_a_bad_round_does_not_affect_the_rest_of_its_batch(world: World, bad: str) -> None:
    ann, bob = await world.players(2)
    await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 10, 0, "used")])])
    bet, changes = world.bet(ann, 1, 100, 198, "new"), dict[str, Any]()
    bets = [world.bet(bob, 2, 100, 500, "his"), bet]
    if bad == "key used before":
        bets[1] = world.bet(ann, 1, 100, 198, "used")
    elif bad == "key used twice":
        bets.append(world.bet(ann, 3, 1, 0, "new"))
    elif bad == "stake of nothing":
        bets[1] = world.bet(ann, 1, 0, 5, "new")
    elif bad == "no such game":
        changes = {"game_id": 77}
    elif bad == "too large":
        bets[1] = world.bet(ann, 1, 1, 2**63, "new")
    else:
        bets[1] = world.bet(ann, 1, 1, 1, "new")
        changes = {"outcome": b"\xff"}
    good = [world.round(f"dice-{n}", [world.bet(bob, 1, 10, 20, f"good{n}")]) for n in (8, 9)]
    settled = await settle(world.db, [good[0], world.round("bad", bets, **changes), good[1]])
    assert [s.status for s in settled] == ["settled", "failed", "settled"]
    assert settled[1].reason
    assert await world.balances() == {ann: (990, 2), bob: (1_020, 3)}
    assert await world.db.find_bets([(ann, "new"), (bob, "his")]) == {}
    assert await last_number(world.db, "bad") == 0
    assert await audit(world.db) == []


@pytest.mark.parametrize("status", ["settled", "void"])
async def test_an_uncovered_bet_fails_alone(world: World, status: Literal["settled", "void"]) -> None:
    ann, bob = await world.players(2)
    bets = [
        world.bet(ann, 1, 600, 1_200, "a1"),
        world.bet(bob, 2, 100, 500, "b"),
        world.bet(ann, 3, 401, 0, "a2"),
    ]
    (settlement,) = await settle(world.db, [world.round("crash", bets, status=status)])
    paid = 1_400 if status == "settled" else 1_000
    assert settlement == Settlement(
        room="crash",
        number=1,
        status=status,
        wallets=(WalletChange(bob, paid, 2), WalletChange(ann, 1_000, 1)),
        uncovered=(ann,),
    )
    assert await world.balances() == {ann: (1_000, 1), bob: (paid, 2)}
    assert set(await world.db.find_bets([(ann, "a1"), (ann, "a2"), (bob, "b")])) == {(bob, "b")}
    assert await audit(world.db) == []


async def test_a_bad_round_is_found_by_halving_the_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """32 rounds, of which one fails: at most two transactions for each of five halvings, and one for the batch."""
    ann = await world.player()
    rounds = [world.round(f"dice-{n}", [world.bet(ann, 1, 10, 0, f"k{n}")]) for n in range(31)]
    rounds.insert(20, world.round("bad", [world.bet(ann, 1, 10, 0, "k0")]))
    tries, transact = 0, world.db.transact

    async def counted(*args: Any, **kw: Any) -> Any:
        nonlocal tries
        tries += 1
        return await transact(*args, **kw)

    monkeypatch.setattr(world.db, "transact", counted)
    settlements = await settle(world.db, rounds)
    assert [settlement.room for settlement in settlements if settlement.status != "settled"] == ["bad"]
    assert tries == 1 + 2 * 5
    assert await audit(world.db) == []


async def test_a_large_batch_with_a_bad_round_is_settled_in_parts(world: World) -> None:
    ann = await world.player(2_000)
    rounds = [
        world.round(f"crash-{n}", [world.bet(ann, k, 1, 0, f"k{n}-{k}") for k in range(1, 102)]) for n in range(11)
    ]
    bad = world.round("bad", [world.bet(ann, 1, 1, 0, "k"), world.bet(ann, 2, 1, 0, "k")])
    settlements = await settle(world.db, [*rounds, bad])
    assert [settlement.status for settlement in settlements] == ["settled"] * 11 + ["failed"]
    assert await world.balances() == {ann: (2_000 - 11 * 101, 12)}
    assert await audit(world.db) == []


async def test_bets_of_deleted_accounts_and_sessions_are_left_out(world: World) -> None:
    ann, bob, cy = await world.players(3)
    bets = [world.bet(user, n, 100, 200, f"k{n}") for n, user in enumerate((ann, bob, cy), start=1)]
    await world.delete(bob)
    world.sessions[cy] = 9_999
    bets[2] = world.bet(cy, 3, 100, 200, "k3")
    (settled,) = await settle(world.db, [world.round("crash", bets)])
    assert settled == Settlement(
        room="crash", number=1, status="settled", reason=None, wallets=(WalletChange(ann, 1_100, 2),)
    )
    assert await world.balances() == {ann: (1_100, 2), cy: (1_000, 1)}
    assert await audit(world.db) == []


async def test_a_bet_in_another_players_session_is_left_out(world: World) -> None:
    ann, bob = await world.players(2)
    world.sessions[ann] = world.sessions[bob]
    (settled,) = await settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 100, 0, "k")])])
    assert (settled.status, settled.wallets) == ("settled", ())


async def test_a_void_round_keeps_its_bets_and_its_journal_but_no_seed(world: World) -> None:
    """The stake leaves the wallet and comes back, so both are on record."""
    ann = await world.player()
    bets = [world.bet(ann, 1, 100, 100, "k", "void")]
    (settled,) = await settle(world.db, [world.round("crash", bets, status="void", outcome=b'{"reason":"stop"}')])
    assert settled == Settlement("crash", 1, "void", wallets=(WalletChange(ann, 1_000, 2),))
    assert await world.balances() == {ann: (1_000, 2)}
    assert (await world.db.find_bets([(ann, "k")]))[ann, "k"].number == 1
    async with world.db.read() as session:
        round_ = (await session.scalars(select(Round))).one()
        moves = (await session.scalars(select(Transaction).where(Transaction.bet_id.is_not(None)))).all()
    assert (round_.server_seed, round_.client_seed) == (None, None)
    assert round_.journal == json.loads(world.round("crash").journal)
    assert round_.outcome == {"reason": "stop"}
    assert [(move.type, move.category, move.amount, move.balance_after) for move in moves] == [
        ("debit", "bet", 100, 900),
        ("credit", "refund", 100, 1_000),
    ]
    assert await audit(world.db) == []


async def test_a_shared_room_opens_its_next_round_as_it_settles_one(world: World) -> None:
    ann = await world.player()
    await open_rounds.open_round(world.db, world.opened("crash", 1))
    await open_rounds.open_round(world.db, world.opened("crash", 1))
    first = world.round("crash", [world.bet(ann, 1, 100, 0, "k")], next=world.opened("crash", 2))
    assert (await settle(world.db, [first]))[0].status == "settled"
    assert (await settle(world.db, [first]))[0].status == "settled"
    second = world.round("crash", status="void", next=world.opened("crash", 3))
    assert (await settle(world.db, [second]))[0].status == "void"
    assert await last_number(world.db, "crash") == 3
    assert await open_rounds.void_open_rounds(world.db, "dice-1", "restart") == []
    assert await open_rounds.void_open_rounds(world.db, None, "restart") == ["crash.3"]
    # An owner that was only paused comes back too late and gets what is on record.
    late = world.round("crash", [world.bet(ann, 1, 100, 0, "late")])
    assert (await settle(world.db, [late])) == [
        Settlement(room="crash", number=3, status="void", reason=None, wallets=(WalletChange(ann, 900, 2),))
    ]
    async with world.db.read() as session:
        stored = await session.execute(select(Round.number, Round.status, Round.outcome).order_by(Round.number))
        assert [tuple(row) for row in stored] == [
            (1, "settled", {"roll": 74.67}),
            (2, "void", {"roll": 74.67}),
            (3, "void", {"reason": "restart"}),
        ]
    assert await audit(world.db, open_rounds=True) == []


async def test_the_recorded_start_is_the_time_when_the_round_opened(world: World) -> None:
    await world.players(1)
    await open_rounds.open_round(world.db, world.opened("crash", 1))
    await settle(world.db, [world.round("crash", started_at=STARTED + 7)])
    async with world.db.read() as session:
        (opened,) = await session.scalars(select(Round.started_at))
    assert opened.timestamp() * 1000 == STARTED + 7


async def test_credit_opens_a_wallet_and_adds_to_it(world: World) -> None:
    ann = await world.player(0)
    assert await ledger.credit(world.db, ann, 500, "top-up", "From the desk") == WalletChange(ann, 500, 1)
    assert await ledger.credit(world.db, ann, 1, "top-up", "More") == WalletChange(ann, 501, 2)
    with pytest.raises(ValueError, match="positive"):
        await ledger.credit(world.db, ann, 0, "top-up", "")
    with pytest.raises(ledger.BalanceTooLargeError):
        await ledger.credit(world.db, ann, ledger.LARGEST_BALANCE - 500, "top-up", "One cent too much")
    with pytest.raises(NoSuchAccountError):
        await ledger.credit(world.db, 9_999, 1, "top-up", "")
    assert await audit(world.db) == []


async def test_a_batch_larger_than_any_chunk(world: World) -> None:
    players = await world.players(7)
    rounds = [
        world.round(f"dice-{n % 5}", [world.bet(players[n % 7], 1, 2, 3 * (n % 2), f"k{n}")], number=n + 1)
        for n in range(391)
    ]
    assert {s.status for s in await settle(world.db, rounds)} == {"settled"}
    assert sum(balance for balance, _ in (await world.balances()).values()) == 7_000 - 391 * 2 + 195 * 3
    assert await audit(world.db) == []


async def test_many_writers_race_for_one_wallet(world: World) -> None:
    """Each stake alone is covered; together they never take more than the balance."""
    ann = await world.player()
    other = await open_store(str(world.db.url.render_as_string(hide_password=False)), is_server=False)
    rounds = [world.round(f"dice-{n}", [world.bet(ann, 1, 300, 0, f"k{n}")]) for n in range(20)]
    try:
        settled = await asyncio.gather(
            *(settle((world.db, other)[n % 2], [round_]) for n, round_ in enumerate(rounds)),
            *(ledger.credit((world.db, other)[n % 2], ann, 10, "top-up", "") for n in range(10)),
        )
    finally:
        await other.close()
    taken = sum(one[0].uncovered == () for one in settled if isinstance(one, list))
    assert taken == 3
    assert await world.balances() == {ann: (200, 1 + 3 + 10)}
    assert await audit(world.db) == []


async def test_a_round_settled_concurrently_counts_once(world: World) -> None:
    ann = await world.player()
    round_ = world.round("dice-1", [world.bet(ann, 1, 100, 198, "k")])
    answers = await asyncio.gather(*(settle(world.db, [round_]) for _ in range(10)))
    assert {answer[0] for answer in answers} == {
        Settlement(room="dice-1", number=1, status="settled", reason=None, wallets=(WalletChange(ann, 1_098, 2),))
    }
    assert await audit(world.db) == []


async def test_batches_with_the_same_players_do_not_deadlock(world: World) -> None:
    players = await world.players(6)

    def batch(name: str, order: list[int]) -> list[EndedRound]:
        return [world.round(f"{name}-{n}", [world.bet(user, 1, 10, 10, name)]) for n, user in enumerate(order)]

    batches = [batch(f"r{n}", players[:: 1 if n % 2 else -1]) for n in range(12)]
    deletion = world.delete(players[5])
    settled = await asyncio.gather(*(settle(world.db, one) for one in batches), deletion)
    assert {s.status for one in settled[:-1] for s in one or ()} == {"settled"}
    assert {balance for balance, _ in (await world.balances()).values()} == {1_000}
    assert await audit(world.db) == []


async def test_a_cancelled_settlement_is_complete_or_absent(world: World) -> None:
    ann = await world.player()
    for n in range(10):
        task = asyncio.create_task(settle(world.db, [world.round("dice-1", [world.bet(ann, 1, 1, 0, f"k{n}")])]))
        await asyncio.sleep(n * 0.0003)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await audit(world.db) == []
    await settle(world.db, [world.round("dice-2", [world.bet(ann, 1, 1, 0, "last")])])
