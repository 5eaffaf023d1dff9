"""RFC 6455 frames of the server's side, made once and written to many sockets."""

import struct

TEXT = 0x81
CLOSE = 0x88
PONG = 0x8A
PING_FRAME = b"\x89\x00"
_TINY, _SHORT, _LONG = struct.Struct("!BB").pack, struct.Struct("!BBH").pack, struct.Struct("!BBQ").pack


def text_frame(payload: bytes) -> bytes:
    """One unmasked, final text frame around ``payload`` (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return _TINY(TEXT, size) + payload
    if size < 65536:
        return _SHORT(TEXT, 126, size) + payload
    return _LONG(TEXT, 127, size) + payload


def pong_frame(payload: bytes) -> bytes:
    """The answer to a ping, with what that brought: at most 125 bytes (RFC 6455, 5.5)."""
    return _TINY(PONG, len(payload)) + payload


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is cut to the 123 bytes that a control frame holds (RFC 6455, 5.5.1)."""
    text = reason.encode()[:123].decode(errors="ignore").encode()
    return struct.pack("!BBH", CLOSE, 2 + len(text), code) + text
