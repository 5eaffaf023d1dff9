"""Tests of rooms with a delay: nothing leaves the server earlier, by any request."""

import asyncio
import time
from typing import Any

import pytest
from msgspec.structs import replace

from server.backends.bus import Claim, EncodedFrame, LocalBus, delayed_view, room_channel
from server.messages import ChatLine, ChatSaid, Frame, Position, Snapshot, encode
from server.rooms.delayed_frames import DelayedFrames
from tests.server.live_clients import Player
from tests.server.live_node import OpenLive
from tests.server.live_site import LiveSite, open_site
from tests.server.rooms.parts import UncertainLease
from tests.server.stacks import Stacks
from tests.server.web.world import CRASH
from tests.waiting import eventually

DELAY = 2
LONG_DELAY = 30
"""Longer than a test takes, even on a busy machine."""
SLACK = 1.0
"""By how much a busy machine may shorten the time between two arrivals."""


# ---- the class alone ----


class Stage:
    """The delayed view of a room, on its own bus."""

    def __init__(self, delay_s: float = 0.05, keep: int = 3) -> None:
        self.lease = UncertainLease()
        self.sent: list[Any] = []
        self.sent_at: list[float] = []
        self.shown: list[Snapshot] = []
        """The snapshot when each frame was sent."""
        self.bus = LocalBus()
        self.delayed = DelayedFrames(
            Claim("crash-x", "me"), self.lease, self.bus, delay_s=delay_s, keep=keep, retry_s=0.01
        )
        self.delayed.begin(seen(0))

    async def open(self) -> "Stage":
        await self.bus.subscribe(room_channel(delayed_view("crash-x")), self._receive)
        return self

    def _receive(self, frame: Any) -> None:
        self.sent.append(frame)
        self.sent_at.append(asyncio.get_running_loop().time())
        self.shown.append(self.delayed.snapshot)

    def add(self, seq: int, snapshot: Snapshot | None = None) -> None:
        self.delayed.add(EncodedFrame(room="crash-x", epoch="live", seq=seq, wire=b"%d" % seq), snapshot)


def seen(spectators: int) -> Snapshot:
    return replace(CRASH, spectators=spectators)


async def test_frames_are_sent_in_order_when_they_are_due() -> None:
    stage = await Stage(delay_s=0.1).open()
    loop = asyncio.get_running_loop()
    first_at = loop.time()
    stage.add(1, seen(1))
    assert stage.sent == []
    assert (stage.delayed.position().seq, stage.delayed.snapshot) == (0, seen(0))
    await eventually(lambda: loop.time() >= first_at + 0.05)
    later_at = loop.time()
    stage.add(2)
    stage.add(3, seen(3))
    await eventually(lambda: len(stage.sent) == 3)
    assert stage.sent_at[0] >= first_at + 0.1
    assert stage.sent_at[1] >= later_at + 0.1
    assert stage.shown == [seen(1), seen(1), seen(3)]
    assert [(frame.room, frame.epoch, frame.seq, frame.wire) for frame in stage.sent] == [
        (delayed_view("crash-x"), stage.delayed.epoch, seq, b"%d" % seq) for seq in (1, 2, 3)
    ]
    assert stage.delayed.epoch != "live"


async def test_a_frame_of_ticks_does_not_change_the_snapshot() -> None:
    stage = await Stage().open()
    stage.add(1, seen(1))
    stage.add(2)
    await eventually(lambda: stage.delayed.seq == 2)
    assert stage.delayed.snapshot == seen(1)


async def test_a_client_that_resumes_gets_the_kept_frames_that_are_due() -> None:
    stage = await Stage(delay_s=0.02, keep=3).open()
    for seq in range(1, 6):
        stage.add(seq)
    await eventually(lambda: stage.delayed.seq == 5)
    stage.add(6)
    epoch = stage.delayed.epoch

    def since(epoch: str, seq: int) -> list[int] | None:
        frames = stage.delayed.since(Position(epoch, seq))
        return None if frames is None else [frame.seq for frame in frames]

    assert [since(epoch, seq) for seq in (5, 4, 2, 1, 6)] == [[], [5], [3, 4, 5], None, None]
    assert since("live", 5) is None


