"""The tables of codes, and ClientError."""

import pytest

from server.errors import CLOSES, ERRORS, ClientError


def test_http_codes_have_an_error_status() -> None:
    assert {error.status for error in ERRORS.values() if error.status} <= set(range(400, 504))
    assert all(error.code == code for code, error in ERRORS.items())


def test_only_final_closes_are_4100_and_above() -> None:
    assert {close.name for close in CLOSES.values() if close.code >= 4100} == {"signed_out", "account_disabled"}
    assert len({close.code for close in CLOSES.values()}) == len(CLOSES)


def test_a_client_error_has_a_message_and_extra_members() -> None:
    problem = ClientError("rate_limited", retry_after=3)
    assert (problem.message, problem.extra) == (ERRORS["rate_limited"].meaning, {"retry_after": 3})
    assert str(ClientError("not_found", "No such thing.")) == "No such thing."
    with pytest.raises(KeyError):
        ClientError("nonsense")
