"""Tests of the link to Redis: order, pipelines, and what happens to a command if Redis does not answer."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from devtools.services import RedisServer
from server.backends.redis_link import RedisLink, Script
from server.errors import UnreachableError
from tests.redis_server import silent
from tests.waiting import eventually

ADD = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
PUSH = Script("return redis.call('RPUSH', KEYS[1], ARGV[1])")


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[RedisLink]:
    link = RedisLink(redis_url)
    await link.open()
    yield link
    await link.close()


@pytest.fixture
async def other(redis_url: str) -> AsyncIterator[RedisLink]:
    """Another link, to look at what the one under test has done."""
    other = RedisLink(redis_url)
    await other.open()
    yield other
    await other.close()


async def all_of(*asked: Any) -> list[Any]:
    return await asyncio.gather(*asked, return_exceptions=True)


async def stat(link: RedisLink, name: str) -> int:
    info: bytes = await link.call("INFO", "stats")
    return int(info.split(f"\n{name}:".encode())[1].split()[0])


async def reads(link: RedisLink) -> int:
    """How many times Redis has read from sockets."""
    return await stat(link, "total_reads_processed")


async def connections(link: RedisLink) -> int:
    """How many connections Redis has accepted."""
    return await stat(link, "total_connections_received")


async def test_answers_are_bytes_and_integers(link: RedisLink) -> None:
    assert await link.call("SET", "a", b"\x00\xff\r\n") == b"OK"
    assert await link.call("GET", b"a") == b"\x00\xff\r\n"
    assert await link.call("GET", "b") is None
    assert await link.call("INCRBY", "n", 40) == 40
    assert await link.call("MGET", "n", "b", "a") == [b"40", None, b"\x00\xff\r\n"]
    assert await link.call("SET", "é", "ü") == b"OK"
    assert await link.call("GET", "é") == "ü".encode()


async def test_one_turn_is_one_pipeline_in_order(link: RedisLink) -> None:
    before = await reads(link)
    answers = await all_of(*(link.call("RPUSH", "list", n) for n in range(50)))
    assert answers == list(range(1, 51))
    assert await reads(link) - before == 2  # the pipeline, and the question
    assert await link.call("LRANGE", "list", 0, -1) == [b"%d" % n for n in range(50)]


async def test_a_refusal_by_redis_concerns_only_its_caller(link: RedisLink) -> None:
    await link.call("SET", "text", "x")
    first, wrong, last = await all_of(link.call("INCR", "n"), link.call("INCR", "text"), link.call("INCR", "n"))
    assert (first, last) == (1, 2)
    assert isinstance(wrong, ResponseError)
    with pytest.raises(ResponseError, match="unknown command"):
        await link.call("NOSUCH")


async def test_a_command_that_cannot_be_packed_concerns_only_its_caller(link: RedisLink) -> None:
    good = asyncio.create_task(link.call("INCR", "n"))
    with pytest.raises(TypeError):
        await link.call("SET", "n", None)  # type: ignore[arg-type]
    assert await good == 1


async def test_a_caller_who_gives_up_does_not_affect_others(link: RedisLink) -> None:
    impatient, patient = (asyncio.create_task(link.call("INCR", "n")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2


async def test_keys_contain_the_database() -> None:
    assert RedisLink("redis://localhost").key("owners") == b"croupier:0:owners"
    assert RedisLink("redis://localhost:1/7").key("all") == b"croupier:7:all"
    assert RedisLink("unix:///run/redis.sock?db=2").key("x") == b"croupier:2:x"


async def test_databases_do_not_mix(redis_url: str, link: RedisLink) -> None:
    second = RedisLink(redis_url.removesuffix("/0") + "/1")
    await second.open()
    await link.call("SET", "a", 1)
    assert await second.call("GET", "a") is None
    await second.close()


def test_a_url_with_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        RedisLink("redis://localhost?colour=red")


# --- scripts


async def test_scripts_run_by_their_sha(link: RedisLink) -> None:
    assert await all_of(*(link.run(ADD, [b"n"], [n]) for n in (1, 2, 3))) == [1, 3, 6]
    assert await link.call("SCRIPT", "EXISTS", ADD.sha) == [1]
    commands: bytes = await link.call("INFO", "commandstats")
    assert b"cmdstat_eval:calls=1," in commands
    assert b"cmdstat_evalsha:calls=2," in commands


async def test_forgotten_scripts_run_in_order_after_the_rest(link: RedisLink) -> None:
    await all_of(link.run(ADD, [b"n"], [1]), link.run(PUSH, [b"list"], ["a"]))
    await link.call("SCRIPT", "FLUSH")
    asked = (link.run(PUSH, [b"list"], ["b"]), link.run(ADD, [b"n"], [1]), link.run(PUSH, [b"list"], ["c"]))
    assert await all_of(*asked, link.call("PING")) == [2, 2, 3, b"PONG"]
    assert await link.call("LRANGE", "list", 0, -1) == [b"a", b"b", b"c"]


async def test_scripts_forgotten_by_a_restart_keep_their_place(link: RedisLink, redis_server: RedisServer) -> None:
    await link.run(ADD, [b"n"], [1])
    redis_server.restart(empty=True)
    assert await all_of(link.call("SET", "n", 5), link.run(ADD, [b"n"], [2]), link.call("SET", "n", 0)) == [
        b"OK",
        7,
        b"OK",
    ]


async def test_a_wrong_script_concerns_only_its_caller(link: RedisLink) -> None:
    wrong, right = await all_of(link.run(Script("return ("), [], []), link.run(ADD, [b"n"], [1]))
    assert isinstance(wrong, ResponseError)
    assert right == 1


# --- when Redis does not answer


async def test_a_lost_connection_is_noticed_before_anything_is_sent(link: RedisLink, other: RedisLink) -> None:
    mine = await link.call("CLIENT", "ID")
    await other.call("CLIENT", "KILL", "ID", mine)
    connection = link._connection
    assert connection is not None
    await eventually(lambda: connection._reader is None or connection._reader.at_eof())
    assert await link.call("INCR", "n") == 1
    assert await link.call("CLIENT", "ID") != mine


async def test_an_unanswered_command_fails_and_is_not_sent_again(link: RedisLink) -> None:
    kill = ("CLIENT", "KILL", "ID", await link.call("CLIENT", "ID"), "SKIPME", "no")
    first, killed, last = await all_of(link.call("INCR", "n"), link.call(*kill), link.call("INCR", "n"))
    assert (first, killed) == (1, 1)
    assert isinstance(last, UnreachableError)
    assert await link.call("GET", "n") == b"1"


async def test_commands_behind_a_timed_out_pipeline_fail_with_it(redis_server: RedisServer, other: RedisLink) -> None:
    link = RedisLink(redis_server.url, answer_s=0.5, largest_pipeline=10)
    await link.open()
    before = await connections(other)
    with silent(redis_server):
        sent = [asyncio.create_task(link.call("INCR", "n")) for _ in range(3)]
        await asyncio.sleep(0.01)
        behind = [asyncio.create_task(link.call("RPUSH", "list", n)) for n in range(300)]
        assert all(isinstance(each, UnreachableError) for each in await all_of(*sent, *behind))
    link.answer_s = 5
    assert await link.call("GET", "n") in (None, b"3")  # it may have been done, but only once
    assert await link.call("LLEN", "list") == 0
    assert await connections(other) - before == 1  # the thirty pipelines did not each wait for their own deadline
    await link.close()


async def test_a_pause_within_the_deadline_fails_nothing(link: RedisLink, redis_server: RedisServer) -> None:
    with silent(redis_server):
        asked = [asyncio.create_task(link.call("INCR", "n")) for _ in range(3)]
        done, _ = await asyncio.wait(asked, timeout=0.05)
        assert not done
    assert await all_of(*asked) == [1, 2, 3]


async def test_redis_that_is_down_and_comes_back(redis_server: RedisServer, link: RedisLink) -> None:
    redis_server.stop()
    for _ in range(3):
        with pytest.raises(UnreachableError) as caught:
            await link.call("INCR", "n")
        assert "can't be reached" in caught.value.what
    redis_server.start()

    async def answers() -> int:
        while True:
            try:
                return int(await link.call("INCR", "n"))
            except UnreachableError:
                await asyncio.sleep(0.01)

    async with asyncio.timeout(5):
        assert await answers() == 1


async def test_open_gives_the_reason_without_the_password(redis_server: RedisServer) -> None:
    url, password = redis_server.url, redis_server.url.split("@")[0].rpartition(":")[2]
    wrong = RedisLink(url.replace(password, "se" + "cret"))
    with pytest.raises(UnreachableError) as caught:
        await wrong.open()
    assert f"127.0.0.1:{redis_server.port}" in caught.value.what
    assert "password" in caught.value.what
    assert "se" + "cret" not in caught.value.what
    redis_server.stop()
    right = RedisLink(url)
    with pytest.raises(UnreachableError) as caught:
        await right.open()
    assert f"127.0.0.1:{redis_server.port}" in caught.value.what
    assert password not in caught.value.what
    await all_of(wrong.close(), right.close())


async def test_open_fails_if_redis_does_not_answer(redis_server: RedisServer) -> None:
    link = RedisLink(redis_server.url, answer_s=0.1)
    with silent(redis_server), pytest.raises(UnreachableError) as caught:
        await link.open()
    assert "does not answer" in caught.value.what
    await link.close()


async def test_the_link_pauses_between_attempts_to_connect() -> None:
    visits: list[int] = []

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as door:
        port = door.sockets[0].getsockname()[1]
        link = RedisLink(f"redis://:x@127.0.0.1:{port}", reconnect_pause_s=60)
        for _ in range(5):
            with pytest.raises(UnreachableError) as caught:
                await link.open()
            assert f"127.0.0.1:{port} can't be reached: " in caught.value.what
        await link.close()
    assert len(visits) == 1


@pytest.mark.parametrize("word", ["LOADING", "READONLY", "MASTERDOWN", "OOM", "MISCONF", "NOREPLICAS", "BUSY"])
async def test_a_redis_that_refuses_all_clients_is_unreachable(link: RedisLink, word: str) -> None:
    refuses = Script(f"return redis.error_reply('{word} it says why')")
    wrong, _ = await all_of(link.run(refuses, [], []), link.call("PING"))
    assert isinstance(wrong, UnreachableError), wrong
    assert await link.call("PING") == b"PONG"


async def test_a_full_redis_is_unreachable_for_writes(link: RedisLink) -> None:
    await link.call("SET", "a", 1)
    await link.call("CONFIG", "SET", "maxmemory", 1)
    written, run, read = await all_of(link.call("SET", "b", 1), link.run(ADD, [b"a"], [1]), link.call("GET", "a"))
    assert (type(written), type(run), read) == (UnreachableError, UnreachableError, b"1")


async def test_a_replica_is_unreachable_for_writes(link: RedisLink) -> None:
    await link.call("CONFIG", "SET", "replica-serve-stale-data", "yes")
    mine = await link.call("CLIENT", "ID")
    await link.call("REPLICAOF", "127.0.0.1", 1)
    written, run = await all_of(link.call("SET", "b", 1), link.run(ADD, [b"a"], [1]))
    assert isinstance(written, UnreachableError)
    assert isinstance(run, UnreachableError)
    assert await link.call("CLIENT", "ID") != mine  # another server may have the address now


# --- posts


async def test_posts_keep_their_order(link: RedisLink) -> None:
    failures: list[Exception] = []
    for n in range(3):
        link.post("RPUSH", "list", n, on_failure=failures.append)
    link.post_run(PUSH, [b"list"], [3], on_failure=failures.append)
    assert await link.call("LRANGE", "list", 0, -1) == [b"0", b"1", b"2", b"3"]
    assert failures == []


async def test_failures_of_posts_are_reported(link: RedisLink, redis_server: RedisServer) -> None:
    failures: list[Exception] = []
    await link.call("SET", "text", "x")
    link.post("INCR", "text", on_failure=failures.append)
    await eventually(lambda: len(failures) == 1)
    assert isinstance(failures[0], ResponseError)
    redis_server.stop()
    link.post("INCR", "n", on_failure=failures.append)
    link.post_run(ADD, [b"n"], [1], on_failure=failures.append)
    await eventually(lambda: len(failures) == 3)
    assert [type(each) for each in failures[1:]] == [UnreachableError, UnreachableError]
    gc.collect()  # an exception that was never retrieved would be reported here


async def test_closing_waits_for_answers(redis_url: str, other: RedisLink) -> None:
    link = RedisLink(redis_url)
    await link.open()
    failures: list[Exception] = []
    for _ in range(5):
        link.post("INCR", "n", on_failure=failures.append)
    await link.close()
    assert (await other.call("GET", "n"), failures) == (b"5", [])
    with pytest.raises(UnreachableError):
        await link.call("PING")
    assert await other.call("GET", "n") == b"5"


# --- order


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["call", "post", "run", "post_run", "turn", "wait", "flush"]), max_size=40))
def test_order_is_kept(redis_url: str, steps: list[str]) -> None:
    async def run() -> None:
        link = RedisLink(redis_url)
        await link.call("DEL", "list")
        asked: list[asyncio.Task[Any]] = []
        failures: list[Exception] = []
        given_ = [n for n, step in enumerate(steps) if step in ("call", "post")]
        run_ = [n for n, step in enumerate(steps) if step in ("run", "post_run")]
        for n, step in enumerate(steps):
            if step == "call":
                asked.append(asyncio.create_task(link.call("RPUSH", "list", n)))
                await asyncio.sleep(0)
            elif step == "run":
                asked.append(asyncio.create_task(link.run(PUSH, [b"scripts"], [n])))
                await asyncio.sleep(0)
            elif step == "post":
                link.post("RPUSH", "list", n, on_failure=failures.append)
            elif step == "post_run":
                link.post_run(PUSH, [b"scripts"], [n], on_failure=failures.append)
            elif step == "flush":
                link.post("SCRIPT", "FLUSH", on_failure=failures.append)
            else:
                await asyncio.sleep(0 if step == "turn" else 0.001)
        await all_of(*asked, link.call("PING"))
        lists = await all_of(link.call("LRANGE", "list", 0, -1), link.call("LRANGE", "scripts", 0, -1))
        await link.call("DEL", "list", "scripts")
        await link.close()
        assert (lists, failures) == ([[b"%d" % n for n in given_], [b"%d" % n for n in run_]], [])

    asyncio.run(run())
