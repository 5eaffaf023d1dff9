"""Stakes that stay on from round to round, moves that raise them, and the reply to the one that ends a round."""

import asyncio
import json
from typing import Any

import pytest

from server.backends.holds import LocalHolds
from server.rooms import round_loop
from storage.errors import DatabaseUnavailableError
from tests.server.live import Live, OpenLive, Player, eventually
from tests.server.toys import Stacks

STACKS = "stacks"


@pytest.fixture
async def table(open_live: OpenLive) -> Live:
    return await open_live(games=[Stacks()])


async def seat(live: Live, amount: int | None = 300, mark: str = "x", credit: int = 1_000) -> Player:
    player = await live.player(credit, None)
    await player.ask("join", room=STACKS)
    if amount:
        await player.bet(amount, STACKS, selection={"mark": mark})
    return player


async def finish(player: Player) -> str:
    """End the round; the name of the next."""
    before = len(player.events("round_opened", STACKS))
    await player.ask("act", room=STACKS, action="finish")
    opened = await player.event_of("round_opened", after=before, room=STACKS)
    name: str = opened["round"]
    return name


async def test_what_stays_on_is_bet_again_with_its_selection(table: Live) -> None:
    ann, bob = await seat(table, 300, "a"), await seat(table, 200, "b")
    name = await finish(ann)
    again = await bob.event_of("bet_placed", player=bob.username, bet=f"{name}.2")
    assert (again["amount"], again["selection"]) == (200, {"mark": "b"})
    await ann.event_of("bet_placed", player=ann.username, bet=f"{name}.1", amount=300)
    assert await table.floor.players.held(ann.user_id) == 300
    await finish(bob)
    played = await table.rows("SELECT number, amount, payout, result FROM bets ORDER BY round_id, number")
    assert [tuple(row) for row in played] == [(1, 300, 300, "push"), (2, 200, 200, "push")] * 2


async def test_options_are_handed_on_and_stand_on_record(table: Live) -> None:
    ann = await seat(table)
    await finish(ann)
    await finish(ann)
    kept = await table.rows("SELECT options FROM rounds WHERE room = 'stacks' ORDER BY number")
    assert [json.loads(row.options)["turn"] for row in kept] == [0, 1, 2]
    assert (await ann.ask("watch", room=STACKS))["snapshot"]["view"]["turn"] == 2


async def test_who_left_takes_the_stack_along(table: Live) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    await bob.ask("leave", room=STACKS)
    name = await finish(ann)
    await ann.event_of("bet_placed", bet=f"{name}.1", player=ann.username)
    await eventually(lambda: table.floor.players.holds.account(bob.user_id).held == 0)  # type: ignore[union-attr]
    assert len(table.floor.rooms[STACKS].rounds.live.bets) == 1  # type: ignore[union-attr]


async def test_a_stack_that_can_not_be_held_any_more_is_left_out(table: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    before = len(bob.events("round_opened", STACKS))
    settle = LocalHolds.settle

    async def spent_meanwhile(holds: LocalHolds, *args: Any) -> None:
        await settle(holds, *args)
        account = holds.account(ann.user_id)
        assert account
        account.balance = 299

    monkeypatch.setattr(LocalHolds, "settle", spent_meanwhile)
    await bob.ask("act", room=STACKS, action="finish")
    name = (await bob.event_of("round_opened", after=before, room=STACKS))["round"]
    await bob.event_of("bet_placed", bet=f"{name}.1", player=bob.username)
    assert bob.events("bet_placed", STACKS, player=ann.username, bet=f"{name}.2") == []


async def test_whose_losses_can_not_be_looked_up_costs_nobody_else_the_stack(
    table: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await seat(table, 300), await seat(table, 200)
    before = len(bob.events("round_opened", STACKS))
    learn_losses = LocalHolds.learn_losses

    async def not_hers(holds: LocalHolds, user_id: int) -> None:
        if user_id == ann.user_id:
            raise DatabaseUnavailableError("switched off by the test")
        await learn_losses(holds, user_id)

    monkeypatch.setattr(LocalHolds, "learn_losses", not_hers)
    await bob.ask("act", room=STACKS, action="finish")
    name = (await bob.event_of("round_opened", after=before, room=STACKS))["round"]
    await bob.event_of("bet_placed", bet=f"{name}.1", player=bob.username)
    assert await table.floor.players.held(ann.user_id) == 0


async def test_a_key_stands_for_its_bet_also_when_moves_have_raised_it(table: Live) -> None:
    ann = await seat(table, None)
    first = await ann.bet(300, STACKS, key="once")
    await ann.ask("act", room=STACKS, action="raise", amount=150)
    await finish(ann)
    account = table.floor.players.holds.account(ann.user_id)
    assert account
    assert account.held == 450
    table.floor.players.holds._holds.clear()  # type: ignore[attr-defined]  # what lingers is forgotten after a while
    again = await ann.bet(300, STACKS, key="once")
    assert (again["bet"], again["balance"]) == (first["bet"], 1_000)
    assert (await ann.refused("bet", room=STACKS, amount=450, key="once"))["code"] == "key_conflict"


async def test_the_move_that_ends_a_round_is_answered_when_it_is_settled(table: Live) -> None:
    ann = await seat(table)
    table.db.write_lock = asyncio.Lock()
    async with table.db.write_lock:
        asked = asyncio.create_task(ann.ask("act", room=STACKS, action="finish"))
        await eventually(lambda: table.floor.rooms[STACKS].rounds.live.ended)  # type: ignore[union-attr]
        done, _ = await asyncio.wait([asked], timeout=0.1)
        assert not done
    assert await asked == {}
    assert await table.rows("SELECT 1 FROM rounds WHERE room = 'stacks' AND status = 'settled'")


async def test_a_database_that_is_away_keeps_nobody_waiting_for_ever(
    table: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_loop, "LONGEST_REPLY", 0.05)
    ann = await seat(table)
    table.db.away = True
    assert await ann.ask("act", room=STACKS, action="finish") == {}
    assert ann.events("round_ended", STACKS) == []
    table.db.away = False
    await ann.event_of("round_ended", room=STACKS)


async def test_what_one_seat_is_told_nobody_else_hears_and_it_is_shown_anew_who_comes_back(table: Live) -> None:
    ann, bob = await seat(table), await seat(table)
    await ann.ask("act", room=STACKS, action="whisper")
    told = await ann.event_of("whispered", room=STACKS)
    assert told["player"] == ann.username
    await bob.ask("ping")
    assert bob.events("whispered") == []
    again = table.again(ann)
    again.client.positions = dict(ann.client.positions)
    await ann.cut()
    assert (await again.client.connect())["resumed"] == {STACKS: "snapshot"}


async def test_a_round_that_waits_for_nobody_ends_at_a_handover(table: Live) -> None:
    room = table.floor.rooms[STACKS]
    await asyncio.wait_for(room.rounds.stop(None), 5)
    assert room.rounds.live is None


async def test_seats_are_told_by_number(table: Live) -> None:
    ann = await seat(table, None)
    bob = await seat(table, None)
    joined = await ann.event_of("player_joined", room=STACKS, player=bob.username)
    assert joined["seat"] == 1
    shown = (await ann.ask("watch", room=STACKS))["snapshot"]["players"]
    assert [(each["player"], each["seat"]) for each in shown] == [(ann.username, 0), (bob.username, 1)]
