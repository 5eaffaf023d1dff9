"""Passwords put to the test, for anybody who is named."""

from datetime import timedelta

import pytest

from server.errors import Problem
from server.web.background import Background
from server.web.call import Call, Tools
from server.web.decode import Nothing
from server.web.passwords import Passwords
from server.web.prove import prove
from server.web.rates import Rates
from server.web.strangers import Strangers
from storage.credentials import Lockout
from tests.server.web.world import CHEAP_HASHES, PASSWORD, World


def call_in(world: World) -> Call[Nothing, Nothing]:
    lockout = Lockout(2, timedelta(seconds=10))
    tools = Tools(
        passwords=Passwords(CHEAP_HASHES),
        rates=Rates(1, 1),
        strangers=Strangers(lockout),
        background=Background(),
        lockout=lockout,
    )
    return Call(
        parts=world.parts,
        tools=tools,
        body=Nothing(),
        query=Nothing(),
        path={},
        address="127.0.0.1",
        now=world.clock.now(),
        signed_in=None,
    )


async def test_by_name_and_by_id(world: World) -> None:
    ann = await world.player("ann")
    call = call_in(world)
    assert (await prove(call, "ann", PASSWORD)).user_id == ann.user_id
    assert (await prove(call, ann.user_id, PASSWORD)).user_id == ann.user_id


@pytest.mark.parametrize("identifier", ["ann", "nobody", 999_999])
async def test_wrong_then_locked(world: World, identifier: str | int) -> None:
    await world.player("ann")
    call = call_in(world)
    codes = []
    for _ in range(3):
        with pytest.raises(Problem) as refused:
            await prove(call, identifier, "wrong")
        codes.append(refused.value.error.code)
    assert codes == ["invalid_credentials", "invalid_credentials", "account_locked"]
    assert refused.value.extra == {"retry_after": 10}
