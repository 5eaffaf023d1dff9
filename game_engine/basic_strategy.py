"""Blackjack's basic strategy and its exact return with an infinite deck.

Because every card is drawn independently, a hand is fully described by its total and whether an ace counts eleven in
it. A player's hands are independent once the dealer's final total is known, and the best play of one does not depend on
the others. So nothing here is simulated or approximated: each function is a short recursion over all cards, in
fractions of the 2**32 draws that make a card. Hands interact only through the limit on splits, and ``_split`` covers
every order in which further pairs may come.

The dealer stands on all 17s, and with an ace or a ten-value card peeks for a blackjack before any stake is raised. A
blackjack pays 3:2, any two cards may be doubled, and split aces get one card each. Unless stated otherwise, a value is
the expected winnings in stakes, given the dealer's card ``up`` (1 for an ace, 10 for a face card) and no dealer
blackjack.
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
"""Represents every total above 21."""
BLACKJACK_WINS = Fraction(3, 2)


class Rules(Struct, frozen=True):
    """House rules that vary: how many hands a bet can be split into, and whether split hands may be doubled."""

    max_hands: int = 4
    double_after_split: bool = True


def _chances() -> dict[int, Fraction]:
    """Return the probability of each card value. They differ slightly between cards, as 52 does not divide 2**32."""
    chances = dict.fromkeys(VALUES, Fraction(0))
    for place, card in enumerate(CARDS):
        draws = draws_below(place + 1, len(CARDS)) - draws_below(place, len(CARDS))
        rank = RANKS.index(card[1])
        chances[1 if card[1] == "A" else min(rank + 2, 10)] += Fraction(draws, DRAWS)
    return chances


CHANCES = _chances()


def added(total: int, soft: bool, value: int) -> tuple[int, bool]:
    """Return a hand's total with one more card, and whether it is soft. Everything above 21 is ``BUST``."""
    hard = total - 10 * soft + value
    aces = soft or value == 1
    if aces and hard <= 11:
        return hard + 10, True
    return min(hard, BUST), False


def blackjack_chance(up: int) -> Fraction:
    """Return the probability that the dealer's hidden card makes a blackjack."""
    return CHANCES[10] if up == 1 else CHANCES[1] if up == 10 else Fraction(0)


@cache
def dealer_finals(up: int) -> Mapping[int, Fraction]:
    """Return the probability of each final total of the dealer, including ``BUST``."""
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


# ---- the values of moves ----


def against(total: int, final: int) -> int:
    """Return what a finished hand wins, in stakes, when the dealer ends with ``final``."""
    if total == BUST:
        return -1
    return 1 if final == BUST else (total > final) - (total < final)


@cache
def stand(up: int, total: int) -> Fraction:
    return sum((chance * against(total, final) for final, chance in dealer_finals(up).items()), Fraction(0))


@cache
def hit(up: int, total: int, soft: bool) -> Fraction:
    """Take a card, then play on in the best way; 21 stands automatically."""
    return sum((chance * _best(up, *added(total, soft, v)) for v, chance in CHANCES.items()), Fraction(0))


def _best(up: int, total: int, soft: bool) -> Fraction:
    return stand(up, total) if total >= 21 else max(stand(up, total), hit(up, total, soft))


@cache
def double(up: int, total: int, soft: bool) -> Fraction:
    return 2 * sum((chance * stand(up, added(total, soft, v)[0]) for v, chance in CHANCES.items()), Fraction(0))


@cache
def two_cards(up: int, total: int, soft: bool, doubles: bool) -> Fraction:
    """Play a two-card hand in the best way without splitting it."""
    best = _best(up, total, soft)
    return max(best, double(up, total, soft)) if doubles and total < 21 else best


def split(up: int, value: int, rules: Rules) -> Fraction:
    """Split two cards of this value, then play on in the best way."""
    return _split(up, value, 2, rules.max_hands - 2, rules)


@cache
def _split(up: int, value: int, waiting: int, left: int, rules: Rules) -> Fraction:
    """Return the value of ``waiting`` one-card hands when ``left`` more splits are allowed."""
    if not waiting:
        return Fraction(0)
    worth = Fraction(0)
    for other, chance in CHANCES.items():
        worth += chance * max(_after_second(up, value, other, (waiting, left), rules))
    return worth


def _after_second(
    up: int, value: int, other: int, state: tuple[int, int], rules: Rules
) -> tuple[Fraction, Fraction] | tuple[Fraction]:
    """Return the values of the waiting hands if the first gets ``other``: when kept and, if allowed, when split."""
    waiting, left = state
    total, soft = added(*added(0, False, value), other)
    # Split aces get their one card and stand.
    hand = stand(up, total) if value == 1 else two_cards(up, total, soft, rules.double_after_split)
    kept = hand + _split(up, value, waiting - 1, left, rules)
    if other != value or value == 1 or not left:
        return (kept,)
    return kept, _split(up, value, waiting + 1, left - 1, rules)


