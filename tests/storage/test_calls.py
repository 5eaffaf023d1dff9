"""What becomes of the calls to a store that are under way when it closes."""

import asyncio
import gc
import warnings
from functools import partial

import pytest

from storage.calls import to_its_end
from storage.errors import DatabaseUnavailableError
from tests.storage.patient_store import open_patient_store


async def test_a_close_waits_for_the_calls_under_way(migrated_url: str) -> None:
    """Calls that are connecting, running or waiting for a connection when the store closes, even if the close is
    cancelled: no connection is left to the garbage collector, and each call is answered or told that the store is
    closed."""
    gc.collect()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        for turns in range(12):
            store = await open_patient_store(migrated_url)
            calls = [asyncio.create_task(call) for _ in range(6) for call in (store.ping(), store.load_players([1]))]
            for _ in range(turns):
                await asyncio.sleep(0)
            closing = asyncio.create_task(store.close())
            await asyncio.sleep(0)
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)
            answers = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(answer) for answer in answers} <= {type(None), dict, DatabaseUnavailableError}, turns
            for call in (store.ping, partial(store.load_players, [1])):
                with pytest.raises(DatabaseUnavailableError, match="the store is closed"):
                    await call()
        del store, calls, answers
        gc.collect()
    assert [str(warning.message) for warning in found] == []


async def test_a_cancelled_caller_waits_until_its_call_has_ended() -> None:
    may_end = asyncio.Event()
    ended = []

    async def call() -> None:
        await may_end.wait()
        ended.append(True)

    caller = asyncio.create_task(to_its_end(call()))
    for _ in range(3):
        await asyncio.sleep(0)
        caller.cancel()
    assert not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended
    assert await to_its_end(asyncio.sleep(0, "answer")) == "answer"
