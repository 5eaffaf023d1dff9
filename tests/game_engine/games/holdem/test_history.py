"""Hands as files: they can be read back, no chip is lost, and hidden cards are not in them."""

import re
import tomllib
from decimal import Decimal
from typing import Any, cast

import pytest
from pokerkit import HandHistory

from game_engine.game import About, Seat
from game_engine.games.holdem.history import export
from game_engine.games.holdem.moves import Call, Check, Fold, Raise, Show
from game_engine.games.holdem.state import Options, State
from game_engine.games.holdem.view import hole_cards
from tests.game_engine.games.holdem.hands import Table
from tests.game_engine.games.holdem.seated import OPEN, dealt


def about(viewer: int | None = None) -> About:
    return About(
        room="holdem",
        number=12,
        date="2026-11-18",
        time="11:06:40",
        names={Seat(seat): f"player{seat}" for seat in range(8)},
        viewer=None if viewer is None else Seat(viewer),
    )


def written(state: State, form: str, viewer: int | None = None) -> str:
    found = export(state, about(viewer), form)
    assert found is not None
    return found


def phh(state: State, viewer: int | None = None) -> dict[str, Any]:
    return tomllib.loads(written(state, "phh", viewer), parse_float=Decimal)


def as_written(card: str) -> str:
    return card[1] + card[0].lower()


def played() -> list[State]:
    """Random hands, with and without a showdown."""
    tables = [Table(seed, show_ms=30_000).play() for seed in range(300, 380)]
    return [table.step.state for table in tables if table.step.state.hand]


@pytest.fixture(scope="module")
def hands() -> list[State]:
    return played()


def test_no_chip_is_lost_in_a_file(hands: list[State]) -> None:
    for state in hands:
        read = phh(state)
        assert sum(read["starting_stacks"]) == sum(read["finishing_stacks"]) + read["_rake"]
        assert state.hand
        pots = sum(award.amount for award in state.hand.end.awards) if state.hand.end else 0
        assert sum(read["winnings"]) == Decimal(pots) / 100
        text = written(state, "text")
        collected = sum(Decimal(amount) for amount in re.findall(r"collected ([\d.]+) from pot", text))
        found = re.search(r"Total pot ([\d.]+) \| Rake ([\d.]+)", text)
        assert found
        assert Decimal(found[1]) - Decimal(found[2]) == collected == sum(read["winnings"])


def test_hidden_cards_are_in_no_file(hands: list[State]) -> None:
    hidden = 0
    for state in hands:
        hand = state.hand
        assert hand
        assert hand.end
        open_to_all = {card for each in hand.end.shown for card in each.cards}
        open_to_all |= {card for each in hand.revealed for card in each.cards}
        for viewer in (None, *hand.players):
            secret = {card for seat in hand.players if seat != viewer for card in hole_cards(hand, seat)} - open_to_all
            hidden += len(secret)
            for form in ("phh", "text"):
                file = written(state, form, viewer)
                assert [card for card in secret if as_written(card) in file] == []
                if viewer is not None:
                    assert all(as_written(card) in file for card in hole_cards(hand, viewer))
    assert hidden > 200


def test_pokerkit_reads_the_files_and_agrees_on_the_stacks(hands: list[State]) -> None:
    read = 0
    for state in hands:
        assert state.hand
        blinds = [move.move for move in state.hand.moves if "blind" in move.move or "post" in move.move]
        if blinds != ["small_blind", "big_blind"] or state.options.rake or not state.hand.end:
            continue
        # Only the rules of the deal are compared: a parser can't know who wins with cards that stayed hidden.
        if len(state.hand.end.shown) != sum(not each.folded for each in state.hand.betting.players):
            continue
        history = HandHistory.loads(written(state, "phh"), parse_value=cast(Any, Decimal))
        *_, last = history
        assert not last.status
        # The parser splits a cent.
        stacks = zip(last.stacks, phh(state)["finishing_stacks"], strict=True)
        assert all(abs(theirs - ours) < Decimal("0.01") for theirs, ours in stacks)
        read += 1
    assert read > 5


def test_a_hand_in_both_formats() -> None:
    table = dealt({0: 1_000, 1: 1_500, 2: 2_000}, OPEN, "server seed")
    table.act(0, Raise(300)).act(1, Call()).act(2, Fold())
    table.act(1, Check()).act(0, Raise(400)).act(1, Fold())
    flop = " ".join(map(as_written, table.view()["board"]))
    own = " ".join(map(as_written, hole_cards(table.hand, Seat(1))))
    assert written(table.state, "text", 1).splitlines() == [
        "Croupier Hand #holdem.12: Hold'em No Limit (0.50/1.00) - 2026/11/18 11:06:40 UTC",
        "Table 'holdem' 9-max (Play Money) Seat #1 is the button",
        "Seat 1: player0 (10.00 in chips)",
        "Seat 2: player1 (15.00 in chips)",
        "Seat 3: player2 (20.00 in chips)",
        "player1: posts small blind 0.50",
        "player2: posts big blind 1.00",
        "*** HOLE CARDS ***",
        f"Dealt to player1 [{own}]",
        "player0: raises 2.00 to 3.00",
        "player1: calls 2.50",
        "player2: folds",
        f"*** FLOP *** [{flop}]",
        "player1: checks",
        "player0: bets 4.00",
        "player1: folds",
        "Uncalled bet (4.00) returned to player0",
        "player0 collected 7.00 from pot",
        "*** SUMMARY ***",
        "Total pot 7.00 | Rake 0.00",
        f"Board [{flop}]",
        "Seat 1: player0 (button) collected (7.00)",
        "Seat 2: player1 folded",
        "Seat 3: player2 folded",
    ]
    read = phh(table.state, 1)
    assert read["actions"] == [
        f"d dh p1 {own.replace(' ', '')}",
        "d dh p2 ????",
        "d dh p3 ????",
        "p3 cbr 3.00",
        "p1 cc",
        "p2 f",
        f"d db {flop.replace(' ', '')}",
        "p1 cc",
        "p3 cbr 4.00",
        "p1 f",
    ]
    assert (read["players"], read["seats"]) == (["player1", "player2", "player0"], [2, 3, 1])
    assert read["blinds_or_straddles"] == [Decimal("0.50"), Decimal("1.00"), 0]


def test_a_card_shown_after_the_fold_is_a_comment() -> None:
    options = Options(min_buy_in=1, max_buy_in=100_000)
    table = dealt({8: 1_000, 2: 2_000}, options).act(2, Raise(300)).act(8, Fold()).act(2, Show("first"))
    card = as_written(hole_cards(table.hand, Seat(2))[0])
    read = phh(table.state)
    assert read["actions"] == ["d dh p1 ????", f"d dh p2 {card}??", "p2 cbr 3.00", "p1 f", f"# p2 shows {card}"]
    assert (read["players"], read["blinds_or_straddles"]) == (["Seat 9", "player2"], [Decimal("0.50"), 1])
    assert f"player2: shows [{card}]" in written(table.state, "text")


def test_a_round_without_a_hand_has_no_file() -> None:
    table = dealt({0: 1_000, 1: 1_000})
    assert export(table.state, about(), "text") is None, "the hand is not over"
