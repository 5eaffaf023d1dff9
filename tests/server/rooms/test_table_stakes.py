"""Stacks that stay on the table: nobody takes chips off and comes back with fewer, and own limits leave them alone."""

import asyncio
from contextlib import suppress
from datetime import datetime
from functools import partial
from random import Random

import msgspec
import pytest
from sqlalchemy import text

from cli.client import RequestRefusedError
from game_engine.game import Bet, Seat, Seeds, Wake
from game_engine.games import GAMES
from storage import limits
from storage.limits import OwnLimits
from tests.server.holdem_table import HOLDEM, Table, holdem, round_with, stacks
from tests.server.live_clients import Player
from tests.server.live_node import Live, OpenLive
from tests.server.stacks import Stacks
from tests.waiting import eventually

HOUR_MS = 3_600_000


async def open_table(open_live: OpenLive) -> Table:
    """A table that waits a minute between hands."""
    return Table(await open_live(games=[holdem(between_ms=60_000)]))


async def set_limits(live: Live, player: Player, own: OwnLimits) -> None:
    def replace(_stored: OwnLimits) -> OwnLimits:
        return own

    await limits.save(live.db, player.user_id, replace)
    await live.node.players.account_changed(player.user_id)


async def set_balance(live: Live, player: Player, balance: int) -> None:
    """Change the balance as another server would."""
    change = "UPDATE wallets SET balance = :balance, version = version + 1 WHERE user_id = :user"
    await live.rows_changed(change, balance=balance, user=player.user_id)
    await live.node.players.account_changed(player.user_id)


async def free(table: Table, player: Player) -> None:
    room = table.at.node.owned_rooms[HOLDEM]
    await eventually(lambda: room.seats.of(player.user_id) is None, "a free seat")


# ---- coming back ----


async def test_a_player_who_comes_back_brings_the_stack_that_they_left_with(open_live: OpenLive) -> None:
    table = await open_table(open_live)
    ann, bob = await table.sit(0, 8_400), await table.sit(1)
    await ann.ask("leave", room=HOLDEM)
    await free(table, ann)
    joined = (await ann.ask("join", room=HOLDEM, seat=5))["snapshot"]
    back = joined["you"]["brings_back"]
    assert (back["amount"], back["until"] - back["left_at"]) == (8_400, HOUR_MS)
    refusal = await ann.refused("bet", room=HOLDEM, amount=8_399, key="a")
    assert (refusal["code"], refusal["field"], refusal["minimum"]) == ("stack_too_small", "amount", 8_400)
    assert datetime.fromisoformat(refusal["until"]).timestamp() * 1000 == back["until"]
    assert datetime.fromisoformat(refusal["left_at"]).timestamp() * 1000 == back["left_at"]
    assert "You left with 84 chips at" in refusal["message"]
    assert refusal["reason"] == "brings_back"
    assert refusal["values"] == {"minimum": 8_400, "left_at": back["left_at"], "until": back["until"]}
    assert await table.at.node.players.held(ann.user_id) == 0
    await ann.bet(8_400, HOLDEM)
    # It is on the table again. A newcomer has nothing to bring back, and neither has a player who stayed.
    assert "brings_back" not in (await ann.ask("watch", room=HOLDEM))["snapshot"]["you"]
    assert "brings_back" not in (await bob.ask("watch", room=HOLDEM))["snapshot"]["you"]


