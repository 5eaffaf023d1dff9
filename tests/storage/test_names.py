"""Names of accounts, and the held forms that no registration can contain."""

import pytest

from storage.names import fold_email, held_email, held_roll_number, no_roll_number


def test_held_forms_fit_their_columns_and_match_no_account() -> None:
    assert len(held_email("ann@campus.example")) <= 120
    assert "@" not in held_email("ann@campus.example")
    for held in (held_roll_number("R1"), no_roll_number()):
        assert len(held) == 10
        assert not held.isprintable()
    assert held_roll_number("R1") == held_roll_number("R1") != held_roll_number("r1")
    assert no_roll_number() != no_roll_number()


@pytest.mark.parametrize("email", ["ann@campus.example", " Ann@Campus.Example"])
def test_addresses_are_folded(email: str) -> None:
    assert fold_email(email) == "ann@campus.example"
