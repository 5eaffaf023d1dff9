"""Limbo: name a multiplier; the bet is paid it if the point that is drawn is at least as high.

The point is the one of ``game_engine.point``, from the first float of the round. Multipliers are whole hundredths in
here.
"""

from fractions import Fraction
from typing import Annotated, Any

from msgspec import Meta, Struct

from game_engine.chance import floats
from game_engine.game import Act, Bet, BetResult, Command, Game, Outcome, Refusal, Seat, Seeds, Step
from game_engine.money import HUNDREDTHS, exact_hundredths, payout
from game_engine.odds import Odds
from game_engine.point import LEAST_TARGET, MOST_TARGET, odds_of_target, point_of

USUAL_TARGETS = (1.01, 1.5, 2.0, 5.0, 10.0, 100.0, 1_000.0, 10_000.0, 1_000_000.0)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Limbo has nothing to set."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """``target`` is what a win pays, in stakes; it has at most two decimals."""

    target: Annotated[float, Meta(ge=1.01, le=1_000_000)]


class State(Struct, frozen=True):
    """``point`` is in hundredths, None before the bet."""

    seeds: Seeds
    point: int | None = None


class Limbo(Game[Options, State]):
    """One bet, one point."""

    name = "limbo"
    title = "Limbo"
    summary = "Name a multiplier: if the point that is drawn is at least as high, your bet pays it."
    rules = (
        "Choose a target, from 1.01 to 1,000,000.00 with at most two decimals, and bet. A point is drawn, 1.00 or "
        "higher. If it is at least your target you are paid stake times target; if it is lower, the stake is lost.\n\n"
        "The higher the target, the rarer the win: the chance is 0.99 ÷ target. How far the point lies above your "
        "target makes no difference to what you are paid."
    )
    shared = False
    seats = 1
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(MOST_TARGET, HUNDREDTHS)
    options = Options
    selection = Selection

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        _checked_target(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _draw(state, command)
        if isinstance(command, Act):
            raise Refusal("illegal_action", "Limbo has no moves but the bet.")
        return Step(state)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        if state.point is None:
            return {"phase": "betting"}
        return {"phase": "ended", "point": state.point / HUNDREDTHS}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        targets = [selection.target] if selection else USUAL_TARGETS
        aims = [exact_hundredths(each, LEAST_TARGET, MOST_TARGET, "target") for each in targets]
        return tuple(odds_of_target(f"target {aim / HUNDREDTHS:,.2f}", aim) for aim in aims)


def _checked_target(state: State, bet: Bet) -> int:
    """The target of ``bet``. Raises Refusal."""
    if state.point is not None:
        raise Refusal("betting_closed", "The round has had its bet.")
    if bet.amount < 1:
        raise Refusal("bad_request", "The stake has to be at least one cent.", "amount")
    if not isinstance(bet.selection, Selection):
        raise Refusal("bad_request", "Choose a target.", "selection")
    return exact_hundredths(bet.selection.target, LEAST_TARGET, MOST_TARGET, "selection.target")


def _draw(state: State, bet: Bet) -> Step[State]:
    target = _checked_target(state, bet)
    point = point_of(next(floats(state.seeds.server_seed, bet.client_seed, state.seeds.nonce)))
    won = target <= point
    paid = payout(bet.amount, target, HUNDREDTHS) if won else 0
    results = (BetResult(bet.seat, bet.number, bet.amount, "win" if won else "loss", paid),)
    return Step(State(state.seeds, point), outcome=Outcome({"point": point / HUNDREDTHS}, results, bet.client_seed))
