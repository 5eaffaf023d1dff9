"""A room's screen for a projector: how to join, large type, no controls, and nothing that one player may see alone."""

import base64
import subprocess
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looks import FOR_AXE, axe_findings, load_axe, overflow_of
from tests.browser.play import in_main, place_in_time, poll
from tests.browser.site import ROOT, Site
from tests.browser.test_holdem import BETWEEN_MS, await_street, buy_in, cards

PROJECTOR: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
SMALLEST_PX = 28
PIXELS = """async (svg) => {
    const picture = new Image();
    const text = new XMLSerializer().serializeToString(svg);
    picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(300, 300).getContext("2d");
    canvas.drawImage(picture, 0, 0, 300, 300);
    return btoa(String.fromCharCode(...canvas.getImageData(0, 0, 300, 300).data.filter((_, at) => at % 4 === 0)));
}"""
"""The red parts of the pixels of an SVG, 300 × 300, in base64."""
READ = """import decodeQR from "qr/decode.js";
const values = [...Buffer.from(process.argv[1], "base64")];
const data = new Uint8ClampedArray(values.flatMap((value) => [value, value, value, 255]));
console.log(decodeQR({ data, width: 300, height: 300 }));"""
SMALL_TEXT = """(least) => {
    const texts = document.createTreeWalker(document.getElementById("app"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const holder = texts.currentNode.parentElement;
        // The wheel repeats in its middle the number that counts.
        if (!texts.currentNode.data.trim() || holder.closest(".visually-hidden, .rl-wheel svg")) continue;
        const size = parseFloat(getComputedStyle(holder).fontSize);
        if (holder.checkVisibility() && size < least) found.push(`${size} px: ${texts.currentNode.data}`);
    }
    return found;
}"""
SHARED_GAMES = ("crash", "roulette", "blackjack", "holdem", "coinduel")


def read_qr_code(page: Page, within: str) -> str:
    """What a reader finds in the QR code of a part of the page."""
    code = page.get_by_test_id(within).locator("svg.qr-code")
    poll(page, lambda: code.locator("path").get_attribute("d") != "", "the QR code is drawn")
    pixels = code.evaluate(PIXELS)
    assert len(base64.b64decode(pixels)) == 300 * 300
    command = ["node", "--input-type=module", "-e", READ, pixels]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def test_a_public_rooms_screen_tells_how_to_join_and_who_plays(site: Site, visit: Visit) -> None:
    player = site.add_player("dora")
    page = visit(site, "/rooms/crash", player)
    page.get_by_test_id("bet-panel").wait_for()
    page.get_by_role("button", name="QR code").click()
    expect(page.get_by_test_id("ways-in")).to_contain_text("/join and type crash")
    assert read_qr_code(page, "ways-in") == f"{site.url}/rooms/crash"
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Show on a big screen").click()
    wall = opened.value
    wall.set_viewport_size(PROJECTOR["viewport"])
    wall.get_by_test_id("wall").wait_for()
    page.bring_to_front()
    page.keyboard.press("Escape")
    place_in_time(site, page)
    expect(page.get_by_test_id("held")).to_be_visible()
    row = wall.get_by_test_id("wall").locator("li").filter(has_text=player.username)
    expect(row).to_contain_text("10")
    expect(row.locator(".win, .loss")).to_be_visible(timeout=60_000)

    joining = visit(site, "/join", site.add_player("guest"))
    joining.get_by_label("Room code").fill("Crash ")
    joining.get_by_role("button", name="Join").click()
    joining.get_by_test_id("bet-panel").wait_for()


def test_the_owners_screen_lets_others_in_and_hides_the_owners_cards(site: Site, visit: Visit) -> None:
    host, other = site.add_player("host"), site.add_player("other")
    options = {"between_ms": BETWEEN_MS, "turn_ms": 100_000}
    room = site.open_room(host, "holdem", listed=False, invited_only=True, watch="invited", options=options)
    link = f"/rooms/{room['room']}?invite={room['invite']}"
    pages = [visit(site, f"/rooms/{room['room']}", host), visit(site, link, other)]
    for page in pages:
        buy_in(page, "100")
    await_street(pages[0], "preflop")
    expect(pages[0].locator(".he-seat.own [data-card]")).to_have_count(2)
    # In the browser in which the owner is signed in.
    wall = pages[0].context.new_page()
    wall.set_viewport_size(PROJECTOR["viewport"])
    wall.goto(f"/rooms/{room['room']}/screen?code={room['code']}")
    wall.get_by_test_id("wall").wait_for()
    expect(wall.locator(".he-seat.own")).to_have_count(0)
    expect(wall.locator(".he-seat [data-card]")).to_have_count(4)
    assert cards(wall, ".he-seat") == [""] * 4
    expect(wall.get_by_test_id("wall-code")).to_have_text(room["code"])
    assert read_qr_code(wall, "wall") == f"{site.url}/join/{room['code']}"
    expect(wall.locator("#app :is(a, button):visible")).to_have_count(0)
    assert wall.evaluate("localStorage.getItem('croupier.token')") is not None

    for query, words in (
        ("", "invitation only"),
        ("?invite=wrong", "invitation only"),
        ("?code=AAAAAA", "No open room has this code"),
    ):
        refused = visit(site, f"/rooms/{room['room']}/screen{query}", **PROJECTOR)
        expect(in_main(refused, words, role="alert")).to_be_visible()
    site.call("DELETE", f"/rooms/{room['room']}", None, site.sign_in(host))
    expect(wall.get_by_test_id("wall-news")).to_contain_text("closing this room")


def test_screens_can_be_read_from_five_metres_and_need_no_scrolling(site: Site, visit: Visit) -> None:
    host = site.add_player("host")
    wall = visit(site, "/", before=load_axe, **FOR_AXE, **PROJECTOR)
    found: dict[str, list[str]] = {}
    for game in SHARED_GAMES:
        room = game if game in ("crash", "roulette") else site.open_room(host, game)["room"]
        wall.goto(f"/rooms/{room}/screen")
        wall.get_by_test_id("wall").wait_for()
        expect(wall.locator(".qr-code path")).not_to_have_attribute("d", "")
        found[game] = wall.evaluate(SMALL_TEXT, SMALLEST_PX)
        for theme in ("dark", "light"):
            wall.emulate_media(color_scheme=theme)
            found[game] += axe_findings(wall)
        for width, height in ((1920, 1080), (1024, 768), (3840, 2160)):
            wall.set_viewport_size({"width": width, "height": height})
            tall = wall.evaluate("document.documentElement.scrollHeight - innerHeight")
            if overflow_of(wall) > 0 or tall > 0:
                found[game].append(f"too large for {width} px")
        wall.set_viewport_size(PROJECTOR["viewport"])
        if room not in SHARED_GAMES:
            site.call("DELETE", f"/rooms/{room}", None, site.sign_in(host))
    assert not any(found.values()), found
