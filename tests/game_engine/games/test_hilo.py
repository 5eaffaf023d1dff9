"""Hi-Lo: guesses, how rounds end, and that every way to play returns the same."""

from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.cards import CARDS, card_of
from game_engine.chance import DRAWS, floats
from game_engine.game import (
    Act,
    Bet,
    Command,
    Event,
    Leave,
    NoOptions,
    NoSelection,
    RefusedError,
    Seat,
    Seeds,
    Step,
    Wake,
)
from game_engine.games.hilo import (
    AUTO_CASHOUT,
    MAX_CARDS,
    Dealt,
    Guess,
    Higher,
    HiLo,
    Lower,
    Policy,
    Skip,
    State,
    multiplier_after,
    odds_of_plan,
    rank_from_ace,
    ranks_that_win,
)
from game_engine.money import TEN_THOUSANDTHS
from game_engine.stepped import Cashout

HILO = HiLo()
KNOWN = Seeds("server seed", 1)
ROW = ["SJ", "HT", "H5", "CK", "H9"]
"""The first cards with the client seed ``client seed``."""
MOVES = {"higher": Act(Seat(0), Higher()), "lower": Act(Seat(0), Lower()), "skip": Act(Seat(0), Skip())}
HIGHER, LOWER, SKIP, CASHOUT = *MOVES.values(), Act(Seat(0), Cashout())
RANKS = range(1, 14)


def bet(amount: int = 100) -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed="client seed", selection=NoSelection())


def after(*commands: Command, seeds: Seeds = KNOWN) -> Step[State]:
    """Apply ``commands``, none of which may be refused, and return the last step."""
    step = HILO.open(NoOptions(), seeds, 0)
    for now, command in enumerate(commands):
        assert HILO.stake_of(step.state, command) == (command.amount if isinstance(command, Bet) else 0)
        step = HILO.apply(step.state, command, now)
    return step


def end(step: Step[State]) -> tuple[str, int]:
    assert step.outcome
    (result,) = step.outcome.results
    assert (result.seat, result.number, step.outcome.client_seed) == (0, 1, "client seed")
    assert step.outcome.facts == {"cards": list(step.state.cards)}
    return result.result, result.payout


def told(data: Any) -> tuple[Event, ...]:
    return (Event(data, seat=Seat(0), bet=1),)


