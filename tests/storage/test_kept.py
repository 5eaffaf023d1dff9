"""Keyed hashes of what outlives a name: the same text has one hash per kind and per database."""

from datetime import UTC, datetime, timedelta

from storage.kept import NAME_KEPT, Hashes, is_kept_for_others, keep_username, load_hashes, lock_names
from storage.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN, BOB = "ann@campus.example", "bob@campus.example"


def test_hashes_depend_on_the_key_and_the_kind_but_not_on_the_spelling() -> None:
    hashes = Hashes("ab" * 32)
    assert hashes.username("Ann") == hashes.username("ＡNN") != hashes.username("anna")
    assert hashes.email(" Ann@Campus.example") == hashes.email(ANN)
    assert hashes.of("username", "x") != hashes.of("email", "x")
    assert Hashes("cd" * 32).username("ann") != hashes.username("ann")


async def test_every_transaction_uses_the_key_of_the_database(database: Store) -> None:
    locked = await database.transact(lock_names)
    async with database.read() as session:
        assert (await load_hashes(session)).username("ann") == locked.username("ann")


async def test_a_kept_username_is_free_for_its_owner_and_in_the_end_for_all(database: Store) -> None:
    hashes = await database.transact(lock_names)
    for at in (NOW - timedelta(days=1), NOW):
        await database.transact(keep_username, hashes, "ann", ANN, at)

    async def is_kept(email: str, at: datetime) -> bool:
        return await database.transact(is_kept_for_others, hashes, "ANN", email, at)

    last = NOW + NAME_KEPT - timedelta(seconds=1)
    assert [await is_kept(email, last) for email in (ANN, BOB)] == [False, True]
    assert not await is_kept(BOB, NOW + NAME_KEPT)
