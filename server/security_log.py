"""The record of security events: who did what to an account, from where, and how it ended.

A line holds ids and addresses only: no name, e-mail address, password or token. It does not hold what somebody typed as
a name either, which may be a password in the wrong field.
"""

import logging

log = logging.getLogger(__name__)


def record(event: str, result: str, *, user_id: int | None, source: str) -> None:
    """``result`` is ``done`` or the code of the error. ``user_id`` None: there is no such account, or nobody knows."""
    user = "an unknown user" if user_id is None else f"user {user_id}"
    log.info(
        "%s of %s from %s: %s",
        event,
        user,
        source or "an unknown address",
        result,
        extra={"event": event, "result": result, "user_id": user_id, "source": source or None},
    )
