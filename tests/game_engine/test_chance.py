"""Draws follow the published scheme, byte by byte."""

import hashlib
import hmac
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import ShiftedSeed, commitment, draw_without_replacement, floats, joined_seeds
from game_engine.games.dice import roll_of
from game_engine.point import point_of


def test_the_commitment_is_the_sha256_of_the_text() -> None:
    assert commitment("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_published_example() -> None:
    draw = next(floats("server seed", "client seed", 1))
    assert roll_of(draw) == 7467
    assert point_of(draw) == 132
    assert int(draw * 37) == 27


def test_client_seeds_are_joined_in_order() -> None:
    assert (joined_seeds([]), joined_seeds(["b"]), joined_seeds(iter(["b", "a"]))) == ("", "b", "b,a")


def test_a_draw_is_four_bytes_of_consecutive_blocks() -> None:
    blocks = [hmac.new(b"server", f"client:7:{i}".encode(), hashlib.sha256).digest() for i in range(3)]
    text = b"".join(blocks)
    quads = [text[i : i + 4] for i in range(0, len(text), 4)]
    expected = [q[0] / 256 + q[1] / 256**2 + q[2] / 256**3 + q[3] / 256**4 for q in quads]
    assert list(islice(floats("server", "client", 7), 24)) == expected


@given(st.text(max_size=8), st.text(max_size=8), st.integers(1, 10**9))
def test_draws_are_fractions_below_one(server_seed: str, client_seed: str, nonce: int) -> None:
    for draw in islice(floats(server_seed, client_seed, nonce), 10):
        assert 0 <= draw < 1
        assert (draw * 2**32).is_integer()


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=25, max_size=25))
def test_drawing_without_replacement_repeats_nothing(draws: list[float]) -> None:
    assert sorted(draw_without_replacement(iter(draws), 25, 25)) == list(range(25))


def test_drawing_without_replacement_takes_from_what_is_left() -> None:
    assert draw_without_replacement(iter([0.0, 0.0, 0.99]), 3, 5) == [0, 1, 4]


def test_single_draws_of_a_seed_can_be_shifted() -> None:
    plain = list(islice(floats("server", "client", 1), 12))
    seed = ShiftedSeed("server")
    seed.shifts = {3: 2**31, 10: -1}
    shifted = list(islice(floats(seed, "client", 1), 12))
    assert [at for at in range(12) if plain[at] != shifted[at]] == [3, 10]
    assert shifted[3] == (plain[3] + 0.5) % 1
    assert shifted[10] == (plain[10] - 2**-32) % 1
    assert (seed, seed.read) == ("server", 12)
