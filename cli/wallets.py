"""The command `wallet top-up`: gives a player chips, or each player of a list, and records the transactions."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli import operator_log
from cli.amounts import cents, chips
from cli.connect import account_of, connected
from cli.terminal import CommandError, one_line, program, table
from cli.top_up_list import COLUMNS, Line, checked_note, read_list
from cli.users import USER
from server.config import Config
from storage import ledger, top_ups
from storage.store import Store

DESCRIPTION = f"""\
Give a player chips: USER AMOUNT. Or give chips to each player of a list: --csv FILE, in UTF-8, with the columns
{COLUMNS}. The player is a {USER}; without a note, a line has that of --note; a first line with these names is skipped.
All of a list is booked, or nothing. The same players, amounts and notes are not paid a second time without --again.
"""


def add(commands: Any) -> None:
    parser = commands.add_parser("wallet", help="top up players' wallets")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser(
        "top-up",
        help="give a player chips, or each player of a list",
        description=DESCRIPTION,
        epilog=f'examples: {program()} wallet top-up ann 12.50 --note "quiz night"; '
        f"{program()} wallet top-up --csv prizes.csv --dry-run",
    )
    action.add_argument("user", metavar="USER", nargs="?", help=USER)
    action.add_argument("amount", metavar="AMOUNT", nargs="?", type=cents, help="chips, with up to two decimals: 12.50")
    action.add_argument("--note", default="Top-up", help="the description of the transaction (default: Top-up)")
    action.add_argument("--csv", metavar="FILE", type=Path, help="top up each player of this list")
    action.add_argument("--dry-run", action="store_true", help="with --csv: show what it would do, and book nothing")
    action.add_argument("--again", action="store_true", help="with --csv: book a list that was booked before once more")
    action.set_defaults(run=top_up)


async def top_up(args: argparse.Namespace, config: Config) -> int:
    note = checked_note(args.note)
    if args.csv is not None:
        if args.user is not None:
            raise CommandError("give either a player and an amount, or --csv FILE")
        return await _top_up_list(args, config, note)
    if args.user is None or args.amount is None:
        raise CommandError("give a player and an amount, or --csv FILE")
    if args.dry_run or args.again:
        raise CommandError("--dry-run and --again are for lists: give --csv FILE")
    async with connected(config) as db:
        account = await account_of(db, args.user)
        try:
            change = await ledger.credit(db, account.user_id, args.amount, top_ups.CATEGORY, note)
        except ledger.BalanceTooLargeError:
            most = chips(ledger.LARGEST_BALANCE)
            raise CommandError(
                f"{account.username} would have more than {most} chips, the most that is exact"
            ) from None
    operator_log.note(config, f"top-up by {chips(args.amount)} chips", account.user_id)
    print(f"{account.username} got {chips(args.amount)} chips and now has {chips(change.balance)}.")
    return 0


async def _top_up_list(args: argparse.Namespace, config: Config, note: str) -> int:
    async with connected(config) as db:
        lines, faults = await read_list(db, args.csv, note)
        if faults:
            for fault in sorted(faults, key=lambda each: each.line):
                print(f"{args.csv}, line {fault.line}: {fault.text}", file=sys.stderr)
            raise CommandError(f"{args.csv} has faults in {len(faults)} lines; nothing is booked")
        wanted = [line.top_up for line in lines]
        total = f"{len(wanted)} top-ups, together {chips(sum(each.amount for each in wanted))} chips"
        before = await top_ups.last_booked(db, wanted)
        if args.dry_run:
            print(_preview(lines))
            booked = f" It was booked on {before:%Y-%m-%d at %H:%M} UTC: it needs --again." if before else ""
            print(f"This would book {total}.{booked}")
            return 0
        await _book(db, args, wanted)
    for each in wanted:
        operator_log.note(config, f"top-up by {chips(each.amount)} chips", each.user_id)
    print(f"Booked {total}.")
    return 0


async def _book(db: Store, args: argparse.Namespace, wanted: Sequence[top_ups.TopUp]) -> None:
    try:
        await top_ups.book(db, wanted, datetime.now(UTC), again=args.again)
    except top_ups.ListBookedError:
        before = await top_ups.last_booked(db, wanted)
        when = f" on {before:%Y-%m-%d at %H:%M} UTC" if before else ""
        raise CommandError(
            f"the top-ups of {args.csv} were booked{when}; nothing is booked now. To pay them once more, add --again"
        ) from None
    except (ledger.NoSuchAccountError, ledger.BalanceTooLargeError):
        raise CommandError("an account has changed meanwhile; nothing is booked. Run the command again") from None


def _preview(lines: Sequence[Line]) -> str:
    rows = [
        (
            str(line.number),
            line.account.username,
            line.account.roll_number,
            chips(line.top_up.amount),
            chips(line.account.balance + line.top_up.amount),
            one_line(line.top_up.note),
        )
        for line in lines
    ]
    return table(("line", "username", "roll number", "chips", "balance then", "note"), rows, right=[0, 3, 4])
