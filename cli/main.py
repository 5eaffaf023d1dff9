"""The command line: what `run.py` can be told, and how a command that can't go on says so."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import uvloop

from cli import audit, bots, cluster, doctor, migrate, new_game, rounds, rtp, serve, settings, users, wallets
from cli.terminal import CommandError
from server.config import ConfigError, load
from server.errors import UnreachableError
from storage.database import DatabaseUnavailableError

FINE, WRONG, INTERRUPTED = 0, 2, 130
COMMANDS = (serve, migrate, settings, doctor, audit, users, wallets, rounds, rtp, new_game, bots, cluster)

EPILOG = """\
examples:
  run.py migrate                            make the database, or bring it up to date
  run.py serve                              serve until SIGTERM or Ctrl-C
  run.py serve --demo                       the same with a demo account and some bots
  run.py cluster                            two nodes, PostgreSQL and Redis on this machine, to try them
  run.py user show ann                      who is ann? (a username, e-mail address or roll number)
  run.py wallet top-up ann 12.50            give ann twelve and a half chips
  run.py doctor                             is everything set up right?
  run.py audit                              do the books balance?
  run.py verify crash.812                   was the round drawn and paid as promised?
  run.py rtp plinko --option rows=16        what does a bet return in the long run?
  CROUPIER_PORT=9000 run.py serve           settings come from the environment or a .env file

exit codes: 0 fine, 1 something wrong was found (doctor, audit, verify), 2 wrong input or no database
"""


class Parser(argparse.ArgumentParser):
    """One line for wrong input, not the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> Parser:
    top = Parser(
        prog="run.py",
        description="Croupier: a game server for a community that plays together for chips.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; answers the exit code."""
    args = parser().parse_args(argv)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code: int = runner.run(args.run(args, load()))
            sys.stdout.flush()
            return code
    except (CommandError, ConfigError) as error:
        return _wrong(str(error))
    except UnreachableError as away:
        return _wrong(away.what)
    except DatabaseUnavailableError as error:
        return _wrong(f"the database can't be reached: {error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough; stdout must not be flushed again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE


def _wrong(message: str) -> int:
    print(f"run.py: {' '.join(message.split())}", file=sys.stderr)
    return WRONG
