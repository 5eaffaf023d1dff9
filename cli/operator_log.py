"""The record of what the operator does: one line for each act in ``operator.log`` in the state folder."""

import getpass
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from server.config import Config


def log_file(config: Config) -> Path:
    return Path(config.var) / "operator.log"


def note(config: Config, act: str, user_id: int | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Append a line with the time, the act, the account's id if the act is about one, the operator's name on this
    machine, and where they came from. It holds nothing else of the account. If it can't be written, say so and go on:
    the act is done."""
    operator = environ.get("SUDO_USER") or _user_name()
    source = environ.get("SSH_CLIENT", "").partition(" ")[0] or "this machine"
    whose = "" if user_id is None else f" of user {user_id}"
    line = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {act}{whose} by {operator} from {source}\n"
    path = log_file(config)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
            file.write(line)
    except OSError as error:
        print(f"the act is not on record: can't write {path}: {error.strerror}", file=sys.stderr)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
