"""The tables of codes, and the error that carries one."""

import pytest

from server.errors import CLOSES, ERRORS, ClientError


def test_http_codes_have_a_status_that_is_an_error() -> None:
    assert {error.status for error in ERRORS.values() if error.status} <= set(range(400, 504))
    assert all(error.code == code for code, error in ERRORS.items())


def test_below_4100_a_client_should_come_back() -> None:
    assert {close.name for close in CLOSES.values() if close.code >= 4100} == {"signed_out", "account_disabled"}
    assert len({close.code for close in CLOSES.values()}) == len(CLOSES)


def test_a_problem_speaks_for_itself() -> None:
    problem = ClientError("rate_limited", retry_after=3)
    assert (problem.message, problem.extra) == (ERRORS["rate_limited"].meaning, {"retry_after": 3})
    assert str(ClientError("not_found", "No such thing.")) == "No such thing."
    with pytest.raises(KeyError):
        ClientError("nonsense")
