"""Check a password wherever a call asks for one; attempts count before the check."""

from typing import Any

from server.errors import ClientError
from server.web.problems import retry_later
from server.web.route import HttpCall
from storage.credentials import Attempt, forgive_waiting, reserve_attempt
from storage.login_failures import LockedOutError


async def check_password(
    call: HttpCall[Any, Any], identifier: str | int, password: str, *, device: str | None = None
) -> Attempt:
    """Check the password of the account that an e-mail address, username, roll number or user id names.

    The answer and the time it takes do not reveal whether the account exists, nor whether a registration waits for
    verification or is one whose e-mail address or roll number was taken. ``device`` is the token of a device on which
    the player signed in before. Raises ClientError ``invalid_credentials``, ``account_locked``, ``email_not_verified``,
    ``unavailable``.
    """
    deps = call.deps
    async with deps.passwords.slot(call.source):
        try:
            meant = await reserve_attempt(deps.db, identifier, call.source, call.now, deps.lockout, device=device)
        except LockedOutError as locked:
            raise retry_later("account_locked", (locked.until - call.now).total_seconds()) from None
        attempt = meant.attempt
        if attempt is not None:
            call.subject.user_id = attempt.user_id
        if await deps.passwords.check(password, attempt.password_hash if attempt else None) and attempt:
            return attempt
        waits = await deps.passwords.check(password, meant.waiting)
    if waits:
        await forgive_waiting(deps.db, meant.counted)
    raise ClientError("email_not_verified" if waits else "invalid_credentials")
