"""Judges what `doctor` has collected: values in, findings out, no I/O."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from msgspec import Struct

from cli.terminal import one_line, program
from server.config import PREFIX, Config

OLDEST_POSTGRESQL = 130_000
OLDEST_REDIS = (6, 2)
SAFE_SQLITE = (3, 51, 3)
"""In older versions, a checkpoint that races a commit can corrupt the file."""

SLOW_MS = 20.0
"""A bet needs several round trips, one after the other."""
CLOCK_WARN_MS, CLOCK_WRONG_MS = 250.0, 2000.0
"""Allowed clock difference: timed rounds move between nodes, and expiry times are compared with the clock."""
LOW_SPACE_BYTES, NO_SPACE_BYTES = 10**9, 10**8
CONNECTIONS_PER_NODE, OTHER_CONNECTIONS = 20, 10
SMALL_BUFFER_BYTES = 8 * 2**20
NEARLY_FULL = 0.8
MAX_NAMES = 5
MIN_PREFIX = 16
"""A public network with a shorter prefix is too large to trust as a proxy."""


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


class Finding(Struct, frozen=True):
    """``found``: the facts. ``fix``: what the operator should do; empty if nothing."""

    level: Level
    what: str
    found: str
    fix: str = ""


class Offset(Struct, frozen=True):
    """How far another clock is ahead of ours, ± ``error_ms``, which is half the round trip."""

    ms: float
    error_ms: float


class Postgres(Struct, frozen=True):
    """``version`` is the server's number, such as 150004; ``settings`` are rows of pg_settings."""

    version: int
    settings: Mapping[str, str]


class Redis(Struct, frozen=True):
    """The answers to INFO and CONFIG GET; ``config`` is empty if Redis does not permit CONFIG."""

    info: Mapping[str, str]
    config: Mapping[str, str]


class PlayerHolds(Struct, frozen=True):
    """A player's total on hold as Redis stores it, and the sum of the player's holds, which should equal it; cents."""

    user_id: int
    total: int
    sum_of_holds: int


class Inconsistencies(Struct, frozen=True):
    """States that are normal for a moment while rooms move between nodes, and wrong if they last."""

    dead_owners: frozenset[tuple[str, str]] = frozenset()
    """Room and owner, for owners that are not alive."""
    unowned: frozenset[str] = frozenset()
    """Public rooms that no node owns."""
    orphaned_holds: frozenset[str] = frozenset()
    """Rooms with stakes on hold, but without an owner."""
    orphaned_rounds: frozenset[str] = frozenset()
    """Rooms with an open round in the database, but without an owner."""
    wrong_totals: frozenset[PlayerHolds] = frozenset()
    newer_wallets: frozenset[int] = frozenset()
    """The users whose wallets in Redis are ahead of the ledger."""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)

    def __and__(self, other: "Inconsistencies") -> "Inconsistencies":
        return Inconsistencies(**{name: getattr(self, name) & getattr(other, name) for name in self.__struct_fields__})


class SharedState(Struct, frozen=True):
    """What the nodes share in Redis and the database.

    ``owners``: room → node; ``public``: rooms that should always have an owner; ``staked``: rooms with stakes on hold;
    ``open_rounds``: rooms with an open round in the database; ``newer_wallets``: users whose wallets in Redis are ahead
    of the ledger.
    """

    nodes: Collection[str]
    owners: Mapping[str, str]
    public: Collection[str]
    staked: Collection[str]
    player_holds: Collection[PlayerHolds]
    open_rounds: Collection[str]
    newer_wallets: Collection[int] = ()

    def inconsistencies(self) -> Inconsistencies:
        return Inconsistencies(
            dead_owners=frozenset((room, node) for room, node in self.owners.items() if node not in self.nodes),
            unowned=frozenset(set(self.public) - set(self.owners)),
            orphaned_holds=frozenset(set(self.staked) - set(self.owners)),
            orphaned_rounds=frozenset(set(self.open_rounds) - set(self.owners)),
            wrong_totals=frozenset(each for each in self.player_holds if each.total != each.sum_of_holds),
            newer_wallets=frozenset(self.newer_wallets),
        )


