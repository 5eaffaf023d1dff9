"""Coin duel: one player bets on a side of a coin, another bets as much on the other side, and the coin is drawn.

The coin is the first float of the round's stream, with the client seeds of both players in the order of their bets:
``floor(f × 2)``, 0 for heads and 1 for tails, which splits the draws exactly in half. A round goes through three
phases::

    betting ──the first bet──▶ challenged ──the second bet──▶ ended: the coin is drawn
                                   └──withdrawn or left──▶ ended: nothing is drawn, the stake is returned

There is no time limit: a challenge stays open until it is accepted or withdrawn. Until then a view's phase is
``betting``.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from game_engine.chance import floats, joined_seeds
from game_engine.game import (
    Act,
    Actions,
    Bet,
    BetResult,
    Command,
    Game,
    Leave,
    NoReply,
    Outcome,
    Reason,
    RefusedError,
    Seat,
    Seeds,
    StakeBounds,
    Step,
)
from game_engine.money import TEN_THOUSANDTHS, check_stake, check_win, payout
from game_engine.odds import Odds, odds_of_one_payout

Side = Literal["heads", "tails"]

SIDES: tuple[Side, Side] = ("heads", "tails")
MAX_RAKE = 1_000

NO_CHALLENGE = Reason("illegal_action", "no_challenge", "You have no open challenge to withdraw.")
DUEL_OVER = Reason("betting_closed", "duel_over", "This duel is over; wait for the next one.")
NO_SIDE = Reason("bad_request", "no_side", "There is no open challenge; choose a side to make one.")
OWN_CHALLENGE = Reason("illegal_action", "own_challenge", "You can't accept your own challenge.")
OTHER_STAKE = Reason(
    "bad_request", "other_stake", "The challenge is for {stake:chips} chips; bet exactly that to accept it."
)
SIDE_TAKEN = Reason("bad_request", "side_taken", "The challenger has {side:word}; you get the other side.")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """``rake`` is the share of both stakes that the house keeps, in hundredths of a percent."""

    rake: Annotated[int, Meta(ge=0, le=MAX_RAKE)] = 0


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A challenger names a side. The player who accepts gets the other side and may omit it."""

    side: Side | None = None


class Withdraw(Struct, frozen=True, forbid_unknown_fields=True, tag="withdraw", tag_field="action"):
    """Withdraw the open challenge and get the stake back."""


class Challenge(Struct, frozen=True):
    """The open challenge: its stake in cents, and the side on which the challenger bets."""

    seat: Seat
    bet: int
    amount: int
    call: Side


class Facts(Struct, frozen=True):
    """The side that the coin showed; it is missing if the challenge was withdrawn."""

    side: Side | UnsetType = UNSET


class View(Struct, frozen=True):
    """``challenge`` is there while it is open, and ``side`` once the coin was drawn. ``stake`` tells a seat what it
    takes to accept the challenge."""

    phase: Literal["betting", "ended"]
    challenge: Challenge | UnsetType = UNSET
    side: Side | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET
    stake: StakeBounds | UnsetType = UNSET


class State(Struct, frozen=True):
    """``bets`` are the challenge and, once accepted, the bet against it; ``drawn`` is the side that the coin showed."""

    options: Options
    seeds: Seeds
    bets: tuple[Bet, ...] = ()
    drawn: Side | None = None
    ended: bool = False


def side_of(draw: float) -> Side:
    """Return the side for a draw in [0, 1)."""
    return SIDES[int(draw * 2)]


def winnings(stake: int, rake: int) -> int:
    """Return what the winner is paid, in cents: both stakes less the rake, rounded down."""
    return payout(2 * stake, TEN_THOUSANDTHS - rake, TEN_THOUSANDTHS)


