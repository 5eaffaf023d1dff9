"""How a verb is written down: the type of its message and the function that answers it."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from server.clock import Clock
from server.config import Config
from server.rate import Buckets
from server.ws.connection import Connection
from server.ws.tokens import Tokens


class Context(Struct, frozen=True, kw_only=True):
    """What verbs work with beside the connection and its lobby."""

    config: Config
    clock: Clock
    tokens: Tokens
    chat_rate: Buckets
    node: str


Command = Callable[[Connection, Any, bytes, Context], Awaitable[None]]
"""Takes the connection, the decoded message and its bytes; sends the reply itself, or raises Problem."""
