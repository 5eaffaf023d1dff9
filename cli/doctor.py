"""The command `doctor`: collects the facts of a running set-up and prints what is wrong and how to fix it."""

import argparse
import asyncio
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import http_parser
from redis.exceptions import ResponseError
from sqlalchemy import text

from cli import diagnosis
from cli.connect import database_url, require_database
from cli.diagnosis import Finding, Offset, PlayerHolds, SharedState
from cli.settings import masked
from cli.terminal import CommandError, program
from game_engine.games import GAMES
from server.backends.choose import make_link
from server.backends.holds import was_set_back
from server.backends.holds_redis import recorded_holds, recorded_wallets, rooms_with_stakes
from server.backends.lease_redis import RedisLease, recorded_owners
from server.backends.redis_link import RedisLink
from server.config import PREFIX, Config
from server.errors import UnreachableError
from server.node.game_options import offered
from server.node.room_keys import public_rooms
from storage import migrate, open_rounds, sqlite
from storage.database import normalise, open_store
from storage.errors import DatabaseUnavailableError
from storage.settlement import WalletChange
from storage.store import Store

REQUIREMENTS = (Path(__file__).with_name("requirements.txt"), Path(__file__).parents[1] / "requirements.txt")
"""Where the pinned packages are listed: in an installed croupier, and in a checkout."""
PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+) \\$", re.MULTILINE)
"""A pinned package and its version. Packages that only some Python versions need have a condition and don't match."""
ROUND_TRIPS = 5
PATIENCE_S = 6.0
"""A room whose node died gets a new owner within five seconds."""
POLL_S = 0.5
POSTGRES_SETTINGS = (
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "max_connections",
    "idle_in_transaction_session_timeout",
)
REDIS_SETTINGS = ("maxmemory-policy", "appendfsync", "save", "timeout", "client-output-buffer-limit")
MIN_CLUSTER_NODES = 2

Groups = dict[str, list[Finding]]


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check the set-up and print how to fix it; exits 1 when something is wrong",
        description="Check versions, settings, the database, Redis, clocks and the rooms of a cluster; change nothing. "
        "When rooms look wrong, checks them again for a few seconds, because they may just be moving between nodes.",
    )
    parser.set_defaults(run=run)


async def run(_args: argparse.Namespace, config: Config) -> int:
    url = database_url(config)
    groups: Groups = {"This machine": _machine(config), "Settings": diagnosis.settings(config)}
    if not config.redis_url:
        await _examine(groups, config, url, None)
    else:
        link = make_link(config)
        try:
            await _examine(groups, config, url, link)
        finally:
            await link.close()
    report, is_wrong = diagnosis.report(groups)
    print(report)
    return 1 if is_wrong else 0


async def _examine(groups: Groups, config: Config, url: str, link: RedisLink | None) -> None:
    """Add the findings about the database, Redis, and the state that nodes share in both."""
    public = public_rooms(offered(GAMES, config).values())
    nodes = MIN_CLUSTER_NODES if link is not None else 1
    redis: list[Finding] = []
    if link is not None:
        try:
            nodes = max(nodes, len(await _lease(link).nodes()))
            redis = await _redis(link)
        except UnreachableError as error:
            fix = f"start Redis, or correct {PREFIX}REDIS_URL"
            redis, link = [diagnosis.unreachable("connection", error.what, fix)], None
    db: Store | None = None
    try:
        groups[f"Database at {masked(url)}"], db = await _database(url, nodes)
        if redis:
            groups[f"Redis at {masked(config.redis_url)}"] = redis
        if db is not None and link is not None:
            groups["Nodes and rooms"] = await _cluster(link, db, public)
    except UnreachableError as error:
        groups["Nodes and rooms"] = [diagnosis.unreachable("state", error.what, "run this again when Redis answers")]
    except DatabaseUnavailableError as error:
        groups["Nodes and rooms"] = [
            diagnosis.unreachable("state", masked(str(error)), "run this again when the database answers")
        ]
    finally:
        if db is not None:
            await db.close()


# ---- this machine ----


def _machine(config: Config) -> list[Finding]:
    requirements = next(path for path in REQUIREMENTS if path.exists())
    wanted = dict(PINNED.findall(requirements.read_text()))
    installed = {name: _version(name) for name in wanted}
    compiled = http_parser.HttpRequestParser is not http_parser.HttpRequestParserPy
    return [
        diagnosis.packages(wanted, installed, platform.python_version()),
        diagnosis.parsers(compiled=compiled),
        _folder(Path(config.var)),
    ]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _folder(path: Path) -> Finding:
    try:
        existing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
        free = shutil.disk_usage(existing).free
        with tempfile.TemporaryFile(dir=existing):
            return diagnosis.folder(str(path), None, free)
    except OSError as error:
        return diagnosis.folder(str(path), error.strerror or str(error), 0)


# ---- the database ----


