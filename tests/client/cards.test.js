/** The names of cards, and the time of a turn. */

import assert from "node:assert/strict";
import test from "node:test";
import { texts } from "../../server/client/texts.js";
import { rankText } from "../../server/client/ui/playing_card.js";
import { partLeft, secondsLeft } from "../../server/client/ui/turn_timer.js";

test("every card has its own name", () => {
  const deck = [..."DHSC"].flatMap((suit) => [..."23456789TJQKA"].map((rank) => suit + rank));
  const names = deck.map(texts.cards.name);
  assert.equal(new Set(names).size, 52);
  assert.ok(
    names.every((name) =>
      /^(two|three|four|five|six|seven|eight|nine|ten|jack|queen|king|ace) of (diamonds|hearts|spades|clubs)$/.test(
        name,
      ),
    ),
  );
  assert.equal(texts.cards.name("SA"), "ace of spades");
  assert.equal(new Set(deck.map(rankText)).size, 13);
  assert.equal(rankText("DT"), "10");
});

test("a turn's time is shown in started seconds and never negative", () => {
  assert.deepEqual(
    [10_000, 9_999, 9_000, 1, 0, -500].map((left) => secondsLeft(50_000 + left, 50_000)),
    [10, 10, 9, 1, 0, 0],
  );
  assert.deepEqual(
    [20_000, 15_000, 7_500, 0, -1].map((left) => partLeft(left, 15_000, 0)),
    [1, 1, 0.5, 0, 0],
  );
  assert.equal(partLeft(5, 0, 0), 1);
});
