"""`run.py bots`: players made of code, who sit down over real WebSockets, bet, chat, and count what goes wrong."""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import aiohttp
import bcrypt
from msgspec import Struct

from cli.bot import SchemaBot, Seat, Tally
from cli.connect import connected
from cli.scoreboard import Scoreboard
from cli.stopping import catch_signals, run_until
from cli.terminal import CommandError
from game_engine.games import GAMES
from server.config import Config
from storage import ledger
from storage.accounts import NewAccount, UsernameTakenError
from storage.errors import DatabaseUnavailableError
from storage.operator import ensure_players, sign_in_players
from storage.store import Store

MOST = 9_999
PATIENCE = aiohttp.ClientTimeout(total=10)
REFILL = 50_000
"""Cents that a bot gets when it is broke."""
MIXED, ALL = "mixed", "all"


class Plan(Struct, frozen=True, kw_only=True):
    """``url`` is the server's origin; ``seed`` makes the bots do the same again; ``pace`` divides their pauses."""

    count: int
    url: str
    games: str = MIXED
    seed: int | None = None
    name: str = "bot"
    pace: float = 1.0


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "bots",
        help="let N bots play over real WebSockets, and show what they see",
        epilog="example: run.py bots 40 --seconds 60 --games crash",
    )
    parser.add_argument("count", metavar="N", type=_count, help=f"how many, 1 to {MOST}")
    parser.add_argument(
        "--url", help="where the server is (default: CROUPIER_PUBLIC_URL or the configured host and port)"
    )
    parser.add_argument(
        "--games",
        choices=(*sorted(GAMES), ALL, MIXED),
        default=MIXED,
        metavar="GAME",
        help=f"a game, {ALL}, or {MIXED}: most in public rooms (default)",
    )
    parser.add_argument("--seconds", type=_seconds, help="stop after so long (default: at Ctrl-C)")
    parser.add_argument("--seed", type=int, help="a number that makes them do the same again")
    parser.add_argument("--pace", type=_seconds, default=1.0, help="2 makes them twice as hasty (default: 1)")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    url = args.url or config.origin()
    if not url.startswith(("http://", "https://")):
        raise CommandError(f"--url must start with http:// or https://, not {url!r}")
    plan = Plan(count=args.count, url=url.rstrip("/"), games=args.games, seed=args.seed, pace=args.pace)
    await _look(plan.url)
    async with connected(config) as db:
        tally = Tally()
        board = Scoreboard(tally, sys.stdout)
        stop = asyncio.Event()
        catch_signals(stop)
        await run_until(stop, run_bots(config, db, plan, tally, board.show), args.seconds)
    board.finish()
    return 1 if tally.anomalies() else 0


async def run_bots(
    config: Config, db: Store, plan: Plan, tally: Tally, report: Callable[[], None] | None = None
) -> None:
    """Play until cancelled. ``tally`` is filled meanwhile, ``report`` called once a second.

    Raises CommandError when the bots' names belong to people, DatabaseUnavailableError.
    """
    seats = await bot_accounts(config, db, plan)
    dice = random.Random(plan.seed)
    # Every bot leans back for a moment of its own before it comes, or all would come at once.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http, asyncio.TaskGroup() as group:
        games = dealt(plan, await published(http, plan.url))
        for game, seat in zip(cycle(games), seats, strict=False):
            bot = SchemaBot(http, plan.url, seat, random.Random(dice.getrandbits(64)), tally)
            bot.game = game
            bot.pace = plan.pace
            group.create_task(bot.live(lambda user_id: _refill(db, user_id)), name=seat.username)
        while report is not None:
            await asyncio.sleep(1)
            report()


async def published(http: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    """The games of the server, as it describes them."""
    async with http.get(f"{url}/api/v1/games") as answer:
        answer.raise_for_status()
        games: list[dict[str, Any]] = (await answer.json())["games"]
        return games


def dealt(plan: Plan, games: list[dict[str, Any]]) -> list[str]:
    """What the bots play, in turn. Raises CommandError for a game that is not there."""
    names = [game["name"] for game in games]
    if plan.games in names:
        return [plan.games]
    if plan.games == ALL:
        return names
    if plan.games != MIXED:
        raise CommandError(f"--games: there is no {plan.games!r}; give {ALL}, {MIXED} or one of {', '.join(names)}")
    public = [game["name"] for game in games if game["public"]]
    return [*public, *public, *(game["name"] for game in games if not game["shared"])]


async def bot_accounts(config: Config, db: Store, plan: Plan) -> list[Seat]:
    """The accounts of the bots, made if need be, all signed in anew."""
    width = max(2, len(str(plan.count)))
    names = [f"{plan.name}_{number:0{width}}" for number in range(1, plan.count + 1)]
    # Nobody is told the password, so a cheap hash is as good as a dear one.
    secret = bcrypt.hashpw(random.SystemRandom().randbytes(32).hex().encode(), bcrypt.gensalt(4)).decode()
    wanted = [_account(name, secret) for name in names]
    now = datetime.now(UTC)
    try:
        user_ids = await ensure_players(db, wanted, config.sign_up_credit, now)
    except UsernameTakenError as taken:
        raise CommandError(f"the name or roll number of bot {taken} belongs to somebody else") from taken
    tokens = await sign_in_players(db, user_ids, now)
    return [Seat(*each) for each in zip(names, user_ids, tokens, strict=True)]


def _account(name: str, password_hash: str) -> NewAccount:
    roll_number = name.replace("_", "").upper()[-10:]
    return NewAccount(roll_number, f"{name}@bots.invalid", name, name.replace("_", " ").title(), password_hash)


async def _refill(db: Store, user_id: int) -> None:
    with suppress(DatabaseUnavailableError):  # it stays broke for now, and asks again
        await ledger.credit(db, user_id, REFILL, "top-up", "A bot's pocket money")


async def _look(url: str) -> None:
    """Raises CommandError when no server answers there."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz", timeout=PATIENCE) as answer:
            answer.raise_for_status()
    except (aiohttp.ClientError, OSError) as error:
        raise CommandError(f"no server answers at {url}: {error or type(error).__name__}") from error


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value
