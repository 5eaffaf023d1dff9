"""The client address of requests, through trusted and untrusted proxies."""

import pytest
from aiohttp.test_utils import make_mocked_request

from server.address import address_of, client_address, is_loopback, networks, rate_key
from server.config import Config

TRUSTED = networks(["10.0.0.0/8", "::1", "192.0.2.7"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.2.2.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.1.1.1"], "10.1.1.1"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("::1", ["2001:DB8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("192.0.2.7", ["198.51.100.1"], "198.51.100.1"),
        ("192.0.2.8", ["198.51.100.1"], "192.0.2.8"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_client_address(peer: str, forwarded_for: list[str], address: str) -> None:
    assert client_address(peer, forwarded_for, TRUSTED) == address


def test_no_proxy_is_trusted_by_default() -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": "198.51.100.1"})
    assert address_of(Config())(request) == (request.remote or "")


def test_loopback_addresses_are_recognised() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]))
    assert not any(map(is_loopback, ["", "10.0.0.1", "localhost", "::2"]))


def test_an_ipv6_subscriber_has_one_rate_limit() -> None:
    assert rate_key("198.51.100.1") == "198.51.100.1"
    assert rate_key("2001:db8::1") == rate_key("2001:db8::ffff:1") != rate_key("2001:db8:0:1::1")
    assert rate_key("") == ""


def test_invalid_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        networks(["nonsense"])
