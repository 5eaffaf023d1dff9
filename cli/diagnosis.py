"""What is to be said of a set-up: values in, findings out. Nothing here asks anybody."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from msgspec import Struct

from cli.terminal import one_line
from server.config import PREFIX, Config

OLDEST_POSTGRESQL = 130_000
OLDEST_REDIS = (6, 2)
SOUND_SQLITE = (3, 51, 3)
"""Below it a checkpoint that races a commit can corrupt the file."""

SLOW_MS = 20.0
"""A bet makes some round trips, one after the other."""
CLOCK_WARN_MS, CLOCK_WRONG_MS = 250.0, 2000.0
"""How far clocks may be apart: rounds that depend on time move between nodes, tokens and their ends are compared."""
LITTLE_SPACE, NO_SPACE = 10**9, 10**8
CONNECTIONS_A_NODE, CONNECTIONS_BESIDE = 20, 10
SMALL_BUFFER = 8 * 2**20
FULL = 0.8
NAMED_AT_MOST = 5
FROM_ANYWHERE = 16
"""A network of fewer bits is no proxy's."""


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


class Finding(Struct, frozen=True):
    """``mend``: what to do; empty when all is well."""

    level: Level
    what: str
    found: str
    mend: str = ""


class Offset(Struct, frozen=True):
    """How far another clock is ahead, give or take ``error_ms``: half the way there and back."""

    ms: float
    error_ms: float


class Postgres(Struct, frozen=True):
    """``version`` as the server numbers it (150004); ``settings`` as pg_settings has them."""

    version: int
    settings: Mapping[str, str]


class Redis(Struct, frozen=True):
    """What INFO and CONFIG GET say; ``config`` is empty where that is not allowed."""

    info: Mapping[str, str]
    config: Mapping[str, str]


class Purse(Struct, frozen=True):
    """A player's sum of what is on hold, as Redis keeps it, and the holds it should be the sum of, in cents."""

    user_id: int
    held: int
    holds: int


class Oddities(Struct, frozen=True):
    """What may be so for a moment while rooms change hands, and is wrong when it lasts."""

    orphans: frozenset[tuple[str, str]] = frozenset()
    """Room and owner, where the owner is not alive."""
    unowned: frozenset[str] = frozenset()
    """Public rooms that no node owns."""
    loose_holds: frozenset[str] = frozenset()
    """Rooms that nobody owns and in which stakes are on hold."""
    loose_rounds: frozenset[str] = frozenset()
    """Rooms that nobody owns and that have a round open in the database."""
    wrong_purses: frozenset[Purse] = frozenset()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)

    def __and__(self, other: "Oddities") -> "Oddities":
        return Oddities(*(getattr(self, name) & getattr(other, name) for name in self.__struct_fields__))


class Record(Struct, frozen=True):
    """What nodes share. ``owners``: room → node; ``staked``: the rooms with holds; ``open_rounds``: those with a round
    that is open in the database; ``public``: those that should always have an owner."""

    nodes: Collection[str]
    owners: Mapping[str, str]
    public: Collection[str]
    staked: Collection[str]
    purses: Collection[Purse]
    open_rounds: Collection[str]

    def oddities(self) -> Oddities:
        return Oddities(
            orphans=frozenset((room, node) for room, node in self.owners.items() if node not in self.nodes),
            unowned=frozenset(set(self.public) - set(self.owners)),
            loose_holds=frozenset(set(self.staked) - set(self.owners)),
            loose_rounds=frozenset(set(self.open_rounds) - set(self.owners)),
            wrong_purses=frozenset(purse for purse in self.purses if purse.held != purse.holds),
        )


def report(groups: Mapping[str, Iterable[Finding]]) -> tuple[str, bool]:
    """The findings as lines, aligned, and whether one of them is wrong."""
    found = {group: list(findings) for group, findings in groups.items()}
    everything = [finding for findings in found.values() for finding in findings]
    width = max((len(finding.what) for finding in everything), default=0)
    lines = []
    for group, findings in found.items():
        lines.append(group)
        for finding in findings:
            lines.append(f"  {finding.level:5}  {finding.what.ljust(width)}  {one_line(finding.found)}")
            if finding.mend:
                lines.append(f"  {'':5}  {'':{width}}  → {finding.mend}")
    wrong = sum(finding.level is Level.WRONG for finding in everything)
    warnings = sum(finding.level is Level.WARN for finding in everything)
    says = [f"{wrong} wrong"] if wrong else []
    says += [f"{warnings} to look at"] if warnings else []
    return "\n".join([*lines, "", ", ".join(says) or "All is well."]), wrong > 0


