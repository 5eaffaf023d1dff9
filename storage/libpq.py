"""The parameters of a PostgreSQL URL, as libpq names them, in the terms of the driver."""

import ssl
import urllib.parse
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import URL

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_OF_THE_DRIVER = (*_FILES, "sslmode", "sslpassword", "ssl_min_protocol_version", "ssl_max_protocol_version")
"""What the driver itself reads from a URL."""
_UNDERSTOOD = (
    *_OF_THE_DRIVER,
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "target_session_attrs",
    "connect_timeout",
    "application_name",
)
_OPTIONAL = {"channel_binding": ("disable", "prefer"), "gssencmode": ("disable", "prefer"), "sslcompression": ("0",)}
"""Parameters that the driver does not have, and the values that permit it to do without them."""
SESSION_ATTRIBUTES = ("any", "primary", "standby", "read-write", "read-only", "prefer-standby")
SYSTEM_CERTIFICATES = "system"


def connect_args(url: URL) -> dict[str, Any]:
    """The arguments of ``asyncpg.connect`` for the server that the URL names.

    Raises ValueError for a parameter that the driver does not have, because a connection without it may be less safe
    than the one that the URL asks for, and for a value that can't be right."""
    given = parameters_of(url)
    args: dict[str, Any] = {
        "user": given.pop("user", None) or url.username,
        "password": given.pop("password", None) or url.password,
        "database": given.pop("dbname", None) or url.database or None,
    }
    host, port = given.pop("host", None), given.pop("port", None)
    hosts = host.split(",") if host else [urllib.parse.unquote(url.host)] if url.host else []
    if any(each.count(":") == 1 for each in hosts):
        raise ValueError("write the ports of several servers apart from their names: host=a,b&port=5432,5433")
    ports = [_port(each) for each in port.split(",")] if port else [url.port] if url.port else []
    args["host"] = hosts or None
    args["port"] = ports * len(hosts) if len(ports) == 1 and hosts else ports or None
    if ports and hosts and len(args["port"]) != len(hosts):
        raise ValueError("host and port name different numbers of servers")
    if (seconds := given.pop("connect_timeout", "0")) != "0":
        args["timeout"] = _seconds(seconds)
    if name := given.pop("application_name", ""):
        args["server_settings"] = {"application_name": name}
    if attributes := given.pop("target_session_attrs", ""):
        args["target_session_attrs"] = _one_of("target_session_attrs", attributes, SESSION_ATTRIBUTES)
    return args | _encryption(given)


def environment(url: URL) -> dict[str, str]:
    """The variables with which PostgreSQL's own programs reach the same server. Raises ValueError."""
    args, given = connect_args(url), parameters_of(url)
    found = {
        "PGHOST": ",".join(args["host"] or ()),
        "PGPORT": ",".join(map(str, args["port"] or ())),
        "PGUSER": args["user"],
        "PGPASSWORD": args["password"],
        "PGDATABASE": args["database"],
        "PGAPPNAME": given.get("application_name"),
        "PGCONNECT_TIMEOUT": given.get("connect_timeout"),
        "PGPASSFILE": given.get("passfile"),
        "PGTARGETSESSIONATTRS": given.get("target_session_attrs"),
        "PGSSLMODE": given.get("sslmode"),
        "PGSSLROOTCERT": given.get("sslrootcert"),
        "PGSSLCERT": given.get("sslcert"),
        "PGSSLKEY": given.get("sslkey"),
        "PGSSLCRL": given.get("sslcrl"),
        "PGSSLMINPROTOCOLVERSION": given.get("ssl_min_protocol_version"),
        "PGSSLMAXPROTOCOLVERSION": given.get("ssl_max_protocol_version"),
    }
    return {name: value for name, value in found.items() if value}


def parameters_of(url: URL) -> dict[str, str]:
    """The URL's parameters without those that say nothing. Raises ValueError."""
    found: dict[str, str] = {}
    for key, value in url.query.items():
        # SQLAlchemy takes ``host=a&host=b`` for several servers, libpq ``host=a,b``.
        text = value if isinstance(value, str) else ",".join(value)
        name = "sslmode" if key == "ssl" else key  # SQLAlchemy's name and libpq's
        if name in _OPTIONAL:
            if text not in _OPTIONAL[name]:
                raise ValueError(f"the driver can't do {name}={text}: remove it to connect without")
        elif name not in _UNDERSTOOD:
            raise ValueError(f"the parameter {name} is not supported; these are: {', '.join(_UNDERSTOOD)}")
        else:
            found[name] = text
    return found


def _encryption(given: Mapping[str, str]) -> dict[str, Any]:
    mode = given.get("sslmode")
    if mode is not None:
        _one_of("sslmode", mode, SSL_MODES)
    if given.get("sslrootcert") == SYSTEM_CERTIFICATES:
        if mode not in (None, "verify-full"):
            raise ValueError(f"sslrootcert=system needs sslmode=verify-full, not {mode}")
        if len(given) > 1 + (mode is not None):
            raise ValueError("sslrootcert=system can't be combined with other certificates")
        return {"ssl": ssl.create_default_context()}
    for name in _FILES:
        if name in given:
            try:
                with open(given[name], "rb"):
                    pass
            except OSError as error:
                raise ValueError(f"{name}={given[name]}: {error.strerror}") from None
    return {"dsn": f"postgresql://?{urllib.parse.urlencode(given)}"} if given else {}


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"port={text} is not a port")
    return int(text)


def _seconds(text: str) -> float:
    if not text.isdecimal():
        raise ValueError(f"connect_timeout={text} is not a number of seconds")
    return float(text)


def _one_of(name: str, value: str, values: tuple[str, ...]) -> str:
    if value not in values:
        raise ValueError(f"{name}={value} is none of {', '.join(values)}")
    return value
