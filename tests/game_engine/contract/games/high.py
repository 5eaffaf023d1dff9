"""High card, a small card game with hidden hands: an ante, one card each, a round of betting, the highest card wins.

The cards are drawn from the 52 without replacement, one for each bettor in the order of their bets. A round::

    betting ──deals_at──▶ playing ──all have answered, or all but one have folded──▶ ended
      Bet                  Fold, Call, Raise
"""

from fractions import Fraction
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from game_engine.cards import CARDS, rank_of
from game_engine.chance import draw_without_replacement, floats, joined_seeds
from game_engine.game import (
    Act,
    Bet,
    BetResult,
    Command,
    Event,
    Game,
    Leave,
    NoSelection,
    Outcome,
    RefusedError,
    Seat,
    Seeds,
    ShortenTurns,
    Step,
)
from game_engine.odds import Odds, odds_of_one_payout

ANTE = 100
MOST_RAISE = 400
MOST_RAISES = 3
DEAL_MS = 5_000


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a turn lasts, and how many rounds the table has played."""

    turn_ms: Annotated[int, Meta(ge=100, le=60_000)] = 10_000
    played: Annotated[int, Meta(ge=0, le=10**9)] = 0


class Fold(Struct, frozen=True, forbid_unknown_fields=True, tag="fold", tag_field="action"):
    """Give up."""


class Call(Struct, frozen=True, forbid_unknown_fields=True, tag="call", tag_field="action"):
    """Put in as much as the others, or nothing if that is so."""


class Raise(Struct, frozen=True, forbid_unknown_fields=True, tag="raise", tag_field="action"):
    """Put in ``amount`` cents more than the others."""

    amount: Annotated[int, Meta(ge=1, le=10**6)]


class Dealt(Struct, frozen=True, tag="dealt", tag_field="type"):
    """A player's card, for that player only."""

    card: str


class Shown(Struct, frozen=True, tag="shown", tag_field="type"):
    """The table has changed."""

    phase: str
    pot: int
    turn: Seat | None


class State(Struct, frozen=True):
    """``paid`` is what each seat has put in; ``live`` have not folded, and ``waiting`` have yet to answer."""

    options: Options
    seeds: Seeds
    phase: str = "betting"
    bets: tuple[Bet, ...] = ()
    until: int | None = None
    cards: dict[Seat, str] = {}
    paid: dict[Seat, int] = {}
    live: tuple[Seat, ...] = ()
    waiting: tuple[Seat, ...] = ()
    raises: int = 0
    gone: frozenset[Seat] = frozenset()
    turn_ms: int = 0

    @property
    def price(self) -> int:
        return max(self.paid.values())


