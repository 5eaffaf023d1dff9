"""Void rounds are counted by reason, and players who have more of them than chance explains are named."""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ledger import settle
from storage.settlement import EndedBet, EndedRound
from storage.void_rounds import PlayerRounds, VoidCount, above_chance, at_least, count_by_player, count_by_reason
from tests.storage.world import STARTED, World

BEFORE = datetime.fromtimestamp(STARTED / 1000, UTC) - timedelta(days=1)
AFTER = BEFORE + timedelta(days=2)


async def test_rounds_and_bets_are_counted_by_reason_and_by_player(world: World) -> None:
    ann, bob = await world.players(2)
    rounds = [
        world.round("crash", [world.bet(ann, 1, 10, 20, "a"), world.bet(bob, 2, 10, 0, "b")]),
        void(world, "owner_lost", [world.bet(ann, 1, 10, 10, "c", "void"), world.bet(bob, 2, 10, 10, "d", "void")]),
        void(world, "owner_lost", [world.bet(ann, 1, 10, 10, "e", "void"), world.bet(ann, 2, 5, 5, "f", "void")]),
        void(world, "shutdown", []),
    ]
    for settlement in await settle(world.db, rounds):
        assert settlement.status != "failed"
    assert await count_by_reason(world.db, BEFORE) == [VoidCount("owner_lost", 2, 4)]
    assert await count_by_player(world.db, BEFORE) == [PlayerRounds("p1", 3, 2), PlayerRounds("p2", 2, 1)]
    assert (await count_by_reason(world.db, AFTER), await count_by_player(world.db, AFTER)) == ([], [])


def void(world: World, reason: str, bets: list[EndedBet]) -> EndedRound:
    outcome = b'{"reason":"%s"}' % reason.encode()
    return world.round("crash", bets, status="void", server_seed="", client_seed="", outcome=outcome)


def test_who_makes_rounds_void_is_named() -> None:
    others = [PlayerRounds(f"p{n}", 200, 1) for n in range(30)]
    cheat = PlayerRounds("cheat", 60, 8)
    assert above_chance([*others, cheat]) == [cheat]
    assert above_chance(others) == []


def test_a_failure_that_met_all_names_nobody() -> None:
    assert above_chance([PlayerRounds("ann", 4, 2), PlayerRounds("bob", 2, 2), PlayerRounds("cy", 9, 2)]) == []
    assert above_chance([PlayerRounds("ann", 3, 3)]) == []
    assert above_chance([]) == []


def test_chance_alone_names_hardly_anyone() -> None:
    dice = random.Random(3)
    named = 0
    for _ in range(200):
        rounds = [dice.randint(1, 300) for _ in range(30)]
        named += bool(
            above_chance(
                [PlayerRounds(f"p{i}", n, sum(dice.random() < 0.01 for _ in range(n))) for i, n in enumerate(rounds)]
            )
        )
    assert named <= 8  # 200 nights at 1 % each: more than 8 would happen once in 4,000 tries


@given(st.integers(0, 60), st.integers(0, 60), st.fractions(Fraction(1, 1000), Fraction(999, 1000)))
def test_the_tail_of_the_binomial_distribution(successes: int, trials: int, probability: Fraction) -> None:
    exact = sum(
        comb(trials, k) * probability**k * (1 - probability) ** (trials - k) for k in range(successes, trials + 1)
    )
    assert at_least(successes, trials, float(probability)) == pytest.approx(float(exact), rel=1e-6, abs=1e-300)
