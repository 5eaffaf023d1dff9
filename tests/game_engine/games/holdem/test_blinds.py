"""Who posts the blinds, who waits for them, and that everyone pays a fair share over long play."""

import random
from collections import Counter

import pytest
from msgspec.structs import replace

from game_engine.game import Act, Bet, Leave, Outcome, Seat, Seeds, Step, Wake
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.blinds import SEATS, Debt, Positions, from_the_left, next_positions
from game_engine.games.holdem.moves import Action, Check, Fold, Post, SitIn, SitOut
from game_engine.games.holdem.pots import Contribution, Pot, pots_of
from game_engine.games.holdem.state import Options, Place, Selection, State
from tests.game_engine.games.holdem.seated import OPEN, Seated, dealt

GAME = Holdem()
ORBIT = SEATS
"""The most hands for which a player can be dealt in between two of their big blinds."""


@pytest.mark.parametrize(
    ("button", "order"),
    [(0, [3, 5, 8, 0]), (1, [3, 5, 8, 0]), (5, [8, 0, 3, 5]), (8, [0, 3, 5, 8])],
)
def test_seats_go_round_from_the_left_of_the_button(button: int, order: list[int]) -> None:
    assert from_the_left([Seat(seat) for seat in (0, 3, 5, 8)], Seat(button)) == order


def positions(last: tuple[int, int, int], clear: list[int], **others: list[int]) -> Positions:
    """The positions after a hand with the button, small and big blind in ``last``; ``waits`` and ``posts`` owe."""
    debts = {Seat(seat): Debt() for seat in clear}
    debts |= {Seat(seat): Debt(big=True) for seat in others.get("waits", [])}
    debts |= {Seat(seat): Debt(big=True, post=True) for seat in others.get("posts", [])}
    return next_positions(*last, debts)


def at(found: Positions) -> tuple[int, int, int, list[int]]:
    return found.button, found.small, found.big, list(found.players)


def test_the_blinds_and_the_button_move_by_one_player() -> None:
    assert at(positions((0, 2, 4), [0, 2, 4, 6])) == (2, 4, 6, [4, 6, 0, 2])


def test_the_small_blind_is_dead_where_the_big_blind_has_left() -> None:
    # Seat 4 had the big blind and is gone, so nobody posts the small one; seat 2 has the button.
    assert at(positions((0, 2, 4), [0, 2, 6])) == (2, 4, 6, [6, 0, 2])


def test_the_button_is_dead_where_the_small_blind_has_left() -> None:
    assert at(positions((0, 2, 4), [0, 4, 6])) == (2, 4, 6, [4, 6, 0])


def test_nobody_has_the_big_blind_twice_when_two_are_left() -> None:
    # Of three, each one leaves in turn: the button goes to the player who does not have the big blind.
    assert at(positions((0, 2, 4), [2, 4])) == (4, 4, 2, [2, 4])
    assert at(positions((0, 2, 4), [0, 4])) == (4, 4, 0, [0, 4])
    assert at(positions((0, 2, 4), [0, 2])) == (2, 2, 0, [0, 2])


def test_a_newcomer_waits_for_the_big_blind() -> None:
    assert at(positions((0, 2, 4), [0, 2, 4, 6], waits=[7])) == (2, 4, 6, [4, 6, 0, 2])
    assert at(positions((2, 4, 6), [0, 2, 4, 6], waits=[7])) == (4, 6, 7, [6, 7, 0, 2, 4])


def test_a_newcomer_can_post_but_not_from_the_button_to_the_big_blind() -> None:
    found = positions((0, 2, 4), [0, 2, 4, 6], posts=[1, 3, 7])
    # The button is at seat 2, the small blind at 4, the big blind at 6: seat 3 is between them.
    assert at(found) == (2, 4, 6, [4, 6, 7, 0, 1, 2])
    assert set(found.posting) == {1, 7}
    assert 7 not in positions((0, 2, 4), [0, 2, 4, 6], posts=[5]).posting
    assert positions((0, 2, 4), [0, 2, 4, 6], posts=[5]).big == 5, "the big blind came by itself"


def test_a_third_player_joins_two() -> None:
    # Heads-up, seat 0 had the button and the small blind, seat 4 the big one.
    assert at(positions((0, 0, 4), [0, 4], waits=[7])) == (0, 4, 7, [4, 7, 0])
    assert at(positions((0, 0, 4), [0, 4], waits=[2])) == (4, 4, 0, [0, 4]), "the blind comes to seat 2 next"


