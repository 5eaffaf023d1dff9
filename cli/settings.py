"""The command `config`: prints every setting with its value, the source of the value, and its meaning."""

import argparse
import os
import re
from typing import Any

from cli.protocol_docs import as_written, meaning_of
from cli.terminal import table
from server.config import PREFIX, Config, load_with_sources

PASSWORD_IN_URL = re.compile(r"(://[^/:@\s]*:)\S*(?=@)|([?&](?:ssl)?password=)[^&\s]+")


def add(commands: Any) -> None:
    parser = commands.add_parser("config", help="print every setting with its value, source and meaning")
    parser.set_defaults(run=run)


async def run(_args: argparse.Namespace, _config: Config) -> int:
    config, sources = load_with_sources(os.environ)
    print(overview(config, sources))
    return 0


def overview(config: Config, sources: dict[str, str]) -> str:
    """The settings as a table, with the passwords in URLs masked."""
    rows = []
    for name, source in sources.items():
        value = masked(as_written(getattr(config, name)))
        rows.append((f"{PREFIX}{name.upper()}", value or "(empty)", source, meaning_of(name)))
    return table(("setting", "value", "source", "meaning"), rows)


def masked(url: str) -> str:
    """``scheme://user:***@host`` for a URL with a password; any other text unchanged."""
    return PASSWORD_IN_URL.sub(r"\1\2***", url)
