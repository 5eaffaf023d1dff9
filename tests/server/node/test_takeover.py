"""Tests of the takeover from a dead owner: its round is void or stays settled, and its stakes return exactly once,
wherever the takeover is interrupted."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from game_engine.game import Bet, Seat
from server.backends.bus import Claim
from server.backends.bus_redis import RedisBus
from server.backends.directory import LocalDirectory
from server.backends.holds import Hold, WalletBalance
from server.backends.holds_redis import RedisHolds, recorded_holds, rooms_with_stakes
from server.backends.journal_redis import RedisJournal
from server.backends.redis_link import Argument, RedisLink, Script
from server.errors import UnreachableError
from server.messages import VoidReason
from server.node.takeover import Takeover
from server.rooms.session_log import SessionLog
from storage import ledger, open_rounds
from storage.audit import audit
from storage.database import normalise
from storage.errors import DatabaseUnavailableError
from storage.history import find_round
from storage.models import Round
from storage.settlement import EndedBet, EndedRound, OpenRound, Settlement
from tests.redis_server import join_run
from tests.server.backends.holds_world import NoRecords
from tests.server.fanout.fakes import StillClock
from tests.server.shaky_store import ShakyStore
from tests.storage.world import World as Books

T = TypeVar("T")
NOW = 1_795_000_000_000


class Breaker:
    """Makes the ``at``-th call fail, before it has an effect or (``deaf``) after."""

    def __init__(self) -> None:
        self.at = -1
        self.deaf = False
        self.asked = 0
        self.broke = False

    def set(self, at: int, *, deaf: bool) -> None:
        self.at, self.deaf, self.asked, self.broke = at, deaf, 0, False

    def begins(self) -> None:
        self.asked += 1
        self._break_if(due=not self.deaf)

    def ends(self) -> None:
        self._break_if(due=self.deaf)

    def _break_if(self, *, due: bool) -> None:
        if due and self.asked == self.at and not self.broke:
            self.broke = True
            raise UnreachableError("switched off by the test")


class BreakableLink(RedisLink):
    breaker = Breaker()

    async def call(self, *command: Argument) -> Any:
        self.breaker.begins()
        answer = await super().call(*command)
        self.breaker.ends()
        return answer

    async def run(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = ()) -> Any:
        self.breaker.begins()
        answer = await super().run(script, keys, args)
        self.breaker.ends()
        return answer


class BreakableStore(ShakyStore):
    breaker = Breaker()

    async def _pass(self, *, writing: bool) -> None:
        await super()._pass(writing=writing)
        self._break(self.breaker.begins)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        async with super().write() as session:
            yield session
        self._break(self.breaker.ends)

    async def settle_at_once(self, rounds: Sequence[EndedRound]) -> list[Settlement] | None:
        answer = await super().settle_at_once(rounds)
        self._break(self.breaker.ends)
        return answer

    async def _fetch(self, query: str, *parameters: Any) -> list[Any]:
        answer = await super()._fetch(query, *parameters)
        self._break(self.breaker.ends)
        return answer

    def _break(self, step: Callable[[], None]) -> None:
        try:
            step()
        except UnreachableError:
            raise DatabaseUnavailableError("switched off by the test") from None


class Side:
    """A node's link to Redis, with its holds and its journal."""

    def __init__(self, url: str, name: str) -> None:
        self.link = BreakableLink(url)
        self.bus = RedisBus(self.link, name)
        self.holds = RedisHolds(self.link, self.bus, StillClock(), NoRecords(), lambda _account: None)
        self.journal = RedisJournal(self.link)
        self.name = name

    async def owns(self, room: str) -> Claim:
        claim = Claim(room, f"{self.name} 1")
        await self.link.call("HSET", self.link.key("owners"), room, claim.token)
        return claim


