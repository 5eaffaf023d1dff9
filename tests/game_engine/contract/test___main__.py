"""The command for authors: what it prints, and its exit status."""

import pytest

from game_engine.contract.__main__ import main

FEW = ("--rounds", "20", "--long-rounds", "300")


def test_a_sound_game(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tests.game_engine.contract.games.ladder:Ladder", *FEW]) == 0
    first, *counts = capsys.readouterr().out.splitlines()
    assert first == "ladder keeps the contract: 20 rounds with 20 bets."
    assert [line.split(":")[0] for line in counts] == ["  phases", "  actions", "  events"]


def test_a_fault_and_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    name = "tests.game_engine.contract.faults.moves:AnyAnte"
    assert main([name, *FEW]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("high breaks a promise. A bet of ")
    number = printed.err.split("Script ")[1].split(";")[0]
    assert main([name, "--script", number]) == 1
    assert main(["tests.game_engine.contract.games.high:High", "--script", number]) == 0


@pytest.mark.parametrize("name", ["nowhere:Game", "game_engine.games.dice", "game_engine.games.dice:Selection", ""])
def test_other_names_are_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name])
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err
