"""Writes the pages of docs/ that come from the code: the protocol's tables and the operator's settings."""

from pathlib import Path


def pages() -> dict[str, str]:
    return {}


if __name__ == "__main__":
    pages()
