"""The published test vectors are up to date, show what their names say, and pass our own verifier."""

from typing import Any

import msgspec
import pytest

from game_engine.replay import verify
from tests.game_engine import vectors

DOCUMENT = msgspec.json.decode(vectors.FILE.read_bytes())


def test_the_file_is_up_to_date() -> None:
    assert vectors.FILE.read_text(encoding="utf-8") == vectors.text(), "run python -m tests.game_engine.vectors"
    assert len(vectors.FILE.read_bytes()) < 600_000


def test_the_published_example_comes_first() -> None:
    first = DOCUMENT["draws"][0]
    assert (first["server_seed"], first["client_seed"], first["nonce"]) == ("server seed", "client seed", 1)
    assert (first["dice"]["roll"], first["crash"]["point"]) == (74.67, 1.32)
    assert first["limbo"]["point"] == 1.32


@pytest.mark.parametrize("name", DOCUMENT["rounds"])
def test_a_published_round_passes(name: str) -> None:
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
        ("mines, cashed out", [("cashout", 1_824)]),
        ("mines, lost", [("loss", 0)]),
        ("mines, every safe cell", [("cashout", 569_250)]),
        ("mines, stopped before the first cell", [("push", 777)]),
        ("mines, the player left", [("cashout", 197)]),
        ("hilo, cashed out", [("cashout", 7_455)]),
        ("hilo, lost", [("loss", 0)]),
        ("hilo, the same rank twice", [("cashout", 4_182)]),
        ("hilo, stopped before the first guess", [("push", 500)]),
        ("hilo, worth ten thousand stakes", [("cashout", 3_708_617)]),
        ("hilo, the 52nd card", [("cashout", 375)]),
        ("hilo, the player left", [("cashout", 406)]),
        ("limbo, won at exactly the point", [("win", 7_007)]),
        ("limbo, lost by a hundredth", [("loss", 0)]),
        ("limbo, won, far below the point", [("win", 12_468)]),
        ("limbo, lost at the lowest point", [("loss", 0)]),
        ("limbo, won at the largest target", [("win", 333_000_000)]),
        ("plinko, the middle of eight rows", [("loss", 50)]),
        ("plinko, nine rows, a small win", [("win", 22_221)]),
        ("plinko, twelve rows, a win", [("win", 220)]),
        ("plinko, the stake comes back", [("push", 999)]),
        ("plinko, sixteen rows, the slot at the edge", [("win", 100_000)]),
        ("coinduel, the challenger wins", [("win", 5_000), ("loss", 0)]),
        ("coinduel, the taker wins", [("loss", 0), ("win", 5_000)]),
        ("coinduel, the room keeps its rake", [("loss", 0), ("win", 649)]),
        ("coinduel, withdrawn", [("push", 2_500)]),
        ("coinduel, the challenger left", [("push", 2_500)]),
        ("holdem, folded on the flop, nothing shown", [("loss", 7_700), ("win", 10_300)]),
        ("holdem, folded on the flop, raked", [("loss", 7_700), ("win", 10_285)]),
        ("holdem, shown down, one throws the hand away", [("win", 14_000), ("loss", 6_000), ("loss", 3_000)]),
        ("holdem, all in for three pots", [("win", 16_000), ("push", 6_000), ("loss", 0), ("loss", 6_500)]),
        ("holdem, a pot shared with an odd cent", [("win", 5_025), ("loss", 4_949), ("win", 5_026)]),
        (
            "holdem, stacks that stand, one filled up, raked to the cap",
            [("loss", 8_345), ("win", 1_347), ("win", 5_775), ("win", 578)],
        ),
        (
            "holdem, a turn missed and a player gone",
            [("loss", 9_200), ("loss", 8_700), ("loss", 7_900), ("win", 8_200)],
        ),
        (
            "holdem, the room closes while a time bank runs",
            [("win", 10_100), ("win", 9_100), ("loss", 7_900), ("loss", 6_900)],
        ),
        ("holdem, one leaves before the deal", [("push", 4_000), ("push", 4_000), ("push", 10_000)]),
    ],
)
def test_a_round_has_the_results_in_its_name(name: str, results: list[tuple[str, int]]) -> None:
    bets: list[dict[str, Any]] = DOCUMENT["rounds"][name]["bets"]
    assert [(bet["result"], bet["payout"]) for bet in bets] == results


def test_late_wakes_change_the_journal_and_nothing_else() -> None:
    rounds = DOCUMENT["rounds"]
    on_time, late = rounds["crash, three players"], rounds["crash, three players, every wake late"]
    assert on_time["journal"] != late["journal"]
    assert on_time["bets"] == late["bets"]
    assert on_time["outcome"] == late["outcome"]
