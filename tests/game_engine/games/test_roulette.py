"""Roulette: the 157 bets of the layout and no others, when they are accepted, and what each returns."""

import time
from fractions import Fraction
from itertools import combinations, product
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import DRAWS, draws_below, floats
from game_engine.game import (
    Act,
    Bet,
    BettingOpened,
    Command,
    Event,
    Leave,
    Outcome,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.games.roulette import (
    LAYOUT,
    MAX_BETS_PER_SEAT,
    POCKETS,
    RED,
    Kind,
    Options,
    Roulette,
    Selection,
    State,
    pocket_of,
    stakes_paid,
)

ROULETTE = Roulette()
OPENED_AT = 1_000_000
CLOSES_AT = OPENED_AT + 20_000
FALLS_AT = CLOSES_AT + 4_000
KNOWN = Seeds("server seed", 1)
"""With the client seed ``client seed``, the ball falls into 27."""


def bet(kind: Any = "red", numbers: tuple[int, ...] = (), number: int = 1, seat: int = 0, amount: int = 100) -> Bet:
    return Bet(
        seat=Seat(seat), number=number, amount=amount, client_seed="client seed", selection=Selection(kind, numbers)
    )


def opened(options: Options | None = None, seeds: Seeds = KNOWN) -> Step[State]:
    return ROULETTE.open(options or Options(), seeds, OPENED_AT)


def played(bets: list[Bet], seeds: Seeds = KNOWN) -> Outcome:
    step = opened(seeds=seeds)
    for each in bets:
        assert ROULETTE.stake_of(step.state, each) == each.amount
        step = ROULETTE.apply(step.state, each, OPENED_AT + 1)
    while step.outcome is None:
        assert step.wake_at
        step = ROULETTE.apply(step.state, Wake(), step.wake_at)
    return step.outcome


def attempt(state: State, command: Command, now: int = OPENED_AT) -> RefusedError | None:
    """Return the code with which a command is refused, or None."""
    try:
        ROULETTE.stake_of(state, command)
        ROULETTE.apply(state, command, now)
    except RefusedError as refusal:
        return refusal
    return None


def refused(state: State, command: Command, now: int = OPENED_AT) -> RefusedError:
    refusal = attempt(state, command, now)
    assert refusal
    return refusal


# ---- the layout ----


def touched(row: float, column: float) -> frozenset[int]:
    """Return the numbers whose fields a chip at this point of the layout touches.

    The zero's field is row 0 to 1 and as wide as all three columns; the number ``n`` lies in row ``(n + 2) // 3``. On
    the outer edge, which is column 0, a chip covers all of the rows that it touches.
    """
    rows = [each for each in range(13) if each <= row <= each + 1]
    columns = range(3) if column == 0 else [each for each in range(3) if each <= column <= each + 1]
    return frozenset(0 if r == 0 else 3 * (r - 1) + c + 1 for r in rows for c in columns)


def inside_bets() -> dict[str, set[frozenset[int]]]:
    """Return every set of numbers that a chip can touch, by kind, from geometry instead of lists of numbers."""
    kinds: dict[str, set[frozenset[int]]] = {"straight": {frozenset({0})}}
    for half_row, half_column in product(range(2, 27), range(6)):
        row, column = half_row / 2, half_column / 2
        numbers = touched(row, column)
        if row == 13:
            continue
        named = {1: "straight", 2: "split", 3: "street", 4: "corner", 6: "line"}[len(numbers)]
        kinds.setdefault(named, set()).add(numbers)
    return kinds


def test_the_layout_has_157_bets() -> None:
    inside = inside_bets()
    assert {kind: len(all_of_it) for kind, all_of_it in inside.items()} == {
        "straight": 37,
        "split": 60,
        "street": 14,
        "corner": 23,
        "line": 11,
    }
    for kind, all_of_it in inside.items():
        assert {frozenset(numbers) for each, numbers in LAYOUT if each == kind} == all_of_it
    assert len(LAYOUT) == 157
    assert {kind for kind, _ in LAYOUT} == set(get_args(Kind))


def test_outside_bets_cover_their_numbers() -> None:
    assert LAYOUT["dozen", tuple(range(13, 25))] == frozenset(range(13, 25))
    assert [numbers[0] for kind, numbers in LAYOUT if kind == "dozen"] == [1, 13, 25]
    assert [(numbers[:2], len(numbers)) for kind, numbers in LAYOUT if kind == "column"] == [
        ((1, 4), 12),
        ((2, 5), 12),
        ((3, 6), 12),
    ]
    for one, other in (("red", "black"), ("odd", "even"), ("low", "high")):
        assert LAYOUT[one, ()] | LAYOUT[other, ()] == frozenset(range(1, 37))
        assert len(LAYOUT[one, ()]) == len(LAYOUT[other, ()]) == 18
    assert all(number % 2 for number in LAYOUT["odd", ()])
    assert max(LAYOUT["low", ()]) < min(LAYOUT["high", ()])
    # Up to 10 and from 19 to 28 the odd numbers are red; in the other two ranges the even ones.
    assert {n for n in range(1, 37) if (n % 2 == 1) == (n <= 10 or 19 <= n <= 28)} == RED


@pytest.mark.parametrize(("kind", "numbers"), LAYOUT)
def test_every_bet_of_the_layout_is_accepted_in_any_order_of_numbers(kind: Any, numbers: tuple[int, ...]) -> None:
    for order in (numbers, numbers[::-1]):
        step = ROULETTE.apply(opened().state, bet(kind, order), OPENED_AT)
        assert step.state.wagers[0].spot == (kind, numbers)


def test_a_selection_is_kept_sorted() -> None:
    taken = msgspec.json.decode(b'{"kind": "split", "numbers": [20, 17]}', type=Selection)
    assert msgspec.json.encode(taken) == b'{"kind":"split","numbers":[17,20]}'
    assert msgspec.json.encode(Selection("red")) == b'{"kind":"red"}'


def count_refused(kind: Any, subsets: Any) -> int:
    """Return how many subsets are not on the layout; asserts that all of them are refused."""
    state, count = opened().state, 0
    for numbers in subsets:
        if (kind, numbers) not in LAYOUT:
            refusal = attempt(state, bet(kind, numbers))
            assert refusal, f"{kind} {numbers} was accepted"
            assert (refusal.code, refusal.field) == ("bad_request", "selection.numbers")
            count += 1
    return count


@pytest.mark.parametrize("kind", get_args(Kind))
def test_other_groups_of_up_to_three_numbers_are_refused(kind: str) -> None:
    subsets = [numbers for size in range(4) for numbers in combinations(range(POCKETS), size)]
    on_it = sum(each == kind and len(numbers) < 4 for each, numbers in LAYOUT)
    assert count_refused(kind, subsets) == len(subsets) - on_it == 1 + 37 + 666 + 7_770 - on_it


def test_other_groups_of_four_numbers_are_refused() -> None:
    assert count_refused("corner", combinations(range(POCKETS), 4)) == 66_045 - 23


def test_other_groups_of_six_numbers_are_refused() -> None:
    # Subsets within four rows and the zero; the nightly test covers all subsets.
    for row in range(9):
        near = (0, *range(3 * row + 1, 3 * row + 13))
        assert count_refused("line", combinations(near, 6)) == 1_716 - 3


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", get_args(Kind))
def test_all_other_groups_of_up_to_six_numbers_are_refused(kind: str) -> None:
    on_it = [len(numbers) for each, numbers in LAYOUT if each == kind]
    for size, subsets in ((4, 66_045), (5, 435_897), (6, 2_324_784)):
        assert count_refused(kind, combinations(range(POCKETS), size)) == subsets - on_it.count(size)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("straight", (17, 17)),
        ("split", (17, 17)),
        ("dozen", tuple(range(2, 14))),
        ("dozen", (1,)),
        ("column", tuple(range(1, 13))),
        ("column", (2,)),
        ("red", tuple(sorted(RED))[:12]),
    ],
)
def test_numbers_that_no_spot_has_are_refused(kind: str, numbers: tuple[int, ...]) -> None:
    assert count_refused(kind, [numbers]) == 1


