"""Coinduel: one player stakes on a side of a coin, another takes the other side for as much, and the coin is drawn.

The draw is the first float of the round's stream, of the client seeds of both players in the order of their bets:
``floor(f × 2)``, 0 for heads and 1 for tails, which halves the draws exactly. A round goes through three phases::

    betting ──the first bet──▶ challenged ──the second bet──▶ ended: the coin is drawn
                                   └──withdrawn or left──▶ ended: nothing is drawn, the stake comes back

Nothing closes by itself: a challenge stands until it is taken or withdrawn; till then a view's phase is ``betting``.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.chance import floats
from game_engine.game import Act, Bet, BetResult, Command, Game, Leave, Outcome, RefusedError, Seat, Seeds, Step
from game_engine.money import TEN_THOUSANDTHS, payout
from game_engine.odds import Odds, odds_of

Side = Literal["heads", "tails"]

SIDES: tuple[Side, Side] = ("heads", "tails")
MOST_RAKE = 1_000


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """``rake``, in hundredths of a percent, is what the house keeps of both stakes."""

    rake: Annotated[int, Meta(ge=0, le=MOST_RAKE)] = 0


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A challenger names a side. Who takes the challenge has the other one, and may leave it out."""

    side: Side | None = None


class Withdraw(Struct, frozen=True, forbid_unknown_fields=True, tag="withdraw", tag_field="action"):
    """Take the challenge back, and the stake with it."""


class State(Struct, frozen=True):
    """``bets`` are the challenge and, when it was taken, the other one; ``drawn`` is there once the coin is."""

    options: Options
    seeds: Seeds
    bets: tuple[Bet, ...] = ()
    drawn: Side | None = None
    ended: bool = False


def side_of(draw: float) -> Side:
    """The side that a draw in [0, 1) means."""
    return SIDES[int(draw * 2)]


def winnings(stake: int, rake: int) -> int:
    """What the winner gets, in cents: both stakes less the rake, rounded down."""
    return payout(2 * stake, TEN_THOUSANDTHS - rake, TEN_THOUSANDTHS)


class Coinduel(Game[Options, State]):
    """Two players, one coin."""

    name = "coinduel"
    title = "Coin duel"
    summary = "Challenge another player to a coin flip: equal stakes, and the winner takes both."
    rules = (
        "Name a stake and a side of the coin: that is your challenge, and it stands until somebody takes it. Who takes "
        "it stakes as much on the other side. Then the coin is drawn at once, and the player whose side shows takes "
        "both stakes, less the room's rake if it has one.\n\n"
        "As long as nobody has taken it you can withdraw your challenge, and if you leave it is withdrawn for you; "
        "your stake comes back whole."
    )
    shared = True
    public = False
    seats = 2
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(2)
    options = Options
    selection = Selection
    action = Withdraw

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
            return _draw(state, command) if state.bets else Step(replace(state, bets=(command,)))
        if isinstance(command, Act):
            if not _may_withdraw(state, command.seat):
                raise RefusedError("illegal_action", "You have no open challenge to withdraw.")
            return _withdraw(state)
        if isinstance(command, Leave) and _may_withdraw(state, command.seat):
            return _withdraw(state)
        return Step(state)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": "ended" if state.ended else "betting"}
        if state.drawn:
            shown["side"] = state.drawn
        elif state.bets and not state.ended:
            made = state.bets[0]
            # ``side`` is the word for what was drawn, and that is not known yet.
            shown["challenge"] = {
                "seat": made.seat,
                "bet": made.number,
                "amount": made.amount,
                "call": made.selection.side,
            }
        if viewer is not None:
            shown["actions"] = {"withdraw": {}} if _may_withdraw(state, viewer) else {}
            if "challenge" in shown and shown["challenge"]["seat"] != viewer:
                shown["stake"] = {"minimum": state.bets[0].amount, "maximum": state.bets[0].amount}
        return shown

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        sides = [selection.side] if selection and selection.side else SIDES
        pays = Fraction(2 * (TEN_THOUSANDTHS - options.rake), TEN_THOUSANDTHS)
        half = Fraction(1, 2)
        return tuple(odds_of(side, [(half, pays), (half, Fraction(0))], "closed form") for side in sides)


def _may_withdraw(state: State, seat: Seat) -> bool:
    return len(state.bets) == 1 and not state.ended and state.bets[0].seat == seat


def _check_bet(state: State, bet: Bet) -> None:
    """Raises RefusedError."""
    if state.ended:
        raise RefusedError("betting_closed", "This duel is over; the next one takes challenges.")
    if bet.amount < 1:
        raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
    side = bet.selection.side if bet.selection else None
    if not state.bets:
        if side is None:
            raise RefusedError(
                "bad_request", "There is no challenge to take; to make one, name a side.", "selection.side"
            )
        return
    challenge = state.bets[0]
    if bet.seat == challenge.seat:
        raise RefusedError("illegal_action", "Your challenge stands; another player has to take it.")
    if bet.amount != challenge.amount:
        wanted = f"The challenge is for {challenge.amount} cents; stake exactly as much to take it."
        raise RefusedError("bad_request", wanted, "amount")
    if side == challenge.selection.side:
        raise RefusedError("bad_request", f"The challenger has {side}; the other side is yours.", "selection.side")


def _draw(state: State, taken: Bet) -> Step[State]:
    challenge = state.bets[0]
    client_seed = f"{challenge.client_seed},{taken.client_seed}"
    drawn = side_of(next(floats(state.seeds.server_seed, client_seed, state.seeds.nonce)))
    winner = challenge if challenge.selection.side == drawn else taken
    paid = winnings(challenge.amount, state.options.rake)
    results = tuple(_result(bet, "win" if bet is winner else "loss", paid) for bet in (challenge, taken))
    ended = replace(state, bets=(challenge, taken), drawn=drawn, ended=True)
    return Step(ended, outcome=Outcome({"side": drawn}, results, client_seed))


def _result(bet: Bet, result: str, paid: int) -> BetResult:
    return BetResult(bet.seat, bet.number, bet.amount, result, paid if result == "win" else 0)


def _withdraw(state: State) -> Step[State]:
    made = state.bets[0]
    result = BetResult(made.seat, made.number, made.amount, "push", made.amount)
    return Step(replace(state, ended=True), outcome=Outcome({}, (result,), made.client_seed))
