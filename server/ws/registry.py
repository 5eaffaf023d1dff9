"""How a verb is written down: the type of its message and the function that answers it."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from server.backends.choose import Backends
from server.backends.presence import Presence
from server.backends.rate import Rate, RateLimiter
from server.clock import Clock
from server.config import Config
from server.ws.connection import Connection
from server.ws.tokens import Tokens
from storage.store import Store

CHAT = Rate("chat", 1.0, 5.0)
JOIN = Rate("join", 2.0, 20.0)


class Context(Struct, frozen=True, kw_only=True):
    """What verbs work with beside the connection and its lobby."""

    config: Config
    clock: Clock
    tokens: Tokens
    presence: Presence
    rate_limiter: RateLimiter
    chat_rate: Rate
    join_rate: Rate
    node: str


def context_of(config: Config, clock: Clock, db: Store, backends: Backends) -> Context:
    """With the rates of an account, times the settings' scale."""
    return Context(
        config=config,
        clock=clock,
        tokens=Tokens(db, clock, config),
        presence=backends.presence,
        rate_limiter=backends.rate_limiter,
        chat_rate=CHAT.scaled(config.rate_scale),
        join_rate=JOIN.scaled(config.rate_scale),
        node=backends.lease.node,
    )


Command = Callable[[Connection, Any, bytes, Context], Awaitable[None]]
"""Takes the connection, the decoded message and its bytes; sends the reply itself, or raises Problem."""
