"""Checks of how a page looks: axe, sizes of touch targets, overflow."""

import json
from typing import Any

from playwright.sync_api import Page

from tests.browser.site import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOR_AXE: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
"""Options of ``visit`` for pages that axe examines. It adds inline styles, which the policy forbids; and a colour in
transition may lack the contrast of both its ends."""
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDTHS = (320, 390, 768, 1440, 2560)

COLOURS_HAVE_SETTLED = """async () => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((each) => each.finished));
}"""
"""Colours change over a moment even with reduced motion. The transition of a removed element is cancelled."""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, .button, .input, .tab, .menu-item, .brand")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
    .map(([html, {width, height}]) => [html, width, height, /class="(rl-field|keno-number) /.test(html) ? 23.9 : 43.9])
    .filter(([, width, height, least]) => width > 0 && (width < least || height < least))
    .map(([html, width, height]) => `${width}×${height} ${html}`)"""
"""Dozens of fields share a phone's screen, so they may be as small as WCAG 2.2 allows."""


def load_axe(page: Page) -> None:
    page.context.add_init_script(AXE)


def axe_findings(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, and its best practices but the minor ones, if it remains after three
    tries."""
    for _ in range(3):
        page.evaluate(COLOURS_HAVE_SETTLED)
        findings = _run_axe(page)
        if not findings:
            break
    return findings


def _run_axe(page: Page) -> list[str]:
    options = json.dumps({"runOnly": TAGS, "resultTypes": ["violations"]})
    result: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] != "minor" or "best-practice" not in found["tags"]
        for node in found["nodes"]
    ]


def overflow_of(page: Page) -> int:
    """By how many pixels the page is wider than the screen; at most 0 if it fits."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels


def small_targets(page: Page) -> list[str]:
    """The visible touch targets that are smaller than 44 px, and fields of a large board smaller than 24 px."""
    found: list[str] = page.evaluate(SMALL_TARGETS)
    return found


HIDDEN_PARTS = """(needed) => {
    scrollTo(0, 0);
    const frame = document.querySelector(".game-frame");
    const marked = [...document.querySelectorAll("[data-part]")];
    const actions = [...document.querySelectorAll(
        ":is(.room-panel, .game-frame) :is(button, input, select, summary):not(:disabled, [aria-disabled=true])")];
    const shown = [...new Set([...marked, ...actions])].filter((each) => {
        const {width, height} = each.getBoundingClientRect();
        return each.checkVisibility({visibilityProperty: true}) && width > 1 && height > 1;
    });
    const kinds = new Set(shown.flatMap((each) => (each.dataset.part ?? "action").split(" ")));
    const missing = needed.filter((kind) => !kinds.has(kind)).map((kind) => `no ${kind}`);
    const within = ({left, top, right, bottom}, box) =>
        left >= box.left - 1 && top >= box.top - 1 && right <= box.right + 1 && bottom <= box.bottom + 1;
    const screen = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
    const why = (each) => {
        const box = each.getBoundingClientRect();
        if (!within(box, screen)) return "is off the screen";
        if (frame.contains(each) && !within(box, frame.getBoundingClientRect())) return "is cut off by the frame";
        const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
        // What lets clicks through shows as what lies below it.
        const own = getComputedStyle(each).pointerEvents === "none" ? each.parentElement : each;
        return own.contains(hit) ? "" : `is covered by ${hit?.outerHTML.slice(0, 80)}`;
    };
    const nameOf = (each) => `${each.dataset.part ?? "action"} ${each.outerHTML.slice(0, 100)}`;
    return [...missing, ...shown.flatMap((each) => why(each) ? [`${nameOf(each)} ${why(each)}`] : [])];
}"""


def hidden_parts(page: Page, needed: set[str]) -> list[str]:
    """What a player does not see of a room without scrolling: elements marked with ``data-part``, and all that can be
    pressed in the bet panel and on the board. Says too which of the ``needed`` parts the page does not have."""
    found: list[str] = page.evaluate(HIDDEN_PARTS, sorted(needed))
    return found
