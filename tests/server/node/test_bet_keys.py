"""Tests of bet keys: found in the books, and compared with what is asked."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from msgspec import Raw

from server.backends.holds import WalletBalance
from server.errors import ClientError
from server.messages import Bet
from server.node.bet_keys import BetKeys, FirstBet, answer, of_hold
from storage import ledger
from storage.games import ensure_games
from storage.operator import ensure_players
from storage.settlement import EndedBet
from storage.store import RecordedBet
from tests.server.backends.holds_world import hold
from tests.server.live import ShakyStore, new_account
from tests.server.rooms.test_settlement_queue import round_of
from tests.storage.world import begin_session

FIRST = FirstBet("crash", "crash.7.2", 500, b'{"auto_cashout":2.0}')
PURSE = WalletBalance(1000, 0, 4)


def ask(raw: bytes = b'{"auto_cashout":2}', *, room: str = "crash", amount: int = 500) -> Bet:
    return Bet(id=1, room=room, amount=amount, key="k", selection=Raw(raw))


def test_the_same_bet_is_answered_with_the_first_ones_names() -> None:
    ok = answer(FIRST, ask(), b'{"auto_cashout": 2}', PURSE)
    assert (ok.bet, ok.round, ok.balance, ok.held, ok.version) == ("crash.7.2", "crash.7", 1000, 0, 4)


@pytest.mark.parametrize(
    ("request_", "canonical"),
    [
        (ask(amount=501), b'{"auto_cashout":2.0}'),
        (ask(room="crash-2"), b'{"auto_cashout":2.0}'),
        (ask(), b'{"auto_cashout":2.01}'),
        (ask(), b"{}"),
    ],
)
def test_another_bet_is_a_conflict(request_: Bet, canonical: bytes) -> None:
    with pytest.raises(ClientError) as conflict:
        answer(FIRST, request_, canonical, PURSE)
    assert (conflict.value.error.code, conflict.value.extra) == ("key_conflict", {"bet": "crash.7.2"})


def test_the_order_of_members_is_no_difference() -> None:
    first = FirstBet("dice-1", "dice-1.1.1", 5, b'{"target":50.0,"over":true}')
    assert answer(first, ask(room="dice-1", amount=5), b'{"over":true,"target":50}', PURSE).bet == "dice-1.1.1"


def test_a_hold_says_what_was_bet() -> None:
    assert of_hold(hold(1, "k", 10)) == FirstBet("crash", "crash.1.1", 10, b"{}")


async def test_the_books_know_keys_for_ever(db: ShakyStore) -> None:
    game_id = (await ensure_games(db, {"dice": "Dice."}))["dice"]
    one, two = await ensure_players(db, [new_account(1), new_account(2)], 1000, datetime.now(UTC))
    session = await begin_session(db, one, game_id, "dice-1")
    selection = b'{"target":50.0,"over":true}'
    await ledger.settle(
        db, [round_of(9, game_id, bets=(EndedBet(one, session, 1, 100, selection, "loss", 0, "k\u00e9y"),))]
    )
    keys = BetKeys(db)
    found, other, unknown = await asyncio.gather(
        keys.first(one, "k\u00e9y"), keys.first(two, "k\u00e9y"), keys.first(one, "K\u00e9y")
    )
    assert found is not None
    assert (found.room, found.bet, found.amount) == ("dice-1", "dice-1.9.1", 100)
    assert (other, unknown) == (None, None)


async def test_many_look_ups_are_few_statements(db: ShakyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    async def counted(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], RecordedBet]:
        sizes.append(len(keys))
        return {}

    monkeypatch.setattr(db, "find_bets", counted)
    keys = BetKeys(db)
    assert await asyncio.gather(*(keys.first(1, str(n)) for n in range(100))) == [None] * 100
    assert sum(sizes) == 100
    assert len(sizes) <= 3
