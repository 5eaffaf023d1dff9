"""Breaks something in a cluster under load, and checks what must be true afterwards."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import msgspec
import redis

from tests.simulation.cluster import Cluster, Guest
from tests.simulation.crowd import Bettor, Visitor, by

PLAYS_ON_S = 30.0
REST_S = 30.0
TAKEOVER_S = 10.0
"""Twice the promised time, because the machine may be busy."""
CRASH_PLAYERS, DICE_PLAYERS = 6, 4
CREDIT = 10_000_000
BETS_BEFORE = 20
"""The number of bets that are acknowledged before the next failure."""

HOLDS = """
local found = {}
for _, wallet in ipairs(redis.call('KEYS', 'croupier:0:wallet:*')) do
  local holds = redis.call('HVALS', 'croupier:0:holds:' .. string.match(wallet, '%d+$'))
  table.insert(found, {redis.call('HGET', wallet, 'held') or 0, holds})
end
return found
"""
"""Returns, for each wallet at one moment, its sum of holds and the holds."""
KNOWN_BETS = """SELECT b.key, r.room, r.number, b.number, b.amount FROM bets b JOIN rounds r ON r.id = b.round_id
  WHERE b.user_id = :user AND b.id > :after ORDER BY b.id"""
SETTLED = "SELECT room, number FROM rounds WHERE status = 'settled'"
HASHES = "SELECT count(*), count(DISTINCT server_seed_hash) FROM rounds"


class Chaos:
    """``recoveries`` are the seconds from the death of the owner of crash to the next frame from another node."""

    def __init__(self, cluster: Cluster, dice: random.Random) -> None:
        self.cluster = cluster
        self.dice = dice
        self.recoveries: list[float] = []
        self.spectators: list[Visitor] = []
        self.bettors: list[Bettor] = []
        self.checked = 0
        """Acknowledged bets that were checked."""
        self._open = asyncio.Event()
        self._opened: dict[str, str] = {}
        self._frames: dict[tuple[str, str, int], str] = {}

    async def fill(self) -> list[Awaitable[None]]:
        """Start the players and the spectators, one spectator at each node."""
        cluster, dice = self.cluster, self.dice
        for node in cluster.nodes:
            self.spectators.append(Visitor(cluster, cluster.stranger(node), dice, home=node))
        games = ["crash"] * CRASH_PLAYERS + ["dice"] * DICE_PLAYERS
        guests = await cluster.players(len(games), credit=CREDIT)
        self.bettors = [
            Bettor(cluster, guest, dice, game, self._open) for guest, game in zip(guests, games, strict=True)
        ]
        self._open.set()
        return [each.live() for each in self.everybody]

    @property
    def everybody(self) -> list[Visitor]:
        return [*self.spectators, *self.bettors]

    def epochs(self) -> set[str]:
        """The epochs of crash in which spectators are. Read before the owner, because the room may be about to move."""
        return {each.guest.client.positions["crash"].epoch for each in self.spectators}

    def spectator_at(self, node: object) -> Guest:
        return next(each.guest for each in self.spectators if each.guest.node is node)

    # -- one trial --

    async def survive(self, event: Callable[["Chaos"], Awaitable[None]]) -> None:
        """Break something under load at a random moment; then everything must go on, and nothing may be missing."""
        self._open.set()
        await by(PLAYS_ON_S, lambda: self._acked() > BETS_BEFORE, "bets are acknowledged")
        await asyncio.sleep(self.dice.uniform(0, 1.5))  # to reach a random moment, not to wait for anything
        await event(self)
        await self._plays_on()
        self._open.clear()
        await self._come_to_rest()
        await self._check()

    def _acked(self) -> int:
        return sum(len(bettor.acked) for bettor in self.bettors)

    async def _plays_on(self) -> None:
        """Wait until a round that opens from now on is settled and seen at each node."""
        last = max(number for each in self.spectators for number in _rounds(each.guest, "round_opened"))
        for each in self.spectators:
            await self._sees_an_end(each.guest, last)

    async def _sees_an_end(self, guest: Guest, last: int) -> None:
        what = f"a crash round after {last} ends at {guest.node.url}"
        await by(PLAYS_ON_S, lambda: max(_rounds(guest, "round_ended")) > last, what)

    async def _come_to_rest(self) -> None:
        """Wait until all bets are settled or void, and every client knows."""
        await by(REST_S, lambda: not any(bettor.busy for bettor in self.bettors), "nobody waits for an answer")
        await by(REST_S, lambda: not self._on_hold(), lambda: f"nothing is on hold: {self._on_hold()}")
        for bettor in self.bettors:
            await self._knows(bettor)

    async def _knows(self, bettor: Bettor) -> None:
        await by(REST_S, lambda: not bettor.unheard(), lambda: f"{bettor} hears of {bettor.unheard()}")
        await by(REST_S, lambda: self._knows_wallet(bettor), lambda: f"{bettor} knows the wallet: {bettor.wallet()}")

    def _on_hold(self) -> list[str]:
        """The holds that are left in Redis."""
        assert all(held == staked for held, staked in self._held_and_staked())
        keys = [self.cluster.ask_redis("KEYS", f"croupier:0:{kind}:*") for kind in ("holds", "staked")]
        return [*keys[0], *keys[1], *(str(held) for held, _ in self._held_and_staked() if held)]

    def _held_and_staked(self) -> list[tuple[int, int]]:
        """For each wallet: its sum of holds, and the sum of its holds."""
        with redis.Redis.from_url(self.cluster.redis.url, socket_timeout=5) as client:
            found = client.execute_command("EVAL", HOLDS, "0")
        return [(int(held), sum(msgspec.msgpack.decode(hold)["amount"] for hold in holds)) for held, holds in found]

    async def _knows_wallet(self, bettor: Bettor) -> bool:
        return bettor.wallet() == (await self.cluster.balance(bettor.guest), 0)

    # -- checks --

    async def _check(self) -> None:
        assert await self.cluster.audit() == []
        flaws = [flaw for each in self.everybody for flaw in each.flaws]
        assert flaws == [], flaws
        assert [each for each in self.everybody if each.guest.client.gaps] == []
        settled = {f"{room}.{number}" for room, number in await self.cluster.rows(SETTLED)}
        for bettor in self.bettors:
            await self._check_bets(bettor, settled)
        ((rounds, hashes),) = await self.cluster.rows(HASHES)
        assert rounds == hashes
        for each in self.everybody:
            self._check_seeds(each.guest)
            self._check_frames(each.guest)
            each.forget()

    async def _check_bets(self, bettor: Bettor, settled: set[str]) -> None:
        """Each acknowledged bet is in the database once, or its round was never settled. There are no other bets."""
        found = await self.cluster.rows(KNOWN_BETS, user=bettor.guest.user_id, after=0)
        books = {f"{room}.{number}.{bet}": (key, amount) for key, room, number, bet, amount in found}
        assert len(books) == len(found)
        assert {key for key, _ in books.values()} <= bettor.keys
        for acked in bettor.acked:
            self.checked += 1
            if acked.bet in books:
                assert books[acked.bet] == (acked.key, acked.amount)
            else:
                assert acked.round not in settled, f"{acked} of {bettor} was acknowledged, and forgotten"

    def _check_seeds(self, guest: Guest) -> None:
        """No two rounds have the same seed."""
        for opened in guest.events("round_opened"):
            assert self._opened.setdefault(opened["server_seed_hash"], opened["round"]) == opened["round"]

    def _check_frames(self, guest: Guest) -> None:
        """All clients have received the same bytes."""
        for place, text in guest.frames.items():
            assert self._frames.setdefault(place, text) == text, place
        guest.frames.clear()


async def next_owner(chaos: Chaos, seer: Guest, before: set[str], since: float) -> None:
    """Wait for the first frame or snapshot with an epoch that is not in ``before``; note how long that took."""
    what = "somebody else goes on with crash"
    await by(TAKEOVER_S, lambda: seer.client.positions["crash"].epoch not in before, what)
    chaos.recoveries.append(time.monotonic() - since)


def _rounds(guest: Guest, kind: str) -> list[int]:
    return [-1, *(int(event["round"].rpartition(".")[2]) for event in guest.events(kind, "crash"))]