def report(groups: Mapping[str, Iterable[Finding]]) -> tuple[str, bool]:
    """The findings as aligned lines, and whether one of them is wrong."""
    found = {group: list(findings) for group, findings in groups.items()}
    everything = [finding for findings in found.values() for finding in findings]
    width = max((len(finding.what) for finding in everything), default=0)
    lines = []
    for group, findings in found.items():
        lines.append(group)
        for finding in findings:
            lines.append(f"  {finding.level:5}  {finding.what.ljust(width)}  {one_line(finding.found)}")
            if finding.fix:
                lines.append(f"  {'':5}  {'':{width}}  → {finding.fix}")
    wrong = sum(finding.level is Level.WRONG for finding in everything)
    warnings = sum(finding.level is Level.WARN for finding in everything)
    summary = [f"{wrong} wrong"] if wrong else []
    summary += [_count(warnings, "warning")] if warnings else []
    return "\n".join([*lines, "", ", ".join(summary) or "Everything is fine."]), wrong > 0


# ---- this machine ----


def packages(wanted: Mapping[str, str], installed: Mapping[str, str | None], python: str) -> Finding:
    """``wanted``: the versions that requirements.txt pins. ``installed``: those found; None if a package is missing."""
    missing = [name for name in wanted if installed.get(name) is None]
    others = [f"{name} {installed[name]}" for name in wanted if installed.get(name) not in (None, wanted[name])]
    if not missing and not others:
        return Finding(Level.OK, "packages", f"{len(wanted)} with the versions of requirements.txt, on Python {python}")
    found = [f"{_named(missing)} missing"] if missing else []
    found += [f"not as in requirements.txt: {_named(others)}"] if others else []
    level = Level.WRONG if missing else Level.WARN
    return Finding(level=level, what="packages", found=", ".join(found), fix="pip install -r requirements.txt")


def parsers(*, compiled: bool) -> Finding:
    if compiled:
        return Finding(Level.OK, "HTTP parsers", "compiled")
    fix = "reinstall aiohttp from a wheel, or with a C compiler"
    return Finding(level=Level.WARN, what="HTTP parsers", found="not compiled, so HTTP is slow", fix=fix)


def folder(path: str, refused: str | None, free: int) -> Finding:
    """``refused``: why the folder is not writable, None if it is. ``free``: bytes."""
    if refused is not None:
        fix = f"make it writable for the user that runs the server, or set {PREFIX}VAR to another folder"
        return Finding(level=Level.WRONG, what="state folder", found=f"{path}: {refused}", fix=fix)
    found = f"{path}, {free / 10**9:.1f} GB free"
    if free < LOW_SPACE_BYTES:
        level = Level.WRONG if free < NO_SPACE_BYTES else Level.WARN
        return Finding(level=level, what="state folder", found=found, fix="free space on this disk")
    return Finding(Level.OK, "state folder", found)


# ---- settings ----


def settings(config: Config) -> list[Finding]:
    """Settings with which the server starts, but which contradict each other or are unsafe."""
    complaints = [*_addresses(config), *_proxies(config), *_in_production(config)]
    return complaints or [Finding(Level.OK, "consistency", "no contradictions")]


def _addresses(config: Config) -> Iterator[Finding]:
    if not config.public_url and not _is_loopback(config.host):
        found = f"empty, so mails link to {config.origin()}, and browsers can only play from that address"
        yield Finding(
            level=Level.WRONG,
            what="PUBLIC_URL",
            found=found,
            fix=f"set {PREFIX}PUBLIC_URL to the address that players use",
        )
    public = urlsplit(config.public_url)
    if public.scheme == "http" and not _is_loopback(public.hostname or ""):
        fix = "put a proxy with TLS in front, and use its https:// address"
        yield Finding(
            level=Level.WARN, what="PUBLIC_URL", found=f"{config.public_url}: passwords travel unencrypted", fix=fix
        )


