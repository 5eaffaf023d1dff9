"""Tests of frames against the examples of RFC 6455 and its sizes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fanout.framing import PING_FRAME, close_frame, pong_frame, text_frame


def test_the_example_of_the_rfc() -> None:
    """RFC 6455, 5.7: a single-frame unmasked text message that contains "Hello"."""
    assert text_frame(b"Hello") == bytes([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, "8100"),
        (125, "817d"),
        (126, "817e007e"),
        (256, "817e0100"),
        (65535, "817effff"),
        (65536, "817f0000000000010000"),
    ],
)
def test_each_form_of_the_length(size: int, head: str) -> None:
    """RFC 6455, 5.2: the shortest form must be used; 5.7 has those of 256 bytes and 64 KiB."""
    assert text_frame(b"x" * size) == bytes.fromhex(head) + b"x" * size


def test_a_ping_and_its_answer() -> None:
    """RFC 6455, 5.5.2 and 5.5.3: an unmasked ping, and a pong that brings back what a ping brought; its example is
    "Hello"."""
    assert bytes([0x89, 0x00]) == PING_FRAME
    assert pong_frame(b"Hello") == bytes([0x8A, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])


def test_a_close_frame_has_code_and_reason() -> None:
    assert close_frame(1001, "bye") == bytes([0x88, 5]) + struct.pack("!H", 1001) + b"bye"
    assert close_frame(1000, "") == bytes([0x88, 2]) + struct.pack("!H", 1000)


@given(st.integers(1000, 4999), st.text(max_size=200))
def test_a_close_frame_fits_a_control_frame(code: int, reason: str) -> None:
    """RFC 6455, 5.5: at most 125 bytes; 8.1: the reason is UTF-8, so no character is cut in two."""
    frame = close_frame(code, reason)
    assert frame[0] == 0x88
    assert frame[1] == len(frame) - 2 <= 125
    assert struct.unpack("!H", frame[2:4]) == (code,)
    told = frame[4:].decode()
    assert reason.startswith(told)
    assert told == reason or len(frame) > 125 - 4
