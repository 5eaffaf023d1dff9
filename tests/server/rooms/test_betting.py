"""Tests of bets and moves: how their stakes get on hold and into the journal, and are carried to the next round."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

import pytest

from cli.client import RequestRefusedError
from game_engine.game import Bet, Command, Reason, RefusedError, Seat, Step, Wake
from game_engine.games import GAMES
from server.backends.bus import Claim
from server.backends.holds import Hold, KeyUsedError, LocalHolds, WalletBalance
from server.backends.holds_lua import HOLD
from server.backends.holds_redis import recorded_holds
from server.clock import utc
from server.errors import OWN_WORDS, ClientError, UnreachableError
from server.node.node import Times
from server.rooms.betting import StakesAndJournal, allowed
from server.rooms.live_round import LiveRound, RoundSetup, SeatedPlayer, void_bet
from server.tasks import Tasks
from storage.errors import DatabaseUnavailableError
from storage.settlement import EndedBet, OpenRound, WalletChange
from tests.server.backends.holds_world import claim, hold
from tests.server.live_clients import Player
from tests.server.live_cluster import OpenCluster
from tests.server.live_node import Live, OpenLive, backends_with
from tests.server.rooms.parts import deps_of
from tests.server.stacks import Stacks
from tests.waiting import eventually

STACKS = "stacks"
CRASH = GAMES["crash"]
MINE = claim()


class FaultyHolds(LocalHolds):
    """``poor`` has only 299 cents after every settlement, and the losses of ``unknown`` can't be learned."""

    poor: int | None = None
    unknown: int | None = None

    async def settle(
        self, claim: Claim, holds: Iterable[Hold], changes: Iterable[WalletChange], lost: dict[int, int]
    ) -> None:
        await super().settle(claim, holds, changes, lost)
        account = None if self.poor is None else self.account(self.poor)
        if account is not None:
            account.balance = 299

    async def learn_losses(self, user_id: int) -> None:
        if user_id == self.unknown:
            raise DatabaseUnavailableError("switched off by the test")
        await super().learn_losses(user_id)


@pytest.fixture
async def table(open_live: OpenLive) -> Live:
    return await open_live(games=[Stacks()], backends=backends_with(make_holds=FaultyHolds))


def holds_of(table: Live) -> FaultyHolds:
    assert isinstance(table.node.holds, FaultyHolds)
    return table.node.holds


async def seat(live: Live, amount: int | None = 300, mark: str = "x", credit: int = 1_000) -> Player:
    player = await live.player(credit, None)
    await player.ask("join", room=STACKS)
    if amount:
        await player.bet(amount, STACKS, selection={"mark": mark})
    return player


async def finish(player: Player) -> str:
    """End the round; returns the name of the next one."""
    before = len(player.events("round_opened", STACKS))
    await player.ask("act", room=STACKS, action="finish")
    opened = await player.event_of("round_opened", after=before, room=STACKS)
    name: str = opened["round"]
    return name


async def test_carried_stakes_are_bet_again_with_their_selections(table: Live) -> None:
    ann, bob = await seat(table, 300, "a"), await seat(table, 200, "b")
    name = await finish(ann)
    again = await bob.event_of("bet_placed", player=bob.username, bet=f"{name}.2")
    assert (again["amount"], again["selection"]) == (200, {"mark": "b"})
    await ann.event_of("bet_placed", player=ann.username, bet=f"{name}.1", amount=300)
    assert await table.node.players.held(ann.user_id) == 300
    await finish(bob)
    played = await table.rows("SELECT number, amount, payout, result FROM bets ORDER BY round_id, number")
    assert [tuple(row) for row in played] == [(1, 300, 300, "push"), (2, 200, 200, "push")] * 2


async def test_a_bet_on_record_has_the_time_when_it_was_placed(table: Live) -> None:
    ann = await seat(table)
    await finish(ann)
    (bet,) = await table.rows("SELECT b.created_at, r.journal FROM bets b JOIN rounds r ON r.id = b.round_id")
    (placed_at, command), _finish = json.loads(bet.journal)
    assert command["do"] == "bet"
    assert datetime.fromisoformat(f"{bet.created_at}+00:00") == utc(placed_at)


async def test_options_are_handed_on_and_recorded(table: Live) -> None:
    ann = await seat(table)
    await finish(ann)
    await finish(ann)
    kept = await table.rows("SELECT options FROM rounds WHERE room = 'stacks' ORDER BY number")
    assert [json.loads(row.options)["turn"] for row in kept] == [0, 1, 2]
    assert (await ann.ask("watch", room=STACKS))["snapshot"]["view"]["turn"] == 2


