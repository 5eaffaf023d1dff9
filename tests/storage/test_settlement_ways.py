"""For any batch, the fast and the careful way to settle give the same rows, balances and answers on both databases.

Each example settles the same batches for two parties in one database. Each party has its own players and rooms. One
party's batches are settled as the ledger does, the other's only in the careful way.
"""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs
from sqlalchemy import JSON, Select, Text, delete, insert, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from storage import ledger
from storage.audit import audit
from storage.games import ensure_games
from storage.models import Bet, GameSession, Round, Transaction, User, Wallet
from storage.models.base import Base
from storage.settlement import EndedBet, EndedRound, OpenRound, Settlement
from storage.store import Store
from tests.storage.patient_store import open_patient_store
from tests.storage.world import STARTED, seed_hash

PLAYERS = 3
BALANCE = 1_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXAMPLES = 15
NO_GAME = 999_999
NO_SESSION = 888_888
SELECTION = b'{"n":[1.50,"\xc3\xa4"]}'
STRANGE_TEXTS = ["", "ä€🎲", "a\0b", "\ud800", "x" * 65, "'; --", '{"', "\u202e\uffff"]
STRANGE_NUMBERS = [0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1]

_places = count(1)


class BetPlan(Struct, frozen=True):
    """A bet before it is known which party makes it. Players are named by their places."""

    player: int
    session: int
    """The place of the player whose session it is. ``PLAYERS`` stands for a session that does not exist."""
    amount: int
    payout: int
    key: str
    result: str
    selection: bytes
    number: int | None


class RoundPlan(Struct, frozen=True):
    room: str
    number: int
    bets: tuple[BetPlan, ...]
    changes: dict[str, Any]
    opens: int | None
    """The number of the next round."""


class Start(Struct, frozen=True):
    """What is on record before the first batch."""

    open_rounds: frozenset[tuple[str, int]]
    without_session: frozenset[int]
    without_wallet: frozenset[int]
    without_account: frozenset[int]