# ---- this machine ----


def packages(wanted: Mapping[str, str], installed: Mapping[str, str | None], python: str) -> Finding:
    """Name → version, as requirements.txt pins them and as they are (None: not there)."""
    missing = [name for name in wanted if installed.get(name) is None]
    others = [f"{name} {installed[name]}" for name in wanted if installed.get(name) not in (None, wanted[name])]
    if not missing and not others:
        return Finding(Level.OK, "packages", f"{len(wanted)} as in requirements.txt, on Python {python}")
    found = [f"{_named(missing)} missing"] if missing else []
    found += [f"{_named(others)} not as pinned"] if others else []
    level = Level.WRONG if missing else Level.WARN
    return Finding(level, "packages", ", ".join(found), "pip install -r requirements.txt")


def parsers(*, compiled: bool) -> Finding:
    if compiled:
        return Finding(Level.OK, "HTTP parsers", "compiled")
    mend = "install aiohttp from its wheel, or with a C compiler"
    return Finding(Level.WARN, "HTTP parsers", "not compiled: slower than need be", mend)


def folder(path: str, refused: str | None, free: int) -> Finding:
    """``refused``: why nothing can be written there; ``free`` in bytes."""
    if refused is not None:
        mend = "give it to the user that runs the server, or set CROUPIER_VAR to a folder of theirs"
        return Finding(Level.WRONG, "state folder", f"{path}: {refused}", mend)
    found = f"{path}, {free / 10**9:.1f} GB free"
    if free < LITTLE_SPACE:
        level = Level.WRONG if free < NO_SPACE else Level.WARN
        return Finding(level, "state folder", found, "make room on this disk")
    return Finding(Level.OK, "state folder", found)


# ---- settings ----


def settings(config: Config) -> list[Finding]:
    """Settings that no start refuses, and that don't fit together."""
    complaints = [*_addresses(config), *_proxies(config), *_for_a_real_installation(config)]
    return complaints or [Finding(Level.OK, "together", "nothing contradicts")]


def _addresses(config: Config) -> Iterator[Finding]:
    if not config.public_url and not _is_loopback(config.host):
        found = f"empty, so mails link to {config.origin()}, and browsers may come from nowhere else"
        yield Finding(Level.WRONG, "PUBLIC_URL", found, f"set {PREFIX}PUBLIC_URL to what players type")
    public = urlsplit(config.public_url)
    if public.scheme == "http" and not _is_loopback(public.hostname or ""):
        mend = "let a proxy end TLS, and name it with https://"
        yield Finding(Level.WARN, "PUBLIC_URL", f"{config.public_url}: passwords travel in the open", mend)


def _proxies(config: Config) -> Iterator[Finding]:
    for proxy in config.trusted_proxies:
        network = ip_network(proxy, strict=False)
        if network.prefixlen < FROM_ANYWHERE and not network.is_private:
            found = f"{proxy}: whoever comes from there can pass for any address"
            yield Finding(Level.WRONG, "TRUSTED_PROXIES", found, "name the proxy's own address")
    if _is_behind_a_proxy(config) and not config.trusted_proxies:
        found = "empty, though PUBLIC_URL is not where the server listens: all players count as one address"
        mend = f"set {PREFIX}TRUSTED_PROXIES to the proxy's address as the server sees it"
        yield Finding(Level.WARN, "TRUSTED_PROXIES", found, mend)


def _is_behind_a_proxy(config: Config) -> bool:
    public = urlsplit(config.public_url)
    return public.scheme == "https" or (public.scheme == "http" and (public.port or 80) != config.port)


