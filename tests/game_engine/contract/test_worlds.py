"""Worlds play a script again; they differ in one draw, and only what follows from it may differ."""

from random import Random

import pytest

from game_engine.chance import ShiftedSeed
from game_engine.contract import BrokenPromiseError, play
from game_engine.contract.table import Met, Round
from game_engine.contract.worlds import World, check_influences, check_secrets, count_influences, record
from game_engine.game import AnyGame, Bet, NoOptions, NoSelection, Seat, Seeds, Step
from game_engine.games import GAMES
from tests.game_engine.contract.faults.secrets import NextRung, OpenCards
from tests.game_engine.contract.games.high import High
from tests.game_engine.contract.games.ladder import Ladder


def a_climb(game: Ladder) -> Round:
    """A round with a bet, from which the player then leaves."""
    met = Met()
    round_ = Round(game, options=NoOptions(), seeds=Seeds("5eed" * 16, 1), now=0, seats=(Seat(0),), met=met)
    round_.try_(Bet(seat=Seat(0), number=0, amount=100, client_seed="c", selection=NoSelection()))
    return round_


@pytest.mark.parametrize("game", [High(), Ladder(), GAMES["blackjack"], GAMES["holdem"]], ids=lambda game: game.name)
def test_the_scripts_own_world_is_the_round(game: AnyGame) -> None:
    for number in range(5):
        for round_ in play(game, number):
            world = World(round_, Seeds(ShiftedSeed(round_.seeds.server_seed), round_.seeds.nonce))
            *_, last = record(round_, world)
            assert last.ended == round_.ended
            assert world.step.outcome == round_.step.outcome
            assert isinstance(last.result, Step) or last.command == round_.tried[-1][1]


def test_a_world_differs_in_one_draw() -> None:
    round_ = a_climb(Ladder())
    seed = ShiftedSeed(round_.seeds.server_seed)
    seed.shifts = {2: 2**31}
    world = World(round_, Seeds(seed, 1))
    assert len(list(record(round_, world))) == 2
    different = [one != two for one, two in zip(round_.step.state.broken, world.step.state.broken, strict=True)]
    assert (seed.read, different) == (6, [False, False, different[2], False, False, False])


def test_what_is_hidden_is_found_by_comparing_worlds() -> None:
    check_secrets(a_climb(Ladder()), Random(1))
    with pytest.raises(BrokenPromiseError, match="Nothing hidden may appear") as broken:
        check_secrets(a_climb(NextRung()), Random(1))
    assert '"careful":true' in broken.value.promise
    assert '"careful":false' in broken.value.promise
    with pytest.raises(BrokenPromiseError, match=r"play\(OpenCards\(\), 0\) plays it again"):
        play(OpenCards(), 0)


def test_seeds_have_an_influence() -> None:
    met = Met()
    for number in range(10):
        for round_ in play(Ladder(), number):
            count_influences(round_, met)
    assert set(met.influences) == {"server seed", "nonce", "stream of floats", "client seed of the first bettor"}
    check_influences(met)
    met.influences["nonce"] = 0
    with pytest.raises(BrokenPromiseError, match="must depend on the nonce"):
        check_influences(met)
