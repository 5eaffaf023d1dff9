"""Audits the database at start and on a schedule, and reports the result as metrics and in /readyz."""

import asyncio
import logging

from prometheus_client import CollectorRegistry, Gauge

from server.clock import Clock
from storage.audit import audit
from storage.errors import DatabaseUnavailableError
from storage.store import Store

log = logging.getLogger(__name__)


class Auditor:
    """Remembers the result of the last audit. ``interval`` is in seconds; the metrics go to ``registry``."""

    def __init__(self, db: Store, clock: Clock, interval: float, registry: CollectorRegistry) -> None:
        self._db = db
        self._clock = clock
        self._interval = interval
        self._findings = Gauge("croupier_audit_findings", "Rows that break a rule of the audit.", registry=registry)
        self._at = Gauge("croupier_audit_timestamp_seconds", "Time of the last audit.", registry=registry)
        self._found = 0

    async def run_forever(self) -> None:
        """Audit now and every ``interval`` seconds."""
        while True:
            try:
                await self.audit()
            except DatabaseUnavailableError as error:
                log.warning("audit skipped, the database is unavailable; next try in %g s: %s", self._interval, error)
            except Exception:
                log.exception("audit failed; next try in %g s", self._interval)
            await asyncio.sleep(self._interval)

    async def audit(self) -> None:
        """Audit once. Raises DatabaseUnavailableError."""
        findings = await audit(self._db)
        for finding in findings:
            log.error("audit: %s", finding)
        self._found = len(findings)
        self._findings.set(self._found)
        self._at.set(self._clock.now_ms() / 1000)

    async def check(self) -> str | None:
        """Why the server should not take bets, or None."""
        return f"audit: {self._found} rows break a rule" if self._found else None