@pytest.mark.parametrize(
    "text",
    [
        b'{"kind": "basket"}',
        b'{"kind": "straight", "numbers": [37]}',
        b'{"kind": "straight", "numbers": [-1]}',
        b'{"kind": "straight", "numbers": [1.5]}',
        b'{"kind": "low", "numbers": [1,2,3,4,5,6,7,8,9,10,11,12,13]}',
        b'{"kind": "red", "color": 1}',
        b"{}",
    ],
)
def test_invalid_selections(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Selection)


# ---- a round ----


def test_a_round_takes_bets_until_its_close_and_ends_when_the_ball_falls() -> None:
    step = opened()
    assert (step.events, step.wake_at) == ((Event(BettingOpened(CLOSES_AT)),), CLOSES_AT)
    assert ROULETTE.view(step.state, Seat(0)) == {"phase": "betting", "closes_at": CLOSES_AT}
    step = ROULETTE.apply(step.state, bet(), CLOSES_AT - 1)
    assert (step.events, step.wake_at) == ((), CLOSES_AT)
    assert refused(step.state, bet(number=2), CLOSES_AT).code == "betting_closed"
    step = ROULETTE.apply(step.state, Wake(), CLOSES_AT + 5)
    assert (step.events, step.wake_at) == ((Event(RoundStarted(CLOSES_AT)),), FALLS_AT)
    assert ROULETTE.view(step.state, None) == {"phase": "running", "started_at": CLOSES_AT}
    assert refused(step.state, bet(number=2), CLOSES_AT + 6).code == "betting_closed"
    step = ROULETTE.apply(step.state, Wake(), FALLS_AT)
    assert step.outcome
    assert (step.events, step.outcome.facts) == ((), {"pocket": 27})
    assert ROULETTE.view(step.state, None) == {"phase": "ended", "pocket": 27}


