"""Looking up the player of a token."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from server.clock import to_ms
from server.errors import ClientError
from server.ws.tokens import Tokens
from storage.operator_accounts import ensure_players, sign_in_players
from storage.tokens import sign_out
from tests.server.fanout.fakes import StillClock
from tests.server.live_node import config_of, new_account
from tests.server.shaky_store import ShakyStore

ISSUED = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
LIFE = 3600


async def two_players(db: ShakyStore) -> tuple[list[int], list[str]]:
    user_ids = await ensure_players(db, [new_account(1), new_account(2)], 700, ISSUED)
    return user_ids, await sign_in_players(db, user_ids, "Bot", ISSUED)


def tokens_at(db: ShakyStore, moment: datetime) -> Tokens:
    return Tokens(db, StillClock(to_ms(moment)), config_of(token_ttl=LIFE))


async def test_a_token_belongs_to_its_player(db: ShakyStore) -> None:
    user_ids, secrets = await two_players(db)
    tokens = tokens_at(db, ISSUED)
    found = await asyncio.gather(*(tokens.owner(secret) for secret in secrets))
    assert [each.player.user_id for each in found] == user_ids
    assert found[0].player.balance == 700


@pytest.mark.parametrize("token", ["", "x", "\u00e9", "a" * 128])
async def test_an_unknown_token_is_invalid(db: ShakyStore, token: str) -> None:
    await two_players(db)
    with pytest.raises(ClientError) as refused:
        await tokens_at(db, ISSUED).owner(token)
    assert refused.value.error.code == "token_invalid"


async def test_a_token_that_was_ended_says_why(db: ShakyStore) -> None:
    (ann, _), (token, other) = await two_players(db)
    await sign_out(db, ann, "password_changed", ISSUED)
    with pytest.raises(ClientError, match="password was changed") as refused:
        await tokens_at(db, ISSUED).owner(token)
    assert (refused.value.error.code, refused.value.extra) == ("token_invalid", {"reason": "password_changed"})
    assert await tokens_at(db, ISSUED).owner(other)


async def test_a_reason_of_a_newer_version_is_left_out(db: ShakyStore) -> None:
    (ann, _), (token, _) = await two_players(db)
    await sign_out(db, ann, "moved_to_mars", ISSUED)
    with pytest.raises(ClientError, match="unknown") as refused:
        await tokens_at(db, ISSUED).owner(token)
    assert (refused.value.error.code, refused.value.extra) == ("token_invalid", {})


async def test_a_second_sign_in_leaves_the_first_one_valid(db: ShakyStore) -> None:
    user_ids, (first, _) = await two_players(db)
    second, _ = await sign_in_players(db, user_ids, "Phone", ISSUED)
    found = [await tokens_at(db, ISSUED).owner(token) for token in (first, second)]
    assert {each.player.user_id for each in found} == {user_ids[0]}
    assert found[0].state.token_id != found[1].state.token_id


async def test_the_hash_in_the_database_is_not_a_token(db: ShakyStore) -> None:
    await two_players(db)
    async with db.read() as session:
        stored = (await session.connection()).exec_driver_sql("SELECT api_token FROM users")
        hashes = [row[0] for row in (await stored).all()]
    for each in hashes:
        with pytest.raises(ClientError, match="unknown"):
            await tokens_at(db, ISSUED).owner(each)


async def test_a_token_expires_on_time(db: ShakyStore) -> None:
    _, (token, _) = await two_players(db)
    assert await tokens_at(db, ISSUED + timedelta(seconds=LIFE, milliseconds=-1)).owner(token)
    with pytest.raises(ClientError) as refused:
        await tokens_at(db, ISSUED + timedelta(seconds=LIFE)).owner(token)
    assert refused.value.error.code == "token_expired"


async def test_many_look_ups_take_few_statements(db: ShakyStore) -> None:
    tokens = tokens_at(db, ISSUED)
    answers = await asyncio.gather(*(tokens.owner(f"{n}") for n in range(100)), return_exceptions=True)
    assert all(isinstance(each, ClientError) for each in answers)
    assert 1 <= db.look_ups <= 3