async def test_a_chat_line_that_is_removed_is_shown_no_more() -> None:
    """Neither to a client that resumes or arrives, nor when its frame becomes due."""
    stage = await Stage(delay_s=0.05).open()
    hers, his = ChatLine("ann", "my secret", 1), ChatLine("bob", "hi", 2)
    wire = encode(Frame("crash-x", 1, [ChatSaid(hers.player, hers.text, hers.at)]))
    shown = replace(CRASH, chat=[hers, his])
    for seq in (1, 2):
        stage.delayed.add(EncodedFrame(room="crash-x", epoch="live", seq=seq, wire=wire), shown)
        if seq == 1:
            await eventually(lambda: stage.delayed.seq == 1)
    assert stage.delayed.oldest == 1
    stage.delayed.remove_lines([hers])
    assert stage.delayed.snapshot.chat == [his]
    await eventually(lambda: stage.delayed.seq == 2)
    assert stage.delayed.snapshot.chat == [his]
    kept = stage.delayed.since(Position(stage.delayed.epoch, 0))
    assert kept is not None
    assert [frame.seq for frame in kept] == [1, 2]
    for frame in (*kept, stage.sent[-1]):
        assert b"secret" not in frame.wire
        assert b'{"type":"chat_removed","player":"ann"}' in frame.wire


async def test_nothing_is_sent_while_the_lease_is_uncertain() -> None:
    stage = await Stage(delay_s=0.02).open()
    stage.add(1, seen(1))
    stage.lease.certain = False
    await eventually(lambda: stage.lease.asked >= 3)
    assert stage.sent == []
    stage.lease.certain = True
    await eventually(lambda: stage.delayed.seq == 1)


async def test_at_the_close_only_the_close_is_sent() -> None:
    stage = await Stage(delay_s=0.05).open()
    stage.add(1)
    await eventually(lambda: stage.delayed.seq == 1)
    stage.add(2)
    stage.delayed.close()
    assert stage.sent[-1].wire == b'{"room":"crash-x","seq":2,"events":[{"type":"room_closed"}]}'
    assert stage.delayed._timer is None
    assert [frame.seq for frame in stage.sent] == [1, 2]


async def test_a_lost_room_sends_no_more_frames() -> None:
    stage = await Stage(delay_s=0.05).open()
    stage.add(1)
    stage.delayed.drop()
    assert stage.delayed._timer is None
    assert stage.sent == []


# ---- in rooms ----


@pytest.fixture
async def site(open_live: OpenLive) -> LiveSite:
    return await open_site(open_live, points=(1.05, 1.2), bettors=(1,), games=[Stacks()])


def arrival(player: Player, kind: str, **members: Any) -> float:
    """When the first event like this arrived."""
    return next(
        at
        for at, (_, _, event) in zip(player.arrivals, player.seen, strict=True)
        if event["type"] == kind and members.items() <= event.items()
    )


async def delayed_room(site: LiveSite, seated: int = 1, **terms: Any) -> tuple[str, str, list[Player]]:
    """Open a room with a delay; returns its key, its invite and its players, the owner first."""
    players = [await site.player(room=None) for _ in range(seated)]
    room, invite = await site.open_room(players[0], **{"game": "stacks", "options": {}, "delay": DELAY} | terms)
    for player in players:
        await player.ask("join", room=room, invite=invite)
    return room, invite, players


async def play_round(player: Player, room: str) -> str:
    """Bet in a round and end it; returns its name."""
    name: str = (await player.bet(100, room))["round"]
    await player.ask("act", room=room, action="finish")
    return name


async def test_spectators_see_everything_with_the_delay_and_in_order(site: LiveSite) -> None:
    room, _, (ann, bob) = await delayed_room(site, 2, game="crash", options={"betting_ms": 4000})
    spectator = await site.spectator(room)
    assert spectator.snapshots[-1][1]["private"]["delay"] == DELAY
    assert spectator.snapshots[-1][1]["round"] is None
    name = (await bob.bet(100, room))["round"]
    await ann.ask("chat", room=room, text="good luck")
    ended = await ann.ended(name)
    assert spectator.events("round_ended") == []
    assert (await spectator.ended(name)) == ended
    for kind, members in (("bet_placed", {}), ("chat", {}), ("round_started", {}), ("round_ended", {"round": name})):
        delay = arrival(spectator, kind, **members) - arrival(ann, kind, **members)
        assert delay >= DELAY - SLACK, (kind, delay)
    assert spectator.client.gaps == 0
    told = [event["type"] for event in ann.events() if event["type"] not in ("tick", "spectators")]
    shown = [event["type"] for event in spectator.events() if event["type"] not in ("tick", "spectators")]
    assert "round_ended" in shown
    assert " ".join(told[:4]) in " ".join(shown)


