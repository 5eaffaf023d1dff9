"""A real HTTP server on a real SQLite database, with a clock that stands still and a small live side."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar

import bcrypt
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from sqlalchemy import update

from server.backends.directory import Terms
from server.clock import utc
from server.errors import ClientError
from server.mail import Mailer
from server.messages import RoomSummary, RoundName, Snapshot, SnapshotFrame, StakeLimits, encode
from server.rooms.room_names import fresh_room
from server.web.background import Background
from server.web.call import Call, Tools
from server.web.decode import Nothing
from server.web.live import Parts
from server.web.passwords import Passwords
from server.web.rates import Rates
from server.web.strangers import Strangers
from storage import accounts, credentials, credits
from storage.accounts import NewAccount
from storage.credentials import Lockout
from storage.database import Database
from storage.ledger import WalletChange
from storage.models import User

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

    def now(self) -> datetime:
        return utc(self.ms)

    def jump(self, time: timedelta) -> None:
        self.ms += round(time.total_seconds() * 1000)


class KeptMailer(Mailer):
    """Keeps what would be sent."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__("Croupier <croupier@campus.example>", clock, ())
        self.sent: list[EmailMessage] = []

    async def _deliver(self, message: EmailMessage) -> None:
        self.sent.append(message)


CRASH = Snapshot(
    game="crash",
    round=RoundName("crash.1", 1, "0" * 64),
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


class SmallGate:
    """One public room; ``private`` are others."""

    def __init__(self) -> None:
        self.private: dict[str, Terms] = {}
        self.snapshots = {"crash": encode(SnapshotFrame("crash", "e", 0, CRASH))}

    async def open(self, terms: Terms) -> str:
        room = fresh_room(terms.game)
        self.private[room] = terms
        return room

    async def close(self, room: str, user_id: int) -> None:
        if self.private.pop(room, None) is None:
            raise ClientError("no_such_room")

    async def opened_by(self, user_id: int) -> dict[str, Terms]:
        return {room: terms for room, terms in self.private.items() if terms.owner == user_id}

    async def lag(self, room: str, user_id: int | None, invite: str | None) -> int:
        return 0

    async def snapshot(self, room: str, user_id: int | None, invite: str | None) -> bytes | None:
        return self.snapshots.get(room)


class SmallLobby:
    def __init__(self) -> None:
        self.gate = SmallGate()
        self.trouble: list[str] = []

    async def summaries(self, game: str | None = None) -> list[RoomSummary]:
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
        return [crash] if game in (None, "crash") else []

    def troubles(self) -> list[str]:
        return self.trouble


class SmallPlayers:
    def __init__(self) -> None:
        self.holds: dict[int, int] = {}
        self.signed_out: list[tuple[int, str]] = []
        self.changes: list[WalletChange] = []
        self.changed: list[int] = []

    async def held(self, user_id: int) -> int:
        return self.holds.get(user_id, 0)

    async def has_live_bets(self, user_id: int) -> bool:
        return self.holds.get(user_id, 0) > 0

    async def sign_out(self, user_id: int, close: str) -> None:
        self.signed_out.append((user_id, close))

    async def wallet_changed(self, change: WalletChange) -> None:
        self.changes.append(change)

    async def account_changed(self, user_id: int) -> None:
        self.changed.append(user_id)


class Player:
    """A signed-in player's calls."""

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


class World:
    def __init__(self, db: Database, client: TestClient[web.Request, web.Application], parts: Parts) -> None:
        self.db = db
        self.client = client
        self.parts = parts
        self.clock: StillClock = parts.clock  # type: ignore[assignment]
        self.mailer: KeptMailer = parts.mailer  # type: ignore[assignment]
        self.lobby: SmallLobby = parts.lobby  # type: ignore[assignment]
        self.players: SmallPlayers = parts.players  # type: ignore[assignment]

    async def call(self, method: str, path: str, **request: Any) -> ClientResponse:
        return await self.client.request(method, path if path.startswith("/") else f"{API}/{path}", **request)

    async def post(self, path: str, **body: Any) -> ClientResponse:
        return await self.call("POST", path, json=body)

    async def player(self, username: str = "ann", credit: int = 100_000) -> Player:
        """Somebody verified, with a wallet and a token."""
        hashed = cheap_hash(PASSWORD)
        new = NewAccount(username.upper()[:10], f"{username}@campus.example", username, username.title(), hashed)
        now = self.clock.now()
        registration = await accounts.register(self.db, new, now, timedelta(days=2))
        assert registration.user_id is not None
        await credits.verify_account(self.db, registration.user_id, credit, now)
        token = credentials.fresh_token()
        attempt = credentials.Attempt(registration.user_id, hashed, is_active=True)
        assert await credentials.sign_in(self.db, attempt, credentials.token_hash(token), now)
        return Player(self, registration.user_id, username, token)

    async def mails(self, count: int) -> list[EmailMessage]:
        """The mails so far, once there are ``count`` of them."""
        async with asyncio.timeout(10):
            while len(self.mailer.sent) < count:
                await asyncio.sleep(0.005)
        return self.mailer.sent

    async def set_user(self, user_id: int, **columns: Any) -> None:
        async with self.db.write() as session:
            await session.execute(update(User).where(User.id == user_id).values(**columns))


def cheap_hash(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(CHEAP_HASHES)).decode()


def call_in(world: World, body: B, **tools: Any) -> Call[B, Nothing]:
    """A call as a handler gets it, with tools of the test's own."""
    lockout = Lockout(5, timedelta(seconds=60))
    defaults: dict[str, Any] = {
        "passwords": Passwords(CHEAP_HASHES),
        "rates": Rates(world.parts.rate_limiter, 1, 1),
        "strangers": Strangers(lockout),
        "background": Background(),
        "lockout": lockout,
    }
    return Call(
        parts=world.parts,
        tools=Tools(**(defaults | tools)),
        body=body,
        query=Nothing(),
        path={},
        now=world.clock.now(),
        signed_in=None,
    )


async def answer(response: ClientResponse) -> Any:
    """The JSON of an answer that went well."""
    text = await response.text()
    assert response.status < 300, text
    return await response.json() if text else None


async def problem(response: ClientResponse, code: str) -> dict[str, Any]:
    """The document of an answer that must say no with this code."""
    body: dict[str, Any] = await response.json(content_type="application/problem+json")
    assert (body["code"], body["status"]) == (code, response.status), body
    return body


def token_in(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"\?token=([^\s&]+)", body.get_content())
    assert found is not None, body.get_content()
    return found[1]


Opener = Callable[..., Awaitable[World]]
"""Opens a world with settings of the test's own."""
