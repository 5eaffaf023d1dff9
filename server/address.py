"""The client address of a request: the peer's, or the one that a trusted proxy reports."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence

from aiohttp import web
from msgspec import Struct

from server.config import Config

_WITH_PORT = re.compile(r"\[(?P<v6>[^\[\]]+)\](:[0-9]{1,5})?|(?P<v4>[0-9.]+):[0-9]{1,5}")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client's address: ``peer``, or the last address in X-Forwarded-For that is not a trusted proxy's.

    ``forwarded_for`` has the header's values in order. Addresses further left may be forged by the client.
    """
    address = peer
    for hop in reversed([_without_port(part.strip()) for value in forwarded_for for part in value.split(",")]):
        if not _is_in(address, trusted) or _parse(hop) is None:
            break
        address = str(_parse(hop))
    return address


def _without_port(hop: str) -> str:
    """The address of ``address:port``, ``[address]:port`` or ``[address]``, which some proxies write; other texts
    unchanged. An IPv6 address without brackets has no port: its last group would look the same."""
    found = _WITH_PORT.fullmatch(hop)
    return (found["v6"] or found["v4"]) if found else hop


def address_of(config: Config) -> Callable[[web.Request], str]:
    """A function that returns a request's client address under these settings."""
    trusted = networks(config.trusted_proxies)

    def address(request: web.Request) -> str:
        return client_address(request.remote or "", request.headers.getall("X-Forwarded-For", ()), trusted)

    return address


def is_loopback(address: str) -> bool:
    ip = _parse(address)
    return ip is not None and ip.is_loopback


class Share(Struct, frozen=True):
    """A network whose addresses share a limit, and how many times the limit of a single address it gets."""

    network: str
    factor: int


PREFIXES = ((64, 1), (56, 2), (48, 4))
"""The IPv6 prefixes that one subscriber may hold, and the factors of their shares. A /48 has 65,536 /64s, so limits of
each /64 alone would not limit its owner."""


def shares_of(address: str) -> tuple[Share, ...]:
    """The networks to count an address in, the narrowest first: an IPv4 address, or the IPv6 /64, /56 and /48."""
    ip = _parse(address)
    if not isinstance(ip, ipaddress.IPv6Address):
        return (Share(str(ip or address), 1),)
    if ip.sixtofour is not None:
        return (Share(str(ip.sixtofour), 1),)
    return tuple(Share(str(ipaddress.ip_network((ip, prefix), strict=False)), factor) for prefix, factor in PREFIXES)


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether the address is a trusted proxy's."""
    return _is_in(address, trusted)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


def _is_in(address: str, trusted: Sequence[Network]) -> bool:
    ip = _parse(address)
    return ip is not None and any(ip in network for network in trusted if network.version == ip.version)
