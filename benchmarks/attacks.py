"""What a stranger can do to the others: the p95 of a client's pings beside each attack, as a ratio to its quiet value.

Every attack comes over loopback, is bounded in time, and names its addresses in X-Forwarded-For. With ``--checkout``
the server is that of another checkout with the same schema, to compare two versions.
"""

import argparse
import gzip
import http.client
import json
import multiprocessing
import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from benchmarks import databases, machine
from benchmarks.report import Figure, show, spread
from benchmarks.server import ROOT, Served, croupier

SETTINGS = {
    "CROUPIER_RATE_SCALE": "1",
    "CROUPIER_MAX_CONNECTIONS": "10000",
    "CROUPIER_MAX_CONNECTIONS_PER_ADDRESS": "200",
    "CROUPIER_TRUSTED_PROXIES": "127.0.0.1",
    "CROUPIER_PRIVATE_GRACE": "600",
    "CROUPIER_LOG_LEVEL": "INFO",
}
QUIET_S, ATTACK_S = 1.5, 4.0
ROOM_OWNERS = 35
DIRECT = "127.0.0.2"
"""The address of a client that comes through no proxy."""
PONG, PING_FRAME, TEXT = 0x8A, 0x89, 0x81
HELLO = b'{"id":0,"do":"hello"}'
UNAVAILABLE = 503
BOMB = gzip.compress(b"\0" * (60 << 20), 9)


def frame(first: int, payload: bytes = b"") -> bytes:
    """A frame as a client sends it, masked with zeros."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([first]) + length + b"\0\0\0\0" + payload


def websocket(port: int, address: str, peer: str = "127.0.0.1") -> socket.socket:
    """Raises OSError if the server refuses. ``peer``: 127.0.0.1 is a trusted proxy, another address a direct client."""
    line = connect(port, peer)
    line.sendall(
        b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: " + address.encode() + b"\r\n\r\n"
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        read = line.recv(4096)
        if not read:
            raise ConnectionError("closed in the handshake")
        answer += read
    if b" 101 " not in answer:
        line.close()
        raise ConnectionRefusedError(answer[:40])
    return line


def connect(port: int, peer: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(peer, 0))


def drain(line: socket.socket) -> None:
    with suppress(OSError):
        while line.recv(1 << 16):
            pass


def flood(port: int, until: float, address: str, *, first: bytes, unit: bytes, pause_s: float = 0.0) -> None:
    """Send ``unit`` again and again, and connect again whenever the server closes."""
    while time.time() < until:
        with suppress(OSError), websocket(port, address) as line:
            threading.Thread(target=drain, args=(line,), daemon=True).start()
            line.sendall(first)
            while time.time() < until:
                line.sendall(unit)
                time.sleep(pause_s)
        time.sleep(0.001)


def pongs(port: int, until: float) -> None:
    flood(port, until, "198.51.100.1", first=frame(TEXT, HELLO), unit=frame(PONG) * 10_000)


def pings(port: int, until: float) -> None:
    flood(port, until, "198.51.100.2", first=b"", unit=frame(PING_FRAME) * 10_000)


def messages(port: int, until: float) -> None:
    unit = frame(TEXT, b'{"id":1,"do":"ping"}') * 500
    in_threads(10, lambda n: flood(port, until, f"198.51.101.{n}", first=frame(TEXT, HELLO), unit=unit))


def handshakes(port: int, until: float) -> None:
    def again(_number: int) -> None:
        while time.time() < until:
            with suppress(OSError):
                websocket(port, "", DIRECT).close()

    in_threads(4, again)


def bombs(port: int, until: float) -> None:
    """Ten bodies of 60 KB a second, each of which inflates to 60 MB."""
    head = "POST /nonexistent HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: "
    request = f"{head}{len(BOMB)}\r\n\r\n".encode() + BOMB

    def one() -> None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=15) as line:
            line.sendall(request)
            line.recv(300)
            time.sleep(max(0.0, until - time.time()))

    while time.time() < until:
        threading.Thread(target=one, daemon=True).start()
        time.sleep(0.1)


def lists(port: int, until: float) -> None:
    """Sixty connections of one address that ask for the rooms as often as each may."""
    unit = frame(TEXT, b'{"id":1,"do":"rooms"}')
    in_threads(60, lambda _: flood(port, until, "198.51.100.4", first=frame(TEXT, HELLO), unit=unit, pause_s=1 / 20))


def sign_ins(port: int, until: float) -> None:
    """Three addresses try to sign in under names that do not exist, each at its full rate."""

    def one(number: int) -> None:
        while time.time() < until:
            with suppress(OSError, http.client.HTTPException):
                sign_in(port, f"198.51.102.{number % 3}", f"nobody{time.time_ns()}{number}")

    in_threads(90, one)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sign_in(port: int, address: str, name: str) -> int:
    """The status of the answer to a sign-in with a wrong password."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"identifier": name, "password": "wrong horse battery"})
    line.request("POST", "/api/v1/auth/login", body, {"X-Forwarded-For": address})
    status = line.getresponse().status
    line.close()
    return status


