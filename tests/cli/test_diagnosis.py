"""`doctor` judges the facts correctly: values in, findings out."""

from typing import Any

import pytest

from cli import diagnosis
from cli.diagnosis import Finding, Inconsistencies, Level, Offset, PlayerHolds, Postgres, Redis, SharedState
from server.config import load

OK, WARN, WRONG = Level.OK, Level.WARN, Level.WRONG
GOOD_POSTGRES = {
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "idle_in_transaction_session_timeout": "30000",
}
GOOD_INFO = {"redis_version": "7.0.15", "role": "master", "redis_mode": "standalone"} | {
    "aof_enabled": "1",
    "used_memory": "1000000",
    "maxmemory": "500000000",
}
GOOD_CONFIG = {"maxmemory-policy": "noeviction", "appendfsync": "everysec", "save": "", "timeout": "0"} | {
    "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 67108864 16777216 30"
}


def levels(findings: list[Finding]) -> dict[str, Level]:
    return {finding.what: finding.level for finding in findings}


def complaints(findings: list[Finding]) -> dict[str, Level]:
    return {what: level for what, level in levels(findings).items() if level is not OK}


def test_every_complaint_has_a_fix() -> None:
    findings = [
        *diagnosis.redis(Redis({"redis_version": "5.0.1", "role": "slave", "redis_mode": "cluster"}, {"save": ""})),
        *diagnosis.postgres(Postgres(120_001, {"max_connections": "5", "fsync": "off"}), 2),
        *diagnosis.cluster([], {}, Inconsistencies(orphaned_holds=frozenset({"crash"}))),
        diagnosis.packages({"aiohttp": "3"}, {}, "3.11"),
        diagnosis.migrations(None, "0002", is_known=True),
    ]
    assert len(findings) > 8
    assert all(finding.fix for finding in findings if finding.level is not OK)
    assert not any(finding.fix for finding in findings if finding.level is OK)


# ---- the report ----


def test_a_report_is_aligned_and_counts() -> None:
    told, is_wrong = diagnosis.report(
        {
            "Database": [
                Finding(OK, "version", "15.4"),
                Finding(level=WRONG, what="round trip", found="9 s", fix="move it"),
            ],
            "Redis": [Finding(level=WARN, what="timeout", found="5\x1b[2J s", fix="timeout 0")],
        }
    )
    assert told.splitlines() == [
        "Database",
        "  ok     version     15.4",
        "  wrong  round trip  9 s",
        "                     → move it",
        "Redis",
        "  warn   timeout     5 [2J s",
        "                     → timeout 0",
        "",
        "1 wrong, 1 warning",
    ]
    assert is_wrong


def test_a_report_without_complaints() -> None:
    told, is_wrong = diagnosis.report({"Database": [Finding(OK, "version", "15.4")]})
    assert told.endswith("Everything is fine.")
    assert not is_wrong


def test_a_warning_is_not_wrong() -> None:
    assert not diagnosis.report({"Database": [Finding(level=WARN, what="version", found="old", fix="update")]})[1]


# ---- this machine ----


@pytest.mark.parametrize(
    ("installed", "level", "found"),
    [
        ({"aiohttp": "3.14.5", "redis": "8.1.0"}, OK, "2 with the versions of requirements.txt"),
        ({"aiohttp": "3.14.4", "redis": "8.1.0"}, WARN, "not as in requirements.txt: aiohttp 3.14.4"),
        ({"aiohttp": "3.14.5", "redis": None}, WRONG, "redis missing"),
        ({}, WRONG, "aiohttp, redis missing"),
    ],
)
def test_packages(installed: dict[str, str | None], level: Level, found: str) -> None:
    finding = diagnosis.packages({"aiohttp": "3.14.5", "redis": "8.1.0"}, installed, "3.11.2")
    assert finding.level is level
    assert found in finding.found


@pytest.mark.parametrize(("compiled", "level"), [(True, OK), (False, WARN)])
def test_parsers(compiled: bool, level: Level) -> None:
    assert diagnosis.parsers(compiled=compiled).level is level


