"""The command `user`: lists, shows, verifies, disables, enables, unlocks, mutes and deletes accounts."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cli.amounts import chips
from cli.connect import account_of, checked, connected, reading
from cli.durations import duration
from cli.operator_log import note
from cli.terminal import CommandError, collect, one_line, table
from server.config import Config
from storage import accounts, sign_ups
from storage.accounts import (
    NO_PASSWORD,
    Account,
    AddressTakenError,
    NewAccount,
    RollNumberTakenError,
    UsernameTakenError,
)
from storage.credentials import unlock as unlock_account
from storage.history import TransactionRow, Window, transactions
from storage.operator_accounts import mute as set_muted
from storage.sign_ups import Waiting
from storage.store import UNTIL_UNMUTED

USER = "username, e-mail address or roll number"


def add(commands: Any) -> None:
    parser = commands.add_parser("user", help="list, show, verify, disable, enable, unlock, mute or delete accounts")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list all accounts, oldest first")
    listing.add_argument(
        "--search", metavar="TEXT", default="", help="only accounts with TEXT in a name or the e-mail address"
    )
    listing.set_defaults(run=list_users)
    about = {
        "show": (show, "show an account with its profile, wallet and latest transactions"),
        "verify": (verify, "confirm a sign-up without the e-mail, which opens the account with the sign-up credit"),
        "disable": (disable, "disable an account: the player is signed out within seconds and can't sign in"),
        "enable": (enable, "enable an account again, and end its locks"),
        "unlock": (unlock, "end the locks that wrong passwords put on an account"),
        "mute": (mute, "refuse what a player says in chats, on every node within seconds"),
        "unmute": (unmute, "let a muted player chat again"),
        "delete": (delete, "delete an account with its wallet, bets and history, permanently"),
    }
    for name, (run, meaning) in about.items():
        action = actions.add_parser(name, help=meaning, description=meaning.capitalize() + ".")
        action.add_argument("user", metavar="USER", help=USER)
        action.set_defaults(run=run)
        if name == "verify":
            number = "which one, if several sign-ups match; the command lists their numbers"
            action.add_argument("--sign-up", metavar="NUMBER", type=int, help=number)
        if name == "mute":
            length = "how long, such as 90m, 12h or 7d (default: until `user unmute`)"
            action.add_argument("--for", dest="length", metavar="DURATION", type=duration, help=length)
        if name == "delete":
            action.add_argument("--yes", action="store_true", help="confirm the deletion")


async def list_users(args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        with reading("an account"):
            found = await collect("Reading accounts", accounts.list_accounts(db))
        for account in found:
            with reading(f"the account of {account.username!r}"):
                checked(account)
        with reading("a sign-up"):
            waiting = await sign_ups.find_all(db, None, datetime.now(UTC))
    wanted = [a for a in found if args.search.casefold() in " ".join(_names(a)).casefold()]
    waiting = [w for w in waiting if args.search.casefold() in " ".join(_names(w.account)).casefold()]
    rows = [(*_names(a), state_of(a), chips(a.balance), _day(a.last_login)) for a in wanted]
    print(table(("username", "roll number", "e-mail", "full name", "state", "chips", "last sign-in"), rows, right=[5]))
    print(f"{len(rows)} {'account' if len(rows) == 1 else 'accounts'}")
    if waiting:
        print(f"\nSign-ups that wait for confirmation:\n{_waiting(waiting)}")
    return 0


async def show(args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        account = await account_of(db, args.user)
        with reading(f"a transaction of {account.username}"):
            latest = [checked(row) for row in await transactions(db, account.user_id, Window(limit=10))]
    width = 14
    for name, value in _facts(account):
        print(f"{name:{width}}{one_line(value)}")
    if latest:
        rows = [(*_transaction(t), chips(t.balance_after), one_line(t.description)) for t in latest]
        print("\n" + table(("time (UTC)", "transaction", "chips", "balance", "note"), rows, right=[2, 3]))
    return 0


async def verify(args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        now = datetime.now(UTC)
        with reading(f"the sign-up of {args.user!r}"):
            found = await sign_ups.find_all(db, args.user, now)
        found = [each for each in found if args.sign_up in (None, each.sign_up_id)]
        if not found:
            account = await account_of(db, args.user)
            print(f"{account.username} is verified already.")
            return 0
        if len(found) > 1:
            print(_waiting(found), file=sys.stderr)
            raise CommandError(f"several sign-ups match {args.user!r}: name one with --sign-up NUMBER")
        [waiting] = found
        try:
            user_id, change = await sign_ups.confirm_without_link(db, waiting.sign_up_id, config.sign_up_credit, now)
        except (AddressTakenError, UsernameTakenError, RollNumberTakenError):
            raise CommandError("another player signs in by the same address, username or roll number") from None
    note(config, "verification", user_id)
    balance = change.balance if change else 0
    print(f"{waiting.account.username} is verified and has {chips(balance)} chips.")
    if waiting.account.password_hash == NO_PASSWORD:
        print("The account has no password yet: let the player set one by “Forgot your password?” on the sign-in page.")
    return 0


async def disable(args: argparse.Namespace, config: Config) -> int:
    return await _set_active(args, config, False)


async def enable(args: argparse.Namespace, config: Config) -> int:
    return await _set_active(args, config, True)


async def _set_active(args: argparse.Namespace, config: Config, is_active: bool) -> int:
    async with connected(config) as db:
        account = await account_of(db, args.user)
        if not await accounts.set_active(db, account.user_id, is_active, datetime.now(UTC)):
            raise CommandError(f"there is no player {args.user!r}")
        if is_active:
            await unlock_account(db, account.user_id)
    note(config, "enabling" if is_active else "disabling", account.user_id)
    print(f"{account.username} is {'enabled' if is_active else 'disabled and signed out'}.")
    return 0


async def unlock(args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        account = await account_of(db, args.user)
        await unlock_account(db, account.user_id)
    note(config, "unlocking", account.user_id)
    print(f"{account.username} can sign in from everywhere again.")
    return 0


async def mute(args: argparse.Namespace, config: Config) -> int:
    now = datetime.now(UTC).replace(microsecond=0)
    until = UNTIL_UNMUTED if args.length is None else now + args.length
    username = await _set_muted(args, config, until, f"muting {_end_of_mute(until)}")
    print(f"{username} is muted {_end_of_mute(until)}.")
    return 0


async def unmute(args: argparse.Namespace, config: Config) -> int:
    username = await _set_muted(args, config, None, "unmuting")
    print(f"{username} can chat again.")
    return 0


async def _set_muted(args: argparse.Namespace, config: Config, until: datetime | None, act: str) -> str:
    async with connected(config) as db:
        account = await account_of(db, args.user)
        if not await set_muted(db, account.user_id, until):
            raise CommandError(f"there is no player {args.user!r}")
    note(config, act, account.user_id)
    return account.username


async def delete(args: argparse.Namespace, config: Config) -> int:
    async with connected(config) as db:
        account = await account_of(db, args.user)
        if not args.yes:
            raise CommandError(
                f"this would permanently delete {account.username}'s {chips(account.balance)} chips, bets and history; "
                "confirm with --yes"
            )
        await accounts.remove(db, account.user_id, datetime.now(UTC))
    note(config, "deletion", account.user_id)
    print(f"Deleted {account.username}.")
    return 0


def _waiting(found: Sequence[Waiting]) -> str:
    rows = [(str(each.sign_up_id), *_names(each.account), _day(each.created_at)) for each in found]
    return table(("number", "username", "roll number", "e-mail", "full name", "signed up (UTC)"), rows, right=[0])


def state_of(account: Account) -> str:
    if not account.is_active:
        return "disabled"
    if not account.email_verified:
        return "not verified"
    locked = account.locked_until is not None and account.locked_until > datetime.now(UTC)
    return "locked" if locked else "active"


def _end_of_mute(until: datetime) -> str:
    return "until unmuted" if until >= UNTIL_UNMUTED else f"until {until:%Y-%m-%d %H:%M} UTC"


def _names(account: Account | NewAccount) -> tuple[str, str, str, str]:
    return account.username, account.roll_number, account.email, one_line(account.full_name)


def _facts(account: Account) -> list[tuple[str, str]]:
    facts = list(zip(("username", "roll number", "e-mail", "full name"), _names(account), strict=True))
    facts += [("state", state_of(account)), ("registered", _day(account.created_at))]
    if account.muted_until is not None and account.muted_until > datetime.now(UTC):
        facts += [("chat", f"muted {_end_of_mute(account.muted_until)}")]
    facts += [("last sign-in", _day(account.last_login)), ("chips", f"{chips(account.balance)}")]
    facts += [("client seed", account.client_seed)]
    profile = account.profile
    filled_in = {"location": profile.location, "bio": profile.bio, "born": profile.dob, "avatar": profile.avatar_url}
    facts += [(name, str(value)) for name, value in filled_in.items() if value]
    limits = account.limits or {}
    return facts + [(f"limit: {name}", str(value)) for name, value in limits.items() if value]


def _transaction(row: TransactionRow) -> tuple[str, str, str]:
    amount = row.amount if row.type == "credit" else -row.amount
    return f"{row.created_at:%Y-%m-%d %H:%M:%S}", row.category, chips(amount)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
