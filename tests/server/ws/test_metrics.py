"""The metrics of a node."""

from prometheus_client import CollectorRegistry, generate_latest

from server.ws.metrics import LiveMetrics
from tests.server.live_node import Live, OpenLive
from tests.waiting import eventually


def figures(live: Live) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(LiveMetrics(live.node, live.endpoint))
    lines = generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


async def test_the_metrics_count_connections_players_rooms_and_rounds(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann, bob = await live.player(), await live.player(room="dice")
    await live.spectator()
    await ann.bet(700)
    ok = await bob.roll(bob.snapshots[0][0])
    await bob.ended(ok["round"])
    told = figures(live)
    assert (told["croupier_connections"], told["croupier_players"]) == (3, 2)
    assert told["croupier_held_cents"] == 700
    assert told['croupier_rooms{game="crash"}'] == told['croupier_rooms{game="dice"}'] == 1
    assert told['croupier_rounds_total{status="settled"}'] == 1
    assert told["croupier_settle_commits_total"] == 1
    assert told["croupier_settle_seconds_total"] > 0
    assert told["croupier_settle_trouble"] == 0


async def test_void_rounds_are_counted_by_reason(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    await ann.bet(700)
    await live.stop()
    assert figures(live)['croupier_void_rounds_total{reason="shutdown"}'] == 1


async def test_closes_are_counted_by_name(open_live: OpenLive) -> None:
    live = await open_live(hello_timeout=0.05)
    raw = await live.raw()
    await raw.closed()
    await eventually(lambda: figures(live).get('croupier_closes_total{name="no_hello"}') == 1)
    assert figures(live)["croupier_connections"] == 0


async def test_failing_commits_show(live: Live) -> None:
    live.db.away = True
    await eventually(lambda: figures(live)["croupier_settle_trouble"] == 1)
    live.db.away = False
    await eventually(lambda: figures(live)["croupier_settle_trouble"] == 0)


def test_registering_reads_nothing_from_a_server_that_has_not_started() -> None:
    registry = CollectorRegistry()
    registry.register(LiveMetrics(None, None))  # type: ignore[arg-type]
