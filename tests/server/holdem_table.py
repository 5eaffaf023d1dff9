"""A table of hold'em with real players who fold to the big blind, for tests of what lasts from hand to hand."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec

from game_engine.games import GAMES
from game_engine.games.holdem import Holdem
from server.node.node import Node
from server.rooms.live_round import LiveRound
from tests.server.live_clients import Player
from tests.server.live_node import Live
from tests.waiting import eventually

HOLDEM = "holdem"
CHIPS = 5_000
"""What a player buys in for, in cents."""


def holdem(between_ms: int = 300, turn_ms: int = 60_000, show_ms: int = 0) -> Holdem:
    """Hold'em with short pauses and long turns. With ``show_ms``, players may show cards that they need not show."""
    times = [("between_ms", int, between_ms), ("turn_ms", int, turn_ms), ("show_ms", int, show_ms)]
    game = type(GAMES[HOLDEM])()
    game.options = msgspec.defstruct("Options", times, bases=(game.options,), frozen=True, forbid_unknown_fields=True)
    assert isinstance(game, Holdem)
    return game


class FoldingTable:
    """Players at a public table, by seat."""

    def __init__(self, new_player: Callable[[], Awaitable[Player]]) -> None:
        """``new_player`` makes a player, who connects."""
        self._new_player = new_player
        self.players: dict[int, Player] = {}

    async def sit(self, seat: int, chips: int | None = CHIPS, **selection: bool) -> Player:
        player = await self._new_player()
        self.players[seat] = player
        await player.ask("join", room=HOLDEM, seat=seat)
        if chips:
            await player.bet(chips, HOLDEM, selection=selection)
        return player

    async def sit_together(self, sits_out: dict[int, bool]) -> None:
        """Let players take these seats and buy chips before the first hand begins; ``sits_out`` says who sits out."""
        for seat in sits_out:
            await self.sit(seat, None)
        await asyncio.gather(
            *(
                self.players[seat].bet(CHIPS, HOLDEM, selection={"sitting_out": True} if out else {})
                for seat, out in sits_out.items()
            )
        )

    @property
    def watcher(self) -> Player:
        return next(iter(self.players.values()))

    async def turn(self) -> dict[str, Any]:
        """Wait until a player is to act; returns the last ``table`` event."""

        def find() -> dict[str, Any] | None:
            shown = self.watcher.events("table", HOLDEM)
            return shown[-1] if shown and shown[-1]["turn"] else None

        return await self.watcher.until(find, "somebody's turn")

    async def play_hand(self) -> dict[str, Any]:
        """Everyone folds until the hand ends; returns the table at the first turn."""
        ended = len(self.watcher.events("round_ended", HOLDEM))
        first = shown = await self.turn()
        while len(self.watcher.events("round_ended", HOLDEM)) == ended:
            seen = len(self.watcher.events("table", HOLDEM))
            await self.players[shown["turn"]["seat"]].ask("act", room=HOLDEM, action="fold")
            await self.watcher.event_of("table", after=seen, room=HOLDEM)
            shown = self.watcher.events("table", HOLDEM)[-1]
            if not shown["turn"]:
                await self.watcher.event_of("round_ended", after=ended, room=HOLDEM)
        return first


class Table(FoldingTable):
    """Players who are connected to the node ``at``."""

    def __init__(self, at: Live) -> None:
        super().__init__(partial(at.player, room=None))
        self.at = at


def live_round(node: Node, room: str = HOLDEM) -> LiveRound | None:
    found = node.owned_rooms.get(room)
    return None if found is None else found.rounds.live


def stacks(round_: LiveRound) -> dict[int, int]:
    """Seat -> stack, in cents."""
    return {each["seat"]: each["stack"] for each in round_.view(None)["seats"]}


async def round_with(node: Node, bets: int) -> LiveRound:
    """Wait until the table's round takes bets and has this many; returns it."""

    def find() -> LiveRound | None:
        found = live_round(node)
        return found if found is not None and found.takes_bets and len(found.bets) == bets else None

    found: LiveRound = await eventually(find, f"a round with {bets} stacks")
    return found
