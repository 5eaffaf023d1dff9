"""The client address of requests, through trusted and untrusted proxies."""

import pytest
from aiohttp.test_utils import make_mocked_request

from server.address import Share, address_of, client_address, is_loopback, is_trusted, networks, shares_of
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
        ("10.0.0.1", ["198.51.100.1:40001"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:40001, 10.2.2.2:443"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["[::ffff:198.51.100.1]:1"], "198.51.100.1"),
        ("10.0.0.1", ["2001:db8::1:443"], "2001:db8::1:443"),
        ("10.0.0.1", ["198.51.100.1:"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:port"], "10.0.0.1"),
        ("10.0.0.1", ["[198.51.100.1"], "10.0.0.1"),
        ("10.0.0.1", ["[[::1]]:1"], "10.0.0.1"),
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


def test_an_ipv4_address_has_its_own_share() -> None:
    assert shares_of("198.51.100.1") == (Share("198.51.100.1", 1),)
    assert shares_of("") == (Share("", 1),)


def test_an_ipv6_address_shares_with_each_prefix_that_one_subscriber_may_hold() -> None:
    assert shares_of("2001:db8:0:1ff::1") == (
        Share("2001:db8:0:1ff::/64", 1),
        Share("2001:db8:0:100::/56", 2),
        Share("2001:db8::/48", 4),
    )


def test_an_ipv4_address_has_no_second_share_by_6to4_or_mapping() -> None:
    assert shares_of("2002:c633:6401:77::1") == shares_of("198.51.100.1")
    assert shares_of("::ffff:198.51.100.1") == shares_of("198.51.100.1")


def test_trusted_proxies_are_recognised() -> None:
    assert is_trusted("10.1.2.3", TRUSTED)
    assert not is_trusted("11.1.2.3", TRUSTED)


def test_invalid_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        networks(["nonsense"])