@pytest.mark.parametrize("lateness", [0, 1, 10**7])
def test_a_late_wake_does_not_change_the_outcome(lateness: int) -> None:
    state = ROULETTE.apply(opened().state, bet("straight", (27,)), OPENED_AT).state
    step = ROULETTE.apply(state, Wake(), FALLS_AT + lateness)
    assert [type(event.data) for event in step.events] == [RoundStarted]
    assert step.outcome
    assert [(each.result, each.payout) for each in step.outcome.results] == [("win", 3_600)]


def test_without_a_spin_the_round_ends_at_the_close() -> None:
    step = opened(Options(betting_ms=500, spin_ms=0))
    assert step.wake_at == OPENED_AT + 500
    assert ROULETTE.apply(step.state, Wake(), OPENED_AT + 500).outcome


def test_an_early_or_repeated_wake_does_nothing() -> None:
    before = ROULETTE.apply(opened().state, bet(), OPENED_AT)
    assert ROULETTE.apply(before.state, Wake(), CLOSES_AT - 1) == before
    running = ROULETTE.apply(before.state, Wake(), CLOSES_AT).state
    assert ROULETTE.apply(running, Wake(), CLOSES_AT + 1) == Step(running, wake_at=FALLS_AT)


def test_client_seeds_are_joined_in_the_order_of_first_bets() -> None:
    state = opened().state
    for number, (seat, seed) in enumerate([(2, "two"), (0, "zero"), (2, "changed"), (1, "one")], start=1):
        placed = Bet(seat=Seat(seat), number=number, amount=100, client_seed=seed, selection=Selection("red"))
        state = ROULETTE.apply(state, placed, OPENED_AT).state
    outcome = ROULETTE.apply(state, Wake(), FALLS_AT).outcome
    assert outcome
    assert outcome.client_seed == "two,zero,one"
    assert outcome.facts == {"pocket": pocket_of(next(floats("server seed", "two,zero,one", 1)))}


def test_a_round_without_bets_is_played_with_an_empty_client_seed() -> None:
    assert played([]) == Outcome(
        facts={"pocket": pocket_of(next(floats("server seed", "", 1)))}, results=(), client_seed=""
    )


def test_fifty_bets_per_seat() -> None:
    state = opened().state
    for number in range(1, MAX_BETS_PER_SEAT + 1):
        state = ROULETTE.apply(state, bet(number=number), OPENED_AT).state
    assert refused(state, bet(number=51)).code == "limit_exceeded"
    assert len(ROULETTE.apply(state, bet(number=51, seat=1), OPENED_AT).state.wagers) == 51


def test_a_bet_stays_cheap_beside_many_others() -> None:
    def seconds() -> float:
        started, state = time.process_time(), opened().state
        for number in range(2_000):
            placed = bet(number=number + 1, seat=number % 40)
            ROULETTE.stake_of(state, placed)
            state = ROULETTE.apply(state, placed, OPENED_AT).state
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) / 2_000 < 100e-6


