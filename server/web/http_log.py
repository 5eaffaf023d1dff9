"""What aiohttp logs about requests: nothing that a client can make long."""

import logging

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError


class OneLine(logging.Filter):
    """Logs a request that is not HTTP, or an answer for which the client does not wait, in one line without what the
    client sent, and not as an error of the server."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | RequestPayloadError):
            _shorten(record, f"{type(error).__name__}; it was answered with 400")
        elif isinstance(error, ConnectionResetError):
            _shorten(record, "the client has closed the connection")
        return True


def _shorten(record: logging.LogRecord, reason: str) -> None:
    record.msg, record.args = f"{record.getMessage()}: {reason}", ()
    record.exc_info = record.exc_text = None
    record.levelno, record.levelname = logging.INFO, "INFO"


def http_logger() -> logging.Logger:
    """The logger for aiohttp's server."""
    logger = logging.getLogger(__name__)
    if not logger.filters:
        logger.addFilter(OneLine())
    return logger
