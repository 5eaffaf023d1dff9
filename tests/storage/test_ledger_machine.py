"""Hypothesis runs the ledger beside a model of a few dictionaries; after every step both agree to the cent."""

import asyncio
from typing import Any, ClassVar, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import structs
from sqlalchemy import text

from storage import ledger, open_rounds
from storage.audit import audit
from storage.settlement import EndedBet, EndedRound, OpenRound, Settlement, WalletChange
from tests.storage.patient_store import open_patient_store
from tests.storage.world import World

NO_GAME = 999_999
ROOMS = ("dice-a", "dice-b", "crash")
BetPlan = tuple[int, int, int, str, str]
"""The index of the player, stake, payout, key, result."""

bet_plans: st.SearchStrategy[BetPlan] = st.tuples(
    st.integers(0, 5),
    st.integers(1, 700),
    st.one_of(st.just(0), st.integers(1, 900)),
    st.sampled_from("abcdefghijklmnopqrst"),
    st.sampled_from(["win", "loss", "push", "cashout"]),
)
round_plans = st.tuples(
    st.sampled_from(ROOMS),
    st.lists(bet_plans, max_size=4),
    st.sampled_from(["settled"] * 6 + ["void", "another's", "unwritable"]),
    st.booleans(),
)


class Model:
    """What the ledger should contain."""

    def __init__(self) -> None:
        self.wallets: dict[int, list[int]] = {}
        self.rounds: dict[tuple[str, int], str] = {}
        self.hashes: dict[tuple[str, int], str] = {}
        self.keys: set[tuple[int, str]] = set()

    def settle(self, round_: EndedRound) -> Settlement:
        place = round_.room, round_.number
        if self.hashes.get(place, round_.server_seed_hash) != round_.server_seed_hash:
            return Settlement(round_.room, round_.number, "failed")
        was = self.rounds.get(place, "open")
        bets = [bet for bet in round_.bets if bet.user_id in self.wallets]
        if was != "open":
            status: Literal["settled", "void"] = "void" if was == "void" else "settled"
            return Settlement(round_.room, round_.number, status, wallets=self._changes(bets))
        uncovered = self._overdrawn(bets)
        bets = [bet for bet in bets if bet.user_id not in uncovered]
        if round_.status == "void":
            bets = [structs.replace(bet, payout=bet.amount) for bet in bets]
        unwritable = place not in self.rounds and round_.game_id == NO_GAME
        taken = round_.next is not None and (round_.next.room, round_.next.number) in self.rounds
        if unwritable or taken or not self._may(bets):
            return Settlement(round_.room, round_.number, "failed")
        for bet in bets:
            self.wallets[bet.user_id][0] += bet.payout - bet.amount
            self.keys.add((bet.user_id, bet.key))
        for user_id in {bet.user_id for bet in bets}:
            self.wallets[user_id][1] += 1
        self._record(round_, round_.status)
        if round_.next:
            self._record(round_.next, "open")
        return Settlement(
            round_.room,
            round_.number,
            round_.status,
            wallets=(*self._changes(bets), *[WalletChange(user, *self.wallets[user]) for user in uncovered]),
            uncovered=tuple(uncovered),
        )

    def _record(self, round_: EndedRound | OpenRound, status: str) -> None:
        self.rounds[round_.room, round_.number] = status
        self.hashes[round_.room, round_.number] = round_.server_seed_hash

    def _may(self, bets: list[EndedBet]) -> bool:
        keys = [(bet.user_id, bet.key) for bet in bets]
        return len(set(keys)) == len(keys) and not self.keys & set(keys)

    def _overdrawn(self, bets: list[EndedBet]) -> list[int]:
        stakes = {bet.user_id: sum(other.amount for other in bets if other.user_id == bet.user_id) for bet in bets}
        return [user for user, stake in stakes.items() if stake > self.wallets[user][0]]

    def _changes(self, bets: list[EndedBet]) -> tuple[WalletChange, ...]:
        users = dict.fromkeys(bet.user_id for bet in bets)
        return tuple(WalletChange(user, *self.wallets[user]) for user in users)


