"""The benchmarks of two nodes measure both, and each figure has its own name."""

import pytest

from benchmarks import nodes, takeover

pytestmark = pytest.mark.nightly


def test_frames_reach_watchers_on_the_node_that_does_not_own_the_room() -> None:
    [bursts] = nodes.watch(turns=1, watchers=3)
    assert min(burst["msgs"] for burst in bursts.values()) > 0
    names = [figure.what for figure in nodes.figures_of_watching([bursts])]
    assert len(set(names)) == len(names)


def test_rounds_are_settled_on_one_node_and_on_two() -> None:
    """``settle`` checks the books of each set-up."""
    found = nodes.settle(turns=1, bettors=4)
    assert all(burst["msgs_per_s"] > 0 for bursts in found.values() for burst in bursts)
    assert len(nodes.figures_of_settling(found)) == 4 * 3 + 2


def test_the_other_node_takes_over_from_the_one_that_is_killed() -> None:
    found = takeover.measure(kills=2)
    assert len(found) == 2
    assert 0 < min(found) <= max(found) < takeover.ANSWER_S
