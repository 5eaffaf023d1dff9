"""How the demo's bots play: for each game, what they bet and which move they make. Pure.

Games without a strategy are played at random, within their schemas.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from phevaluator import evaluate_cards

from game_engine.basic_strategy import Rules, worth
from game_engine.cards import rank_of as card_rank

View = Mapping[str, Any]
Move = tuple[str, dict[str, Any]]
"""The name of an action and its fields."""


class Strategy(Struct, frozen=True):
    """``stake`` gives the amount in cents and the selection of a bet. ``move`` chooses one of the view's ``actions``
    for a seat, or None to wait."""

    stake: Callable[[View, random.Random], tuple[int, dict[str, Any]]]
    move: Callable[[View, int, random.Random], Move | None]


STAKES = (200, 500, 500, 1_000, 1_000, 2_000)


def _no_move(_view: View, _seat: int, _dice: random.Random) -> None:
    return None


# ---- crash ----


def _crash_stake(_view: View, dice: random.Random) -> tuple[int, dict[str, Any]]:
    """Most players take little and often; a few ride for more."""
    target = dice.choice((1.2, 1.5, 1.5, 1.8, 2.0, 2.0, 3.0, 5.0, 10.0)) + dice.randint(0, 20) / 100
    return dice.choice(STAKES), {"auto_cashout": round(target, 2)}


# ---- roulette ----

_CHANCES = ("red", "black", "odd", "even", "low", "high")


def _roulette_stake(_view: View, dice: random.Random) -> tuple[int, dict[str, Any]]:
    if dice.random() < 0.6:
        return dice.choice(STAKES), {"kind": dice.choice(_CHANCES)}
    if dice.random() < 0.5:
        first = dice.choice((1, 13, 25))
        return dice.choice(STAKES), {"kind": "dozen", "numbers": list(range(first, first + 12))}
    return dice.choice((100, 200, 500)), {"kind": "straight", "numbers": [dice.randint(0, 36)]}


# ---- blackjack ----


def _blackjack_stake(_view: View, dice: random.Random) -> tuple[int, dict[str, Any]]:
    return dice.choice(STAKES), {}


def _value_of(card: str) -> int:
    """10 for a face card, 1 for an ace."""
    return 1 if card[1] == "A" else min(10, card_rank(card))


def _blackjack_move(view: View, seat: int, _dice: random.Random) -> Move | None:
    """Basic strategy. Insurance loses in the long run, so the bots decline it."""
    offered = view.get("actions") or {}
    if "decline" in offered:
        return "decline", {}
    turn = view["turn"]
    if turn is None or turn["seat"] != seat:
        return None
    hand = next(each for each in view["hands"] if (each["seat"], each["hand"]) == (seat, turn["hand"]))
    cards = tuple(_value_of(card) for card in hand["dealt"])
    values = worth(_value_of(view["dealer"]["dealt"][0]), cards, Rules())
    return max((name for name in values if name in offered), key=lambda name: values[name]), {}


# ---- hold'em ----

BEST_TWO_PAIR, BEST_PAIR, BEST_HIGH_CARD = 2_468, 3_326, 6_186
"""The ranks of the best hands of their kinds, of 7,462; 1 is a royal flush."""
SHOWN = 0.2
"""How often a bot shows cards that it need not show."""
LOOSE = 0.5
"""The strength, from 0 to 1, from which a bot calls the big blind: it likes to see flops, as people at a club do."""


def _holdem_stake(view: View, dice: random.Random) -> tuple[int, dict[str, Any]]:
    bounds = view.get("stake") or view["buy_in"]
    least, most = bounds["minimum"], bounds["maximum"]
    return max(least, min(most, (least + most) // 2 + dice.randint(-20, 20) * 100)), {}


def hole_strength(hole: tuple[str, ...]) -> float:
    """How strong two cards are, 0 to 1, by Bill Chen's formula (L. Krieger, *Hold'em Excellence*, 2000), which gives
    up to 20 points for two aces."""
    high, low = sorted((card_rank(card) for card in hole), reverse=True)
    points = {14: 10.0, 13: 8.0, 12: 7.0, 11: 6.0}.get(high, high / 2)
    if high == low:
        return min(1.0, max(points * 2, 5.0) / 20)
    suited, gap = hole[0][0] == hole[1][0], high - low - 1
    points += 2 if suited else 0
    points -= (0, 1, 2, 4)[gap] if gap < 4 else 5
    points += 1 if gap < 2 and high < 12 else 0
    return max(0.0, points) / 20


def board_strength(hole: tuple[str, ...], board: tuple[str, ...]) -> float:
    """How strong a hand is with the board, 0 to 1: by how much the two cards improve what lies on the board for all."""
    rank = evaluate_cards(*(f"{card[1]}{card[0].lower()}" for card in (*hole, *board)))
    highest = max(card_rank(card) for card in board)
    if rank >= BEST_HIGH_CARD:
        return 0.1 + 0.05 * sum(card_rank(card) > highest for card in hole)
    if rank >= BEST_PAIR:
        if len({card[1] for card in board}) < len(board):
            return 0.2  # the pair lies on the board, for all
        paired = max((card_rank(card) for card in hole if card[1] in {each[1] for each in board}), default=0)
        is_overpair = hole[0][1] == hole[1][1] and card_rank(hole[0]) > highest
        return 0.65 if is_overpair or paired == highest else 0.4
    return 0.8 if rank >= BEST_TWO_PAIR else 0.95


def _holdem_move(view: View, seat: int, dice: random.Random) -> Move | None:
    offered = view.get("actions") or {}
    for name in ("sit_in", "post"):
        if name in offered:
            return name, {}
    if "muck" in offered:
        return ("show", {"which": dice.choice(("both", "first"))}) if dice.random() < SHOWN else ("muck", {})
    turn = view["turn"]
    if turn is None or turn["seat"] != seat:
        return None
    hole, board = tuple(view["hole"]), tuple(view["board"])
    strength = board_strength(hole, board) if board else hole_strength(hole) + 0.25
    to_call, big_blind = turn["to_call"], view["blinds"][1]
    pot = sum(pot["amount"] for pot in view["pots"]) + sum(seat["staked"] for seat in view["seats"])
    price = to_call / (pot + to_call) if to_call else 0.0
    strength += dice.uniform(-0.1, 0.15)  # nobody plays the same hand in the same way each time
    if "raise" in offered and strength > (0.58 if "check" in offered else 0.75) and dice.random() < 0.7:
        bounds = offered["raise"]["amount"]
        wanted = bounds["minimum"] + int(pot * dice.choice((0.3, 0.5, 0.75))) // big_blind * big_blind
        return "raise", {"amount": max(bounds["minimum"], min(bounds["maximum"], wanted))}
    if "check" in offered:
        return "check", {}
    cheap = to_call <= big_blind
    if "call" in offered and (strength > price + 0.2 or (cheap and strength > LOOSE - 0.2)):
        return "call", {}
    return ("fold", {}) if "fold" in offered else None


STRATEGIES: Mapping[str, Strategy] = {
    "blackjack": Strategy(_blackjack_stake, _blackjack_move),
    "crash": Strategy(_crash_stake, _no_move),
    "holdem": Strategy(_holdem_stake, _holdem_move),
    "roulette": Strategy(_roulette_stake, _no_move),
}
