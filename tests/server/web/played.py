"""Real dice rounds in the database, for tests of histories and proofs."""

import json
import secrets
from typing import Any

import msgspec

from game_engine.chance import commitment
from game_engine.game import Bet, Seat, Seeds
from game_engine.games import GAMES
from game_engine.replay import journal_to_json
from storage.games import ensure_games
from storage.ledger import settle
from storage.settlement import EndedBet, EndedRound
from tests.server.web.world import Player
from tests.storage.world import begin_session

DICE = GAMES["dice"]
SELECTION = {"target": 50.5, "over": True}


class SoloRoom:
    """A solo room in which a player plays rounds of one second each."""

    def __init__(self, player: Player, game_id: int, session_id: int, room: str) -> None:
        self.player = player
        self.game_id = game_id
        self.session_id = session_id
        self.key = room
        self.number = 0

    async def play(self, count: int = 1, amount: int = 100) -> None:
        settled = await settle(self.player.world.db, [self._round(amount) for _ in range(count)])
        assert {settlement.status for settlement in settled} <= {"settled"}, settled

    def _round(self, amount: int) -> EndedRound:
        self.number += 1
        clock = self.player.world.clock
        opened, clock.ms = clock.ms, clock.ms + 1000
        seeds = Seeds(secrets.token_hex(32), self.number)
        selection = msgspec.convert(SELECTION, DICE.selection)
        bet = Bet(seat=Seat(0), number=1, amount=amount, client_seed="ann's", selection=selection)
        outcome = DICE.apply(DICE.open(DICE.options(), seeds, opened).state, bet, clock.ms).outcome
        assert outcome is not None
        result = outcome.results[0]
        return EndedRound(
            game_id=self.game_id,
            room=self.key,
            number=self.number,
            server_seed_hash=commitment(seeds.server_seed),
            server_seed=seeds.server_seed,
            client_seed=outcome.client_seed,
            nonce=self.number,
            status="settled",
            options=b"{}",
            journal=journal_to_json([(clock.ms, bet)]),
            outcome=msgspec.json.encode(outcome.facts),
            started_at=opened,
            ended_at=clock.ms,
            bets=(
                EndedBet(
                    user_id=self.player.user_id,
                    session_id=self.session_id,
                    number=1,
                    amount=amount,
                    selection=json.dumps(SELECTION).encode(),
                    result=result.result,
                    payout=result.payout,
                    key=f"{self.key}-{self.number}",
                    placed_at=opened,
                ),
            ),
        )


async def sit_down(player: Player, room: str = "dice-aaaaaaaa") -> SoloRoom:
    db = player.world.db
    games = await ensure_games(db, {game.name: game.summary for game in GAMES.values()})
    session_id = await begin_session(db, player.user_id, games["dice"], room)
    return SoloRoom(player, games["dice"], session_id, room)


async def pages(player: Player, path: str, limit: int, **query: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found = []
    params: dict[str, Any] = {"limit": limit, **query}
    while True:
        page = await player.ok("GET", path, params=params)
        found.append(page["items"])
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]