async def test_the_stake_of_a_player_who_left_is_not_carried_over(table: Live) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    await bob.ask("leave", room=STACKS)
    name = await finish(ann)
    await ann.event_of("bet_placed", bet=f"{name}.1", player=ann.username)
    await eventually(lambda: table.node.holds.account(bob.user_id).held == 0)  # type: ignore[union-attr]
    assert len(table.node.owned_rooms[STACKS].rounds.live.bets) == 1  # type: ignore[union-attr]


async def test_a_stake_above_the_balance_is_not_carried_over(table: Live) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    before = len(bob.events("round_opened", STACKS))
    holds_of(table).poor = ann.user_id
    await bob.ask("act", room=STACKS, action="finish")
    name = (await bob.event_of("round_opened", after=before, room=STACKS))["round"]
    await bob.event_of("bet_placed", bet=f"{name}.1", player=bob.username)
    assert bob.events("bet_placed", STACKS, player=ann.username, bet=f"{name}.2") == []


class OpensOnce(Stacks):
    """A game that can't open a round after its first one."""

    opened = 0

    def open(self, options: Any, seeds: Any, now: int) -> Step[Any]:
        self.opened += 1
        if self.opened == 2:
            raise ZeroDivisionError
        return super().open(options, seeds, now)


async def test_a_stake_is_returned_if_the_game_can_t_open_the_next_round(open_live: OpenLive) -> None:
    table = await open_live(games=[OpensOnce()])
    ann = await seat(table, 300)
    await ann.ask("act", room=STACKS, action="finish")
    told = await ann.event_of("stake_returned", room=STACKS)
    assert (told["amount"], told["code"], told["reason"]) == (300, "unavailable", "no_next_round")
    await ann.event_of("round_void", room=STACKS)
    await eventually(lambda: table.node.holds.account(ann.user_id).held == 0)  # type: ignore[union-attr]
    assert await table.balance(ann) == 1_000


async def test_a_stake_that_stands_needs_no_losses(table: Live) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    before = len(bob.events("round_opened", STACKS))
    holds_of(table).unknown = bob.user_id
    await ann.ask("act", room=STACKS, action="finish")
    name = (await ann.event_of("round_opened", after=before, room=STACKS))["round"]
    await ann.event_of("bet_placed", bet=f"{name}.2", player=bob.username)
    assert await table.node.players.held(bob.user_id) == 200


async def test_a_key_still_stands_for_its_bet_after_moves_have_raised_it(table: Live) -> None:
    ann = await seat(table, None)
    first = await ann.bet(300, STACKS, key="once")
    await ann.ask("act", room=STACKS, action="raise", amount=150)
    await finish(ann)
    account = table.node.holds.account(ann.user_id)
    assert account
    assert account.held == 450
    holds_of(table)._holds.clear()  # as they are forgotten after a while
    again = await ann.bet(300, STACKS, key="once")
    assert (again["bet"], again["balance"]) == (first["bet"], 1_000)
    assert (await ann.refused("bet", room=STACKS, amount=450, key="once"))["code"] == "key_conflict"


async def test_the_move_that_ends_a_round_is_answered_after_the_settlement(table: Live) -> None:
    ann = await seat(table)
    table.db.write_lock = asyncio.Lock()
    async with table.db.write_lock:
        asked = asyncio.create_task(ann.ask("act", room=STACKS, action="finish"))
        await eventually(lambda: table.node.owned_rooms[STACKS].rounds.live.ended)  # type: ignore[union-attr]
        done, _ = await asyncio.wait([asked], timeout=0.1)
        assert not done
    assert await asked == {}
    assert await table.rows("SELECT 1 FROM rounds WHERE room = 'stacks' AND status = 'settled'")


async def test_the_reply_to_a_move_does_not_wait_for_a_database_that_is_away(open_live: OpenLive) -> None:
    table = await open_live(games=[Stacks()], times=Times(reply_timeout=0.05))
    ann = await seat(table)
    table.db.away = True
    assert await ann.ask("act", room=STACKS, action="finish") == {}
    assert ann.events("round_ended", STACKS) == []
    table.db.away = False
    await ann.event_of("round_ended", room=STACKS)


async def test_only_its_player_gets_a_private_event_and_a_snapshot_after_a_reconnect(table: Live) -> None:
    ann, bob = await seat(table), await seat(table)
    await ann.ask("act", room=STACKS, action="whisper")
    told = await ann.event_of("whispered", room=STACKS)
    assert told["player"] == ann.username
    await bob.ask("ping")
    assert bob.events("whispered") == []
    again = table.another_client(ann)
    again.client.positions = dict(ann.client.positions)
    await ann.cut()
    assert (await again.client.connect())["resumed"] == {STACKS: "snapshot"}


