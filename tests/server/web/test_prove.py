"""Passwords put to the test, for anybody who is named."""

from datetime import timedelta

import pytest

from server.errors import ClientError
from server.web.decode import Nothing
from server.web.prove import prove
from server.web.strangers import Strangers
from storage.credentials import Lockout
from tests.server.web.world import PASSWORD, World, call_in

LOCKOUT = Lockout(2, timedelta(seconds=10))


async def test_by_name_and_by_id(world: World) -> None:
    ann = await world.player("ann")
    call = call_in(world, Nothing(), lockout=LOCKOUT, strangers=Strangers(LOCKOUT))
    assert (await prove(call, "ann", PASSWORD)).user_id == ann.user_id
    assert (await prove(call, ann.user_id, PASSWORD)).user_id == ann.user_id


@pytest.mark.parametrize("identifier", ["ann", "nobody", 999_999])
async def test_wrong_then_locked(world: World, identifier: str | int) -> None:
    await world.player("ann")
    call = call_in(world, Nothing(), lockout=LOCKOUT, strangers=Strangers(LOCKOUT))
    codes = []
    for _ in range(3):
        with pytest.raises(ClientError) as refused:
            await prove(call, identifier, "wrong")
        codes.append(refused.value.error.code)
    assert codes == ["invalid_credentials", "invalid_credentials", "account_locked"]
    assert refused.value.extra == {"retry_after": 10}
