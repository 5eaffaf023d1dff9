"""The settings: one frozen class, read from CROUPIER_… variables and a .env file. Every default works."""

import ipaddress
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

import msgspec
from dotenv import dotenv_values
from msgspec import Meta, Struct

from storage.database import sqlite_url

log = logging.getLogger(__name__)

PREFIX = "CROUPIER_"
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_SERVICE_VARIABLE = re.compile(
    PREFIX + r"(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_SERVICE_URL = re.compile(r"(tcp|udp|sctp)://\S+")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _meaning(text: str, **bounds: Any) -> Meta:
    return Meta(description=text, **bounds)


LogFormat = Literal["text", "json"]
Whole = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
LARGEST_MAX_STAKE = 100_000_000
"""In cents. Times the largest multiplier of a game, it stays below the cents that can be counted exactly."""


class ConfigError(Exception):
    """An unusable setting. The message is one line that names it."""


class Config(Struct, frozen=True, kw_only=True):
    """Amounts are in cents."""

    host: Annotated[str, _meaning("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _meaning("Port to listen on.", ge=0, le=65535)] = 8080
    var: Annotated[str, _meaning("Folder for local state: the database and the outbox.")] = "var"
    database_url: Annotated[str, _meaning("Database URL; empty: SQLite in the state folder.")] = ""
    redis_url: Annotated[
        str, _meaning("redis://… to join several nodes with one PostgreSQL; empty: a single node.")
    ] = ""
    mail_url: Annotated[str, _meaning("smtp://user:password@host:port; empty: the outbox folder.")] = ""
    mail_from: Annotated[str, _meaning("Sender of mails.")] = "Croupier <croupier@localhost>"
    public_url: Annotated[str, _meaning("URL at which players reach the server; empty: http://HOST:PORT.")] = ""
    allowed_origins: Annotated[
        tuple[str, ...], _meaning("Origins of other sites that may use the API and the WebSocket.")
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...], _meaning("Addresses or networks of proxies whose X-Forwarded-For is trusted.")
    ] = ()
    demo: Annotated[bool, _meaning("Demo mode: a demo account, bots, and /dev/mail on loopback.")] = False
    demo_in_public: Annotated[
        bool,
        _meaning("Whether demo mode may run at a public URL, although everybody knows the demo player's password."),
    ] = False
    log_level: Annotated[str, _meaning("DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = (
        "INFO"
    )
    log_format: Annotated[
        LogFormat, _meaning("text: lines for people; json: one JSON object a line, for programs.")
    ] = "text"

    email_domains: Annotated[tuple[str, ...], _meaning("E-mail domains that may register; empty: all.")] = ()
    roll_number_pattern: Annotated[str, _meaning("Regular expression that a whole roll number must match.")] = (
        "[A-Za-z0-9]{1,10}"
    )
    bcrypt_cost: Annotated[int, _meaning("Work factor of password hashes.", ge=4, le=16)] = 12
    token_ttl: Annotated[Positive, _meaning("How long a sign-in lasts after its last use, in seconds.")] = 14 * 86400
    verification_ttl: Annotated[
        Positive, _meaning("Lifetime of a verification link, in seconds; then the sign-up expires.")
    ] = 48 * 3600
    reset_ttl: Annotated[Positive, _meaning("Lifetime of a password reset link, in seconds.")] = 3600
    login_attempts: Annotated[Positive, _meaning("Wrong passwords from one source before it is locked out.")] = 5
    lock_seconds: Annotated[
        Positive, _meaning("Length of the first lock, in seconds; each further lock doubles it, up to an hour.")
    ] = 60
    mails_per_hour: Annotated[
        Positive, _meaning("Mails of a kind per hour to one address for one source; they may all come at once.")
    ] = 5

    sign_up_credit: Annotated[Whole, _meaning("Credit of a newly verified account.")] = 100_000
    daily_bonus: Annotated[Whole, _meaning("Amount of the daily bonus; 0: no bonus.")] = 20_000
    daily_bonus_below: Annotated[Whole, _meaning("A player can claim the bonus while the balance is below this.")] = (
        20_000
    )
    games: Annotated[
        tuple[str, ...], _meaning("Names of the games that can be played, such as crash, dice; empty: all.")
    ] = ()
    min_stake: Annotated[Positive, _meaning("Smallest stake.")] = 1
    max_stake: Annotated[int, _meaning("Largest stake.", ge=1, le=LARGEST_MAX_STAKE)] = 100_000
    crash_betting_ms: Annotated[int, _meaning("How long a crash round accepts bets, in ms.", ge=500, le=600_000)] = (
        6_000
    )
    crash_max_payout: Annotated[
        Positive, _meaning("Largest payout of a crash bet, which is cashed out when it reaches this.")
    ] = 100_000_000

    rate_scale: Annotated[float, _meaning("Factor for every rate limit; for load tests.", gt=0)] = 1.0
    max_connections: Annotated[Positive, _meaning("Most WebSocket connections at a time.")] = 10_000
    max_connections_per_address: Annotated[
        Positive, _meaning("Most WebSocket connections from one IPv4 address or IPv6 /64.")
    ] = 200
    max_connections_per_account: Annotated[Positive, _meaning("Most WebSocket connections of one account.")] = 20
    max_rooms: Annotated[Positive, _meaning("Most live rooms at a time.")] = 10_000
    private_rooms: Annotated[Whole, _meaning("Private rooms that a player may have open at a time; 0: none.")] = 3
    private_grace: Annotated[float, _meaning("How long an empty private room stays open, in seconds.", gt=0)] = 120.0
    private_closing: Annotated[
        float, _meaning("The longest turn in a live round once the owner is closing its room, in seconds.", gt=0)
    ] = 60.0
    messages_per_second: Annotated[
        Positive, _meaning("Messages per second from one connection; a burst may have twice as many.")
    ] = 20
    room_inbox: Annotated[Positive, _meaning("Most commands that may wait for one room.")] = 1_000
    history_frames: Annotated[Positive, _meaning("Frames that a room keeps for clients that reconnect.")] = 256
    frame_interval_ms: Annotated[Positive, _meaning("How long a room collects events for a frame, in ms.")] = 50
    outbox_bytes: Annotated[Positive, _meaning("Most bytes that may wait for one client.")] = 1_048_576
    send_deadline: Annotated[
        float, _meaning("How long a client may read nothing while bytes wait for it, in seconds.", gt=0)
    ] = 5.0
    hello_timeout: Annotated[float, _meaning("How long a new connection may take to say hello, in seconds.", gt=0)] = (
        10.0
    )
    heartbeat: Annotated[float, _meaning("Interval of WebSocket pings, in seconds.", gt=0)] = 20.0
    grace: Annotated[float, _meaning("How long the seat of a disconnected player is kept, in seconds.", gt=0)] = 30.0
    refresh: Annotated[
        float, _meaning("How often the server looks for an operator's changes, in seconds; at most 5.", gt=0, le=5)
    ] = 2.0
    audit_interval: Annotated[float, _meaning("How often the server audits itself, in seconds.", gt=0)] = 3600.0
    shutdown_timeout: Annotated[
        float, _meaning("How long players may act in live rounds after SIGTERM, in seconds.", gt=0)
    ] = 10.0

    def database(self) -> str:
        """The database URL, or its default."""
        return self.database_url or sqlite_url(Path(self.var) / "croupier.db")

    def origin(self) -> str:
        """The scheme, host and port that players use, without a slash at the end."""
        return (self.public_url or f"http://{in_url(self.host)}:{self.port}").rstrip("/")


def in_url(host: str) -> str:
    """A host in the form that URLs need: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def redis_server(url: str) -> SplitResult:
    """Split a Redis URL into its parts. Raises ValueError."""
    parts = urlsplit(url)
    parts.port  # noqa: B018 (raises ValueError for a port out of range)
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path):
        raise ValueError("a Redis URL has the form redis://[user:password@]host[:port][/db], rediss://… or unix://path")
    return parts


def mail_server(url: str) -> SplitResult:
    """Split a mail URL into its parts. Raises ValueError."""
    parts = urlsplit(url)
    parts.port  # noqa: B018 (raises ValueError for a port out of range)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("a mail URL has the form smtp://[user:password@]host[:port] or smtps://…")
    return parts


def load(environ: Mapping[str, str] = os.environ, env_file: str = ".env", **overrides: Any) -> Config:
    """Read the settings. Raises ConfigError."""
    config, _ = load_with_sources(environ, env_file, **overrides)
    injected = [variable for variable, text in environ.items() if _is_injected(variable, text)]
    if injected:
        log.warning(
            "ignoring %s: Kubernetes or Docker sets them for a service whose name begins with croupier; "
            "enableServiceLinks: false in the pod's spec turns that off",
            ", ".join(sorted(injected)),
        )
    return config


def load_with_sources(
    environ: Mapping[str, str], env_file: str = ".env", **overrides: Any
) -> tuple[Config, dict[str, str]]:
    """The settings, and the source of each by field: ``default``, ``environment``, ``command line`` or the file's name.

    Raises ConfigError.
    """
    from_file = {k: v for k, v in dotenv_values(env_file).items() if v is not None}
    values: dict[str, Any] = {}
    sources = dict.fromkeys(Config.__struct_fields__, "default")
    for origin, mapping in ((env_file, from_file), ("environment", environ)):
        for variable, text in mapping.items():
            if not variable.startswith(PREFIX) or (mapping is environ and _is_injected(variable, text)):
                continue
            field = variable.removeprefix(PREFIX).lower()
            if field not in sources:
                raise ConfigError(f"{variable} is not a setting; the command `config` lists all settings")
            values[field], sources[field] = _parse(variable, text), origin
    for field, value in overrides.items():
        values[field], sources[field] = value, "command line"
    config = msgspec.convert(values, Config, strict=False)
    _check(config)
    return config, sources


def _is_injected(variable: str, text: str) -> bool:
    """Whether Kubernetes (or Docker, for a link) set the variable for a service whose name begins with croupier."""
    if variable.removeprefix(PREFIX).lower() in Config.__struct_fields__:
        return variable == f"{PREFIX}PORT" and bool(_SERVICE_URL.fullmatch(text))
    return bool(_SERVICE_VARIABLE.fullmatch(variable) or (variable.endswith("_PORT") and _SERVICE_URL.fullmatch(text)))


def _parse(variable: str, text: str) -> Any:
    field = variable.removeprefix(PREFIX).lower()
    kind = next(f for f in msgspec.structs.fields(Config) if f.name == field).type
    raw: Any = [part.strip() for part in text.split(",") if part.strip()] if "tuple" in str(kind) else text
    try:
        return msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{variable}={text!r}: {error}") from None


def _check(config: Config) -> None:
    for setting, wrong in _wrong(config):
        raise ConfigError(f"{PREFIX}{setting} {wrong}")


def _wrong(config: Config) -> Iterator[tuple[str, str]]:
    """The settings with errors that a type can't express, and what is wrong with each."""
    yield from _wrong_origins(config)
    checks: list[tuple[str, str, Callable[[str], object], str]] = [
        ("ROLL_NUMBER_PATTERN", config.roll_number_pattern, re.compile, "a regular expression"),
        *(("TRUSTED_PROXIES", each, _network, "an address or a network") for each in config.trusted_proxies),
        *(("EMAIL_DOMAINS", each, _domain, "a domain such as campus.example") for each in config.email_domains),
        ("MAIL_FROM", config.mail_from, _sender, "a sender in one line, such as Name <name@host>"),
    ]
    for setting, value, check, meant in checks:
        try:
            check(value)
        except (ValueError, re.error) as error:
            yield setting, f"has {value!r}, which is not {meant} ({error})"
    if config.mail_url:
        try:
            mail_server(config.mail_url)
        except ValueError as error:  # Leave out the value, which contains a password.
            yield "MAIL_URL", f"can't be used: {error}"
    if config.redis_url:
        try:
            redis_server(config.redis_url)
        except ValueError as error:
            yield "REDIS_URL", f"can't be used: {error}"
        if not config.database_url.startswith("postgres"):
            yield "REDIS_URL", f"needs nodes that share a PostgreSQL: set {PREFIX}DATABASE_URL to it"
    if config.min_stake > config.max_stake:
        yield "MIN_STAKE", f"is above {PREFIX}MAX_STAKE"


def _wrong_origins(config: Config) -> Iterator[tuple[str, str]]:
    """Origins must be exact: browsers compare them literally, and links and headers contain them."""
    meant = "an origin, https://host or https://host:port in lower case"
    if config.public_url and not _is_origin(config.public_url.removesuffix("/")):
        yield "PUBLIC_URL", f"has {config.public_url!r}, which is not {meant}"
    for origin in config.allowed_origins:
        if not _is_origin(origin):
            yield "ALLOWED_ORIGINS", f"has {origin!r}, which is not {meant} and without a slash at the end"


def _is_origin(text: str) -> bool:
    try:
        return bool(_ORIGIN.fullmatch(text)) and (urlsplit(text).port or 1) > 0
    except ValueError:
        return False


def _network(text: str) -> None:
    ipaddress.ip_network(text, strict=False)


def _domain(text: str) -> None:
    if not _DOMAIN.fullmatch(text):
        raise ValueError("only letters, digits, dots and hyphens are allowed")


def _sender(text: str) -> None:
    if not text.isprintable() or "@" not in parseaddr(text)[1]:
        raise ValueError("it needs an e-mail address")