def _proxies(config: Config) -> Iterator[Finding]:
    for proxy in config.trusted_proxies:
        network = ip_network(proxy, strict=False)
        if network.prefixlen < MIN_PREFIX and not network.is_private:
            found = f"{proxy}: every client in this network can fake its address"
            yield Finding(
                level=Level.WRONG, what="TRUSTED_PROXIES", found=found, fix="use the address of the proxy alone"
            )
    if _is_behind_a_proxy(config) and not config.trusted_proxies:
        found = "empty, but PUBLIC_URL points to a proxy: all players count as one address"
        fix = f"set {PREFIX}TRUSTED_PROXIES to the proxy's address as the server sees it"
        yield Finding(level=Level.WARN, what="TRUSTED_PROXIES", found=found, fix=fix)


def _is_behind_a_proxy(config: Config) -> bool:
    public = urlsplit(config.public_url)
    return public.scheme == "https" or (public.scheme == "http" and (public.port or 80) != config.port)


def _in_production(config: Config) -> Iterator[Finding]:
    """Checks for servers with players from elsewhere, not for a first try on one machine."""
    if not config.public_url and not config.redis_url:
        return
    if not config.mail_url:
        found = "empty, so mails become files in the state folder and reach nobody"
        yield Finding(level=Level.WARN, what="MAIL_URL", found=found, fix=f"set {PREFIX}MAIL_URL to smtp://…")
    checks = (
        (config.demo, "DEMO", "on: anyone can sign in as the demo player"),
        (
            config.bcrypt_cost < 10,
            "BCRYPT_COST",
            f"{config.bcrypt_cost}: passwords in a stolen backup are cheap to crack",
        ),
        (config.rate_scale > 10, "RATE_SCALE", f"{config.rate_scale:g}: the limits barely slow down password guessing"),
    )
    for wrong, name, found in checks:
        if wrong:
            yield Finding(level=Level.WARN, what=name, found=found, fix=f"remove {PREFIX}{name} to get the default")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# ---- database and Redis ----


def unreachable(what: str, why: str, fix: str) -> Finding:
    return Finding(level=Level.WRONG, what=what, found=why, fix=fix)


def round_trip(ms: float) -> Finding:
    found = f"{ms:.1f} ms"
    if ms > SLOW_MS:
        fix = "every bet waits for several round trips: move it closer to the nodes, or reduce its load"
        return Finding(level=Level.WARN, what="round trip", found=found, fix=fix)
    return Finding(Level.OK, "round trip", found)


def clock(offset: Offset) -> Finding:
    """Only the part of the difference that the round trip can't explain counts."""
    sure = abs(offset.ms) - offset.error_ms
    if sure <= CLOCK_WARN_MS:
        return Finding(Level.OK, "clock", f"{abs(offset.ms):.0f} ms from this machine's")
    found = f"{abs(offset.ms) / 1000:.1f} s {'ahead of' if offset.ms > 0 else 'behind'} this machine's"
    level = Level.WRONG if sure > CLOCK_WRONG_MS else Level.WARN
    return Finding(
        level=level, what="clock", found=found, fix="synchronise both clocks with NTP (check with timedatectl)"
    )


def migrations(current: str | None, head: str, *, is_known: bool) -> Finding:
    if current == head:
        return Finding(Level.OK, "migrations", f"up to date at {head}")
    if current is None:
        return Finding(level=Level.WRONG, what="migrations", found="the database is empty", fix=f"{program()} migrate")
    if not is_known:
        fix = "install that version of Croupier, or restore a backup from before it"
        return Finding(
            level=Level.WRONG,
            what="migrations",
            found=f"at {current}, which only a newer version of Croupier knows",
            fix=fix,
        )
    return Finding(
        level=Level.WRONG,
        what="migrations",
        found=f"at {current}, older than {head}",
        fix=f"stop all nodes and run `{program()} migrate`",
    )


