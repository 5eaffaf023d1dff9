"""Tests of holds: what is staked never exceeds what is there."""

import asyncio
from datetime import datetime

import pytest

from server.errors import Problem
from server.rooms.bank import DAY_MS, LINGER_MS, KeyUsedError, LocalBank, Purse
from storage.limits import OwnLimits
from storage.play import PlayerRow
from tests.server.rooms.bank_world import Books, hold, now, stake


def refusal(books: Books, amount: int, key: str = "x") -> Problem:
    with pytest.raises(Problem) as refused:
        now(stake(books.bank, hold(1, key, amount)))
    return refused.value


def test_a_hold_is_taken_to_the_last_cent_and_not_beyond() -> None:
    books = Books()
    books.enter(1)
    assert now(stake(books.bank, hold(1, "a", 999))) == Purse(1000, 999, 1)
    problem = refusal(books, 2)
    assert (problem.error.code, problem.extra) == ("insufficient_funds", {"available": 1})
    assert now(stake(books.bank, hold(1, "b", 1))) == Purse(1000, 1000, 1)
    assert (books.bank.held(1), books.bank.total_held()) == (1000, 1000)


def test_who_is_not_here_can_hold_nothing() -> None:
    books = Books()
    assert refusal(books, 1).error.code == "not_signed_in"
    assert books.bank.held(1) == 0
    assert books.bank.account(1) is None


def test_a_key_holds_once() -> None:
    books = Books()
    books.enter(1)
    first = hold(1, "a", 10)
    now(stake(books.bank, first))
    with pytest.raises(KeyUsedError) as used:
        now(stake(books.bank, hold(1, "a", 5000)))
    assert used.value.hold is first
    assert now(books.bank.find(1, "a")) is first
    assert now(books.bank.find(2, "a")) is None
    books.enter(2)
    now(stake(books.bank, hold(2, "a", 10)))


def test_a_hold_given_back_has_never_been() -> None:
    books = Books()
    books.enter(1)
    first = hold(1, "a", 700)
    now(stake(books.bank, first))
    now(books.bank.release([first, first]))
    now(books.bank.release([first]))
    assert now(books.bank.find(1, "a")) is None
    assert now(stake(books.bank, hold(1, "a", 1000))) == Purse(1000, 1000, 1)


def test_a_settled_hold_moves_the_wallet_and_its_key_lingers() -> None:
    books = Books()
    account = books.enter(1)
    first = hold(1, "a", 700)
    now(stake(books.bank, first))
    now(books.bank.settle([first], books.settle([first], [100]), {1: 600}))
    assert account.purse() == Purse(400, 0, 2)
    with pytest.raises(KeyUsedError):
        now(stake(books.bank, hold(1, "a", 1)))
    books.clock.ms += LINGER_MS + 1
    now(books.bank.settle([], [], {}))
    assert now(books.bank.find(1, "a")) is None


def test_an_older_look_at_the_ledger_changes_no_wallet() -> None:
    books = Books()
    account = books.enter(1)
    stale = books.row(1)
    books.bank.credited(books.move(1, 500))
    books.bank.refresh(stale)
    assert account.purse() == Purse(1500, 0, 2)
    assert books.bank.enter(stale).purse() == Purse(1500, 0, 2)


def test_a_player_is_remembered_while_connected_or_staked() -> None:
    books = Books()
    books.enter(1)
    books.enter(1)
    first = hold(1, "a", 100)
    now(stake(books.bank, first))
    books.bank.exit(1)
    books.bank.exit(1)
    assert books.bank.user_ids() == [1]
    assert books.enter(1).held == 100
    books.bank.exit(1)
    now(books.bank.settle([first], books.settle([first], [0]), {1: 100}))
    assert books.bank.user_ids() == []
    assert books.enter(1).purse() == Purse(900, 0, 2)


def test_every_change_of_a_purse_is_told() -> None:
    books = Books()
    books.enter(1)
    first, second = hold(1, "a", 10), hold(1, "b", 10)
    now(stake(books.bank, first))
    now(stake(books.bank, second))
    assert books.told == [1, 1]
    now(books.bank.release([second]))
    now(books.bank.settle([first], books.settle([first], [50]), {1: -40}))
    assert books.told == [1, 1, 1, 1]
    books.bank.credited(books.move(1, 5))
    assert books.told == [1] * 5


