"""scripts/build_client.js: the same sources give the same files, and pages name the files that they need."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from game_engine.games import GAMES
from scripts.wheel_hook import is_built, source_digest
from server.web.client_files import PAGES
from tests.client_checkout import BUILT, ROOT, build_client, copy_client

Files = dict[str, bytes]
MOST_SCRIPTS = 3
"""For a room: the core, the game's face, and what the face shares with the rules of the proof."""
CORE_BYTES = 72_000
"""The most that the core may have in brotli. It is 70 kB, 18 of them the English texts, which have words for every
reason of the server and the games; whatever a page rarely needs belongs elsewhere."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_client(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def files(checkout: Path) -> Files:
    return build_client(checkout)


def linked(page: bytes, what: str = "") -> list[str]:
    """The files under client/ that a page names; ``what`` is a part of their names."""
    found = re.findall(r'(?:src|href)="/(client/[^"]+)"', page.decode())
    return [path for path in found if what in path]


def named(files: Files, pattern: str) -> str:
    [found] = [path for path in files if re.fullmatch(pattern, path)]
    return found


def test_the_same_sources_give_the_same_files_in_any_folder(files: Files, tmp_path: Path) -> None:
    other = build_client(copy_client(tmp_path / "somewhere" / "else"))
    assert other.keys() == files.keys()
    assert [path for path in files if files[path] != other[path]] == []
    assert not [path for path in files if str(tmp_path).encode() in other[path] or b"node_modules" in other[path]]


def test_a_change_renames_what_changed_and_what_names_it(files: Files, tmp_path: Path) -> None:
    folder = copy_client(tmp_path)
    panel = folder / "server" / "client" / "faces" / "keno" / "panel.js"
    panel.write_text(panel.read_text() + '\nconsole.log("changed");\n')
    other = build_client(folder)
    assert named(other, r"client/keno-\w+\.js") != named(files, r"client/keno-\w+\.js")
    assert linked(other["pages/lobby.html"], ".js") != linked(files["pages/lobby.html"], ".js")
    for kept in (r"client/keno-\w+\.css", r"client/app-\w+\.css", r"client/icon-192-\w+\.png"):
        assert named(other, kept) == named(files, kept)
    assert json.loads(other["root/version.json"]) != json.loads(files["root/version.json"])


def test_every_name_under_client_has_a_hash(files: Files) -> None:
    for path in files:
        if path.startswith("client/"):
            assert re.search(r"-[0-9A-Z]{8}\.\w+(\.br|\.gz)?$", path), path


def test_every_route_has_a_page_whose_links_exist(files: Files) -> None:
    rooms = {f"room-{game}" for game in (*GAMES, "plain")}
    pages = {path.removeprefix("pages/").removesuffix(".html") for path in files if path.startswith("pages/")}
    assert pages == {*PAGES, "not-found", *rooms}
    for name in pages:
        page = files[f"pages/{name}.html"]
        assert set(linked(page)) <= files.keys()
        assert b"<!-- links" not in page
        assert b'name="croupier-build" content="' + json.loads(files["root/version.json"])["build"].encode() in page


def test_a_room_comes_with_its_own_face_only(files: Files) -> None:
    for game in GAMES:
        page = files[f"pages/room-{game}.html"]
        scripts = linked(page, ".js")
        assert len(scripts) <= MOST_SCRIPTS, scripts
        assert [re.sub(r"-\w+\.\w+$", "", path) for path in linked(page, ".css")] == ["client/app", f"client/{game}"]
        others = {path for path in files for other in GAMES if other != game and path.startswith(f"client/{other}-")}
        assert not others & set(scripts)


def test_what_few_pages_need_is_not_in_the_core(files: Files) -> None:
    [core] = linked(files["pages/lobby.html"], ".js")
    assert len(files[f"{core}.br"]) < CORE_BYTES
    assert b'"uplot"' not in files[core]
    assert b'"uplot"' in files[named(files, r"client/uplot-\w+\.js")]
    assert linked(files["pages/wallet.html"], "account-area")
    assert linked(files["pages/round.html"], "proof")


def test_compressed_forms_hold_the_same(files: Files, checkout: Path) -> None:
    texts = [path for path in files if re.fullmatch(r"(client|root)/.*\.(js|css|svg|html|json|webmanifest)", path)]
    assert texts
    for path in texts:
        assert gzip.decompress(files[f"{path}.gz"]) == files[path]
        assert f"{path}.br" in files
    core = linked(files["pages/lobby.html"], ".js")[0]
    unpacked = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"
    npm = [str(ROOT / "scripts" / "npm"), "exec", "--offline", "--", "node", "-e", unpacked]
    done = subprocess.run([*npm, str(checkout / BUILT / f"{core}.br")], check=True, capture_output=True, cwd=ROOT)
    assert done.stdout == files[core]


def test_the_icons_of_the_web_app_exist_in_the_sizes_that_it_names(files: Files) -> None:
    manifest = json.loads(files[linked(files["pages/lobby.html"], "webmanifest")[0]])
    sizes = {}
    for icon in manifest["icons"]:
        content = files[icon["src"].removeprefix("/")]
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
            assert icon["sizes"] == f"{width}x{height}"
        sizes[icon["sizes"]] = content
    assert {"any", "192x192", "512x512"} <= sizes.keys()
    assert files["root/favicon.ico"].startswith(b"\0\0\1\0")


def test_the_service_worker_keeps_the_shell_of_its_build(files: Files) -> None:
    script = files["root/sw.js"].decode()
    assert json.loads(files["root/version.json"])["build"] in script
    [shell] = re.findall(r"self\.SHELL=(\[.*?\]);", script)
    assert {path.removeprefix("/") for path in json.loads(shell)} <= files.keys()
    assert b"<script type" not in files["root/offline.html"]


def test_the_build_knows_its_sources(checkout: Path, files: Files, tmp_path: Path) -> None:
    assert json.loads(files["build.json"])["sources"] == source_digest(checkout)
    assert is_built(checkout)
    changed = copy_client(tmp_path)
    (changed / BUILT).mkdir(parents=True)
    (changed / BUILT / "build.json").write_bytes(files["build.json"])
    assert is_built(changed)
    (changed / "server" / "client" / "lobby.css").write_text("")
    assert not is_built(changed)


def test_the_licences_of_the_bundled_packages_are_in_the_build(files: Files) -> None:
    licences = files["root/licences.txt"].decode()
    for package in ("@preact/signals", "@preact/signals-core", "htm", "preact", "uplot"):
        assert f"\n{package}\n" in f"\n{licences}"
