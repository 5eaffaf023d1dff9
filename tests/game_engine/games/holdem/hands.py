"""Makes tests/client/holdem_hands.json, which compares the browser's hold'em with this one:
``python -m tests.game_engine.games.holdem.hands``."""

import json
import random
from pathlib import Path
from typing import Any, Literal, cast

from msgspec.structs import replace

from game_engine.cards import CARDS
from game_engine.chance import commitment
from game_engine.game import Act, Bet, Command, Leave, Seat, Seeds, Step, Wake
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.moves import Action, Call, Check, Fold, Muck, Post, Raise, Show, SitIn, SitOut
from game_engine.games.holdem.showdown import best_of, kind_of, rank_of
from game_engine.games.holdem.state import Carried, Options, Place, Selection, State
from game_engine.replay import Entry
from tests.game_engine.rounds.played import OPENED_AT, proof

FILE = Path("tests/client/holdem_hands.json")
HANDS = 400
ROUNDS = range(60, 120)
"""The seeds of the rounds: among these, all kinds of endings occur."""
SHOWING_ROUNDS = range(120, 180)
"""The seeds of rounds in which players who need not show their cards may choose."""
SIMPLE: dict[str, Action] = {
    "fold": Fold(),
    "check": Check(),
    "call": Call(),
    "sit_out": SitOut(),
    "sit_in": SitIn(),
    "post": Post(),
}
GAME = Holdem()


