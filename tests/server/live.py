"""The former place of ``eventually``, for a test that is being changed elsewhere."""

from tests.waiting import eventually as eventually
