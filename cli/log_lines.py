"""The two forms of a line in the log: text for people, JSON for programs. Times are in UTC."""

import json
import logging
import time
from typing import Any

from server.config import LogFormat

IDS = ("event", "result", "user_id", "source", "room", "round", "request_id", "node")
"""What a line may say about itself besides its message: the ``extra`` of the calls that log it. In text, these are in
the message."""
_TIME = "%Y-%m-%dT%H:%M:%S"


class TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", datefmt=_TIME)
        self.converter = time.gmtime


class JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII, so that nothing in a message can begin another line."""

    def __init__(self) -> None:
        super().__init__(datefmt=_TIME)
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{self.formatTime(record, _TIME)}.{int(record.msecs):03}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in IDS if getattr(record, name, None) is not None}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, default=str)


def formatter(form: LogFormat) -> logging.Formatter:
    return JsonLines() if form == "json" else TextLines()
