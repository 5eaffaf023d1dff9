"""Reads a list of top-ups from a CSV file, and finds every fault in it before any is booked."""

import csv
import io
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from cli.amounts import cents, chips
from cli.connect import account_of
from cli.terminal import CommandError
from storage.accounts import Account
from storage.ledger import LARGEST_BALANCE
from storage.store import Store
from storage.top_ups import TopUp

MAX_NOTE_CHARACTERS = 255
MAX_LINES = 1_000
"""All are booked in one transaction, for which settlements on SQLite wait: a few seconds at most."""
MAX_BYTES = 4 * 1024 * 1024
COLUMNS = "player,amount,note"


class Line(Struct, frozen=True):
    """A line without faults. ``number`` is its place in the file."""

    number: int
    account: Account
    top_up: TopUp


class Fault(Struct, frozen=True):
    line: int
    text: str


def checked_note(note: str) -> str:
    """The note without blanks at its ends. Raises CommandError."""
    note = note.strip()
    if not note.isprintable() or not 1 <= len(note) <= MAX_NOTE_CHARACTERS:
        raise CommandError(f"the note must be one line of 1 to {MAX_NOTE_CHARACTERS} characters")
    return note


async def read_list(db: Store, path: Path, note: str) -> tuple[list[Line], list[Fault]]:
    """The lines of the file, and its faults. Lines without a note get ``note``. Raises CommandError if the file can't
    be read at all."""
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[int, int] = {}
    rows = 0
    for number, row in _rows(_text_of(path), faults):
        rows += 1
        if rows > MAX_LINES:
            raise CommandError(f"{path} has more than {MAX_LINES:,} top-ups: split it")
        try:
            line = await _line(db, number, row, note)
        except (ArgumentTypeError, CommandError) as error:
            faults.append(Fault(number, str(error)))
            continue
        first = seen.setdefault(line.account.user_id, number)
        if first != number:
            faults.append(Fault(number, f"{line.account.username} has line {first} already; give the sum in one line"))
        lines.append(line)
    if rows == 0 and not faults:
        raise CommandError(f"{path} has no top-ups")
    return lines, faults


async def _line(db: Store, number: int, row: list[str], note: str) -> Line:
    if not 2 <= len(row) <= 3:
        raise CommandError(f"a line has the columns {COLUMNS}; this one has {len(row)}")
    player, amount_text, own_note = (*(cell.strip() for cell in row), "")[:3]
    if not player:
        raise CommandError("the player is missing")
    amount = cents(amount_text)
    account = await account_of(db, player)
    if account.balance + amount > LARGEST_BALANCE:
        raise CommandError(f"{account.username} would have more than {chips(LARGEST_BALANCE)} chips")
    return Line(number, account, TopUp(account.user_id, amount, checked_note(own_note or note)))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise CommandError(f"{path} is larger than {MAX_BYTES // 2**20} MiB")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"can't read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not in UTF-8: save it as CSV in UTF-8") from error


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, without the head, and the number of the line in which each begins. What is no CSV is
    added to ``faults`` and ends the rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    is_first = True
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(number, f"this is no CSV: {error}"))
            return
        if not any(cell.strip() for cell in row):
            continue
        if not (is_first and [cell.strip().casefold() for cell in row[1:2]] == ["amount"]):
            yield number, row
        is_first = False
