"""Profiles: one for each player; the date of birth comes back as a date."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage.models import UserProfile
from storage.store import Store
from tests.storage.models.test_user import add, user


async def test_a_profile_survives_storage(database: Store) -> None:
    ann = user(profile=UserProfile(bio="Hi \N{SLOT MACHINE}", location="Kharagpur", dob=date(2004, 2, 29)))
    await add(database, ann)
    async with database.write() as session:
        profile = (await session.scalars(select(UserProfile))).one()
        assert (profile.bio, profile.avatar_url, profile.dob) == ("Hi \N{SLOT MACHINE}", None, date(2004, 2, 29))
        before, profile.location = profile.updated_at, "Delhi"
    async with database.read() as session:
        assert (await session.scalars(select(UserProfile.updated_at))).one() > before


async def test_a_player_has_one_profile(database: Store) -> None:
    user_id = await add(database, user(profile=UserProfile()))
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(UserProfile(user_id=user_id))
