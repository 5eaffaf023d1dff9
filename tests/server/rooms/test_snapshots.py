"""Tests of snapshots: who sees what of a room, and with which position."""

import msgspec

from server.messages import Snapshot, SnapshotAt
from tests.server.live_node import Live, OpenLive
from tests.server.stacks import Stacks


async def test_all_spectators_share_one_snapshot(live: Live) -> None:
    ann = await live.player(room="dice")
    room = live.node.owned_rooms[ann.snapshots[0][0]]
    crowd = [await room.snapshot(room.key, None) for _ in range(3)]
    assert crowd[1] is crowd[2] is await room.snapshot(room.key, ann.user_id + 1)
    mine = await room.snapshot(room.key, ann.user_id)
    assert msgspec.json.decode(mine.snapshot)["you"]["player"] == ann.username
    assert msgspec.json.decode(crowd[2].snapshot)["you"] is None
    await ann.ask("chat", room=room.key, text="hello")
    assert [line["text"] for line in msgspec.json.decode((await room.snapshot(room.key, None)).snapshot)["chat"]] == [
        "hello"
    ]


def decoded(snapshot: SnapshotAt) -> Snapshot:
    return msgspec.json.decode(snapshot.snapshot, type=Snapshot)


async def test_a_snapshot_from_the_start_is_the_room_before_its_first_frame(live: Live) -> None:
    ann = await live.player()
    room = live.node.owned_rooms["crash"]
    first = await room.snapshot("crash", None, from_start=True)
    assert (first.epoch, first.seq) == (room.frames.epoch, 0)
    assert (decoded(first).round, decoded(first).players) == (None, [])
    mine = decoded(await room.snapshot("crash", ann.user_id, from_start=True))
    assert mine.you is not None
    assert mine.you.player == ann.username


async def test_once_frames_are_dropped_there_is_no_snapshot_from_the_start(open_live: OpenLive) -> None:
    live = await open_live(games=[Stacks()], history_frames=1)
    room = live.node.owned_rooms["stacks"]
    for number in range(3):
        room.frames.add({"type": "event", "number": number})
        room.flush()
    assert (await room.snapshot("stacks", None, from_start=True)).seq == room.frames.seq > 0


async def test_the_card_of_a_room_shows_the_same_as_its_spectators_see(live: Live) -> None:
    await live.player()
    room = live.node.owned_rooms["crash"]
    summary, snapshot = room.summary(), decoded(await room.snapshot("crash", None))
    assert (summary.room, summary.game, summary.players, summary.seats) == ("crash", "crash", 1, room.size)
    assert summary.phase == snapshot.view["phase"]
    assert snapshot.round is not None
    assert summary.round == snapshot.round.round
