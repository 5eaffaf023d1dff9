"""Tests of how rooms come to a node: nothing that fails at its opening stays where nobody can enter."""

import asyncio

import pytest

from server.backends.bus import Claim
from server.backends.journal import LocalJournal
from server.errors import UnreachableError
from storage.settlement import OpenRound
from tests.server.live import Live, OpenLive, eventually
from tests.server.toys import Stacks
from tests.storage.world import begin_session


class ShakyJournal(LocalJournal):
    away = False

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        if self.away:
            raise UnreachableError("switched off by the test")
        await super().open(claim, round_)


async def test_a_room_with_more_sessions_on_record_than_seats_keeps_the_newest(open_live: OpenLive) -> None:
    """The end of a session may have found no database."""
    live = await open_live(games=[Stacks()])
    room = live.floor.rooms["stacks"]
    players = await live.players(4)
    game_id = room.rounds.prepare(1).place.game_id
    sessions = [await begin_session(live.db, player.user_id, game_id, "stacks") for player in players]
    await live.floor.hand_over("stacks")
    await live.floor.take("stacks")
    seated = live.floor.rooms["stacks"].seating.all()
    assert [sitting.session_id for sitting in seated] == sessions[1:]
    await eventually(lambda: _over(live, sessions[0]))


async def _over(live: Live, session: int) -> bool:
    return await live.rows("SELECT 1 FROM game_sessions WHERE id = :id AND ended_at IS NOT NULL", id=session) != []


@pytest.fixture
async def shaky(live: Live, monkeypatch: pytest.MonkeyPatch) -> ShakyJournal:
    journal = ShakyJournal()
    monkeypatch.setattr(live.floor._openings, "_journal", journal)
    return journal


async def test_two_who_sit_down_at_once_by_one_account_share_a_room(live: Live) -> None:
    ann = await live.player(room=None)
    twin = live.again(ann)
    await twin.client.connect()
    rooms = await asyncio.gather(ann.ask("join", game="dice"), twin.ask("join", game="dice"))
    assert rooms[0]["room"] == rooms[1]["room"]
    assert len(live.floor.rooms) == 2


async def test_a_player_s_room_that_can_t_be_opened_is_opened_at_the_next_try(live: Live, shaky: ShakyJournal) -> None:
    ann = await live.player(room=None)
    shaky.away = True
    assert (await ann.refused("join", game="dice"))["code"] == "unavailable"
    assert sorted(live.floor.rooms) == ["crash"]
    shaky.away = False
    assert (await ann.ask("join", game="dice"))["snapshot"]["game"] == "dice"


async def test_a_public_room_that_can_t_be_opened_is_free_for_whoever_can(open_live: OpenLive) -> None:
    live = await open_live()
    room = live.floor.rooms["crash"]
    live.floor._openings.forget(room)
    room.drop()
    await live.floor.lease.release(room.claim)
    live.db.away = True
    with pytest.raises(Exception, match="switched off"):
        await live.floor.take("crash")
    assert live.floor.rooms == {}
    live.db.away = False
    await eventually(lambda: live.floor.lease.unowned(["crash"]))
    await live.floor.take("crash")
    watcher = await live.spectator()
    assert watcher.snapshots[-1][1]["game"] == "crash"
    assert live.floor.rooms["crash"].claim != room.claim
