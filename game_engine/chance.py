"""Turns seeds into draws, by the usual provably-fair scheme: HMAC-SHA256 blocks, cut into 32-bit fractions."""

import hashlib
import hmac
import struct
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

DRAWS = 2**32
"""The number of different draws, n / 2**32. All are equally likely."""
_EIGHT_WORDS = struct.Struct(">8I")


def commitment(server_seed: str) -> str:
    """Return the SHA-256 of ``server_seed`` in hex; it is published before the round takes bets."""
    return hashlib.sha256(server_seed.encode()).hexdigest()


def joined_seeds(client_seeds: Iterable[str]) -> str:
    """Return the client seed of a round: those of its bettors, in the order of their first bets, joined by ``,``."""
    return ",".join(client_seeds)


class ShiftedSeed(str):
    """A server seed whose streams differ from the seed's own in some draws, and which counts the draws that are read.

    The contract test (``game_engine.contract``) compares rounds that differ in nothing else. ``shifts`` maps the index
    of a draw to what is added to it, modulo 1, in units of 2**-32. All other seeds are plain strings.
    """

    shifts: Mapping[int, int] = {}
    read: int = 0

    def shifted(self, stream: Iterator[float]) -> Iterator[float]:
        for index, draw in enumerate(stream):
            self.read = max(self.read, index + 1)
            shift = self.shifts.get(index)
            yield draw if shift is None else (draw * DRAWS + shift) % DRAWS / DRAWS


def floats(server_seed: str, client_seed: str, nonce: int) -> Iterator[float]:
    """Return the infinite stream of draws in [0, 1), each a multiple of 2**-32.

    Block i is HMAC-SHA256(server_seed, "{client_seed}:{nonce}:{i}"). Every 4 bytes of it give one draw,
    ``b0/256 + b1/256**2 + b2/256**3 + b3/256**4``, which a double holds exactly.
    """
    key = server_seed.encode()

    def draws_of(block: int) -> Iterator[float]:
        digest = hmac.digest(key, f"{client_seed}:{nonce}:{block}".encode(), "sha256")
        return map(DRAWS.__rtruediv__, _EIGHT_WORDS.unpack(digest))

    # Not a generator: nearly every round abandons its stream, and closing an abandoned generator costs an exception.
    stream = chain.from_iterable(map(draws_of, count()))
    return server_seed.shifted(stream) if isinstance(server_seed, ShiftedSeed) else stream


def draw_without_replacement(draws: Iterator[float], count: int, size: int) -> list[int]:
    """Draw ``count`` different numbers from 0 … ``size`` − 1 and return them in drawing order."""
    left = list(range(size))
    return [left.pop(int(next(draws) * len(left))) for _ in range(count)]


def draws_below(value: int, size: int) -> int:
    """Return how many of the ``DRAWS`` possible draws have ``floor(draw × size) < value``."""
    return -(-value * DRAWS // size)
