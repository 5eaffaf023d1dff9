"""The client address of a request: the peer's, or the one that a trusted proxy reports."""

import ipaddress
from collections.abc import Callable, Iterable, Sequence

from aiohttp import web

from server.config import Config

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client's address: ``peer``, or the last address in X-Forwarded-For that is not a trusted proxy's.

    ``forwarded_for`` has the header's values in order. Addresses further left may be forged by the client.
    """
    address = peer
    for hop in reversed([part.strip() for value in forwarded_for for part in value.split(",")]):
        if not _is_in(address, trusted) or _parse(hop) is None:
            break
        address = str(_parse(hop))
    return address


def address_of(config: Config) -> Callable[[web.Request], str]:
    """A function that returns a request's client address under these settings."""
    trusted = networks(config.trusted_proxies)

    def address(request: web.Request) -> str:
        return client_address(request.remote or "", request.headers.getall("X-Forwarded-For", ()), trusted)

    return address


def is_loopback(address: str) -> bool:
    ip = _parse(address)
    return ip is not None and ip.is_loopback


def rate_key(address: str) -> str:
    """The key under which addresses share a rate limit: an IPv4 address, or a subscriber's IPv6 /64."""
    ip = _parse(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address


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
