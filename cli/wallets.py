"""The command `wallet top-up`: gives a player chips and records the transaction."""

import argparse
from typing import Any

from cli import operator_log
from cli.amounts import cents, chips
from cli.connect import account_of, connected
from cli.terminal import CommandError, program
from cli.users import USER
from server.config import Config
from storage import ledger

MAX_NOTE_CHARACTERS = 255


def add(commands: Any) -> None:
    parser = commands.add_parser("wallet", help="top up a player's wallet")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser(
        "top-up",
        help="give a player chips",
        epilog=f'example: {program()} wallet top-up ann 12.50 --note "quiz night"',
    )
    action.add_argument("user", metavar="USER", help=USER)
    action.add_argument("amount", metavar="AMOUNT", type=cents, help="chips, with up to two decimals: 12.50")
    action.add_argument("--note", default="Top-up", help="the description of the transaction (default: Top-up)")
    action.set_defaults(run=top_up)


async def top_up(args: argparse.Namespace, config: Config) -> int:
    note = args.note.strip()
    if not note.isprintable() or not 1 <= len(note) <= MAX_NOTE_CHARACTERS:
        raise CommandError(f"the note must be one line of 1 to {MAX_NOTE_CHARACTERS} characters")
    async with connected(config) as db:
        account = await account_of(db, args.user)
        try:
            change = await ledger.credit(db, account.user_id, args.amount, "top-up", note)
        except ledger.BalanceTooLargeError:
            most = chips(ledger.LARGEST_BALANCE)
            raise CommandError(
                f"{account.username} would have more than {most} chips, the most that is exact"
            ) from None
    operator_log.note(config, f"top-up by {chips(args.amount)} chips", account.user_id)
    print(f"{account.username} got {chips(args.amount)} chips and now has {chips(change.balance)}.")
    return 0
