"""Runs HAProxy with the file of deploy/."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from devtools.services import die_with_parent

CONFIG = Path(__file__).parents[1] / "deploy" / "haproxy.cfg"


def proxy_command(port: int, nodes: Sequence[int]) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of a proxy on ``port``, with nodes on other ports of loopback."""
    path = f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin"
    program = shutil.which("haproxy", path=path)
    assert program is not None, "HAProxy is not installed: run scripts/haproxy"
    places = {f"NODE_{number}": f"127.0.0.1:{node}" for number, node in enumerate(nodes, 1)}
    return die_with_parent([program, "-db", "-q", "-f", str(CONFIG)]), places | {
        "LISTEN": f"127.0.0.1:{port}",
        "PATH": path,
    }