def sqlite(module: str, version: tuple[int, ...]) -> Finding:
    """``module``: the Python module through which the server uses SQLite, which has that version."""
    name = f"SQLite {'.'.join(map(str, version))} of the Python module {module}"
    if version >= SAFE_SQLITE:
        return Finding(Level.OK, "version", name)
    safe = ".".join(map(str, SAFE_SQLITE))
    found = f"{name}: before {safe}, two programs that write at once can corrupt the file"
    fix = f"use no program but {program()} on the file while the server runs; `{program()} backup` makes safe copies"
    return Finding(level=Level.WARN, what="version", found=found, fix=fix)


def postgres(facts: Postgres, nodes: int) -> list[Finding]:
    """``nodes``: the number of nodes that need connections."""
    return [_postgres_version(facts.version), *_durability(facts.settings), *_connections(facts.settings, nodes)]


def _postgres_version(version: int) -> Finding:
    found = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    if version < OLDEST_POSTGRESQL:
        return Finding(
            level=Level.WRONG, what="version", found=found, fix=f"update to {OLDEST_POSTGRESQL // 10_000} or newer"
        )
    return Finding(Level.OK, "version", found)


def _durability(given: Mapping[str, str]) -> Iterator[Finding]:
    checks = (
        ("synchronous_commit", Level.WRONG, "players may see a result that is then lost"),
        ("fsync", Level.WRONG, "a power cut can destroy the database"),
        (
            "full_page_writes",
            Level.WARN,
            "a power cut can corrupt pages, unless the file system writes them atomically",
        ),
    )
    off = [(name, level, why) for name, level, why in checks if given.get(name) == "off"]
    for name, level, why in off:
        yield Finding(
            level=level, what=name, found=f"off: {why}", fix=f"set {name} = on in postgresql.conf and reload PostgreSQL"
        )
    if not off:
        yield Finding(Level.OK, "commits", "durable: synchronous_commit, fsync and full_page_writes are on")


def _connections(given: Mapping[str, str], nodes: int) -> Iterator[Finding]:
    most = int(given["max_connections"])
    needed = CONNECTIONS_PER_NODE * nodes + OTHER_CONNECTIONS
    found = f"at most {most}; {_count(nodes, 'node')} and other programs need {needed}"
    if most < needed:
        yield Finding(
            level=Level.WRONG,
            what="connections",
            found=found,
            fix=f"set max_connections = {needed} in postgresql.conf and restart PostgreSQL",
        )
    else:
        yield Finding(Level.OK, "connections", found)
    if nodes > 1 and given.get("idle_in_transaction_session_timeout") == "0":
        found = "no limit: when a node's machine dies, its transactions keep wallets locked until TCP gives up"
        fix = "set idle_in_transaction_session_timeout = 30s, as in deploy/postgresql.conf"
        yield Finding(level=Level.WARN, what="idle transactions", found=found, fix=fix)


def redis(facts: Redis) -> list[Finding]:
    return [*_redis_version(facts.info), *_memory(facts), *_persistence(facts), *_connections_kept(facts.config)]


def _redis_version(info: Mapping[str, str]) -> Iterator[Finding]:
    name = info["redis_version"]
    oldest = ".".join(map(str, OLDEST_REDIS))
    if tuple(int(part) for part in name.split(".")[:2]) < OLDEST_REDIS:
        yield Finding(level=Level.WRONG, what="version", found=f"Redis {name}", fix=f"update to {oldest} or newer")
    else:
        yield Finding(Level.OK, "version", f"Redis {name}")
    if info.get("role", "master") != "master":
        found = "a replica, which refuses writes"
        yield Finding(level=Level.WRONG, what="role", found=found, fix=f"set {PREFIX}REDIS_URL to the primary")
    if info.get("redis_mode") == "cluster":
        found = "a Redis cluster, where scripts can't use keys of several slots"
        yield Finding(level=Level.WRONG, what="role", found=found, fix="use a dedicated Redis without cluster mode")