class Scene:
    """Two players have bet in a room; its owner died, and the next one takes over."""

    def __init__(self, db: BreakableStore, dead: Side, heir: Side) -> None:
        self.db = db
        self.dead = dead
        self.heir = heir
        self.books = Books(db)
        directory = LocalDirectory()
        self.void_counts: Counter[str] = Counter()
        self.takeover = Takeover(
            db, heir.holds, heir.journal, directory, SessionLog(db, directory), void_counts=self.void_counts
        )
        self.holds: list[Hold] = []

    async def play(self, room: str, *, public: bool) -> OpenRound:
        """Round number 5, with two bets. Only the rounds of public rooms are recorded when they open."""
        users = await self.books.players(2, balance=1000)
        seed_hash = hashlib.sha256(room.encode()).hexdigest()
        opened = OpenRound(
            game_id=self.books.games["crash"],
            room=room,
            number=5,
            server_seed_hash=seed_hash,
            nonce=5,
            options=b"{}",
            started_at=NOW,
        )
        if public:
            await open_rounds.open_round(self.db, opened)
        claim = await self.dead.owns(room)
        await self.dead.journal.open(claim, opened)
        rows = await self.db.load_players(users)
        for number, user_id in enumerate(users, 1):
            await self.dead.holds.enter(rows[user_id])
            hold = Hold(
                user_id=user_id,
                key=f"k{number}",
                amount=100 * number,
                room=room,
                bet=f"{room}.5.{number}",
                selection=b"{}",
            )
            await self.dead.holds.hold(claim, hold)
            bet = Bet(seat=Seat(number), number=number, amount=hold.amount, client_seed="heads")
            void = self.books.bet(user_id, number, hold.amount, hold.amount, hold.key, "void")
            await self.dead.journal.append(claim, NOW, bet, void)
            self.holds.append(hold)
        return opened

    async def settle(self, opened: OpenRound, following: OpenRound | None = None) -> None:
        """The first player doubles the stake, the second loses it. The owner dies before it announces that."""
        first, second = self.holds
        bets = [self._bet(first, 1, 2 * first.amount), self._bet(second, 2, 0)]
        ended = self.books.round(
            opened.room,
            bets,
            number=opened.number,
            game_id=opened.game_id,
            server_seed_hash=opened.server_seed_hash,
            next=following,
        )
        (settlement,) = await ledger.settle(self.db, [ended])
        assert settlement.status == "settled", settlement

    def _bet(self, hold: Hold, number: int, payout: int) -> EndedBet:
        return self.books.bet(hold.user_id, number, hold.amount, payout, hold.key)

    async def status(self, room: str) -> dict[int, str]:
        async with self.db.read() as session:
            found = await session.execute(select(Round.number, Round.status).where(Round.room == room))
            return {row[0]: row[1] for row in found}

    async def wallets(self) -> list[WalletBalance]:
        """The players' wallets on the node of the next owner."""
        rows = await self.db.load_players([hold.user_id for hold in self.holds])
        stale = [msgspec.structs.replace(row, balance=-1, version=-1) for row in rows.values()]
        accounts = [await self.heir.holds.enter(row) for row in stale]
        return [account.wallet() for account in accounts]

    async def assert_clean(self, room: str) -> None:
        """Assert that nothing is left of the live round, and that the keys of settled bets stay used."""
        held = await recorded_holds(self.heir.link)
        assert [each for each in held if each.held or each.holds] == []
        assert await rooms_with_stakes(self.heir.link) == set()
        assert await self.heir.journal.read(room) is None
        for hold in self.holds:
            bets = await self.db.find_bets([(hold.user_id, hold.key)])
            assert (await self.heir.holds.find(hold.user_id, hold.key) is None) == (not bets)
        assert await open_rounds.rooms_left_open(self.db) == []
        assert await audit(self.db) == []


@pytest.fixture
async def scene(redis_url: str, sqlite_url: str, migrated_file: Path) -> AsyncIterator[Scene]:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.write_bytes(migrated_file.read_bytes())
    async with AsyncExitStack() as stack:
        db = await BreakableStore.open(normalise(sqlite_url))
        stack.push_async_callback(db.close)
        join_run(redis_url)
        sides = [Side(redis_url, name) for name in ("dead", "heir")]
        for side in sides:
            await side.bus.start()
            stack.push_async_callback(side.link.close)
            stack.push_async_callback(side.bus.stop)
        assert isinstance(db, BreakableStore)
        db.breaker = sides[1].link.breaker = Breaker()
        yield Scene(db, *sides)


async def test_a_public_round_that_was_left_open_is_void_and_its_stakes_return(scene: Scene) -> None:
    await scene.play("crash", public=True)
    claim = await scene.heir.owns("crash")
    assert await scene.takeover.clean_up(claim, NOW) == ["crash.5"]
    assert await scene.status("crash") == {5: "void"}
    await scene.assert_clean("crash")
    assert [(wallet.balance, wallet.held) for wallet in await scene.wallets()] == [(1000, 0), (1000, 0)]
    assert await scene.takeover.clean_up(claim, NOW) == []
    assert scene.void_counts == {"owner_lost": 1}
    found = await find_round(scene.db, "crash", 5)
    assert found is not None
    row, bets = found
    assert [command["do"] for _, command in row.journal] == ["bet", "bet"]
    assert [(bet.number, bet.amount, bet.result, bet.payout) for bet in bets] == [
        (1, 100, "void", 100),
        (2, 200, "void", 200),
    ]


async def test_a_solo_round_that_only_the_journal_knew_is_recorded_as_void(scene: Scene) -> None:
    """Then its previous owner can't settle it any more, should that wake up."""
    opened = await scene.play("dice-1", public=False)
    assert await scene.takeover.clean_up(await scene.heir.owns("dice-1"), NOW + 7) == ["dice-1.5"]
    async with scene.db.read() as session:
        row = (await session.execute(select(Round))).scalar_one()
    assert (row.status, row.outcome, row.server_seed) == ("void", {"reason": VoidReason.OWNER_LOST}, None)
    assert row.server_seed_hash == opened.server_seed_hash
    await scene.assert_clean("dice-1")
    late = scene.books.round("dice-1", number=5, game_id=opened.game_id, server_seed_hash=opened.server_seed_hash)
    (settlement,) = await ledger.settle(scene.db, [late])
    assert settlement.status == "void"


