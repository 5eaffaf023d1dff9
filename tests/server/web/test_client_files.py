"""The client's files: which files are served, with which headers, and that no other file is served."""

import gzip
from pathlib import Path

import pytest

from server.web.client_files import PAGES, ClientFiles, accepts_gzip
from tests.server.web.world import Opener, World, problem

PAGE = b'<!doctype html><html><script type="importmap">{"imports":{}}</script><p>client page</p></html>' + b" " * 600


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    client, packages = tmp_path / "client", tmp_path / "node_modules"
    for path, body in {
        client / "index.html": PAGE,
        client / "app.js": b"// app\n" * 200,
        client / "ui" / "wheel.js": b"// wheel",
        client / "types.d.ts": b"secret",
        client / ".env": b"secret",
        client / ".git" / "x.js": b"secret",
        client / "notes.txt": b"secret",
        packages / "preact" / "dist" / "preact.mjs": b"export {}",
        packages / "preact" / "package.json": b"secret",
        packages / "evil" / "x.js": b"secret",
        packages / "@preact" / "signals" / "dist" / "signals.mjs": b"export {}",
        tmp_path / "outside.js": b"secret",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (client / "link.js").symlink_to(tmp_path / "outside.js")
    return client, packages


@pytest.fixture
async def site(open_world: Opener, folders: tuple[Path, Path]) -> World:
    return await open_world(client_folder=folders[0], packages_folder=folders[1])


async def test_the_page_stands_at_every_address_of_the_client(site: World) -> None:
    for path in ("/", "/rooms/crash", "/rounds/crash.812", "/account", "/account/limits", "/reset?token=x", "/verify"):
        response = await site.call("GET", path)
        assert (response.status, await response.read()) == (200, PAGE), path
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
    for path in PAGES.values():
        example = path.replace("{", "").replace("}", "")
        for address in (example, f"{example.rstrip('/')}/"):
            assert (await site.call("GET", address)).status == 200, address


async def test_the_page_preloads_its_modules(open_world: Opener, folders: tuple[Path, Path]) -> None:
    client, packages = folders
    (client / "index.html").write_bytes(b'<script type="module" src="/client/app.js"></script>')
    (client / "app.js").write_bytes(b'import "./ui/wheel.js";')
    site = await open_world(client_folder=client, packages_folder=packages)
    page = await (await site.call("GET", "/")).read()
    assert b'<link rel="modulepreload" href="/client/ui/wheel.js" />' in page


async def test_elsewhere_browsers_get_the_page_and_programs_a_problem(site: World) -> None:
    response = await site.call("GET", "/nowhere", headers={"Accept": "text/html,*/*"})
    assert (response.status, await response.read()) == (404, PAGE)
    known = {"Accept": "text/html", "If-None-Match": response.headers["ETag"]}
    again = await site.call("GET", "/nowhere", headers=known)
    assert (again.status, await again.read()) == (404, PAGE)
    for path in ("/leaderboards", "/limits", "/about", "/rooms/a/b", "/account/nothing"):
        assert (await site.call("GET", path, headers={"Accept": "text/html"})).status == 404
    await problem(await site.call("GET", "/nowhere"), "not_found")
    await problem(await site.call("GET", "/api/v1/nowhere", headers={"Accept": "text/html"}), "not_found")
    await problem(await site.call("POST", "/nowhere"), "not_found")


async def test_files_are_compressed_and_asked_for_once(site: World) -> None:
    response = await site.call("GET", "/client/app.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Content-Encoding"] == "gzip"
    assert await response.read() == b"// app\n" * 200
    assert response.headers["Vary"] == "Accept-Encoding"
    tag = response.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await site.call("GET", "/client/app.js", headers={"If-None-Match": known})
        assert (again.status, await again.read()) == (304, b"")
    other = await site.call(
        "GET", "/client/app.js", headers={"If-None-Match": '"other"', "Accept-Encoding": "identity"}
    )
    assert (other.status, "Content-Encoding" in other.headers) == (200, False)
    head = await site.call("HEAD", "/client/app.js")
    assert (head.status, await head.read()) == (200, b"")


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("gzip;q=0.5, identity", True),
        ("*", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("gzip;q=much", False),
        ("identity", False),
        ("not-gzip", False),
        ("", False),
    ],
)
def test_weights_of_encodings_are_read(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


async def test_each_encoding_has_its_own_tag(site: World) -> None:
    tags = {}
    for encoding, wanted in (("gzip", "gzip"), ("gzip;q=0", None), ("identity", None)):
        response = await site.call("GET", "/client/app.js", headers={"Accept-Encoding": encoding})
        assert response.headers.get("Content-Encoding") == wanted
        tags[encoding] = response.headers["ETag"]
    assert tags["gzip;q=0"] == tags["identity"] != tags["gzip"]
    for encoding in ("gzip", "identity"):
        for known in ("gzip", "identity"):
            headers = {"Accept-Encoding": encoding, "If-None-Match": tags[known]}
            again = await site.call("GET", "/client/app.js", headers=headers)
            assert again.status == (304 if known == encoding else 200)
            assert again.headers["ETag"] == tags[encoding]


async def test_packages(site: World) -> None:
    response = await site.call("GET", "/vendor/preact/dist/preact.mjs")
    assert (response.status, response.headers["Cache-Control"]) == (200, "public, max-age=3600")
    assert (await site.call("GET", "/vendor/@preact/signals/dist/signals.mjs")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/client/types.d.ts",
        "/client/.env",
        "/client/.git/x.js",
        "/client/notes.txt",
        "/client/link.js",
        "/client/nothing.js",
        "/client/..%2foutside.js",
        "/client/%2e%2e/outside.js",
        "/client//etc/passwd",
        "/client/ui",
        "/vendor/preact/package.json",
        "/vendor/evil/x.js",
        "/vendor/preact/..%2fevil/x.js",
        "/vendor/..%2f..%2foutside.js",
        "/.env",
        "/run.py",
        "/var/croupier.db",
    ],
)
async def test_nothing_else_is_served(site: World, path: str) -> None:
    response = await site.call("GET", path)
    assert response.status == 404
    assert b"secret" not in await response.read()


def test_without_a_client_there_is_a_page_that_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = ClientFiles(tmp_path / "none", tmp_path / "none")
    assert b"not installed" in files.page
    assert "preact" in caplog.text


def test_compressed_files_have_the_same_content(folders: tuple[Path, Path]) -> None:
    files = ClientFiles(*folders)._files
    assert all(gzip.decompress(file.gzipped) == file.body for file in files.values() if file.gzipped)
    assert "/client/ui/wheel.js" in files
