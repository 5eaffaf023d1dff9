"""How a verb is written down: the type of its message and the function that answers it."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from server.clock import Clock
from server.config import Config
from server.rate import Buckets
from server.ws.connection import Connection
from server.ws.tokens import Tokens
from storage.database import Database

CHATS_PER_SECOND, CHAT_BURST = 1.0, 5.0
JOINS_PER_SECOND, JOIN_BURST = 2.0, 20.0


class Context(Struct, frozen=True, kw_only=True):
    """What verbs work with beside the connection and its lobby."""

    config: Config
    clock: Clock
    tokens: Tokens
    chat_rate: Buckets
    join_rate: Buckets
    node: str


def context_of(config: Config, clock: Clock, db: Database, node: str) -> Context:
    """With the rates of an account: so many a second, so many at once, times the settings' scale."""
    scale = config.rate_scale
    return Context(
        config=config,
        clock=clock,
        tokens=Tokens(db, clock, config),
        chat_rate=Buckets(CHATS_PER_SECOND * scale, CHAT_BURST * scale),
        join_rate=Buckets(JOINS_PER_SECOND * scale, JOIN_BURST * scale),
        node=node,
    )


Command = Callable[[Connection, Any, bytes, Context], Awaitable[None]]
"""Takes the connection, the decoded message and its bytes; sends the reply itself, or raises Problem."""
