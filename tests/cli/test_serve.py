"""`run.py serve`: one server a database, and where it finds itself. The rest is in tests/test_run.py, as a process."""

import pytest

from cli.serve import local_url, only_server_of
from cli.terminal import WrongInput
from storage.database import Database


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_where_a_server_reaches_itself(host: str, url: str) -> None:
    assert local_url(host, 80) == url


async def test_one_server_owns_a_database(database_url: str) -> None:
    first, second = await Database.open(database_url), await Database.open(database_url)
    async with only_server_of(first):
        with pytest.raises(WrongInput, match="another server"):
            async with only_server_of(second):
                pass
    async with only_server_of(second):
        pass
    await first.close()
    await second.close()
