"""API tokens: several sign-ins of an account, how each ends, and what is kept of the ended ones."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from storage import tokens
from storage.models import ApiToken, User
from storage.store import Store
from storage.tokens import MOST_ENDED, MOST_TOKENS, NewToken
from tests.storage.world import SIGNED_IN, World

TTL_S = 3600


@pytest.fixture
def world(database: Store) -> World:
    return World(database)


def later(seconds: float) -> datetime:
    return SIGNED_IN + timedelta(seconds=seconds)


async def issue(world: World, user_id: int, name: str, now: datetime) -> None:
    async with world.db.write() as session:
        await tokens.issue(session, user_id, NewToken(f"hash of {name}", name), now)


async def names(world: World, user_id: int, now: datetime = SIGNED_IN) -> list[str]:
    return [row.name for row in await tokens.live_tokens(world.db, user_id, now, TTL_S)]


async def number_of(world: World, user_id: int, name: str) -> int:
    (found,) = [
        row.token_id for row in await tokens.live_tokens(world.db, user_id, SIGNED_IN, TTL_S) if row.name == name
    ]
    return found


async def seed_column(world: World, user_id: int) -> tuple[str | None, datetime | None]:
    async with world.db.read() as session:
        query = select(User.api_token, User.api_token_created_at).where(User.id == user_id)
        row = (await session.execute(query)).one()
        return row.api_token, row.api_token_created_at


async def test_each_sign_in_is_listed_and_ends_alone(world: World) -> None:
    ann, bob = await world.players(2)
    await issue(world, ann, "Phone", later(1))
    await issue(world, ann, "Wall", later(2))
    assert await names(world, ann) == ["Wall", "Phone", "Laptop"]
    phone = await number_of(world, ann, "Phone")
    assert await tokens.sign_out(world.db, ann, "signed_out_elsewhere", later(3), only=phone)
    assert await names(world, ann) == ["Wall", "Laptop"]
    ended = await tokens.find_signed_in(world.db, "hash of Phone")
    assert ended is not None
    assert (ended.user_id, ended.name, ended.state.end_reason) == (ann, "Phone", "signed_out_elsewhere")
    assert (await tokens.states(world.db, [phone, 9_999])).keys() == {phone}
    for again in (phone, 9_999, await number_of(world, bob, "Laptop")):
        assert not await tokens.sign_out(world.db, ann, "signed_out_elsewhere", later(4), only=again)
    assert await names(world, bob) == ["Laptop"]


async def test_all_others_or_all_end(world: World) -> None:
    ann, bob = await world.players(2)
    await issue(world, ann, "Phone", later(1))
    await issue(world, ann, "Wall", later(2))
    phone = await number_of(world, ann, "Phone")
    assert await tokens.sign_out(world.db, ann, "signed_out_elsewhere", later(3), but=phone)
    assert await names(world, ann) == ["Phone"]
    assert await tokens.sign_out(world.db, ann, "password_changed", later(4))
    assert (await names(world, ann), await names(world, bob)) == ([], ["Laptop"])


async def test_the_column_of_users_has_the_most_recent_sign_in(world: World) -> None:
    """Programs that know only the first schema read it there."""
    ann = await world.player()
    assert await seed_column(world, ann) == ("hash-p1", SIGNED_IN)
    await issue(world, ann, "Phone", later(1))
    assert await seed_column(world, ann) == ("hash of Phone", later(1))
    laptop, phone = await number_of(world, ann, "Laptop"), await number_of(world, ann, "Phone")
    await tokens.sign_out(world.db, ann, "signed_out", later(2), only=laptop)
    assert await seed_column(world, ann) == ("hash of Phone", later(1))
    await tokens.sign_out(world.db, ann, "signed_out", later(2), only=phone)
    assert await seed_column(world, ann) == (None, None)


async def test_one_sign_in_too_many_ends_the_one_that_was_unused_for_longest(world: World) -> None:
    ann = await world.player()
    for n in range(1, MOST_TOKENS):
        await issue(world, ann, f"Device {n}", later(n))
    laptop = await number_of(world, ann, "Laptop")
    await tokens.record_use(world.db, [laptop], later(60), TTL_S)
    await issue(world, ann, "One more", later(61))
    now = await names(world, ann)
    assert len(now) == MOST_TOKENS
    assert now[:2] == ["One more", "Laptop"]
    ended = await tokens.find_signed_in(world.db, "hash of Device 1")
    assert ended is not None
    assert ended.state.end_reason == "too_many_devices"


async def test_only_some_of_the_ended_sign_ins_are_kept(world: World) -> None:
    ann = await world.player()
    for n in range(MOST_ENDED + 5):
        await issue(world, ann, f"Device {n}", later(n))
        await tokens.sign_out(world.db, ann, "signed_out", later(n))
    async with world.db.read() as session:
        assert await session.scalar(select(func.count(ApiToken.id))) == MOST_ENDED
    assert await tokens.find_signed_in(world.db, "hash of Device 0") is None
    assert await tokens.find_signed_in(world.db, f"hash of Device {MOST_ENDED + 4}") is not None


async def test_a_recorded_use_revives_neither_an_expired_nor_an_ended_sign_in(world: World) -> None:
    ann = await world.player()
    laptop = await number_of(world, ann, "Laptop")

    async def used_at() -> datetime:
        return (await tokens.states(world.db, [laptop]))[laptop].used_at

    soon, late = later(TTL_S - 1), later(2 * TTL_S)
    await tokens.record_use(world.db, [laptop], soon, TTL_S)
    assert await used_at() == soon
    assert not tokens.has_expired(soon, later(2 * TTL_S - 2), TTL_S)
    assert tokens.has_expired(soon, later(2 * TTL_S - 1), TTL_S)
    await tokens.record_use(world.db, [laptop], late, TTL_S)
    assert (await used_at(), await names(world, ann, late)) == (soon, [])
    await tokens.sign_out(world.db, ann, "signed_out", soon, only=laptop)
    await tokens.record_use(world.db, [laptop], later(TTL_S), TTL_S)
    assert await used_at() == soon


async def test_the_sign_ins_of_a_deleted_account_are_deleted(world: World) -> None:
    ann = await world.player()
    await world.delete(ann)
    assert await tokens.find_signed_in(world.db, "hash-p1") is None


def test_only_hashes_are_stored() -> None:
    token = tokens.fresh_token()
    assert len(token) == 43
    assert token_is_hex(tokens.token_hash(token))
    assert tokens.token_hash(token) != tokens.token_hash(tokens.fresh_token())


def token_is_hex(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