def test_when_all_owe_all_are_dealt_in() -> None:
    found = positions((0, 2, 4), [], waits=[1, 3, 5, 7])
    assert at(found) == (1, 3, 5, [3, 5, 7, 1])
    assert found.posting == ()


def test_one_player_and_newcomers_begin_with_two() -> None:
    found = positions((0, 2, 4), [4], waits=[1, 7])
    assert at(found) == (4, 4, 7, [7, 4])


def test_what_is_posted_is_live_and_a_missed_small_blind_dead() -> None:
    owing = Options(
        min_buy_in=1, max_buy_in=10_000, show_ms=0, button=0, small=2, big=4, places=(*map(Place, (0, 2, 4, 6)),)
    )
    owing = replace(owing, places=(*owing.places, Place(8, owes_big=True, owes_small=True)))
    table = Seated(owing)
    for seat in (0, 2, 4, 6, 8):
        table.buy(seat, 1_000)
    assert (table.chair(8)["owes"], table.view(8)["actions"]) == (150, {"sit_out": {}, "post": {}})
    table.act(8, Post())
    assert table.refusal(Act(Seat(8), Post())) == ("illegal_action", None)
    table.wake()
    assert (table.hand.button, table.hand.small, table.hand.big) == (2, 4, 6)
    assert (table.chair(8)["staked"], table.chair(8)["stack"], table.view()["pots"][0]["amount"]) == (100, 850, 50)
    assert table.chair(8)["owes"] == 0
    table.act(8, Fold()).act(0, Fold()).act(2, Fold()).act(4, Fold())
    # Seat 6 wins 50 dead, 50 of the small blind and 100 that seat 8 posted.
    assert table.payouts == {1: 1_000, 2: 1_000, 3: 950, 4: 1_200, 5: 850}


def test_dead_chips_are_won_even_where_no_bet_was_called() -> None:
    pots = pots_of([Contribution(Seat(1), 0, True), Contribution(Seat(2), 0, False, dead=50)])
    assert pots == (Pot(50, (Seat(1),)),)


class Table:
    """A table at the engine: hand after hand, with stacks and options handed on as a room does it."""

    def __init__(self, options: Options, stacks: dict[int, int]) -> None:
        self.options = options
        self.now, self.number = 0, 0
        self.dealt: list[int] = []
        self.paid: Counter[int] = Counter()
        """What each seat paid in blinds in the last hand."""
        self.positions = (-1, -1, -1)
        self.step: Step[State]
        self._open([(seat, chips, Selection()) for seat, chips in stacks.items()])

    def _open(self, stakes: list[tuple[int, int, Selection]]) -> None:
        self.number += 1
        self.bets, self.bought = 0, 0
        self.step = GAME.open(self.options, Seeds(f"{self.number:064x}", self.number), self.now)
        for seat, chips, selection in stakes:
            self.buy(seat, chips, selection)

    def buy(self, seat: int, chips: int, selection: Selection | None = None) -> None:
        bet = Bet(
            seat=Seat(seat),
            number=self.bets + 1,
            amount=chips,
            client_seed="s",
            selection=selection or Selection(),
        )
        self.step = GAME.apply(self.step.state, bet, self.now)
        self.bets, self.bought = self.bets + 1, self.bought + chips

    def act(self, seat: int, action: Action) -> None:
        self.step = GAME.apply(self.step.state, Act(Seat(seat), action), self.now)

    @property
    def seated(self) -> dict[int, bool]:
        """Seat -> whether its player sits out."""
        return {buyer.seat: buyer.sitting_out for buyer in self.step.state.buyers.values() if not buyer.left}

    def leave(self, seat: int) -> None:
        self.step = GAME.apply(self.step.state, Leave(Seat(seat)), self.now)
        self._go_on()

    def hand(self) -> None:
        """Deal a hand, in which everyone folds to the big blind."""
        assert self.step.wake_at is not None
        self.now = max(self.now, self.step.wake_at)
        before = {seat: buyer.chips for seat, buyer in self.step.state.buyers.items()}
        self.step = GAME.apply(self.step.state, Wake(), self.now)
        hand = self.step.state.hand
        assert hand
        self.positions = (hand.button, hand.small, hand.big)
        self.dealt = [player.seat for player in hand.betting.players]
        self.paid = Counter(
            {p.seat: before[p.seat] - p.stack for p in hand.betting.players if before[p.seat] > p.stack}
        )
        while self.step.outcome is None:
            turn = GAME.view(self.step.state, None)["turn"]
            self.act(turn["seat"], Check() if "check" in turn["actions"] else Fold())
        self._go_on()

    def _go_on(self) -> None:
        outcome: Outcome | None = self.step.outcome
        if outcome is None:
            return
        assert sum(result.payout for result in outcome.results) == self.bought
        self.options = outcome.next_options
        self._open([(stake.seat, stake.amount, stake.selection) for stake in outcome.carried_stakes])


