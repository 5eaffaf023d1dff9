"""Basic strategy of blackjack and what it returns, exactly, for cards that come from decks without end.

As every card is drawn anew, a hand is no more than its total and whether an ace counts eleven in it, all hands of a
player are independent once the dealer's last total is known, and what is best for one of them has nothing to do with
the others. So nothing here is simulated or cut short: each function is a short recursion over all cards, in fractions
of the 2**32 draws that make a card. The one place where hands touch is the limit on splits, and ``_split`` goes
through every order in which further pairs may come.

The dealer stands on all 17s and looks for a blackjack with an ace or a ten-value card, before any stake is raised; a
blackjack pays 3:2, any two cards may be doubled, split aces get one card each. All values are expected winnings in
stakes, given the dealer's card ``up`` (aces are 1, pictures 10) and that the dealer has no blackjack.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from math import sqrt

from msgspec import Struct

from game_engine.cards import CARDS, RANKS
from game_engine.chance import DRAWS, draws_below
from game_engine.odds import Odds

VALUES = range(1, 11)
BUST = 22
"""Stands for every total above 21."""
HALF_AS_MUCH_AGAIN = Fraction(3, 2)


class Rules(Struct, frozen=True):
    """What tables differ in: into how many hands one may split, and whether these may be doubled."""

    most_hands: int = 4
    double_after_split: bool = True


def _chances() -> dict[int, Fraction]:
    """Of each value. A card is drawn by ``floor(f × 52)``; 52 does not divide 2**32: they are not quite alike."""
    chances = dict.fromkeys(VALUES, Fraction(0))
    for place, card in enumerate(CARDS):
        draws = draws_below(place + 1, len(CARDS)) - draws_below(place, len(CARDS))
        rank = RANKS.index(card[1])
        chances[1 if card[1] == "A" else min(rank + 2, 10)] += Fraction(draws, DRAWS)
    return chances


CHANCES = _chances()


def added(total: int, soft: bool, value: int) -> tuple[int, bool]:
    """A hand's total with one more card, and whether an ace counts eleven in it. Everything above 21 is ``BUST``."""
    hard = total - 10 * soft + value
    aces = soft or value == 1
    if aces and hard <= 11:
        return hard + 10, True
    return min(hard, BUST), False


def blackjack_chance(up: int) -> Fraction:
    """That the dealer's hidden card makes a blackjack."""
    return CHANCES[10] if up == 1 else CHANCES[1] if up == 10 else Fraction(0)


@cache
def dealer_finals(up: int) -> Mapping[int, Fraction]:
    """The probability of each total, or ``BUST``, that the dealer can end with."""
    finals: dict[int, Fraction] = dict.fromkeys(range(17, BUST + 1), Fraction(0))
    hidden = {value: chance for value, chance in CHANCES.items() if up + value != 11 or 1 not in (up, value)}
    for value, chance in hidden.items():
        for total, then in _drawn_to_17(*added(*added(0, False, up), value)).items():
            finals[total] += then * chance / (1 - blackjack_chance(up))
    return finals


@cache
def _drawn_to_17(total: int, soft: bool) -> Mapping[int, Fraction]:
    if total >= 17:
        return {total: Fraction(1)}
    finals: dict[int, Fraction] = {}
    for value, chance in CHANCES.items():
        for final, then in _drawn_to_17(*added(total, soft, value)).items():
            finals[final] = finals.get(final, Fraction(0)) + chance * then
    return finals


# ---- what moves are worth ----


def against(total: int, final: int) -> int:
    """Won on a hand that is through, in stakes, when the dealer ends with ``final``."""
    if total == BUST:
        return -1
    return 1 if final == BUST else (total > final) - (total < final)


@cache
def stand(up: int, total: int) -> Fraction:
    return sum((chance * against(total, final) for final, chance in dealer_finals(up).items()), Fraction(0))


@cache
def hit(up: int, total: int, soft: bool) -> Fraction:
    """Take a card, and from there what is best; 21 stands by itself."""
    return sum((chance * _best(up, *added(total, soft, v)) for v, chance in CHANCES.items()), Fraction(0))


