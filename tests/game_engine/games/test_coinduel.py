"""Coin duel: making, accepting and withdrawing a challenge, and what the coin pays."""

from fractions import Fraction
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import DRAWS, draws_below, floats
from game_engine.game import Act, Bet, Command, Leave, Outcome, RefusedError, Seat, Seeds, Step, Wake
from game_engine.games.coinduel import (
    MAX_RAKE,
    SIDES,
    Coinduel,
    Options,
    Selection,
    Side,
    State,
    Withdraw,
    side_of,
    winnings,
)

DUEL = Coinduel()
KNOWN = Seeds("server seed", 1)
"""With the client seeds ``a`` and ``b``, in this order, this shows tails; so does ``a,c``, but ``c,a`` heads."""

sides = st.sampled_from(SIDES)


def challenge(side: Side | None = "heads", amount: int = 100, seat: int = 0, seed: str = "a") -> Bet:
    return Bet(seat=Seat(seat), number=1, amount=amount, client_seed=seed, selection=Selection(side))


def take(side: Side | None = None, amount: int = 100, seat: int = 1, seed: str = "b") -> Bet:
    return Bet(seat=Seat(seat), number=2, amount=amount, client_seed=seed, selection=Selection(side))


def other_side(side: Side) -> Side:
    return SIDES[1 - SIDES.index(side)]


def opened(options: Options | None = None, seeds: Seeds = KNOWN) -> State:
    step = DUEL.open(options or Options(), seeds, 0)
    assert (step.events, step.wake_at, step.outcome) == ((), None, None)
    return step.state


def challenged(bet: Bet | None = None, options: Options | None = None, seeds: Seeds = KNOWN) -> State:
    step = DUEL.apply(opened(options, seeds), bet or challenge(), 5)
    assert (step.events, step.wake_at, step.outcome) == ((), None, None)
    return step.state


def end_of(step: Step[State]) -> Outcome:
    assert step.outcome
    assert step.state.ended
    return step.outcome


def paid(outcome: Outcome) -> list[tuple[int, str, int]]:
    """Return the seat, result and payout of each bet."""
    return [(result.seat, result.result, result.payout) for result in outcome.results]


def refusals(state: State, command: Command) -> list[tuple[str, str | None]]:
    """Return the code and the field with which ``stake_of`` and ``apply`` refuse a command."""
    found = []
    for attempt in (lambda: DUEL.stake_of(state, command), lambda: DUEL.apply(state, command, 9)):
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert refused.value.message.endswith(".")
        found.append((refused.value.code, refused.value.field))
    return found


# ---- the duel ----


@pytest.mark.parametrize(
    ("called", "results"), [("tails", [(0, "win", 200), (1, "loss", 0)]), ("heads", [(0, "loss", 0), (1, "win", 200)])]
)
def test_the_player_whose_side_shows_wins_both_stakes(called: Side, results: list[tuple[int, str, int]]) -> None:
    outcome = end_of(DUEL.apply(challenged(challenge(called)), take(), 77))
    assert outcome.facts == {"side": "tails"}
    assert outcome.client_seed == "a,b"
    assert paid(outcome) == results
    assert [(result.number, result.amount) for result in outcome.results] == [(1, 100), (2, 100)]


def test_client_seeds_are_joined_in_the_order_of_bets_not_seats() -> None:
    state = challenged(challenge("heads", seat=1, seed="c"))
    outcome = end_of(DUEL.apply(state, take(seat=0, seed="a"), 77))
    assert (outcome.client_seed, outcome.facts) == ("c,a", {"side": "heads"})
    assert side_of(next(floats("server seed", "a,c", 1))) == "tails"
    assert paid(outcome) == [(1, "win", 200), (0, "loss", 0)]


