"""The limits on buying chips, who plays, and in which order."""

import msgspec
import pytest
from msgspec import UNSET

from game_engine.game import Bet, RefusedError, Seat, Seeds
from game_engine.games.holdem.state import (
    Carried,
    Options,
    Selection,
    State,
    buy_in,
    chips_after_buying,
    ready,
)
from tests.game_engine.games.holdem.seated import Seated, dealt


def test_the_default_table() -> None:
    options = Options()
    assert (options.blinds, options.buy_in) == ((50, 100), (4_000, 10_000))
    assert (options.turn_ms, options.time_bank_ms, options.between_ms, options.rake) == (20_000, 30_000, 5_000, 0)


def test_contradictory_options_have_a_meaning() -> None:
    options = Options(small_blind=300, big_blind=200, min_buy_in=900, max_buy_in=500)
    assert (options.blinds, options.buy_in) == ((200, 200), (500, 500))


@pytest.mark.parametrize(
    "wrong",
    [
        {"small_blind": 0},
        {"rake": 1_001},
        {"turn_ms": 99},
        {"button": 9},
        {"carried": [{"seat": 9, "amount": 1, "bank_ms": 0}]},
        {"carried": [{"seat": 1, "amount": 0, "bank_ms": 0}]},
        {"ante": 5},
    ],
)
def test_options_have_bounds(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Options)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"seat": 1}, Selection)


def bought(state: State, seat: int, amount: int, brings_back: int | None = None) -> int:
    bet = Bet(
        seat=Seat(seat),
        number=1,
        amount=amount,
        client_seed="s",
        brings_back=UNSET if brings_back is None else brings_back,
    )
    return chips_after_buying(state, bet)


def refused(state: State, seat: int, amount: int, brings_back: int | None = None) -> tuple[str, str | None]:
    with pytest.raises(RefusedError) as caught:
        bought(state, seat, amount, brings_back)
    return caught.value.code, caught.value.field


def test_a_stack_is_bought_within_the_limits_of_the_table() -> None:
    state = State(Options(), Seeds("s", 1))
    assert buy_in(state, Seat(3)) == (4_000, 10_000)
    assert (bought(state, 3, 4_000), bought(state, 3, 10_000)) == (4_000, 10_000)
    assert refused(state, 3, 0) == ("bad_request", "amount")
    assert refused(state, 3, 3_999) == ("limit_exceeded", "amount")
    assert refused(state, 3, 10_001) == ("limit_exceeded", "amount")


def test_a_carried_stack_is_accepted_only_in_its_exact_amount() -> None:
    state = State(Options(carried=(Carried(3, 77, 0), Carried(4, 50_000, 0))), Seeds("s", 1))
    assert (bought(state, 3, 77), bought(state, 4, 50_000)) == (77, 50_000)
    assert refused(state, 3, 78) == ("limit_exceeded", "amount")
    assert refused(state, 5, 77) == ("limit_exceeded", "amount")


def test_a_player_who_comes_back_brings_at_least_what_they_took() -> None:
    state = State(Options(carried=(Carried(5, 700, 0),)), Seeds("s", 1))
    assert (bought(state, 3, 8_400, 8_400), bought(state, 3, 10_000, 8_400)) == (8_400, 10_000)
    assert refused(state, 3, 8_399, 8_400) == ("limit_exceeded", "amount")
    assert refused(state, 3, 10_001, 8_400) == ("limit_exceeded", "amount")
    # What they took may be more than others can buy, or less.
    assert bought(state, 3, 25_000, 25_000) == 25_000
    assert refused(state, 3, 24_999, 25_000) == refused(state, 3, 25_001, 25_000) == ("limit_exceeded", "amount")
    assert refused(state, 3, 3_999, 20) == ("limit_exceeded", "amount")
    # A stack that another player has left in the seat is no way around it.
    assert bought(state, 5, 700) == 700
    assert refused(state, 5, 700, 8_400) == ("limit_exceeded", "amount")


def test_what_is_brought_back_bounds_only_the_first_purchase() -> None:
    table = Seated(Options()).buy(3, 9_000)
    assert bought(table.state, 3, 500, 9_000) == 9_500


def test_a_stack_can_be_topped_up_a_few_times() -> None:
    table = Seated(Options()).buy(3, 9_000)
    assert buy_in(table.state, Seat(3)) == (1, 1_000)
    assert refused(table.state, 3, 1_001) == ("limit_exceeded", "amount")
    table.buy(3, 10).buy(3, 20).buy(3, 30)
    assert table.chair(3)["stack"] == 9_060
    assert buy_in(table.state, Seat(3)) is None
    assert refused(table.state, 3, 1) == ("limit_exceeded", "amount")
    full = Seated(Options()).buy(3, 10_000)
    assert buy_in(full.state, Seat(3)) is None
    assert refused(full.state, 3, 1) == ("limit_exceeded", "amount")


def test_no_chips_are_sold_during_or_after_a_hand() -> None:
    table = dealt({1: 5_000, 2: 5_000}, Options(show_ms=0))
    assert buy_in(table.state, Seat(5)) is None
    assert refused(table.state, 5, 5_000) == ("betting_closed", None)
    over = Seated(Options()).buy(1, 5_000).leave(1)
    assert refused(over.state, 5, 5_000) == ("betting_closed", None)


def test_the_seats_of_the_next_hand() -> None:
    table = Seated().buy(7, 500).buy(2, 500, sitting_out=True).buy(0, 500)
    assert ready(table.state) == [0, 7]
