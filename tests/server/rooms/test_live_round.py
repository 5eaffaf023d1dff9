"""Tests of a live round with the real games: its journal, its rows, its events and its names."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.chance import commitment
from game_engine.game import AnyGame, Bet, Command, Leave, RefusedError, Seat, Step, Wake
from game_engine.games import GAMES
from game_engine.games.crash import Selection as Cash
from game_engine.games.dice import Selection as Roll
from game_engine.replay import journal_to_json, replay
from server.backends.holds import Hold
from server.messages import Key, VoidReason, Wager
from server.rooms.live_round import (
    ImpossibleOutcomeError,
    LiveRound,
    RoundSetup,
    SeatedPlayer,
    action_of,
    bet_name,
    bet_number,
    public_facts,
    round_name,
)
from tests.server.rigged_seeds import CLIENT_SEED, client_seed_of, server_seed

START = 1_795_000_000_000
CRASH, DICE = GAMES["crash"], GAMES["dice"]

rooms = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)


def setup_of(game: AnyGame, room: str, options: bytes) -> RoundSetup:
    decoded = msgspec.json.decode(options, type=game.options)
    return RoundSetup(game=game, game_id=3, room=room, options=decoded, options_json=options)


def apply(round_: LiveRound, command: Command, now: int) -> Step[Any]:
    at, step = round_.attempt(command, now)
    round_.adopt(at, command, step)
    return step


def crash(bettors: int = 1, point: float = 3.0) -> LiveRound:
    """An open round that ends at about ``point`` with this number of bettors."""
    setup = setup_of(CRASH, "crash", b'{"betting_ms":1000}')
    round_ = LiveRound(setup, 5, server_seed({client_seed_of(bettors): (point, point + 0.5)}, 5))
    round_.open(START)
    return round_


def place(round_: LiveRound, seat: int, amount: int, selection: Any, at: int = START) -> Hold:
    bet = Bet(seat=Seat(seat), number=round_.next_bet, amount=amount, client_seed=CLIENT_SEED, selection=selection)
    assert round_.stake_of(bet) == amount
    apply(round_, bet, at)
    hold = Hold(
        user_id=10 + seat,
        key=f"key{bet.number}",
        amount=amount,
        room="crash",
        bet=round_.bet_name(bet.number),
        selection=b'{"auto_cashout":2.0}',
    )
    round_.add_bet(SeatedPlayer(10 + seat, f"p{seat}", 100 + seat), bet, hold)
    return hold


def played() -> tuple[LiveRound, Any]:
    """Two bettors, three bets, one manual cash-out at about 1.06, one auto cash-out at 2.00, one loss."""
    round_ = crash(bettors=2)
    place(round_, 0, 1000, Cash(2.0))
    place(round_, 1, 500, Cash())
    place(round_, 0, 300, Cash(), START + 10)
    apply(round_, Wake(), START + 1000)
    apply(round_, action_of(CRASH, round_, Seat(1), {"action": "cashout", "bet": "crash.5.2"}), START + 2000)
    outcome = apply(round_, Wake(), START + 100_000).outcome
    assert outcome is not None
    return round_, outcome


def test_a_round_has_a_name_and_publishes_the_hash_of_its_seed() -> None:
    round_ = crash()
    described = round_.describe()
    assert (described.round, described.number) == ("crash.5", 5)
    assert described.server_seed_hash == commitment(round_.seeds.server_seed)
    assert round_.bet_name(2) == "crash.5.2"
    assert round_.open_row(START).server_seed_hash == described.server_seed_hash


def test_bets_are_shown_with_the_names_of_their_players() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(2.0))
    assert round_.next_bet == 2
    assert round_.wire_bets() == [
        Wager(player="p0", bet="crash.5.1", amount=1000, selection=msgspec.Raw(b'{"auto_cashout":2.0}'))
    ]


def test_a_refused_command_leaves_no_trace() -> None:
    round_ = crash()
    with pytest.raises(RefusedError):
        apply(round_, Bet(seat=Seat(0), number=1, amount=100, client_seed=CLIENT_SEED, selection=Cash()), START + 1000)
    assert round_.journal == []
    assert not round_.ended


def test_time_in_the_journal_never_goes_back() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(), START + 50)
    place(round_, 1, 1000, Cash(), START + 20)
    assert [at for at, _ in round_.journal] == [START + 50, START + 50]


def test_cash_outs_name_the_player_and_the_bet() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(1.01))
    step = apply(round_, Wake(), START + 1400)
    told = [round_.wire_event(event) for event in step.events]
    assert {"type": "cashed_out", "player": "p0", "bet": "crash.5.1", "multiplier": 1.01, "payout": 1010} in told
    shown = round_.view(None)
    assert shown["cashed_out"] == [{"bet": "crash.5.1", "multiplier": 1.01, "payout": 1010}]


def test_the_outcome_of_an_ended_round_is_not_shown() -> None:
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


def test_the_end_of_a_hand_reveals_neither_its_seed_nor_its_deck() -> None:
    holdem = GAMES["holdem"]
    setup = setup_of(holdem, "holdem", b'{"seed_delay_hours":2}')
    round_ = LiveRound(setup, 5, server_seed({}, 5))
    round_.open(START)
    for seat in (0, 1):
        place(round_, seat, 5_000, msgspec.convert({}, holdem.selection))
    *_, (_, _, last) = round_.play_out(START + 60_000)
    assert last.outcome is not None
    assert len(last.outcome.facts["deck"]) == 52
    event = round_.ended_event(last.outcome)
    assert event.server_seed is None
    assert event.outcome == public_facts(holdem, last.outcome.facts)
    assert event.outcome.keys() == last.outcome.facts.keys() - {"deck"}
    row = round_.settled_row(last.outcome, None)
    assert event.seed_published_at == row.ended_at + 2 * 3_600_000
    assert row.server_seed == round_.seeds.server_seed
    dice, outcome = played()
    shown = dice.ended_event(outcome)
    assert (shown.server_seed, shown.seed_published_at) == (dice.seeds.server_seed, None)


def test_the_row_of_a_settled_round() -> None:
    round_, outcome = played()
    row = round_.settled_row(outcome, None)
    assert [(b.user_id, b.session_id, b.number, b.amount, b.payout, b.key) for b in row.bets] == [
        (10, 100, 1, 1000, 2000, "key1"),
        (11, 101, 2, 500, 530, "key2"),
        (10, 100, 3, 300, 0, "key3"),
    ]
    assert round_.losses(outcome) == {10: -700, 11: -30}
    others = round_.with_void_bets(outcome, {10})
    assert [(r.result, r.payout) for r in others.results] == [("void", 1000), ("cashout", 530), ("void", 300)]
    assert round_.losses(others) == {10: 0, 11: -30}
    assert (row.room, row.number, row.nonce, row.status) == ("crash", 5, 5, "settled")
    assert (row.started_at, row.ended_at) == (START, START + 100_000)
    assert row.client_seed == f"{CLIENT_SEED},{CLIENT_SEED}"


def test_the_row_can_be_replayed() -> None:
    round_, outcome = played()
    row = round_.settled_row(outcome, None)
    *_, (_, _, last) = replay(CRASH, row.options, round_.seeds, row.started_at, row.journal)
    assert last.outcome == outcome


def test_a_row_whose_money_does_not_add_up_is_refused() -> None:
    round_, outcome = played()
    round_.holds.pop()
    with pytest.raises(ImpossibleOutcomeError, match="its results are for 1800 cents, and 1500 are on hold"):
        round_.settled_row(outcome, None)


def test_a_void_row_returns_every_stake() -> None:
    round_, _ = played()
    row = round_.void_row(VoidReason.SHUTDOWN, None)
    assert (row.status, json.loads(row.outcome)) == ("void", {"reason": "shutdown"})
    assert [(bet.number, bet.result, bet.payout == bet.amount) for bet in row.bets] == [
        (number, "void", True) for number in round_.bets
    ]
    assert row.journal == journal_to_json(round_.journal)


def test_a_player_who_leaves_stays_in_the_round() -> None:
    round_ = crash()
    place(round_, 0, 1000, Cash(2.0))
    apply(round_, Leave(Seat(0)), START + 1)
    assert round_.players[Seat(0)].username == "p0"
    assert not round_.ended


@pytest.mark.parametrize("bet", ["crash.4.1", "crash.5.0", "dice.5.1", "1", 1, [], {}, True])
def test_an_action_that_names_no_bet_of_the_round_is_refused(bet: Any) -> None:
    round_ = crash()
    with pytest.raises(msgspec.ValidationError, match="bet"):
        action_of(CRASH, round_, Seat(0), {"action": "cashout", "bet": bet})


def test_a_null_bet_means_all() -> None:
    round_ = crash()
    assert action_of(CRASH, round_, Seat(0), {"action": "cashout", "bet": None}).action.bet is None


def test_an_instant_game_ends_with_its_bet() -> None:
    round_ = LiveRound(setup_of(DICE, "dice-1", b"{}"), 1, "s" * 64)
    round_.open(START)
    assert round_.view(None) == {"phase": "betting"}
    place(round_, 0, 100, Roll(50.0, True))
    assert round_.view(None) == {"phase": "settling"}


# ---- names ----


def test_names_are_as_documented() -> None:
    assert round_name("crash", 812) == "crash.812"
    assert bet_name("crash", 812, 3) == "crash.812.3"


@given(rooms, st.integers(1, 10**9), st.integers(1, 10**8))
def test_the_number_of_a_bet_is_found_only_in_its_own_round(room: str, number: int, bet: int) -> None:
    name = bet_name(room, number, bet)
    assert bet_number(name, round_name(room, number)) == bet
    assert bet_number(name, round_name(room, number + 1)) is None
    assert bet_number(name, round_name(f"{room}x", number)) is None


@given(st.text(max_size=30))
def test_other_text_is_no_bet(text: str) -> None:
    number = bet_number(text, "crash.1")
    assert number is None or text == f"crash.1.{number}"


def test_malformed_names_are_no_bets() -> None:
    for text in (
        "crash.1.0",
        "crash.1.01",
        "crash.1.+1",
        "crash.1.1 ",
        "crash.1.1\n",
        "crash.1.1.1",
        "crash.1.١",
        ".1",
    ):
        assert bet_number(text, "crash.1") is None


def test_a_room_s_own_keys_differ_and_no_client_can_choose_them() -> None:
    round_ = crash()
    first = round_.own_key()
    place(round_, 0, 1000, Cash(2.0))
    assert first != round_.own_key()
    for key in (first, round_.own_key()):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(key, Key)
