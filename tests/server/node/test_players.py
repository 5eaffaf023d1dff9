"""Tests of changes to players outside of rounds: wallets, names, limits, and the end of a sign-in."""

import asyncio
import json
import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.client import RequestRefusedError
from server.backends.holds import CachedAccount, LocalHolds
from server.errors import SIGN_OUTS, SignOutReason
from server.node.players import Players
from server.rooms.room import CHAT_LINES
from storage import accounts, ledger
from storage.limits import DAY_MS
from storage.operator_accounts import sign_in_players
from storage.settlement import WalletChange
from storage.store import PlayerRow
from storage.tokens import live_tokens, sign_out
from tests.server.live_clients import Player
from tests.server.live_cluster import OpenCluster
from tests.server.live_node import Live, OpenLive, backends_with
from tests.waiting import eventually


@pytest.fixture
async def live(open_live: OpenLive) -> Live:
    return await open_live(refresh=0.05)


async def test_a_top_up_from_the_command_line_reaches_the_player(live: Live) -> None:
    ann = await live.player()
    change = await ledger.credit(live.db, ann.user_id, 500, "top-up", "pocket money")
    told = await ann.notice_of("wallet", balance=100_500)
    assert (told["held"], told["version"]) == (0, change.version)


async def test_every_connection_gets_wallet_notices_with_growing_versions(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    twin = live.another_client(ann)
    await twin.client.connect()
    await ann.bet(300)
    for each in (ann, twin):
        await each.notice_of("wallet", held=300)
    await live.node.players.wallet_changed(await ledger.credit(live.db, ann.user_id, 1, "top-up", "a cent"))
    for each in (ann, twin):
        await each.notice_of("wallet", balance=100_001, held=300)
        versions = [n["version"] for n in each.notices if n["notice"] == "wallet"]
        assert versions == sorted(versions)


@pytest.mark.parametrize("column", ["is_active", "deleted"])
async def test_connections_of_a_disabled_or_deleted_account_are_closed(live: Live, column: str) -> None:
    ann, bob = await live.player(), await live.player()
    name = await ann.betting()
    await ann.bet(300, selection={"auto_cashout": 1.01})
    statement = (
        "DELETE FROM users WHERE id = :user"
        if column == "deleted"
        else "UPDATE users SET is_active = false WHERE id = :user"
    )
    await live.rows_changed(statement, user=ann.user_id)
    assert (await ann.client.wait_closed()).code == 4101
    goodbye = await ann.notice_of("goodbye", code="account_disabled")
    assert goodbye["retry"] is False
    await bob.ended(name)
    bets = await live.rows("SELECT id FROM bets WHERE user_id = :user", user=ann.user_id)
    assert len(bets) == (0 if column == "deleted" else 1)


async def test_a_wallet_that_is_newer_than_the_ledger_is_noticed_at_a_refresh(
    live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    """The database was restored from a backup while the server ran."""
    ann = await live.player()
    backup = await ann.notice_of("wallet", balance=100_000)
    await ledger.credit(live.db, ann.user_id, 500, "top-up", "after the backup")
    await ann.notice_of("wallet", balance=100_500)
    seen = len(ann.notices)
    await undo_credit(live, ann.user_id, 500)
    await ann.until(lambda: backup in ann.notices[seen:], "the wallet of the backup")
    await eventually(lambda: f"wallet of user {ann.user_id}" in caplog.text)


async def test_a_node_that_starts_believes_the_ledger_more_than_redis(open_cluster: OpenCluster) -> None:
    """The database was restored from a backup while Redis kept its copies of the wallets."""
    cluster = await open_cluster(1)
    cluster.nodes[0].node.stop_background()
    ann = await cluster.nodes[0].player()
    backup = await ann.notice_of("wallet", balance=100_000)
    change = await ledger.credit(cluster.nodes[0].db, ann.user_id, 500, "top-up", "after the backup")
    await cluster.nodes[0].node.players.wallet_changed(change)
    await ann.notice_of("wallet", balance=100_500)
    seen = len(ann.notices)
    await undo_credit(cluster.nodes[0], ann.user_id, 500)
    node = await cluster.start_node()
    assert [wallet for wallet in await node.node.holds.known_wallets() if wallet.user_id == ann.user_id] == [
        WalletChange(ann.user_id, backup["balance"], backup["version"])
    ]
    await ann.until(lambda: backup in ann.notices[seen:], "the wallet of the backup")


async def undo_credit(live: Live, user_id: int, amount: int) -> None:
    """Bring the wallet to where it was before its last credit, as if an older database had been restored."""
    wallet = "SELECT id FROM wallets WHERE user_id = :user"
    await live.rows_changed(
        f"DELETE FROM transactions WHERE amount = :amount AND wallet_id = ({wallet})",
        user=user_id,
        amount=amount,
    )
    statement = "UPDATE wallets SET balance = balance - :amount, version = version - 1 WHERE user_id = :user"
    await live.rows_changed(statement, user=user_id, amount=amount)


async def test_the_end_of_one_sign_in_closes_only_its_connections(live: Live) -> None:
    """Even when the message that says so is lost: the next refresh notices."""
    ann = await live.player()
    (token,) = await sign_in_players(live.db, [ann.user_id], "Phone", datetime.now(UTC))
    phone = live.new_client(ann.username, ann.user_id, token)
    await phone.client.connect()
    await live.node.players.refresh()
    newest = (await live_tokens(live.db, ann.user_id, datetime.now(UTC), 3600))[0]
    assert newest.name == "Phone"
    await sign_out(live.db, ann.user_id, "signed_out_elsewhere", datetime.now(UTC), only=newest.token_id)
    assert (await phone.client.wait_closed()).code == 4100
    goodbye = await phone.notice_of("goodbye", code="signed_out")
    assert (goodbye["retry"], goodbye["reason"]) == (False, "signed_out_elsewhere")
    assert await ann.ask("ping")
    with pytest.raises(RequestRefusedError, match="token_invalid"):
        await phone.client.connect()


async def test_connections_of_a_sign_in_that_is_gone_from_the_database_are_closed(live: Live) -> None:
    """As after a restore of the database."""
    ann, bob = await live.player(), await live.player()
    await live.rows_changed("DELETE FROM api_tokens WHERE user_id = :user", user=ann.user_id)
    assert (await ann.client.wait_closed()).code == 4100
    assert await bob.ask("ping")


async def test_the_end_of_a_token_closes_only_its_connections(open_live: OpenLive) -> None:
    """Bets and seat are kept, as after a disconnect."""
    live = await open_live(token_ttl=3600)
    live.node.stop_background()
    bob, (ann,) = await live.player(), await live.players(1)
    long_ago = datetime.now(UTC) - timedelta(seconds=1800)
    (ann.client._token,) = await sign_in_players(live.db, [ann.user_id], "Laptop", long_ago)
    await ann.client.connect()
    await ann.join("crash")
    live.clock.set_by(2000)
    await live.node.players.refresh()
    assert (await ann.client.wait_closed()).code == 4100
    goodbye = await ann.notice_of("goodbye", code="signed_out")
    assert (goodbye["retry"], goodbye["reason"]) == (False, "token_expired")
    assert "expired" in goodbye["message"]
    await bob.event_of("player_away", player=ann.username)
    assert await bob.ask("ping")
    with pytest.raises(RequestRefusedError, match="token_expired"):
        await ann.client.connect()


async def test_a_token_does_not_expire_while_its_player_is_connected(open_live: OpenLive) -> None:
    live = await open_live(token_ttl=3600)
    live.node.stop_background()
    ann = await live.player()
    for _ in range(4):
        live.clock.set_by(1800)
        await live.node.players.refresh()
    assert await ann.ask("ping")
    await live.another_client(ann).client.connect()


@pytest.mark.parametrize("reason", ["signed_out", "signed_out_elsewhere", "password_changed"])
async def test_a_goodbye_says_why_the_sign_in_ended(live: Live, reason: SignOutReason) -> None:
    ann = await live.player()
    await live.node.players.sign_out(ann.user_id, reason)
    assert (await ann.client.wait_closed()).code == 4100
    goodbye = await ann.notice_of("goodbye", code="signed_out")
    assert (goodbye["reason"], goodbye["message"]) == (reason, SIGN_OUTS[reason])


async def test_a_token_that_ends_during_the_hello_is_noticed(live: Live) -> None:
    """The hello has read the token, but its connection is not registered yet when the sign-out closes all others."""
    (ann,) = await live.players(1)
    live.db.answer_lock = asyncio.Lock()
    async with live.db.answer_lock:
        arriving = asyncio.create_task(ann.client.connect())
        await eventually(lambda: live.db.waiting_answers)
        await sign_out(live.db, ann.user_id, "signed_out", datetime.now(UTC))
        await live.node.players.sign_out(ann.user_id, "signed_out")
    await arriving
    assert (await ann.client.wait_closed()).code == 4100


async def test_bets_and_seat_stay_after_a_sign_out(open_live: OpenLive) -> None:
    live = await open_live(points=(1.02, 1.05), crash_betting_ms=3_000)
    ann, bob = await live.player(), await live.player()
    name = (await ann.bet(1000, selection={"auto_cashout": 1.01}))["round"]
    await live.node.players.sign_out(ann.user_id, "signed_out")
    assert (await ann.client.wait_closed()).code == 4100
    await bob.event_of("player_away", player=ann.username)
    assert await live.node.players.has_live_bets(ann.user_id)
    assert await live.node.players.held(ann.user_id) == 1000
    await bob.ended(name)
    assert not await live.node.players.has_live_bets(ann.user_id)
    assert await live.balance(ann) == 100_010


@pytest.mark.parametrize("by", ["player", "operator"])
@pytest.mark.parametrize("is_there", [True, False])
async def test_the_chat_lines_of_a_deleted_account_leave_the_rooms(live: Live, by: str, is_there: bool) -> None:
    ann, bob = await live.player(), await live.player()
    for player in (ann, bob):
        await player.ask("chat", room="crash", text=f"my phone is {player.user_id}")
    await bob.event_of("chat", player=ann.username)
    if not is_there:
        await ann.client.close()
        await eventually(lambda: ann.user_id not in live.node.sockets.users())
    await accounts.remove(live.db, ann.user_id, datetime.now(UTC))
    if by == "player":
        await live.node.players.account_deleted(ann.user_id)
    await bob.event_of("chat_removed", player=ann.username)
    lines = (await live.spectator()).snapshots[-1][1]["chat"]
    assert [line["player"] for line in lines] == [bob.username]


async def test_a_client_that_resumes_gets_no_lines_of_a_deleted_account(live: Live) -> None:
    """Not even those of which the room no longer shows any."""
    ann, bob = await live.player(), await live.player()
    await bob.cut()
    for number in range(CHAT_LINES + 2):
        await live.node.owned_rooms["crash"].say(account_of(live, ann), f"line {number}")
        await live.node.owned_rooms["crash"].frames.observe(lambda: None)
    await live.node.players.account_deleted(ann.user_id)
    before = len(bob.seen)
    resumed = (await bob.client.connect())["resumed"]
    assert resumed == {"crash": "frames"}
    await bob.event_of("chat_removed", player=ann.username)
    await bob.until(lambda: bob.client.positions["crash"].seq >= live.node.owned_rooms["crash"].frames.seq)
    seen = [event for _, _, event in bob.seen[before:]]
    assert not [event for event in seen if event["type"] == "chat"]
    assert sum(event["type"] == "chat_removed" for event in seen) >= CHAT_LINES + 2
    assert bob.client.gaps == 0


def account_of(live: Live, player: Player) -> CachedAccount:
    account = live.node.players.holds.account(player.user_id)
    assert account is not None
    return account


async def limit(live: Live, player: Player, **limits: int) -> None:
    values = json.dumps(limits)
    await live.rows_changed("UPDATE wallets SET limits = :l WHERE user_id = :u", l=values, u=player.user_id)
    await live.node.players.account_changed(player.user_id)


async def test_the_limits_of_a_player_apply_when_the_hold_is_taken(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    await limit(live, ann, stake=250, loss_a_day=240)
    error = await ann.refused("bet", room="crash", amount=251, key="a")
    assert (error["code"], error["field"], error["limit"]) == ("limit_exceeded", "amount", 250)
    await ann.bet(200, key="a")
    error = await ann.refused("bet", room="crash", amount=51, key="b")
    assert (error["code"], error["limit"], error["staked"]) == ("limit_exceeded", 250, 200)
    assert (await ann.refused("bet", room="crash", amount=41, key="b"))["code"] == "limit_exceeded"
    await ann.bet(40, key="b")


async def test_what_was_lost_today_counts_in_the_next_round(live: Live) -> None:
    ann = await live.player()
    await limit(live, ann, loss_a_day=240)
    name = (await ann.bet(240))["round"]
    await ann.ended(name)

    async def code() -> str:
        error = await ann.refused("bet", room="crash", amount=1, key=secrets.token_hex(8))
        return str(error["code"])

    async def is_answered() -> str:
        found = await code()
        return "" if found == "betting_closed" else found

    assert await eventually(is_answered, "a round that takes bets") == "limit_exceeded"


async def test_a_player_on_a_break_can_not_bet(open_live: OpenLive) -> None:
    live = await open_live(crash_betting_ms=60_000)
    ann = await live.player()
    until = live.clock.now_ms() + DAY_MS
    await limit(live, ann, break_until=until)
    error = await ann.refused("bet", room="crash", amount=1, key="a")
    assert error["code"] == "self_excluded"
    assert datetime.fromisoformat(error["until"]).timestamp() * 1000 == pytest.approx(until, abs=1)


class WatchedHolds(LocalHolds):
    """Counts the refreshed accounts by ``turn``, which the test advances, or fails to refresh them."""

    fails = False
    turn = 0

    def __init__(self, *collaborators: Any) -> None:
        super().__init__(*collaborators)
        self.refreshed = Counter[int]()

    def refresh(self, row: PlayerRow) -> None:
        if self.fails:
            raise ZeroDivisionError
        self.refreshed[self.turn] += 1
        super().refresh(row)


async def with_watched_holds(open_live: OpenLive) -> tuple[Live, WatchedHolds]:
    live = await open_live(backends=backends_with(make_holds=WatchedHolds))
    holds = live.node.holds
    assert isinstance(holds, WatchedHolds)
    return live, holds


async def test_a_failed_refresh_is_logged_and_repeated(open_live: OpenLive, caplog: pytest.LogCaptureFixture) -> None:
    live, holds = await with_watched_holds(open_live)
    ann = await live.player()
    holds.fails = True
    await eventually(lambda: "refreshing players failed" in caplog.text)
    holds.fails = False
    await ledger.credit(live.db, ann.user_id, 500, "top-up", "pocket money")
    await ann.notice_of("wallet", balance=100_500)


async def test_a_refresh_of_many_players_lets_others_run_in_between(open_live: OpenLive) -> None:
    live, holds = await with_watched_holds(open_live)
    live.node.stop_background()
    for _ in range(7):
        await live.player(room=None)
    players = Players(
        live.config,
        live.clock,
        live.db,
        bus=live.backends.bus,
        sockets=live.node.sockets,
        holds=holds,
        owned_rooms=live.node.owned_rooms,
        batch=2,
    )

    async def turns() -> None:
        while True:
            holds.turn += 1
            await asyncio.sleep(0)

    holds.refreshed.clear()
    turning = asyncio.create_task(turns())
    await players.refresh()
    turning.cancel()
    assert sorted(holds.refreshed.values()) == [1, 2, 2, 2]


async def test_a_refresh_is_repeated_while_the_database_is_away(live: Live, caplog: pytest.LogCaptureFixture) -> None:
    ann = await live.player()
    live.db.away = True
    await eventually(lambda: "could not refresh players" in caplog.text)
    live.db.away = False
    await ledger.credit(live.db, ann.user_id, 500, "top-up", "pocket money")
    await ann.notice_of("wallet", balance=100_500)