async def test_snapshots_and_pages_show_nothing_before_the_delay_is_over(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site, delay=LONG_DELAY)
    name = await play_round(ann, room)
    await ann.ended(name)
    views = [(await site.ok("GET", f"rooms/{room}"))["snapshot"]]
    views.append((await (await site.spectator(None)).ask("watch", room=room))["snapshot"])
    session = (await site.rows("SELECT id FROM game_sessions WHERE room = :room", room=room))[0][0]
    views.append((await (await site.spectator(None)).ask("watch", session=session))["snapshot"])
    for snapshot in views:
        assert snapshot["history"] == []
        assert snapshot["view"]["phase"] != "settling"
    for path in (f"rounds/{name}", f"rounds/{name}?invite=x"):
        assert (await site.problem("GET", path))["code"] == "not_found"
    assert (await site.ok("GET", f"rooms/{room}/rounds"))["items"] == []
    summary = await summary_of(site, room)
    assert (summary["history"], summary["delay"], summary["players"]) == ([], LONG_DELAY, 1)
    assert (await site.ok("GET", f"rounds/{name}", ann))["status"] == "settled"
    assert [each["round"] for each in (await site.ok("GET", f"rooms/{room}/rounds", ann))["items"]] == [name]
    assert (await site.ok("GET", f"rooms/{room}", ann))["snapshot"]["history"][0]["round"] == name


async def test_snapshots_and_pages_show_the_round_after_the_delay(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site)
    began = time.monotonic()
    name = await play_round(ann, room)
    history = await eventually(lambda: shown_history(site, room))
    assert history[0]["round"] == name
    assert time.monotonic() - began >= DELAY
    assert (await site.ok("GET", f"rounds/{name}"))["status"] == "settled"
    assert (await summary_of(site, room))["history"][0]["round"] == name


async def summary_of(site: LiveSite, room: str) -> dict[str, Any]:
    summaries: list[dict[str, Any]] = (await site.ok("GET", "rooms"))["rooms"]
    return next(summary for summary in summaries if summary["room"] == room)


async def shown_history(site: LiveSite, room: str) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = (await site.ok("GET", f"rooms/{room}"))["snapshot"]["history"]
    return history


async def test_a_spectator_who_resumes_keeps_the_delay(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site)
    spectator = await site.spectator(room)
    await spectator.event_of("round_opened", room=room)
    await spectator.cut()
    name = await play_round(ann, room)
    await ann.ended(name)
    back = await spectator.client.connect()
    assert back["resumed"] == {room: "frames"}
    assert spectator.events("round_ended", round=name) == []
    await spectator.ended(name)
    assert arrival(spectator, "round_ended", round=name) - arrival(ann, "round_ended", round=name) >= DELAY - SLACK
    assert spectator.client.gaps == 0


async def test_a_player_who_leaves_gets_the_delay_on_all_connections(site: LiveSite) -> None:
    room, _, (ann, bob) = await delayed_room(site, 2)
    twin = site.another_client(bob)
    await twin.client.connect()
    assert (await twin.ask("watch", room=room))["snapshot"]["you"]["player"] == bob.username
    await twin.ended(await play_round(ann, room))
    await ann.event_of("round_ended", room=room)
    assert arrival(twin, "round_ended") - arrival(ann, "round_ended") < DELAY / 2
    live = twin.client.positions[room].epoch
    snapshots = len(twin.snapshots)
    await bob.ask("leave", room=room)
    await twin.until(lambda: True if len(twin.snapshots) > snapshots else None, "a delayed snapshot")
    assert twin.client.positions[room].epoch != live
    name = await play_round(ann, room)
    await twin.ended(name)
    assert arrival(twin, "round_ended", round=name) - arrival(ann, "round_ended", round=name) >= DELAY - SLACK
    assert twin.client.gaps == 0
    await twin.cut()
    await twin.client.connect()
    assert twin.snapshots[-1][1].get("you") is None


