"""Hi-Lo: a row of cards; guess whether the next one is higher or lower, and stop before the first wrong guess.

The cards are the round's draws in order, ``floor(f × 52)`` into ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A: decks without end, so every rank
is as likely as any other each time. The ace is the lowest rank (1), the king the highest (13), and a card of the same
rank makes either guess right. So *higher* than rank ``r`` is right with ``14 − r`` of the 13 ranks, *lower* with ``r``.
After right guesses that ``k₁ … kₙ`` ranks would have made right, a bet is worth ``0.99 × 13ⁿ / (k₁ × … × kₙ)`` stakes,
rounded down once. A guess brings on average what it puts at risk, so the return is 99 % whatever is guessed and
whenever the player stops.

A round has at most 52 cards, and it is cashed out by itself there, or as soon as the bet is worth 10,000 stakes.
"""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from math import prod
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from game_engine.cards import CARDS, RANKS, card_of, rank_of
from game_engine.chance import DRAWS, draws_below, floats
from game_engine.game import Act, Bet, BetResult, Command, Event, Game, Leave, Outcome, RefusedError, Seat, Seeds, Step
from game_engine.money import TEN_THOUSANDTHS, payout
from game_engine.odds import Odds, odds_of

MOST_CARDS = 52
ENOUGH = 10_000 * TEN_THOUSANDTHS
"""A bet that is worth so much, in ten-thousandths of its stake, is cashed out by itself."""
RETURN = 9_900
"""Of a stake, in ten-thousandths."""
TOP = len(RANKS)

Choice = Literal["bet", "higher", "lower", "skip"]
Policy = Callable[[int], bool]
"""Is *higher* guessed on a card of this rank, 1 … 13?"""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Hi-Lo has nothing to set."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to choose at the bet."""


class Higher(Struct, frozen=True, forbid_unknown_fields=True, tag="higher", tag_field="action"):
    """Guess that the next card's rank is higher or the same."""


class Lower(Struct, frozen=True, forbid_unknown_fields=True, tag="lower", tag_field="action"):
    """Guess that the next card's rank is lower or the same."""


class Skip(Struct, frozen=True, forbid_unknown_fields=True, tag="skip", tag_field="action"):
    """Take another card without a guess."""


class Cashout(Struct, frozen=True, forbid_unknown_fields=True, tag="cashout", tag_field="action"):
    """Take what the bet is worth."""


class Guess(Struct, frozen=True):
    """What can be guessed now: ``ranks`` of the 13 make it right, and the bet worth ``multiplier`` stakes."""

    ranks: int
    multiplier: float


class Dealt(Struct, frozen=True, tag="dealt", tag_field="type"):
    """A card, and what it came ``after``. The bet is worth ``multiplier`` stakes now, 0 after a wrong guess.

    ``higher`` and ``lower`` are None with the card that ends the round.
    """

    card: str
    after: Choice
    multiplier: float
    higher: Guess | None = None
    lower: Guess | None = None


class State(Struct, frozen=True):
    """The cards so far and what each came after; of each right guess, how many ranks made it right."""

    seeds: Seeds
    bet: Bet | None = None
    cards: tuple[str, ...] = ()
    after: tuple[Choice, ...] = ()
    guesses: tuple[int, ...] = ()
    ended: bool = False

    @property
    def running(self) -> bool:
        return self.bet is not None and not self.ended


def rank_from_ace(card: str) -> int:
    """Ace 1, 2 … 10, jack 11, queen 12, king 13."""
    return rank_of(card) % TOP or TOP


def ranks_that_win(rank: int, higher: bool) -> int:
    """How many of the 13 ranks make a guess on ``rank`` right."""
    return TOP + 1 - rank if higher else rank


def multiplier_after(guesses: tuple[int, ...]) -> int:
    """What a bet is worth after right guesses, in ten-thousandths of the stake, rounded down once.

    Of each guess: how many ranks made it right. Before the first one the stake comes back.
    """
    return RETURN * TOP ** len(guesses) // prod(guesses) if guesses else TEN_THOUSANDTHS


