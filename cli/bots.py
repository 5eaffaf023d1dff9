"""The command `bots`: automatic players who bet and chat over real WebSockets and count what goes wrong."""

import argparse
import asyncio
import logging
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

from cli.bot import Bot, Refill, SchemaBot, Seat, Tally
from cli.connect import connected
from cli.scoreboard import Scoreboard
from cli.stopping import catch_signals, run_until
from cli.strategies import STRATEGIES
from cli.terminal import CommandError, program
from game_engine.games import GAMES
from server.config import Config
from storage import ledger
from storage.accounts import NewAccount, UsernameTakenError
from storage.errors import DatabaseUnavailableError
from storage.operator_accounts import ensure_players, sign_in_players
from storage.store import Store

log = logging.getLogger(__name__)

MAX_BOTS = 9_999
TIMEOUT = aiohttp.ClientTimeout(total=10)
REFILL_CENTS = 50_000
"""What a bot without chips gets."""
MIXED, ALL = "mixed", "all"
SENSIBLE_CHAT_CHANCE = 0.002
"""How often a sensible bot says something after an event; about once in three minutes at a table of five."""


class Plan(Struct, frozen=True, kw_only=True):
    """``url``: origin of the server. ``seed``: the same one gives the same choices. ``pace`` divides all pauses.
    ``tables``: the games that the bots sit down to in turn, instead of ``games``. ``names``: their names, instead of
    ``name`` with numbers. ``sensible`` bots play as people do and say little; others play at random within the rules.
    """

    count: int
    url: str
    games: str = MIXED
    seed: int | None = None
    name: str = "bot"
    pace: float = 1.0
    tables: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sensible: bool = False


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "bots",
        help="let bots play over real WebSockets, and show what they count",
        epilog=f"example: {program()} bots 40 --seconds 60 --games crash",
    )
    parser.add_argument("count", metavar="N", type=_count, help=f"number of bots, 1 to {MAX_BOTS}")
    parser.add_argument(
        "--url", help="origin of the server (default: CROUPIER_PUBLIC_URL, or the configured host and port)"
    )
    parser.add_argument(
        "--games",
        choices=(*sorted(GAMES), ALL, MIXED),
        default=MIXED,
        metavar="GAME",
        help=f"a game, {ALL}, or {MIXED} (default), which puts most bots into public rooms",
    )
    parser.add_argument("--seconds", type=_seconds, help="stop after this time (default: on Ctrl-C)")
    parser.add_argument("--seed", type=int, help="repeat the choices of an earlier run with the same seed")
    parser.add_argument("--pace", type=_seconds, default=1.0, help="speed of the bots; 2 is twice as fast (default: 1)")
    parser.set_defaults(run=run)


async def run(args: argparse.Namespace, config: Config) -> int:
    url = args.url or config.origin()
    if not url.startswith(("http://", "https://")):
        raise CommandError(f"--url must start with http:// or https://, not {url!r}")
    plan = Plan(count=args.count, url=url.rstrip("/"), games=args.games, seed=args.seed, pace=args.pace)
    await _require_server(plan.url)
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
    """Let the bots play until cancelled; count in ``tally`` and call ``report`` once a second.

    Raises CommandError if another player has the name of a bot, and DatabaseUnavailableError.
    """
    seats = await bot_accounts(config, db, plan)
    dice = random.Random(plan.seed)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http, asyncio.TaskGroup() as group:
        games = games_to_play(plan, await published_games(http, plan.url))
        for game, seat in zip(cycle(games), seats, strict=False):
            bot = SchemaBot(http, plan.url, seat, random.Random(dice.getrandbits(64)), tally)
            bot.game = game
            bot.pace = plan.pace
            if plan.sensible:
                bot.strategy = STRATEGIES.get(game)
                bot.chat_chance = SENSIBLE_CHAT_CHANCE
            group.create_task(live_apart(bot, lambda user_id: _refill(db, user_id)), name=seat.username)
        while report is not None:
            await asyncio.sleep(1)
            report()


async def live_apart(bot: Bot, refill: Refill) -> None:
    """Let a bot play until it is cancelled. If it can't play its game, it stops, and the other bots go on.

    Raises DatabaseUnavailableError.
    """
    try:
        await bot.live(refill)
    except DatabaseUnavailableError:
        raise
    except Exception:
        bot.tally.errors["stopped"] += 1
        log.exception("%s can't play %s and stops; the other bots go on", bot.seat.username, bot.game)


async def published_games(http: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    """The server's descriptions of its games."""
    async with http.get(f"{url}/api/v1/games") as answer:
        answer.raise_for_status()
        games: list[dict[str, Any]] = (await answer.json())["games"]
        return games


def games_to_play(plan: Plan, games: list[dict[str, Any]]) -> list[str]:
    """The games that the bots play; they take turns through the list. Raises CommandError for an unknown game."""
    names = [game["name"] for game in games]
    tables = [game for game in plan.tables if game in names]
    if tables:
        return tables
    if plan.games in names:
        return [plan.games]
    if plan.games == ALL:
        return names
    if plan.games != MIXED:
        raise CommandError(f"--games: unknown game {plan.games!r}; use {ALL}, {MIXED} or one of {', '.join(names)}")
    public = [game["name"] for game in games if game["public"]]
    return [*public, *public, *(game["name"] for game in games if not game["shared"])]


async def bot_accounts(config: Config, db: Store, plan: Plan) -> list[Seat]:
    """Create the accounts that don't exist yet, and sign all of them in with new tokens."""
    width = max(2, len(str(plan.count)))
    names = plan.names or [f"{plan.name}_{number:0{width}}" for number in range(1, plan.count + 1)]
    # Nobody knows the random password, so a cheap hash is safe.
    secret = bcrypt.hashpw(random.SystemRandom().randbytes(32).hex().encode(), bcrypt.gensalt(4)).decode()
    wanted = [_account(name, secret) for name in names]
    now = datetime.now(UTC)
    try:
        user_ids = await ensure_players(db, wanted, config.sign_up_credit, now)
    except UsernameTakenError as taken:
        raise CommandError(f"another player has the name or roll number of bot {taken}") from taken
    tokens = await sign_in_players(db, user_ids, "Bot", now)
    return [Seat(*each) for each in zip(names, user_ids, tokens, strict=True)]


def _account(name: str, password_hash: str) -> NewAccount:
    roll_number = name.replace("_", "").upper()[-10:]
    return NewAccount(
        roll_number=roll_number,
        email=f"{name}@bots.invalid",
        username=name,
        full_name=name.replace("_", " ").title(),
        password_hash=password_hash,
    )


async def _refill(db: Store, user_id: int) -> None:
    with suppress(DatabaseUnavailableError):  # the bot has no chips for now and asks again later
        await ledger.credit(db, user_id, REFILL_CENTS, "top-up", "Chips for a bot")


async def _require_server(url: str) -> None:
    """Raises CommandError if no server answers at ``url``."""
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/healthz", timeout=TIMEOUT) as answer:
            answer.raise_for_status()
    except (aiohttp.ClientError, OSError) as error:
        raise CommandError(f"no server answers at {url}; name its address with --url or CROUPIER_PORT") from error


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_BOTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_BOTS}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value
