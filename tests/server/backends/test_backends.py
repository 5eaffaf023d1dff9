"""Tests of what joins nodes: both forms of every port say what the ports ask for, and all of a node share one set."""

from datetime import datetime
from inspect import iscoroutinefunction, isfunction
from typing import Any

import pytest

from server.backends.backends import Ports
from server.backends.bus import Bus
from server.backends.choose import alone, ports_of
from server.backends.directory import Directory
from server.backends.holds import Holds
from server.backends.journal import Journal
from server.backends.lease import Lease
from server.backends.presence import Presence
from server.clock import SystemClock
from server.config import Config
from tests.server.live import Live
from tests.server.several import OpenFloor

PROTOCOLS: dict[str, type] = {
    "bus": Bus,
    "lease": Lease,
    "directory": Directory,
    "presence": Presence,
    "journal": Journal,
}


async def no_losses(user_id: int, since: datetime) -> int:
    return 0


def asked_of(protocol: type) -> dict[str, bool]:
    """What a port must be able to do, and whether it is awaited."""
    return {name: iscoroutinefunction(does) for name, does in vars(protocol).items() if isfunction(does)}


@pytest.mark.parametrize("form", ["alone", "joined"])
async def test_a_node_has_every_port_whole(form: str, redis_url: str) -> None:
    """A method that is missing or is not awaited alike would be found in the middle of a round."""
    async with ports_of(Config(redis_url=redis_url if form == "joined" else ""), SystemClock()) as ports:
        found: dict[str, Any] = {name: getattr(ports, name) for name in PROTOCOLS}
        found["bank"] = ports.make_bank(SystemClock(), no_losses, lambda _account, _soon: None)
        for name, protocol in {**PROTOCOLS, "bank": Holds}.items():
            methods = {n: is_awaited for n, is_awaited in asked_of(protocol).items() if not n.startswith("_")}
            assert methods, name
            for method, is_awaited in methods.items():
                assert iscoroutinefunction(getattr(found[name], method)) == is_awaited, f"{name}.{method}"


async def test_everything_on_a_node_uses_the_same_ports(live: Live, open_floor: OpenFloor) -> None:
    (node,) = (await open_floor(1)).nodes
    for each in (live, node):
        room = each.floor.rooms["crash"]
        services = room._services
        assert services.bus is each.floor.bus
        assert services.bank is each.floor.players.bank
        assert services.holds == each.floor.lease.holds
        assert services.journal is each.floor._journal


def test_two_nodes_that_are_alone_share_nothing() -> None:
    clock = SystemClock()
    one, other = alone(clock, "one"), alone(clock, "other")
    for name in Ports.__struct_fields__:
        if name != "make_bank":
            assert getattr(one, name) is not getattr(other, name), name
