"""The vectors for other people's verifiers are up to date, say what they promise and pass ours."""

from typing import Any

import msgspec
import pytest

from game_engine.replay import verify
from tests.game_engine import vectors

DOCUMENT = msgspec.json.decode(vectors.FILE.read_bytes())


def test_the_file_is_up_to_date() -> None:
    assert vectors.FILE.read_text(encoding="utf-8") == vectors.text(), "run python -m tests.game_engine.vectors"
    assert len(vectors.FILE.read_bytes()) < 600_000


def test_the_worked_check_comes_first() -> None:
    first = DOCUMENT["draws"][0]
    assert (first["server_seed"], first["client_seed"], first["nonce"]) == ("server seed", "client seed", 1)
    assert (first["dice"]["roll"], first["crash"]["point"]) == (74.67, 1.32)


@pytest.mark.parametrize("name", DOCUMENT["rounds"])
def test_a_round_passes(name: str) -> None:
    checks = verify(DOCUMENT["rounds"][name])
    assert [check.name for check in checks if not check.ok] == []


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("dice, over, won", [("win", 124)]),
        ("dice, over, lost", [("loss", 0)]),
        ("dice, under, won", [("win", 16_242)]),
        ("dice, under, lost", [("loss", 0)]),
        ("crash, three players", [("cashout", 1_500), ("cashout", 382), ("cashout", 297), ("loss", 0), ("cashout", 1)]),
        ("crash, nobody bet", []),
        ("crash, lost at once", [("loss", 0)]),
        ("crash, taken out at the largest payout", [("cashout", 1_498)]),
        ("coinduel, the challenger wins", [("win", 5_000), ("loss", 0)]),
        ("coinduel, the taker wins", [("loss", 0), ("win", 5_000)]),
        ("coinduel, the room keeps its rake", [("loss", 0), ("win", 649)]),
        ("coinduel, withdrawn", [("push", 2_500)]),
        ("coinduel, the challenger left", [("push", 2_500)]),
    ],
)
def test_a_round_shows_what_its_name_says(name: str, results: list[tuple[str, int]]) -> None:
    bets: list[dict[str, Any]] = DOCUMENT["rounds"][name]["bets"]
    assert [(bet["result"], bet["payout"]) for bet in bets] == results


def test_late_wakes_change_the_journal_and_nothing_else() -> None:
    rounds = DOCUMENT["rounds"]
    on_time, late = rounds["crash, three players"], rounds["crash, three players, every wake late"]
    assert on_time["journal"] != late["journal"]
    assert on_time["bets"] == late["bets"]
    assert on_time["outcome"] == late["outcome"]