async def test_a_round_without_bets_or_timer_ends_at_a_handover(table: Live) -> None:
    room = table.node.owned_rooms[STACKS]
    await asyncio.wait_for(room.finish_round(), 5)
    assert room.rounds.live is None


async def test_events_and_snapshots_name_the_seats(table: Live) -> None:
    ann = await seat(table, None)
    bob = await seat(table, None)
    joined = await ann.event_of("player_joined", room=STACKS, player=bob.username)
    assert joined["seat"] == 1
    shown = (await ann.ask("watch", room=STACKS))["snapshot"]["players"]
    assert [(each["player"], each["seat"]) for each in shown] == [(ann.username, 0), (bob.username, 1)]


# ---- stakes and journal ----


class Outside:
    """Holds, journal and lease in one. Calls in ``away`` fail; calls in ``deaf`` work, but their answers are lost."""

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
        self.unsure = 0
        """The number of calls that wait for ``sure``."""

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
        self.unsure += 1
        await self.sure.wait()
        self.unsure -= 1
        return self.owns

    # -- holds --

    async def hold(self, claim: Claim, hold: Hold, *, staked: int = 0, stands: bool = False) -> WalletBalance:
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

    async def append(self, claim: Claim, at: int, command: Command, bet: EndedBet | None = None) -> None:
        self._pass("append")
        self.append_nowait(claim, at, command, bet)
        self._did("append")

    def append_nowait(self, claim: Claim, at: int, command: Command, _bet: EndedBet | None = None) -> None:
        self.journal.append(f"{at} {type(command).__name__}")

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        self._pass("open")
        self.journal = [f"round {round_.number}"]
        self._did("open")

    async def clear(self, claim: Claim) -> None:
        self._pass("clear")
        self.journal = []
        self._did("clear")


class World:
    """The stakes and journal of a room over such backends, and rounds for them."""

    def __init__(self) -> None:
        self.outside = outside = Outside()
        self.tasks = Tasks("the test")
        backends = cast(Any, outside)
        deps = deps_of(holds=backends, journal=backends, lease=backends, retry_s=0.002)
        self.stakes_and_journal = StakesAndJournal(MINE, deps, self.tasks)

    def round(self, number: int = 1) -> LiveRound:
        setup = RoundSetup(game=CRASH, game_id=1, room="crash", options=CRASH.options(), options_json=b"{}")
        round_ = LiveRound(setup, number, f"{number:064x}")
        round_.open(1000 * number)
        return round_

    async def stakes(self, round_: LiveRound, key: str, amount: int = 100) -> None:
        """Place a bet as a room does."""
        bet = Bet(seat=Seat(0), number=round_.next_bet, amount=amount, client_seed="heads", selection=CRASH.selection())
        at, step = round_.attempt(bet, 1000)
        staked = hold(1, key, amount)
        await self.stakes_and_journal.stake(staked, at, bet, void_bet(staked, bet.number, 1, at))
        round_.adopt(at, bet, step)
        round_.add_bet(SeatedPlayer(1, "ann", 1), bet, staked)

    async def settles(self, round_: LiveRound, upcoming: LiveRound | None = None) -> bool:
        return await self.stakes_and_journal.finish_recorded(round_, [WalletChange(1, 900, 2)], {1: 100}, upcoming)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.tasks.wait(5)
    assert len(world.tasks) == 0


async def test_a_stake_is_on_hold_before_its_command_is_in_the_journal(world: World) -> None:
    await world.stakes(world.round(), "k")
    assert world.outside.done == ["hold", "append"]
    assert world.outside.held.keys() == {"k"}