class HiLo(Game[Options, State]):
    """A player and a deck without end."""

    name = "hilo"
    title = "Hi-Lo"
    summary = "Guess whether the next card is higher or lower, and stop before you are wrong."
    rules = (
        "Bet, and a card is dealt. Guess whether the next one is higher or lower: the ace is lowest, the king highest, "
        "and the same rank is right either way. Each right guess multiplies what your bet is worth by 13 ÷ (the number "
        "of ranks that make it right); a wrong one loses it. A card that you do not like can be skipped.\n\n"
        "Cash out whenever you like, for 0.99 × the product of your right guesses, rounded down to four decimals. "
        "Before the first guess your stake comes back. A bet that is worth 10,000 stakes is cashed out by itself, and "
        "so is one at the 52nd card.\n\n"
        "If you leave, you are cashed out where you stand."
    )
    shared = False
    seats = 1
    return_to_player = Fraction(99, 100)
    # Less than ENOUGH before the last guess, and that makes 13 times as much of it at most.
    largest_multiplier = Fraction(ENOUGH * TOP - 1, TEN_THOUSANDTHS)
    options = Options
    selection = Selection
    action = Higher | Lower | Skip | Cashout
    events = (Dealt,)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        if state.bet:
            raise RefusedError("betting_closed", "The round has had its bet.")
        if command.amount < 1:
            raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            self.stake_of(state, command)
            return _go_on(_deal(replace(state, bet=command), "bet"))
        if isinstance(command, Act):
            if not state.running:
                raise RefusedError("illegal_action", "You have no live bet in this round.")
            return _play(state, command.action)
        if isinstance(command, Leave) and state.running:
            return _cash_out(state)
        return Step(state)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown = _shown(state)
        if viewer is None:
            return shown
        names = ("higher", "lower", "skip", "cashout") if state.running else ()
        return shown | {"actions": {name: {} for name in names}}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        guesses = [_odds_of_guess(rank, higher) for rank in range(1, TOP + 1) for higher in (True, False)]
        likelier, rarer = (lambda rank: rank <= TOP // 2), (lambda rank: rank > TOP // 2)
        plans = [
            (name, policy, count) for name, policy in (("likelier", likelier), ("rarer", rarer)) for count in (2, 4)
        ]
        return (*guesses, *(odds_of_plan(f"the {name} guess, {n} times", policy, n) for name, policy, n in plans))


def _deal(state: State, after: Choice) -> State:
    assert state.bet
    draws = floats(state.seeds.server_seed, state.bet.client_seed, state.seeds.nonce)
    card = card_of(next(islice(draws, len(state.cards), None)))
    return replace(state, cards=(*state.cards, card), after=(*state.after, after))


def _play(state: State, action: Any) -> Step[State]:
    if isinstance(action, Cashout):
        return _cash_out(state)
    if isinstance(action, Skip):
        return _go_on(_deal(state, "skip"))
    higher = isinstance(action, Higher)
    before = rank_from_ace(state.cards[-1])
    state = _deal(state, "higher" if higher else "lower")
    now = rank_from_ace(state.cards[-1])
    if now < before if higher else now > before:
        return _end(state, "loss", 0, (_dealt(state, 0),))
    return _go_on(replace(state, guesses=(*state.guesses, ranks_that_win(before, higher))))


def _go_on(state: State) -> Step[State]:
    """Tell the last card, and cash out if the round has gone as far as it goes."""
    multiplier = multiplier_after(state.guesses)
    if multiplier >= ENOUGH or len(state.cards) == MOST_CARDS:
        return _cash_out(state, (_dealt(state, multiplier),))
    return Step(state, (_dealt(state, multiplier, **_guesses(state)),))


def _guess(state: State, higher: bool) -> Guess:
    ranks = ranks_that_win(rank_from_ace(state.cards[-1]), higher)
    return Guess(ranks, multiplier_after((*state.guesses, ranks)) / TEN_THOUSANDTHS)


def _guesses(state: State) -> dict[str, Guess]:
    return {"higher": _guess(state, True), "lower": _guess(state, False)}


def _dealt(state: State, multiplier: int, **guesses: Guess) -> Event:
    assert state.bet
    dealt = Dealt(state.cards[-1], state.after[-1], multiplier / TEN_THOUSANDTHS, **guesses)
    return Event(dealt, seat=state.bet.seat, bet=state.bet.number)


def _cash_out(state: State, events: tuple[Event, ...] = ()) -> Step[State]:
    assert state.bet
    paid = payout(state.bet.amount, multiplier_after(state.guesses), TEN_THOUSANDTHS)
    return _end(state, "cashout" if state.guesses else "push", paid, events)


def _end(state: State, result: str, paid: int, events: tuple[Event, ...]) -> Step[State]:
    bet = state.bet
    assert bet
    results = (BetResult(bet.seat, bet.number, bet.amount, result, paid),)
    outcome = Outcome({"cards": list(state.cards)}, results, bet.client_seed)
    return Step(replace(state, ended=True), events, outcome=outcome)


def _shown(state: State) -> dict[str, Any]:
    if state.bet is None:
        return {"phase": "betting"}
    row = [{"card": card, "after": after} for card, after in zip(state.cards, state.after, strict=True)]
    if state.ended:
        return {"phase": "ended", "row": row, "cards": list(state.cards)}
    guesses = {name: {"ranks": each.ranks, "multiplier": each.multiplier} for name, each in _guesses(state).items()}
    multiplier = multiplier_after(state.guesses) / TEN_THOUSANDTHS
    return {"phase": "running", "row": row, "multiplier": multiplier, **guesses}


# ---- what it returns ----


def _draws_of(rank: int) -> int:
    """How many of all draws give a card of ``rank``; four neighbours in the order of the cards, the aces last."""
    first = 4 * ((rank - 2) % TOP)
    return draws_below(first + 4, len(CARDS)) - draws_below(first, len(CARDS))


def _wins(rank: int, higher: bool) -> range:
    """The ranks that make a guess on ``rank`` right."""
    return range(rank, TOP + 1) if higher else range(1, rank + 1)


def _odds_of_guess(rank: int, higher: bool) -> Odds:
    """Of a bet whose first and only guess is on a card of ``rank``."""
    chance = Fraction(sum(map(_draws_of, _wins(rank, higher))), DRAWS)
    pays = Fraction(multiplier_after((ranks_that_win(rank, higher),)), TEN_THOUSANDTHS)
    name = f"{'higher' if higher else 'lower'} than {'A23456789TJQK'[rank - 1]}"
    return odds_of(name, [(chance, pays), (1 - chance, Fraction(0))], f"enumeration of all {DRAWS:,} draws")


def odds_of_plan(name: str, policy: Policy, guesses: int) -> Odds:
    """Of a bet that is cashed out after so many right guesses, none of them skipped, or where it is done by itself."""
    # By the last card's rank and the guesses so far, in no order: how many sequences of draws lead there.
    live: dict[tuple[int, tuple[int, ...]], int] = {(rank, ()): _draws_of(rank) for rank in range(1, TOP + 1)}
    paid: dict[int, Fraction] = defaultdict(Fraction)
    for number in range(1, guesses + 1):
        following: dict[tuple[int, tuple[int, ...]], int] = defaultdict(int)
        for (rank, before), ways in live.items():
            higher = policy(rank)
            after = tuple(sorted((*before, ranks_that_win(rank, higher))))
            multiplier = multiplier_after(after)
            done = number == guesses or multiplier >= ENOUGH
            for win in _wins(rank, higher):
                if done:
                    paid[multiplier] += Fraction(ways * _draws_of(win), DRAWS ** (number + 1))
                else:
                    following[win, after] += ways * _draws_of(win)
        live = following
    chances = [(chance, Fraction(multiplier, TEN_THOUSANDTHS)) for multiplier, chance in paid.items()]
    lost = 1 - sum(paid.values(), Fraction(0))
    return odds_of(name, [*chances, (lost, Fraction(0))], "enumeration of all draws of all cards")
