"""Records, inside a page, what each display tells of a round, and whether the game has revealed it yet."""

import json
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from playwright.sync_api import Page

from tests.browser.play import poll

NO_RESULTS = ("Bets close in", "Your bet is in", "Your challenge was taken", "Row ")
"""Lines for screen readers that say nothing of how a round ended. A cell of mines is told when it is uncovered."""
STILL = """selector => ![...document.querySelectorAll(selector)].some((node) =>
    node.getAnimations().some(({playState}) => playState === "running"))"""
SHOWN = {
    "blackjack": f"() => ({STILL})('.bj-face .playing-card')",
    "coinduel": "() => document.querySelector('.coin').getAnimations().length === 0",
    "crash": "() => true",
    "dice": "({outcome}) => document.querySelector('.target-number').textContent === outcome.roll.toFixed(2)",
    "hilo": f"() => ({STILL})('.hilo-face .playing-card')",
    "holdem": f"() => ({STILL})('.he-face .playing-card')",
    "keno": "() => document.querySelectorAll('.keno-drawn li').length === 10",
    "limbo": "() => document.querySelector('.climbing') === null",
    "mines": f"() => ({STILL})('.mines-cell svg')",
    "plinko": "({round}) => document.querySelector('[data-testid=landed]').dataset.round === round",
    "roulette": "() => document.querySelector('[data-testid=wheel]').dataset.stage === 'lies'",
}
"""By game: whether the picture shows the end of this round. It is asked only when the page has heard of the end."""

RECORD = """
(() => {
    const [samples, ended] = [window.samples = [], window.ended = []];
    const shows = SHOWS;
    const text = (id) => document.querySelector(`[data-testid=${id}]`)?.textContent.trim() ?? "";
    const lines = (id) => [...(document.getElementById(id)?.children ?? [])].map((each) => each.textContent);
    let known = "";
    const note = (rendered) => {
        if (!document.querySelector("[data-testid=room]")) return;
        const last = ended.at(-1);
        const sample = {
            ended: last?.round ?? "",
            shown: last === undefined || (rendered && shows(last)),
            available: text("available"),
            held: text("held"),
            strip: document.querySelector("[data-testid=history] a")?.getAttribute("href") ?? "",
            result: text("own-result"),
            list: text("recent") + text("bets"),
            proof: document.querySelector("[data-testid=recent] a")?.getAttribute("href") ?? "",
            said: [...lines("polite"), ...lines("assertive")],
        };
        const now = JSON.stringify(sample);
        if (now !== known) samples.push({...sample, at: performance.now()});
        known = now;
    };
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", ({data}) => {
                const ends = (JSON.parse(data).events ?? []).filter(({type}) => type === "round_ended");
                if (ends.length === 0) return;
                // The page has not drawn it yet: from here on, what is new must wait.
                ended.push(...ends);
                note(false);
            });
        }
    };
    const look = () => {
        note(true);
        requestAnimationFrame(look);
    };
    addEventListener("DOMContentLoaded", () => {
        new MutationObserver(() => note(true)).observe(document.documentElement,
            {subtree: true, childList: true, characterData: true, attributes: true});
        look();
    });
})();
"""


def record(page: Page, game: str) -> None:
    """Record from the page's next load on; ``before`` of ``visit``."""
    page.add_init_script(RECORD.replace("SHOWS", SHOWN[game]))


@dataclass(frozen=True)
class Recorded:
    """What a page showed until a round was told to its player."""

    round: str
    samples: list[dict[str, Any]]

    @property
    def hidden(self) -> list[dict[str, Any]]:
        """The samples after the page heard of the end and before the game showed it. The first one is of the moment at
        which it heard, before it could draw anything."""
        of_round = [sample for sample in self.samples if sample["ended"] == self.round]
        return list(takewhile(lambda sample: not sample["shown"], of_round))

    @property
    def revealed_in_ms(self) -> float:
        first = next(sample for sample in self.samples if sample["ended"] == self.round and sample["shown"])
        return float(first["at"] - self.hidden[0]["at"])

    def check(self) -> None:
        """Nothing told the result before the game did."""
        number = self.round.rpartition(".")[2]
        before = [sample for sample in self.samples if sample["ended"] != self.round]
        known = {line for sample in before for line in sample["said"]}
        (start,) = before[-1:]
        assert self.revealed_in_ms > 100, "the game revealed nothing"
        for sample in self.hidden:
            assert not sample["strip"].endswith(f"/{self.round}"), sample
            assert not sample["proof"].endswith(f"/{self.round}"), sample
            assert not re.search(rf"\b{number}\b", sample["result"]), sample
            assert not re.search(r"lost|×", sample["list"].replace(start["list"], "")), sample
            assert sample["held"], sample
            assert {line for line in sample["said"] if not line.startswith(NO_RESULTS)} <= known, sample
        amounts = [float(sample["available"].replace(",", "")) for sample in [*before[-5:], *self.hidden]]
        assert amounts == sorted(amounts, reverse=True), amounts


def recorded(page: Page, timeout_s: float = 60.0) -> Recorded:
    """What the page recorded, once it has told its player the result of a round."""

    def last_round() -> str:
        found: str = page.evaluate("window.ended.filter(({results}) => results.length > 0).at(-1)?.round ?? ''")
        return found

    own_result = page.get_by_test_id("own-result")

    def is_told() -> bool:
        round_ = last_round()
        return bool(round_) and own_result.count() > 0 and f'/{round_}"' in own_result.inner_html()

    poll(page, is_told, "the result is not told", timeout_s)
    return Recorded(last_round(), json.loads(page.evaluate("JSON.stringify(window.samples)")))
