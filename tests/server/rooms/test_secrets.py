"""Secrets stay secret until the end of the round: tests search the bytes that the server sent."""

import asyncio
import json
import random
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec
import pytest

from cli.bot import SchemaBot, Seat, Tally
from cli.client import Client
from game_engine.cards import card_of
from game_engine.chance import floats
from game_engine.games import GAMES
from game_engine.games.mines import Mines
from tests.server.live_node import Live, OpenLive
from tests.server.quick_games import quick
from tests.waiting import eventually

BOTS = 3
BETS = 6
HOLE = re.compile(r'"hole":\[[^\]]*\]|"type":"hole","cards":\[[^\]]*\]|"cards":\[[^\]]*\],"type":"hole"')
CARD = re.compile(r'"([DHSC][2-9TJQKA])"')


class Tapped(Client):
    """A client that keeps every message, byte for byte."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.texts: list[str] = []

    def _receive(self, text: str) -> None:
        self.texts.append(text)
        super()._receive(text)


class Spy(SchemaBot):
    """A fast bot, and every message that it received."""

    def __init__(self, live: Live, game: str, seat: Seat, number: int) -> None:
        super().__init__(live.http, live.url.removesuffix("/ws"), seat, random.Random(number), Tally())
        self.tap = self.client = Tapped(live.http, live.url, seat.token, self)
        self.game, self.pace = game, 40.0
        self._rules = live.games[game]

    async def _load_info(self) -> dict[str, Any]:
        rules = self._rules
        action = rules.action and msgspec.json.schema(rules.action)
        selection = msgspec.json.schema(rules.selection)
        return {"shared": rules.shared, "public": rules.public, "selection": selection, "action": action}


class Round(msgspec.Struct):
    """A settled round, and the messages that one socket received from its opening to its end."""

    name: str
    server_seed: str
    client_seed: str
    nonce: int
    facts: dict[str, Any]
    bettors: list[int]
    """Seats, in the order of their bets."""
    own_seat: int | None
    texts: list[str]

    def cards(self) -> set[str]:
        return {card for text in self.texts for card in CARD.findall(text)}


def no_point(round_: Round) -> None:
    """No message contains the point, except as a multiplier that passes it or that a player chose by chance."""
    point = re.escape(f"{round_.facts['point']}")
    texts = [re.sub(r'"(multiplier|auto_cashout|target)":[\d.]+', "", text) for text in round_.texts]
    said = [text for text in texts if "." in point and re.search(rf"[^\d.]{point}[^\d.]", text)]
    assert said == [], point


def no_list(name: str) -> Callable[[Round], None]:
    def look(round_: Round) -> None:
        hidden = json.dumps(round_.facts[name], separators=(",", ":"))
        assert not any(f'"{name}":[' in text or (len(hidden) > 6 and hidden in text) for text in round_.texts)

    return look


def no_card_before_it_is_drawn(round_: Round) -> None:
    """In hi-lo, every shown card is one that the round drew."""
    assert round_.cards() <= set(round_.facts["cards"])


def no_hole_card(round_: Round) -> None:
    """The dealer's second card comes after two cards for each player. If it is unique, no message contains it."""
    cards = round_.facts["cards"]
    hole = cards[2 * len(round_.bettors) + 1]
    if cards.count(hole) == 1:
        assert hole not in round_.cards()
    stream = floats(round_.server_seed, round_.client_seed, round_.nonce)
    to_come = {card_of(draw) for draw in islice(stream, len(cards), len(cards) + 20)}
    assert not (to_come - set(cards)) & round_.cards()


def no_other_hand(round_: Round) -> None:
    """A player has seen their two cards and the board, a spectator the board, which comes after 2n cards of n
    players."""
    deck = round_.facts["deck"]
    own = {card for text in round_.texts for hole in HOLE.findall(text) for card in CARD.findall(hole)}
    seen = sorted(map(deck.index, round_.cards() - own))
    assert len(seen) in (0, 3, 4, 5)
    assert len(own) in (0, 2)
    if seen:
        assert seen == list(range(seen[0], seen[0] + len(seen)))
    if own and seen:
        first, second = sorted(map(deck.index, own))
        assert seen[0] == 2 * (second - first)
    elif seen:
        assert seen[0] % 2 == 0


def nothing_more(_round: Round) -> None:
    """The game shows nothing before the end, or has no secret but the seed."""