def malformed(port: int, until: float) -> None:
    request = b"GET / HTTP/1.1\r\n" + b"\x80\x01" * 4000 + b": z\r\n\r\n"
    while time.time() < until:
        with suppress(OSError), connect(port, DIRECT) as line:
            line.sendall(request)
            line.recv(4096)


class Probe:
    """A client that pings every 50 ms."""

    def __init__(self, port: int) -> None:
        self._line = websocket(port, "192.0.2.77")
        self._line.settimeout(30)
        self._number = 0
        self._ask(HELLO)

    def p95_ms(self, seconds: float) -> float:
        times: list[float] = []
        until = time.time() + seconds
        while time.time() < until:
            started = time.perf_counter()
            self._number += 1
            self._ask(b'{"id":%d,"do":"ping"}' % self._number)
            times.append((time.perf_counter() - started) * 1000)
            time.sleep(0.05)
        return percentile(times)

    def _ask(self, message: bytes) -> None:
        self._line.sendall(frame(TEXT, message))
        answer = b""
        while b'"re":%d,' % self._number not in answer:
            answer += self._line.recv(1 << 16)


class SignInProbe:
    """A player who signs in again and again from an address of their own, and tries again when refused."""

    def __init__(self, port: int) -> None:
        self._port = port

    def p95_ms(self, seconds: float) -> float:
        times: list[float] = []
        until = time.time() + seconds
        while time.time() < until:
            started = time.perf_counter()
            while sign_in(self._port, f"192.0.2.{len(times)}", f"somebody{time.time_ns()}") == UNAVAILABLE:
                time.sleep(0.1)
            times.append((time.perf_counter() - started) * 1000)
        return percentile(times)


def percentile(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


class Attack(Struct, frozen=True):
    what: str
    run: Callable[[int, float], None]
    probe: type[Probe] | type[SignInProbe] = Probe


ATTACKS = (
    Attack("a socket of empty pongs", pongs),
    Attack("a socket of empty pings, no hello", pings),
    Attack("ten sockets of messages above the rate", messages),
    Attack("handshakes of one address", handshakes),
    Attack("gzip bodies, ten a second", bombs),
    Attack("lists of 109 rooms, sixty sockets", lists),
    Attack("requests that are not HTTP", malformed),
    Attack("sign-ins of three addresses; a player's sign-in", sign_ins, SignInProbe),
)


def measured(server: Served, attack: Attack) -> tuple[float, float]:
    """The p95 in ms when it is quiet, and beside the attack."""
    probe = attack.probe(server.port)
    quiet = probe.p95_ms(QUIET_S)
    until = time.time() + ATTACK_S
    attacker = multiprocessing.get_context("fork").Process(
        target=behind, args=(attack, server.port, until), daemon=True
    )
    attacker.start()
    time.sleep(0.5)
    beside = probe.p95_ms(until - time.time())
    attacker.kill()
    attacker.join()
    time.sleep(1.0)
    return quiet, beside


def behind(attack: Attack, port: int, until: float) -> None:
    """Run the attack at a low priority: it shares its core with the probe, whose waiting must come from the server."""
    os.nice(19)
    attack.run(port, until)


def open_rooms(port: int, tokens: list[str]) -> None:
    for number, token in enumerate(tokens):
        for game in ("crash", "holdem", "roulette"):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
            headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": f"192.0.2.{number}"}
            line.request("POST", "/api/v1/rooms", json.dumps({"game": game, "seats": 2}), headers)
            answer = line.getresponse()
            if answer.status != 201:
                raise SystemExit(f"benchmarks: no room: {answer.read()!r}")
            line.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the checkout whose server is attacked")
    parser.add_argument("--runs", type=int, default=3, help="how often each attack is run (default: 3)")
    parser.add_argument("--only", default="", metavar="TEXT", help="run only attacks whose description has TEXT")
    args = parser.parse_args()
    core = machine.cores().server
    figures = []
    with tempfile.TemporaryDirectory(prefix="croupier-") as name, databases.sqlite(Path(name)) as url:
        tokens = databases.sign_in(url, ROOM_OWNERS)
        with croupier(Path(name), url, core, SETTINGS, args.checkout.resolve()) as server:
            open_rooms(server.port, tokens)
            for attack in (each for each in ATTACKS if args.only in each.what):
                log_bytes = os.stat(f"/proc/{server.pid}/fd/2").st_size
                pairs = [measured(server, attack) for _ in range(args.runs)]
                log_bytes = os.stat(f"/proc/{server.pid}/fd/2").st_size - log_bytes
                figures += [
                    Figure(f"{attack.what}: quiet", spread(quiet for quiet, _ in pairs), "ms"),
                    Figure(f"{attack.what}: beside it", spread(beside for _, beside in pairs), "ms"),
                    Figure(
                        what=f"{attack.what}: ratio", value=spread(b / q for q, b in pairs), unit="", target=("<=", 5)
                    ),
                    Figure(f"{attack.what}: log", spread([log_bytes / args.runs / ATTACK_S / 1000]), "kB/s"),
                ]
    show("attacks", figures)


if __name__ == "__main__":
    main()
