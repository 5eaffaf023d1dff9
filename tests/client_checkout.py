"""A copy of what the browser client is built from, which tests may change and build."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("package.json", "package-lock.json", ".npmrc", "scripts/build_client.js")
BUILT = "server/client_build"


def copy_client(folder: Path) -> Path:
    """Copy the sources of the client into a folder, which borrows the installed packages. Returns the folder."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "server" / "client", folder / "server" / "client")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def build_client(folder: Path) -> dict[str, bytes]:
    """Build the client of this folder; the files of the build by path."""
    npm = [str(ROOT / "scripts" / "npm"), "--prefix", str(folder), "run", "--silent", "build"]
    done = subprocess.run(npm, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    built = folder / BUILT
    return {path.relative_to(built).as_posix(): path.read_bytes() for path in built.rglob("*") if path.is_file()}
