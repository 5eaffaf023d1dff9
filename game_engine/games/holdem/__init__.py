"""No-limit Texas hold'em for two to nine: two cards each, five shared, and the best five-card hand wins.

A round is one hand. Its bets are the stacks: what a seat buys in for, tops up with, or carries over from the hand
before::

    betting ──two want to play, between_ms──▶ preflop ─▶ flop ─▶ turn ─▶ river ──▶ showdown ─▶ ended
      Bet, SitOut, SitIn, Post                 Fold, Check, Call, Raise,             Show, Muck
                                               SitOut, SitIn, Post
      Leave ─▶ ended, all stakes returned      Leave: checks or folds, is paid at the end

The showdown lasts up to ``show_ms``, and there is none if nobody may choose what to show. The rules of showing are
those of the Tournament Directors Association: if a player is all in, all hands are shown (rule 16); otherwise the last
aggressor shows first, a beaten hand may be mucked, and a player to whom everyone else left the pot shows nothing (rule
17). A player who need not show may do so in the showdown: one card or both.

A player who leaves between hands ends the round. If a player has just done so and delayed the deal, the next one who
leaves is paid after the hand instead, so that no one can stop a game by coming and going.

The deck is all 52 cards of the list ``D2 H2 S2 C2 D3 … CA``, drawn without replacement: each draw f takes the card at
``floor(f × cards left)``. The client seed joins those of all who have bets in the round, dealt in or not. Cards are
dealt from the top of the deck, one at a time, as at a real table: with n players, the first player left of the button
gets cards 1 and n + 1, the next 2 and n + 2, …, the button n and 2n. Heads-up, the first is the big blind. The flop is
cards 2n + 1 to 2n + 3, the turn 2n + 4, the river 2n + 5. There are no burn cards: they guard against marked cards,
and here there are none.

The button starts at the lowest seat, and then follows the blinds (see ``blinds.py``). A turn lasts
``turn_ms`` plus what is left of the player's time bank, of which each hand restores a tenth. A player who runs out of
time checks or folds, and sits out. The best hands in a pot share it; odd cents go, one each, to the first winners left
of the button.
"""

from fractions import Fraction
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from game_engine.game import (
    About,
    Act,
    Bet,
    Command,
    Event,
    Game,
    Leave,
    NoReply,
    Reason,
    RefusedError,
    Seat,
    Seeds,
    ShortenTurns,
    Step,
)
from game_engine.games.holdem import moves
from game_engine.games.holdem.blinds import SEATS
from game_engine.games.holdem.history import export
from game_engine.games.holdem.state import (
    BUY_IN,
    HAND_RUNS,
    LEFT_TABLE,
    STREETS,
    TOP_UP,
    Options,
    Selection,
    State,
    chips_after_buying,
)
from game_engine.games.holdem.view import (
    Facts,
    HoleCards,
    Moved,
    TableChanged,
    View,
    known,
    moves_since,
    table_of,
    view,
)
from game_engine.odds import Odds, odds_of_one_payout

HAND_OVER = Reason("illegal_action", "hand_over", "The hand is over.")


class Holdem(Game[Options, State]):
    """The rules of hold'em."""

    name = "holdem"
    title = "Texas hold'em"
    summary = "No-limit poker for two to nine: two cards of your own, five shared, and the best five win the pot."
    rules = (
        "Buy in for a stack of chips. As soon as two players want to play, the next hand is dealt. Two of them post "
        "the blinds, and everyone gets two private cards. Three shared cards are dealt, then a fourth and a fifth. "
        "Before the first and after each deal there is a round of betting: fold, check, call, or raise by at least the "
        "last raise and up to your whole stack.\n\n"
        "If everyone else folds, you win the pot without showing your cards. Otherwise the best five of your two cards "
        "and the five on the table decide. If you need not show your cards after a hand, you can still show one or "
        "both. A player who is all in can win from each other player only as much as they put in themselves; the rest "
        "forms a side pot.\n\n"
        "The big blind moves to the next player with each hand, and the small blind and the button follow it, even to "
        "an empty seat. If you join a running game, or sat out when the blinds passed, you wait until the big blind "
        "reaches you, or post what you owe to be dealt in sooner: the big blind is a bet, a missed small blind goes "
        "into the pot. You can't post between the button and the big blind.\n\n"
        "When your turn runs out of time, your time bank starts. When that runs out too, you check or fold, and you "
        "sit out until you return. Between hands you can top up your stack, sit out, or leave with it. If you leave "
        "during a hand, you fold as soon as there is a bet to call. If you come back to the table within an hour, you "
        "must bring at least the stack that you left with, even if it is above the largest buy-in."
    )
    shared = True
    private_views = True
    hidden_facts = ("deck",)
    seats = SEATS
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(SEATS)
    options = Options
    options_before = MappingProxyType({"show_ms": 0})
    handed_on = ("button", "small", "big", "carried", "places", "put_off", "waited_ms")
    table_stakes = True
    exports = ("phh", "text")
    selection = Selection
    action = moves.Action
    events = (TableChanged, HoleCards, Moved)
    view_type = View
    facts_type = Facts
    reply_type = NoReply
    phases = ("betting", *STREETS, "showdown", "ended")
    refusals = (HAND_RUNS, LEFT_TABLE, TOP_UP, BUY_IN, HAND_OVER, *moves.REFUSALS)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        state = State(options, seeds)
        return Step(state, (Event(table_of(state)),))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        chips_after_buying(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        step = self._apply(state, command, now)
        told = tuple(Event(each) for each in moves_since(state.hand, step.state.hand))
        return replace(step, events=(*told, *step.events)) if told else step

    def _apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return moves.buy(state, command, now)
        if state.ended:
            raise RefusedError(HAND_OVER)
        step = moves.advance(state, now)
        if step.outcome:
            if isinstance(command, Act):
                raise RefusedError(HAND_OVER)
            return step
        if isinstance(command, Act):
            return _both(step, moves.act(step.state, command, now))
        if isinstance(command, ShortenTurns):
            return _both(step, moves.shorten_turns(step.state, command.turn_ms, now))
        return _both(step, moves.leave(step.state, command.seat, now)) if isinstance(command, Leave) else step

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        return view(state, viewer)

    def known(self, state: State, viewer: Seat | None) -> Any:
        return known(state, viewer)

    def seed_delay_ms(self, options: Options) -> int:
        return options.seed_delay_hours * 3_600_000

    def export(self, state: State, about: About, form: str) -> str | None:
        return export(state, about, form)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        """Players get back what players put in, less the rake.

        By symmetry, each of n players who are all in with equal stacks wins the pot once in n hands. A shared pot
        leaves the mean unchanged and reduces the deviation.
        """
        kept = 1 - Fraction(options.rake, 10_000)
        return tuple(
            odds_of_one_payout(f"all in, {n} players", Fraction(1, n), n * kept, "closed form")
            for n in range(2, SEATS + 1)
        )


def _both(first: Step[State], second: Step[State]) -> Step[State]:
    return Step(
        state=second.state,
        events=(*first.events, *second.events),
        wake_at=second.wake_at,
        reply=second.reply,
        outcome=second.outcome,
    )
