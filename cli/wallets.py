"""`run.py wallet top-up`: gives a player chips, on record as a transaction."""

import argparse
from typing import Any

from cli.amounts import cents, chips
from cli.connect import account_of, connected
from cli.terminal import CommandError
from cli.users import USER
from server.config import Config
from storage import ledger

LONGEST_NOTE = 255


def add(commands: Any) -> None:
    parser = commands.add_parser("wallet", help="top up a player's wallet")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser(
        "top-up", help="give a player chips", epilog='example: run.py wallet top-up ann 12.50 --note "quiz night"'
    )
    action.add_argument("user", metavar="USER", help=USER)
    action.add_argument("amount", metavar="AMOUNT", type=cents, help="chips, with up to two decimals: 12.50")
    action.add_argument("--note", default="Top-up", help="what the transaction says (default: Top-up)")
    action.set_defaults(run=top_up)


async def top_up(args: argparse.Namespace, config: Config) -> int:
    note = args.note.strip()
    if not note.isprintable() or not 1 <= len(note) <= LONGEST_NOTE:
        raise CommandError(f"the note must be one line of 1 to {LONGEST_NOTE} characters")
    async with connected(config) as db:
        account = await account_of(db, args.user)
        if not account.email_verified:
            raise CommandError(f"{account.username} has no wallet yet: verify the account first")
        change = await ledger.credit(db, account.user_id, args.amount, "top-up", note)
    print(f"{account.username} has {chips(change.balance)} chips now, {chips(args.amount)} more.")
    return 0
