"""One call of the HTTP API: what a handler is given, and the table's entry that says how it is reached."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from server.backends.rate import Rate
from server.errors import ClientError
from server.web.background import Background
from server.web.decode import PATH_TYPES, Nothing
from server.web.live import Parts
from server.web.passwords import Passwords
from server.web.rates import READ, Rates
from server.web.strangers import Strangers
from storage.credentials import Lockout, SignedIn

B = TypeVar("B")
Q = TypeVar("Q")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What handlers work with, beside the parts that they are built from."""

    passwords: Passwords
    rates: Rates
    strangers: Strangers
    background: Background
    lockout: Lockout


@dataclass(frozen=True, kw_only=True)
class Call(Generic[B, Q]):
    """A request, checked: its body and query are of the types that its route names."""

    parts: Parts
    tools: Tools
    body: B
    query: Q
    path: Mapping[str, str]
    now: datetime
    signed_in: SignedIn | None

    @property
    def me(self) -> SignedIn:
        if self.signed_in is None:
            raise ClientError("token_missing")
        return self.signed_in

    @property
    def viewer(self) -> int | None:
        """The user who calls, if it is known who does."""
        return self.signed_in.user_id if self.signed_in else None


Handler = Callable[[Call[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Csv:
    """An answer that is downloaded: rows of texts and numbers, sent as they come."""

    filename: str
    header: Sequence[str]
    rows: AsyncIterator[Sequence[object]]


@dataclass(frozen=True)
class Text:
    """An answer that is no JSON."""

    body: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """A call: validation, sign-in, limits and the published description all come from here.

    ``body``, ``query`` and ``answer`` are msgspec structs; ``errors`` are the codes of the handler's own.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    body: Any = Nothing
    query: Any = Nothing
    answer: Any = None
    status: int = 200
    errors: tuple[str, ...] = ()
    auth: bool = False
    may_sign_in: bool = False
    """Without ``auth``: a token, if there is one, tells who calls."""
    rate: Rate = READ
    media: tuple[str, ...] = ("application/json",)
    more: Mapping[int, Any] = field(default_factory=dict)
    """Types of answers with another status that are no errors."""

    @property
    def takes_body(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def wants_fields(self) -> bool:
        return self.takes_body and self.body is not Nothing

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(name for name in PATH_TYPES if f"{{{name}}}" in self.path)

    def all_errors(self) -> tuple[str, ...]:
        """Every code that the call may answer with."""
        codes = [*self.errors, "validation_failed", "rate_limited", "internal_error", "unavailable"]
        codes += ["invalid_json", "too_large"] * self.takes_body
        codes += ["not_found"] * bool(self.names)
        codes += ["token_invalid", "token_expired", "account_inactive"] * (self.auth or self.may_sign_in)
        codes += ["token_missing"] * (self.auth or self.may_sign_in)
        return tuple(sorted(set(codes)))
