"""The documentation page, and the documents that it shows."""

import json
import re

from server.errors import CLOSES, ERRORS
from server.web.app import ROUTES
from tests.server.web.world import Opener, World, answer

ASYNCAPI = {
    "asyncapi": "3.0.0",
    "info": {"description": "Codes: `x` <y>."},
    "components": {
        "messages": {
            "bet": {"name": "bet", "summary": "Place a bet.", "payload": {"$ref": "#/components/schemas/Bet"}}
        },
        "schemas": {"Bet": {"title": "Bet", "type": "object", "properties": {"amount": {"type": "integer"}}}},
    },
}


async def test_the_page_shows_both_documents(open_world: Opener) -> None:
    world = await open_world(asyncapi=json.dumps(ASYNCAPI).encode())
    response = await world.call("GET", "/docs")
    page = await response.text()
    assert response.content_type == "text/html"
    for route in ROUTES:
        assert f"<code>{route.method} {route.path}</code>" in page
    for code in ERRORS:
        assert f'id="{code}"' in page
    for close in CLOSES.values():
        assert f"<td>{close.code}</td>" in page
    assert '<a href="#ws-Bet">Bet</a>' in page
    assert "<code>x</code> &lt;y&gt;" in page
    assert (await answer(await world.call("GET", "/asyncapi.json"))) == ASYNCAPI


async def test_the_page_needs_no_script_and_no_other_server(world: World) -> None:
    page = await (await world.call("GET", "/docs")).text()
    assert "<script" not in page
    assert " style=" not in page
    assert set(re.findall(r'(?:href|src)="([^"#]+)"', page)) == {
        "/docs/style.css",
        "/openapi.json",
        "/asyncapi.json",
    }
    assert (await world.call("GET", "/docs/style.css")).content_type == "text/css"


async def test_every_internal_link_has_a_target(world: World) -> None:
    page = await (await world.call("GET", "/docs")).text()
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets
