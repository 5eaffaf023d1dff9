"""Tests of the lease of a node that is alone."""

from server.rooms.lease import LocalLease


async def test_one_owner_at_a_time_with_numbers_that_grow() -> None:
    lease = LocalLease()
    first = await lease.acquire("crash")
    assert first is not None
    assert await lease.acquire("crash") is None
    other = await lease.acquire("dice-1")
    assert other is not None
    await lease.release("crash")
    again = await lease.acquire("crash")
    assert again is not None
    assert first < other < again


async def test_releasing_what_nobody_owns_is_harmless() -> None:
    await LocalLease().release("crash")
