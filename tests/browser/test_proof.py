"""The page of a past round: it recomputes everything in the browser and says so, also when something does not fit."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.site import ROOT, Site

VECTORS: dict[str, dict[str, Any]] = json.loads((ROOT / "docs" / "vectors" / "rounds.json").read_text())["rounds"]


def serve(page: Page, proof: dict[str, Any]) -> None:
    """Let the page be told this about the round, whatever the server knows."""

    def answer(route: Route) -> None:
        route.fulfill(json=proof)

    page.route(f"**/api/v1/rounds/{proof['round']}", answer)


def open_proof(site: Site, visit: Visit, proof: dict[str, Any]) -> Page:
    page = visit(site)
    serve(page, proof)
    page.goto(f"/rounds/{proof['round']}")
    return page


def changed(name: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    proof: dict[str, Any] = json.loads(json.dumps(VECTORS[name]))
    change(proof)
    return proof


def verdict(page: Page, wanted: str) -> None:
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", wanted)


def test_a_round_just_played_holds_and_can_be_shared(site: Site, visit: Visit) -> None:
    page = visit(site, "/games/dice", site.add_player("sceptic"))
    page.get_by_role("button", name="Play").click()
    page.get_by_test_id("fairness").click()
    promised = page.get_by_test_id("seed-hash").text_content() or ""
    page.keyboard.press("Escape")
    page.get_by_test_id("main").click()
    page.get_by_test_id("own-result").get_by_role("link").click()
    verdict(page, "holds")
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")
    expect(page.get_by_text(promised).first).to_be_visible()
    expect(page.get_by_test_id("checks").get_by_role("listitem")).to_have_count(8)
    guest = visit(site, page.url.removeprefix(site.url))
    verdict(guest, "holds")
    expect(guest.get_by_test_id("proof-bets")).to_contain_text("sceptic")


def test_a_published_round_of_each_game_holds(site: Site, visit: Visit) -> None:
    """All of them are tried without a browser, by tests/client/verify.test.js."""
    page = visit(site)
    longest = {proof["game"]: proof for proof in sorted(VECTORS.values(), key=lambda proof: len(proof["journal"]))}
    assert longest.keys() == {game["name"] for game in site.call("GET", "/games")["games"]}
    for proof in longest.values():
        page.unroute_all()
        serve(page, proof)
        page.goto(f"/rounds/{proof['round']}")
        verdict(page, "holds")
        expect(page.get_by_test_id("server-seed")).to_have_text(proof["server_seed"])


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "commitment": lambda proof: proof.update(server_seed="0" * 64),
    "client_seed": lambda proof: proof.update(client_seed="mine"),
    "outcome": lambda proof: proof.update(outcome={"point": 99.0}),
    "results": lambda proof: proof["bets"][0].update(payout=123_456),
    "ledger": lambda proof: proof["bets"][0].update(transactions=[]),
}


@pytest.mark.parametrize("check", TAMPERED)
def test_what_does_not_fit_is_named(site: Site, visit: Visit, check: str) -> None:
    page = open_proof(site, visit, changed("crash, three players", TAMPERED[check]))
    verdict(page, "fails")
    expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-ok", "false")
    expect(page.locator(f"[data-check={check}]")).to_contain_text("failed")


def test_an_open_round_keeps_its_secret(site: Site, visit: Visit) -> None:
    page = visit(site)
    for _ in range(5):
        current = site.call("GET", "/rooms/crash")["snapshot"]["round"]["round"]
        page.goto(f"/rounds/{current}")
        # A round that ends between the two questions is open no more; the next one is.
        if page.get_by_test_id("verdict").get_attribute("data-verdict") == "open":
            break
    verdict(page, "open")
    expect(page.get_by_text("secret until the round is settled")).to_be_visible()


def test_a_void_round_says_so(site: Site, visit: Visit) -> None:
    secret: dict[str, Any] = {
        "status": "void",
        "server_seed": None,
        "client_seed": None,
        "bets": [],
        "outcome": {"reason": "restart"},
    }
    page = open_proof(site, visit, changed("dice, over, won", lambda proof: proof.update(secret)))
    verdict(page, "void")
    expect(page.get_by_test_id("verdict")).to_contain_text("All stakes were returned")


def test_a_round_that_never_was(site: Site, visit: Visit) -> None:
    for name in ("crash.999999", "nonsense"):
        page = visit(site, f"/rounds/{name}")
        expect(page.get_by_role("alert").filter(has_text="There is no round with this name.")).to_be_visible()


def test_it_can_be_read_on_a_small_phone(site: Site, visit: Visit) -> None:
    page = visit(site, viewport={"width": 320, "height": 640})
    serve(page, VECTORS["crash, three players"])
    page.goto(f"/rounds/{VECTORS['crash, three players']['round']}")
    verdict(page, "holds")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
