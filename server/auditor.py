"""The server audits its own books: at its start, on a schedule, and says openly when they do not balance."""

import asyncio
import logging

from prometheus_client import CollectorRegistry, Gauge

from server.clock import Clock
from storage.audit import audit
from storage.errors import DatabaseUnavailableError
from storage.store import Store

log = logging.getLogger(__name__)


class Auditor:
    """Keeps what the last audit found; the metrics are in ``registry``."""

    def __init__(self, db: Store, clock: Clock, interval: float, registry: CollectorRegistry) -> None:
        self._db = db
        self._clock = clock
        self._interval = interval
        self._findings = Gauge("croupier_audit_findings", "Rows that break a rule of the books.", registry=registry)
        self._at = Gauge("croupier_audit_timestamp_seconds", "When the last audit ended.", registry=registry)
        self._found = 0

    async def run_for_ever(self) -> None:
        """Audit now and every ``interval`` seconds."""
        while True:
            try:
                await self.audit()
            except DatabaseUnavailableError as error:
                log.warning("the audit could not be made: %s", error)
            except Exception:
                log.exception("the audit failed")
            await asyncio.sleep(self._interval)

    async def audit(self) -> None:
        """Audit once. Raises DatabaseUnavailableError."""
        findings = await audit(self._db)
        for finding in findings:
            log.error("the books are wrong: %s", finding)
        self._found = len(findings)
        self._findings.set(self._found)
        self._at.set(self._clock.now_ms() / 1000)

    async def check(self) -> str | None:
        """Why bets should not be taken, or None."""
        return f"audit: {self._found} rows break a rule" if self._found else None