def _for_a_real_installation(config: Config) -> Iterator[Finding]:
    """Players come from elsewhere: to where they are."""
    if not config.public_url and not config.redis_url:
        return
    if not config.mail_url:
        found = "empty, so mails are files in the state folder, and nobody gets them"
        yield Finding(Level.WARN, "MAIL_URL", found, f"set {PREFIX}MAIL_URL to smtp://…")
    checks = (
        (config.demo, "DEMO", "on: anybody can sign in as the demo player"),
        (config.bcrypt_cost < 10, "BCRYPT_COST", f"{config.bcrypt_cost}: passwords are cheap to guess from a backup"),
        (config.rate_scale > 10, "RATE_SCALE", f"{config.rate_scale:g}: limits that keep guessing out are off"),
    )
    for wrong, name, found in checks:
        if wrong:
            yield Finding(Level.WARN, name, found, f"leave {PREFIX}{name} at its default")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# ---- whom the server needs ----


def away(what: str, why: str, mend: str) -> Finding:
    return Finding(Level.WRONG, what, why, mend)


def round_trip(ms: float) -> Finding:
    found = f"{ms:.1f} ms"
    if ms > SLOW_MS:
        mend = "bets wait for several of these: put it nearer to the nodes, or see what keeps it busy"
        return Finding(Level.WARN, "round trip", found, mend)
    return Finding(Level.OK, "round trip", found)


def clock(offset: Offset) -> Finding:
    """A difference counts as far as it can't be the way there and back."""
    sure = abs(offset.ms) - offset.error_ms
    if sure <= CLOCK_WARN_MS:
        return Finding(Level.OK, "clock", f"{abs(offset.ms):.0f} ms from this machine's")
    found = f"{abs(offset.ms) / 1000:.1f} s {'ahead of' if offset.ms > 0 else 'behind'} this machine's"
    level = Level.WRONG if sure > CLOCK_WRONG_MS else Level.WARN
    return Finding(level, "clock", found, "set clocks by NTP on both machines (timedatectl)")


def migrations(current: str | None, head: str, *, is_known: bool) -> Finding:
    if current == head:
        return Finding(Level.OK, "migrations", f"at the newest, {head}")
    if current is None:
        return Finding(Level.WRONG, "migrations", "the database is empty", "run.py migrate")
    if not is_known:
        mend = "bring the code up to date, or go back to a backup"
        return Finding(Level.WRONG, "migrations", f"at {current}, which is newer than this code", mend)
    return Finding(Level.WRONG, "migrations", f"at {current}, behind {head}", "run.py migrate, with the nodes stopped")


def sqlite(version: tuple[int, ...]) -> Finding:
    name = ".".join(map(str, version))
    if version >= SOUND_SQLITE:
        return Finding(Level.OK, "version", f"SQLite {name}")
    sound = ".".join(map(str, SOUND_SQLITE))
    found = f"SQLite {name}: below {sound} two programs that write at once can corrupt the file"
    return Finding(Level.WARN, "version", found, "use run.py alone beside the server, no sqlite3; or update SQLite")


def postgres(facts: Postgres, nodes: int) -> list[Finding]:
    """``nodes``: how many should find a connection each time they need one."""
    return [_postgres_version(facts.version), *_durability(facts.settings), *_connections(facts.settings, nodes)]


def _postgres_version(version: int) -> Finding:
    found = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    if version < OLDEST_POSTGRESQL:
        return Finding(
            Level.WRONG, "version", found, f"update it: {OLDEST_POSTGRESQL // 10_000} is the oldest that does"
        )
    return Finding(Level.OK, "version", found)


def _durability(given: Mapping[str, str]) -> Iterator[Finding]:
    checks = (
        ("synchronous_commit", Level.WRONG, "a result may be told and then lost"),
        ("fsync", Level.WRONG, "a power cut can destroy the database"),
        ("full_page_writes", Level.WARN, "a power cut can tear pages, unless the file system keeps them whole"),
    )
    off = [(name, level, why) for name, level, why in checks if given.get(name) == "off"]
    for name, level, why in off:
        yield Finding(level, name, f"off: {why}", f"{name} = on in postgresql.conf, and reload")
    if not off:
        yield Finding(Level.OK, "commits", "last: synchronous_commit, fsync and full_page_writes are on")