class Coinduel(Game[Options, State]):
    """The rules of coin duel."""

    name = "coinduel"
    title = "Coin duel"
    summary = "Challenge another player to a coin flip: equal stakes, winner takes both."
    rules = (
        "Choose a stake and a side of the coin: that is your challenge, and it stays open until another player accepts "
        "it by betting the same amount on the other side. The coin is drawn at once, and the player whose side comes "
        "up wins both stakes, less the room's rake if it has one.\n\n"
        "Until someone accepts your challenge, you can withdraw it. If you leave, it is withdrawn for you. Either way "
        "you get your whole stake back.\n\n"
        "With a rake, the payout is rounded down to whole cents, so stakes of a few cents return less."
    )
    shared = True
    public = False
    seats = 2
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(2)
    options = Options
    selection = Selection
    action = Withdraw
    view_type = View
    facts_type = Facts
    reply_type = NoReply
    phases = ("betting", "ended")
    refusals = (DUEL_OVER, NO_SIDE, OWN_CHALLENGE, OTHER_STAKE, SIDE_TAKEN, NO_CHALLENGE)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(options, seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        _check_bet(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            _check_bet(state, command)
            return _accept(state, command) if state.bets else Step(replace(state, bets=(command,)))
        if isinstance(command, Act):
            if not _may_withdraw(state, command.seat):
                raise RefusedError(NO_CHALLENGE)
            return _withdraw(state)
        if isinstance(command, Leave) and _may_withdraw(state, command.seat):
            return _withdraw(state)
        return Step(state)

    def check_win(self, options: Options, bet: Bet) -> None:
        check_win(bet.amount, _pays(options))

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": "ended" if state.ended else "betting"}
        if state.drawn:
            shown["side"] = state.drawn
        elif state.bets and not state.ended:
            challenge = state.bets[0]
            # Not "side": that key is a fact of the outcome, and no view may show one before the end.
            shown["challenge"] = {
                "seat": challenge.seat,
                "bet": challenge.number,
                "amount": challenge.amount,
                "call": challenge.selection.side,
            }
        if viewer is not None:
            shown["actions"] = {"withdraw": {}} if _may_withdraw(state, viewer) else {}
            if "challenge" in shown and shown["challenge"]["seat"] != viewer:
                shown["stake"] = {"minimum": state.bets[0].amount, "maximum": state.bets[0].amount}
        return shown

    def known(self, state: State, viewer: Seat | None) -> Any:
        return state.drawn

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        sides = [selection.side] if selection and selection.side else SIDES
        return tuple(odds_of_one_payout(side, Fraction(1, 2), _pays(options), "closed form") for side in sides)


def _pays(options: Options) -> Fraction:
    """Return what the winner is paid, in stakes."""
    return Fraction(2 * (TEN_THOUSANDTHS - options.rake), TEN_THOUSANDTHS)


def _may_withdraw(state: State, seat: Seat) -> bool:
    return len(state.bets) == 1 and not state.ended and state.bets[0].seat == seat


def _check_bet(state: State, bet: Bet) -> None:
    """Raises RefusedError."""
    if state.ended:
        raise RefusedError(DUEL_OVER)
    check_stake(bet.amount)
    side = bet.selection.side if bet.selection else None
    if not state.bets:
        if side is None:
            raise RefusedError(NO_SIDE, field="selection.side")
        return
    challenge = state.bets[0]
    if bet.seat == challenge.seat:
        raise RefusedError(OWN_CHALLENGE)
    if bet.amount != challenge.amount:
        raise RefusedError(OTHER_STAKE, field="amount", stake=challenge.amount)
    if side == challenge.selection.side:
        raise RefusedError(SIDE_TAKEN, field="selection.side", side=side)


def _accept(state: State, accepted: Bet) -> Step[State]:
    challenge = state.bets[0]
    client_seed = joined_seeds([challenge.client_seed, accepted.client_seed])
    drawn = side_of(next(floats(state.seeds.server_seed, client_seed, state.seeds.nonce)))
    winner = challenge if challenge.selection.side == drawn else accepted
    paid = winnings(challenge.amount, state.options.rake)
    results = tuple(_result(bet, "win" if bet is winner else "loss", paid) for bet in (challenge, accepted))
    ended = replace(state, bets=(challenge, accepted), drawn=drawn, ended=True)
    return Step(ended, outcome=Outcome(facts={"side": drawn}, results=results, client_seed=client_seed))


def _result(bet: Bet, result: str, paid: int) -> BetResult:
    return BetResult(
        seat=bet.seat, number=bet.number, amount=bet.amount, result=result, payout=paid if result == "win" else 0
    )


def _withdraw(state: State) -> Step[State]:
    bet = state.bets[0]
    result = BetResult(seat=bet.seat, number=bet.number, amount=bet.amount, result="push", payout=bet.amount)
    return Step(replace(state, ended=True), outcome=Outcome(facts={}, results=(result,), client_seed=bet.client_seed))
