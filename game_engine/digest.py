"""One hash over all that a document says, the same in every language: SHA-256 of its canonical JSON.

Canonical: keys in order, no blanks, numbers as ECMAScript writes them (RFC 8785), so that 2.0 is 2.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: Any) -> str:
    """``value``, of JSON's types, as canonical JSON. Floats are those of games: 0 or from 1e-6 to below 1e21."""
    return _encode(_plain(value)).decode()


def digest_of(document: Mapping[str, Any]) -> str:
    """The hash, in hex, of everything in the document but its ``digest``."""
    told = {name: value for name, value in document.items() if name != "digest"}
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