def mostly(common: st.SearchStrategy[Any], strange: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Strange values are rare, because a batch with one of them is settled in the careful way."""
    return st.integers(0, 24).flatmap(lambda drawn: strange if drawn == 24 else common)


strange_texts = st.sampled_from(STRANGE_TEXTS)
strange_numbers = st.sampled_from(STRANGE_NUMBERS)
players = st.integers(0, PLAYERS - 1)


@st.composite
def bet_plans(draw: st.DrawFn) -> BetPlan:
    player = draw(players)
    return BetPlan(
        player=player,
        session=draw(mostly(st.just(player), st.integers(0, PLAYERS))),
        amount=draw(mostly(st.integers(1, 400), strange_numbers)),
        payout=draw(mostly(st.one_of(st.just(0), st.integers(1, 900)), strange_numbers)),
        key=draw(mostly(st.integers(1, 10_000).map(str), st.one_of(strange_texts, st.just("k")))),
        result=draw(mostly(st.sampled_from(["win", "loss", "push", "void"]), strange_texts)),
        selection=draw(
            mostly(st.just(b'{"n":[1.50,"\xc3\xa4"]}'), st.sampled_from([b"", b"{", b"\xff", b'"\\u0000"']))
        ),
        number=draw(mostly(st.none(), st.one_of(st.integers(1, 3), strange_numbers))),
    )


round_changes: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.just({"status": "void"}),
    mostly(
        st.just({}),
        st.one_of(
            st.just({"server_seed_hash": "0" * 64}),
            st.just({"game_id": NO_GAME}),
            st.just({"status": "void", "outcome": b""}),
            st.fixed_dictionaries({"nonce": strange_numbers}),
            st.fixed_dictionaries({"client_seed": strange_texts}),
            st.fixed_dictionaries({"journal": st.sampled_from([b"", b"[", b"\xff", b"null"])}),
            st.fixed_dictionaries({"outcome": st.sampled_from([b"", b"[", b"\xff", b"null"])}),
            st.fixed_dictionaries({"ended_at": st.sampled_from([0, -1, 2**40])}),
        ),
    ),
)


@st.composite
def round_plans(draw: st.DrawFn) -> RoundPlan:
    number = draw(st.integers(1, 5))
    return RoundPlan(
        room=draw(st.sampled_from(["dice", "crash", "ä\U0001f3b2"])),
        number=number,
        bets=tuple(draw(st.lists(bet_plans(), max_size=4))),
        changes=draw(round_changes),
        opens=draw(st.sampled_from([None, None, None, number + 1, draw(st.integers(1, 6))])),
    )


starts = st.builds(
    Start,
    open_rounds=st.frozensets(st.tuples(st.sampled_from(["dice", "crash"]), st.integers(1, 6)), max_size=5),
    without_session=mostly(st.just(frozenset()), st.frozensets(players, max_size=1)),
    without_wallet=mostly(st.just(frozenset()), st.frozensets(players, max_size=1)),
    without_account=mostly(st.just(frozenset()), st.frozensets(players, max_size=1)),
)
batches_of_plans = st.lists(st.lists(round_plans(), min_size=1, max_size=6), min_size=1, max_size=3)


def a_bet(player: int, key: str, session: int | None = None) -> BetPlan:
    return BetPlan(
        player=player,
        session=player if session is None else session,
        amount=100,
        payout=0,
        key=key,
        result="loss",
        selection=SELECTION,
        number=None,
    )


def a_round(room: str, number: int, bet: BetPlan, opens: int | None = None, **changes: Any) -> RoundPlan:
    return RoundPlan(room=room, number=number, bets=(bet,), changes=changes, opens=opens)


def a_start(open_rounds: frozenset[tuple[str, int]] = frozenset()) -> Start:
    nobody: frozenset[int] = frozenset()
    return Start(open_rounds=open_rounds, without_session=nobody, without_wallet=nobody, without_account=nobody)


OPENS_AN_OPEN_ROUND = [a_round("crash", 1, a_bet(0, "a"), opens=2), a_round("crash", 2, a_bet(0, "b"))]
VOID_WITH_A_SESSION_OF_ANOTHER = [
    a_round("dice", 1, a_bet(0, "a")),
    a_round("crash", 1, a_bet(1, "b", session=0), status="void"),
]
WITHOUT_AN_OUTCOME = [a_round("dice", 1, a_bet(0, "a"), outcome=b"")]
WITHOUT_A_JOURNAL = [a_round("dice", 1, a_bet(0, "a"), journal=b"")]
ON_RECORD_ALREADY = a_round("dice", 1, a_bet(0, "a"))
SETTLED_AGAIN = [
    [ON_RECORD_ALREADY],
    [structs.replace(ON_RECORD_ALREADY, changes={"journal": b""})],
    [a_round("dice", 1, structs.replace(a_bet(0, "a"), result=""))],
]
STRANGE_RESULT = [a_round("dice", 1, structs.replace(a_bet(0, "a"), result="a\0b"))]
NOT_TEXT = [a_round("dice", 1, a_bet(0, "a")), a_round("crash", 1, a_bet(1, "\ud800"))]


class Party:
    """Players with wallets and sessions, and the rooms that only they use."""

    def __init__(self, store: Store, game_id: int) -> None:
        self._store = store
        self._game_id = game_id
        self._name = f"{next(_places):06}"
        self._users: list[int] = []
        self._sessions: list[int] = []

    async def begin(self, start: Start) -> None:
        async with self._store.write() as session:
            for place in range(PLAYERS):
                await self._enter(session, place, start)
            for room, number in sorted(start.open_rounds):
                row = structs.asdict(self._opened(room, number)) | {"options": {}, "started_at": NOW, "status": "open"}
                await session.execute(insert(Round).values(**row))

    async def _enter(self, session: AsyncSession, place: int, start: Start) -> None:
        name = f"{self._name}-{place}"
        row = {"roll_number": name, "email": f"{name}@campus.test", "username": name, "full_name": name}
        user_id = await session.scalar(insert(User).values(**row, password_hash="x").returning(User.id))
        begun = insert(GameSession).values(user_id=user_id, game_id=self._game_id, room=name)
        session_id = await session.scalar(begun.returning(GameSession.id))
        assert user_id is not None
        assert session_id is not None
        self._users.append(user_id)
        self._sessions.append(session_id)
        if place not in start.without_wallet:
            await ledger.open_wallet(session, user_id, NOW)
            await ledger.pay_in(session, user_id, BALANCE, category="sign-up", description="", now=NOW)
        if place in start.without_session:
            await session.execute(delete(GameSession).where(GameSession.id == session_id))
        if place in start.without_account:
            await session.execute(delete(User).where(User.id == user_id))

    def batch(self, plans: Sequence[RoundPlan]) -> list[EndedRound]:
        return [self._round(plan) for plan in plans]

    def _round(self, plan: RoundPlan) -> EndedRound:
        ended = EndedRound(
            game_id=self._game_id,
            room=f"{self._name}{plan.room}",
            number=plan.number,
            server_seed_hash=seed_hash(plan.room, plan.number),
            server_seed="seed",
            client_seed="c",
            nonce=plan.number,
            status="settled",
            options=b"{}",
            journal=b"[]",
            outcome=b'{"roll":74.670}',
            started_at=STARTED,
            ended_at=STARTED + 1_500,
            bets=tuple([self._bet(place, bet) for place, bet in enumerate(plan.bets, start=1)]),
            next=None if plan.opens is None else self._opened(plan.room, plan.opens),
        )
        return structs.replace(ended, **plan.changes)

    def _opened(self, room: str, number: int) -> OpenRound:
        return OpenRound(
            game_id=self._game_id,
            room=f"{self._name}{room}",
            number=number,
            server_seed_hash=seed_hash(room, number),
            nonce=number,
            options=b"{}",
            started_at=STARTED,
        )

    def _bet(self, place: int, plan: BetPlan) -> EndedBet:
        return EndedBet(
            user_id=self._users[plan.player],
            session_id=NO_SESSION if plan.session == PLAYERS else self._sessions[plan.session],
            number=place if plan.number is None else plan.number,
            amount=plan.amount,
            selection=plan.selection,
            result=plan.result,
            payout=plan.payout,
            key=plan.key,
            placed_at=STARTED + 5,
        )

    def answers(self, settlements: Sequence[Settlement]) -> list[Any]:
        """The settlements without reasons, which come from different drivers."""
        return [
            (
                self._bare(each.room),
                each.number,
                each.status,
                [(self._users.index(wallet.user_id), wallet.balance, wallet.version) for wallet in each.wallets],
            )
            for each in settlements
        ]

    def _bare(self, text: str) -> str:
        return text.removeprefix(self._name)

    async def rows(self) -> dict[str, list[Any]]:
        """All rows of the party in the order of their ids; ids are replaced by what they name."""
        mine = Wallet.user_id.in_(self._users)
        queries = {
            "wallets": _all_of(Wallet).where(mine),
            "rounds": _all_of(Round).where(Round.room.startswith(self._name)),
            "bets": _all_of(Bet).where(Bet.user_id.in_(self._users)),
            "transactions": _all_of(Transaction).join(Wallet).where(mine),
        }
        async with self._store.read() as session:
            found = {
                name: [dict(row) for row in (await session.execute(query)).mappings()]
                for name, query in queries.items()
            }
        named: dict[str, dict[int, Any]] = {
            "user_id": {user_id: place for place, user_id in enumerate(self._users)},
            "session_id": {session_id: place for place, session_id in enumerate(self._sessions)},
            "wallet_id": {wallet["id"]: self._users.index(wallet["user_id"]) for wallet in found["wallets"]},
            "round_id": {row["id"]: (self._bare(row["room"]), row["number"]) for row in found["rounds"]},
            "bet_id": {bet["id"]: (self._users.index(bet["user_id"]), bet["key"]) for bet in found["bets"]},
        }
        for row in itertools.chain.from_iterable(found.values()):
            del row["id"]
            row.update({column: name.get(row[column]) for column, name in named.items() if column in row})
            row.update({column: self._bare(row[column]) for column in ("room", "description") if column in row})
        return found


def _all_of(model: type[Base]) -> Select[Any]:
    """The rows of a table. JSON stays text, which on SQLite may be anything."""
    columns = model.__table__.columns
    return select(*[type_coerce(each, Text) if isinstance(each.type, JSON) else each for each in columns]).order_by(
        columns["id"]
    )


async def play(store: Store, game_id: int, start: Start, batches: Sequence[Sequence[RoundPlan]]) -> None:
    party, careful_party = Party(store, game_id), Party(store, game_id)
    await party.begin(start)
    await careful_party.begin(start)
    for plans in batches:
        batch = party.batch(plans)
        settlements = await store.settle_at_once(batch)
        event("the fast way wrote " + ("nothing" if settlements is None else "the batch"))
        if settlements is None:
            settlements = await ledger._settle_carefully(store, batch)
        careful_settlements = await ledger._settle_carefully(store, careful_party.batch(plans))
        assert party.answers(settlements) == careful_party.answers(careful_settlements)
        assert await party.rows() == await careful_party.rows()


def test_both_ways_write_the_same(migrated_url: str) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(open_patient_store(migrated_url))
        try:
            game_id = runner.run(ensure_games(store, {"dice": ""}))["dice"]

            @settings(max_examples=EXAMPLES)
            @example(start=a_start(frozenset({("crash", 2)})), batches=[OPENS_AN_OPEN_ROUND])
            @example(start=a_start(), batches=[VOID_WITH_A_SESSION_OF_ANOTHER])
            @example(start=a_start(), batches=[WITHOUT_AN_OUTCOME])
            @example(start=a_start(), batches=[WITHOUT_A_JOURNAL])
            @example(start=a_start(), batches=[STRANGE_RESULT])
            @example(start=a_start(), batches=SETTLED_AGAIN)
            @example(start=a_start(), batches=[NOT_TEXT])
            @given(start=starts, batches=batches_of_plans)
            def check(start: Start, batches: list[list[RoundPlan]]) -> None:
                runner.run(play(store, game_id, start, batches))

            check()
            assert runner.run(audit(store)) == []
        finally:
            runner.run(store.close())
