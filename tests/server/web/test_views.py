"""The types of HTTP answers."""

import msgspec

from server.web.views import Page, SessionView, me_view, user_view, wallet_view
from storage import accounts
from tests.server.web.world import World


def test_available_is_balance_minus_held() -> None:
    assert wallet_view(1000, 300, 7).available == 700


async def test_an_account_reveals_no_secret(world: World) -> None:
    ann = await world.player("ann")
    account = await accounts.load(world.db, ann.user_id)
    assert account is not None
    for view in (me_view(account, 0), user_view(account)):
        shown = msgspec.json.decode(msgspec.json.encode(view))
        assert not {"user_id", "password_hash", "api_token", "locked_until"} & shown.keys()


def test_times_end_in_z(world: World) -> None:
    page = Page([SessionView(session=1, game="dice", room="dice-a", started_at=world.clock.now(), ended_at=None)], None)
    assert msgspec.json.decode(msgspec.json.encode(page))["items"][0]["started_at"].endswith("Z")