async def test_a_stack_above_the_largest_buy_in_and_stake_comes_back(open_live: OpenLive) -> None:
    live = await open_live(games=[holdem()], max_stake=10_000)
    table = Table(live)
    # The blinds make the winner's stack larger than the largest buy-in.
    await table.sit(0, 10_000)
    await table.sit(1, 10_000)
    await table.play_hand()
    found = stacks(await round_with(live.node, 2))
    winner = table.players[max(found, key=lambda seat: found[seat])]
    won = max(found.values())
    assert won > 10_000
    await winner.ask("leave", room=HOLDEM)
    await free(table, winner)
    back = (await winner.ask("join", room=HOLDEM))["snapshot"]["you"]["brings_back"]
    assert back["amount"] == won
    assert (await winner.refused("bet", room=HOLDEM, amount=10_000, key="a"))["code"] == "stack_too_small"
    assert (await winner.refused("bet", room=HOLDEM, amount=won + 1, key="b"))["code"] == "limit_exceeded"
    bet = await winner.bet(won, HOLDEM)
    commands = live.node.owned_rooms[HOLDEM].rounds.live
    assert commands is not None
    (placed,) = [each for each, hold in commands.bets.values() if hold.bet == bet["bet"]]
    assert placed.brings_back == won


async def test_a_wallet_smaller_than_the_stack_is_told_apart(open_live: OpenLive) -> None:
    table = await open_table(open_live)
    ann = await table.sit(0, 8_400)
    await table.sit(1)
    await ann.ask("leave", room=HOLDEM)
    await free(table, ann)
    await set_balance(table.at, ann, 5_000)
    await ann.ask("join", room=HOLDEM)
    for amount in (4_000, 8_400):
        refusal = await ann.refused("bet", room=HOLDEM, amount=amount, key=f"k{amount}")
        assert (refusal["code"], refusal["minimum"], refusal["available"]) == ("insufficient_funds", 8_400, 5_000)
        assert "You have only 50 chips available." in refusal["message"]
        assert refusal["values"]["available"] == 5_000
    await set_balance(table.at, ann, 100_000)  # as the ledger says


async def test_after_the_hour_a_player_may_bring_less(open_live: OpenLive) -> None:
    table = await open_table(open_live)
    ann = await table.sit(0, 8_400)
    await table.sit(1)
    await ann.ask("leave", room=HOLDEM)
    await free(table, ann)
    await ann.ask("join", room=HOLDEM)
    assert (await ann.refused("bet", room=HOLDEM, amount=4_000, key="a"))["code"] == "stack_too_small"
    table.at.clock.set_by(3_600)
    assert "brings_back" not in (await ann.ask("watch", room=HOLDEM))["snapshot"]["you"]
    await ann.bet(4_000, HOLDEM)


async def test_a_stack_that_was_lost_need_not_come_back(open_live: OpenLive) -> None:
    live = await open_live(games=[holdem()])
    table = Table(live)
    await table.sit(0, 4_000)
    await table.sit(1, 4_000)
    while True:
        first = await table.turn()
        actor = table.players[first["turn"]["seat"]]
        other = next(player for player in table.players.values() if player is not actor)
        ended = len(actor.events("round_ended", HOLDEM))
        raises = first["turn"]["actions"]["raise"]["amount"]
        await actor.ask("act", room=HOLDEM, action="raise", amount=raises["maximum"])
        await other.ask("act", room=HOLDEM, action="call")
        result = await actor.event_of("round_ended", after=ended, room=HOLDEM)
        paid = {line["player"]: line["payout"] for line in result["results"]}
        if 0 in paid.values():
            break
        await round_with(live.node, 2)
    loser = next(player for player in table.players.values() if paid[player.username] == 0)
    await loser.ask("leave", room=HOLDEM)
    await free(table, loser)
    await loser.ask("join", room=HOLDEM)
    await loser.bet(4_000, HOLDEM)


async def test_other_games_ask_nobody_to_bring_anything_back(open_live: OpenLive) -> None:
    live = await open_live(games=[Stacks()])
    ann = await live.player(room=None)
    await ann.ask("join", room="stacks")
    await ann.bet(900, "stacks")
    await ann.ask("leave", room="stacks")
    bob = await live.player(room=None)
    await bob.ask("join", room="stacks")
    await bob.bet(100, "stacks")
    await bob.ask("act", room="stacks", action="finish")
    await eventually(lambda: live.node.owned_rooms["stacks"].seats.of(ann.user_id) is None, "a free seat")
    assert "brings_back" not in (await ann.ask("join", room="stacks"))["snapshot"]["you"]
    await ann.bet(100, "stacks")


