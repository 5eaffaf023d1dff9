"""Tests of opening rooms: a room that could not be opened is gone or is opened at the next attempt."""

import asyncio

import pytest

from game_engine.games import GAMES
from server.backends.bus import Claim
from server.backends.journal import LocalJournal
from server.errors import UnreachableError
from storage.ledger import settle
from storage.settlement import OpenRound
from tests.server.live_node import TAKES_NO_ROOMS, Live, OpenLive, backends_with
from tests.server.settled_hand import HAND, settled_hand
from tests.server.stacks import Stacks
from tests.storage.world import begin_session
from tests.waiting import eventually


class ShakyJournal(LocalJournal):
    away = False

    async def open(self, claim: Claim, round_: OpenRound) -> None:
        if self.away:
            raise UnreachableError("switched off by the test")
        await super().open(claim, round_)


async def test_of_more_open_sessions_than_seats_the_newest_are_kept(open_live: OpenLive) -> None:
    """The database may have been away when a session ended."""
    live = await open_live(games=[Stacks()], times=TAKES_NO_ROOMS)
    room = live.node.owned_rooms["stacks"]
    players = await live.players(4)
    game_id = room.prepare_round(1).setup.game_id
    sessions = [await begin_session(live.db, player.user_id, game_id, "stacks") for player in players]
    await live.node.closer.hand_over("stacks")
    await live.node.opener.take("stacks")
    members = live.node.owned_rooms["stacks"].seats.all()
    assert [member.session_id for member in members] == sessions[1:]
    await eventually(lambda: _over(live, sessions[0]))


async def test_a_room_that_is_opened_again_does_not_show_the_decks_of_past_hands(open_live: OpenLive) -> None:
    live = await open_live(games=[GAMES["holdem"]], times=TAKES_NO_ROOMS)
    game_id = live.node.owned_rooms["holdem"].prepare_round(1).setup.game_id
    await settle(live.db, [settled_hand(game_id)])
    await live.node.closer.hand_over("holdem")
    await live.node.opener.take("holdem")
    outcomes = {past.round: past.outcome for past in live.node.owned_rooms["holdem"].rounds.history}
    shown = {name: fact for name, fact in HAND["outcome"].items() if name != "deck"}
    assert outcomes[HAND["round"]] == shown


async def _over(live: Live, session: int) -> bool:
    return await live.rows("SELECT 1 FROM game_sessions WHERE id = :id AND ended_at IS NOT NULL", id=session) != []


async def test_two_joins_of_one_account_at_the_same_time_share_a_room(live: Live) -> None:
    ann = await live.player(room=None)
    twin = live.another_client(ann)
    await twin.client.connect()
    rooms = await asyncio.gather(ann.ask("join", game="dice"), twin.ask("join", game="dice"))
    assert rooms[0]["room"] == rooms[1]["room"]
    assert len(live.node.owned_rooms) == 2


async def test_a_solo_room_that_could_not_be_opened_is_opened_at_the_next_attempt(open_live: OpenLive) -> None:
    journal = ShakyJournal()
    live = await open_live(backends=backends_with(journal=journal))
    ann = await live.player(room=None)
    journal.away = True
    assert (await ann.refused("join", game="dice"))["code"] == "unavailable"
    assert sorted(live.node.owned_rooms) == ["crash"]
    journal.away = False
    assert (await ann.ask("join", game="dice"))["snapshot"]["game"] == "dice"


async def test_a_public_room_that_could_not_be_opened_is_free_for_another_node(open_live: OpenLive) -> None:
    live = await open_live(times=TAKES_NO_ROOMS)
    room = live.node.owned_rooms["crash"]
    live.node.owned_rooms.remove(room)
    room.drop()
    await live.node.lease.release(room.claim)
    live.db.away = True
    with pytest.raises(Exception, match="switched off"):
        await live.node.opener.take("crash")
    assert dict(live.node.owned_rooms) == {}
    live.db.away = False
    await eventually(lambda: live.node.lease.unowned(["crash"]))
    await live.node.opener.take("crash")
    watcher = await live.spectator()
    assert watcher.snapshots[-1][1]["game"] == "crash"
    assert live.node.owned_rooms["crash"].claim != room.claim
