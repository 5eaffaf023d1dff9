"""What aiohttp logs about requests: nothing that a client can make long."""

import logging

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError


class OneLine(logging.Filter):
    """Logs a request that is not HTTP in one line without what the client sent, and not as an error of the server."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | RequestPayloadError):
            record.msg = f"{record.getMessage()}: {type(error).__name__}; it was answered with 400"
            record.args = ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


def http_logger() -> logging.Logger:
    """The logger for aiohttp's server."""
    logger = logging.getLogger(__name__)
    if not logger.filters:
        logger.addFilter(OneLine())
    return logger
