"""A real HTTP server on a real SQLite database, with a stopped clock and fake rooms and players."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar

import bcrypt
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestClient
from msgspec import Raw
from multidict import CIMultiDictProxy
from prometheus_client import CollectorRegistry
from sqlalchemy import update

from game_engine.games import GAMES
from server.backends.directory import Terms
from server.backends.rate import LocalRateLimiter
from server.clock import Clock, utc
from server.config import Config
from server.errors import ClientError, SignOutReason
from server.mail import Mailer
from server.messages import RoomsOk, RoomSummary, RoundHead, Snapshot, SnapshotFrame, StakeLimits, encode
from server.node.players import Players
from server.node.private_rooms import PrivateRooms
from server.node.room_keys import new_key
from server.node.room_service import RoomService
from server.web.background import Background
from server.web.decode import NoFields
from server.web.deps import WebDeps
from server.web.passwords import Passwords
from server.web.rate_limits import RateLimits
from server.web.route import HttpCall
from storage.accounts import NewAccount
from storage.login_failures import Lockout
from storage.models import User
from storage.operator_accounts import ensure_players, sign_in_players
from storage.settlement import WalletChange
from storage.store import Store
from tests.server.shaky_store import ShakyStore
from tests.waiting import eventually

B = TypeVar("B")

API = "/api/v1"
PASSWORD = "correct horse battery"
START_MS = 1_795_000_000_000
CHEAP_HASHES = 4


class StillClock:
    def __init__(self) -> None:
        self.ms = START_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms

    def now(self) -> datetime:
        return utc(self.ms)

    def jump(self, time: timedelta) -> None:
        self.ms += round(time.total_seconds() * 1000)


class RecordingMailer(Mailer):
    """Records mails instead of sending them."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__("Croupier <croupier@campus.example>", clock, ())
        self.sent: list[EmailMessage] = []

    async def _deliver(self, message: EmailMessage) -> None:
        self.sent.append(message)


class CountingPasswords(Passwords):
    """Records the hash that each check compares with."""

    def __init__(self, cost: int) -> None:
        super().__init__(cost)
        self.checked: list[str | None] = []

    async def check(self, password: str, hashed: str | None) -> bool:
        self.checked.append(hashed)
        return await super().check(password, hashed)


CRASH = Snapshot(
    game="crash",
    round=RoundHead("crash.1", 1, "0" * 64),
    paused=None,
    view={"phase": "betting", "closes_at": START_MS + 6000},
    bets=[],
    players=[],
    spectators=1,
    chat=[],
    history=[],
    limits=StakeLimits(1, 100_000),
    options={},
)


class FakePrivateRooms(PrivateRooms):
    """One public room, ``crash``, and the private rooms in ``terms``. Nothing of the base class is used."""

    def __init__(self) -> None:
        self.terms: dict[str, Terms] = {}
        self.snapshots = {"crash": encode(SnapshotFrame(room="crash", epoch="e", seq=0, snapshot=CRASH))}

    async def open(self, terms: Terms) -> str:
        room = new_key(terms.game)
        self.terms[room] = terms
        return room

    async def close(self, room: str, user_id: int) -> None:
        if self.terms.pop(room, None) is None:
            raise ClientError("no_such_room")

    async def opened_by(self, user_id: int) -> dict[str, Terms]:
        return {room: terms for room, terms in self.terms.items() if terms.owner == user_id}

    async def find_by_code(self, code: str) -> tuple[str, str]:
        raise ClientError("no_such_room")

    async def delay_s(self, room: str, user_id: int | None, invite: str | None) -> int:
        return 0

    async def snapshot(self, room: str, user_id: int | None, invite: str | None) -> bytes | None:
        return self.snapshots.get(room)


