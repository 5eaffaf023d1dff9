"""Names of accounts: how they are compared, and which ones are reserved."""

import pytest

from storage.names import fold_email, speaks_for_house


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