class High(Game[Options, State]):
    """The rules of high card."""

    name = "high"
    title = "High card"
    summary = "One hidden card each, a round of betting, and the highest card wins."
    rules = "Pay the ante.\n\nThe highest card wins the pot."
    shared = True
    private_views = True
    seats = 4
    return_to_player = Fraction(1)
    largest_multiplier = Fraction(4)
    options = Options
    handed_on = ("played",)
    selection = NoSelection
    action = Fold | Call | Raise
    events: ClassVar[tuple[type[Struct], ...]] = (Dealt, Shown)
    phases: ClassVar[tuple[str, ...]] = ("betting", "playing", "ended")

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(options, seeds, turn_ms=options.turn_ms))

    def stake_of(self, state: State, command: Command) -> int:
        if isinstance(command, Bet):
            self.check_bet(state, command)
            return command.amount
        return self.cost(state, command) if isinstance(command, Act) else 0

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            self.check_bet(state, command)
            return self.accept(state, command, now)
        if state.phase == "ended":
            raise RefusedError("illegal_action", "The round is over.")
        step = self.advance(state, now)
        if step.outcome:
            if isinstance(command, Act):
                raise RefusedError("illegal_action", "The round is over.")
            return step
        if isinstance(command, Act):
            after = self.act(step.state, command, now)
        elif isinstance(command, Leave):
            after = self.leave(step.state, command.seat, now)
        elif isinstance(command, ShortenTurns):
            after = self.shorten(step.state, command.turn_ms, now)
        else:
            return step
        return replace(after, events=(*step.events, *after.events))

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"phase": state.phase, "pot": self.pot(state), "until": state.until}
        shown["players"] = [{"seat": seat, "paid": paid} for seat, paid in state.paid.items()]
        if viewer is None:
            return shown
        shown |= {"card": state.cards.get(viewer), "actions": self.offered(state, viewer)}
        if state.phase == "betting" and viewer not in state.paid and len(state.bets) < self.seats:
            shown["stake"] = {"minimum": ANTE, "maximum": ANTE}
        return shown

    def known(self, state: State, viewer: Seat | None) -> Any:
        """A player's own card, and at a showdown the cards of those who have not folded."""
        return (None if viewer is None else state.cards.get(viewer)), self.showdown(state)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        return tuple(odds_of_one_payout(f"{n} players", Fraction(1, n), Fraction(n), "by symmetry") for n in (2, 3, 4))

    # -- the ante --

    def check_bet(self, state: State, bet: Bet) -> None:
        if state.phase != "betting":
            raise RefusedError("betting_closed", "The cards are dealt.")
        if bet.seat in state.paid:
            raise RefusedError("limit_exceeded", "You have paid the ante.")
        if bet.amount != ANTE:
            raise RefusedError("bad_request", f"The ante is {ANTE} cents.", "amount")

    def accept(self, state: State, bet: Bet, now: int) -> Step[State]:
        if state.until is not None and now >= state.until:
            raise RefusedError("betting_closed", "The cards are being dealt.")
        until = state.until or (now + DEAL_MS if state.bets else None)
        return self.step(
            replace(state, bets=(*state.bets, bet), until=until, paid={**state.paid, bet.seat: bet.amount})
        )

    def deal(self, state: State, now: int) -> Step[State]:
        draws = floats(state.seeds.server_seed, self.client_seed(state), state.seeds.nonce)
        drawn = draw_without_replacement(draws, len(state.bets), len(CARDS))
        seats = tuple(bet.seat for bet in state.bets)
        cards = {seat: CARDS[index] for seat, index in zip(seats, drawn, strict=True)}
        dealt = replace(state, phase="playing", cards=cards, live=seats, waiting=seats)
        step = self.go_on(dealt, now)
        return replace(step, events=(*self.announce(cards), *step.events))

    def announce(self, cards: dict[Seat, str]) -> tuple[Event, ...]:
        return tuple(Event(Dealt(card), to=seat) for seat, card in cards.items())

    # -- turns --

    def advance(self, state: State, now: int) -> Step[State]:
        """Bring the round up to ``now``: deal, and fold or check for players who are too late."""
        step = self.waits(state)
        while step.outcome is None and step.state.until is not None and step.state.until <= now:
            due = step.state.until
            after = self.deal(step.state, due) if step.state.phase == "betting" else self.pass_turn(step.state, due)
            step = replace(after, events=(*step.events, *after.events))
        return step

    def waits(self, state: State) -> Step[State]:
        return Step(state, wake_at=state.until)

    def pass_turn(self, state: State, now: int) -> Step[State]:
        seat = state.waiting[0]
        free = state.paid[seat] == state.price
        return self.go_on(self.called(state, seat) if free else self.folded(state, seat), now)

    def folded(self, state: State, seat: Seat) -> State:
        return replace(
            state,
            live=tuple(each for each in state.live if each != seat),
            waiting=tuple(each for each in state.waiting if each != seat),
        )

    def called(self, state: State, seat: Seat) -> State:
        paid = {**state.paid, seat: state.price}
        return replace(state, paid=paid, waiting=tuple(each for each in state.waiting if each != seat))

    def raised(self, state: State, seat: Seat, amount: int) -> State:
        others = tuple(each for each in (*state.waiting[1:], *state.live) if each != seat)
        paid = {**state.paid, seat: state.price + amount}
        return replace(state, paid=paid, waiting=tuple(dict.fromkeys(others)), raises=state.raises + 1)

    def go_on(self, state: State, now: int) -> Step[State]:
        """Go to the next turn or the end. Players who have left fold, or check if that costs nothing."""
        while state.waiting and len(state.live) > 1:
            seat = state.waiting[0]
            if seat not in state.gone:
                return self.step(replace(state, until=now + state.turn_ms))
            free = state.paid[seat] == state.price
            state = self.called(state, seat) if free else self.folded(state, seat)
        return self.end(state)

    def step(self, state: State) -> Step[State]:
        turn = state.waiting[0] if state.waiting and state.phase == "playing" else None
        return Step(state, (Event(Shown(state.phase, self.pot(state), turn)),), wake_at=state.until)

    def shorten(self, state: State, turn_ms: int, now: int) -> Step[State]:
        until = None if state.until is None else min(state.until, now + turn_ms)
        return self.step(replace(state, turn_ms=min(state.turn_ms, turn_ms), until=until))

    def leave(self, state: State, seat: Seat, now: int) -> Step[State]:
        if seat not in state.paid or seat in state.gone:
            return self.waits(state)
        state = replace(state, gone=state.gone | {seat})
        if state.phase == "betting":
            return self.waits(state) if len(state.bets) > 1 else self.refund(state)
        return self.go_on(state, now) if state.waiting[0] == seat else self.waits(state)

    # -- moves --

    def offered(self, state: State, seat: Seat) -> dict[str, Any]:
        if state.phase != "playing" or not state.waiting or state.waiting[0] != seat:
            return {}
        offered: dict[str, Any] = {"fold": {}, "call": {}}
        if state.raises < MOST_RAISES:
            offered["raise"] = {"amount": {"minimum": ANTE, "maximum": MOST_RAISE}}
        return offered

    def check_turn(self, state: State, act: Act) -> None:
        if state.phase != "playing" or act.seat not in state.live:
            raise RefusedError("illegal_action", "You are not in this round.")
        if state.waiting[0] != act.seat:
            raise RefusedError("not_your_turn", "It is not your turn.")

    def cost(self, state: State, act: Act) -> int:
        self.check_turn(state, act)
        owed = state.price - state.paid[act.seat]
        if isinstance(act.action, Fold):
            return 0
        return owed + act.action.amount if isinstance(act.action, Raise) else owed

    def act(self, state: State, act: Act, now: int) -> Step[State]:
        self.check_turn(state, act)
        if isinstance(act.action, Fold):
            return self.go_on(self.folded(state, act.seat), now)
        if isinstance(act.action, Call):
            return self.go_on(self.called(state, act.seat), now)
        if state.raises == MOST_RAISES:
            raise RefusedError("illegal_action", "No more raises.")
        if not ANTE <= act.action.amount <= MOST_RAISE:
            raise RefusedError("bad_request", f"Raise by {ANTE} to {MOST_RAISE} cents.", "amount")
        return self.go_on(self.raised(state, act.seat, act.action.amount), now)

    # -- the end --

    def pot(self, state: State) -> int:
        return sum(state.paid.values())

    def client_seed(self, state: State) -> str:
        return joined_seeds(bet.client_seed for bet in state.bets)

    def winners(self, state: State) -> list[Seat]:
        best = max(rank_of(state.cards[seat]) for seat in state.live)
        return [seat for seat in state.live if rank_of(state.cards[seat]) == best]

    def shares(self, pot: int, winners: list[Seat]) -> dict[Seat, int]:
        each, odd = divmod(pot, len(winners))
        return {seat: each + (place < odd) for place, seat in enumerate(winners)}

    def end(self, state: State) -> Step[State]:
        won = self.shares(self.pot(state), self.winners(state))
        return self.finish(state, won, {"cards": self.showdown(replace(state, phase="ended"))})

    def showdown(self, state: State) -> list[str]:
        """The cards that are shown at the end: if all but one have folded, none."""
        if state.phase != "ended" or len(state.live) < 2:
            return []
        return [state.cards[seat] for seat in state.live]

    def refund(self, state: State) -> Step[State]:
        return self.finish(state, state.paid, {"cards": []})

    def finish(self, state: State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[State]:
        ended = replace(state, phase="ended", until=None)
        outcome = Outcome(
            facts=facts,
            results=tuple(self.result(state, bet, won.get(bet.seat, 0)) for bet in state.bets),
            client_seed=self.client_seed(state),
            next_options=replace(state.options, played=state.options.played + 1),
        )
        return Step(ended, (Event(Shown("ended", self.pot(state), None)),), outcome=outcome)

    def result(self, state: State, bet: Bet, paid: int) -> BetResult:
        amount = state.paid[bet.seat]
        word = "push" if paid == amount else "win" if paid > amount else "loss"
        return BetResult(seat=bet.seat, number=bet.number, amount=amount, result=word, payout=paid)
