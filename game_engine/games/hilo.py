"""Hi-Lo: a row of cards. Guess whether the next one is higher or lower, and stop before the first wrong guess.

The cards are the round's draws in order, ``floor(f × 52)`` into ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A. The deck is infinite, so every
rank is equally likely each time. The ace is the lowest rank (1) and the king the highest (13); a card of the same rank
makes either guess right. So *higher* than rank ``r`` is right for ``14 − r`` of the 13 ranks, and *lower* for ``r``.
After right guesses that had ``k₁ … kₙ`` ranks in their favour, a bet is worth ``0.99 × 13ⁿ / (k₁ × … × kₙ)`` stakes,
rounded down once. On average a guess returns exactly what it puts at risk, so the return is 99 % whatever the player
guesses and whenever they stop.

A round is cashed out automatically at the 52nd card, or as soon as the bet is worth 10,000 stakes.
"""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import islice
from math import prod
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from game_engine.cards import CARDS, RANKS, card_of, rank_of
from game_engine.chance import DRAWS, draws_below, floats
from game_engine.game import Actions, BetEvent, Event, NoOptions, NoReply, NoSelection, Seat, Step
from game_engine.money import TEN_THOUSANDTHS
from game_engine.odds import Odds, odds_of, odds_of_one_payout
from game_engine.stepped import Cashout, Phase, SteppedGame, SteppedState

MAX_CARDS = 52
AUTO_CASHOUT = 10_000 * TEN_THOUSANDTHS
"""A bet that is worth this much, in ten-thousandths of its stake, is cashed out automatically."""
RETURN = 9_900
"""In ten-thousandths of the stake."""
TOP = len(RANKS)

Cause = Literal["bet", "higher", "lower", "skip"]
Policy = Callable[[int], bool]
"""Whether to guess *higher* on a card of a given rank, 1 … 13."""


class Higher(Struct, frozen=True, forbid_unknown_fields=True, tag="higher", tag_field="action"):
    """Guess that the next card's rank is higher or the same."""


class Lower(Struct, frozen=True, forbid_unknown_fields=True, tag="lower", tag_field="action"):
    """Guess that the next card's rank is lower or the same."""


class Skip(Struct, frozen=True, forbid_unknown_fields=True, tag="skip", tag_field="action"):
    """Take another card without a guess."""


class Guess(Struct, frozen=True):
    """A guess on offer: ``ranks`` of the 13 make it right, and then the bet is worth ``multiplier`` stakes."""

    ranks: int
    multiplier: float


class Dealt(BetEvent, frozen=True, tag="dealt"):
    """A card was dealt ``after`` a bet, a guess or a skip. The bet is now worth ``multiplier`` stakes, 0 if it is lost.

    ``higher`` and ``lower`` are None for the card that ends the round.
    """

    card: str
    after: Cause
    multiplier: float
    higher: Guess | None = None
    lower: Guess | None = None


class DealtCard(Struct, frozen=True):
    """A card of the row, and what it was dealt after."""

    card: str
    after: Cause


class Facts(Struct, frozen=True):
    """All cards of the round, in the order dealt."""

    cards: tuple[str, ...]


class View(Struct, frozen=True):
    """``row`` is there once a bet is placed. While the round runs, the bet is worth ``multiplier`` stakes, and the
    guesses on offer are ``higher`` and ``lower``. ``cards`` is there once the round has ended."""

    phase: Phase
    row: tuple[DealtCard, ...] | UnsetType = UNSET
    multiplier: float | UnsetType = UNSET
    higher: Guess | UnsetType = UNSET
    lower: Guess | UnsetType = UNSET
    cards: tuple[str, ...] | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET


class State(SteppedState, frozen=True):
    """The cards dealt, what each was dealt after, and for each right guess how many ranks were in its favour."""

    cards: tuple[str, ...] = ()
    after: tuple[Cause, ...] = ()
    guesses: tuple[int, ...] = ()


def rank_from_ace(card: str) -> int:
    """Return 1 for an ace, 2 … 10, 11 for a jack, 12 for a queen or 13 for a king."""
    return rank_of(card) % TOP or TOP


