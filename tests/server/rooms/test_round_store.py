"""Tests of what stands behind a live round: what must be done is done once bank and journal are back, in order, or not
at all when the room is another node's by then."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import Any, cast

import msgspec
import pytest

from cli.client import RequestRefusedError
from game_engine.game import Bet, Command, Seat, Wake
from game_engine.games import GAMES
from server.backends.bus import Claim
from server.backends.holds import Hold, KeyUsedError, WalletBalance
from server.backends.holds_lua import HOLD
from server.backends.holds_redis import recorded_holds
from server.errors import ClientError, UnreachableError
from server.rooms import round_store
from server.rooms.live_round import Bettor, LiveRound, Place
from server.rooms.room_deps import Services
from server.rooms.round_store import RoundStore
from server.tasks import Tasks
from storage.settlement import OpenRound, WalletChange
from tests.redis_server import until
from tests.server.backends.holds_world import claim, hold
from tests.server.fanout.fakes import StillClock
from tests.server.live import eventually
from tests.server.several import OpenFloor

CRASH = GAMES["crash"]
MINE = claim()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_store, "ASK_AGAIN", 0.002)


class Outside:
    """Bank, journal and lease in one, which does what it is told when it is not ``away``; ``done`` says what."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.deaf: set[str] = set()
        self.asked: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, Hold] = {}
        self.journal: list[str] = []
        self.owns = True
        self.sure = asyncio.Event()
        self.sure.set()

    def _pass(self, what: str) -> None:
        self.asked.append(what)
        if what in self.away or "all" in self.away:
            raise UnreachableError("switched off by the test")

    def _did(self, what: str) -> None:
        self.done.append(what)
        if what in self.deaf:
            raise UnreachableError("the test has lost the answer")

    # -- lease --

    async def confirm(self, claim: Claim) -> bool:
        await self.sure.wait()
        return self.owns

    # -- bank --

    async def hold(self, claim: Claim, hold: Hold) -> WalletBalance:
        self._pass("hold")
        if hold.key == "used":
            raise KeyUsedError(hold)
        if hold.key == "dear":
            raise ClientError("insufficient_funds", available=0)
        self.held[hold.key] = hold
        self._did("hold")
        return WalletBalance(1000, hold.amount, 1)

    async def release(self, claim: Claim, holds: Iterable[Hold]) -> None:
        self._pass("release")
        for each in holds:
            self.held.pop(each.key, None)
        self._did("release")

    async def settle(self, _claim: Claim, holds: Iterable[Hold], _changes: Any, _lost: Any) -> None:
        self._pass("settle")
        for each in holds:
            self.held.pop(each.key, None)
        self._did("settle")

    async def restore(self, claim: Claim, holds: Iterable[Hold]) -> None:
        self._pass("restore")
        self.held.update({each.key: each for each in holds})
        self._did("restore")

    async def left_in(self, room: str) -> list[Hold]:
        self._pass("left_in")
        return list(self.held.values())

    # -- journal --

    async def append(self, claim: Claim, at: int, command: Command) -> None:
        self._pass("append")
        self.append_nowait(claim, at, command)
        self._did("append")

    def append_nowait(self, claim: Claim, at: int, command: Command) -> None:
        self.journal.append(f"{at} {type(command).__name__}")

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._pass("open")
        self.journal = [f"round {round_.number}"]
        self._did("open")

    async def clear(self, claim: Claim) -> None:
        self._pass("clear")
        self.journal = []
        self._did("clear")


