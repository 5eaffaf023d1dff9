"""The page preloads exactly the modules that its script imports statically."""

from server.web.preloads import static_imports, with_preloads

PAGE = b"""<script type="importmap">
{"imports": {"lib": "/vendor/lib/lib.mjs", "lib/more": "/vendor/lib/more.mjs"}}
</script>
    <script type="module" src="/client/app.js"></script>"""
FILES = {
    "/client/app.js": b"""
import { a } from "./ui/a.js";
import * as b
  from "./b.js";
import "lib";
const later = () => import("./later.js");
""",
    "/client/ui/a.js": b"""
/** @typedef {import("../only_a_type.js").T} T */
/* import { no } from "./no.js"; */
import { b } from "../b.js";
export { c } from "./c.js";
""",
    "/client/b.js": b'import { unknown } from "unknown";\nimport { missing } from "./missing.js";\n',
    "/client/ui/c.js": b'import { a } from "./a.js";',
    "/client/later.js": b"",
    "/client/only_a_type.js": b"",
    "/client/ui/no.js": b"",
    "/vendor/lib/lib.mjs": b'var n=1;import{x as t}from"lib/more";export*from"./part.mjs";',
    "/vendor/lib/more.mjs": b"",
    "/vendor/lib/part.mjs": b"",
}


def test_it_follows_static_imports_and_no_others() -> None:
    assert static_imports(PAGE, FILES.get) == [
        "/client/ui/a.js",
        "/client/b.js",
        "/vendor/lib/lib.mjs",
        "/client/ui/c.js",
        "/vendor/lib/more.mjs",
        "/vendor/lib/part.mjs",
    ]


def test_the_links_stand_before_the_script() -> None:
    page = with_preloads(PAGE, FILES.get)
    before, script, _ = page.partition(b'<script type="module"')
    assert script
    assert before.count(b'<link rel="modulepreload" href="') == 6
    assert b'href="/client/app.js"' not in before
    assert before.startswith(PAGE.partition(b"    <script type=")[0])


def test_a_page_without_a_script_stays_as_it_is() -> None:
    assert with_preloads(b"<p>nothing", FILES.get) == b"<p>nothing"
    assert static_imports(b"<p>nothing", FILES.get) == []
