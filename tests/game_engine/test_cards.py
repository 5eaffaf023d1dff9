"""Cards in the order of the published scheme."""

from hypothesis import given
from hypothesis import strategies as st

from game_engine.cards import CARDS, card_of, rank_of


def test_the_order_is_the_published_one() -> None:
    assert CARDS[:5] == ("D2", "H2", "S2", "C2", "D3")
    assert CARDS[32:36] == ("DT", "HT", "ST", "CT")
    assert CARDS[-1] == "CA"
    assert len(set(CARDS)) == 52


@given(st.integers(0, 2**32 - 1))
def test_a_draw_gives_a_card(numerator: int) -> None:
    assert card_of(numerator / 2**32) == CARDS[numerator * 52 // 2**32]


def test_ranks_rise_from_two_to_ace() -> None:
    assert [rank_of(card) for card in ("D2", "H9", "ST", "CJ", "DQ", "HK", "SA")] == [2, 9, 10, 11, 12, 13, 14]
