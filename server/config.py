"""Settings: one frozen class, read from CROUPIER_… variables and a .env file; every default works."""

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

import msgspec
from dotenv import dotenv_values
from msgspec import Meta, Struct

PREFIX = "CROUPIER_"
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _says(meaning: str, **bounds: Any) -> Meta:
    return Meta(description=meaning, **bounds)


Whole = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


class ConfigError(Exception):
    """A setting that can't be used; the message is one line that names it."""


class Config(Struct, frozen=True, kw_only=True):
    """Amounts are cents, times seconds unless the name says otherwise."""

    host: Annotated[str, _says("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _says("Port to listen on.", ge=0, le=65535)] = 8080
    var: Annotated[str, _says("Folder for local state: database, outbox.")] = "var"
    database_url: Annotated[str, _says("Database; empty: SQLite in the state folder.")] = ""
    redis_url: Annotated[str, _says("redis://…, which joins nodes on one PostgreSQL; empty: one server alone.")] = ""
    mail_url: Annotated[str, _says("smtp://user:password@host:port; empty: the outbox folder.")] = ""
    mail_from: Annotated[str, _says("Sender of mails.")] = "Croupier <croupier@localhost>"
    public_url: Annotated[str, _says("Where players reach the server; empty: http://HOST:PORT.")] = ""
    allowed_origins: Annotated[tuple[str, ...], _says("Origins of other sites that may open the WebSocket.")] = ()
    trusted_proxies: Annotated[tuple[str, ...], _says("Addresses or networks whose X-Forwarded-For counts.")] = ()
    demo: Annotated[bool, _says("Demo mode: demo account, bots, /dev/mail on loopback.")] = False
    log_level: Annotated[str, _says("DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    email_domains: Annotated[tuple[str, ...], _says("E-mail domains that may register; empty: all.")] = ()
    roll_number_pattern: Annotated[str, _says("Regular expression that a whole roll number must match.")] = (
        "[A-Za-z0-9]{1,10}"
    )
    bcrypt_cost: Annotated[int, _says("Work factor of password hashes.", ge=4, le=16)] = 12
    token_ttl: Annotated[Positive, _says("Life of a sign-in.")] = 14 * 86400
    verification_ttl: Annotated[Positive, _says("Life of a verification link; then the registration gives way.")] = (
        48 * 3600
    )
    reset_ttl: Annotated[Positive, _says("Life of a password reset link.")] = 3600
    login_attempts: Annotated[Positive, _says("Wrong passwords before the account is locked.")] = 5
    lock_seconds: Annotated[Positive, _says("First lock; doubles with each further one.")] = 60
    mails_per_hour: Annotated[Positive, _says("Mails to one address at once; an hour allows as many again.")] = 5

    sign_up_credit: Annotated[Whole, _says("Credit of a verified account.")] = 100_000
    daily_bonus: Annotated[Whole, _says("Amount of the daily bonus.")] = 20_000
    daily_bonus_below: Annotated[Whole, _says("The bonus can be claimed when the balance is below this.")] = 20_000
    min_stake: Annotated[Positive, _says("Smallest stake.")] = 1
    max_stake: Annotated[Positive, _says("Largest stake.")] = 100_000
    crash_betting_ms: Annotated[int, _says("How long a crash round takes bets, in ms.", ge=500, le=600_000)] = 6_000
    crash_max_payout: Annotated[Positive, _says("Largest payout of one crash bet; it is cashed out there.")] = (
        100_000_000
    )

    rate_scale: Annotated[float, _says("Multiplies every rate limit; for load tests.", gt=0)] = 1.0
    max_connections: Annotated[Positive, _says("WebSocket connections at once.")] = 10_000
    max_connections_per_address: Annotated[
        Positive, _says("WebSocket connections of one address, or of one IPv6 /64.")
    ] = 200
    max_connections_per_account: Annotated[Positive, _says("WebSocket connections of one account.")] = 20
    max_rooms: Annotated[Positive, _says("Live rooms at once.")] = 10_000
    private_rooms: Annotated[Whole, _says("Private rooms that a player may have open at once; 0: none.")] = 3
    private_grace: Annotated[float, _says("How long a private room stays open with nobody in it.", gt=0)] = 120.0
    private_closing: Annotated[float, _says("How long a live round may last that its room's owner closes.", gt=0)] = (
        60.0
    )
    messages_per_second: Annotated[Positive, _says("Messages a second of one connection; twice that in a burst.")] = 20
    room_inbox: Annotated[Positive, _says("Commands that may wait for one room.")] = 1_000
    history_frames: Annotated[Positive, _says("Frames that a room keeps for clients that come back.")] = 256
    frame_interval_ms: Annotated[Positive, _says("A room's events are gathered this long.")] = 50
    outbox_bytes: Annotated[Positive, _says("Bytes that may wait for one client.")] = 1_048_576
    send_deadline: Annotated[float, _says("How long a client may take nothing while bytes wait.", gt=0)] = 5.0
    hello_timeout: Annotated[float, _says("A connection must say hello within this time.", gt=0)] = 10.0
    heartbeat: Annotated[float, _says("Interval of WebSocket pings.", gt=0)] = 20.0
    grace: Annotated[float, _says("How long the seat of a lost connection is kept.", gt=0)] = 30.0
    refresh: Annotated[float, _says("How often what an operator changed is looked for; at most 5.", gt=0, le=5)] = 2.0
    audit_interval: Annotated[float, _says("How often the server audits itself.", gt=0)] = 3600.0
    shutdown_timeout: Annotated[float, _says("How long SIGTERM lets live rounds finish.", gt=0)] = 10.0

    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{Path(self.var) / 'croupier.db'}"

    def origin(self) -> str:
        """Scheme, host and port that players see, without a slash at the end."""
        return (self.public_url or f"http://{in_url(self.host)}:{self.port}").rstrip("/")


def in_url(host: str) -> str:
    """A host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def redis_server(url: str) -> SplitResult:
    """The parts of a Redis URL. Raises ValueError."""
    parts = urlsplit(url)
    parts.port  # noqa: B018 (raises ValueError for a port out of range)
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path):
        raise ValueError("a Redis URL is redis://[user:password@]host[:port][/db], rediss://… or unix://path")
    return parts


def mail_server(url: str) -> SplitResult:
    """The parts of a mail URL. Raises ValueError."""
    parts = urlsplit(url)
    parts.port  # noqa: B018 (raises ValueError for a port out of range)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("a mail URL is smtp://[user:password@]host[:port] or smtps://…")
    return parts


def load(environ: Mapping[str, str] = os.environ, env_file: str = ".env", **overrides: Any) -> Config:
    """Read the settings. Raises ConfigError in one clear line."""
    config, _ = load_with_sources(environ, env_file, **overrides)
    return config


def load_with_sources(
    environ: Mapping[str, str], env_file: str = ".env", **overrides: Any
) -> tuple[Config, dict[str, str]]:
    """The settings and, by field, where each came from: ``default``, ``environment``, the file, ``command line``."""
    from_file = {k: v for k, v in dotenv_values(env_file).items() if v is not None}
    values: dict[str, Any] = {}
    sources = dict.fromkeys(Config.__struct_fields__, "default")
    for origin, mapping in ((env_file, from_file), ("environment", environ)):
        for variable, text in mapping.items():
            if not variable.startswith(PREFIX):
                continue
            field = variable.removeprefix(PREFIX).lower()
            if field not in sources:
                raise ConfigError(f"{variable} is not a setting; `run.py config` lists them")
            values[field], sources[field] = _parse(variable, text), origin
    for field, value in overrides.items():
        values[field], sources[field] = value, "command line"
    config = msgspec.convert(values, Config, strict=False)
    _check(config)
    return config, sources


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
    """Settings that no type could refuse, and what is wrong with each."""
    yield from _wrong_origins(config)
    checks: list[tuple[str, str, Callable[[str], object], str]] = [
        ("ROLL_NUMBER_PATTERN", config.roll_number_pattern, re.compile, "a regular expression"),
        *(("TRUSTED_PROXIES", each, _network, "an address or a network") for each in config.trusted_proxies),
        *(("EMAIL_DOMAINS", each, _domain, "a domain: campus.example") for each in config.email_domains),
        ("MAIL_FROM", config.mail_from, _sender, "a sender in one line: Name <name@host>"),
    ]
    for setting, value, check, meant in checks:
        try:
            check(value)
        except (ValueError, re.error) as error:
            yield setting, f"has {value!r}, which is not {meant} ({error})"
    if config.mail_url:
        try:
            mail_server(config.mail_url)
        except ValueError as error:  # without the value, which has a password
            yield "MAIL_URL", f"can't be used: {error}"
    if config.redis_url:
        try:
            redis_server(config.redis_url)
        except ValueError as error:
            yield "REDIS_URL", f"can't be used: {error}"
        if not config.database_url.startswith("postgres"):
            yield "REDIS_URL", f"joins nodes that share a PostgreSQL: set {PREFIX}DATABASE_URL to one"
    if config.min_stake > config.max_stake:
        yield "MIN_STAKE", f"is above {PREFIX}MAX_STAKE"


def _wrong_origins(config: Config) -> Iterator[tuple[str, str]]:
    """Browsers compare them letter by letter, and links and headers are made of them."""
    meant = "an origin as browsers name it: https://host or https://host:port, in lower case"
    if config.public_url and not _is_origin(config.public_url.removesuffix("/")):
        yield "PUBLIC_URL", f"has {config.public_url!r}, which is not {meant}"
    for origin in config.allowed_origins:
        if not _is_origin(origin):
            yield "ALLOWED_ORIGINS", f"has {origin!r}, which is not {meant}, without a slash at the end"


def _is_origin(text: str) -> bool:
    try:
        return bool(_ORIGIN.fullmatch(text)) and (urlsplit(text).port or 1) > 0
    except ValueError:
        return False


def _network(text: str) -> None:
    ipaddress.ip_network(text, strict=False)


def _domain(text: str) -> None:
    if not _DOMAIN.fullmatch(text):
        raise ValueError("letters, digits, dots and hyphens, nothing before them")


def _sender(text: str) -> None:
    if not text.isprintable() or "@" not in parseaddr(text)[1]:
        raise ValueError("it needs an address")
