"""Seeds to draws, by the scheme the field knows: HMAC-SHA256 blocks cut into 32-bit fractions."""

import hashlib
import hmac
import struct
from collections.abc import Iterator
from itertools import chain, count

DRAWS = 2**32
"""How many different draws there are, all equally likely: n / 2**32."""
_EIGHT_WORDS = struct.Struct(">8I")


def commitment(server_seed: str) -> str:
    """What is published of ``server_seed`` before a round takes bets: its SHA-256, in hex."""
    return hashlib.sha256(server_seed.encode()).hexdigest()


def floats(server_seed: str, client_seed: str, nonce: int) -> Iterator[float]:
    """The endless stream of draws in [0, 1), each a multiple of 2**-32.

    Block i is HMAC-SHA256(server_seed, "{client_seed}:{nonce}:{i}"); every 4 bytes of it give one draw
    ``b0/256 + b1/256**2 + b2/256**3 + b3/256**4``, which is exact in a double.
    """
    key = server_seed.encode()

    def draws_of(block: int) -> Iterator[float]:
        digest = hmac.digest(key, f"{client_seed}:{nonce}:{block}".encode(), "sha256")
        return map(DRAWS.__rtruediv__, _EIGHT_WORDS.unpack(digest))

    # No generator: those that a round drops before their end, as nearly all do, are closed by raising in them.
    return chain.from_iterable(map(draws_of, count()))


def draw_without_putting_back(draws: Iterator[float], count: int, size: int) -> list[int]:
    """``count`` different numbers of 0 … size − 1, in the order drawn."""
    left = list(range(size))
    return [left.pop(int(next(draws) * len(left))) for _ in range(count)]


def draws_below(value: int, size: int) -> int:
    """How many of the ``DRAWS`` draws have ``floor(draw × size) < value``."""
    return -(-value * DRAWS // size)
