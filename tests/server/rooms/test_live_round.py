"""Tests of a live round: what its journal, its rows and its events say, with the real games."""

import json
from typing import Any

import msgspec
import pytest

from game_engine.chance import commitment
from game_engine.game import Bet, Command, Leave, RefusedError, Seat, Step, Wake
from game_engine.games import GAMES
from game_engine.games.crash import Selection as Cash
from game_engine.games.dice import Selection as Roll
from game_engine.replay import replay
from server.backends.holds import Hold
from server.messages import Wager
from server.rooms.live_round import Bettor, LiveRound, Place, action_of
from tests.server.live import CLIENT_SEED, joined, server_seed

START = 1_795_000_000_000
PLACE = Place(3, "crash", 5, b'{"betting_ms":1000}')


def apply(round_: LiveRound, command: Command, now: int) -> Step[Any]:
    at, step = round_.attempt(command, now)
    round_.adopt(at, command, step)
    return step


def crash(bettors: int = 1, point: float = 3.0) -> LiveRound:
    """An open round that ends at about ``point`` if so many players bet."""
    game = GAMES["crash"]
    options = msgspec.json.decode(PLACE.options, type=game.options)
    round_ = LiveRound(game, options, PLACE, server_seed({joined(bettors): (point, point + 0.5)}, 5))
    round_.open(START)
    return round_


def place(round_: LiveRound, seat: int, amount: int, selection: Any, at: int = START) -> Hold:
    bet = Bet(Seat(seat), round_.next_bet, amount, CLIENT_SEED, selection)
    assert round_.stake_of(bet) == amount
    apply(round_, bet, at)
    hold = Hold(10 + seat, f"key{bet.number}", amount, "crash", round_.bet_name(bet.number), b'{"auto_cashout":2.0}')
    round_.placed(Bettor(10 + seat, f"p{seat}", 100 + seat), bet, hold)
    return hold


def played() -> tuple[LiveRound, Any]:
    """Two bettors, three bets, one cash-out by hand at about 1.06, one by itself at 2.00, one lost."""
    round_ = crash(bettors=2)
    place(round_, 0, 1000, Cash(2.0))
    place(round_, 1, 500, Cash())
    place(round_, 0, 300, Cash(), START + 10)
    apply(round_, Wake(), START + 1000)
    apply(round_, action_of(round_.game, round_, Seat(1), {"action": "cashout", "bet": "crash.5.2"}), START + 2000)
    outcome = apply(round_, Wake(), START + 100_000).outcome
    assert outcome is not None
    return round_, outcome


def test_its_name_and_its_promise() -> None:
    round_ = crash()
    described = round_.described()
    assert (described.round, described.number) == ("crash.5", 5)
    assert described.server_seed_hash == commitment(round_.seeds.server_seed)
    assert round_.bet_name(2) == "crash.5.2"
    assert round_.open_row(START).server_seed_hash == described.server_seed_hash


def test_bets_are_shown_with_names() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(2.0))
    assert round_.next_bet == 2
    assert round_.wagers() == [Wager("p0", "crash.5.1", 1000, msgspec.Raw(b'{"auto_cashout":2.0}'))]


def test_a_refused_command_leaves_no_trace() -> None:
    round_ = crash()
    with pytest.raises(RefusedError):
        apply(round_, Bet(Seat(0), 1, 100, CLIENT_SEED, Cash()), START + 1000)
    assert round_.journal == []
    assert not round_.ended


def test_time_in_the_journal_never_goes_back() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(), START + 50)
    place(round_, 1, 1000, Cash(), START + 20)
    assert [at for at, _ in round_.journal] == [START + 50, START + 50]


def test_cash_outs_are_told_by_player_and_bet() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(1.01))
    step = apply(round_, Wake(), START + 1400)
    told = [round_.wire_event(event) for event in step.events]
    assert {"type": "cashed_out", "player": "p0", "bet": "crash.5.1", "multiplier": 1.01, "payout": 1010} in told
    shown = round_.view(None)
    assert shown["cashed_out"] == [{"bet": "crash.5.1", "multiplier": 1.01, "payout": 1010}]


def test_what_an_ended_round_led_to_is_not_shown() -> None:
    round_, outcome = played()
    assert round_.ended
    assert round_.view(None) == round_.view(Seat(0)) == {"phase": "settling"}
    told = json.loads(msgspec.json.encode(round_.ended_event(outcome)))
    assert told["outcome"]["point"] >= 3.0
    assert [(r["player"], r["bet"], r["result"]) for r in told["results"]] == [
        ("p0", "crash.5.1", "cashout"),
        ("p1", "crash.5.2", "cashout"),
        ("p0", "crash.5.3", "loss"),
    ]


def test_its_row_in_the_books() -> None:
    round_, outcome = played()
    row = round_.settled_row(outcome, None)
    assert [(b.user_id, b.session_id, b.number, b.amount, b.payout, b.key) for b in row.bets] == [
        (10, 100, 1, 1000, 2000, "key1"),
        (11, 101, 2, 500, 530, "key2"),
        (10, 100, 3, 300, 0, "key3"),
    ]
    assert round_.lost(outcome) == {10: -700, 11: -30}
    assert (row.room, row.number, row.nonce, row.status) == ("crash", 5, 5, "settled")
    assert (row.started_at, row.ended_at) == (START, START + 100_000)
    assert row.client_seed == f"{CLIENT_SEED},{CLIENT_SEED}"


def test_the_row_can_be_replayed() -> None:
    round_, outcome = played()
    row = round_.settled_row(outcome, None)
    *_, (_, _, last) = replay(round_.game, row.options, round_.seeds, row.started_at, row.journal)
    assert last.outcome == outcome


def test_a_row_whose_money_does_not_add_up_is_refused() -> None:
    round_, outcome = played()
    round_.holds.pop()
    with pytest.raises(AssertionError, match="1800 staked, 1500 held"):
        round_.settled_row(outcome, None)


def test_a_void_row_pays_nobody() -> None:
    round_, _ = played()
    row = round_.void_row("shutdown", None)
    assert (row.status, row.bets, json.loads(row.outcome)) == ("void", (), {"reason": "shutdown"})


def test_who_leaves_stays_in_the_round() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(2.0))
    apply(round_, Leave(Seat(0)), START + 1)
    assert round_.bettors[Seat(0)].username == "p0"
    assert not round_.ended


@pytest.mark.parametrize("bet", ["crash.4.1", "crash.5.0", "dice.5.1", "1", 1, [], {}, True])
def test_an_action_names_bets_as_the_wire_does(bet: Any) -> None:
    round_ = crash()
    with pytest.raises(msgspec.ValidationError, match="bet"):
        action_of(round_.game, round_, Seat(0), {"action": "cashout", "bet": bet})


def test_a_null_bet_means_all() -> None:
    round_ = crash()
    assert action_of(round_.game, round_, Seat(0), {"action": "cashout", "bet": None}).action.bet is None


def test_an_instant_game_ends_with_its_bet() -> None:
    game = GAMES["dice"]
    round_ = LiveRound(game, game.options(), Place(4, "dice-1", 1, b"{}"), "s" * 64)
    round_.open(START)
    assert round_.view(None) == {"phase": "betting"}
    place(round_, 0, 100, Roll(50.0, True))
    assert round_.view(None) == {"phase": "settling"}