class LedgerMachine(RuleBasedStateMachine):
    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.run = self.runner.run
        self.model = Model()
        self.players: list[int] = []
        self.sent: list[EndedRound] = []

    def teardown(self) -> None:
        self.run(self.world.db.close())
        self.runner.close()

    @initialize()
    def empty_database(self) -> None:
        self.run(self._empty())
        self.enter(1_000)
        self.enter(500)

    async def _empty(self) -> None:
        self.world = World(await open_patient_store(self.url))
        async with self.world.db.write() as session:
            await session.execute(text("DELETE FROM users"))
            await session.execute(text("DELETE FROM games"))

    @precondition(lambda self: len(self.players) < 6)
    @rule(balance=st.integers(1, 2_000))
    def enter(self, balance: int) -> None:
        user_id = self.run(self.world.player(balance))
        self.players.append(user_id)
        self.model.wallets[user_id] = [balance, 1]

    @precondition(lambda self: len(self.players) > 3)
    @rule(place=st.integers(0, 5))
    def delete(self, place: int) -> None:
        user_id = self.players[place % len(self.players)]
        self.run(self.world.delete(user_id))
        self.model.wallets.pop(user_id, None)
        self.model.keys = {(user, key) for user, key in self.model.keys if user != user_id}

    @rule(place=st.integers(0, 5), amount=st.integers(1, 500))
    def top_up(self, place: int, amount: int) -> None:
        user_id = self.players[place % len(self.players)]
        if (wallet := self.model.wallets.get(user_id)) is None:
            return
        wallet[:] = [wallet[0] + amount, wallet[1] + 1]
        assert self.run(ledger.credit(self.world.db, user_id, amount, "top-up", "")) == WalletChange(user_id, *wallet)

    @rule(plans=st.lists(round_plans, min_size=1, max_size=6), again=st.lists(st.integers(0, 30), max_size=2))
    def settle(self, plans: list[Any], again: list[int]) -> None:
        batch = [self._round(*plan) for plan in plans]
        batch += [self.sent[place % len(self.sent)] for place in again if self.sent]
        self.sent += batch[: len(plans)]
        expected = [self.model.settle(round_) for round_ in batch]
        settled = self.run(ledger.settle(self.world.db, batch))
        assert [_without_reason(s) for s in settled] == expected
        assert all((s.reason is not None) == (s.status == "failed") for s in settled)

    def _round(self, room: str, plans: list[BetPlan], kind: str, opens_next: bool) -> EndedRound:
        bets = [
            self.world.bet(self.players[who % len(self.players)], place, amount, payout, key, result)
            for place, (who, amount, payout, key, result) in enumerate(plans, start=1)
        ]
        changes: dict[str, Any] = {"status": "void"} if kind == "void" else {}
        if kind == "another's":
            changes = {"server_seed_hash": "0" * 64}
        elif kind == "unwritable":
            changes = {"game_id": NO_GAME}
        round_ = self.world.round(room, bets, **changes)
        if not opens_next:
            return round_
        return self.world.round(room, bets, round_.number, **changes, next=self.world.opened(room, round_.number + 1))

    @rule()
    def restart(self) -> None:
        left_open = {f"{room}.{n}" for (room, n), status in self.model.rounds.items() if status == "open"}
        assert set(self.run(open_rounds.void_open_rounds(self.world.db, None, "restart"))) == left_open
        self.model.rounds |= {place: "void" for place, status in self.model.rounds.items() if status == "open"}

    @rule(place=st.integers(0, 5), key=st.sampled_from("abcdef"))
    def ask_for_a_key(self, place: int, key: str) -> None:
        pair = self.players[place % len(self.players)], key
        assert (pair in self.run(self.world.db.find_bets([pair]))) == (pair in self.model.keys)

    @invariant()
    def books_balance(self) -> None:
        if self.players:
            assert self.run(audit(self.world.db)) == []
            balances = self.run(self.world.balances())
            assert balances == {user: tuple(wallet) for user, wallet in self.model.wallets.items()}


def _without_reason(settlement: Settlement) -> Settlement:
    return Settlement(
        room=settlement.room,
        number=settlement.number,
        status=settlement.status,
        reason=None,
        wallets=settlement.wallets,
        uncovered=settlement.uncovered,
    )


def test_the_ledger_behaves_like_the_model(migrated_url: str) -> None:
    class Machine(LedgerMachine):
        url = migrated_url

    examples = 20 if migrated_url.startswith("sqlite") else 15
    run_state_machine_as_test(Machine, settings=settings(max_examples=examples, stateful_step_count=15))
