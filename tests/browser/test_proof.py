"""The page of a past round: it recomputes the round in the browser and names every check that fails."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.looks import overflow_of
from tests.browser.play import in_main, open_game
from tests.browser.site import ROOT, Site

VECTORS: dict[str, dict[str, Any]] = json.loads((ROOT / "docs" / "vectors" / "rounds.json").read_text())["rounds"]


def serve(page: Page, proof: dict[str, Any], at: datetime | None = None) -> None:
    """Answer the page's request for the round with this proof, instead of the server's; ``at`` this time by the
    server's clock."""

    def answer(route: Route) -> None:
        route.fulfill(json=proof, headers={"Date": format_datetime(at or datetime.now(UTC), usegmt=True)})

    def name_players(route: Route) -> None:
        players = [{"bet": bet["bet"], "player": f"player-{bet['seat']}"} for bet in proof["bets"]]
        route.fulfill(json={"players": players[1:]})

    page.route(f"**/api/v1/rounds/{proof['round']}", answer)
    page.route(f"**/api/v1/rounds/{proof['round']}/players", name_players)


def changed(name: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    proof: dict[str, Any] = json.loads(json.dumps(VECTORS[name]))
    change(proof)
    return proof


def expect_verdict(page: Page, wanted: str) -> None:
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-verdict", wanted)


def test_a_round_just_played_is_verified_and_can_be_shared(site: Site, visit: Visit) -> None:
    player = site.add_player()
    page = open_game(site, visit, "dice", player)
    page.get_by_test_id("fairness").click()
    promised = page.get_by_test_id("seed-hash").text_content() or ""
    page.keyboard.press("Escape")
    page.get_by_test_id("main").click()
    page.get_by_test_id("own-result").get_by_role("link").click()
    expect_verdict(page, "holds")
    expect(page.get_by_test_id("verdict")).to_contain_text("everything matches")
    expect(in_main(page, promised).first).to_be_visible()
    expect(page.get_by_test_id("checks").get_by_role("listitem")).to_have_count(8)
    guest = visit(site, page.url.removeprefix(site.url))
    expect_verdict(guest, "holds")
    expect(guest.get_by_test_id("proof-bets")).to_contain_text(player.username)


def test_a_published_round_of_each_game_is_verified(site: Site, visit: Visit) -> None:
    """tests/client/verify.test.js verifies all published rounds, without a browser."""
    page = visit(site)
    longest = {proof["game"]: proof for proof in sorted(VECTORS.values(), key=lambda proof: len(proof["journal"]))}
    assert longest.keys() == {game["name"] for game in site.call("GET", "/games")["games"]}
    for proof in longest.values():
        page.unroute_all()
        serve(page, proof)
        page.goto(f"/rounds/{proof['round']}")
        expect_verdict(page, "holds")
        expect(page.get_by_test_id("server-seed")).to_have_text(proof["server_seed"])


def test_a_hand_is_checked_as_far_as_possible_before_its_seed_is_published(site: Site, visit: Visit) -> None:
    def hide(proof: dict[str, Any]) -> None:
        proof["server_seed"] = None
        del proof["outcome"]["deck"]

    name = "holdem, shown down, one throws the hand away"
    secret, page = changed(name, hide), visit(site)
    published_at = datetime.fromisoformat(secret["published_later"]["at"]).astimezone(UTC)
    # The server's clock decides, whatever the device's says.
    page.clock.set_fixed_time(published_at + timedelta(days=2))
    serve(page, secret, published_at - timedelta(seconds=2))
    page.goto(f"/rounds/{secret['round']}")
    expect_verdict(page, "later")
    expect(page.get_by_test_id("verdict")).to_contain_text("The server seed is published on")
    expect(in_main(page, "not yet published; it will be on")).to_be_visible()
    for check in ("commitment", "outcome", "results"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-ok", "null")
    for check in ("client_seed", "nonce", "record", "ledger", "digest"):
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-ok", "true")
    expect(page.get_by_test_id("proof-bets")).to_contain_text("account deleted")
    expect(page.get_by_test_id("proof-bets").get_by_role("link", name="player-1")).to_be_visible()

    page.clock.set_fixed_time(published_at - timedelta(days=2))
    page.unroute_all()
    serve(page, secret, published_at + timedelta(seconds=2))
    page.reload()
    expect_verdict(page, "fails")
    page.unroute_all()
    serve(page, VECTORS[name])
    page.reload()
    expect_verdict(page, "holds")


TAMPERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "commitment": lambda proof: proof.update(server_seed="0" * 64),
    "client_seed": lambda proof: proof.update(client_seed="mine"),
    "outcome": lambda proof: proof.update(outcome={"point": 99.0}),
    "results": lambda proof: proof["bets"][0].update(payout=123_456),
    "ledger": lambda proof: proof["bets"][0].update(transactions=[]),
}


def test_every_mismatch_is_named(site: Site, visit: Visit) -> None:
    page = visit(site)
    for check, change in TAMPERED.items():
        page.unroute_all()
        proof = changed("crash, three players", change)
        serve(page, proof)
        page.goto(f"/rounds/{proof['round']}")
        expect_verdict(page, "fails")
        expect(page.locator(f"[data-check={check}]")).to_have_attribute("data-ok", "false")
        expect(page.locator(f"[data-check={check}]")).to_contain_text("failed")


def test_an_open_round_keeps_its_secret(site: Site, visit: Visit) -> None:
    room = site.open_room(site.add_player("host"), "crash", options={"betting_ms": 600_000})["room"]
    page = visit(site)
    page.goto(f"/rounds/{site.call('GET', f'/rooms/{room}')['snapshot']['round']['round']}")
    expect_verdict(page, "open")
    expect(in_main(page, "secret until the round is settled")).to_be_visible()
    for name in ("crash.999999", "nonsense"):
        page.goto(f"/rounds/{name}")
        expect(in_main(page, "There is no round with this name.", role="alert")).to_be_visible()


def test_a_void_round_says_so_and_fits_a_small_phone(site: Site, visit: Visit) -> None:
    void: dict[str, Any] = {
        "status": "void",
        "server_seed": None,
        "client_seed": None,
        "bets": [],
        "outcome": {"reason": "restart"},
    }
    page = visit(site, viewport={"width": 320, "height": 640})
    serve(page, changed("dice, over, won", lambda proof: proof.update(void)))
    page.goto(f"/rounds/{VECTORS['dice, over, won']['round']}")
    expect_verdict(page, "void")
    expect(page.get_by_test_id("verdict")).to_contain_text("All stakes were returned")
    assert overflow_of(page) <= 0


FITTED = (
    "crash, three players",
    "roulette, every kind of bet, black 17",
    "keno, ten of ten",
    "blackjack, a full table",
    "holdem, folded on the flop, nothing shown",
    "holdem, all in for three pots",
)


def test_the_proof_of_every_kind_of_round_fits_a_small_phone(site: Site, visit: Visit) -> None:
    page = visit(site, viewport={"width": 320, "height": 640})
    for name in FITTED:
        serve(page, VECTORS[name])
        page.goto(f"/rounds/{VECTORS[name]['round']}")
        expect_verdict(page, "holds")
        assert overflow_of(page) <= 0, name
