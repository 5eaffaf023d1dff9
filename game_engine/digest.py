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
    """Return the hash, in hex, of everything in the document except its ``digest`` and the members that it publishes
    later, so that the hash never changes.

    ``published_later.members`` names them: ``server_seed``, or ``outcome.deck`` for a member of ``outcome``.
    """
    hashed = _without(document, "digest")
    later = document.get("published_later")
    for path in later["members"] if later else ():
        outer, _, inner = path.partition(".")
        if not inner:
            hashed = _without(hashed, outer)
        elif isinstance(hashed.get(outer), Mapping):
            hashed[outer] = _without(hashed[outer], inner)
    return hashlib.sha256(canonical(hashed).encode()).hexdigest()


def _without(document: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