class Behind:
    """A room's backing over such an outside, and rounds to back."""

    def __init__(self) -> None:
        self.outside = outside = Outside()
        self.tasks = Tasks("the test")
        nothing = cast(Any, None)
        self.services = Services(
            config=nothing,
            clock=StillClock(),
            bus=nothing,
            holds=cast(Any, outside),
            settler=nothing,
            journal=cast(Any, outside),
            owns=nothing,
            confirm=outside.confirm,
            draw_seed=lambda: "0" * 64,
            trouble=lambda: None,
            start_session=nothing,
            session_ended=nothing,
            seats_changed=nothing,
            room_empty=nothing,
        )
        self.backing = RoundStore(MINE, self.services, self.tasks)

    def round(self, number: int = 1) -> LiveRound:
        place = Place(1, "crash", number, b"{}")
        round_ = LiveRound(CRASH, msgspec.convert({}, CRASH.options), place, f"{number:064x}")
        round_.open(1000 * number)
        return round_

    async def stakes(self, round_: LiveRound, key: str, amount: int = 100) -> None:
        """What a room does of a bet."""
        bet = Bet(Seat(0), round_.next_bet, amount, "heads", CRASH.selection())
        at, step = round_.attempt(bet, 1000)
        staked = hold(1, key, amount)
        await self.backing.stake(staked, at, bet)
        round_.adopt(at, bet, step)
        round_.placed(Bettor(1, "ann", 1), bet, staked)

    async def settles(self, round_: LiveRound, upcoming: LiveRound | None = None) -> bool:
        return await self.backing.settled(round_, [WalletChange(1, 900, 2)], {1: 100}, upcoming)


@pytest.fixture
async def behind() -> AsyncIterator[Behind]:
    behind = Behind()
    yield behind
    await behind.tasks.wait(5)
    assert len(behind.tasks) == 0


async def test_a_stake_is_on_hold_before_its_command_is_on_record(behind: Behind) -> None:
    await behind.stakes(behind.round(), "k")
    assert behind.outside.done == ["hold", "append"]
    assert behind.outside.held.keys() == {"k"}


