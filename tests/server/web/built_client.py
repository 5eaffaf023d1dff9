"""A small client in the form in which scripts/build_client.js leaves the real one."""

import gzip
from pathlib import Path

PAGE = b"<!doctype html><html><script>1</script><p>client page</p></html>" + b" " * 600
SCRIPT = b"// core\n" * 200
BROTLI = b"in brotli"
"""What the build has as the script in brotli. Python has no brotli, and the server does not look inside."""


def built_client(folder: Path) -> Path:
    """Write the client into the folder, and return it."""
    for path, body in {
        "build.json": b"secret",
        "pages/not-found.html": PAGE,
        "pages/lobby.html": PAGE + b"lobby",
        "pages/room.html": PAGE + b"room",
        "pages/room-crash.html": PAGE + b"crash",
        "client/core-1.js": SCRIPT,
        "client/core-1.js.gz": gzip.compress(SCRIPT, mtime=0),
        "client/core-1.js.br": BROTLI,
        "client/tiny-1.css": b"a{}",
        "client/tiny-1.css.gz": gzip.compress(b"a{}", mtime=0),
        "client/.env": b"secret",
        "client/.git/x.js": b"secret",
        "client/notes.md": b"secret",
        "root/sw.js": b"// worker",
        "root/favicon.ico": b"icon",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder
