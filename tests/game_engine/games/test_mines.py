"""Mines: the board, how rounds end, and the exact return for every number of mines and safe cells."""

from fractions import Fraction
from itertools import combinations, islice
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import floats
from game_engine.game import Act, Bet, Command, Event, Leave, NoOptions, Outcome, RefusedError, Seat, Seeds, Step, Wake
from game_engine.games.mines import (
    CELLS,
    MAX_MINES,
    Exploded,
    Laid,
    Mines,
    Reveal,
    Revealed,
    Selection,
    State,
    mines_of,
    multiplier_after,
)
from game_engine.money import TEN_THOUSANDTHS
from game_engine.stepped import Cashout

MINES = Mines()
KNOWN = Seeds("server seed", 1)
LAID = [18, 15, 5]
"""The cells of three mines with the client seed ``client seed``."""
SAFE = [cell for cell in range(CELLS) if cell not in LAID]
ALL = [(mines, reveals) for mines in range(1, MAX_MINES + 1) for reveals in range(1, CELLS - mines + 1)]


def bet(mines: int = 3, amount: int = 100) -> Bet:
    return Bet(seat=Seat(0), number=1, amount=amount, client_seed="client seed", selection=Selection(mines))


def after(*commands: Command) -> Step[State]:
    """Apply ``commands``, none of which may be refused, and return the last step."""
    step = MINES.open(NoOptions(), KNOWN, 0)
    for now, command in enumerate(commands):
        assert MINES.stake_of(step.state, command) == (command.amount if isinstance(command, Bet) else 0)
        step = MINES.apply(step.state, command, now)
    return step


def reveal(*cells: int) -> list[Act]:
    return [Act(Seat(0), Reveal(cell)) for cell in cells]


CASHOUT = Act(Seat(0), Cashout())


def end(step: Step[State]) -> tuple[str, int]:
    assert step.outcome
    (result,) = step.outcome.results
    assert (result.seat, result.number, step.outcome.client_seed) == (0, 1, "client seed")
    return result.result, result.payout


def told(data: Any) -> Event:
    return Event(data, seat=Seat(0), bet=1)


def refused(state: State, command: Command) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        MINES.apply(state, command, 0)
    if isinstance(command, Bet):
        with pytest.raises(RefusedError, match=refusal.value.message):
            MINES.stake_of(state, command)
    return refusal.value


# ---- a round ----


def test_a_new_board_does_not_show_its_mines() -> None:
    step = after(bet())
    assert (step.events, step.wake_at, step.reply) == ((told(Laid(3, 1.125)),), None, {})
    public = {"phase": "running", "hidden": 3, "revealed": [], "multiplier": 1.0, "next": 1.125}
    assert MINES.view(step.state, None) == public
    assert MINES.view(step.state, Seat(0)) == public | {"actions": {"reveal": {}, "cashout": {}}}


def test_safe_cells_raise_the_value() -> None:
    step = after(bet(), *reveal(0, 24))
    assert step.events == (told(Revealed(24, 1.2857, 1.4785)),)
    assert MINES.view(step.state, None) == {
        "phase": "running",
        "hidden": 3,
        "revealed": [0, 24],
        "multiplier": 1.2857,
        "next": 1.4785,
    }


def test_a_cash_out_pays_the_current_value_and_shows_the_mines() -> None:
    step = after(bet(amount=9_999), *reveal(0, 24), CASHOUT)
    assert end(step) == ("cashout", 9_999 * 12_857 // 10_000)
    assert step.events == ()
    assert isinstance(step.outcome, Outcome)
    assert step.outcome.facts == {"mines": LAID}
    assert MINES.view(step.state, None) == {"phase": "ended", "revealed": [0, 24], "mines": LAID}
    assert MINES.view(step.state, Seat(0))["actions"] == {}


def test_a_mine_loses_the_bet() -> None:
    step = after(bet(), *reveal(0, 15))
    assert end(step) == ("loss", 0)
    assert step.events == (told(Exploded(15)),)
    assert step.outcome
    assert step.outcome.facts == {"mines": LAID}


def test_a_cash_out_before_the_first_cell_returns_the_stake() -> None:
    assert end(after(bet(), CASHOUT)) == ("push", 100)
    assert end(after(bet(), Leave(Seat(0)))) == ("push", 100)


def test_a_player_who_leaves_is_cashed_out() -> None:
    assert end(after(bet(), *reveal(0), Leave(Seat(0)))) == ("cashout", 112)


def test_the_last_safe_cell_cashes_out_automatically() -> None:
    step = after(bet(), *reveal(*SAFE))
    assert end(step) == ("cashout", 100 * 22_770_000 // 10_000)
    assert step.events == (told(Revealed(SAFE[-1], 2_277.0, None)),)
    one_safe = next(cell for cell in range(CELLS) if cell not in mines_of(KNOWN, "client seed", 24))
    assert end(after(bet(24), *reveal(one_safe))) == ("cashout", 2_475)


def test_refused_commands() -> None:
    opened, laid, lost = (
        MINES.open(NoOptions(), KNOWN, 0).state,
        after(bet(), *reveal(0)).state,
        after(bet(), *reveal(15)),
    )
    cases: list[tuple[State, Command, str, str | None]] = [
        (opened, bet(amount=0), "bad_request", "amount"),
        (opened, bet(0), "bad_request", "selection.mines"),
        (opened, bet(25), "bad_request", "selection.mines"),
        (opened, Bet(seat=Seat(0), number=1, amount=100, client_seed="a"), "bad_request", "selection"),
        (opened, reveal(0)[0], "illegal_action", None),
        (opened, CASHOUT, "illegal_action", None),
        (laid, bet(), "betting_closed", None),
        (laid, reveal(0)[0], "illegal_action", None),
        (laid, reveal(25)[0], "bad_request", "cell"),
        (laid, reveal(-1)[0], "bad_request", "cell"),
        (lost.state, reveal(1)[0], "illegal_action", None),
        (lost.state, CASHOUT, "illegal_action", None),
        (lost.state, bet(), "betting_closed", None),
    ]
    for state, command, code, field in cases:
        assert (refused(state, command).code, refused(state, command).field) == (code, field), command


def test_time_and_leaving_without_a_bet_change_nothing() -> None:
    opened = MINES.open(NoOptions(), KNOWN, 0).state
    assert MINES.view(opened, None) == {"phase": "betting"}
    for state in (opened, after(bet(), *reveal(15)).state):
        for command in (Wake(), Leave(Seat(0))):
            assert MINES.apply(state, command, 10**6) == Step(state)


# ---- the board ----


def test_mines_are_removed_from_the_list_of_cells() -> None:
    left, expected = list(range(CELLS)), []
    for draw in islice(floats("server seed", "client seed", 1), 24):
        expected.append(left.pop(int(draw * len(left))))
    assert list(mines_of(KNOWN, "client seed", 24)) == expected
    assert expected[:3] == LAID


@given(st.integers(0, 2**64), st.integers(1, MAX_MINES))
def test_fewer_mines_are_the_first_ones_of_more(number: int, mines: int) -> None:
    seeds = Seeds(f"{number:064x}", 5)
    drawn = mines_of(seeds, "a", MAX_MINES)
    assert mines_of(seeds, "a", mines) == drawn[:mines]
    assert len({*drawn}) == MAX_MINES
    assert {*drawn} < {*range(CELLS)}


@given(st.integers(0, 2**64), st.integers(1, MAX_MINES), st.permutations(range(CELLS)), st.integers(0, CELLS))
def test_the_board_and_the_order_of_cells_decide_a_round(number: int, mines: int, order: list[int], most: int) -> None:
    seeds = Seeds(f"{number:064x}", 5)
    laid = mines_of(seeds, "client seed", mines)
    step = MINES.apply(MINES.open(NoOptions(), seeds, 0).state, bet(mines, 10_000), 0)
    safe = 0
    for cell in order[:most]:
        step = MINES.apply(step.state, Act(Seat(0), Reveal(cell)), 0)
        safe += cell not in laid
        if step.outcome:
            break
    if not step.outcome:
        step = MINES.apply(step.state, CASHOUT, 0)
    hit = safe < min(most, CELLS - mines)
    fair = Fraction(99 * comb(CELLS, safe), 100 * comb(CELLS - mines, safe))
    worth = 10_000 if safe == 0 else int(10_000 * fair)
    assert end(step) == (("loss", 0) if hit else ("cashout" if safe else "push", worth))


# ---- the return ----


def test_every_number_of_mines_and_cells_returns_99_percent_before_rounding() -> None:
    found = [odds for mines in range(1, MAX_MINES + 1) for odds in MINES.odds(NoOptions(), Selection(mines))]
    assert len(found) == len(ALL) == 300
    for odds in found:
        assert MINES.return_to_player - Fraction(1, TEN_THOUSANDTHS) < odds.mean <= MINES.return_to_player, odds.bet
    least = min(found, key=lambda odds: odds.mean)
    assert (least.bet, least.mean) == ("1 mine, stopped after 2", Fraction(98_992, 100_000))
    assert max(odds.largest for odds in found) == MINES.largest_multiplier == 5_148_297


@pytest.mark.parametrize(("mines", "reveals"), [(1, 3), (3, 2), (22, 2), (23, 1), (24, 1)])
def test_the_chance_in_the_odds_is_the_share_of_boards(mines: int, reveals: int) -> None:
    boards = list(combinations(range(CELLS), mines))
    safe = sum(not {*range(reveals)} & {*board} for board in boards)
    odds = MINES.odds(NoOptions(), Selection(mines))[reveals - 1]
    assert odds.mean == Fraction(safe, len(boards)) * Fraction(multiplier_after(mines, reveals), TEN_THOUSANDTHS)
    assert odds.bet.endswith(f"stopped after {reveals}")


def test_rounds_pay_as_the_odds_say() -> None:
    rounds, paid = 4_000, 0
    for number in range(rounds):
        step = MINES.apply(MINES.open(NoOptions(), Seeds(f"{number}", 1), 0).state, bet(5, TEN_THOUSANDTHS), 0)
        for cell in (12, 0, 24, 7):
            if not step.outcome:
                step = MINES.apply(step.state, Act(Seat(0), Reveal(cell)), 0)
        if not step.outcome:
            step = MINES.apply(step.state, CASHOUT, 0)
        paid += end(step)[1]
    odds = MINES.odds(NoOptions(), Selection(5))[3]
    error = odds.deviation / rounds**0.5
    assert abs(paid / rounds / TEN_THOUSANDTHS - float(odds.mean)) < 3 * error


def test_typical_odds_and_invalid_selections() -> None:
    usual = MINES.odds(NoOptions())
    assert (len(usual), usual[0].bet) == (24 + 22 + 20 + 15 + 1, "1 mine, stopped after 1")
    with pytest.raises(RefusedError):
        MINES.odds(NoOptions(), Selection(25))


def test_the_page_for_players_states_the_returns() -> None:
    page = Path("docs/games/mines.md").read_text(encoding="utf-8")
    for mines, reveals in ((1, 1), (1, 24), (3, 1), (3, 5), (3, 22), (5, 3), (10, 5), (12, 13), (24, 1)):
        odds = MINES.odds(NoOptions(), Selection(mines))[reveals - 1]
        pays = f"{float(odds.largest):,.4f}"
        chance = f"{float(odds.mean / odds.largest) * 100:.6f} %"
        percent = f"{float(100 * odds.mean):.5f} %"
        assert f"| {mines} | {reveals} | {chance} | {pays} | {percent} |" in page
