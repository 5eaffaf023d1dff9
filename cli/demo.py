"""Demo mode: an account with a known password, and bots that make the rooms lively."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import bcrypt

from cli.bot import Tally
from cli.bots import Plan, run_bots
from cli.terminal import CommandError
from server.address import is_loopback
from server.config import PREFIX, Config
from storage.accounts import NewAccount, UsernameTakenError
from storage.operator_accounts import ensure_players
from storage.store import Store

log = logging.getLogger(__name__)

USERNAME = "demo"
PASSWORD = "croupier-demo-2026"  # noqa: S105 (printed at every start)
BOT_NAMES = (
    "ada_bot",
    "ravi_bot",
    "mei_bot",
    "noor_bot",
    "tom_bot",
    "ines_bot",
    "kofi_bot",
    "lena_bot",
    "sven_bot",
    "yuki_bot",
    "omar_bot",
    "rosa_bot",
)
BOTS = len(BOT_NAMES)
TABLES = ("holdem", "crash", "holdem", "roulette", "holdem", "blackjack", "holdem", "crash", "holdem", "roulette")
"""Where the bots sit down, in turn: hold'em needs the most of them to look alive."""


def greeting(origin: str) -> str:
    """The text that the start prints."""
    return (
        f"This is a demo: sign in as {USERNAME} with the password {PASSWORD},\n"
        f"or register an account and read its mail at {origin}/dev/mail. {BOTS} bots are playing."
    )


def require_private(config: Config) -> None:
    """Raises CommandError for demo mode at a public URL, unless the settings say a second time that it may be there."""
    if not config.demo or not config.public_url or config.demo_in_public:
        return
    host = urlsplit(config.public_url).hostname or ""
    if host != "localhost" and not is_loopback(host):
        raise CommandError(
            f"demo mode does not start at the public address {config.public_url}, where everybody could sign in as "
            f"{USERNAME}; turn demo mode off, or set {PREFIX}DEMO_IN_PUBLIC=true as well"
        )


async def run(config: Config, db: Store, url: str) -> None:
    """Create the account, then let the bots play at one server until cancelled."""
    await entertain(config, db, plans([url]))


def plans(urls: Sequence[str]) -> list[Plan]:
    """The bots, distributed evenly over the nodes."""
    shares = [BOT_NAMES[first :: len(urls)] for first in range(len(urls))]
    return [
        Plan(count=len(names), url=url, names=names, tables=TABLES, sensible=True)
        for names, url in zip(shares, urls, strict=True)
        if names
    ]


async def entertain(config: Config, db: Store, plans: Sequence[Plan]) -> None:
    """Create the account, then let the bots play until cancelled."""
    try:
        await open_account(config, db)
        async with asyncio.TaskGroup() as group:
            for plan in plans:
                group.create_task(run_bots(config, db, plan, Tally()))
    except asyncio.CancelledError:
        raise
    except Exception:
        log.exception("the bots of the demo have stopped; the server goes on without them")


async def open_account(config: Config, db: Store) -> None:
    """Create the demo account or reset its password. Leaves an account of a real player with that name alone."""
    hashed = await asyncio.to_thread(bcrypt.hashpw, PASSWORD.encode(), bcrypt.gensalt(config.bcrypt_cost))
    account = NewAccount(
        roll_number="DEMO",
        email="demo@demo.invalid",
        username=USERNAME,
        full_name="Demo Player",
        password_hash=hashed.decode(),
    )
    try:
        await ensure_players(db, [account], config.sign_up_credit, datetime.now(UTC))
    except UsernameTakenError:
        log.warning("a player is called %s, so there is no demo account", USERNAME)
