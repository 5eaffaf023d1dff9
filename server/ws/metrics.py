"""Metrics of the node and its WebSocket connections, read when Prometheus asks for them."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.node.node import Node
from server.ws.endpoint import Endpoint


class LiveMetrics(Collector):
    """Collects the counts of rooms, the settlement queue and the endpoint."""

    def __init__(self, node: Node, endpoint: Endpoint) -> None:
        self._node = node
        self._endpoint = endpoint

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        node, settlements = self._node, self._node.settlements
        yield GaugeMetricFamily("croupier_connections", "Open WebSocket connections.", len(node.sockets.all()))
        yield GaugeMetricFamily("croupier_players", "Signed-in players.", len(node.sockets.users()))
        yield GaugeMetricFamily("croupier_held_cents", "Cents on hold.", node.holds.total_held())
        rooms = GaugeMetricFamily("croupier_rooms", "Live rooms.", labels=["game"])
        for game in node.games:
            rooms.add_metric([game], sum(room.game.name == game for room in node.owned_rooms.values()))
        yield rooms
        rounds = CounterMetricFamily("croupier_rounds", "Rounds that ended, by status.", labels=["status"])
        for status, count in settlements.counts.items():
            rounds.add_metric([status], count)
        yield rounds
        void = CounterMetricFamily("croupier_void_rounds", "Rounds that became void, by reason.", labels=["reason"])
        for reason, count in node.void_counts.items():
            void.add_metric([reason], count)
        yield void
        yield CounterMetricFamily("croupier_settle_commits", "Commits that settled rounds.", settlements.commits)
        yield CounterMetricFamily("croupier_settle_seconds", "Time spent in these commits.", settlements.seconds)
        yield GaugeMetricFamily(
            "croupier_settle_trouble", "1 while commits fail.", float(settlements.trouble is not None)
        )
        closes = CounterMetricFamily("croupier_closes", "Connections closed by the server.", labels=["name"])
        for name, count in self._endpoint.closes.items():
            closes.add_metric([name], count)
        yield closes
