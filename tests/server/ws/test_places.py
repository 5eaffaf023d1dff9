"""Places: limits for each network, the silent give way, and places kept for players who sign in."""

from server.ws.places import Places


class FakeGuest:
    def __init__(self) -> None:
        self.closed_as: str | None = None

    def close(self, name: str, message: str = "") -> None:
        self.closed_as = name


def entered(places: Places, addresses: list[str]) -> list[bool]:
    return [places.enter(FakeGuest(), address) for address in addresses]


def test_an_address_has_a_limit() -> None:
    places = Places(100, 2)
    assert entered(places, ["192.0.2.1"] * 3) == [True, True, False]
    assert entered(places, ["192.0.2.2"]) == [True]


def test_whoever_has_a_large_ipv6_prefix_does_not_get_a_limit_for_each_64() -> None:
    places = Places(1_000, 2)
    same_56 = [f"2001:db8:0:{net:x}::1" for net in range(10)]
    assert sum(entered(places, same_56)) == 4
    same_48 = [f"2001:db8:0:{net:x}00::1" for net in range(1, 20)]
    assert sum(entered(places, same_48)) == 4
    assert entered(places, ["2001:db8:1::1"]) == [True]


def test_a_full_server_gives_the_place_of_the_one_that_is_silent_longest() -> None:
    places = Places(3, 10)
    greeted, first, second, newcomer = (FakeGuest() for _ in range(4))
    assert all(places.enter(each, "192.0.2.1") for each in (greeted, first, second))
    assert places.greeted(greeted, signed_in=True)
    assert places.enter(newcomer, "192.0.2.2")
    assert (greeted.closed_as, first.closed_as, second.closed_as) == (None, "full", None)
    assert len(places) == 3
    places.leave(first)
    assert len(places) == 3


def test_those_who_have_said_hello_are_not_put_out() -> None:
    places = Places(2, 10)
    guests = [FakeGuest(), FakeGuest()]
    for guest in guests:
        assert places.enter(guest, "192.0.2.1")
        assert places.greeted(guest, signed_in=True)
    assert not places.enter(FakeGuest(), "192.0.2.2")
    assert [guest.closed_as for guest in guests] == [None, None]


def test_a_quarter_of_the_places_is_kept_for_players_who_sign_in() -> None:
    places = Places(8, 100)
    for number in range(8):
        guest = FakeGuest()
        assert places.enter(guest, "192.0.2.1")
        if not places.greeted(guest, signed_in=False):
            places.leave(guest)
            assert number >= 6
    assert len(places) == 6
    player = FakeGuest()
    assert places.enter(player, "192.0.2.9")
    assert places.greeted(player, signed_in=True)


def test_nothing_is_left_of_those_who_leave() -> None:
    places = Places(8, 8)
    guests = [FakeGuest() for _ in range(5)]
    for number, guest in enumerate(guests):
        places.enter(guest, f"2001:db8::{number:x}")
        places.greeted(guest, signed_in=False)
    for guest in guests:
        places.leave(guest)
    assert (len(places), places.networks) == (0, 0)
