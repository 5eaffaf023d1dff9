"""A round that has shown something of its result is settled, whoever stops acting: it is played out by the rules."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_engine.contract.chooser import structs_of, values_of, variants_of
from game_engine.game import Act, AnyGame, Bet, Command, Leave, Outcome, RefusedError, Seat, ShortenTurns, Step, Wake
from game_engine.games import GAMES
from game_engine.replay import replay
from server.backends.holds import Hold
from server.messages import encode
from server.rooms.live_round import LiveRound, RoundSetup, SeatedPlayer

START = 1_795_000_000_000


class Table:
    """A round with three players, who bet and take random moves that the view offers them."""

    def __init__(self, game: AnyGame, seed: int) -> None:
        self.game = game
        options = game.options()
        setup = RoundSetup(game=game, game_id=1, room=game.name, options=options, options_json=encode(options))
        self.round = LiveRound(setup, 1, f"{seed:064x}")
        self.now = START
        self.outcome: Outcome | None = None
        self.opened = self.round.open(START)
        self.wake_at = self.opened.wake_at
        self._dice = Random(seed)

    def apply(self, command: Command, now: int) -> bool:
        """Returns False if the rules refuse the command."""
        try:
            stake = self.round.stake_of(command)
            at, step = self.round.attempt(command, now)
        except RefusedError:
            return False
        self.round.adopt(at, command, step)
        if stake:
            name = self.round.bet_name(command.number) if isinstance(command, Bet) else self.round.name
            hold = Hold(
                user_id=1, key=self.round.own_key(), amount=stake, room=self.game.name, bet=name, selection=b"null"
            )
            if isinstance(command, Bet):
                self.round.add_bet(SeatedPlayer(command.seat, f"p{command.seat}", 1), command, hold)
            else:
                self.round.holds.append(hold)
        self.take(at, step)
        return True

    def take(self, at: int, step: Step[Any]) -> None:
        self.now, self.outcome, self.wake_at = at, step.outcome, step.wake_at

    def bet(self, seat: int) -> None:
        stake = self.round.view(Seat(seat)).get("stake") or {"minimum": 4_000}
        for selection in values_of(self.game.selection, self._dice, 5):
            bet = Bet(
                seat=Seat(seat),
                number=self.round.next_bet,
                amount=stake["minimum"],
                client_seed="c",
                selection=selection,
            )
            if self.apply(bet, self.now):
                return

    def act(self, seat: int) -> None:
        offered = self.round.view(Seat(seat)).get("actions")
        if offered:
            name = self._dice.choice(sorted(offered))
            struct = structs_of(self.game.action)[name]
            for action in variants_of(struct, offered[name], self._dice, 1):
                if self.apply(Act(Seat(seat), action), self.now):
                    return

    def wake(self) -> None:
        if self.wake_at is not None:
            self.apply(Wake(), self.wake_at)


@pytest.mark.parametrize("name", GAMES)
@given(data=st.data())
def test_every_round_can_be_played_out_at_any_moment(name: str, data: st.DataObject) -> None:
    game = GAMES[name]
    table = Table(game, data.draw(st.integers(0, 2**64)))
    players = range(min(game.seats, 3))
    for seat in players:
        if table.outcome is None:
            table.bet(seat)
    if not table.round.bets:
        return
    moves = [lambda seat=seat: table.act(seat) for seat in players] + [table.wake] * 2
    for move in data.draw(st.lists(st.sampled_from(moves), max_size=25)):
        if table.outcome is None:
            move()
    if table.outcome is None and data.draw(st.booleans()):
        assert table.apply(ShortenTurns(data.draw(st.integers(1, 20_000))), table.now)
    for at, _, step in table.round.play_out(table.now):
        assert at > START
        table.take(at, step)
    assert table.outcome is not None
    row = table.round.settled_row(table.outcome, None)  # asserts that the stakes are those on hold
    assert row.ended_at <= table.now
    assert len(row.bets) == len(table.round.bets)
    *_, (_, _, last) = replay(game, row.options, table.round.seeds, row.started_at, row.journal)
    assert last.outcome == table.outcome


@pytest.mark.parametrize("name", ["blackjack", "holdem"])
@given(data=st.data(), turn_ms=st.integers(1, 10_000))
def test_no_turn_lasts_longer_than_the_shortened_time(name: str, turn_ms: int, data: st.DataObject) -> None:
    table = Table(GAMES[name], data.draw(st.integers(0, 2**64)))
    for seat in range(3):
        table.bet(seat)
    table.wake()
    late = data.draw(st.integers(0, 40_000))
    if table.outcome is not None or table.round.takes_bets:
        return
    table.now = min(table.now + late, table.wake_at or table.now)
    assert table.apply(ShortenTurns(turn_ms), table.now)
    while table.outcome is None:
        assert table.wake_at is not None
        assert table.wake_at <= table.now + turn_ms
        table.wake()


def test_a_round_that_waits_for_a_player_ends_when_all_leave() -> None:
    mines = GAMES["mines"]
    setup = RoundSetup(game=mines, game_id=1, room="mines", options=mines.options(), options_json=b"{}")
    round_ = LiveRound(setup, 1, f"{1:064x}")
    round_.open(START)
    bet = Bet(seat=Seat(0), number=1, amount=500, client_seed="c", selection=mines.selection(mines=3))
    at, step = round_.attempt(bet, START)
    round_.adopt(at, bet, step)
    hold = Hold(user_id=1, key="k", amount=500, room="mines", bet="mines.1.1", selection=b"null")
    round_.add_bet(SeatedPlayer(1, "ann", 1), bet, hold)
    ((_, command, last),) = round_.play_out(START)
    assert command == Leave(Seat(0))
    assert last.outcome is not None
    assert last.outcome.results[0].result == "push"