@pytest.mark.parametrize(("key", "refusal"), [("used", KeyUsedError), ("dear", ClientError)])
async def test_a_refused_hold_leaves_nothing(world: World, key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await world.stakes(world.round(), key)
    assert (world.outside.asked, world.outside.done) == (["hold"], [])


LOSSES: dict[str, Callable[[Outside], None]] = {
    "the request for the hold is lost": lambda outside: outside.away.add("hold"),
    "the answer to the hold is lost": lambda outside: outside.deaf.add("hold"),
    "the command does not reach the journal": lambda outside: outside.away.add("append"),
    "the command does, but the answer is lost": lambda outside: outside.deaf.add("append"),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_an_uncertain_hold_is_given_back_however_long_the_backend_is_away(world: World, loss: str) -> None:
    LOSSES[loss](world.outside)
    world.outside.away.add("release")
    with pytest.raises(UnreachableError):
        await world.stakes(world.round(), "k")
    await eventually(lambda: world.outside.asked.count("release") >= 3)
    world.outside.away.clear()
    await world.tasks.wait(5)
    assert world.outside.held == {}


async def test_a_key_can_be_used_again_only_after_its_uncertain_hold_is_gone(world: World) -> None:
    """The same request makes the same hold, which would be released together with the uncertain one."""
    round_ = world.round()
    world.outside.away.add("hold")
    with pytest.raises(UnreachableError):
        await world.stakes(round_, "k")
    world.outside.away = {"release"}
    await eventually(lambda: world.outside.asked.count("release") >= 2)
    with pytest.raises(UnreachableError):
        await world.stakes(round_, "k")
    assert world.outside.held == {}
    await world.stakes(round_, "another")
    world.outside.away.clear()
    await world.tasks.wait(5)
    await world.stakes(round_, "k")
    assert world.outside.held.keys() == {"k", "another"}


async def test_a_hold_that_arrives_after_its_release_is_given_back_when_the_round_ends(world: World) -> None:
    """The backend may carry out a request long after the room has given up on it."""
    round_ = world.round()
    await world.stakes(round_, "good")
    world.outside.away.add("hold")
    with pytest.raises(UnreachableError):
        await world.stakes(round_, "late")
    world.outside.away.clear()
    await world.tasks.wait(5)
    world.outside.held["late"] = hold(2, "late", 5)
    assert await world.settles(round_, world.round(2))
    assert world.outside.held == {}
    assert world.outside.done[-3:] == ["settle", "release", "open"]


async def test_without_uncertain_holds_the_store_looks_for_none(world: World) -> None:
    round_ = world.round()
    await world.stakes(round_, "k")
    assert await world.settles(round_, world.round(2))
    assert "left_in" not in world.outside.asked


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("end", ["recorded", "unrecorded"])
async def test_the_work_at_a_round_s_end_is_done_in_order_once_the_backends_are_back(
    world: World, end: str, follows: bool
) -> None:
    round_, upcoming = world.round(), world.round(2) if follows else None
    await world.stakes(round_, "k")
    world.outside.away.add("all")
    if end == "recorded":
        ending = asyncio.create_task(world.settles(round_, upcoming))
    else:
        ending = asyncio.create_task(world.stakes_and_journal.finish_unrecorded(round_, upcoming))
    first, second = "settle" if end == "recorded" else "release", "open" if follows else "clear"
    await eventually(lambda: world.outside.asked.count(first) >= 3)
    assert second not in world.outside.asked
    world.outside.away = {second}
    await eventually(lambda: world.outside.asked.count(second) >= 3)
    assert not ending.done()
    world.outside.away.clear()
    assert await ending
    assert world.outside.done == ["hold", "append", first, second]
    assert world.outside.journal == (["round 2"] if follows else [])


@pytest.mark.parametrize("end", ["recorded", "unrecorded", "restore"])
async def test_nothing_is_done_for_a_room_that_was_lost_meanwhile(world: World, end: str) -> None:
    round_ = world.round()
    await world.stakes(round_, "k")
    world.outside.away.add("all")
    works: dict[str, Callable[[], Any]] = {
        "recorded": lambda: world.settles(round_, world.round(2)),
        "unrecorded": lambda: world.stakes_and_journal.finish_unrecorded(round_, world.round(2)),
        "restore": lambda: world.stakes_and_journal.restore(round_),
    }
    ending = asyncio.create_task(works[end]())
    await eventually(lambda: len(world.outside.asked) >= 5)
    world.outside.sure.clear()
    await eventually(lambda: world.outside.unsure == 1)
    world.outside.away.clear()
    world.outside.owns = False
    world.outside.sure.set()
    assert await ending is False
    assert world.outside.done == ["hold", "append"]


async def test_nothing_is_done_while_the_lease_is_uncertain(world: World) -> None:
    round_ = world.round()
    await world.stakes(round_, "k")
    world.outside.sure.clear()
    ending = asyncio.create_task(world.settles(round_))
    await eventually(lambda: world.outside.unsure == 1)
    assert world.outside.asked == ["hold", "append"]
    world.outside.sure.set()
    assert await ending
    assert world.outside.done == ["hold", "append", "settle", "clear"]


async def test_holds_and_journal_are_written_again_after_they_were_lost(world: World) -> None:
    round_ = world.round()
    await world.stakes(round_, "k")
    await world.stakes(round_, "l")
    at, step = round_.attempt(Wake(), 9000)
    round_.adopt(at, Wake(), step)
    world.stakes_and_journal.record_nowait(at, Wake())
    before = (dict(world.outside.held), ["round 1", *world.outside.journal])
    world.outside.held, world.outside.journal = {}, []
    world.outside.away.add("open")
    restoring = asyncio.create_task(world.stakes_and_journal.restore(round_))
    await eventually(lambda: world.outside.asked.count("open") >= 2)
    world.outside.away.clear()
    assert await restoring
    assert (world.outside.held, world.outside.journal) == before


async def test_an_ended_round_is_not_written_again(world: World) -> None:
    """It is being settled, so its holds are about to go."""
    round_ = world.round()
    round_.ended = True
    assert await world.stakes_and_journal.restore(round_)
    assert await world.stakes_and_journal.restore(None)
    assert world.outside.asked == []


# ---- over Redis ----


async def test_a_bet_whose_answers_are_lost_is_refused_and_leaves_no_hold(open_cluster: OpenCluster) -> None:
    cluster = await open_cluster(2, crash_betting_ms=600_000)
    owner, other = await cluster.owner_and_other()
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
        with suppress(RequestRefusedError):  # the owner does not know yet that the key is free
            return await bob.bet(100, key="k")

    ok = await eventually(placed)
    assert (ok["bet"], ok["held"]) == ("crash.1.1", 100)


@pytest.mark.parametrize("through", ["owner", "other"])
async def test_an_uncertain_bet_that_is_sent_again_is_not_confirmed(open_cluster: OpenCluster, through: str) -> None:
    """Its stake may still be on hold, but will be released."""
    cluster = await open_cluster(2, crash_betting_ms=600_000)
    owner, other = await cluster.owner_and_other()
    bob = await (owner if through == "owner" else other).player()
    owner.link.breaks_after = HOLD
    for _ in range(3):
        assert (await bob.refused("bet", room="crash", amount=100, key="k"))["code"] in ("unavailable", "paused")
        assert await other.node.holds.held(bob.user_id) == 100
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
    assert [wager.bet for wager in room.rounds.live.wire_bets()] == ["crash.1.1"]
    assert await owner.node.holds.held(bob.user_id) == 100


async def test_an_uncertain_hold_is_no_placed_bet_even_if_the_room_refuses_the_bet(open_cluster: OpenCluster) -> None:
    """A refused bet may have been placed before, so the room looks for its key."""
    cluster = await open_cluster(2, crash_betting_ms=600_000, times=Times(room_retry=0.3))
    owner, _ = await cluster.owner_and_other()
    room, ann = owner.room(), await owner.player()
    assert room is not None
    owner.link.breaks_after = HOLD
    assert (await ann.refused("bet", room="crash", amount=100, key="k"))["code"] == "unavailable"
    owner.link.breaks_after, owner.link.loses = None, "nothing"
    room.set_paused("database")
    while await owner.node.holds.find(ann.user_id, "k") is not None:
        assert (await ann.refused("bet", room="crash", amount=100, key="k"))["code"] in ("unavailable", "paused")
    room.set_paused(None)
    await eventually(lambda: not room.rounds._stakes_and_journal._releasing)
    assert (await ann.bet(100, key="k"))["held"] == 100


async def test_an_answer_that_arrives_after_the_room_was_lost_makes_no_bet(world: World) -> None:
    round_ = world.round()
    world.outside.owns = False
    with pytest.raises(UnreachableError):
        await world.stakes(round_, "k")
    with pytest.raises(UnreachableError):
        await world.stakes_and_journal.record(1000, Wake())
    assert round_.holds == []


def test_a_refusal_of_a_game_keeps_its_reason_and_values() -> None:
    dear = Reason("limit_exceeded", "too_dear", "At most {most:chips} chips.")

    def refuse(error: RefusedError) -> None:
        raise error

    with pytest.raises(ClientError) as told:
        allowed(refuse, RefusedError(dear, field="amount", most=150))
    assert (told.value.error.code, told.value.message) == ("limit_exceeded", "At most 1.50 chips.")
    assert told.value.extra == {"field": "amount", "reason": "too_dear", "values": {"most": 150}}
    with pytest.raises(ClientError) as told:
        allowed(refuse, RefusedError("illegal_action", "Not today."))
    assert (told.value.message, told.value.extra) == ("Not today.", {"reason": OWN_WORDS})
