"""A line of the log as text and as JSON, and the ids that every line of the server has as members."""

import ast
import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.log_lines import IDS, JsonLines, formatter
from server.security_log import log as security_logger
from server.security_log import record

ROOT = Path(__file__).parents[2]
NAMES_AN_ID = re.compile(
    r"(\buser_id|(^|\.)room|_view|(^|\.)request_id|\._?node|round_?\.name|upcoming\.name|^round_name\(.*)$"
)
"""An argument of a log call that is the id of something."""


def line_of(message: str, *args: object, name: str = "server.rooms", **more: Any) -> logging.LogRecord:
    made = logging.getLogger(name).makeRecord(
        name, logging.WARNING, "file.py", 7, message, args, more.pop("exc_info", None), extra=more
    )
    made.created, made.msecs = 1_795_000_000.042, 42.0
    return made


def test_text_lines_are_as_ever() -> None:
    text = formatter("text").format(line_of("%s is void", "crash.812", round="crash.812"))
    assert text == "2026-11-18T11:06:40.042Z WARNING server.rooms: crash.812 is void"


def test_a_json_line_has_the_time_the_level_the_logger_the_message_and_the_ids() -> None:
    line = JsonLines().format(line_of("%s: user %d", "crash.812", 7, round="crash.812", user_id=7, room=None))
    assert json.loads(line) == {
        "time": "2026-11-18T11:06:40.042Z",
        "level": "WARNING",
        "logger": "server.rooms",
        "message": "crash.812: user 7",
        "round": "crash.812",
        "user_id": 7,
    }


@pytest.mark.parametrize("odd", ["two\nlines", "\u2028 and \x85", "\ud800", '"}\\'])
def test_nothing_in_a_message_begins_another_line(odd: str) -> None:
    try:
        raise ValueError(odd)
    except ValueError:
        line = JsonLines().format(line_of("%s", odd, exc_info=sys.exc_info(), room=Path("odd")))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    read = json.loads(line)
    assert (read["message"], read["room"]) == (odd, "odd")
    assert read["exception"].startswith("Traceback")


def test_a_security_event_has_its_parts_as_members(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=security_logger.name)
    record("sign-in", "invalid_credentials", user_id=None, source="192.0.2.1")
    read = json.loads(JsonLines().format(caplog.records[0]))
    assert read["message"] == "sign-in of an unknown user from 192.0.2.1: invalid_credentials"
    assert (read["event"], read["result"], read["source"]) == ("sign-in", "invalid_credentials", "192.0.2.1")
    assert "user_id" not in read


def test_every_id_in_a_message_of_the_server_is_a_member_too() -> None:
    found = 0
    for path in sorted((ROOT / "server").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.")):
                continue
            extra = next((keyword.value for keyword in call.keywords if keyword.arg == "extra"), None)
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            ids = [ast.unparse(argument) for argument in call.args[1:] if NAMES_AN_ID.search(ast.unparse(argument))]
            if extra is None:
                assert ids == [], f"{where} logs {ids}: add them as extra, for the log in JSON"
                continue
            found += 1
            assert isinstance(extra, ast.Dict), where
            names = [key.value for key in extra.keys if isinstance(key, ast.Constant)]
            assert set(names) <= set(IDS), f"{where}: {names}"
            assert len(names) >= len(ids), f"{where} logs {ids}, but its extra has only {names}"
    assert found > 25


def test_a_server_logs_json_when_told_so(tmp_path: Path) -> None:
    settings = {"CROUPIER_VAR": str(tmp_path), "CROUPIER_LOG_FORMAT": "json", "CROUPIER_PORT": "0"}
    command = [sys.executable, str(ROOT / "run.py"), "serve"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert "running at" in server.stdout.readline()
        server.terminate()
        _, log = server.communicate(timeout=60)
    lines = [json.loads(line) for line in log.splitlines()]
    assert server.returncode == 0
    assert any("creating the database" in line["message"] for line in lines)
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
