"""Password checks, by any identifier."""

from datetime import timedelta

import pytest

from server.errors import ClientError
from server.web.decode import NoFields
from server.web.password_check import check_password
from storage.login_failures import Lockout
from tests.server.web.world import PASSWORD, World, call_in

LOCKOUT = Lockout(2, timedelta(seconds=10))


async def test_the_password_is_checked_by_name_and_by_id(world: World) -> None:
    ann = await world.player("ann")
    call = call_in(world, NoFields(), lockout=LOCKOUT)
    assert (await check_password(call, "ann", PASSWORD)).user_id == ann.user_id
    assert (await check_password(call, ann.user_id, PASSWORD)).user_id == ann.user_id


@pytest.mark.parametrize("identifier", ["ann", "nobody", 999_999])
async def test_wrong_passwords_lock_the_identifier(world: World, identifier: str | int) -> None:
    await world.player("ann")
    call = call_in(world, NoFields(), lockout=LOCKOUT)
    codes = []
    for _ in range(3):
        with pytest.raises(ClientError) as refused:
            await check_password(call, identifier, "wrong")
        codes.append(refused.value.error.code)
    assert codes == ["invalid_credentials", "invalid_credentials", "account_locked"]
    assert refused.value.extra == {"retry_after": 10}
