"""Wallet, daily bonus and histories: pages with each row once, filters, and downloads."""

import asyncio
import csv
import io
import random
from datetime import timedelta
from typing import Any

import pytest

from server.clock import utc
from storage import ledger
from tests.server.web.played import pages, sit_down
from tests.server.web.world import START_MS, Opener, World, answer, problem


async def test_the_wallet_shows_the_held_amount(world: World) -> None:
    ann = await world.player("ann")
    world.players.held_by_user[ann.user_id] = 250
    assert await ann.ok("GET", "me/wallet") == {"balance": 100_000, "held": 250, "available": 99_750, "version": 1}


async def test_the_bonus_can_be_claimed_once_a_day_while_the_balance_is_low(world: World) -> None:
    ann = await world.player("ann", credit=19_999)
    terms = {"amount": 20_000, "below": 20_000}
    assert await ann.ok("GET", "me/daily-bonus") == terms | {"due": True, "next_at": None}
    bonus = await ann.ok("POST", "me/daily-bonus")
    assert await ann.ok("GET", "me/daily-bonus") == terms | {"due": False, "next_at": bonus["next_at"]}
    assert (bonus["amount"], bonus["wallet"]["balance"]) == (20_000, 39_999)
    assert world.players.changes[-1].balance == 39_999
    response = await ann.call("POST", "me/daily-bonus")
    body = await problem(response, "not_yet")
    assert (body["next_at"], body["retry_after"]) == (bonus["next_at"], 86_401)
    world.clock.jump(timedelta(days=1))
    body = await problem(await ann.call("POST", "me/daily-bonus"), "not_yet")
    assert "next_at" not in body
    assert (body["reason"], body["values"]) == ("balance", {"below": 20_000})
    assert "below 200 chips" in body["detail"]
    assert await ann.ok("GET", "me/daily-bonus") == terms | {"due": False, "next_at": None}
    [claim, *_] = (await ann.ok("GET", "me/transactions?category=daily-bonus"))["items"]
    assert (claim["type"], claim["amount"], claim["balance_after"]) == ("credit", 20_000, 39_999)


async def test_a_race_for_the_bonus_has_one_winner(world: World) -> None:
    ann = await world.player("ann", credit=0)
    race = await asyncio.gather(*(ann.call("POST", "me/daily-bonus") for _ in range(10)))
    assert sorted(response.status for response in race) == [200] + [409] * 9
    assert (await ann.ok("GET", "me/wallet"))["balance"] == 20_000


async def test_the_bonus_can_be_switched_off(open_world: Opener) -> None:
    world = await open_world(daily_bonus=0)
    ann = await world.player("ann", credit=0)
    assert (await ann.ok("GET", "me/daily-bonus"))["due"] is False
    await problem(await ann.call("POST", "me/daily-bonus"), "not_yet")


async def test_transactions_name_their_bets(world: World) -> None:
    ann = await world.player("ann")
    await (await sit_down(ann)).play(1, 100)
    [*moves, first] = (await ann.ok("GET", "me/transactions"))["items"]
    assert first | {"created_at": ""} == {
        "type": "credit",
        "category": "sign-up",
        "amount": 100_000,
        "balance_after": 100_000,
        "description": "Welcome",
        "created_at": "",
        "game": None,
        "bet": None,
    }
    assert {(move["game"], move["bet"]) for move in moves} == {("dice", "dice-aaaaaaaa.1.1")}
    assert (moves[-1]["type"], moves[-1]["category"], moves[-1]["amount"]) == ("debit", "bet", 100)
    assert moves[0]["balance_after"] == (await ann.ok("GET", "me/wallet"))["balance"]


async def test_bets_and_sessions_are_listed(world: World) -> None:
    ann = await world.player("ann")
    await (await sit_down(ann)).play(1, 100)
    [bet] = (await ann.ok("GET", "me/bets"))["items"]
    assert (bet["bet"], bet["round"], bet["amount"]) == ("dice-aaaaaaaa.1.1", "dice-aaaaaaaa.1", 100)
    assert bet["selection"] == {"target": 50.5, "over": True}
    assert bet["result"] in ("win", "loss")
    [session] = (await ann.ok("GET", "me/sessions"))["items"]
    assert (session["session"], session["game"], session["ended_at"]) == (bet["session"], "dice", None)


@pytest.mark.parametrize("path", ["me/transactions", "me/bets", "me/sessions"])
async def test_players_see_only_their_own_history(world: World, path: str) -> None:
    ann, bob = await world.player("ann"), await world.player("bob", credit=0)
    await (await sit_down(ann)).play(2)
    assert await bob.ok("GET", path) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("path", ["me/transactions", "me/bets"])
async def test_pages_have_each_row_once_while_rows_are_added(world: World, path: str, seed: int) -> None:
    chance = random.Random(seed)
    ann = await world.player("ann")
    room = await sit_down(ann)
    await room.play(chance.randrange(0, 40))
    before = [row for page in await pages(ann, path, 100) for row in page]
    seen: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": chance.randrange(1, 9)}
    while True:
        page = await ann.ok("GET", path, params=params)
        assert len(page["items"]) <= params["limit"]
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        await room.play(chance.randrange(0, 3))
        params |= {"cursor": page["next_cursor"], "limit": chance.randrange(1, 9)}
    assert seen == before


