"""`announce` shows one visible line to everybody who is connected."""

from argparse import Namespace

import aiohttp
import pytest

from cli import announcements
from cli.operator_log import log_file
from storage.announcements import recent
from tests.cli.conftest import Home, Site
from tests.published import CHECKED
from tests.server.live_clients import Player


class Address:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url


async def test_a_running_server_shows_the_line(site: Site) -> None:
    async with aiohttp.ClientSession(**CHECKED) as http:
        wall = Player(Address(http, site.url.replace("http", "ws", 1) + "/ws"), "", 0, None)
        await wall.client.connect()
        try:
            assert await announcements.announce(Namespace(text="Back at 18:00."), site.config) == 0
            assert (await wall.notice_of("announcement"))["text"] == "Back at 18:00."
        finally:
            await wall.client.close()


def test_what_can_not_be_seen_is_left_out_and_the_act_is_on_record(home: Home) -> None:
    said = home.run("announce", "  Back\u202e at\n18:00\u200b. ")
    assert (said.code, said.out) == (0, "Announced to everybody who is connected: Back at 18:00.\n")
    [row] = home.with_database(recent)
    assert row.text == "Back at 18:00."
    line = log_file(home.config).read_text()
    assert f" announcement {row.number} by " in line
    assert "Back" not in line


@pytest.mark.parametrize("text", ["", " ", "\u200b\u3164", "x" * 281])
def test_a_text_must_have_something_to_see_and_fit(home: Home, text: str) -> None:
    said = home.run("announce", text)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "1 to 280 characters" in said.err
    assert home.with_database(recent) == []


def test_the_longest_text_fits(home: Home) -> None:
    assert home.run("announce", "न" * 280).code == 0
    assert [len(row.text) for row in home.with_database(recent)] == [280]
