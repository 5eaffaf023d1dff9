"""What every journal guarantees, tested with the local one and the one in Redis."""

from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from game_engine.game import Act, Bet, Command, Leave, Seat, Wake
from game_engine.replay import journal_to_json
from server.backends.journal import Journal, LocalJournal, Record
from server.config import ConfigError
from server.errors import UnreachableError
from server.rooms.live_round import void_bet
from tests.server.backends.holds_world import claim, hold
from tests.server.backends.journal_world import opening, writer_of

FOUR: list[tuple[int, Command]] = [
    (1_795_000_000_001, Bet(seat=Seat(0), number=1, amount=100, client_seed="heads", selection={"auto_cashout": 2.0})),
    (1_795_000_000_002, Wake()),
    (1_795_000_000_002, Act(Seat(0), {"action": "cashout", "bet": 1})),
    (1_795_000_000_009, Leave(Seat(0))),
]


@pytest.fixture(params=["memory", "file", "redis"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    if request.param == "memory":
        yield LocalJournal()
        return
    if request.param == "file":
        with closing(LocalJournal(tmp_path / "rounds", largest_file=1000)) as local:
            yield local
        return
    async with writer_of(request.getfixturevalue("redis_url")) as writer:
        yield writer.journal


async def test_a_room_without_a_round_has_no_record(journal: Journal) -> None:
    assert await journal.read("crash") is None


async def test_commands_are_read_in_order(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    assert await journal.read("crash") == Record(opening(7), b"[]")
    await journal.append(claim(), *FOUR[0])
    journal.append_nowait(claim(), *FOUR[1])
    await journal.append(claim(), *FOUR[2])
    journal.append_nowait(claim(), *FOUR[3])
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(7), journal_to_json([*FOUR, FOUR[1]]))


async def test_bets_are_read_as_they_are_recorded_if_the_round_becomes_void(journal: Journal) -> None:
    bets = [void_bet(hold(7, f"key \x1f {n}", 100), n, 30, n) for n in (1, 2)]
    await journal.open(claim(), opening(7))
    await journal.append(claim(), *FOUR[0], bets[0])
    await journal.append(claim(), *FOUR[1])
    journal.append_nowait(claim(), *FOUR[2], bets[1])
    await journal.append(claim(), *FOUR[3])
    assert await journal.read("crash") == Record(opening(7), journal_to_json(FOUR), tuple(bets))


async def test_the_next_round_starts_empty(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    await journal.append(claim(), *FOUR[0])
    await journal.open(claim(), opening(8))
    assert await journal.read("crash") == Record(opening(8), b"[]")
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(8), journal_to_json(FOUR[1:2]))


async def test_each_room_has_its_own_journal(journal: Journal) -> None:
    await journal.open(claim("crash"), opening(7))
    await journal.open(claim("dice-1"), opening(1, "dice-1"))
    await journal.append(claim("dice-1"), *FOUR[0])
    assert await journal.read("crash") == Record(opening(7), b"[]")
    await journal.clear(claim("crash"))
    assert await journal.read("dice-1") == Record(opening(1, "dice-1"), journal_to_json(FOUR[:1]))


async def test_a_cleared_journal_is_gone(journal: Journal) -> None:
    await journal.open(claim(), opening(7))
    await journal.append(claim(), *FOUR[0])
    await journal.clear(claim())
    await journal.clear(claim())
    assert await journal.read("crash") is None
    await journal.open(claim(), opening(8))
    assert await journal.read("crash") == Record(opening(8), b"[]")


async def test_writing_a_round_again_changes_nothing(journal: Journal) -> None:
    """An owner does this when Redis may have lost entries."""
    await journal.open(claim(), opening(7))
    for each in FOUR:
        await journal.append(claim(), *each)
    await journal.open(claim(), opening(7))
    for each in FOUR:
        journal.append_nowait(claim(), *each)
    await journal.append(claim(), *FOUR[1])
    assert await journal.read("crash") == Record(opening(7), journal_to_json([*FOUR, FOUR[1]]))


# -- the file of a single node --


def after_a_crash(path: Path) -> LocalJournal:
    """The journal of the next process: the folder's lock ends with the process that had it."""
    copy = path.parent / "copy"
    copy.mkdir(exist_ok=True)
    (copy / path.name).write_bytes(path.read_bytes())
    return LocalJournal(copy / path.name)


async def test_a_journal_finds_the_live_rounds_of_a_process_that_died(tmp_path: Path) -> None:
    path = tmp_path / "rounds"
    bet = void_bet(hold(7, "k", 100), 1, 30, 5)
    with closing(LocalJournal(path, largest_file=1000)) as journal:
        for number in range(1, 30):
            await journal.open(claim("crash"), opening(number))
            await journal.open(claim("dice-1"), opening(number, "dice-1"))
            await journal.append(claim("crash"), *FOUR[0], bet)
            journal.append_nowait(claim("crash"), *FOUR[1])
        await journal.clear(claim("dice-1"))
        assert path.stat().st_size < 6_000
        assert path.stat().st_mode & 0o777 == 0o600
        with path.open("ab") as file:
            file.write(b'{"type":"entry","room":"cra')  # the process died while it wrote
        with closing(after_a_crash(path)) as found:
            assert found.left_behind() == ["crash"]
            assert await found.read("crash") == Record(opening(29), journal_to_json(FOUR[:2]), (bet,))
            await found.append(claim("crash"), *FOUR[2])
            with closing(after_a_crash(tmp_path / "copy" / "rounds")) as again:
                assert await again.read("crash") == Record(opening(29), journal_to_json(FOUR[:3]), (bet,))


async def test_what_can_t_be_written_is_refused_until_it_can(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Something is in the way of the file when it has to be written anew."""
    path, obstacle, written = tmp_path / "rounds", tmp_path / "rounds.new", FOUR[:1]
    with closing(LocalJournal(path, largest_file=0)) as journal:
        await journal.open(claim(), opening(7))
        await journal.append(claim(), *FOUR[0])
        obstacle.mkdir()
        with suppress(UnreachableError):
            while len(written) < 100:
                await journal.append(claim(), *FOUR[1])
                written = [*written, FOUR[1]]
        with pytest.raises(UnreachableError):
            await journal.append(claim(), *FOUR[1])
        journal.append_nowait(claim(), *FOUR[2])
        assert caplog.text.count("bets are refused until it can") == 1
        obstacle.rmdir()
        await journal.append(claim(), *FOUR[3])
        expected = Record(opening(7), journal_to_json([*written, *FOUR[2:]]))
        with closing(after_a_crash(path)) as found:
            assert await found.read("crash") == await journal.read("crash") == expected


def test_a_folder_is_for_one_journal_at_a_time(tmp_path: Path) -> None:
    with closing(LocalJournal(tmp_path / "rounds")), pytest.raises(ConfigError, match="another server keeps its state"):
        LocalJournal(tmp_path / "rounds")
    LocalJournal(tmp_path / "rounds").close()


@pytest.mark.parametrize("content", [b"{}\n", b"\xff\n", b'{"type":"entry","room":"crash","entry":[1,2]}\n'])
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rounds").write_bytes(content)
    with pytest.raises(ConfigError, match=r"rounds, line 1: .*move the file away"):
        LocalJournal(tmp_path / "rounds")
    assert (tmp_path / "rounds").read_bytes() == content


def test_a_folder_that_can_t_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ConfigError, match="File exists"):
        LocalJournal(tmp_path / "state" / "rounds")