def steady(players: int) -> Table:
    return Table(Options(min_buy_in=1, max_buy_in=10**9, show_ms=0), dict.fromkeys(range(players), 10**7))


@pytest.mark.parametrize("players", [3, 4, 6, 9])
def test_who_sits_out_for_the_blinds_pays_as_much_as_the_others(players: int) -> None:
    table, dodger = steady(players), players // 2
    dealt_in, paid = Counter[int](), Counter[int]()
    for _ in range(40 * players):
        due = next_positions(
            table.options.button,
            table.options.small,
            table.options.big,
            {Seat(seat): Debt() for seat in table.seated},
        )
        wants_out = dodger in (due.small, due.big)
        if wants_out != table.seated[dodger]:
            table.act(dodger, SitOut() if wants_out else SitIn())
        if not wants_out:
            _maybe(table, dodger, Post())
        table.hand()
        dealt_in.update(table.dealt)
        paid.update(table.paid)
    per_hand = {seat: paid[seat] / max(1, dealt_in[seat]) for seat in range(players)}
    others = [cost for seat, cost in per_hand.items() if seat != dodger]
    assert dealt_in[dodger] == 0 or per_hand[dodger] >= 0.9 * max(others), per_hand


@pytest.mark.parametrize("seed", range(4))
def test_over_long_play_a_big_blind_buys_at_most_one_orbit(seed: int) -> None:
    """Players come, go, sit out, return, post or wait: nobody has the big blind twice running, and nobody is dealt in
    to more than ``ORBIT`` hands for one big blind."""
    chance, table = random.Random(seed), steady(4)
    since: Counter[int] = Counter()
    last_big = -1
    for _ in range(500):
        for seat in range(SEATS):
            kind = chance.random()
            if seat not in table.seated:
                if kind < 0.1:
                    table.buy(seat, 10**6, Selection(sitting_out=kind < 0.02, post=chance.random() < 0.3))
                    since[seat] = 0
            elif kind < 0.02 and len(table.seated) > 2:
                table.leave(seat)
            elif kind < 0.12:
                _maybe(table, seat, SitIn() if table.seated[seat] else SitOut())
            elif kind < 0.2:
                _maybe(table, seat, Post())
        if table.step.wake_at is None:
            continue
        table.hand()
        _, _, big = table.positions
        assert big in table.dealt
        assert big != last_big
        last_big = big
        for seat in table.dealt:
            since[seat] = 0 if table.paid[seat] >= 100 else since[seat] + 1
            assert since[seat] < ORBIT


def _maybe(table: Table, seat: int, action: Action) -> None:
    name = {SitOut: "sit_out", SitIn: "sit_in", Post: "post"}.get(type(action), "")
    if name in GAME.view(table.step.state, Seat(seat))["actions"]:
        table.act(seat, action)


def test_who_is_broke_and_buys_again_at_once_plays_on() -> None:
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000})
    places = table.act(0, Fold()).act(1, Fold()).outcome.next_options.places
    assert [place.seat for place in places] == [0, 1, 2]
    again = Seated(table.outcome.next_options).buy(0, 500).buy(5, 500)
    assert (again.chair(0)["owes"], again.chair(5)["owes"]) == (0, 100)


def test_rounds_without_blinds_on_record_are_dealt_as_they_were() -> None:
    """Rounds on record from before the dead button have no ``big``: the button moves to the next player."""
    table = dealt({0: 1_000, 1: 1_000, 2: 1_000}, Options(min_buy_in=1, max_buy_in=10_000, button=0, show_ms=0))
    assert (table.hand.button, table.hand.small, table.hand.big) == (1, 2, 0)
    assert OPEN.big is None