def _best(up: int, total: int, soft: bool) -> Fraction:
    return stand(up, total) if total >= 21 else max(stand(up, total), hit(up, total, soft))


@cache
def double(up: int, total: int, soft: bool) -> Fraction:
    return 2 * sum((chance * stand(up, added(total, soft, v)[0]) for v, chance in CHANCES.items()), Fraction(0))


@cache
def two_cards(up: int, total: int, soft: bool, doubles: bool) -> Fraction:
    """What is best with a hand of two cards short of splitting it."""
    best = _best(up, total, soft)
    return max(best, double(up, total, soft)) if doubles and total < 21 else best


def split(up: int, value: int, rules: Rules) -> Fraction:
    """Split two cards of this value, and from there what is best."""
    return _split(up, value, 2, rules.most_hands - 2, rules)


@cache
def _split(up: int, value: int, waiting: int, left: int, rules: Rules) -> Fraction:
    """Of ``waiting`` hands that have one card so far, when ``left`` more splits are allowed."""
    if not waiting:
        return Fraction(0)
    worth = Fraction(0)
    for other, chance in CHANCES.items():
        worth += chance * max(_after_second(up, value, other, (waiting, left), rules))
    return worth


def _after_second(
    up: int, value: int, other: int, state: tuple[int, int], rules: Rules
) -> tuple[Fraction, Fraction] | tuple[Fraction]:
    """What the waiting hands are worth when the first gets ``other``: kept as it is, and split if it may be."""
    waiting, left = state
    total, soft = added(*added(0, False, value), other)
    # Split aces get their one card and stand.
    hand = stand(up, total) if value == 1 else two_cards(up, total, soft, rules.double_after_split)
    kept = hand + _split(up, value, waiting - 1, left, rules)
    if other != value or value == 1 or not left:
        return (kept,)
    return kept, _split(up, value, waiting + 1, left - 1, rules)


def worth(up: int, cards: tuple[int, ...], rules: Rules) -> dict[str, Fraction]:
    """What each move is worth that a hand of these values, not out of a split, can make."""
    total, soft = 0, False
    for value in cards:
        total, soft = added(total, soft, value)
    moves = {"stand": stand(up, total), "hit": hit(up, total, soft)}
    if len(cards) == 2:
        moves["double"] = double(up, total, soft)
        if cards[0] == cards[1]:
            moves["split"] = split(up, cards[0], rules)
    return moves


# ---- what the strategy brings ----


def all_hands() -> Iterator[tuple[int, int, Fraction]]:
    """The values of the two cards first dealt, and how likely they are."""
    for one, chance in CHANCES.items():
        for other, then in CHANCES.items():
            yield one, other, chance * then


@cache
def first_two(up: int, one: int, other: int, rules: Rules) -> Fraction:
    """What is best with the two cards first dealt, when the dealer has no blackjack."""
    total, soft = added(*added(0, False, one), other)
    if total == 21:
        return HALF_AS_MUCH_AGAIN
    kept = two_cards(up, total, soft, True)
    return max(kept, split(up, one, rules)) if one == other else kept


@cache
def expectation(rules: Rules) -> Fraction:
    """What a bet that is played by basic strategy and never insured wins on average, in stakes."""
    natural = 2 * CHANCES[1] * CHANCES[10]
    mean = Fraction(0)
    for up, chance in CHANCES.items():
        lost = blackjack_chance(up)
        played = sum((then * first_two(up, one, other, rules) for one, other, then in all_hands()), Fraction(0))
        mean += chance * ((1 - lost) * played - lost * (1 - natural))
    return mean


Winnings = Mapping[float, float]
"""The probability of each amount won, in stakes; losses are negative."""