async def test_nobody_can_shrink_a_stack_by_coming_and_going(open_live: OpenLive) -> None:
    """A player leaves, comes back to any seat and buys what they like, and the room changes its owner. What they took
    from the table last, they bring back."""
    dice = Random(1)
    live = await open_live(games=[holdem(between_ms=60_000)])
    ann = await live.player(1_000_000, room=None)
    stack, refusals, too_small = 0, set[str](), list[bool]()
    for _ in range(30):
        await ann.ask("join", room=HOLDEM, seat=dice.randrange(9))
        while not await live.node.players.held(ann.user_id):
            amount = dice.choice([4_000, 10_000, dice.randint(4_000, 10_000), stack or 4_000])
            try:
                await ann.bet(amount, HOLDEM)
            except RequestRefusedError as error:
                refusals.add(error.code)
                too_small.append(amount < stack)
            else:
                assert amount >= stack
                stack = amount
        if dice.random() < 0.2:
            await live.node.closer.hand_over(HOLDEM)
            await live.node.opener.take(HOLDEM)
            await round_with(live.node, 1)
        await ann.ask("leave", room=HOLDEM)
        await free(Table(live), ann)
    assert refusals == {"stack_too_small"}
    assert all(too_small)
    assert len(too_small) > 10


@pytest.mark.timeout(180)
async def test_hands_go_on_while_players_come_and_go(open_live: OpenLive) -> None:
    """Four players bet, play at random, leave in mid-hand or between hands and come back, with what they took."""
    live = await open_live(games=[holdem(between_ms=100, turn_ms=500)])
    regulars = [Regular(live, await live.player(1_000_000, room=None), Random(seed)) for seed in range(4)]
    lives = [asyncio.create_task(each.live()) for each in regulars]
    try:
        for number in range(1, 21):
            await eventually(partial(has_seen, regulars, lives, number), f"hand {number}", within_s=30)
        await eventually(lambda: failed(lives) or all(each.came_back for each in regulars), "returns", within_s=60)
        assert failed(lives) is None
    finally:
        for task in lives:
            task.cancel()
        await asyncio.gather(*lives, return_exceptions=True)


def has_seen(regulars: list["Regular"], lives: list[asyncio.Task[None]], hands: int) -> bool:
    assert failed(lives) is None
    return max(each.hands for each in regulars) >= hands


def failed(tasks: list[asyncio.Task[None]]) -> BaseException | None:
    return next((task.exception() for task in tasks if task.done()), None)


class Regular:
    """A player who comes, plays at random, leaves and comes back, and checks what they have to bring."""

    def __init__(self, live: Live, player: Player, dice: Random) -> None:
        self.live_node, self.player, self.dice = live, player, dice
        self.came_back = 0

    @property
    def hands(self) -> int:
        """How many hands the player has seen end."""
        return len(self.player.events("round_ended", HOLDEM))

    async def live(self) -> None:
        while True:
            you = (await self.player.ask("join", room=HOLDEM))["snapshot"]["you"]
            taken = await self._taken()
            assert you.get("brings_back", {}).get("amount", 0) == taken
            self.came_back += taken > 0
            until = self.hands + self.dice.randint(1, 3)
            while self.hands < until:
                await self._step()
                await asyncio.sleep(0.02)
            await self.player.ask("leave", room=HOLDEM)
            await free(Table(self.live_node), self.player)

    async def _taken(self) -> int:
        """What the player's last round there paid them, in cents."""
        query = """SELECT b.payout FROM bets b JOIN rounds r ON r.id = b.round_id
          WHERE b.user_id = :user AND r.room = 'holdem' ORDER BY b.id DESC LIMIT 1"""
        async with self.live_node.db.read() as session:
            return (await session.execute(text(query), {"user": self.player.user_id})).scalar() or 0

    async def _step(self) -> None:
        shown = (await self.player.ask("watch", room=HOLDEM))["snapshot"]
        view, back = shown["view"], shown["you"].get("brings_back")
        actions = view.get("actions") or {}
        with suppress(RequestRefusedError):  # the hand may have gone on meanwhile
            if actions:
                name = self.dice.choice(sorted(actions))
                bounds = actions[name].get("amount")
                amount = {"amount": self.dice.choice([bounds["minimum"], bounds["maximum"]])} if bounds else {}
                await self.player.ask("act", room=HOLDEM, action=name, **amount)
            elif view["phase"] == "betting" and not any(bet["player"] == self.player.username for bet in shown["bets"]):
                await self._buy_in(back["amount"] if back else 0)

    async def _buy_in(self, least: int) -> None:
        if least > 1:
            refusal = await self.player.refused("bet", room=HOLDEM, amount=least - 1, key=f"{self.dice.random()}")
            assert refusal["code"] in ("stack_too_small", "betting_closed")
        await self.player.bet(least or self.dice.randint(4_000, 10_000), HOLDEM, selection={"post": True})


