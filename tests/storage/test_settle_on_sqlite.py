"""The program that settles on SQLite: its answers, in order, and what it makes of input that breaks off."""

import pickle
import sqlite3
from io import BytesIO
from typing import Any

import msgspec
import pytest

from storage.database import Database
from storage.settle_on_sqlite import LENGTH, message_of, serve
from tests.storage.world import World


def answers_of(requests: bytes, path: str, *pragmas: str) -> list[Any]:
    written = BytesIO()
    serve(BytesIO(requests), written, path, pragmas)
    written.seek(0)
    answers = []
    while length := written.read(LENGTH):
        answers.append(msgspec.msgpack.decode(written.read(int.from_bytes(length))))
    return answers


def fates(answer: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(each["number"], each["status"]) for each in answer]


async def test_requests_are_answered_until_there_are_no_more(migrated_sqlite_url: str) -> None:
    db = await Database.open(migrated_sqlite_url)
    world = World(db)
    ann = await world.player()
    first, second = (world.round("dice-1", [world.bet(ann, 1, 10, 30, f"k{n}")]) for n in range(2))
    requests = message_of([first]), message_of([first, second]), message_of([second])
    broken_off = requests[0] + requests[1] + requests[2][:-9]
    *answers, last = answers_of(broken_off, str(db.url.database), "foreign_keys=ON")
    assert [fates(answer) for answer in answers] == [[(1, "settled")], [(1, "settled"), (2, "settled")]]
    assert answers[1][1]["wallets"] == [{"user_id": ann, "balance": 1_040, "version": 3}]
    assert isinstance(pickle.loads(last), msgspec.DecodeError)
    assert await world.balances() == {ann: (1_040, 3)}
    await db.close()


@pytest.mark.parametrize(
    ("path", "pragmas", "error"),
    [
        ("/nowhere/x.db", [], "unable to open database file"),
        ("/dev/null", ["journal_mode=WAL"], "no such table"),
    ],
)
def test_what_goes_wrong_is_an_answer(path: str, pragmas: list[str], error: str) -> None:
    request = message_of([])
    answers = [pickle.loads(answer) for answer in answers_of(request * 2, path, *pragmas)]
    assert [type(each) for each in answers] == [sqlite3.OperationalError] * 2
    assert error in str(answers[1])