def ranks_that_win(rank: int, higher: bool) -> int:
    """Return how many of the 13 ranks make a guess on ``rank`` right."""
    return TOP + 1 - rank if higher else rank


def multiplier_after(guesses: tuple[int, ...]) -> int:
    """Return a bet's value after right guesses, in ten-thousandths of the stake, rounded down once.

    ``guesses`` has, for each guess, how many ranks made it right. Before the first guess the value is the stake.
    """
    return RETURN * TOP ** len(guesses) // prod(guesses) if guesses else TEN_THOUSANDTHS


class HiLo(SteppedGame[NoOptions, State]):
    """The rules of hi-lo."""

    name = "hilo"
    title = "Hi-Lo"
    summary = "Guess whether the next card is higher or lower, and stop before you are wrong."
    rules = (
        "Bet, and you are dealt a card. Guess whether the next one is higher or lower: the ace is lowest, the king "
        "highest, and the same rank is right either way. Each right guess multiplies the value of your bet by 13 ÷ "
        "(the number of ranks that make it right); a wrong guess loses it. You can skip a card that you don't like.\n\n"
        "Cash out whenever you like, for 0.99 × the product of your right guesses, rounded down to four decimals. "
        "Before the first guess you get your stake back. A bet worth 10,000 stakes is cashed out automatically, and so "
        "is any bet at the 52nd card.\n\n"
        "If you leave, you are cashed out at the current value.\n\n"
        "Payouts are rounded down to whole cents, so stakes of a few cents return less."
    )
    return_to_player = Fraction(99, 100)
    # Before the last guess the bet is worth less than AUTO_CASHOUT; that guess multiplies it by at most 13.
    largest_multiplier = Fraction(AUTO_CASHOUT * TOP - 1, TEN_THOUSANDTHS)
    options = NoOptions
    selection = NoSelection
    action = Higher | Lower | Skip | Cashout
    events = (Dealt,)
    view_type = View
    facts_type = Facts
    reply_type = NoReply
    state = State

    def check(self, selection: Any) -> None:
        """There is nothing to check: a bet has nothing to choose."""

    def start(self, state: State) -> Step[State]:
        return self._continue(_deal(state, "bet"))

    def move(self, state: State, action: Higher | Lower | Skip) -> Step[State]:
        if isinstance(action, Skip):
            return self._continue(_deal(state, "skip"))
        higher = isinstance(action, Higher)
        before = rank_from_ace(state.cards[-1])
        state = _deal(state, "higher" if higher else "lower")
        now = rank_from_ace(state.cards[-1])
        if now < before if higher else now > before:
            return self.lose(state, (self._dealt(state, 0),))
        return self._continue(replace(state, guesses=(*state.guesses, ranks_that_win(before, higher))))

    def moves_made(self, state: State) -> int:
        return len(state.guesses)

    def multiplier(self, state: State) -> int:
        return multiplier_after(state.guesses)

    def facts(self, state: State) -> dict[str, Any]:
        return {"cards": list(state.cards)}

    def show(self, state: State) -> dict[str, Any]:
        row = [{"card": card, "after": after} for card, after in zip(state.cards, state.after, strict=True)]
        if state.ended:
            return {"row": row, "cards": list(state.cards)}
        guesses = {name: {"ranks": each.ranks, "multiplier": each.multiplier} for name, each in _guesses(state).items()}
        return {"row": row, "multiplier": self.multiplier(state) / TEN_THOUSANDTHS, **guesses}

    def known(self, state: State, viewer: Seat | None) -> Any:
        return state.cards

    def odds(self, options: NoOptions, selection: Any = None) -> tuple[Odds, ...]:
        guesses = [_odds_of_guess(rank, higher) for rank in range(1, TOP + 1) for higher in (True, False)]
        plans = [
            (name, policy, count) for name, policy in (("likelier", _likelier), ("rarer", _rarer)) for count in (2, 4)
        ]
        return (*guesses, *(odds_of_plan(f"the {name} guess, {n} times", policy, n) for name, policy, n in plans))

    def _continue(self, state: State) -> Step[State]:
        """Announce the last card, and cash out if the round has reached its limit."""
        multiplier = self.multiplier(state)
        if multiplier >= AUTO_CASHOUT or len(state.cards) == MAX_CARDS:
            return self.cash_out(state, (self._dealt(state, multiplier),))
        return Step(state, (self._dealt(state, multiplier, **_guesses(state)),))

    def _dealt(self, state: State, multiplier: int, **guesses: Guess) -> Event:
        return self.event(
            state,
            Dealt(card=state.cards[-1], after=state.after[-1], multiplier=multiplier / TEN_THOUSANDTHS, **guesses),
        )