# ---- own limits ----


async def test_a_stack_that_has_grown_above_an_own_limit_plays_on(open_live: OpenLive) -> None:
    live = await open_live(games=[holdem(between_ms=1_500)])
    table = Table(live)
    for seat in range(2):
        await table.sit(seat, 5_000)
    for player in table.players.values():
        await set_limits(live, player, OwnLimits(stake=1_000, loss_a_day=4_000))
    for _ in range(2):
        await table.play_hand()
        found = stacks(await round_with(live.node, 2))
        assert sum(found.values()) == 10_000
    # New chips count, whatever stands.
    ann = table.players[0]
    held = await live.node.players.held(ann.user_id)
    refusal = await ann.refused("bet", room=HOLDEM, amount=1_001, key="a")
    assert (refusal["code"], refusal["limit"], refusal["staked"]) == ("limit_exceeded", 1_000, 0)
    assert await live.node.players.held(ann.user_id) == held
    assert ann.events("stake_returned") == []


async def test_new_chips_count_towards_an_own_limit(open_live: OpenLive) -> None:
    live = await open_live(games=[holdem(between_ms=60_000)])
    table = Table(live)
    ann = await table.sit(0, None)
    await set_limits(live, ann, OwnLimits(stake=5_000))
    refusal = await ann.refused("bet", room=HOLDEM, amount=5_001, key="a")
    assert (refusal["code"], refusal["limit"], refusal["staked"]) == ("limit_exceeded", 5_000, 0)
    await ann.bet(4_000, HOLDEM)
    refusal = await ann.refused("bet", room=HOLDEM, amount=1_001, key="b")
    assert (refusal["code"], refusal["limit"], refusal["staked"]) == ("limit_exceeded", 5_000, 4_000)
    assert "You have put 40 chips into this round already." in refusal["message"]
    assert (refusal["reason"], refusal["values"]) == ("own_stakes", {"limit": 5_000, "staked": 4_000})
    await ann.bet(1_000, HOLDEM)
    assert await live.node.players.held(ann.user_id) == 5_000


async def test_a_break_takes_a_stack_off_the_table_and_says_so(open_live: OpenLive) -> None:
    live = await open_live(games=[holdem()])
    table = Table(live)
    ann = await table.sit(0)
    await table.sit(1)
    await table.turn()
    await set_limits(live, ann, OwnLimits(break_until=live.clock.now_ms() + HOUR_MS))
    await table.play_hand()
    told = await ann.event_of("stake_returned", room=HOLDEM)
    assert (told["code"], told["amount"]) == ("self_excluded", stacks_of_last_hand(ann))
    assert "You're on a break until" in told["message"]
    assert (told["reason"], list(told["values"])) == ("break", ["until"])
    await eventually(lambda: _held(live, ann, 0), "a free stack")
    # It is still to be brought back.
    back = (await ann.ask("watch", room=HOLDEM))["snapshot"]["you"]["brings_back"]
    assert back["amount"] == told["amount"]


