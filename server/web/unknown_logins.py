"""Sign-in attempts for identifiers without a verified account.

They lock as those of accounts do, so that a lock does not reveal whether an account exists.
"""

from collections import OrderedDict
from datetime import datetime

from storage.credentials import LockedOutError, Lockout
from storage.names import fold_email


class UnknownLogins:
    """Counts attempts by identifier. It keeps ``size`` identifiers and drops the least recently used ones."""

    def __init__(self, lockout: Lockout, size: int = 20_000) -> None:
        self._lockout = lockout
        self._size = size
        self._known: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def reserve(self, identifier: str, now: datetime) -> None:
        """Count an attempt. Raises LockedOutError while the identifier is locked."""
        # Case-sensitive like the lookup of accounts: "B1" and "b1" are two roll numbers.
        name = fold_email(identifier) if "@" in identifier else identifier
        failures, locked_until = self._known.pop(name, (0, None))
        if locked_until is not None and locked_until > now:
            self._known[name] = failures, locked_until
            raise LockedOutError(locked_until)
        lock = self._lockout.after(failures + 1)
        self._known[name] = failures + 1, None if lock is None else now + lock
        if len(self._known) > self._size:
            self._known.popitem(last=False)