async def _database(url: str, nodes: int) -> tuple[list[Finding], Store | None]:
    """The findings, and the open database if its schema is up to date."""
    is_sqlite = normalise(url).get_backend_name() == "sqlite"
    found = [diagnosis.sqlite(*sqlite.library())] if is_sqlite else []
    try:
        require_database(url)
        db = await open_store(url, is_server=False)
    except CommandError as error:
        return [*found, diagnosis.unreachable("connection", str(error), f"{program()} migrate, or another URL")], None
    except DatabaseUnavailableError as error:
        fix = "make its file and folder writable" if is_sqlite else f"start PostgreSQL, or correct {PREFIX}DATABASE_URL"
        return [*found, diagnosis.unreachable("connection", masked(str(error)), fix)], None
    try:
        if not is_sqlite:
            found += await _postgres(db, nodes)
        current = await migrate.current(url)
        is_known = current is None or migrate.is_known(current)
        found.append(diagnosis.migrations(current, migrate.head(), is_known=is_known))
    except BaseException:
        await db.close()
        raise
    if current != migrate.head():
        await db.close()
        return found, None
    return found, db


async def _postgres(db: Store, nodes: int) -> list[Finding]:
    async with db.read() as session:

        async def milliseconds() -> float:
            return float(await session.scalar(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")) or 0)

        trip, offset = await _timed(milliseconds)
        asked = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
        rows = await session.execute(asked, {"names": [*POSTGRES_SETTINGS, "server_version_num"]})
        given = {row.name: row.setting for row in rows}
    facts = diagnosis.Postgres(int(given.pop("server_version_num")), given)
    return [*diagnosis.postgres(facts, nodes), diagnosis.round_trip(trip), diagnosis.clock(offset)]


async def _timed(read_clock_ms: Callable[[], Awaitable[float]]) -> tuple[float, Offset]:
    """The median round trip to another clock, in ms, and the clock's offset as the fastest round trip shows it."""
    trips = []
    for _ in range(ROUND_TRIPS):
        asked, began = time.time() * 1000, time.perf_counter()
        theirs = await read_clock_ms()
        trip = (time.perf_counter() - began) * 1000
        trips.append((trip, Offset(theirs - asked - trip / 2, trip / 2)))
    _, offset = min(trips, key=lambda each: each[0])
    return median(trip for trip, _ in trips), offset


# ---- Redis ----


async def _redis(link: RedisLink) -> list[Finding]:
    async def milliseconds() -> float:
        seconds, microseconds = await link.call("TIME")
        return int(seconds) * 1000 + int(microseconds) / 1000

    trip, offset = await _timed(milliseconds)
    facts = diagnosis.Redis(await _info(link), await _config(link))
    return [*diagnosis.redis(facts), diagnosis.round_trip(trip), diagnosis.clock(offset)]


async def _info(link: RedisLink) -> dict[str, str]:
    lines = (await link.call("INFO")).decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


async def _config(link: RedisLink) -> dict[str, str]:
    """Empty if Redis does not permit CONFIG."""
    found: dict[str, str] = {}
    try:
        for name in REDIS_SETTINGS:
            answer = [part.decode() for part in await link.call("CONFIG", "GET", name)]
            found |= dict(zip(answer[::2], answer[1::2], strict=True))
    except ResponseError:
        return {}
    return found


# ---- nodes and rooms ----


async def _cluster(link: RedisLink, db: Store, public: list[str]) -> list[Finding]:
    """Report only inconsistencies that last longer than rooms need to move between nodes."""
    state = await _shared_state(link, db, public)
    lasting, deadline = state.inconsistencies(), time.monotonic() + PATIENCE_S
    while lasting and state.nodes and time.monotonic() < deadline:
        await asyncio.sleep(POLL_S)
        state = await _shared_state(link, db, public)
        lasting &= state.inconsistencies()
    return diagnosis.cluster(state.nodes, state.owners, lasting)


async def _shared_state(link: RedisLink, db: Store, public: list[str]) -> SharedState:
    nodes, owners = await _lease(link).nodes(), await recorded_owners(link)
    players, staked = await recorded_holds(link), await rooms_with_stakes(link)
    return SharedState(
        nodes=nodes,
        owners=owners,
        public=public,
        staked=staked | {hold.room for player in players for hold in player.holds},
        player_holds=[
            PlayerHolds(each.user_id, each.held, sum(hold.amount for hold in each.holds)) for each in players
        ],
        open_rounds=await open_rounds.rooms_left_open(db),
        newer_wallets=await _newer_wallets(link, db),
    )


async def _newer_wallets(link: RedisLink, db: Store) -> set[int]:
    seen = {wallet.user_id: wallet for wallet in await recorded_wallets(link)}
    rows = await db.load_players(list(seen))
    ledger = {row.user_id: WalletChange(row.user_id, row.balance, row.version) for row in rows.values()}
    return {user_id for user_id, wallet in ledger.items() if was_set_back(seen[user_id], wallet)}


def _lease(link: RedisLink) -> RedisLease:
    """A lease that is never acquired; it only reads who holds which room."""
    return RedisLease(link, f"doctor-{os.getpid()}")