@cache
def _finals(up: int, total: int, soft: bool, doubles: bool) -> Mapping[tuple[int, int], float]:
    """The stakes and the total, with their probabilities, with which a hand ends that is played for the best."""
    best = two_cards(up, total, soft, doubles)
    if total >= 21 or best == stand(up, total):
        return {(1, total): 1.0}
    finals: dict[tuple[int, int], float] = {}
    doubled = doubles and best == double(up, total, soft)
    for value, chance in CHANCES.items():
        after = added(total, soft, value)
        ends = {(2, after[0]): 1.0} if doubled else _finals(up, *after, False)
        for end, then in ends.items():
            finals[end] = finals.get(end, 0.0) + float(chance) * then
    return finals


def _won(finals: Mapping[tuple[int, int], float], final: int) -> Winnings:
    return _mixed((chance, {float(stake * against(total, final)): 1.0}) for (stake, total), chance in finals.items())


def _mixed(parts: Iterable[tuple[float, Winnings]]) -> Winnings:
    """Now this, now that, with these probabilities."""
    mixed: dict[float, float] = {}
    for chance, winnings in parts:
        for amount, then in winnings.items():
            mixed[amount] = mixed.get(amount, 0.0) + chance * then
    return mixed


def _both(one: Winnings, other: Winnings) -> Winnings:
    """The sum of two hands that have nothing to do with each other."""
    return _mixed((chance, {amount + more: then for more, then in other.items()}) for amount, chance in one.items())


@cache
def _split_won(up: int, value: int, state: tuple[int, int], final: int, rules: Rules) -> Winnings:
    """As ``_split``, when the dealer ends with ``final``."""
    waiting, left = state
    if not waiting:
        return {0.0: 1.0}
    parts = []
    for other, chance in CHANCES.items():
        ways = _after_second(up, value, other, state, rules)
        if len(ways) == 2 and ways[1] > ways[0]:
            won = _split_won(up, value, (waiting + 1, left - 1), final, rules)
        else:
            total, soft = added(*added(0, False, value), other)
            ends = {(1, total): 1.0} if value == 1 else _finals(up, total, soft, rules.double_after_split)
            won = _both(_won(ends, final), _split_won(up, value, (waiting - 1, left), final, rules))
        parts.append((float(chance), won))
    return _mixed(parts)


def _hand_won(up: int, cards: tuple[int, int], final: int, rules: Rules) -> Winnings:
    """What the two cards first dealt bring, when the dealer has no blackjack and ends with ``final``."""
    total, soft = added(*added(0, False, cards[0]), cards[1])
    if total == 21:
        return {float(HALF_AS_MUCH_AGAIN): 1.0}
    if first_two(up, *cards, rules) > two_cards(up, total, soft, True):
        return _split_won(up, cards[0], (2, rules.most_hands - 2), final, rules)
    return _won(_finals(up, total, soft, True), final)


def _against_up(up: int, rules: Rules) -> Iterator[tuple[float, Winnings]]:
    lost = blackjack_chance(up)
    for one, other, chance in all_hands():
        yield float(chance * lost), {0.0 if sorted((one, other)) == [1, 10] else -1.0: 1.0}
        for final, then in dealer_finals(up).items():
            yield float(chance * (1 - lost) * then), _hand_won(up, (one, other), final, rules)


@cache
def winnings(rules: Rules) -> Winnings:
    """What a bet by basic strategy wins, with the probability of each amount; good to about 15 digits."""
    return _mixed((float(chance), _mixed(_against_up(up, rules))) for up, chance in CHANCES.items())


def odds_of_play() -> tuple[Odds, ...]:
    """Of a bet by basic strategy, and of insurance. All in stakes of the bet as it was made: its return is that stake
    and what is won or lost, on doubles and splits too, while ``largest`` is all that four doubled hands are paid."""
    rules = Rules()
    mean, won = expectation(rules), winnings(rules)
    deviation = sqrt(sum(amount * amount * chance for amount, chance in won.items()) - float(mean) ** 2)
    method = "enumeration of all hands"
    tens = CHANCES[10]
    insurance = Odds("insurance", 3 * tens, 3 * sqrt(tens * (1 - tens)), Fraction(3), method)
    return Odds("basic strategy", 1 + mean, deviation, Fraction(4 * rules.most_hands), method), insurance