def test_own_limit_of_a_stake() -> None:
    books = Books()
    books.enter(1, limits=OwnLimits(stake=50))
    problem = refusal(books, 51)
    assert (problem.error.code, problem.extra) == ("limit_exceeded", {"field": "amount"})
    now(stake(books.bank, hold(1, "a", 50)))


def test_a_break_is_kept_until_it_is_over() -> None:
    books = Books()
    books.enter(1, limits=OwnLimits(break_until=books.clock.ms + 1000))
    problem = refusal(books, 1)
    assert problem.error.code == "self_excluded"
    assert isinstance(problem.extra["until"], datetime)
    books.clock.ms += 1000
    now(stake(books.bank, hold(1, "a", 1)))


def test_the_daily_loss_counts_what_is_lost_and_what_is_staked() -> None:
    books = Books()
    books.enter(1, limits=OwnLimits(loss_a_day=100))
    first, second = hold(1, "a", 60), hold(1, "b", 40)
    now(stake(books.bank, first))
    now(stake(books.bank, second))
    assert refusal(books, 1).error.code == "limit_exceeded"
    now(books.bank.settle([first], books.settle([first], [0]), {1: 60}))
    assert refusal(books, 1).error.code == "limit_exceeded"
    now(books.bank.settle([second], books.settle([second], [70]), {1: -30}))
    now(stake(books.bank, hold(1, "c", 70)))
    assert refusal(books, 1).error.code == "limit_exceeded"


def test_the_daily_loss_begins_anew_at_midnight_and_survives_a_new_connection() -> None:
    books = Books()
    books.clock.ms = books.clock.ms // DAY_MS * DAY_MS + DAY_MS - 10
    books.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 100)
    now(stake(books.bank, first))
    now(books.bank.settle([first], books.settle([first], [0]), {1: 100}))
    books.bank.exit(1)
    books.enter(1)
    assert refusal(books, 1).error.code == "limit_exceeded"
    books.clock.ms += 10
    now(stake(books.bank, hold(1, "b", 100)))


async def test_a_round_that_settles_while_the_losses_are_looked_up_counts() -> None:
    """The look-up may have been made before the commit, and its answer come after."""
    books, asked, gate = Books(), asyncio.Event(), asyncio.Event()

    async def slow(user_id: int, since: datetime) -> int:
        lost = await books.lost_since(user_id, since)
        asked.set()
        await gate.wait()
        return lost

    bank = LocalBank(books.clock, slow, lambda _account, _soon: None)
    books.limits[1] = OwnLimits(loss_a_day=100)
    first = hold(1, "a", 80)
    bank.enter(without_limits(books.row(1)))
    await stake(bank, first)
    bank.refresh(books.row(1))
    second = asyncio.create_task(stake(bank, hold(1, "b", 90)))
    await asked.wait()
    await bank.settle([first], books.settle([first], [0]), {1: 80})
    gate.set()
    with pytest.raises(Problem, match="daily loss"):
        await second


def without_limits(row: PlayerRow) -> PlayerRow:
    return PlayerRow(
        user_id=row.user_id,
        username=row.username,
        client_seed=row.client_seed,
        is_active=True,
        email_verified=True,
        balance=row.balance,
        version=row.version,
        limits=None,
        token_created_at=None,
    )


async def test_a_win_that_the_books_know_before_the_bank_counts_once() -> None:
    """Losses are looked up between another room's commit and its news of it."""
    books = Books()
    books.enter(1, limits=OwnLimits(loss_a_day=100))
    first = hold(1, "a", 50)
    await stake(books.bank, first)
    changes = books.settle([first], [150])
    books.bank.account(1).day = -1  # type: ignore[union-attr]  # as at midnight, or after a new connection
    await books.bank.learn_losses(1)
    await books.bank.settle([first], changes, {1: -100})
    with pytest.raises(Problem, match="daily loss"):
        await stake(books.bank, hold(1, "b", 201))
    await stake(books.bank, hold(1, "c", 200))


async def test_nobody_stakes_on_losses_of_yesterday() -> None:
    books = Books()
    books.enter(1, limits=OwnLimits(loss_a_day=100))
    await books.bank.learn_losses(1)
    books.clock.ms += DAY_MS
    with pytest.raises(Problem) as refused:
        await books.bank.hold(hold(1, "a", 1))
    assert (refused.value.error.code, refused.value.error.retry) == ("unavailable", True)
    await stake(books.bank, hold(1, "a", 1))
