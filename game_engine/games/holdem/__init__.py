"""Texas hold'em, no limit, for chips that are bought and taken away: two cards each, five for all, the best five win.

A round is one hand. Its bets are the stacks: what a seat buys in for, tops up with, or has from the hand before::

    betting ──two want to play, between_ms──▶ preflop ─▶ flop ─▶ turn ─▶ river ─▶ ended
      Bet, SitOut, SitIn                       Fold, Check, Call, Raise, SitOut, SitIn
      Leave ─▶ ended, all push                 Leave: checks or folds, is paid at the end

Who leaves between hands ends the round; who does when that has just put off the deal is paid when the hand is over,
for coming and going must not keep others from playing.

The deck is all 52 cards of the list ``D2 H2 S2 C2 D3 … CA``, drawn without putting back: each draw f takes out the card
at ``floor(f × cards left)``. The client seed is that of all who have bets in the round, dealt in or not. The deck is
dealt from its first card on, one at a time, as at a table: with n players, the first left of the button gets cards 1
and n + 1, the next 2 and n + 2, …, the button n and 2n. Heads-up the first is the big blind. The flop is cards 2n + 1
to 2n + 3, the turn 2n + 4, the river 2n + 5. No card is burnt: that guards against marked cards, and there are none.

The button goes to the next seat that plays, at first to the lowest; heads-up it posts the small blind. Turns have
``turn_ms`` and then what is left of a time bank, of which each hand gives a tenth back; who misses that checks or
folds, and sits out. A pot is shared by the best hands in it; odd cents go, one each, to the first of them left of the
button.
"""

from fractions import Fraction
from typing import Any

from game_engine.game import Act, Bet, Command, Event, Game, Leave, RefusedError, Seat, Seeds, Step
from game_engine.games.holdem import moves
from game_engine.games.holdem.table import SEATS, Options, Selection, State, bought
from game_engine.games.holdem.view import Hole, Table, table, view
from game_engine.odds import Odds, odds_of


class Holdem(Game[Options, State]):
    """A table, a button, and nine seats."""

    name = "holdem"
    title = "Texas hold'em"
    summary = "No-limit poker for two to nine: two cards of your own, five for all, and the best five win the pot."
    rules = (
        "Buy a stack, and as soon as two want to play, the next hand is dealt. Two players post the blinds; everybody "
        "gets two cards that nobody else sees. Then come three cards for all, a fourth and a fifth, and before and "
        "after each there is a round of betting: fold, check, call, or raise, by at least as much as the last raise "
        "and up to all you have.\n\n"
        "If all others fold, the pot is yours and you show nothing. Otherwise the best five of your two and the five "
        "on the table decide. Who is all in plays for as much as it was worth from each; the rest is a side pot.\n\n"
        "A turn has its time and then your time bank. Miss it and you check or fold, and sit out until you say that "
        "you are back. Between hands you may fill your stack up, sit out, or leave with it; leaving in a hand gives "
        "the hand up as soon as there is something to call."
    )
    shared = True
    private_views = True
    seats = SEATS
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(SEATS)
    options = Options
    handed_on = ("button", "carried", "put_off")
    selection = Selection
    action = moves.Action
    events = (Table, Hole)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        state = State(options, seeds)
        return Step(state, (Event(table(state)),))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        bought(state, command.seat, command.amount)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return moves.buy(state, command, now)
        if state.ended:
            raise RefusedError("illegal_action", "The hand is over.")
        step = moves.advance(state, now)
        if step.outcome:
            if isinstance(command, Act):
                raise RefusedError("illegal_action", "The hand is over.")
            return step
        if isinstance(command, Act):
            return _both(step, moves.act(step.state, command, now))
        return _both(step, moves.leave(step.state, command.seat, now)) if isinstance(command, Leave) else step

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return view(state, viewer)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        """Among players what goes in comes out, less the rake. By symmetry each of n who are all in with equal stacks
        takes the pot once in n times; a pot that is shared leaves the mean and narrows the deviation."""
        kept = 1 - Fraction(options.rake, 10_000)
        return tuple(
            odds_of(
                f"all in, {n} players", [(Fraction(1, n), n * kept), (1 - Fraction(1, n), Fraction(0))], "closed form"
            )
            for n in range(2, SEATS + 1)
        )


def _both(first: Step[State], second: Step[State]) -> Step[State]:
    return Step(second.state, (*first.events, *second.events), second.wake_at, second.reply, second.outcome)