def worth(up: int, cards: tuple[int, ...], rules: Rules) -> dict[str, Fraction]:
    """Return the value of each move that is open to a hand of these card values that was not split."""
    total, soft = 0, False
    for value in cards:
        total, soft = added(total, soft, value)
    moves = {"stand": stand(up, total), "hit": hit(up, total, soft)}
    if len(cards) == 2:
        moves["double"] = double(up, total, soft)
        if cards[0] == cards[1]:
            moves["split"] = split(up, cards[0], rules)
    return moves


# ---- the return of the strategy ----


def all_hands() -> Iterator[tuple[int, int, Fraction]]:
    """Yield the values of the first two cards with their probability."""
    for one, chance in CHANCES.items():
        for other, then in CHANCES.items():
            yield one, other, chance * then


@cache
def first_two(up: int, one: int, other: int, rules: Rules) -> Fraction:
    """Play the first two cards in the best way."""
    total, soft = added(*added(0, False, one), other)
    if total == 21:
        return BLACKJACK_WINS
    kept = two_cards(up, total, soft, True)
    return max(kept, split(up, one, rules)) if one == other else kept


@cache
def expectation(rules: Rules) -> Fraction:
    """Return the mean winnings, in stakes, of a bet that is played by basic strategy and never insured."""
    natural = 2 * CHANCES[1] * CHANCES[10]
    mean = Fraction(0)
    for up, chance in CHANCES.items():
        lost = blackjack_chance(up)
        played = sum((then * first_two(up, one, other, rules) for one, other, then in all_hands()), Fraction(0))
        mean += chance * ((1 - lost) * played - lost * (1 - natural))
    return mean


Winnings = Mapping[float, float]
"""Amount won, in stakes (losses are negative) -> probability."""


@cache
def _finals(up: int, total: int, soft: bool, doubles: bool) -> Mapping[tuple[int, int], float]:
    """Return the probability of each final (stakes, total) of a hand that is played in the best way."""
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
    """Return the mixture of distributions, each with its probability."""
    mixed: dict[float, float] = {}
    for chance, winnings in parts:
        for amount, then in winnings.items():
            mixed[amount] = mixed.get(amount, 0.0) + chance * then
    return mixed


def _both(one: Winnings, other: Winnings) -> Winnings:
    """Return the distribution of the sum of two independent hands."""
    return _mixed((chance, {amount + more: then for more, then in other.items()}) for amount, chance in one.items())


@cache
def _split_won(up: int, value: int, state: tuple[int, int], final: int, rules: Rules) -> Winnings:
    """Return the winnings of the hands of ``_split`` when the dealer ends with ``final``."""
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
    """Return the winnings of a hand from its first two cards when the dealer ends with ``final``."""
    total, soft = added(*added(0, False, cards[0]), cards[1])
    if total == 21:
        return {float(BLACKJACK_WINS): 1.0}
    if first_two(up, *cards, rules) > two_cards(up, total, soft, True):
        return _split_won(up, cards[0], (2, rules.max_hands - 2), final, rules)
    return _won(_finals(up, total, soft, True), final)


def _against_up(up: int, rules: Rules) -> Iterator[tuple[float, Winnings]]:
    lost = blackjack_chance(up)
    for one, other, chance in all_hands():
        yield float(chance * lost), {0.0 if sorted((one, other)) == [1, 10] else -1.0: 1.0}
        for final, then in dealer_finals(up).items():
            yield float(chance * (1 - lost) * then), _hand_won(up, (one, other), final, rules)


@cache
def winnings(rules: Rules) -> Winnings:
    """Return the distribution of what a bet by basic strategy wins, accurate to about 15 digits."""
    return _mixed((float(chance), _mixed(_against_up(up, rules))) for up, chance in CHANCES.items())


def odds_of_play() -> tuple[Odds, ...]:
    """Return the odds of a bet by basic strategy, and of insurance.

    All figures are in stakes of the original bet. The return is that stake plus what is won or lost, including on
    doubles and splits; ``largest`` is the total payout of four doubled hands.
    """
    rules = Rules()
    mean, won = expectation(rules), winnings(rules)
    deviation = sqrt(sum(amount * amount * chance for amount, chance in won.items()) - float(mean) ** 2)
    method = "enumeration of all hands"
    tens = CHANCES[10]
    largest = Fraction(4 * rules.max_hands)
    play = Odds(
        bet="basic strategy",
        mean=1 + mean,
        deviation=deviation,
        largest=largest,
        method=method,
        chances=tuple((Fraction(chance), 1 + Fraction(amount)) for amount, chance in won.items()),
    )
    insurance = Odds(
        bet="insurance", mean=3 * tens, deviation=3 * sqrt(tens * (1 - tens)), largest=Fraction(3), method=method
    )
    return play, insurance
