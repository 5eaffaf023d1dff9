"""One round at the table: what it keeps, what it lets pass, and what it says when a promise breaks."""

from typing import Any

import pytest
from msgspec.structs import replace

from game_engine.contract import BrokenPromiseError
from game_engine.contract.table import Met, Refusal, Round, is_between_players
from game_engine.game import Act, Bet, CarriedStake, Leave, NoSelection, Seat, Seeds, ShortenTurns, Wake
from game_engine.games import GAMES
from tests.game_engine.contract.games import high
from tests.game_engine.contract.games.high import Call, Fold, High, Raise

SEATS = (Seat(0), Seat(1), Seat(2))


def ante(seat: int, amount: int = 100) -> Bet:
    return Bet(seat=Seat(seat), number=0, amount=amount, client_seed=f"c{seat}", selection=NoSelection())


def opened(game: High | None = None, *carried: CarriedStake) -> Round:
    return Round(
        game or High(),
        options=high.Options(),
        seeds=Seeds("5eed" * 16, 1),
        now=1_000,
        seats=SEATS,
        met=Met(),
        carried=carried,
    )


def dealt() -> Round:
    round_ = opened()
    for seat in SEATS:
        assert round_.try_(ante(seat)) is None
    round_.wake()
    return round_


def test_a_round_is_played_to_its_end() -> None:
    round_ = dealt()
    assert (round_.phase, round_.held.total()) == ("playing", 300)
    assert round_.try_(Act(Seat(0), Raise(150))) is None
    assert round_.held == {0: 250, 1: 100, 2: 100}
    for seat in SEATS[1:]:
        assert round_.try_(Act(seat, Call())) is None
    assert round_.ended
    assert round_.step.outcome
    assert sum(result.payout for result in round_.step.outcome.results) == 750
    assert [round_.met.actions[name] for name in ("raise", "call", "fold")] == [1, 2, 0]
    assert (round_.met.bets, round_.met.rounds, round_.met.private_events) == (3, 1, 3)


def test_refusals_are_returned_and_stay_in_the_script() -> None:
    round_ = opened()
    refusal = round_.try_(ante(0, 99))
    assert refusal == Refusal("bad_request", "The ante is 100 cents.", "amount")
    assert (len(round_.tried), round_.journal, round_.bets) == (1, [], [])


def test_a_fork_has_no_consequences() -> None:
    round_ = dealt()
    other = round_.fork()
    other.try_(Act(Seat(0), Fold()))
    other.play_out()
    assert other.ended
    assert (round_.ended, len(round_.tried), round_.met.actions.total()) == (False, 4, 0)
    assert round_.offered(Seat(0)) == {"fold": {}, "call": {}, "raise": {"amount": {"minimum": 100, "maximum": 400}}}


def test_a_closing_room_plays_a_round_out() -> None:
    round_ = dealt()
    assert round_.try_(ShortenTurns(1_000)) is None
    round_.play_out()
    assert round_.ended
    waiting = opened()
    waiting.try_(ante(1))
    waiting.play_out()
    assert waiting.step.outcome
    assert [result.result for result in waiting.step.outcome.results] == ["push"]


def test_a_broken_promise_comes_with_the_script_of_the_fork_that_broke_it() -> None:
    class NoLeave(High):
        def leave(self, state: high.State, seat: Seat, now: int) -> Any:
            raise KeyError(seat)

    round_ = opened(NoLeave())
    round_.try_(ante(0))
    with pytest.raises(BrokenPromiseError, match=r"raises nothing but RefusedError: KeyError\(2\)") as broken:
        round_.fork().try_(Leave(Seat(2)), 1_700)
    assert broken.value.script.splitlines()[-1] == "    +700 ms  Leave(seat=2)"
    assert isinstance(broken.value.__cause__, KeyError)
    assert len(round_.tried) == 1


def test_a_carried_stake_may_be_outside_of_the_bounds_of_a_bet() -> None:
    class TakesWhatIsCarried(High):
        def check_bet(self, state: high.State, bet: Bet) -> None:
            super().check_bet(state, replace(bet, amount=100))

    assert opened(TakesWhatIsCarried(), CarriedStake(Seat(1), 70)).try_(ante(1, 70)) is None
    with pytest.raises(BrokenPromiseError, match="but the view says"):
        opened(TakesWhatIsCarried()).try_(ante(1, 70))


def test_a_late_state_makes_no_offers() -> None:
    round_ = dealt()
    round_.now += 60_000
    assert round_.is_due
    assert isinstance(round_.try_(Act(Seat(0), Call())), Refusal)
    assert round_.try_(Wake()) is None
    assert round_.ended


def test_games_between_players_are_known_by_their_return() -> None:
    assert [name for name, game in GAMES.items() if is_between_players(game)] == ["coinduel", "holdem"]

    class AgainstTheHouse(High):
        between_players = False

    assert not is_between_players(AgainstTheHouse())
