"""A small world for the tests of storage: players with wallets and sessions, and rounds for them to play."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage import game_sessions, ledger, tokens
from storage.game_sessions import NewSession
from storage.games import ensure_games
from storage.models import User, Wallet
from storage.settlement import EndedBet, EndedRound, OpenRound
from storage.store import Store
from storage.tokens import NewToken

STARTED = 1_764_000_000_123
SIGNED_IN = datetime(2026, 11, 24, 12, 30, 0, 123_000, tzinfo=UTC)
"""When each player signed in, with the token whose hash is ``hash-`` and the username."""


def seed_hash(room: str, number: int) -> str:
    return hashlib.sha256(f"{room}.{number}".encode()).hexdigest()


class World:
    """Players are named by their user ids; each has a session in the dice game."""

    def __init__(self, db: Store) -> None:
        self.db = db
        self.games: dict[str, int] = {}
        self.sessions: dict[int, int] = {}
        self.numbers: dict[str, int] = defaultdict(int)
        self._users = 0

    async def player(self, balance: int = 1_000) -> int:
        self._users += 1
        name = f"p{self._users}"
        row: dict[str, Any] = {"roll_number": name, "email": f"{name}@campus.test", "username": name, "full_name": name}
        async with self.db.write() as session:
            added = insert(User).values(**row, password_hash="x").returning(User.id)
            user_id: int = (await session.execute(added)).scalar_one()
            await tokens.issue(session, user_id, NewToken(f"hash-{name}", "Laptop"), SIGNED_IN)
        if not self.games:
            self.games = await ensure_games(self.db, {"dice": "Over or under", "crash": "A rocket"})
        if balance:
            await ledger.credit(self.db, user_id, balance, "sign-up", "Welcome")
        self.sessions[user_id] = await begin_session(self.db, user_id, self.games["dice"], f"dice-{name}")
        return user_id

    async def players(self, count: int, balance: int = 1_000) -> list[int]:
        return [await self.player(balance) for _ in range(count)]

    async def delete(self, user_id: int) -> None:
        async with self.db.write() as session:
            await session.execute(delete(User).where(User.id == user_id))

    async def balances(self) -> dict[int, tuple[int, int]]:
        """User id → (balance, version)."""
        async with self.db.read() as session:
            rows = await session.execute(select(Wallet.user_id, Wallet.balance, Wallet.version))
            return {user_id: (balance, version) for user_id, balance, version in rows}

    def bet(self, user_id: int, number: int, amount: int, payout: int, key: str, result: str = "") -> EndedBet:
        return EndedBet(
            user_id=user_id,
            session_id=self.sessions[user_id],
            number=number,
            amount=amount,
            selection=b'{"target":50.5,"over":true}',
            result=result or ("win" if payout else "loss"),
            payout=payout,
            key=key,
            placed_at=STARTED + number,
        )

    def opened(self, room: str, number: int) -> OpenRound:
        return OpenRound(
            game_id=self.games["crash"],
            room=room,
            number=number,
            server_seed_hash=seed_hash(room, number),
            nonce=number,
            options=b"{}",
            started_at=STARTED,
        )

    def round(self, room: str, bets: Sequence[EndedBet] = (), number: int | None = None, **changes: Any) -> EndedRound:
        """The room's next round, or the one with this number."""
        if number is None:
            self.numbers[room] += 1
            number = self.numbers[room]
        facts: dict[str, Any] = {
            "game_id": self.games["dice"],
            "server_seed_hash": seed_hash(room, number),
            "server_seed": f"{room}.{number}",
            "client_seed": "c",
            "nonce": number,
            "status": "settled",
            "options": b'{"max_stake":100000}',
            "journal": b"[]",
            "outcome": b'{"roll":74.67}',
            "started_at": STARTED,
            "ended_at": STARTED + 1_500,
        }
        return EndedRound(room=room, number=number, bets=tuple(bets), **(facts | changes))


async def begin_session(db: Store, user_id: int, game_id: int, room: str) -> int:
    (session_id,) = await game_sessions.start_sessions(db, [NewSession(user_id, game_id, room)])
    assert session_id is not None
    return session_id
