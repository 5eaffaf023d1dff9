"""A line of the security log."""

import logging

import pytest

from server.security_log import record


def test_a_line_has_the_event_the_id_the_source_and_the_result(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    record("sign-in", "done", user_id=7, source="192.0.2.1")
    record("sign-in", "invalid_credentials", user_id=None, source="")
    assert [each.getMessage() for each in caplog.records] == [
        "sign-in of user 7 from 192.0.2.1: done",
        "sign-in of an unknown user from an unknown address: invalid_credentials",
    ]