def test_other_refusals() -> None:
    state = opened().state
    no_stake = refused(state, bet(amount=0))
    assert (no_stake.code, no_stake.field) == ("bad_request", "amount")
    nothing = refused(state, Bet(seat=Seat(0), number=1, amount=100, client_seed="a"))
    assert (nothing.code, nothing.field) == ("bad_request", "selection")
    assert refused(state, Act(Seat(0), None)).code == "illegal_action"
    ended = ROULETTE.apply(state, Wake(), FALLS_AT).state
    assert refused(ended, bet(), FALLS_AT).code == "betting_closed"
    for command in (Wake(), Leave(Seat(0)), Act(Seat(0), None)):
        assert refused(ended, command, FALLS_AT).code == "illegal_action"
    with pytest.raises(RefusedError, match="These numbers do not form a straight"):
        ROULETTE.odds(Options(), Selection("straight", (1, 2)))


def test_the_bets_of_a_player_who_leaves_stay_in_the_round() -> None:
    state = ROULETTE.apply(opened().state, bet("straight", (27,)), OPENED_AT).state
    assert ROULETTE.apply(state, Leave(Seat(0)), OPENED_AT + 1) == Step(state, wake_at=CLOSES_AT)
    outcome = ROULETTE.apply(state, Leave(Seat(0)), FALLS_AT).outcome
    assert outcome
    assert outcome.results[0].payout == 3_600


# ---- what it pays ----


def seeds_with(pocket: int, client_seed: str) -> Seeds:
    """Return seeds with which a round of bettors with ``client_seed`` ends in ``pocket``."""
    found = (Seeds(f"seed {n}", 1) for n in range(100_000))
    return next(s for s in found if pocket_of(next(floats(s.server_seed, client_seed, 1))) == pocket)


def test_each_bet_returns_36_37ths_over_all_pockets() -> None:
    bets = [bet(kind, numbers, n, (n - 1) // 50) for n, (kind, numbers) in enumerate(LAYOUT, start=1)]
    rounds = [played(bets, seeds_with(pocket, ",".join(["client seed"] * 4))) for pocket in range(POCKETS)]
    assert [outcome.facts["pocket"] for outcome in rounds] == list(range(POCKETS))
    odds = ROULETTE.odds(Options())
    for place, told, *results in zip(LAYOUT, odds, *(outcome.results for outcome in rounds), strict=True):
        payouts = [result.payout for result in results]
        assert Fraction(sum(payouts), 100 * POCKETS) == told.mean == ROULETTE.return_to_player == Fraction(36, 37)
        assert max(payouts) == 100 * told.largest == 100 * stakes_paid(place)
        assert [pocket for pocket, paid in enumerate(payouts) if paid] == sorted(LAYOUT[place])
        assert [result.result for result in results] == ["win" if paid else "loss" for paid in payouts]
        assert ROULETTE.odds(Options(), Selection(*place)) == (told,)


def test_the_multipliers_are_the_usual_ones() -> None:
    to_one = {kind: stakes_paid((kind, numbers)) - 1 for kind, numbers in LAYOUT}
    even_chances = dict.fromkeys(("red", "black", "odd", "even", "low", "high"), 1)
    inside = {"straight": 35, "split": 17, "street": 11, "corner": 8, "line": 5}
    assert to_one == inside | {"dozen": 2, "column": 2} | even_chances


def test_pockets_are_nearly_equally_likely() -> None:
    draws = [draws_below(pocket + 1, POCKETS) - draws_below(pocket, POCKETS) for pocket in range(POCKETS)]
    assert (sum(draws), set(draws)) == (DRAWS, {116_080_197, 116_080_198})


@given(st.integers(0, POCKETS - 1))
def test_the_count_of_draws_is_exact(pocket: int) -> None:
    first = draws_below(pocket, POCKETS)
    assert pocket_of(first / DRAWS) == pocket
    assert first == 0 or pocket_of((first - 1) / DRAWS) == pocket - 1


@given(st.sampled_from(sorted(LAYOUT)), st.integers(1, 10**12), st.integers(0, 2**64))
def test_payouts_are_exact_for_any_stake(place: tuple[Any, tuple[int, ...]], amount: int, seed: int) -> None:
    outcome = played([bet(*place, amount=amount)], Seeds(f"{seed}", 3))
    won = outcome.facts["pocket"] in LAYOUT[place]
    assert outcome.results[0].payout == (amount * 36 // len(LAYOUT[place]) if won else 0)
