"""Names of accounts, and the held forms that no registration can contain."""

import pytest

from storage.names import fold_email, held_email, held_roll_number, no_roll_number, speaks_for_house


def test_held_forms_fit_their_columns_and_match_no_account() -> None:
    assert len(held_email("ann@campus.example")) <= 120
    assert "@" not in held_email("ann@campus.example")
    for held in (held_roll_number("R1"), no_roll_number()):
        assert len(held) == 10
        assert not held.isprintable()
    assert held_roll_number("R1") == held_roll_number("r1") != held_roll_number("R2")
    assert no_roll_number() != no_roll_number()


@pytest.mark.parametrize("email", ["ann@campus.example", " Ann@Campus.Example", "ａｎｎ@campus.example"])
def test_addresses_are_folded(email: str) -> None:
    assert fold_email(email) == "ann@campus.example"


@pytest.mark.parametrize(
    "username",
    [
        "admin",
        "Admin2",
        "4dm1n",
        "ADMlN",
        "cr0upier",
        "Croupier-Support",
        "croupiersupport",
        "the_house",
        "moderator_7",
        "rnoderator",
        "system",
        "ann_admin",
    ],
)
def test_names_that_speak_for_the_house_are_recognised(username: str) -> None:
    assert speaks_for_house(username)


@pytest.mark.parametrize(
    "username", ["ann", "modern", "housecat", "adamina", "B21CS001", "steam", "supporter", "---", "42"]
)
def test_other_names_do_not_speak_for_the_house(username: str) -> None:
    assert not speaks_for_house(username)