@pytest.mark.parametrize(
    ("refused", "free", "level"),
    [
        (None, 5 * 10**9, OK),
        (None, 10**9 - 1, WARN),
        (None, 10**8 - 1, WRONG),
        ("Permission denied", 10**12, WRONG),
    ],
)
def test_folder(refused: str | None, free: int, level: Level) -> None:
    assert diagnosis.folder("var", refused, free).level is level


# ---- settings ----

PRODUCTION = {
    "public_url": "https://play.example",
    "trusted_proxies": ("127.0.0.1",),
    "mail_url": "smtp://mail.example",
}
CLUSTER = {"database_url": "postgresql://db.example/c", "redis_url": "redis://r.example"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"demo": True, "bcrypt_cost": 4, "rate_scale": 100.0}, {}),
        (PRODUCTION, {}),
        (PRODUCTION | CLUSTER, {}),
        (PRODUCTION | {"trusted_proxies": ()}, {"TRUSTED_PROXIES": WARN}),
        (PRODUCTION | {"trusted_proxies": ("10.0.0.0/8", "192.0.2.7")}, {}),
        (PRODUCTION | {"trusted_proxies": ("0.0.0.0/0",)}, {"TRUSTED_PROXIES": WRONG}),
        (PRODUCTION | {"trusted_proxies": ("::/0",)}, {"TRUSTED_PROXIES": WRONG}),
        (PRODUCTION | {"mail_url": ""}, {"MAIL_URL": WARN}),
        (CLUSTER, {"MAIL_URL": WARN}),
        (PRODUCTION | {"demo": True}, {"DEMO": WARN}),
        (PRODUCTION | {"bcrypt_cost": 9}, {"BCRYPT_COST": WARN}),
        (PRODUCTION | {"rate_scale": 11.0}, {"RATE_SCALE": WARN}),
        ({"host": "0.0.0.0"}, {"PUBLIC_URL": WRONG}),
        ({"host": "::1"}, {}),
        ({"host": "localhost"}, {}),
        (PRODUCTION | {"public_url": "http://play.example"}, {"PUBLIC_URL": WARN}),
        (PRODUCTION | {"public_url": "http://play.example:8080", "trusted_proxies": ()}, {"PUBLIC_URL": WARN}),
        (
            PRODUCTION | {"public_url": "http://play.example", "trusted_proxies": ()},
            {"PUBLIC_URL": WARN, "TRUSTED_PROXIES": WARN},
        ),
        (PRODUCTION | {"public_url": "http://127.0.0.1:8080", "trusted_proxies": ()}, {}),
    ],
)
def test_settings(given: dict[str, Any], expected: dict[str, Level]) -> None:
    assert complaints(diagnosis.settings(load({}, "none", **given))) == expected


# ---- database and Redis ----


@pytest.mark.parametrize(("ms", "level"), [(0.3, OK), (20.0, OK), (20.1, WARN), (900.0, WARN)])
def test_round_trip(ms: float, level: Level) -> None:
    assert diagnosis.round_trip(ms).level is level


@pytest.mark.parametrize(
    ("ms", "error_ms", "level"),
    [
        (0.0, 0.1, OK),
        (-250.0, 0.0, OK),
        (251.0, 0.5, WARN),
        (-2000.0, 0.0, WARN),
        (2001.0, 0.5, WRONG),
        (-2100.0, 10.0, WRONG),
        (3000.0, 3000.0, OK),
        (3000.0, 1500.0, WARN),
    ],
)
def test_clock(ms: float, error_ms: float, level: Level) -> None:
    assert diagnosis.clock(Offset(ms, error_ms)).level is level


def test_the_clock_finding_names_the_direction() -> None:
    assert "4.0 s ahead of" in diagnosis.clock(Offset(4000, 1)).found
    assert "4.0 s behind" in diagnosis.clock(Offset(-4000, 1)).found