SECRETS: dict[str, Callable[[Round], None]] = {
    "crash": no_point,
    "limbo": no_point,
    "mines": no_list("mines"),
    "keno": no_list("drawn"),
    "plinko": no_list("path"),
    "hilo": no_card_before_it_is_drawn,
    "blackjack": no_hole_card,
    "holdem": no_other_hand,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", GAMES)
async def test_no_secret_leaves_the_server_before_the_end_of_its_round(open_live: OpenLive, name: str) -> None:
    await look_for_secrets(await open_live((1.2, 1.35), (1, 2, 3), games=[quick(GAMES[name])]), name)


class Careless(Mines):
    """A game of mines that reveals them at once."""

    def view(self, state: Any, viewer: Any) -> dict[str, Any]:
        return super().view(state, viewer) | {"mines": [4, 7]}


async def test_a_leak_is_detected(open_live: OpenLive) -> None:
    live = await open_live(games=[Careless()])
    with pytest.raises(AssertionError):
        await look_for_secrets(live, "mines")


async def look_for_secrets(live: Live, name: str) -> None:
    players = await live.players(BOTS)
    spies = [Spy(live, name, Seat(p.username, p.user_id, p.token or ""), n) for n, p in enumerate(players)]
    async with asyncio.TaskGroup() as group:
        living = [group.create_task(spy.live(_no_refill)) for spy in spies]
        spectator = Tapped(live.http, live.url)
        await spectator.connect()
        room = await eventually(lambda: spies[0].room)
        await spectator.request("watch", room=room)
        await eventually(lambda: sum(spy.tally.settled for spy in spies) >= BETS, f"{BETS} bets", within_s=90)
        await spectator.close()
        for task in living:
            task.cancel()
    looked_at = 0
    for tap, own in [(spectator, None), *((spy.tap, spy.seat.user_id) for spy in spies)]:
        for round_ in await rounds_seen(live, tap, own):
            assert not any(round_.server_seed in text for text in round_.texts)
            SECRETS.get(name, nothing_more)(round_)
            if live.games[name].private_views:
                assert not any(round_.server_seed in text or '"deck"' in text for text in tap.texts)
            looked_at += len(round_.texts)
    assert looked_at >= BETS


async def _no_refill(_user_id: int) -> None:
    raise AssertionError("no player should need a refill")


async def rounds_seen(live: Live, tap: Tapped, own: int | None) -> list[Round]:
    """The settled rounds with bets that this socket saw from their opening to their end."""
    query = """SELECT r.id, r.room || '.' || r.number AS name, r.server_seed, r.client_seed, r.nonce, r.outcome,
        r.journal FROM rounds r WHERE r.status = 'settled' AND EXISTS (SELECT 1 FROM bets b WHERE b.round_id = r.id)"""
    told = places_in(tap)
    found = []
    for row in await live.rows(query):
        begins, ends = told.get(("round_opened", row.name)), told.get(("round_ended", row.name))
        if begins is None or ends is None:
            continue
        bets = [command for _, command in json.loads(row.journal) if command["do"] == "bet"]
        mine = await live.rows("SELECT number FROM bets WHERE round_id = :id AND user_id = :own", id=row.id, own=own)
        own_seat = next((bet["seat"] for bet in bets if mine and bet["number"] == mine[0].number), None)
        facts, seats = json.loads(row.outcome), list(dict.fromkeys(bet["seat"] for bet in bets))
        # The frame that opens a round may first announce the result of the previous one.
        texts = [without_history(text) for text in tap.texts[begins + 1 : ends]]
        found.append(
            Round(
                name=row.name,
                server_seed=row.server_seed,
                client_seed=row.client_seed,
                nonce=row.nonce,
                facts=facts,
                bettors=seats,
                own_seat=own_seat,
                texts=texts,
            )
        )
    return found


def without_history(text: str) -> str:
    """The message without the history in snapshots, which may contain the same cards and numbers."""
    told = json.loads(text)
    snapshot = told.get("snapshot") or told.get("ok", {}).get("snapshot")
    if snapshot is None:
        return text
    del snapshot["history"]
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def places_in(tap: Tapped) -> dict[tuple[str, str], int]:
    """The position of each event of a round in the messages."""
    return {
        (event["type"], event["round"]): place
        for place, text in enumerate(tap.texts)
        for event in json.loads(text).get("events", ())
        if "round" in event
    }
