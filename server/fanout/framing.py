"""RFC 6455 frames of the server's side, made once and written to many sockets."""

import struct

TEXT = 0x81
CLOSE = 0x88


def text_frame(payload: bytes) -> bytes:
    """One unmasked, final text frame around ``payload`` (RFC 6455, 5.2)."""
    return _frame(TEXT, payload)


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is cut to the 123 bytes that a control frame holds (RFC 6455, 5.5.1)."""
    text = reason.encode()[:123].decode(errors="ignore").encode()
    return _frame(CLOSE, struct.pack("!H", code) + text)


def _frame(first_byte: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((first_byte, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", first_byte, 126, size) + payload
    return struct.pack("!BBQ", first_byte, 127, size) + payload