@pytest.mark.parametrize(
    ("current", "is_known", "level", "fix"),
    [
        ("0002", True, OK, ""),
        ("0001", True, WRONG, "run.py migrate"),
        (None, True, WRONG, "run.py migrate"),
        ("0999", False, WRONG, "install that version"),
    ],
)
def test_migrations(current: str | None, is_known: bool, level: Level, fix: str) -> None:
    finding = diagnosis.migrations(current, "0002", is_known=is_known)
    assert finding.level is level
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("version", "level"), [((3, 40, 1), WARN), ((3, 51, 2), WARN), ((3, 51, 3), OK), ((3, 53, 0), OK)]
)
def test_sqlite(version: tuple[int, ...], level: Level) -> None:
    finding = diagnosis.sqlite("sqlite3", version)
    assert finding.level is level
    assert f"SQLite {'.'.join(map(str, version))} of the Python module sqlite3" in finding.found
    # As the operators' page advises.
    assert ("run.py backup" in finding.fix) is (level is WARN)


@pytest.mark.parametrize(
    ("version", "given", "nodes", "expected"),
    [
        (150_004, {}, 2, {}),
        (130_000, {}, 2, {}),
        (120_017, {}, 2, {"version": WRONG}),
        (150_004, {"synchronous_commit": "off"}, 2, {"synchronous_commit": WRONG}),
        (150_004, {"synchronous_commit": "remote_apply"}, 2, {}),
        (150_004, {"fsync": "off"}, 2, {"fsync": WRONG}),
        (150_004, {"full_page_writes": "off"}, 2, {"full_page_writes": WARN}),
        (150_004, {"max_connections": "50"}, 2, {}),
        (150_004, {"max_connections": "50"}, 3, {"connections": WRONG}),
        (150_004, {"idle_in_transaction_session_timeout": "0"}, 2, {"idle transactions": WARN}),
        (150_004, {"idle_in_transaction_session_timeout": "0"}, 1, {}),
    ],
)
def test_postgres(version: int, given: dict[str, str], nodes: int, expected: dict[str, Level]) -> None:
    assert complaints(diagnosis.postgres(Postgres(version, GOOD_POSTGRES | given), nodes)) == expected


@pytest.mark.parametrize(
    ("info", "config", "expected"),
    [
        ({}, {}, {}),
        ({"redis_version": "6.2.0"}, {}, {}),
        ({"redis_version": "6.0.16"}, {}, {"version": WRONG}),
        ({"redis_version": "10.0.1"}, {}, {}),
        ({"role": "slave"}, {}, {"role": WRONG}),
        ({"redis_mode": "cluster"}, {}, {"role": WRONG}),
        ({}, {"maxmemory-policy": "allkeys-lru"}, {"full memory": WRONG}),
        ({}, {"maxmemory-policy": "volatile-ttl"}, {"full memory": WRONG}),
        ({"used_memory": "450000000"}, {}, {"full memory": WARN}),
        ({"used_memory": "450000000", "maxmemory": "0"}, {}, {}),
        ({"aof_last_write_status": "err"}, {}, {"persistence": WRONG}),
        ({}, {"appendfsync": "no"}, {"persistence": WARN}),
        ({}, {"appendfsync": "always"}, {}),
        ({"aof_enabled": "0"}, {"save": "3600 1 300 100"}, {"persistence": WARN}),
        ({"aof_enabled": "0"}, {}, {"persistence": WRONG}),
        ({}, {"client-output-buffer-limit": "normal 0 0 0 pubsub 0 0 0"}, {"pubsub buffer": WARN}),
        ({}, {"client-output-buffer-limit": "pubsub 65536 0 0"}, {"pubsub buffer": WARN}),
        ({}, {"timeout": "300"}, {"timeout": WARN}),
    ],
)
def test_redis(info: dict[str, str], config: dict[str, str], expected: dict[str, Level]) -> None:
    assert complaints(diagnosis.redis(Redis(GOOD_INFO | info, GOOD_CONFIG | config))) == expected


def test_a_redis_that_does_not_permit_config_get() -> None:
    info = GOOD_INFO | {"maxmemory_policy": "allkeys-lru", "aof_enabled": "0"}
    assert complaints(diagnosis.redis(Redis(info, {}))) == {
        "full memory": WRONG,
        "persistence": WARN,
        "settings": WARN,
    }


