"""Void rounds on record: how many there were for which reason, and which players had more than chance explains."""

import math
from datetime import datetime

from msgspec import Struct
from sqlalchemy import case, distinct, func, select

from storage.models import Bet, Round, User
from storage.store import Store

LEAST_VOID_ROUNDS = 3
"""Fewer are never conspicuous: one failure of a server may end several rounds of a player."""
SIGNIFICANCE = 0.01
"""The probability that anyone at all is named although chance alone made the rounds void."""


class VoidCount(Struct, frozen=True):
    """The void rounds with bets that have this reason, and their bets."""

    reason: str
    rounds: int
    bets: int


class PlayerRounds(Struct, frozen=True):
    """The rounds in which a player had a bet, and how many of them are void."""

    username: str
    rounds: int
    void: int


async def count_by_reason(store: Store, since: datetime) -> list[VoidCount]:
    """Void rounds with bets that ended since then, by reason. Raises DatabaseUnavailableError."""
    reason = Round.outcome["reason"].as_string()
    query = (
        select(reason, func.count(distinct(Round.id)), func.count(Bet.id))
        .select_from(Round)
        .join(Bet, Bet.round_id == Round.id)
        .where(Round.status == "void", Round.ended_at >= since)
        .group_by(reason)
        .order_by(reason)
    )
    async with store.read() as session:
        return [VoidCount(*row) for row in (await session.execute(query)).all()]


async def count_by_player(store: Store, since: datetime) -> list[PlayerRounds]:
    """For each player with bets in rounds that ended since then. Raises DatabaseUnavailableError."""
    void = func.count(distinct(case((Round.status == "void", Round.id))))
    query = (
        select(User.username, func.count(distinct(Round.id)), void)
        .select_from(Bet)
        .join(Round, Round.id == Bet.round_id)
        .join(User, User.id == Bet.user_id)
        .where(Round.ended_at >= since)
        .group_by(User.id, User.username)
        .order_by(User.username)
    )
    async with store.read() as session:
        return [PlayerRounds(*row) for row in (await session.execute(query)).all()]


def above_chance(players: list[PlayerRounds]) -> list[PlayerRounds]:
    """The players with so many void rounds that chance would hardly give anyone as many, if each round of each player
    became void with the same probability. The bound is that of a binomial test, corrected for the number of players
    (Bonferroni)."""
    rounds, void = sum(each.rounds for each in players), sum(each.void for each in players)
    if void == 0:
        return []
    limit = SIGNIFICANCE / len(players)
    return [
        each
        for each in players
        if each.void >= LEAST_VOID_ROUNDS and at_least(each.void, each.rounds, void / rounds) < limit
    ]


def at_least(successes: int, trials: int, probability: float) -> float:
    """The probability of this many successes or more: the upper tail of the binomial distribution."""
    if successes <= 0 or probability >= 1:
        return 1.0
    log_p, log_q = math.log(probability), math.log1p(-probability)
    total = 0.0
    for k in range(successes, trials + 1):
        ways = math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        term = math.exp(ways + k * log_p + (trials - k) * log_q)
        total += term
        if k > trials * probability and term < total * 1e-12:
            break
    return min(1.0, total)
