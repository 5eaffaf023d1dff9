"""The client's files: which files are served, with which headers, and that no other file is served."""

import gzip
from pathlib import Path

import pytest

from server.web.client_files import PAGES, ClientFiles
from tests.server.web.built_client import BROTLI, PAGE, SCRIPT, built_client
from tests.server.web.world import Opener, World, problem

CORE = "/client/core-1.js"
ENCODINGS = {
    "gzip": "gzip",
    "gzip, deflate, br": "br",
    "gzip, br;q=0": "gzip",
    "gzip;q=0, br": "br",
    "*": "br",
    "identity": None,
    "gzip;q=0, br;q=0": None,
    "": None,
}


@pytest.fixture
async def site(open_world: Opener) -> World:
    return await open_world()


async def test_every_address_of_the_client_has_a_page(site: World) -> None:
    for name, path in PAGES.items():
        example = path.replace("{", "").replace("}", "")
        for address in (example, f"{example.rstrip('/')}/"):
            response = await site.call("GET", address)
            own = {"lobby": b"lobby", "room": b"room"}.get(name)
            assert (response.status, await response.read()) == (200, PAGE + own if own else await _no_page(site)), name
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert response.headers["Cache-Control"] == "no-cache"


async def _no_page(site: World) -> bytes:
    return await (await site.call("GET", "/sign-in")).read()


async def test_the_page_of_a_room_is_that_of_its_game(site: World) -> None:
    for room, page in {"crash": b"crash", "crash-0a1b": b"crash", "chess": b"room", "-crash": b"room"}.items():
        assert await (await site.call("GET", f"/rooms/{room}")).read() == PAGE + page


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


async def test_files_that_never_change_are_kept_for_ever_and_all_others_checked(site: World) -> None:
    for path, cache in {
        CORE: "public, max-age=31536000, immutable",
        "/": "no-cache",
        "/sw.js": "no-cache",
        "/favicon.ico": "no-cache",
    }.items():
        assert (await site.call("GET", path)).headers["Cache-Control"] == cache, path


async def test_files_are_asked_for_once(site: World) -> None:
    for path, kind in {CORE: "text/javascript; charset=utf-8", "/": "text/html; charset=utf-8"}.items():
        response = await site.call("GET", path, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Type"] == kind
        tag = response.headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            headers = {"If-None-Match": known, "Accept-Encoding": "gzip"}
            again = await site.call("GET", path, headers=headers)
            assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)
        changed = await site.call("GET", path, headers={"If-None-Match": '"other"'})
        assert changed.status == 200
        head = await site.call("HEAD", path)
        assert (head.status, await head.read()) == (200, b"")


async def test_the_client_chooses_the_encoding(site: World) -> None:
    bodies = {"gzip": gzip.compress(SCRIPT, mtime=0), "br": BROTLI, None: SCRIPT}
    for header, encoding in ENCODINGS.items():
        headers, body = await site.raw(CORE, accept_encoding=header)
        assert (headers.get("Content-Encoding"), headers["Vary"]) == (encoding, "Accept-Encoding"), header
        assert body == bodies[encoding]


async def test_each_encoding_has_its_own_tag(site: World) -> None:
    tags = {each: (await site.raw(CORE, accept_encoding=each))[0]["ETag"] for each in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for encoding, tag in tags.items():
        for known in tags.values():
            headers, body = await site.raw(CORE, accept_encoding=encoding, if_none_match=known)
            assert (headers["ETag"], body == b"") == (tag, known == tag)


async def test_what_compression_does_not_shorten_is_sent_as_it_is(site: World) -> None:
    response = await site.call("GET", "/client/tiny-1.css", headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in response.headers, await response.read()) == (False, b"a{}")


@pytest.mark.parametrize(
    "path",
    [
        "/client/core-1.js.gz",
        "/client/.env",
        "/client/.git/x.js",
        "/client/notes.md",
        "/client/nothing.js",
        "/client/..%2foutside.js",
        "/client/%2e%2e/build.json",
        "/client//etc/passwd",
        "/build.json",
        "/pages/lobby.html",
        "/.env",
        "/run.py",
        "/var/croupier.db",
    ],
)
async def test_nothing_else_is_served(site: World, path: str) -> None:
    response = await site.call("GET", path)
    assert response.status == 404
    assert b"secret" not in await response.read()


async def test_without_a_build_there_is_a_page_that_names_the_command(
    open_world: Opener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = await open_world(client_folder=tmp_path / "none")
    assert [record.getMessage() for record in caplog.records if record.name == "server.web.client_files"] == [
        "The browser client is not built: run `make build`."
    ]
    for path in ("/", "/rooms/crash"):
        assert b"run `make build`" in await (await site.call("GET", path)).read()
    assert (await site.call("GET", "/healthz")).status == 200


def test_a_demo_says_so_in_its_pages(tmp_path: Path) -> None:
    folder = built_client(tmp_path)
    page = folder / "pages" / "not-found.html"
    page.write_bytes(b'<meta name="croupier-demo" content="no" />')
    assert b'content="no"' in ClientFiles(folder).page
    assert b'content="yes"' in ClientFiles(folder, demo=True).page
