"""One hash over a whole document, the same in every language: the SHA-256 of its canonical JSON.

Canonical JSON has sorted keys, no whitespace, and numbers as ECMAScript writes them (RFC 8785), so 2.0 becomes 2.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: Any) -> str:
    """Return a JSON value as canonical JSON. Floats must be 0 or from 1e-6 to below 1e21, as those of all games are."""
    return _encode(_plain(value)).decode()


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the hash, in hex, of everything in the document except its ``digest``."""
    hashed = {name: value for name, value in document.items() if name != "digest"}
    return hashlib.sha256(canonical(hashed).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
