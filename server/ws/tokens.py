"""Looks up the players of API tokens, many tokens in one statement."""

from collections.abc import Sequence

from server.batcher import Batcher
from server.clock import Clock, utc
from server.config import Config
from server.errors import ClientError, token_ended
from storage.store import Store, TokenOwner
from storage.tokens import has_expired, token_hash


class Tokens:
    """The database stores only the SHA-256 of a token."""

    def __init__(self, db: Store, clock: Clock, config: Config) -> None:
        self._db = db
        self._clock = clock
        self._ttl_s = config.token_ttl
        self._lookups: Batcher[str, TokenOwner | None] = Batcher(self._look_up)

    async def owner(self, token: str) -> TokenOwner:
        """The token's player. Raises ClientError token_invalid, token_expired."""
        found = await self._lookups.submit(token_hash(token))
        if found is None or found.state.end_reason:
            raise token_ended(found.state.end_reason if found else "")
        if has_expired(found.state.used_at, utc(self._clock.now_ms()), self._ttl_s):
            raise ClientError("token_expired")
        return found

    async def _look_up(self, hashes: Sequence[str]) -> Sequence[TokenOwner | None]:
        known = await self._db.owners_of_tokens(list(hashes))
        return [known.get(each) for each in hashes]
