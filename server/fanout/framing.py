"""RFC 6455 frames that the server sends. A frame is built once and written to many sockets."""

import struct

TEXT = 0x81
CLOSE = 0x88
PONG = 0x8A
PING_FRAME = b"\x89\x00"
_TINY, _SHORT, _LONG = struct.Struct("!BB").pack, struct.Struct("!BBH").pack, struct.Struct("!BBQ").pack


def text_frame(payload: bytes) -> bytes:
    """An unmasked, final text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return _TINY(TEXT, size) + payload
    if size < 65536:
        return _SHORT(TEXT, 126, size) + payload
    return _LONG(TEXT, 127, size) + payload


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping, with the ping's payload of at most 125 bytes (RFC 6455, 5.5)."""
    return _TINY(PONG, len(payload)) + payload


def close_frame(code: int, reason: str) -> bytes:
    """A close frame. The reason is cut to the 123 bytes that fit into a control frame (RFC 6455, 5.5.1)."""
    text = reason.encode()[:123].decode(errors="ignore").encode()
    return struct.pack("!BBH", CLOSE, 2 + len(text), code) + text
