"""The tables of codes, and ClientError."""

from datetime import UTC, datetime

import pytest

from server.errors import AS_TEXT, CLOSES, ERRORS, REASONS, ClientError


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


def test_a_reason_makes_the_message_from_the_values() -> None:
    problem = ClientError("limit_exceeded", reason="stakes", field="amount", least=100, most=50_050)
    assert problem.message == "Stakes here are from 1 to 500.50 chips."
    assert problem.extra == {"reason": "stakes", "field": "amount", "values": {"least": 100, "most": 50_050}}


def test_values_that_were_members_before_still_are() -> None:
    until = datetime(2026, 12, 3, 6, 47, tzinfo=UTC)
    problem = ClientError("self_excluded", reason="break", until=until)
    assert problem.message == "You're on a break until 2026-12-03 06:47 UTC."
    assert problem.extra == {"reason": "break", "until": until, "values": {"until": 1_796_280_420_000}}


def test_a_reason_without_one_of_its_values_is_an_error() -> None:
    with pytest.raises(KeyError, match="most"):
        ClientError("limit_exceeded", reason="stakes", least=100)


def test_an_error_that_came_from_another_node_stays_as_it_is() -> None:
    problem = ClientError("limit_exceeded", reason="stakes", least=100, most=200)
    again = ClientError(problem.error.code, problem.message, **problem.extra)
    assert (again.message, again.extra) == (problem.message, problem.extra)
    newer = ClientError("unavailable", "The moon is full.", reason="of_a_newer_version")
    assert (newer.message, newer.extra) == ("The moon is full.", {"reason": "of_a_newer_version"})


def test_messages_of_reasons_are_sentences_with_values_of_known_kinds() -> None:
    for (code, word), reason in REASONS.items():
        assert (reason.code, reason.word) == (code, word)
        assert code in ERRORS
        assert reason.message.endswith(".")
        assert set(reason.kinds.values()) <= set(AS_TEXT)
        assert reason.message != ERRORS[code].meaning
