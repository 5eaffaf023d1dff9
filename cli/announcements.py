"""The command `announce`: shows a line to everybody who is connected."""

import argparse
from datetime import UTC, datetime
from typing import Any

from cli import operator_log
from cli.connect import connected
from cli.terminal import CommandError, program
from server.config import Config
from server.visible_text import visible_line
from storage import announcements
from storage.models.announcement import MAX_CHARACTERS


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "announce",
        help="show a line to everybody who is connected",
        description="Show a line to everybody who is connected, on every node, within CROUPIER_REFRESH seconds. Who "
        "connects later does not see it.",
        epilog=f'example: {program()} announce "The server restarts at 18:00. Your bets stay in play until then."',
    )
    parser.add_argument(
        "text", metavar="TEXT", help=f"one line of 1 to {MAX_CHARACTERS} characters, in quotation marks"
    )
    parser.set_defaults(run=announce)


async def announce(args: argparse.Namespace, config: Config) -> int:
    text = visible_line(args.text)
    if not 1 <= len(text) <= MAX_CHARACTERS:
        raise CommandError(f"the text must have 1 to {MAX_CHARACTERS} characters that can be seen")
    async with connected(config) as db:
        number = await announcements.announce(db, text, datetime.now(UTC))
    operator_log.note(config, f"announcement {number}")
    print(f"Announced to everybody who is connected: {text}")
    return 0
