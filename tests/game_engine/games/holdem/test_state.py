"""The limits on buying chips, who plays, and in which order."""

import msgspec
import pytest

from game_engine.game import RefusedError, Seat, Seeds
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


def refused(state: State, seat: int, amount: int) -> tuple[str, str | None]:
    with pytest.raises(RefusedError) as caught:
        chips_after_buying(state, Seat(seat), amount)
    return caught.value.code, caught.value.field


def test_a_stack_is_bought_within_the_limits_of_the_table() -> None:
    state = State(Options(), Seeds("s", 1))
    assert buy_in(state, Seat(3)) == (4_000, 10_000)
    assert (chips_after_buying(state, Seat(3), 4_000), chips_after_buying(state, Seat(3), 10_000)) == (4_000, 10_000)
    assert refused(state, 3, 0) == ("bad_request", "amount")
    assert refused(state, 3, 3_999) == ("limit_exceeded", "amount")
    assert refused(state, 3, 10_001) == ("limit_exceeded", "amount")


def test_a_carried_stack_is_accepted_only_in_its_exact_amount() -> None:
    state = State(Options(carried=(Carried(3, 77, 0), Carried(4, 50_000, 0))), Seeds("s", 1))
    assert (chips_after_buying(state, Seat(3), 77), chips_after_buying(state, Seat(4), 50_000)) == (77, 50_000)
    assert refused(state, 3, 78) == ("limit_exceeded", "amount")
    assert refused(state, 5, 77) == ("limit_exceeded", "amount")


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
    table = dealt({1: 5_000, 2: 5_000}, Options())
    assert buy_in(table.state, Seat(5)) is None
    assert refused(table.state, 5, 5_000) == ("betting_closed", None)
    over = Seated(Options()).buy(1, 5_000).leave(1)
    assert refused(over.state, 5, 5_000) == ("betting_closed", None)


def test_the_seats_of_the_next_hand() -> None:
    table = Seated().buy(7, 500).buy(2, 500, sitting_out=True).buy(0, 500)
    assert ready(table.state) == [0, 7]
