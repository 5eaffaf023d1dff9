"""A bound on the log: what strangers send can never fill the disk."""

import logging

from server.backends.rate import Buckets
from server.clock import Clock

PER_S = 1.0
BURST = 100.0


class LogBudget(logging.Filter):
    """For handlers: lets ``burst`` lines of each place in the code pass at once, and ``per_s`` a second on average. The
    next line that passes says how many were left out. Lines of the loggers in ``exempt`` always pass."""

    def __init__(
        self, clock: Clock, *, per_s: float = PER_S, burst: float = BURST, exempt: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self._clock = clock
        self._exempt = exempt
        self._buckets = Buckets(per_s, burst, size=1_000)
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name in self._exempt:
            return True
        place = f"{record.name}:{record.lineno}"
        if self._buckets.take(place, self._clock.monotonic_ms()):
            self._left_out[place] = self._left_out.get(place, 0) + 1
            return False
        left_out = self._left_out.pop(place, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} lines like this were left out)"
            record.args = ()
        return True