async def test_a_player_who_joins_sees_without_delay(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site)
    cat = await site.player(room=None)
    await cat.ask("watch", room=room)
    delayed = cat.client.positions[room].epoch
    await cat.ask("join", room=room)
    assert cat.client.positions[room].epoch != delayed
    name = await play_round(cat, room)
    await cat.ended(name)
    await ann.ended(name)
    assert abs(arrival(cat, "round_ended", round=name) - arrival(ann, "round_ended", round=name)) < DELAY / 2
    assert cat.client.gaps == 0


async def test_a_player_who_may_not_watch_stops_seeing_the_room_after_leaving(site: LiveSite) -> None:
    room, invite, (ann, bob) = await delayed_room(site, 2, delay=0, watch="nobody")
    twin, owner = site.another_client(bob), site.another_client(ann)
    for connection in (twin, owner):
        await connection.client.connect()
        await connection.ask("watch", room=room)
    await bob.ask("leave", room=room)
    await twin.event_of("room_closed", room=room)
    assert (await twin.refused("watch", room=room, invite=invite))["code"] == "no_such_room"
    seen_by_then = len(twin.seen)
    await ann.ask("leave", room=room)
    await owner.event_of("player_left", room=room, player=ann.username)
    assert len(twin.seen) == seen_by_then
    await site.ok("DELETE", f"rooms/{room}", ann)
    await owner.event_of("room_closed", room=room)


async def test_the_owner_without_a_seat_has_the_delay_too(site: LiveSite) -> None:
    room, invite, (ann, bob) = await delayed_room(site, 2, watch="nobody")
    await ann.ask("leave", room=room)
    shown = (await ann.ask("watch", room=room))["snapshot"]
    assert shown["private"]["invite"] == invite
    name = await play_round(bob, room)
    await ann.ended(name)
    assert arrival(ann, "round_ended", round=name) - arrival(bob, "round_ended", round=name) >= DELAY - SLACK


async def test_spectators_learn_at_once_that_the_room_closed_and_nothing_more(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site, delay=30)
    spectator = await site.spectator(room)
    await ann.bet(100, room)
    await site.ok("DELETE", f"rooms/{room}", ann)
    await spectator.event_of("room_closed", room=room)
    assert [event["type"] for event in spectator.events()] == ["room_closed"]
    assert spectator.client.gaps == 0
    await eventually(lambda: site.node.hub.watchers(room) == [])


async def test_delayed_spectators_are_counted(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site)
    await site.spectator(room)
    await ann.event_of("spectators", room=room, count=1)


@pytest.mark.parametrize("terms", [{"delay": 30}, {"watch": "nobody", "delay": 0}])
async def test_closing_a_room_publishes_nothing_that_was_kept_back(site: LiveSite, terms: dict[str, Any]) -> None:
    """A stranger once read a round of a room that nobody could watch as soon as its owner had closed it."""
    room, _, (ann, bob) = await delayed_room(site, 2, **terms)
    name = await play_round(ann, room)
    await ann.ended(name)
    await site.ok("DELETE", f"rooms/{room}", ann)
    await ann.event_of("room_closed", room=room)
    assert (await site.problem("GET", f"rounds/{name}"))["status"] == 404
    assert (await site.problem("GET", f"rounds/{name}", bob))["status"] == 404
    assert (await site.problem("GET", f"rooms/{room}/rounds"))["status"] == 404
    assert (await site.ok("GET", f"rounds/{name}", ann))["status"] == "settled"


async def test_rounds_of_a_room_that_everybody_could_watch_stay_public(site: LiveSite) -> None:
    room, _, (ann,) = await delayed_room(site, delay=0)
    name = await play_round(ann, room)
    await ann.ended(name)
    await site.ok("DELETE", f"rooms/{room}", ann)
    await ann.event_of("room_closed", room=room)
    assert (await site.ok("GET", f"rounds/{name}"))["status"] == "settled"
    assert (await site.ok("GET", f"rooms/{room}/rounds"))["items"][-1]["round"] == name
