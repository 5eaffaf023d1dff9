"""A route of the HTTP API: its entry in the table of routes, and the call that its handler receives."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from server.address import shares_of
from server.backends.rate import Rate
from server.errors import ClientError
from server.web.decode import PATH_TYPES, NoFields
from server.web.deps import WebDeps
from server.web.languages import ENGLISH, Language
from server.web.rate_limits import READ
from storage.tokens import SignedIn

B = TypeVar("B")
Q = TypeVar("Q")


@dataclass
class Subject:
    """The account that a call is about, as far as the handler has found out, for the security log."""

    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HttpCall(Generic[B, Q]):
    """A request after all checks: its body and query have the types that its route names."""

    deps: WebDeps
    body: B
    query: Q
    path: Mapping[str, str]
    """The names in the path: ``{"room": "crash"}``."""
    now: datetime
    signed_in: SignedIn | None
    address: str
    """The client's address."""
    language: Language = ENGLISH
    """The language of mails that the call leads to."""
    subject: Subject = field(default_factory=Subject)

    @property
    def source(self) -> str:
        """For whom the call makes work: its account, or the widest network that its address may have to itself."""
        return f"user {self.signed_in.user_id}" if self.signed_in else shares_of(self.address)[-1].network

    @property
    def me(self) -> SignedIn:
        """The account that made the call. Raises ClientError ``token_missing`` if there is none."""
        if self.signed_in is None:
            raise ClientError("token_missing")
        return self.signed_in

    @property
    def viewer(self) -> int | None:
        """The caller's user id; None if the call has no token."""
        return self.signed_in.user_id if self.signed_in else None


Handler = Callable[[HttpCall[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Csv:
    """An answer to download: rows of text and numbers, sent as they become available."""

    filename: str
    header: Sequence[str]
    rows: AsyncIterator[Sequence[object]]
    bom: bool = False
    """Whether the file begins with a byte order mark."""


@dataclass(frozen=True)
class Text:
    """An answer that is not JSON."""

    body: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """Validation, sign-in, rate limits and the published description all come from a route's entry.

    ``body``, ``query`` and ``answer`` are msgspec structs; ``errors`` are the codes that the handler itself raises.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    body: Any = NoFields
    query: Any = NoFields
    answer: Any = None
    status: int = 200
    errors: tuple[str, ...] = ()
    auth: bool = False
    """The call needs a token."""
    may_sign_in: bool = False
    """The call needs no token, but a token, if given, identifies the caller."""
    rate: Rate = READ
    event: str = ""
    """What the security log calls the call; empty: it is not logged."""
    media: tuple[str, ...] = ("application/json",)
    has_secrets: bool = False
    """The answer may contain a token or an invite, so it is never compressed."""
    more: Mapping[int, Any] = field(default_factory=dict)
    """Other statuses that are not errors, and the types of their answers."""

    @property
    def takes_body(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def may_compress(self) -> bool:
        """How well an answer compresses shows what is in it (BREACH), so an answer with secrets stays as it is."""
        return not self.takes_body and not self.has_secrets

    @property
    def wants_fields(self) -> bool:
        return self.takes_body and self.body is not NoFields

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(name for name in PATH_TYPES if f"{{{name}}}" in self.path)

    def all_errors(self) -> tuple[str, ...]:
        """Every code that the call may answer with."""
        codes = [*self.errors, "validation_failed", "rate_limited", "internal_error", "unavailable"]
        codes += ["invalid_json", "too_large", "unsupported_encoding"] * self.takes_body
        codes += ["not_found"] * bool(self.names)
        codes += ["token_invalid", "token_expired", "account_inactive"] * (self.auth or self.may_sign_in)
        codes += ["token_missing"] * (self.auth or self.may_sign_in)
        return tuple(sorted(set(codes)))
