"""The command line: parses the arguments, runs one command, and turns errors into one line and an exit code."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

import uvloop

from cli import (
    announcements,
    audit,
    backup,
    bots,
    doctor,
    migrate,
    restore,
    rounds,
    rtp,
    serve,
    settings,
    users,
    wallets,
)
from cli.terminal import CommandError, program
from server.config import ConfigError, load
from server.errors import UnreachableError
from server.version import VERSION
from storage.errors import DatabaseUnavailableError

OK, WRONG_INPUT, INTERRUPTED, CUT_OFF = 0, 2, 130, 141
COMMANDS = (serve, migrate, settings, doctor, audit, backup, restore, users, wallets, announcements, rounds, rtp, bots)
"""The modules of the commands; each has ``add(subparsers)``, which sets the command's coroutine as ``run``."""

EPILOG = """\
examples:
  {program} serve                              serve until SIGTERM or Ctrl-C
  {program} serve --demo                       the same, with a demo account and bots
  {program} migrate                            create the database or bring it up to date
  {program} user show ann                      look up a player by username, e-mail address or roll number
  {program} wallet top-up ann 12.50            give ann 12.50 chips
  {program} announce "Back at 18:00."            show a line to everybody who is connected
  {program} doctor                             check the whole set-up
  {program} audit                              check that the books balance
  {program} backup backup/monday.db            copy the database of a running server
  {program} verify crash.812                   check that a round was drawn and paid correctly
  {program} rtp limbo --option target=2         calculate the return of a bet
  CROUPIER_PORT=9000 {program} serve           settings come from the environment or a .env file

exit codes: 0 success, 1 a check found a problem (doctor, audit, backup …), 2 wrong input or no database, 130 Ctrl-C,
141 the reader of the output (`| head`) went away before the end
"""


class Parser(argparse.ArgumentParser):
    """Reports wrong arguments in one line instead of printing the whole usage, and takes no abbreviated options."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser(commands: Sequence[ModuleType]) -> Parser:
    top = Parser(
        prog=program(),
        description="Croupier: a game server for a community that plays together for chips.",
        epilog=EPILOG.format(program=program()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"Croupier {VERSION}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands:
        command.add(subparsers)
    return top


def main(argv: Sequence[str] | None = None, commands: Sequence[ModuleType] = COMMANDS) -> int:
    """Run the command that ``argv`` names (default: the process's arguments); returns the exit code."""
    args = parser(commands).parse_args(argv)
    code: int = CUT_OFF
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(args.run(args, load()))
            sys.stdout.flush()
            return code
    except (CommandError, ConfigError) as error:
        return _wrong_input(str(error))
    except UnreachableError as away:
        return _wrong_input(away.what)
    except DatabaseUnavailableError as error:
        return _wrong_input(f"can't reach the database: {error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has enough; keep Python from flushing stdout again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code


def _wrong_input(message: str) -> int:
    print(f"{program()}: {' '.join(message.split())}", file=sys.stderr)
    return WRONG_INPUT