class FakeRoomService(RoomService):
    """One public room, ``crash``. Nothing of the base class is used."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.failure: Exception | None = None

    async def room_list(self, game: str | None = None) -> Raw:
        if self.failure is not None:
            raise self.failure
        crash = RoomSummary(
            room="crash",
            game="crash",
            title="Crash",
            shared=True,
            private=False,
            owner=None,
            seats=1000,
            watch="everybody",
            invited_only=False,
            delay=0,
            options={},
            players=2,
            spectators=1,
            phase="betting",
            closes_at=START_MS + 6000,
            started_at=None,
            paused=None,
            round="crash.1",
            history=[],
        )
        return Raw(encode(RoomsOk([crash] if game in (None, "crash") else [])))

    def troubles(self) -> list[str]:
        return self.trouble


class FakePlayers(Players):
    """Records its calls. Nothing of the base class is used."""

    def __init__(self) -> None:
        self.held_by_user: dict[int, int] = {}
        self.signed_out: list[tuple[int, str]] = []
        self.spared: list[tuple[int | None, int | None]] = []
        """For each sign-out, the only sign-in that ended, and the one that did not."""
        self.changes: list[WalletChange] = []
        self.changed: list[int] = []

    async def held(self, user_id: int) -> int:
        return self.held_by_user.get(user_id, 0)

    async def has_live_bets(self, user_id: int) -> bool:
        return self.held_by_user.get(user_id, 0) > 0

    async def sign_out(
        self, user_id: int, reason: SignOutReason, *, only: int | None = None, but: int | None = None
    ) -> None:
        self.signed_out.append((user_id, reason))
        self.spared.append((only, but))

    async def account_deleted(self, user_id: int) -> None:
        self.signed_out.append((user_id, "account_disabled"))

    async def wallet_changed(self, change: WalletChange) -> None:
        self.changes.append(change)

    async def account_changed(self, user_id: int) -> None:
        self.changed.append(user_id)


class Player:
    """A signed-in player, and the calls that they make."""

    def __init__(self, world: "World", user_id: int, username: str, token: str) -> None:
        self.world = world
        self.user_id = user_id
        self.username = username
        self.token = token

    async def call(self, method: str, path: str, **request: Any) -> ClientResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.world.call(method, path, headers=headers, **request)

    async def ok(self, method: str, path: str, **request: Any) -> Any:
        return await answer(await self.call(method, path, **request))


@dataclass(frozen=True, kw_only=True)
class World:
    """A running server's services, and a client that calls it."""

    db: ShakyStore
    clock: StillClock
    mailer: RecordingMailer
    passwords: CountingPasswords
    room_service: FakeRoomService
    private_rooms: FakePrivateRooms
    players: FakePlayers
    deps: WebDeps
    client: TestClient[web.Request, web.Application]

    async def call(self, method: str, path: str, **request: Any) -> ClientResponse:
        return await self.client.request(method, path if path.startswith("/") else f"{API}/{path}", **request)

    async def raw(self, path: str, **headers: str) -> tuple[CIMultiDictProxy[str], bytes]:
        """Headers and body of a GET as they came, compressed or not. ``accept_encoding`` is the header of this name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            ClientSession(auto_decompress=False, skip_auto_headers=("Accept-Encoding",)) as session,
            session.get(self.client.make_url(path), headers=named) as response,
        ):
            return response.headers, await response.read()

    async def post(self, path: str, **body: Any) -> ClientResponse:
        return await self.call("POST", path, json=body)

    async def player(self, username: str = "ann", credit: int = 100_000) -> Player:
        """A verified player with a wallet and a token."""
        hashed = cheap_hash(PASSWORD)
        new = NewAccount(
            roll_number=username.upper()[:10],
            email=f"{username}@campus.example",
            username=username,
            full_name=username.title(),
            password_hash=hashed,
        )
        now = self.clock.now()
        [user_id] = await ensure_players(self.db, [new], credit, now)
        return Player(self, user_id, username, await self.sign_in(user_id, "Laptop"))

    async def sign_in(self, user_id: int, name: str) -> str:
        """The token of a new sign-in with this name."""
        (token,) = await sign_in_players(self.db, [user_id], name, self.clock.now())
        return token

    async def mails(self, count: int) -> list[EmailMessage]:
        """Wait for ``count`` mails; returns all mails so far."""
        await eventually(lambda: len(self.mailer.sent) >= count, f"{count} mails")
        return self.mailer.sent

    async def set_user(self, user_id: int, **columns: Any) -> None:
        async with self.db.write() as session:
            await session.execute(update(User).where(User.id == user_id).values(**columns))


def cheap_hash(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(CHEAP_HASHES)).decode()


def web_deps(config: Config, clock: Clock, db: Store, **given: Any) -> WebDeps:
    """The services behind the HTTP API as the server builds them, apart from those that are given."""
    defaults: dict[str, Any] = {
        "games": GAMES,
        "registry": CollectorRegistry(),
        "readiness_checks": (),
        "passwords": Passwords(config.bcrypt_cost),
        "rate_limits": RateLimits(LocalRateLimiter(clock), config.rate_scale, config.mails_per_hour),
        "lockout": Lockout(config.login_attempts, timedelta(seconds=config.lock_seconds)),
        "background": Background(),
    }
    return WebDeps(config=config, clock=clock, db=db, **(defaults | given))


def call_in(world: World, body: B, **deps: Any) -> HttpCall[B, NoFields]:
    """A call as a handler receives it, with some of the world's services replaced."""
    return HttpCall(
        deps=replace(world.deps, **deps),
        body=body,
        query=NoFields(),
        path={},
        now=world.clock.now(),
        signed_in=None,
        address="127.0.0.1",
    )


async def answer(response: ClientResponse) -> Any:
    """The JSON of a successful response; None if it is empty."""
    text = await response.text()
    assert response.status < 300, text
    return await response.json() if text else None


async def problem(response: ClientResponse, code: str) -> dict[str, Any]:
    """The problem document of a response that must have this code."""
    body: dict[str, Any] = await response.json(content_type="application/problem+json")
    assert (body["code"], body["status"]) == (code, response.status), body
    return body


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"#token=([^\s&]+)", text_of(mail))
    assert found is not None, text_of(mail)
    return found[1]


Opener = Callable[..., Awaitable[World]]
"""Opens a world with the test's own settings."""
