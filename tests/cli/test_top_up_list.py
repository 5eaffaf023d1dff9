"""`wallet top-up --csv`: every fault is found before anything is booked, and no list is paid twice by mistake."""

from pathlib import Path

import pytest

from cli.operator_log import log_file
from cli.top_up_list import MAX_LINES
from storage.history import Window, transactions
from tests.cli.conftest import Home, Said


def top_up(home: Home, content: str | bytes, *more: str) -> Said:
    raw = content.encode() if isinstance(content, str) else content
    Path("prizes.csv").write_bytes(raw)
    return home.run("wallet", "top-up", "--csv", "prizes.csv", *more)


def notes(home: Home, user_id: int) -> list[tuple[str, int, str]]:
    rows = home.with_database(lambda db: transactions(db, user_id, Window(limit=9)))
    return [(row.category, row.amount, row.description) for row in rows if row.category == "top-up"]


def test_a_list_is_booked_with_one_entry_for_each_line(home: Home) -> None:
    ann, bob = home.add_player("ann"), home.add_player("bob")
    content = '\ufeffplayer,amount,note\r\nANN,12.50,"Quiz night, first"\r\n\r\nBob@campus.example, 5 ,\r\n'
    said = top_up(home, content, "--note", "Thanks")
    assert (said.code, said.out) == (0, "Booked 2 top-ups, together 17.50 chips.\n")
    assert notes(home, ann) == [("top-up", 1_250, "Quiz night, first")]
    assert notes(home, bob) == [("top-up", 500, "Thanks")]
    acts = log_file(home.config).read_text()
    assert f"top-up by 12.50 chips of user {ann} " in acts
    assert f"top-up by 5.00 chips of user {bob} " in acts
    assert home.run("audit").code == 0


def test_a_second_run_pays_only_if_told_so(home: Home) -> None:
    ann, bob = home.add_player("ann"), home.add_player("bob")
    assert top_up(home, "ann,1\nbob,2\n").code == 0
    for same in ("ann,1\nbob,2\n", "player,amount\nBOB,2.00\nANN,1.00"):
        said = top_up(home, same)
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert "were booked on 20" in said.err
        assert "--again" in said.err
    assert (len(notes(home, ann)), len(notes(home, bob))) == (1, 1)
    assert top_up(home, "ann,1\nbob,2\n", "--again").code == 0
    assert (len(notes(home, ann)), len(notes(home, bob))) == (2, 2)
    assert top_up(home, "ann,1\nbob,2\n", "--note", "December").code == 0


def test_a_dry_run_shows_everything_and_books_nothing(home: Home) -> None:
    ann = home.add_player("ann")
    said = top_up(home, "player,amount,note\nann,1.5,quiz\n", "--dry-run")
    assert (said.code, said.out.splitlines()[-1]) == (0, "This would book 1 top-ups, together 1.50 chips.")
    assert said.out.splitlines()[1].split() == ["2", "ann", "ANN", "1.50", "1,001.50", "quiz"]
    assert notes(home, ann) == []
    assert not log_file(home.config).exists()
    assert top_up(home, "ann,1.5,quiz\n").code == 0
    assert "needs --again" in top_up(home, "ann,1.5,quiz\n", "--dry-run").out


FAULTY = """player,amount,note
ann,1
nobody,1
ann,2,"a second line
of a note"
,5
bob,1e3
bob
bob,1,x,y
cat,2
ANN,3
"""


def test_every_fault_has_its_line_and_nothing_is_booked(home: Home) -> None:
    players = [home.add_player("ann"), home.add_player("bob"), home.add_player("cat", credit=2**52 - 100)]
    said = top_up(home, FAULTY)
    assert (said.code, said.out) == (2, "")
    *faults, summary = said.err.splitlines()
    expected = [
        (3, "no player 'nobody'"),
        (4, "one line"),
        (6, "the player is missing"),
        (7, "not an amount"),
        (8, "has 1"),
        (9, "has 4"),
        (10, "more than"),
        (11, "ann has line 2 already"),
    ]
    assert [fault.partition(":")[0] for fault in faults] == [f"prizes.csv, line {line}" for line, _ in expected]
    assert all(text in fault for fault, (_, text) in zip(faults, expected, strict=True)), faults
    assert "faults in 8 lines; nothing is booked" in summary
    assert [notes(home, each) for each in players] == [[], [], []]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "has no top-ups"),
        ("player,amount,note\n\n", "has no top-ups"),
        (b"ann,1,\xff", "UTF-8"),
        ('ann,"1"x\n', "line 1: this is no CSV"),
        ('ann,1\nann,"1\n', "line 2: this is no CSV"),
        ("ann;1;x\n", "player,amount,note"),
        ("ann,1\n" * (MAX_LINES + 1), "split it"),
        (b" " * (4 * 2**20 + 1), "4 MiB"),
    ],
)
def test_what_is_no_list_is_refused(home: Home, content: str | bytes, text: str) -> None:
    ann = home.add_player("ann")
    said = top_up(home, content)
    assert (said.code, said.out) == (2, "")
    assert text in said.err
    assert notes(home, ann) == []


def test_a_file_that_is_missing_and_arguments_that_contradict_are_refused(home: Home) -> None:
    home.add_player("ann")
    for arguments in (
        ("--csv", "missing.csv"),
        ("--csv", "."),
        ("ann",),
        (),
        ("ann", "1", "--csv", "x.csv"),
        ("ann", "1", "--dry-run"),
        ("ann", "1", "--again"),
    ):
        said = home.run("wallet", "top-up", *arguments)
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), arguments
