"""The dependencies of connections come from the node and the settings."""

from tests.server.live_node import OpenLive


async def test_rates_are_scaled_by_the_setting(open_live: OpenLive) -> None:
    usual, scaled = await open_live(rate_scale=1.0), await open_live(rate_scale=10.0)
    assert (usual.ws.chat_rate.per_s, usual.ws.join_rate.burst) == (1.0, 20.0)
    assert (scaled.ws.chat_rate.per_s, scaled.ws.join_rate.burst) == (10.0, 200.0)


async def test_parts_are_those_of_the_node(open_live: OpenLive) -> None:
    live = await open_live()
    assert live.ws.node == live.node.lease.node
    assert live.ws.hub.sockets is live.node.sockets