@given(st.text("abc", min_size=1), st.text("xyz", min_size=1), sides, st.integers(1, 10**12), st.integers(0, MAX_RAKE))
def test_a_duel_pays_one_player_and_loses_only_the_rake(
    first: str, second: str, called: Side, amount: int, rake: int
) -> None:
    state = challenged(challenge(called, amount, seed=first), Options(rake))
    step = DUEL.apply(state, take(other_side(called), amount, seed=second), 8)
    outcome = end_of(step)
    drawn = side_of(next(floats("server seed", f"{first},{second}", 1)))
    assert outcome.facts == {"side": drawn}
    assert [result.result for result in outcome.results] == (["win", "loss"] if called == drawn else ["loss", "win"])
    kept = 2 * amount - sum(result.payout for result in outcome.results)
    assert kept == -(-2 * amount * rake // 10_000)
    assert DUEL.view(step.state, None) == {"phase": "ended", "side": drawn}


def test_the_rake_is_taken_from_both_stakes_and_the_payout_rounded_down_once() -> None:
    assert [winnings(1, 0), winnings(1, 1), winnings(333, 250), winnings(100_000, 1_000)] == [2, 1, 649, 180_000]


# ---- the challenge ----


def test_a_challenge_is_visible_until_it_is_accepted() -> None:
    state = opened()
    assert DUEL.view(state, None) == {"phase": "betting"}
    assert DUEL.view(state, Seat(0)) == {"phase": "betting", "actions": {}}
    state = challenged(challenge("tails", 250, seat=1))
    shown = {"phase": "betting", "challenge": {"seat": 1, "bet": 1, "amount": 250, "call": "tails"}}
    assert DUEL.view(state, None) == shown
    assert DUEL.view(state, Seat(0)) == shown | {"actions": {}, "stake": {"minimum": 250, "maximum": 250}}
    assert DUEL.view(state, Seat(1)) == shown | {"actions": {"withdraw": {}}}


def test_time_and_another_players_leaving_change_nothing() -> None:
    for state in (opened(), challenged()):
        for command in (Wake(), Leave(Seat(1))):
            assert DUEL.apply(state, command, 10**9) == Step(state)
            assert DUEL.stake_of(state, command) == 0


@pytest.mark.parametrize("back", [Act(Seat(0), Withdraw()), Leave(Seat(0))])
def test_a_challenger_who_withdraws_or_leaves_gets_the_stake_back(back: Command) -> None:
    assert DUEL.stake_of(challenged(), back) == 0
    step = DUEL.apply(challenged(options=Options(rake=500)), back, 77)
    outcome = end_of(step)
    assert (outcome.facts, outcome.client_seed) == ({}, "a")
    assert paid(outcome) == [(0, "push", 100)]
    assert DUEL.view(step.state, Seat(0)) == {"phase": "ended", "actions": {}}


def test_leaving_before_any_bet_keeps_the_round_open() -> None:
    assert DUEL.apply(opened(), Leave(Seat(0)), 3) == Step(opened())


# ---- refusals ----


@pytest.mark.parametrize(
    ("bet", "code", "field"),
    [
        (challenge(None), "bad_request", "selection.side"),
        (Bet(seat=Seat(0), number=1, amount=100, client_seed="a", selection=None), "bad_request", "selection.side"),
        (challenge(amount=0), "bad_request", "amount"),
    ],
)
def test_invalid_challenges_are_refused(bet: Bet, code: str, field: str) -> None:
    assert refusals(opened(), bet) == [(code, field)] * 2


@pytest.mark.parametrize(
    ("bet", "code", "field"),
    [
        (take(amount=99), "bad_request", "amount"),
        (take(amount=101), "bad_request", "amount"),
        (take(amount=0), "bad_request", "amount"),
        (take("heads"), "bad_request", "selection.side"),
        (take("tails", seat=0), "illegal_action", None),
    ],
)
def test_a_challenge_is_accepted_with_the_other_side_and_the_same_amount(
    bet: Bet, code: str, field: str | None
) -> None:
    assert refusals(challenged(), bet) == [(code, field)] * 2


def test_the_refusal_of_a_wrong_amount_names_the_right_one() -> None:
    with pytest.raises(RefusedError, match="for 1 chips") as refusal:
        DUEL.apply(challenged(), take(amount=99), 9)
    assert (refusal.value.reason, refusal.value.values) == ("other_stake", {"stake": 100})


def test_a_bet_without_a_selection_accepts_a_challenge() -> None:
    assert end_of(
        DUEL.apply(challenged(), Bet(seat=Seat(1), number=2, amount=100, client_seed="b", selection=None), 9)
    ).facts == {"side": "tails"}


def test_only_the_challenger_can_withdraw() -> None:
    taken = DUEL.apply(challenged(), take(), 9).state
    withdrawn = DUEL.apply(challenged(), Act(Seat(0), Withdraw()), 9).state
    for state, seat in ((opened(), 0), (challenged(), 1), (taken, 0), (taken, 1), (withdrawn, 0)):
        with pytest.raises(RefusedError) as refused:
            DUEL.apply(state, Act(Seat(seat), Withdraw()), 9)
        assert refused.value.code == "illegal_action"


def test_commands_after_the_end_are_refused() -> None:
    taken = DUEL.apply(challenged(), take(), 9).state
    withdrawn = DUEL.apply(challenged(), Leave(Seat(0)), 9).state
    for state in (taken, withdrawn):
        assert refusals(state, take()) == [("betting_closed", None)] * 2
        assert DUEL.apply(state, Leave(Seat(0)), 10) == Step(state)


@pytest.mark.parametrize("text", ['{"side": "edge"}', '{"side": "heads", "more": 1}', '{"side": 0}'])
def test_invalid_selections(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Selection)


@pytest.mark.parametrize("text", ['{"rake": -1}', '{"rake": 1001}', '{"rake": 0.5}', '{"stake": 1}'])
def test_options_have_bounds(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Options)


# ---- the return ----


def test_half_of_all_draws_are_heads() -> None:
    heads = draws_below(1, 2)
    assert Fraction(heads, DRAWS) == Fraction(1, 2)
    assert [side_of(draw / DRAWS) for draw in (0, heads - 1, heads, DRAWS - 1)] == ["heads", "heads", "tails", "tails"]


@pytest.mark.parametrize("rake", [0, 1, 250, MAX_RAKE])
def test_both_sides_return_everything_but_the_rake(rake: int) -> None:
    options = Options(rake)
    both = {odds.bet: odds for odds in DUEL.odds(options)}
    assert list(both) == list(SIDES)
    for called in SIDES:
        # The payouts of the two outcomes, which are equally likely by the count of draws above.
        returned = {}
        for number in range(50):
            state = challenged(challenge(called, 10_000), options, Seeds(f"seed {number}", 1))
            outcome = end_of(DUEL.apply(state, take(amount=10_000), 9))
            returned[outcome.facts["side"]] = [Fraction(result.payout, 10_000) for result in outcome.results]
        assert set(returned) == set(SIDES)
        for place, side in enumerate((called, other_side(called))):
            pays = [payouts[place] for payouts in returned.values()]
            assert sum(pays) / 2 == both[side].mean == 1 - Fraction(rake, 10_000)
            assert max(pays) == both[side].largest
        assert DUEL.odds(options, Selection(called)) == (both[called],)
    assert DUEL.odds(options, Selection()) == DUEL.odds(options)


def test_without_a_rake_the_stated_return_and_largest_payout_hold() -> None:
    for odds in DUEL.odds(Options()):
        assert (odds.mean, odds.largest, odds.error) == (DUEL.return_to_player, DUEL.largest_multiplier, 0.0)


def test_the_first_float_decides_the_side() -> None:
    draws = list(islice(floats("server seed", "a,b", 1), 2))
    assert end_of(DUEL.apply(challenged(), take(), 9)).facts["side"] == side_of(draws[0])


def test_the_page_for_players_states_the_returns() -> None:
    page = Path("docs/games/coinduel.md").read_text(encoding="utf-8")
    for rake in (0, 100, 250, MAX_RAKE):
        (heads, tails) = DUEL.odds(Options(rake))
        assert heads.mean == tails.mean
        line = f"| {rake / 100:g} % | {float(heads.largest):.4f} | {float(100 * heads.mean):.2f} % |"
        assert line in page, line
