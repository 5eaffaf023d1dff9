"""Which modules the browser client's first page loads, so that the browser can fetch them all at once."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator

_IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)
_SCRIPT = re.compile(rb'<script type="module" src="([^"]+)">')
# `import … from "x"`, `export … from "x"` and `import "x"`; not `import("x")`, which loads on demand.
_STATIC_IMPORT = re.compile(
    rb"""(?:^|[;}\s])(?:import|export)(?:[^;'"()]*?\bfrom)?\s*["']([^"'\n]+)["']""", re.MULTILINE
)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)

Read = Callable[[str], bytes | None]
"""The text of the file at a path; None if there is none."""


def with_preloads(page: bytes, read: Read) -> bytes:
    """The page with a ``modulepreload`` link for every module that its script imports, directly or not."""
    script = _SCRIPT.search(page)
    if script is None:
        return page
    links = "".join(f'<link rel="modulepreload" href="{path}" />\n    ' for path in static_imports(page, read))
    return page[: script.start()] + links.encode() + page[script.start() :]


def static_imports(page: bytes, read: Read) -> list[str]:
    """The paths of the modules that the page's script imports, directly or not, in the order in which they are found.

    Imports that are neither relative nor in the page's import map, and files that do not exist, are left out.
    """
    script = _SCRIPT.search(page)
    found = [] if script is None else [script[1].decode()]
    import_map = _import_map(page)
    for path in found:  # grows while it is walked
        found += [other for other in dict.fromkeys(_imports_of(path, import_map, read)) if other not in found]
    return found[1:]


def _import_map(page: bytes) -> dict[str, str]:
    written = _IMPORT_MAP.search(page)
    imports: dict[str, str] = json.loads(written[1])["imports"] if written else {}
    return imports


def _imports_of(path: str, import_map: dict[str, str], read: Read) -> Iterator[str]:
    for specifier in _STATIC_IMPORT.findall(_COMMENT.sub(b"", read(path) or b"")):
        name = specifier.decode()
        relative = name.startswith(("./", "../"))
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if relative else import_map.get(name)
        if other is not None and read(other) is not None:
            yield other