def _deal(state: State, after: Cause) -> State:
    draws = floats(state.seeds.server_seed, state.placed_bet.client_seed, state.seeds.nonce)
    card = card_of(next(islice(draws, len(state.cards), None)))
    return replace(state, cards=(*state.cards, card), after=(*state.after, after))


def _guess(state: State, higher: bool) -> Guess:
    ranks = ranks_that_win(rank_from_ace(state.cards[-1]), higher)
    return Guess(ranks, multiplier_after((*state.guesses, ranks)) / TEN_THOUSANDTHS)


def _guesses(state: State) -> dict[str, Guess]:
    return {"higher": _guess(state, True), "lower": _guess(state, False)}


# ---- odds ----


def _draws_of(rank: int) -> int:
    """Return how many of all draws give a card of ``rank``: four neighbours in the order of the cards, aces last."""
    first = 4 * ((rank - 2) % TOP)
    return draws_below(first + 4, len(CARDS)) - draws_below(first, len(CARDS))


def _wins(rank: int, higher: bool) -> range:
    """Return the ranks that make a guess on ``rank`` right."""
    return range(rank, TOP + 1) if higher else range(1, rank + 1)


@cache
def _odds_of_guess(rank: int, higher: bool) -> Odds:
    """Return the odds of a bet whose first and only guess is on a card of ``rank``."""
    chance = Fraction(sum(map(_draws_of, _wins(rank, higher))), DRAWS)
    pays = Fraction(multiplier_after((ranks_that_win(rank, higher),)), TEN_THOUSANDTHS)
    name = f"{'higher' if higher else 'lower'} than {'A23456789TJQK'[rank - 1]}"
    return odds_of_one_payout(name, chance, pays, f"enumeration of all {DRAWS:,} draws")


def _likelier(rank: int) -> bool:
    return rank <= TOP // 2


def _rarer(rank: int) -> bool:
    return rank > TOP // 2


@cache
def odds_of_plan(name: str, policy: Policy, guesses: int) -> Odds:
    """Return the odds of a bet that makes ``guesses`` guesses by ``policy``, without skips, and is then cashed out.

    It is cashed out earlier where the rules do so automatically.
    """
    # (rank of the last card, sorted guesses so far) -> the number of sequences of draws that lead there.
    live: dict[tuple[int, tuple[int, ...]], int] = {(rank, ()): _draws_of(rank) for rank in range(1, TOP + 1)}
    paid: dict[int, Fraction] = defaultdict(Fraction)
    for number in range(1, guesses + 1):
        following: dict[tuple[int, tuple[int, ...]], int] = defaultdict(int)
        for (rank, before), ways in live.items():
            higher = policy(rank)
            after = tuple(sorted((*before, ranks_that_win(rank, higher))))
            multiplier = multiplier_after(after)
            done = number == guesses or multiplier >= AUTO_CASHOUT
            for win in _wins(rank, higher):
                if done:
                    paid[multiplier] += Fraction(ways * _draws_of(win), DRAWS ** (number + 1))
                else:
                    following[win, after] += ways * _draws_of(win)
        live = following
    chances = [(chance, Fraction(multiplier, TEN_THOUSANDTHS)) for multiplier, chance in paid.items()]
    lost = 1 - sum(paid.values(), Fraction(0))
    return odds_of(name, [*chances, (lost, Fraction(0))], "enumeration of all draws of all cards")