def ranks(seeds: Seeds) -> list[int]:
    """Return the ranks, from ace 1, of all cards that a round can have, computed from the published order."""
    draws = islice(floats(seeds.server_seed, "client seed", seeds.nonce), MAX_CARDS)
    # ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A: the twos are draws 0 … 3 of 52, the aces 48 … 51.
    return [(int(draw * 52) // 4 + 1) % 13 + 1 for draw in draws]


# ---- a round ----


def test_a_card_is_dealt_with_the_possible_guesses() -> None:
    step = after(bet())
    higher, lower = Guess(3, 4.29), Guess(11, 1.17)
    assert (step.events, step.wake_at, step.reply) == (
        told(Dealt(card="SJ", after="bet", multiplier=1.0, higher=higher, lower=lower)),
        None,
        {},
    )
    public = {
        "phase": "running",
        "row": [{"card": "SJ", "after": "bet"}],
        "multiplier": 1.0,
        "higher": {"ranks": 3, "multiplier": 4.29},
        "lower": {"ranks": 11, "multiplier": 1.17},
    }
    assert HILO.view(step.state, None) == public
    actions = HILO.view(step.state, Seat(0))["actions"]
    assert (HILO.view(step.state, Seat(0)), list(actions)) == (
        public | {"actions": actions},
        ["higher", "lower", "skip", "cashout"],
    )


def test_right_guesses_raise_the_value_and_a_skip_keeps_it() -> None:
    step = after(bet(), LOWER, SKIP)
    # 11 of 13 ranks made the guess on the jack right; the ten was skipped.
    assert step.events == told(
        Dealt(card="H5", after="skip", multiplier=1.17, higher=Guess(9, 1.69), lower=Guess(5, 3.042))
    )
    step = after(bet(), LOWER, SKIP, HIGHER, LOWER)
    assert step.state.cards == tuple(ROW)
    assert step.state.guesses == (11, 9, 13)
    assert HILO.view(step.state, None)["multiplier"] == 1.69
    assert HILO.view(step.state, None)["row"][2:] == [
        {"card": "H5", "after": "skip"},
        {"card": "CK", "after": "higher"},
        {"card": "H9", "after": "lower"},
    ]


def test_a_cash_out_pays_the_current_value() -> None:
    step = after(bet(9_999), LOWER, SKIP, HIGHER, CASHOUT)
    assert end(step) == ("cashout", 9_999 * 16_900 // 10_000)
    assert step.events == ()
    view = HILO.view(step.state, Seat(0))
    assert (view["phase"], view["cards"], view["actions"]) == ("ended", ROW[:4], {})


def test_a_wrong_guess_loses_the_bet() -> None:
    step = after(bet(), LOWER, HIGHER)
    assert end(step) == ("loss", 0)
    assert step.events == told(Dealt(card="H5", after="higher", multiplier=0.0))


def test_a_cash_out_before_the_first_guess_returns_the_stake() -> None:
    for last in (CASHOUT, Leave(Seat(0))):
        assert end(after(bet(), last)) == ("push", 100)
        assert end(after(bet(), SKIP, SKIP, last)) == ("push", 100)


def test_a_player_who_leaves_is_cashed_out() -> None:
    assert end(after(bet(), LOWER, Leave(Seat(0)))) == ("cashout", 117)


def test_the_same_rank_is_right_either_way() -> None:
    seeds = next(Seeds(f"{n}", 1) for n in range(10_000) if len({*ranks(Seeds(f"{n}", 1))[:2]}) == 1)
    (rank, same) = ranks(seeds)[:2]
    assert rank == same
    for guess, wins in ((HIGHER, 14 - rank), (LOWER, rank)):
        assert after(bet(), guess, seeds=seeds).state.guesses == (wins,)


def test_the_52nd_card_is_the_last() -> None:
    step = after(bet(), *[SKIP] * 50)
    assert step.outcome is None
    last = HILO.apply(step.state, SKIP, 0)
    assert end(last) == ("push", 100)
    assert last.events[0].data == Dealt(card=last.state.cards[-1], after="skip", multiplier=1.0)
    guess = HIGHER if ranks(KNOWN)[51] >= ranks(KNOWN)[50] else LOWER
    last = HILO.apply(step.state, guess, 0)
    assert (end(last)[0], len(last.state.cards), len(last.state.guesses)) == ("cashout", 52, 1)


def test_a_bet_worth_10_000_stakes_is_cashed_out() -> None:
    """A player who always guesses right gets there soon."""
    row, step = ranks(KNOWN), after(bet())
    for number in range(1, MAX_CARDS):
        assert step.outcome is None
        before, now = row[number - 1], row[number]
        step = HILO.apply(step.state, HIGHER if now > before else LOWER, 0)
        if step.outcome:
            break
    multiplier = multiplier_after(step.state.guesses)
    assert multiplier_after(step.state.guesses[:-1]) < AUTO_CASHOUT <= multiplier
    assert multiplier <= HILO.largest_multiplier * TEN_THOUSANDTHS
    assert end(step) == ("cashout", 100 * multiplier // TEN_THOUSANDTHS)
    assert step.events[0].data == Dealt(
        card=step.state.cards[-1], after=step.state.after[-1], multiplier=multiplier / TEN_THOUSANDTHS
    )


def test_refused_commands() -> None:
    opened, dealt, lost = HILO.open(NoOptions(), KNOWN, 0).state, after(bet()).state, after(bet(), LOWER, HIGHER).state
    cases: list[tuple[State, Command, str, str | None]] = [
        (opened, bet(0), "bad_request", "amount"),
        *((opened, move, "illegal_action", None) for move in (HIGHER, LOWER, SKIP, CASHOUT)),
        (dealt, bet(), "betting_closed", None),
        *((lost, move, "illegal_action", None) for move in (HIGHER, LOWER, SKIP, CASHOUT)),
        (lost, bet(), "betting_closed", None),
    ]
    for state, command, code, field in cases:
        with pytest.raises(RefusedError) as refused:
            HILO.apply(state, command, 0)
        if isinstance(command, Bet):
            with pytest.raises(RefusedError, match=refused.value.message):
                HILO.stake_of(state, command)
        assert (refused.value.code, refused.value.field) == (code, field), command


def test_time_and_leaving_without_a_bet_change_nothing() -> None:
    opened = HILO.open(NoOptions(), KNOWN, 0).state
    assert HILO.view(opened, None) == {"phase": "betting"}
    for state in (opened, after(bet(), LOWER, HIGHER).state):
        for command in (Wake(), Leave(Seat(0))):
            assert HILO.apply(state, command, 10**6) == Step(state)


@given(st.integers(0, 2**64), st.lists(st.sampled_from(["higher", "lower", "skip"]), max_size=60))
def test_the_cards_and_the_moves_decide_a_round(number: int, moves: list[str]) -> None:
    seeds = Seeds(f"{number:064x}", 5)
    step, row = after(bet(10**6), seeds=seeds), ranks(seeds)
    fair, guesses, lost, cards = Fraction(99, 100), 0, False, 1
    for move in moves:
        if step.outcome:
            break
        step = HILO.apply(step.state, MOVES[move], 0)
        before, now = row[cards - 1], row[cards]
        cards += 1
        if move != "skip":
            lost = now < before if move == "higher" else now > before
            fair *= Fraction(13, 14 - before if move == "higher" else before)
            guesses += 1
        assert (step.outcome is not None) == (lost or fair >= 10_000 or cards == 52)
    assert [rank_from_ace(card) for card in step.state.cards] == row[:cards]
    if not step.outcome:
        step = HILO.apply(step.state, CASHOUT, 0)
    worth = 10**6 if guesses == 0 else int(fair * 10_000) * 100
    assert end(step) == (("loss", 0) if lost else ("cashout" if guesses else "push", worth))


# ---- the return ----

POLICIES: dict[str, Policy] = {
    "always higher": lambda _: True,
    "always lower": lambda _: False,
    "the likelier": lambda rank: rank <= 6,
    "the rarer": lambda rank: rank > 6,
    "higher on odd ranks": lambda rank: rank % 2 == 1,
    "lower on odd ranks": lambda rank: rank % 2 == 0,
}


def test_a_guess_returns_on_average_what_it_risks() -> None:
    """So all ways to play return the same: each guess multiplies the 0.99 by 1."""
    for rank in RANKS:
        for higher in (True, False):
            right = sum(now >= rank if higher else now <= rank for now in RANKS)
            assert right == ranks_that_win(rank, higher)
            assert Fraction(right, 13) * Fraction(13, ranks_that_win(rank, higher)) == 1


@pytest.mark.parametrize("plan", POLICIES)
@pytest.mark.parametrize("guesses", [1, 2, 3, 5])
def test_every_plan_returns_99_percent_before_rounding(plan: str, guesses: int) -> None:
    odds = odds_of_plan(plan, POLICIES[plan], guesses)
    # Ranks are equally likely to within 4 in 2**32 / 13 draws.
    bias = Fraction(guesses * 13 * 4, DRAWS)
    least = HILO.return_to_player - Fraction(1, TEN_THOUSANDTHS)
    assert least - bias < odds.mean < HILO.return_to_player + bias


def test_all_guesses_on_a_first_card() -> None:
    guesses = HILO.odds(NoOptions())[:26]
    for odds, (rank, higher) in zip(
        guesses, [(rank, higher) for rank in RANKS for higher in (True, False)], strict=True
    ):
        pays = Fraction(9_900 * 13 // ranks_that_win(rank, higher), 10_000)
        wins = Fraction(ranks_that_win(rank, higher), 13)
        assert odds.largest == pays
        assert abs(odds.mean - wins * pays) < Fraction(1, 10**8), odds.bet
        assert odds.bet == f"{'higher' if higher else 'lower'} than {'A23456789TJQK'[rank - 1]}"


def test_the_odds_count_the_draws_of_each_rank() -> None:
    """A sure guess wins on every draw; each rank less removes the draws of its cards."""
    edges = [-(-place * DRAWS // 52) for place in range(53)]
    for place, (first, last) in enumerate(pairwise(edges)):
        assert card_of(first / DRAWS) == card_of((last - 1) / DRAWS) == CARDS[place]
    draws = {rank: edges[4 * ((rank - 2) % 13) + 4] - edges[4 * ((rank - 2) % 13)] for rank in RANKS}
    by_name = {odds.bet: odds for odds in HILO.odds(NoOptions())}
    for rank, name in enumerate("A23456789TJQK", start=1):
        chance = Fraction(sum(draws[each] for each in RANKS if each >= rank), DRAWS)
        assert by_name[f"higher than {name}"].mean / by_name[f"higher than {name}"].largest == chance


def test_a_plan_stops_at_the_automatic_cash_out() -> None:
    """Five kings: after the fourth *higher* the bet is worth 28,275.39 stakes, so there is no fifth guess."""
    assert odds_of_plan("", POLICIES["the rarer"], 5).largest > multiplier_after((1, 1, 1, 1)) / TEN_THOUSANDTHS
    assert odds_of_plan("", POLICIES["always higher"], 5).largest < HILO.largest_multiplier
    assert odds_of_plan("", POLICIES["always higher"], 4).largest == Fraction(2_827_539, 100)


def test_rounds_pay_as_the_odds_say() -> None:
    rounds, paid = 4_000, 0
    for number in range(rounds):
        step = after(bet(TEN_THOUSANDTHS), seeds=Seeds(f"{number}", 1))
        for _ in range(3):
            if not step.outcome:
                step = HILO.apply(step.state, HIGHER if rank_from_ace(step.state.cards[-1]) <= 6 else LOWER, 0)
        paid += end(step if step.outcome else HILO.apply(step.state, CASHOUT, 0))[1]
    odds = odds_of_plan("", POLICIES["the likelier"], 3)
    assert abs(paid / rounds / TEN_THOUSANDTHS - float(odds.mean)) < 3 * odds.deviation / rounds**0.5


def test_the_page_for_players_states_the_returns() -> None:
    page = Path("docs/games/hilo.md").read_text(encoding="utf-8")
    for wins in RANKS:
        pays = multiplier_after((wins,))
        assert f"| {wins} | {100 * wins / 13:.2f} % | {pays / 10_000:.4f} |" in page
    for odds in HILO.odds(NoOptions())[26:]:
        assert f"| {odds.bet} | {float(odds.largest):,.4f} | {float(100 * odds.mean):.5f} % |" in page
