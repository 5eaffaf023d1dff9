"""Passwords put to the test: counted first, then checked, wherever a call asks for one."""

from typing import Any

from server.errors import ClientError
from server.web.call import Call
from server.web.problems import later
from storage.credentials import Attempt, LockedOutError, reserve_attempt


async def prove(call: Call[Any, Any], identifier: str | int, password: str) -> Attempt:
    """Whose password it is: that of an e-mail, username, roll number or user id.

    An unknown account and a wrong password cost the same and answer the same, and so do an account that waits for its
    link and a registration that is only held. Raises ClientError ``invalid_credentials``, ``account_locked``,
    ``email_not_verified``, ``unavailable``.
    """
    tools = call.tools
    async with tools.passwords.turn():
        try:
            meant = await reserve_attempt(call.parts.db, identifier, call.now, tools.lockout)
            if meant.attempt is None:
                tools.strangers.reserve(str(identifier), call.now)
        except LockedOutError as locked:
            raise later("account_locked", (locked.until - call.now).total_seconds()) from None
        attempt = meant.attempt
        if await tools.passwords.check(password, attempt.password_hash if attempt else None) and attempt:
            return attempt
        waits = await tools.passwords.check(password, meant.waiting)
    raise ClientError("email_not_verified" if waits else "invalid_credentials")
