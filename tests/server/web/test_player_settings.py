"""The client seed, and a player's limits on their own play."""

from datetime import timedelta
from typing import Any

import pytest

from server.clock import utc
from storage.limits import Effective, effective
from tests.server.web.world import START_MS, World, problem


async def test_the_client_seed_can_be_set(world: World) -> None:
    ann = await world.player("ann")
    assert len((await ann.ok("GET", "me"))["client_seed"]) == 16
    assert await ann.ok("PUT", "me/client-seed", json={"client_seed": "my-Seed_1"}) == {"client_seed": "my-Seed_1"}
    assert (await ann.ok("GET", "me"))["client_seed"] == "my-Seed_1"
    assert world.players.changed == [ann.user_id]
    for wrong in ("", "a b", "a,b", "ä", "x" * 65, "x\n"):
        await problem(await ann.call("PUT", "me/client-seed", json={"client_seed": wrong}), "validation_failed")


async def set_limits(player: Any, **limits: Any) -> Any:
    return await player.ok("PUT", "me/limits", json=limits)


async def test_lowering_a_limit_takes_effect_at_once_and_raising_it_after_a_day(world: World) -> None:
    ann = await world.player("ann")
    none = {"stake": None, "loss_a_day": None, "break_until": None, "next_stake": None, "next_loss_a_day": None}
    assert await ann.ok("GET", "me/limits") == none
    assert await set_limits(ann, stake=1000, loss_a_day=5000) == none | {"stake": 1000, "loss_a_day": 5000}
    assert world.players.changed == [ann.user_id]
    tomorrow = utc(START_MS + 86_400_000).isoformat().replace("+00:00", "Z")
    raised = await set_limits(ann, stake=2000, loss_a_day=None)
    assert (raised["stake"], raised["next_stake"]) == (1000, {"to": 2000, "at": tomorrow})
    assert (raised["loss_a_day"], raised["next_loss_a_day"]) == (5000, {"to": None, "at": tomorrow})
    world.clock.jump(timedelta(hours=23))
    assert (await set_limits(ann, loss_a_day=100))["next_loss_a_day"] is None
    world.clock.jump(timedelta(hours=1))
    assert await ann.ok("GET", "me/limits") == none | {"stake": 2000, "loss_a_day": 100}


async def test_a_break_can_only_be_made_longer(world: World) -> None:
    ann = await world.player("ann")
    short, long = utc(START_MS + 2 * 86_400_000), utc(START_MS + 7 * 86_400_000)
    assert (await set_limits(ann, break_until=short.isoformat()))["break_until"] == short.isoformat().replace(
        "+00:00", "Z"
    )
    await set_limits(ann, break_until=long.isoformat())
    for shorter in (short.isoformat(), None):
        body = await problem(await ann.call("PUT", "me/limits", json={"break_until": shorter}), "validation_failed")
        assert body["errors"][0]["code"] == "not_allowed"
    world.clock.jump(timedelta(days=7))
    assert (await ann.ok("GET", "me/limits"))["break_until"] is None


@pytest.mark.parametrize(
    "limits",
    [
        {"stake": 0},
        {"stake": -1},
        {"stake": 1.5},
        {"stake": "100"},
        {"stake": 10**15 + 1},
        {"loss_a_day": -1},
        {"break_until": "2020-01-01T00:00:00Z"},
        {"break_until": "9999-12-31T23:59:59-23:59"},
        {"break_until": "0001-01-01T00:00:00+23:59"},
        {"break_until": "2027-01-01"},
        {"stakes": 1},
    ],
)
async def test_invalid_limits_are_refused(world: World, limits: dict[str, Any]) -> None:
    ann = await world.player("ann")
    await problem(await ann.call("PUT", "me/limits", json=limits), "validation_failed")


async def test_limits_are_loaded_with_the_player(world: World) -> None:
    ann = await world.player("ann")
    await set_limits(ann, stake=1000, loss_a_day=0)
    await set_limits(ann, stake=3000)
    stored = (await world.db.load_players([ann.user_id]))[ann.user_id].limits
    assert effective(stored, START_MS) == Effective(1000, 0)
    assert effective(stored, START_MS + 86_400_000) == Effective(3000, 0)
