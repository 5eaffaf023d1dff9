"""The command `rtp`: prints what the bets of a game return in the long run, and how that was calculated."""

import argparse
from fractions import Fraction
from typing import Any

import msgspec
from msgspec import Struct

from cli.amounts import cents
from cli.terminal import CommandError, program, table
from game_engine.game import AnyGame, RefusedError
from game_engine.games import GAMES
from game_engine.odds import Odds
from server.config import Config

HEAD = ("bet", "return", "deviation", "largest", "method")


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "rtp",
        help="print the return of a game's bets, their standard deviation and their largest payout",
        epilog=f"example: {program()} rtp plinko --option rows=16 --option risk=high",
    )
    parser.add_argument("game", metavar="GAME", choices=sorted(GAMES), help=f"one of {', '.join(sorted(GAMES))}")
    parser.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a choice of the bet or a setting of the room (default: typical bets with default settings)",
    )
    parser.add_argument(
        "--stake",
        metavar="CHIPS",
        type=cents,
        help="the stake of the bets, whose payouts are then rounded down to whole cents (default: nothing is rounded)",
    )
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, _config: Config) -> int:
    game = GAMES[args.game]
    options, selection = chosen(game, args.option)
    try:
        found = game.odds_at(args.stake, options, selection) if args.stake else game.odds(options, selection)
    except RefusedError as refusal:
        raise CommandError(refusal.message) from refusal
    print(f"{game.title} states a return of {percent(game.return_to_player)} of the stakes.")
    print(table(HEAD, map(_row, found), right=(1, 2, 3)))
    return 0


def chosen(game: AnyGame, texts: list[str]) -> tuple[Any, Any]:
    """The options of the room, and the selection of the bet; None for a typical bet. Raises CommandError."""
    of_bet, of_room = _names(game.selection), _names(game.options)
    selection: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in (*of_bet, *of_room):
            known = ", ".join([*of_bet, *of_room]) or "none"
            raise CommandError(
                f"--option {text!r}: expected NAME=VALUE with one of the options of {game.name}: {known}"
            )
        (selection if name in of_bet else options)[name] = _value(value)
    return _convert(options, game.options), _convert(selection, game.selection) if selection else None


def _names(kind: type[Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(kind)]


def _value(text: str) -> Any:
    """The decoded JSON (12, true, [1,2]); the text itself if it is not JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _convert(values: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise CommandError(f"invalid options: {error}") from error


def _row(odds: Odds) -> tuple[str, ...]:
    error = f" ± {100 * odds.error:.4f} %" if odds.error else ""
    return odds.bet, percent(odds.mean) + error, f"{odds.deviation:,.4f}", f"{float(odds.largest):,.4f}", odds.method


def percent(part: Fraction) -> str:
    return f"{float(100 * part):.6f} %"
