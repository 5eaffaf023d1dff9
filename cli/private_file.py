"""Files that only their owner may read, and that have their name only once they are whole and on disk."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.terminal import CommandError


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """The path of a file beside ``target``, in a folder that only its owner may open and that is removed at the end.

    Raises CommandError for whatever the disk refuses meanwhile."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name[:100]}-", dir=target.parent) as folder:
            path = Path(folder) / "unfinished"
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            yield path
    except OSError as error:
        raise CommandError(f"can't write {target}: {error.strerror or error}") from error


def publish(path: Path, target: Path) -> None:
    """Give the finished file its name, for which it replaces any other. Raises OSError."""
    path.chmod(0o600)  # whatever the umask was, and whichever program wrote it
    _to_disk(path)
    path.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