def _memory(facts: Redis) -> Iterator[Finding]:
    policy = facts.config.get("maxmemory-policy") or facts.info.get("maxmemory_policy", "")
    if policy != "noeviction":
        found = f"{policy}: a full Redis would evict leases and stakes on hold"
        fix = "maxmemory-policy noeviction in redis.conf, then CONFIG SET maxmemory-policy noeviction"
        yield Finding(level=Level.WRONG, what="full memory", found=found, fix=fix)
        return
    used, most = int(facts.info.get("used_memory", 0)), int(facts.info.get("maxmemory", 0))
    if most and used > NEARLY_FULL * most:
        found = f"{used / 2**20:.0f} of {most / 2**20:.0f} MiB used: rooms pause when it is full"
        yield Finding(level=Level.WARN, what="full memory", found=found, fix="raise maxmemory")
    else:
        bound = f"{used / 2**20:.0f} of {most / 2**20:.0f} MiB used" if most else "maxmemory is not set"
        yield Finding(Level.OK, "full memory", f"noeviction, {bound}")


def _persistence(facts: Redis) -> Iterator[Finding]:
    info, config = facts.info, facts.config
    fix = "appendonly yes and appendfsync everysec in redis.conf, then CONFIG SET appendonly yes"
    if info.get("aof_enabled") == "1":
        if info.get("aof_last_write_status", "ok") != "ok":
            yield Finding(
                level=Level.WRONG,
                what="persistence",
                found="Redis can't write its append-only file",
                fix="read the log of Redis; the disk may be full",
            )
        elif config.get("appendfsync") == "no":
            found = "appendonly, but with appendfsync no, so a power cut can lose half a minute"
            yield Finding(level=Level.WARN, what="persistence", found=found, fix="appendfsync everysec")
        else:
            yield Finding(Level.OK, "persistence", f"appendonly, appendfsync {config.get('appendfsync', 'unknown')}")
    elif config.get("save"):
        found = f"snapshots only (save {config['save']}): a restart voids live rounds and loses bets made since then"
        yield Finding(level=Level.WARN, what="persistence", found=found, fix=fix)
    elif config:
        found = "none: a restart of Redis voids every live round"
        yield Finding(level=Level.WRONG, what="persistence", found=found, fix=fix)
    else:
        yield Finding(
            level=Level.WARN,
            what="persistence",
            found="no appendonly, and Redis does not tell about snapshots",
            fix=fix,
        )


def _connections_kept(config: Mapping[str, str]) -> Iterator[Finding]:
    if not config:
        found = "Redis does not permit CONFIG GET, so buffers and timeouts are not checked"
        yield Finding(
            level=Level.WARN, what="settings", found=found, fix="compare them with deploy/redis.conf yourself"
        )
        return
    complaints = [*_buffers(config.get("client-output-buffer-limit", "")), *_timeout(config.get("timeout", "0"))]
    yield from complaints or [Finding(Level.OK, "connections", "stay open, and close when a node stops reading")]


def _buffers(limits: str) -> Iterator[Finding]:
    """``limits``: for each class of clients its name, hard limit, soft limit (bytes) and seconds, in one line."""
    _, _, pubsub = limits.partition("pubsub ")
    hard = int(pubsub.split()[0]) if pubsub else 0
    fix = "client-output-buffer-limit pubsub 64mb 16mb 30, as in deploy/redis.conf"
    if hard == 0:
        yield Finding(
            level=Level.WARN, what="pubsub buffer", found="no limit: a node that hangs can fill the memory", fix=fix
        )
    elif hard < SMALL_BUFFER_BYTES:
        yield Finding(
            level=Level.WARN, what="pubsub buffer", found=f"{hard} bytes: a short burst disconnects nodes", fix=fix
        )


def _timeout(seconds: str) -> Iterator[Finding]:
    if seconds != "0":
        yield Finding(
            level=Level.WARN, what="timeout", found=f"{seconds} s: Redis disconnects idle nodes", fix="timeout 0"
        )


# ---- what nodes share ----


def cluster(nodes: Collection[str], owners: Mapping[str, str], lasting: Inconsistencies) -> list[Finding]:
    """``lasting``: inconsistencies that lasted longer than rooms take to move between nodes."""
    findings = [_alive(nodes, owners), *_rooms(lasting if nodes else Inconsistencies()), *_money(lasting)]
    if nodes and not lasting:
        findings.append(Finding(Level.OK, "rooms", f"{_count(len(owners), 'room')}, each owned by a live node"))
    return findings


def _alive(nodes: Collection[str], owners: Mapping[str, str]) -> Finding:
    if not nodes:
        waiting = f"; {_count(len(owners), 'room')} waiting for one" if owners else ""
        return Finding(
            level=Level.WRONG,
            what="nodes",
            found=f"none is alive{waiting}",
            fix="start a node: systemctl start croupier@8081",
        )
    shares = [f"{node} ({_count(sum(owner == node for owner in owners.values()), 'room')})" for node in sorted(nodes)]
    return Finding(Level.OK, "nodes", f"{len(nodes)} alive: {_named(shares)}")


def _rooms(lasting: Inconsistencies) -> Iterator[Finding]:
    fix = "nodes should take over such rooms within seconds: read their logs, and restart one"
    if lasting.dead_owners:
        rooms = [f"{room} ({node})" for room, node in sorted(lasting.dead_owners)]
        found = f"{_count(len(rooms), 'room')} leased to dead nodes: {_named(rooms)}"
        yield Finding(level=Level.WRONG, what="dead owners", found=found, fix=fix)
    if lasting.unowned:
        yield Finding(
            level=Level.WRONG,
            what="no owner",
            found=f"public rooms without an owner: {_named(sorted(lasting.unowned))}",
            fix=fix,
        )
    if lasting.orphaned_rounds:
        found = f"open rounds in rooms without an owner: {_named(sorted(lasting.orphaned_rounds))}"
        fix = "the nodes void them within two minutes: run this again then"
        yield Finding(level=Level.WARN, what="orphaned rounds", found=found, fix=fix)


def _money(lasting: Inconsistencies) -> Iterator[Finding]:
    fix = "stop all nodes, run FLUSHDB on this Redis database, and start them; wallets stay as they are"
    if lasting.orphaned_holds:
        found = f"stakes on hold in rooms without an owner: {_named(sorted(lasting.orphaned_holds))}"
        yield Finding(level=Level.WRONG, what="orphaned holds", found=found, fix=fix)
    if lasting.wrong_totals:
        totals = [
            f"user {each.user_id} has {each.total} instead of {each.sum_of_holds}"
            for each in sorted(lasting.wrong_totals, key=lambda each: each.user_id)
        ]
        found = f"the total on hold is not the sum of the holds (cents): {_named(totals)}"
        yield Finding(level=Level.WRONG, what="holds", found=found, fix=fix)
    if lasting.newer_wallets:
        users = _named([f"user {user_id}" for user_id in sorted(lasting.newer_wallets)])
        found = f"Redis has newer wallets than the ledger, as after a restore of the database: {users}"
        fix = "nodes show the ledger's wallets when they start: if this stays, restart them"
        yield Finding(level=Level.WARN, what="wallets", found=found, fix=fix)


def _named(names: Collection[str]) -> str:
    first = list(names)[:MAX_NAMES]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
