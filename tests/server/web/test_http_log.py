"""A request that is not HTTP costs one short line of the log; a fault of ours keeps its traceback."""

import logging

import pytest
from aiohttp import ClientConnectionResetError
from aiohttp.http_exceptions import BadHttpMessage, InvalidHeader

from server.web.http_log import http_logger


@pytest.mark.parametrize("error", [BadHttpMessage("x" * 9_000), InvalidHeader(b"\x80" * 9_000)])
def test_what_is_not_http_is_one_short_line(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    try:
        raise error
    except Exception as caught:
        http_logger().exception("Error handling request from %s", "192.0.2.1", exc_info=caught)
    [record] = caplog.records
    assert record.levelname == "INFO"
    assert len(caplog.text) < 300
    assert "192.0.2.1" in caplog.text


def test_a_client_that_does_not_wait_for_its_answer_is_one_short_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    try:
        raise ClientConnectionResetError("Cannot write to closing transport")
    except ClientConnectionResetError as caught:
        http_logger().exception("Error handling request from %s", "192.0.2.1", exc_info=caught)
    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.getMessage() == "Error handling request from 192.0.2.1: the client has closed the connection"


def test_another_exception_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        http_logger().exception("Unhandled exception")
    assert "Traceback" in caplog.text
    assert caplog.records[0].levelname == "ERROR"


def test_the_filter_is_added_once() -> None:
    assert http_logger() is http_logger()
    assert len(http_logger().filters) == 1