def _connections(given: Mapping[str, str], nodes: int) -> Iterator[Finding]:
    most = int(given["max_connections"])
    needed = CONNECTIONS_A_NODE * nodes + CONNECTIONS_BESIDE
    found = f"{most} at most, {needed} needed for {_count(nodes, 'node')} and what runs beside"
    if most < needed:
        yield Finding(Level.WRONG, "connections", found, f"max_connections = {needed} in postgresql.conf, and restart")
    else:
        yield Finding(Level.OK, "connections", found)
    if nodes > 1 and given.get("idle_in_transaction_session_timeout") == "0":
        found = "0: a node whose machine vanishes keeps wallets locked until the connection is found dead"
        mend = "idle_in_transaction_session_timeout = 30s, as in deploy/postgresql.conf"
        yield Finding(Level.WARN, "idle transactions", found, mend)


def redis(facts: Redis) -> list[Finding]:
    return [*_redis_version(facts.info), *_memory(facts), *_persistence(facts), *_connections_kept(facts.config)]


def _redis_version(info: Mapping[str, str]) -> Iterator[Finding]:
    name = info["redis_version"]
    oldest = ".".join(map(str, OLDEST_REDIS))
    if tuple(int(part) for part in name.split(".")[:2]) < OLDEST_REDIS:
        yield Finding(Level.WRONG, "version", f"Redis {name}", f"update it: {oldest} is the oldest that does")
    else:
        yield Finding(Level.OK, "version", f"Redis {name}")
    if info.get("role", "master") != "master":
        found = "a replica, which takes no writes"
        yield Finding(Level.WRONG, "role", found, f"let {PREFIX}REDIS_URL name the primary")
    if info.get("redis_mode") == "cluster":
        found = "a Redis cluster, which takes no script over keys that lie apart"
        yield Finding(Level.WRONG, "role", found, "give Croupier a Redis of its own, without cluster mode")


def _memory(facts: Redis) -> Iterator[Finding]:
    policy = facts.config.get("maxmemory-policy") or facts.info.get("maxmemory_policy", "")
    if policy != "noeviction":
        found = f"{policy}: with its memory full it throws out stakes on hold and leases"
        mend = "maxmemory-policy noeviction in redis.conf, and CONFIG SET maxmemory-policy noeviction"
        yield Finding(Level.WRONG, "full memory", found, mend)
        return
    used, most = int(facts.info.get("used_memory", 0)), int(facts.info.get("maxmemory", 0))
    if most and used > FULL * most:
        found = f"{used / 2**20:.0f} of {most / 2**20:.0f} MiB are used: when all are, rooms pause"
        yield Finding(Level.WARN, "full memory", found, "raise maxmemory")
    else:
        bound = f"{used / 2**20:.0f} of {most / 2**20:.0f} MiB used" if most else "no bound of its own"
        yield Finding(Level.OK, "full memory", f"noeviction, {bound}")


def _persistence(facts: Redis) -> Iterator[Finding]:
    info, config = facts.info, facts.config
    mend = "appendonly yes and appendfsync everysec in redis.conf, and CONFIG SET appendonly yes"
    if info.get("aof_enabled") == "1":
        if info.get("aof_last_write_status", "ok") != "ok":
            yield Finding(Level.WRONG, "persistence", "it can't write its file", "see Redis's log: is the disk full?")
        elif config.get("appendfsync") == "no":
            found = "appendonly, but appendfsync no: a power cut takes up to half a minute"
            yield Finding(Level.WARN, "persistence", found, "appendfsync everysec")
        else:
            yield Finding(Level.OK, "persistence", f"appendonly, appendfsync {config.get('appendfsync', 'not told')}")
    elif config.get("save"):
        found = f"snapshots only (save {config['save']}): a restart makes live rounds void and forgets bets since"
        yield Finding(Level.WARN, "persistence", found, mend)
    elif config:
        found = "none: a restart of Redis makes every live round void"
        yield Finding(Level.WRONG, "persistence", found, mend)
    else:
        yield Finding(Level.WARN, "persistence", "no appendonly, and snapshots can't be asked for", mend)


