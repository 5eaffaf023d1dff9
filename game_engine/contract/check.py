"""The whole contract test of one game."""

from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.contract.chooser import structs_of
from game_engine.contract.driver import Driver
from game_engine.contract.long_play import check_odds
from game_engine.contract.other_process import check_in_another_process
from game_engine.contract.promise import BrokenPromiseError, require
from game_engine.contract.table import Met, Round
from game_engine.contract.worlds import check_influences, check_secrets, count_influences
from game_engine.game import AnyGame, BettingOpened, RoundStarted

ROUNDS = 90
LONG_ROUNDS = 6_000
MOST_EXTRA = 10
"""How many times as many rounds are played if a part of the game has not been reached."""
ROUNDS_IN_ANOTHER_PROCESS = 40
OF_THE_SERVER = frozenset({"id", "do", "room", "key", "round"})
"""The members of a move on the wire that are not the game's."""


class Report(Struct, frozen=True):
    """What was played: rounds, accepted bets, and how often each phase, action and event was met."""

    game: str
    rounds: int
    bets: int
    phases: dict[str, int]
    actions: dict[str, int]
    events: dict[str, int]


def check_game(game: AnyGame, rounds: int = ROUNDS, long_rounds: int = LONG_ROUNDS) -> Report:
    """Play ``game`` and check every promise of the contract.

    ``rounds`` is how many are played at random; more follow until every phase, action and event has been met.
    ``long_rounds`` is how many are compared with the odds. Raises BrokenPromiseError, an AssertionError, with
    the promise that is broken and the script that breaks it.
    """
    check_description(game)
    met = Met()
    played: list[Round] = []
    number = 0
    while len(played) < rounds:
        played += play(game, number, met)
        number += 1
    while missing(game, met) and number < rounds * MOST_EXTRA:
        play(game, number, met, worlds=False)
        number += 1
    lacking = missing(game, met)
    require(not lacking, f"{number} scripts must reach all of the game. Not reached: {', '.join(lacking)}.")
    check_influences(met)
    check_odds(game, long_rounds)
    check_in_another_process(game, played[:ROUNDS_IN_ANOTHER_PROCESS])
    return Report(
        game=game.name,
        rounds=met.rounds,
        bets=met.bets,
        phases=dict(met.phases),
        actions=dict(met.actions),
        events=dict(met.events),
    )


def play(game: AnyGame, number: int, met: Met | None = None, options: Any = None, worlds: bool = True) -> list[Round]:
    """Play the script with this number, with all checks. Returns its rounds; ``met`` counts what they met.

    ``options`` are those of the first round, instead of the script's own. Without ``worlds``, it is not played again
    in worlds with other draws.
    """
    met = met or Met()
    try:
        played = Driver(game, number, met, options).play()
        for round_ in played if worlds else ():
            check_secrets(round_, Random(number))
            count_influences(round_, met)
    except BrokenPromiseError as broken:
        script = f"Script {number}; play({type(game).__name__}(), {number}) plays it again:\n{broken.script}"
        raise BrokenPromiseError(broken.promise, script) from broken.__cause__
    return played


def missing(game: AnyGame, met: Met) -> list[str]:
    """Return what the rounds have not met of the game, as words for people."""
    if not met.bets:
        return ["an accepted bet (if only some stakes are allowed, a seat's view has to say so in `stake`)"]
    actions = structs_of(game.action) if game.action is not None else {}
    events = [kind.__name__ for kind in game.events if kind not in (BettingOpened, RoundStarted)]
    lacking = [f"the phase {phase!r}" for phase in game.phases if not met.phases[phase]]
    lacking += [f"an accepted action {name!r}" for name in actions if not met.actions[name]]
    lacking += [f"the event {name}" for name in events if not met.events[name]]
    if game.private_views and not met.private_events:
        lacking.append("an event with a `to`, which `private_views` announces")
    return lacking


def check_description(game: AnyGame) -> None:
    """Check the class attributes. Raises BrokenPromiseError."""
    for name in ("name", "title", "summary", "rules", "shared", "seats", "return_to_player", "largest_multiplier"):
        require(hasattr(game, name), f"A game has the class attribute `{name}`.")
    require(
        bool(getattr(game, "phases", ())), "A game lists every `phase` of its views in the class attribute `phases`."
    )
    require(game.name.isidentifier(), f"A name is lower-case letters and digits, not {game.name!r}.")
    require(bool(game.title), "A game has a title.")
    require(game.summary.endswith("."), "The summary is a sentence.")
    require(game.seats >= (2 if game.shared else 1), "A shared game has two seats or more.")
    require(0 < game.return_to_player <= 1, f"return_to_player is above 0 and at most 1, not {game.return_to_player}.")
    require(game.largest_multiplier > 1, f"largest_multiplier is above 1, not {game.largest_multiplier}.")
    for name, action in (structs_of(game.action) if game.action is not None else {}).items():
        taken = sorted(OF_THE_SERVER & {field.encode_name for field in action.fields})
        require(not taken, f"The fields of the action {name!r} need other names than {taken}, which the server uses.")
    fields = {field.name for field in msgspec.structs.fields(game.options)}
    unknown = sorted(set(game.handed_on) - fields)
    require(not unknown, f"`handed_on` lists {unknown}, which are no options.")