async def test_a_round_does_not_become_void_before_its_bets(scene: Scene) -> None:
    """The next owner's clock is an hour behind, or was set back."""
    await scene.play("crash", public=True)
    await scene.takeover.clean_up(await scene.heir.owns("crash"), NOW - 3_600_000)
    found = await find_round(scene.db, "crash", 5)
    assert found is not None
    row, bets = found
    assert row.ended_at is not None
    assert row.started_at <= row.ended_at
    assert all(bet.created_at <= row.ended_at for bet in bets)


@pytest.mark.parametrize("follows", [False, True])
async def test_a_settled_round_stays_settled_and_its_players_keep_their_winnings(scene: Scene, follows: bool) -> None:
    """Its owner died between commit and announcement. The next round, recorded by that commit, is void."""
    opened = await scene.play("crash", public=True)
    following = msgspec.structs.replace(opened, number=6, server_seed_hash="a" * 64) if follows else None
    await scene.settle(opened, following)
    voided = await scene.takeover.clean_up(await scene.heir.owns("crash"), NOW)
    assert voided == (["crash.6"] if follows else [])
    assert await scene.status("crash") == ({5: "settled", 6: "void"} if follows else {5: "settled"})
    await scene.assert_clean("crash")
    assert [(wallet.balance, wallet.held) for wallet in await scene.wallets()] == [(1100, 0), (800, 0)]


async def test_a_room_without_leftovers_can_be_taken_over(scene: Scene) -> None:
    assert await scene.takeover.clean_up(await scene.heir.owns("crash"), NOW) == []


async def test_holds_of_other_rooms_stay(scene: Scene) -> None:
    await scene.play("crash", public=True)
    elsewhere = await scene.dead.owns("dice-1")
    user_id = scene.holds[0].user_id
    other = Hold(user_id=user_id, key="other", amount=50, room="dice-1", bet="dice-1.1.1", selection=b"{}")
    await scene.dead.holds.hold(elsewhere, other)
    await scene.takeover.clean_up(await scene.heir.owns("crash"), NOW)
    assert await scene.heir.holds.held(user_id) == 50
    assert await scene.heir.holds.find(user_id, "other") == other
    assert await scene.heir.holds.left_in("dice-1") == [other]


async def test_a_node_that_lost_the_room_meanwhile_releases_only_what_is_on_record(scene: Scene) -> None:
    """The third hold is one whose command did not reach the journal."""
    await scene.play("crash", public=True)
    third = msgspec.structs.replace(scene.holds[0], key="k3")
    await scene.dead.holds.hold(Claim("crash", "dead 1"), third)
    claim = await scene.heir.owns("crash")
    await scene.heir.link.call("HSET", scene.heir.link.key("owners"), "crash", "third 2")
    with pytest.raises(UnreachableError):
        await scene.takeover.clean_up(claim, NOW)
    assert sorted(hold.key for hold in await scene.heir.holds.left_in("crash")) == ["k3"]


async def public(scene: Scene) -> str:
    await scene.play("crash", public=True)
    return "crash"


async def solo(scene: Scene) -> str:
    await scene.play("dice-1", public=False)
    return "dice-1"


async def settled(scene: Scene) -> str:
    await scene.settle(await scene.play("crash", public=True))
    return "crash"


@pytest.mark.parametrize("deaf", [False, True], ids=["not done", "done, the answer lost"])
@pytest.mark.parametrize("left", [public, solo, settled])
async def test_wherever_a_takeover_is_interrupted_the_next_one_has_the_same_result(
    scene: Scene, left: Callable[[Scene], Any], deaf: bool
) -> None:
    """It is interrupted at its first call, then at its second, and so on, until it succeeds."""
    room = await left(scene)
    claim = await scene.heir.owns(room)
    breaker = scene.heir.link.breaker
    interrupted = 0
    for at in range(1, 100):
        breaker.set(at, deaf=deaf)
        with suppress(UnreachableError, DatabaseUnavailableError):
            await scene.takeover.clean_up(claim, NOW)
        if not breaker.broke:
            break
        interrupted += 1
    breaker.set(-1, deaf=False)
    assert interrupted >= 5
    await scene.assert_clean(room)
    assert await scene.status(room) == {5: "settled" if left is settled else "void"}
    expected = [(1100, 0), (800, 0)] if left is settled else [(1000, 0), (1000, 0)]
    assert [(wallet.balance, wallet.held) for wallet in await scene.wallets()] == expected