def _connections_kept(config: Mapping[str, str]) -> Iterator[Finding]:
    if not config:
        found = "CONFIG GET is not allowed here, so buffers and timeouts are not looked at"
        yield Finding(Level.WARN, "settings", found, "compare them with deploy/redis.conf by hand")
        return
    complaints = [*_buffers(config.get("client-output-buffer-limit", "")), *_timeout(config.get("timeout", "0"))]
    yield from complaints or [Finding(Level.OK, "connections", "kept, and cut off when a node does not read")]


def _buffers(limits: str) -> Iterator[Finding]:
    """``limits``: class, hard bytes, soft bytes, seconds, and so on."""
    _, _, pubsub = limits.partition("pubsub ")
    hard = int(pubsub.split()[0]) if pubsub else 0
    mend = "client-output-buffer-limit pubsub 64mb 16mb 30, as in deploy/redis.conf"
    if hard == 0:
        yield Finding(Level.WARN, "pubsub buffer", "no limit: a node that hangs fills the memory", mend)
    elif hard < SMALL_BUFFER:
        yield Finding(Level.WARN, "pubsub buffer", f"{hard} bytes: nodes are cut off in a busy moment", mend)


def _timeout(seconds: str) -> Iterator[Finding]:
    if seconds != "0":
        yield Finding(Level.WARN, "timeout", f"{seconds} s: quiet nodes are cut off", "timeout 0")


# ---- what nodes share ----


def floor(nodes: Collection[str], owners: Mapping[str, str], odd: Oddities) -> list[Finding]:
    """``odd``: what was so for longer than rooms take to change hands."""
    findings = [_alive(nodes, owners), *_rooms(odd if nodes else Oddities()), *_money(odd)]
    if nodes and not odd:
        findings.append(Finding(Level.OK, "rooms", f"{_count(len(owners), 'room')}, each with an owner that is alive"))
    return findings


def _alive(nodes: Collection[str], owners: Mapping[str, str]) -> Finding:
    if not nodes:
        waiting = f"; rooms that wait for one: {len(owners)}" if owners else ""
        return Finding(Level.WRONG, "nodes", f"none is alive{waiting}", "start one: systemctl start croupier@8081")
    shares = [f"{node} ({_count(sum(owner == node for owner in owners.values()), 'room')})" for node in sorted(nodes)]
    return Finding(Level.OK, "nodes", f"{len(nodes)} alive: {_named(shares)}")


def _rooms(odd: Oddities) -> Iterator[Finding]:
    mend = "nodes take such rooms within seconds: see in their logs why not, and restart one"
    if odd.orphans:
        rooms = [f"{room} ({node})" for room, node in sorted(odd.orphans)]
        found = f"{_count(len(rooms), 'room')} leased to nodes that are gone: {_named(rooms)}"
        yield Finding(Level.WRONG, "dead owners", found, mend)
    if odd.unowned:
        yield Finding(Level.WRONG, "no owner", f"public rooms without an owner: {_named(sorted(odd.unowned))}", mend)
    if odd.loose_rounds:
        found = f"open in the database, in rooms that nobody owns: {_named(sorted(odd.loose_rounds))}"
        mend = "nodes make them void within two minutes: look again then"
        yield Finding(Level.WARN, "loose rounds", found, mend)


def _money(odd: Oddities) -> Iterator[Finding]:
    mend = "stop all nodes, empty this Redis database (FLUSHDB) and start them: what is in the books stays as it is"
    if odd.loose_holds:
        found = f"stakes on hold in rooms that nobody owns: {_named(sorted(odd.loose_holds))}"
        yield Finding(Level.WRONG, "loose holds", found, mend)
    if odd.wrong_purses:
        purses = sorted(odd.wrong_purses, key=lambda purse: purse.user_id)
        off = [f"user {purse.user_id} {purse.held} for {purse.holds}" for purse in purses]
        found = f"on hold is not the sum of the holds, in cents: {_named(off)}"
        yield Finding(Level.WRONG, "holds", found, mend)


def _named(names: Collection[str]) -> str:
    first = list(names)[:NAMED_AT_MOST]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