class Table:
    """A randomly played round: bets, moves, missed turns and players who leave."""

    def __init__(self, seed: int, show_ms: int = 0) -> None:
        self.chance = random.Random(seed)
        self.options = replace(self._options(), show_ms=show_ms)
        self.seeds = Seeds(commitment(f"hands {seed}"), seed + 1)
        self.journal: list[Entry] = []
        self.bets = 0
        self.now = OPENED_AT
        self.steps: list[Step[State]] = [GAME.open(self.options, self.seeds, self.now)]

    @property
    def step(self) -> Step[State]:
        return self.steps[-1]

    def play(self) -> "Table":
        """Play to the end."""
        for carried in self.options.carried:
            self._bet(Seat(carried.seat), carried.amount, sitting_out=self.chance.random() < 0.1)
        while self.step.state.hand is None and not self.step.outcome:
            self._between_hands()
        while not self.step.outcome:
            self._in_the_hand()
        return self

    def proof(self) -> dict[str, Any]:
        assert self.step.outcome
        return proof(GAME, "holdem", self.options, self.seeds, self.journal, self.step.outcome)

    def _options(self) -> Options:
        big = self.chance.choice([3, 100, 250])
        seats = self.chance.sample(range(9), self.chance.randint(0, 7))
        button, small, blind = sorted(self.chance.sample(range(9), 3))
        if self.chance.random() < 0.2:
            small = button
        played = self.chance.random() < 0.7
        owes = [self.chance.choice([(False, False), (False, False), (True, False), (True, True)]) for _ in seats]
        return Options(
            self.chance.randint(1, big),
            big,
            min_buy_in=1,
            max_buy_in=100 * big,
            rake=self.chance.choice([0, 0, 250, 777]),
            rake_cap=self.chance.choice([5, 300, 10**6]),
            button=button if played else self.chance.choice([None, *range(9)]),
            small=small if played else None,
            big=blind if played else None,
            places=tuple(Place(seat, *debt) for seat, debt in zip(seats, owes, strict=True)) if played else (),
            carried=tuple(
                Carried(seat, self.chance.choice([1, 2, 30, 150]) * big + self.chance.randrange(big), 2_000)
                for seat in seats
            ),
        )

    def _between_hands(self) -> None:
        kind = self.chance.random()
        seat = Seat(self.chance.randrange(9))
        buyer = self.step.state.buyers.get(seat)
        if kind < 0.5 and (buyer is None or (len(buyer.bets) < 4 and not buyer.left)):
            held = buyer.chips if buyer else 0
            if held < self.options.max_buy_in:
                most = min(self.options.max_buy_in - held, 15 * self.options.big_blind)
                self._bet(seat, self.chance.randint(1, most), sitting_out=self.chance.random() < 0.1)
        elif kind < 0.6:
            self._act(seat, {name: {} for name in ("sit_out", "sit_in", "post")})
        elif kind < 0.66:
            self._do(Leave(seat))
        elif kind > 0.7 and self.step.wake_at:
            self._wake()

    def _in_the_hand(self) -> None:
        hand = self.step.state.hand
        assert hand
        kind = self.chance.random()
        if kind < 0.04:
            self._wake()
        elif kind < 0.1:
            self._do(Leave(Seat(self.chance.randrange(9))))
        elif kind < 0.16:
            self._act(Seat(self.chance.randrange(9)), {name: {} for name in ("sit_out", "sit_in")})
        elif hand.choosing:
            seat = self.chance.choice(hand.choosing)
            which = cast(Literal["both", "first", "second"], self.chance.choice(["both", "first", "second"]))
            self._do(Act(seat, self.chance.choice([Show(which), Show(which), Muck()])))
        else:
            assert hand.actor is not None
            self._act(hand.actor, GAME.view(self.step.state, None)["turn"]["actions"])

    def _bet(self, seat: Seat, amount: int, *, sitting_out: bool) -> None:
        self.bets += 1
        self._do(
            Bet(
                seat=seat,
                number=self.bets,
                amount=amount,
                client_seed=f"player-{seat}",
                selection=Selection(sitting_out),
            )
        )

    def _act(self, seat: Seat, offered: dict[str, Any]) -> None:
        able = {name: offered[name] for name in offered if name in GAME.view(self.step.state, seat)["actions"]}
        if len(able) > 1 and self.chance.random() < 0.8:
            able.pop("fold", None)
        if not able:
            return
        name = self.chance.choice(list(able))
        if name != "raise":
            self._do(Act(seat, SIMPLE[name]))
            return
        least, most = able[name]["amount"]["minimum"], able[name]["amount"]["maximum"]
        amounts = [least, min(most, 2 * least), most, self.chance.randint(least, most)]
        self._do(Act(seat, Raise(self.chance.choice(amounts))))

    def _wake(self) -> None:
        assert self.step.wake_at is not None
        self.now = self.step.wake_at + self.chance.choice([0, 0, 900])
        self._do(Wake())

    def _do(self, command: Command) -> None:
        if not isinstance(command, Wake):
            later = self.now + self.chance.choice([1, 700, 20_500])
            self.now = max(self.now, min(later, (self.step.wake_at or later + 1) - 1))
        self.steps.append(GAME.apply(self.step.state, command, self.now))
        self.journal.append((self.now, command))


def ranked() -> list[list[Any]]:
    """Return seven-card hands with their rank, its name and the best five, sorted by rank.

    Half of them are drawn from few cards, so that rare hands are included.
    """
    chance = random.Random(7)
    hands = []
    for number in range(HANDS):
        first = chance.randrange(0, len(CARDS) - 20, 4)
        cards = chance.sample(CARDS if number % 2 else CARDS[first : first + chance.choice([12, 16, 20])], 7)
        hands.append(cards)
    hands += [["D5", "CA", "D4", "DA", "D3", "S9", "D2"], ["SA", "SK", "SQ", "SJ", "ST", "S9", "DA"]]
    valued = [(rank_of(cards), cards) for cards in hands]
    return [[cards, rank, kind_of(rank), list(best_of(cards, rank))] for rank, cards in sorted(valued)]


def text() -> str:
    """Return the hands and the proofs of rounds as JSON, one line for each."""
    hands = ",\n".join(f"  {json.dumps(hand)}" for hand in ranked())
    tables = [Table(seed) for seed in ROUNDS] + [Table(seed, show_ms=30_000) for seed in SHOWING_ROUNDS]
    rounds = ",\n".join(f"  {json.dumps(table.play().proof())}" for table in tables)
    return f'{{\n"hands": [\n{hands}\n],\n"rounds": [\n{rounds}\n]\n}}\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
