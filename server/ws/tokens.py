"""Looks up the players of API tokens, many tokens in one statement."""

from collections.abc import Sequence

from server.batcher import Batcher
from server.clock import Clock, utc
from server.config import Config
from server.errors import ClientError
from storage.credentials import has_expired, token_hash
from storage.store import PlayerRow, Store


class Tokens:
    """The database stores only the SHA-256 of a token."""

    def __init__(self, db: Store, clock: Clock, config: Config) -> None:
        self._db = db
        self._clock = clock
        self._ttl_s = config.token_ttl
        self._lookups: Batcher[str, PlayerRow | None] = Batcher(self._look_up)

    async def player(self, token: str) -> PlayerRow:
        """The token's player. Raises ClientError token_invalid, token_expired."""
        row = await self._lookups.submit(token_hash(token))
        used_at = None if row is None else row.token_used_at or row.token_created_at
        if row is None or used_at is None:
            raise ClientError("token_invalid")
        if has_expired(used_at, utc(self._clock.now_ms()), self._ttl_s):
            raise ClientError("token_expired")
        return row

    async def _look_up(self, hashes: Sequence[str]) -> Sequence[PlayerRow | None]:
        known = await self._db.players_by_token(list(hashes))
        return [known.get(each) for each in hashes]