def stacks_of_last_hand(player: Player) -> int:
    results = player.events("round_ended", HOLDEM)[-1]["results"]
    return sum(line["payout"] for line in results if line["player"] == player.username)


async def _held(live: Live, player: Player, amount: int) -> bool:
    return await live.node.players.held(player.user_id) == amount


def _client_seed_that_offers(move: str, seeds: Seeds) -> str:
    """A client seed with which the only hand of a round of blackjack offers this move first."""
    game = GAMES["blackjack"]
    for number in range(10_000):
        seed = str(number)
        step = game.open(game.options(), seeds, 0)
        bet = Bet(seat=Seat(0), number=1, amount=100, client_seed=seed, selection=game.selection())
        step = game.apply(step.state, bet, 0)
        assert step.wake_at is not None
        step = game.apply(step.state, Wake(), step.wake_at)
        if move in game.view(step.state, Seat(0))["actions"]:
            return seed
    raise AssertionError(f"no seed offers {move}")


async def _offers(player: Player, move: str) -> bool:
    view = (await player.ask("watch", room="blackjack"))["snapshot"]["view"]
    return move in view.get("actions", {})


@pytest.mark.parametrize("move", ["double", "split", "insure"])
async def test_an_own_limit_counts_the_moves_of_blackjack(open_live: OpenLive, move: str) -> None:
    blackjack = type(GAMES["blackjack"])()
    times = [("betting_ms", int, 200), ("turn_ms", int, 60_000), ("insurance_ms", int, 60_000)]
    blackjack.options = msgspec.defstruct(
        "Options", times, bases=(blackjack.options,), frozen=True, forbid_unknown_fields=True
    )
    live = await open_live(games=[blackjack])
    ann = await live.player(room=None)
    await set_limits(live, ann, OwnLimits(stake=149))
    await ann.ask("join", room="blackjack")
    # The first bet starts the clock of the round, so it is open until then.
    open_round = await eventually(lambda: live.node.owned_rooms["blackjack"].rounds.live, "a round")
    await ann.bet(100, "blackjack", client_seed=_client_seed_that_offers(move, open_round.seeds))
    await eventually(lambda: _offers(ann, move), "the offer")
    refusal = await ann.refused("act", room="blackjack", action=move)
    assert (refusal["code"], refusal["limit"], refusal["staked"]) == ("limit_exceeded", 149, 100)
    assert await live.node.players.held(ann.user_id) == 100
    # Within the limit, the same move is made.
    await set_limits(live, ann, OwnLimits(stake=200))
    if await _offers(ann, move):
        await ann.ask("act", room="blackjack", action=move)


async def test_an_own_limit_counts_raises(open_live: OpenLive) -> None:
    live = await open_live(games=[Stacks()])
    ann = await live.player(room=None)
    await ann.ask("join", room="stacks")
    await set_limits(live, ann, OwnLimits(stake=500))
    await ann.bet(300, "stacks")
    await ann.ask("act", room="stacks", action="raise", amount=200)
    refusal = await ann.refused("act", room="stacks", action="raise", amount=1)
    assert (refusal["code"], refusal["staked"]) == ("limit_exceeded", 500)
    await ann.ask("act", room="stacks", action="finish")
    await ann.event_of("bet_placed", room="stacks", amount=500)
    # The stake stands; new chips count anew in each round.
    await ann.ask("act", room="stacks", action="raise", amount=500)
    assert await live.node.players.held(ann.user_id) == 1_000


async def test_every_bet_of_a_round_counts_towards_an_own_limit(live: Live) -> None:
    ann = await live.player()
    await set_limits(live, ann, OwnLimits(stake=500))
    await ann.betting()
    placing = [ann.bet(250), ann.bet(250)]
    assert len(await asyncio.gather(*placing)) == 2
    assert (await ann.refused("bet", room="crash", amount=100, key="third"))["code"] == "limit_exceeded"