@pytest.mark.parametrize(("key", "refusal"), [("used", KeyUsedError), ("dear", ClientError)])
async def test_what_the_bank_refuses_leaves_nothing(behind: Behind, key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await behind.stakes(behind.round(), key)
    assert (behind.outside.asked, behind.outside.done) == (["hold"], [])


LOSSES: dict[str, Callable[[Outside], None]] = {
    "the question about the hold is lost": lambda outside: outside.away.add("hold"),
    "the answer about the hold is lost": lambda outside: outside.deaf.add("hold"),
    "the command does not come on record": lambda outside: outside.away.add("append"),
    "it does, and the answer is lost": lambda outside: outside.deaf.add("append"),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_hold_in_doubt_is_given_back_however_long_the_bank_is_away(behind: Behind, loss: str) -> None:
    LOSSES[loss](behind.outside)
    behind.outside.away.add("release")
    with pytest.raises(UnreachableError):
        await behind.stakes(behind.round(), "k")
    await until(lambda: behind.outside.asked.count("release") >= 3)
    behind.outside.away.clear()
    await behind.tasks.wait(5)
    assert behind.outside.held == {}


async def test_a_key_is_not_taken_again_before_what_was_held_under_it_is_gone(behind: Behind) -> None:
    """Sent again at once it makes the very same hold, which would go with the one that is given back."""
    round_ = behind.round()
    behind.outside.away.add("hold")
    with pytest.raises(UnreachableError):
        await behind.stakes(round_, "k")
    behind.outside.away = {"release"}
    await until(lambda: behind.outside.asked.count("release") >= 2)
    with pytest.raises(UnreachableError):
        await behind.stakes(round_, "k")
    assert behind.outside.held == {}
    await behind.stakes(round_, "another")
    behind.outside.away.clear()
    await behind.tasks.wait(5)
    await behind.stakes(round_, "k")
    assert behind.outside.held.keys() == {"k", "another"}


async def test_a_hold_that_comes_later_than_its_release_is_given_back_at_the_round_s_end(behind: Behind) -> None:
    """The bank may do what it was asked long after the one who asked has given up."""
    round_ = behind.round()
    await behind.stakes(round_, "good")
    behind.outside.away.add("hold")
    with pytest.raises(UnreachableError):
        await behind.stakes(round_, "late")
    behind.outside.away.clear()
    await behind.tasks.wait(5)
    behind.outside.held["late"] = hold(2, "late", 5)
    assert await behind.settles(round_, behind.round(2))
    assert behind.outside.held == {}
    assert behind.outside.done[-3:] == ["settle", "release", "open"]


async def test_without_a_doubt_nobody_looks_for_what_was_left(behind: Behind) -> None:
    round_ = behind.round()
    await behind.stakes(round_, "k")
    assert await behind.settles(round_, behind.round(2))
    assert "left_in" not in behind.outside.asked


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("end", ["settled", "void"])
async def test_what_a_round_s_end_asks_for_is_done_in_order_once_all_is_back(
    behind: Behind, end: str, follows: bool
) -> None:
    round_, upcoming = behind.round(), behind.round(2) if follows else None
    await behind.stakes(round_, "k")
    behind.outside.away.add("all")
    if end == "settled":
        ending = asyncio.create_task(behind.settles(round_, upcoming))
    else:
        ending = asyncio.create_task(behind.backing.void(round_, upcoming))
    first, second = "settle" if end == "settled" else "release", "open" if follows else "clear"
    await until(lambda: behind.outside.asked.count(first) >= 3)
    assert second not in behind.outside.asked
    behind.outside.away = {second}
    await until(lambda: behind.outside.asked.count(second) >= 3)
    assert not ending.done()
    behind.outside.away.clear()
    assert await ending
    assert behind.outside.done == ["hold", "append", first, second]
    assert behind.outside.journal == (["round 2"] if follows else [])


@pytest.mark.parametrize("end", ["settled", "void", "restore"])
async def test_a_room_that_was_lost_meanwhile_is_left_alone(behind: Behind, end: str) -> None:
    round_ = behind.round()
    await behind.stakes(round_, "k")
    behind.outside.away.add("all")
    works: dict[str, Callable[[], Any]] = {
        "settled": lambda: behind.settles(round_, behind.round(2)),
        "void": lambda: behind.backing.void(round_, behind.round(2)),
        "restore": lambda: behind.backing.restore(round_),
    }
    ending = asyncio.create_task(works[end]())
    await until(lambda: len(behind.outside.asked) >= 5)
    behind.outside.sure.clear()
    await asyncio.sleep(0.01)
    behind.outside.away.clear()
    behind.outside.owns = False
    behind.outside.sure.set()
    assert await ending is False
    assert behind.outside.done == ["hold", "append"]


async def test_while_it_is_in_doubt_whose_the_room_is_nothing_is_done(behind: Behind) -> None:
    round_ = behind.round()
    await behind.stakes(round_, "k")
    behind.outside.sure.clear()
    ending = asyncio.create_task(behind.settles(round_))
    await asyncio.sleep(0.01)
    assert behind.outside.asked == ["hold", "append"]
    behind.outside.sure.set()
    assert await ending
    assert behind.outside.done == ["hold", "append", "settle", "clear"]


async def test_bank_and_journal_that_forgot_everything_hear_it_again(behind: Behind) -> None:
    round_ = behind.round()
    await behind.stakes(round_, "k")
    await behind.stakes(round_, "l")
    at, step = round_.attempt(Wake(), 9000)
    round_.adopt(at, Wake(), step)
    behind.backing.note(at, Wake())
    before = (dict(behind.outside.held), ["round 1", *behind.outside.journal])
    behind.outside.held, behind.outside.journal = {}, []
    behind.outside.away.add("open")
    restoring = asyncio.create_task(behind.backing.restore(round_))
    await until(lambda: behind.outside.asked.count("open") >= 2)
    behind.outside.away.clear()
    assert await restoring
    assert (behind.outside.held, behind.outside.journal) == before


async def test_of_a_round_that_has_ended_nothing_is_put_back(behind: Behind) -> None:
    """It is being settled: its stakes go, they don't come back."""
    round_ = behind.round()
    round_.ended = True
    assert await behind.backing.restore(round_)
    assert await behind.backing.restore(None)
    assert behind.outside.asked == []


# ---- over Redis ----


async def test_a_bet_whose_answers_are_lost_is_refused_and_leaves_no_hold(open_floor: OpenFloor) -> None:
    floor = await open_floor(2, crash_betting_ms=600_000)
    owner, other = await floor.owner_and_other()
    bob = await other.player()
    owner.link.loses = "answers"
    error = await bob.refused("bet", room="crash", amount=100, key="k")
    assert (error["code"], error["retry"]) == ("unavailable", True)
    owner.link.loses = "nothing"

    async def free() -> bool:
        return all(each.held == 0 and not each.holds for each in await recorded_holds(other.link))

    await eventually(free)
    await bob.notice_of("wallet", held=0)

    async def placed() -> Any:
        with suppress(RequestRefusedError):  # the owner has not heard yet that the key is free
            return await bob.bet(100, key="k")

    ok = await eventually(placed)
    assert (ok["bet"], ok["held"]) == ("crash.1.1", 100)


@pytest.mark.parametrize("through", ["owner", "other"])
async def test_a_bet_in_doubt_that_is_sent_again_is_not_taken_for_one_that_counts(
    open_floor: OpenFloor, through: str
) -> None:
    """Its stake may still be on hold, about to be given back: nobody is told that it was placed unless it is."""
    floor = await open_floor(2, crash_betting_ms=600_000)
    owner, other = await floor.owner_and_other()
    bob = await (owner if through == "owner" else other).player()
    owner.link.breaks_after = HOLD
    for _ in range(3):
        assert (await bob.refused("bet", room="crash", amount=100, key="k"))["code"] in ("unavailable", "paused")
        assert await other.floor.players.holds.held(bob.user_id) == 100
    owner.link.breaks_after = None
    owner.link.loses = "nothing"

    async def placed() -> bool:
        try:
            return bool((await bob.bet(100, key="k"))["held"] == 100)
        except RequestRefusedError:
            return False

    await eventually(placed)
    room = owner.room()
    assert room is not None
    assert room.rounds.live is not None
    assert [wager.bet for wager in room.rounds.live.wagers()] == ["crash.1.1"]
    assert await owner.floor.players.holds.held(bob.user_id) == 100


async def test_nor_is_it_where_the_room_would_refuse_it_anyhow(
    open_floor: OpenFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused may have been placed before, so its key is looked for; a hold in doubt is no such bet."""
    monkeypatch.setattr(round_store, "ASK_AGAIN", 0.3)
    floor = await open_floor(2, crash_betting_ms=600_000)
    owner, _ = await floor.owner_and_other()
    room, ann = owner.room(), await owner.player()
    assert room is not None
    owner.link.breaks_after = HOLD
    assert (await ann.refused("bet", room="crash", amount=100, key="k"))["code"] == "unavailable"
    owner.link.breaks_after, owner.link.loses = None, "nothing"
    room.set_paused("database")
    while await owner.floor.players.holds.find(ann.user_id, "k") is not None:
        assert (await ann.refused("bet", room="crash", amount=100, key="k"))["code"] in ("unavailable", "paused")
    room.set_paused(None)
    await eventually(lambda: not room.rounds.backing._giving_back)
    assert (await ann.bet(100, key="k"))["held"] == 100


async def test_who_wakes_up_to_an_answer_and_owns_the_room_no_more_has_no_bet(behind: Behind) -> None:
    round_ = behind.round()
    behind.outside.owns = False
    with pytest.raises(UnreachableError):
        await behind.stakes(round_, "k")
    with pytest.raises(UnreachableError):
        await behind.backing.record(1000, Wake())
    assert round_.holds == []