# ---- what nodes share ----

PUBLIC = ("crash", "roulette")
CONSISTENT: dict[str, Any] = {
    "nodes": ["one", "two"],
    "owners": {"crash": "one", "roulette": "two", "dice-a": "one"},
    "public": PUBLIC,
    "staked": {"crash"},
    "player_holds": [PlayerHolds(1, 500, 500), PlayerHolds(2, 0, 0)],
    "open_rounds": ["crash", "roulette"],
}


@pytest.mark.parametrize(
    ("changed", "lasting"),
    [
        ({}, Inconsistencies()),
        ({"nodes": ["two"]}, Inconsistencies(dead_owners=frozenset({("crash", "one"), ("dice-a", "one")}))),
        (
            {"owners": {"crash": "one"}},
            Inconsistencies(unowned=frozenset({"roulette"}), orphaned_rounds=frozenset({"roulette"})),
        ),
        ({"staked": {"crash", "dice-b"}}, Inconsistencies(orphaned_holds=frozenset({"dice-b"}))),
        ({"open_rounds": ["dice-b"]}, Inconsistencies(orphaned_rounds=frozenset({"dice-b"}))),
        (
            {"player_holds": [PlayerHolds(1, 500, 400)]},
            Inconsistencies(wrong_totals=frozenset({PlayerHolds(1, 500, 400)})),
        ),
        ({"newer_wallets": {7}}, Inconsistencies(newer_wallets=frozenset({7}))),
    ],
)
def test_inconsistencies_of_the_shared_state(changed: dict[str, Any], lasting: Inconsistencies) -> None:
    found = SharedState(**CONSISTENT | changed).inconsistencies()
    assert found == lasting
    assert bool(found) == bool(changed)


def test_only_lasting_inconsistencies_count() -> None:
    before = Inconsistencies(unowned=frozenset({"crash", "roulette"}), orphaned_holds=frozenset({"crash"}))
    after = Inconsistencies(unowned=frozenset({"roulette"}), dead_owners=frozenset({("crash", "one")}))
    assert before & after == Inconsistencies(unowned=frozenset({"roulette"}))
    assert not before & Inconsistencies()


@pytest.mark.parametrize(
    ("lasting", "expected"),
    [
        (Inconsistencies(), {"nodes": OK, "rooms": OK}),
        (Inconsistencies(dead_owners=frozenset({("crash", "gone")})), {"nodes": OK, "dead owners": WRONG}),
        (Inconsistencies(unowned=frozenset({"crash"})), {"nodes": OK, "no owner": WRONG}),
        (Inconsistencies(orphaned_rounds=frozenset({"dice-a"})), {"nodes": OK, "orphaned rounds": WARN}),
        (Inconsistencies(orphaned_holds=frozenset({"dice-a"})), {"nodes": OK, "orphaned holds": WRONG}),
        (Inconsistencies(wrong_totals=frozenset({PlayerHolds(1, 2, 3)})), {"nodes": OK, "holds": WRONG}),
        (Inconsistencies(newer_wallets=frozenset({7})), {"nodes": OK, "wallets": WARN}),
    ],
)
def test_cluster(lasting: Inconsistencies, expected: dict[str, Level]) -> None:
    assert levels(diagnosis.cluster(["one"], {"crash": "one"}, lasting)) == expected


def test_without_a_live_node_only_that_is_reported() -> None:
    lasting = Inconsistencies(dead_owners=frozenset({("crash", "gone")}), unowned=frozenset({"roulette"}))
    (finding,) = diagnosis.cluster([], {"crash": "gone"}, lasting)
    assert finding.level is WRONG
    assert finding.found == "none is alive; 1 room waiting for one"


def test_long_lists_are_shortened() -> None:
    lasting = Inconsistencies(unowned=frozenset(f"room-{n}" for n in range(9)))
    _, finding = diagnosis.cluster(["one"], {}, lasting)
    assert finding.found == "public rooms without an owner: room-0, room-1, room-2, room-3, room-4 and 4 more"
