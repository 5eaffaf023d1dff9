"""Tests of the server's own audits: the metrics, the check for /readyz, and failures."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from server.auditor import Auditor
from server.clock import SystemClock
from storage.errors import DatabaseUnavailableError
from storage.operator_accounts import ensure_players
from tests.server.live_node import new_account
from tests.server.shaky_store import ShakyStore
from tests.waiting import eventually


async def falsify_a_balance(db: ShakyStore) -> None:
    await ensure_players(db, [new_account(1)], 500, datetime.now(UTC))
    async with db.write() as session:
        await session.execute(text("UPDATE wallets SET balance = 501"))


async def test_without_findings_the_check_passes(db: ShakyStore) -> None:
    registry = CollectorRegistry()
    clock = SystemClock()
    auditor = Auditor(db, clock, 3600, registry)
    assert await auditor.check() is None
    await auditor.audit()
    assert await auditor.check() is None
    assert registry.get_sample_value("croupier_audit_findings") == 0
    at = registry.get_sample_value("croupier_audit_timestamp_seconds")
    assert at is not None
    assert abs(at - clock.now_ms() / 1000) < 10


async def test_findings_are_logged_and_reported_until_they_are_fixed(
    db: ShakyStore, caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    auditor = Auditor(db, SystemClock(), 3600, registry)
    await falsify_a_balance(db)
    await auditor.audit()
    reason = await auditor.check()
    assert reason is not None
    assert reason.startswith("audit: ")
    findings = registry.get_sample_value("croupier_audit_findings")
    assert findings is not None
    assert findings >= 1
    assert "the balance is 501" in caplog.text
    async with db.write() as session:
        await session.execute(text("UPDATE wallets SET balance = 500"))
    await auditor.audit()
    assert await auditor.check() is None


async def test_an_unexpected_failure_does_not_stop_the_audits(db: ShakyStore, caplog: pytest.LogCaptureFixture) -> None:
    registry = CollectorRegistry()
    auditor = Auditor(db, SystemClock(), 0.01, registry)
    db.failing_reads = 1
    running = asyncio.create_task(auditor.run_forever())
    await eventually(lambda: running.done() or registry.get_sample_value("croupier_audit_timestamp_seconds"))
    assert "audit failed" in caplog.text
    assert not running.done()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_audits_go_on_when_the_database_is_back(db: ShakyStore, caplog: pytest.LogCaptureFixture) -> None:
    registry = CollectorRegistry()
    auditor = Auditor(db, SystemClock(), 0.01, registry)
    db.away = True
    with pytest.raises(DatabaseUnavailableError):
        await auditor.audit()
    running = asyncio.create_task(auditor.run_forever())
    await eventually(lambda: "audit skipped" in caplog.text)
    db.away = False
    await eventually(lambda: registry.get_sample_value("croupier_audit_timestamp_seconds"))
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