async def test_histories_can_be_filtered(world: World) -> None:
    ann = await world.player("ann")
    room = await sit_down(ann)
    await room.play(10)
    everything = (await ann.ok("GET", "me/bets", params={"limit": 100}))["items"]
    won = [bet for bet in everything if bet["result"] == "win"]
    assert (await ann.ok("GET", "me/bets?category=win"))["items"] == won
    assert (await ann.ok("GET", "me/bets?game=crash"))["items"] == []
    assert len((await ann.ok("GET", "me/bets?game=dice"))["items"]) == 10
    moves = await ann.ok("GET", "me/transactions?category=bet&limit=3")
    assert [move["category"] for move in moves["items"]] == ["bet"] * 3
    assert len((await ann.ok("GET", "me/sessions?game=dice"))["items"]) == 1
    middle = everything[4]["created_at"]
    assert (await ann.ok("GET", "me/bets", params={"from": middle}))["items"] == everything[:5]
    assert (await ann.ok("GET", "me/bets", params={"to": middle}))["items"] == everything[5:]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%C3%A4", "cursor"),
        ("cursor=LTE", "cursor"),
        ("limit=5.0", "limit"),
        ("from=yesterday", "from"),
        ("from=0", "from"),
        ("from=2026-01-01T00:00:00", "from"),
        ("to=0001-01-01T00:00:00%2B23:59", "to"),
        ("game=Crash!", "game"),
        ("format=xml", "format"),
        ("since=2026-01-01T00:00:00Z", "since"),
    ],
)
async def test_errors_name_the_invalid_parameter(world: World, query: str, field: str) -> None:
    ann = await world.player("ann")
    body = await problem(await ann.call("GET", f"me/bets?{query}"), "validation_failed")
    assert [error["field"] for error in body["errors"]] == [field]


async def test_a_download_has_every_row_and_no_formulas(world: World) -> None:
    ann = await world.player("ann", credit=10_000_000)
    await (await sit_down(ann)).play(600)
    await ledger.credit(world.db, ann.user_id, 5, "top-up", '=HYPERLINK("http://x.example")')
    response = await ann.call("GET", "me/transactions?format=csv&limit=5")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="transactions.csv"'
    rows = list(csv.DictReader(io.StringIO(await response.text())))
    shown = [row for page in await pages(ann, "me/transactions", 100) for row in page]
    assert len(rows) == len(shown) > 600
    assert [int(row["amount"]) for row in rows] == [row["amount"] for row in shown]
    assert rows[0]["description"] == '\'=HYPERLINK("http://x.example")'
    assert rows[-1]["created_at"] == utc(START_MS).isoformat().replace("+00:00", "Z")
    bets = list(csv.DictReader(io.StringIO(await (await ann.call("GET", "me/bets?format=csv&game=dice")).text())))
    assert len(bets) == 600
    assert bets[0]["selection"] == '{"target":50.5,"over":true}'
    assert (await (await ann.call("GET", "me/sessions?format=csv")).text()).startswith("started_at,ended_at,session")
    assert len(await (await ann.call("HEAD", "me/bets?format=csv")).text()) == 0


@pytest.mark.parametrize("asked", ["", "&bom=no", "&bom=yes"])
async def test_a_download_has_a_byte_order_mark_on_demand(world: World, asked: str) -> None:
    ann = await world.player("ann")
    await ledger.credit(world.db, ann.user_id, 5, "top-up", "Grüße ☕")
    content = await (await ann.call("GET", f"me/transactions?format=csv{asked}")).read()
    assert content.startswith(b"\xef\xbb\xbfcreated_at" if asked == "&bom=yes" else b"created_at")
    assert content.count(b"\xef\xbb\xbf") <= 1
    assert "Grüße ☕" in content.decode("utf-8-sig")


async def test_an_empty_download_has_a_header(world: World) -> None:
    ann = await world.player("ann", credit=0)
    text = await (await ann.call("GET", "me/bets?format=csv")).text()
    assert text == "created_at,bet,game,room,session,amount,selection,result,payout\r\n"
    assert await answer(await world.call("GET", "games"))


async def test_downloads_have_a_lower_rate_limit_than_pages(open_world: Opener) -> None:
    world = await open_world(rate_scale=1.0)
    ann = await world.player("ann", credit=0)
    asked = [(await ann.call("GET", f"me/{kind}?format=csv")).status for kind in ("bets", "transactions") * 4]
    assert asked == [200] * 6 + [429] * 2
    assert (await problem(await ann.call("GET", "me/bets?format=csv"), "rate_limited"))["retry_after"] == 10
    assert (await ann.call("GET", "me/bets")).status == 200
    world.clock.jump(timedelta(seconds=10))
    assert (await ann.call("GET", "me/bets?format=csv")).status == 200
