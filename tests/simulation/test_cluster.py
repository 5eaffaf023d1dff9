"""Two nodes serve one floor: whatever a client does at the node without the room is as at the node that has it."""

from tests.simulation.cluster import Cluster


async def test_frames_are_the_same_at_both_nodes(cluster: Cluster) -> None:
    owner, other = await cluster.owner(), await cluster.other()
    near, far = await cluster.spectator(owner), await cluster.spectator(other)
    player = await cluster.player(other)
    round_ = await player.betting()
    await player.bet()
    await player.ended(round_)
    last = max(player.frames)
    await near.until(lambda: last in near.frames or None)
    await far.until(lambda: last in far.frames or None)
    shared = near.frames.keys() & far.frames.keys() & player.frames.keys()
    assert len(shared) > 5
    assert all(near.frames[key] == far.frames[key] == player.frames[key] for key in shared)
    assert await cluster.audit() == []
