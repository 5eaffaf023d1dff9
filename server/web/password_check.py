"""Check a password wherever a call asks for one, and the strength of a new one; attempts count before the check."""

from typing import Any

from server.errors import ClientError
from server.web.problems import invalid_field, retry_later
from server.web.route import HttpCall
from storage import sign_ups
from storage.accounts import Account, NewAccount
from storage.credentials import Attempt, forgive_waiting, reserve_attempt
from storage.login_failures import LockedOutError
from storage.sign_ups import Waiting


async def check_password(
    call: HttpCall[Any, Any], identifier: str | int, password: str, *, device: str | None = None
) -> Attempt:
    """Check the password of the account that an e-mail address, username, roll number or user id names.

    The answer and the time it takes do not reveal whether the account exists, nor whether a sign-up waits whose e-mail
    address or roll number is taken. ``device`` is the token of a device on which the player signed in before. Raises
    ClientError ``invalid_credentials``, ``account_locked``, ``email_not_verified``, ``unavailable``.
    """
    deps = call.deps
    async with deps.passwords.slot(call.source):
        try:
            meant = await reserve_attempt(deps.db, identifier, call.source, call.now, deps.lockout, device=device)
        except LockedOutError as locked:
            raise _locked(call, locked) from None
        attempt = meant.attempt
        if attempt is not None:
            call.subject.user_id = attempt.user_id
        if await deps.passwords.check(password, attempt.password_hash if attempt else None) and attempt:
            return attempt
        waits = await deps.passwords.check(password, meant.waiting)
    if waits:
        await forgive_waiting(deps.db, meant.counted)
    raise ClientError("email_not_verified" if waits else "invalid_credentials")


async def check_waiting(call: HttpCall[Any, Any], waiting: Waiting, password: str) -> None:
    """Check the password of a sign-up that waits for its confirmation.

    Raises ClientError ``invalid_credentials``, ``account_locked``, ``unavailable``.
    """
    deps = call.deps
    async with deps.passwords.slot(call.source):
        try:
            await sign_ups.reserve_attempt(deps.db, waiting.sign_up_id, call.source, call.now, deps.lockout)
        except LockedOutError as locked:
            raise _locked(call, locked) from None
        if not await deps.passwords.check(password, waiting.account.password_hash):
            raise ClientError("invalid_credentials", reason="other_password")


def _locked(call: HttpCall[Any, Any], locked: LockedOutError) -> ClientError:
    return retry_later("account_locked", (locked.until - call.now).total_seconds())


async def require_strong(call: HttpCall[Any, Any], account: Account | NewAccount, field: str, password: str) -> None:
    """Raises ClientError ``validation_failed`` for this field if the account's new password is too weak."""
    personal = [account.username, account.email, account.email.partition("@")[0], account.full_name]
    weakness = await call.deps.passwords.weakness(password, [*personal, account.roll_number], call.source)
    if weakness:
        raise invalid_field(field, "too_weak", weakness.reason, **weakness.values)
