"""Figures of the live side, read off when somebody asks for them."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.node.node_rooms import NodeRooms
from server.ws.endpoint import Endpoint


class LiveMetrics(Collector):
    """Nothing is counted here: rooms, settler and endpoint keep their own counts."""

    def __init__(self, floor: NodeRooms, endpoint: Endpoint) -> None:
        self._floor = floor
        self._endpoint = endpoint

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        floor, settler = self._floor, self._floor.settler
        yield GaugeMetricFamily("croupier_connections", "Open WebSocket connections.", len(floor.sockets.all()))
        yield GaugeMetricFamily("croupier_players", "Signed-in players.", len(floor.sockets.users()))
        yield GaugeMetricFamily("croupier_held_cents", "Cents on hold.", floor.players.holds.total_held())
        rooms = GaugeMetricFamily("croupier_rooms", "Live rooms.", labels=["game"])
        for game in floor.games:
            rooms.add_metric([game], sum(room.game.name == game for room in floor.rooms.values()))
        yield rooms
        rounds = CounterMetricFamily("croupier_rounds", "Rounds that ended, by what became of them.", labels=["status"])
        for status, count in settler.counts.items():
            rounds.add_metric([status], count)
        yield rounds
        yield CounterMetricFamily("croupier_settle_commits", "Commits that settled rounds.", settler.commits)
        yield CounterMetricFamily("croupier_settle_seconds", "Time spent in these commits.", settler.seconds)
        yield GaugeMetricFamily("croupier_settle_trouble", "1 while commits fail.", float(settler.trouble is not None))
        closes = CounterMetricFamily("croupier_closes", "Connections closed by the server.", labels=["name"])
        for name, count in self._endpoint.closes.items():
            closes.add_metric([name], count)
        yield closes
