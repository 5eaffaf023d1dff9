"""What the last round of a room left on the table, for the node that takes the room over: options, stakes and moves."""

import logging
from typing import Any

import msgspec
from msgspec import Struct, structs

from game_engine.game import Act, AnyGame, Bet, CarriedStake, Leave, Outcome, Seat, Seeds
from game_engine.replay import journal_from_json, replay
from server.messages import VoidReason, encode
from server.rooms.live_round import StandingMove, StandingStake, round_name
from storage.history import RoundRow, find_round, last_number, players_of_round
from storage.store import Store

log = logging.getLogger(__name__)

MOVES_OF_ROOMS = frozenset({VoidReason.OWNER_LOST, VoidReason.SHUTDOWN})
"""Why a round is void whose room goes on at another node: the stakes stay where they were. After other reasons, they
have gone back to the wallets already."""
ROUNDS_BACK = 3
"""How many rounds without a bet can lie before the one that tells: nodes may die one after another."""


class Inheritance(Struct, frozen=True):
    """``options`` are those of the next round, ``stakes`` and ``moves`` what is to be made again in it."""

    options: Any
    stakes: tuple[StandingStake, ...] = ()
    moves: tuple[StandingMove, ...] = ()


async def inheritance_of(store: Store, game: AnyGame, room: str, options: Any) -> Inheritance:
    """What the room's last round left; ``options`` are the room's own. All open rounds of the room are void by now.

    A settled round is played again: its outcome says what stays in the game. Of a round that became void when its node
    stopped or died, the stakes of a game with table stakes stand, with the moves that the rules allow before the round
    begins. Raises DatabaseUnavailableError.
    """
    number = await last_number(store, room)
    if not number or not (game.handed_on or game.table_stakes):
        return Inheritance(options)
    try:
        return await _inheritance(store, game, room, number, options)
    except (ValueError, LookupError, TypeError) as error:
        # The rules may have changed since then.
        log.warning(
            "could not replay %s; the room starts without the stakes and options of that round: %s",
            round_name(room, number),
            error,
            extra={"round": round_name(room, number)},
        )
        return Inheritance(options)


async def _inheritance(store: Store, game: AnyGame, room: str, last: int, own: Any) -> Inheritance:
    options = None
    for number in range(last, max(0, last - ROUNDS_BACK), -1):
        found = await find_round(store, room, number)
        if found is None:
            break
        row = found[0]
        owners = await _owners(store, game, row)
        if row.status == "settled":
            outcome = _played_again(game, row)
            options = options or _merged(game, own, outcome.next_options)
            return Inheritance(options, _carried(outcome.carried_stakes, owners))
        options = options or _merged(game, own, msgspec.convert(row.options, game.options))
        if not game.table_stakes or (row.outcome or {}).get("reason") not in MOVES_OF_ROOMS:
            break
        if owners:
            return Inheritance(options, *_left_by_a_void_round(game, row, owners))
    return Inheritance(options or own)


async def _owners(store: Store, game: AnyGame, row: RoundRow) -> dict[Seat, int]:
    """The users who had bets in the round, by seat."""
    players = await players_of_round(store, row.room, row.number)
    bets = [command for _, command in journal_from_json(game, encode(row.journal or [])) if isinstance(command, Bet)]
    return {bet.seat: players[bet.number][0] for bet in bets if bet.number in players}


def _merged(game: AnyGame, own: Any, handed_on: Any) -> Any:
    """The room's own options, with those that rounds set for one another."""
    if handed_on is None:
        return own
    return structs.replace(own, **{name: getattr(handed_on, name) for name in game.handed_on})


def _played_again(game: AnyGame, row: RoundRow) -> Outcome:
    """Raises ValueError if the rules don't lead to an outcome."""
    seeds, opened_at = Seeds(row.server_seed or "", row.nonce), round(row.started_at.timestamp() * 1000)
    for _, _, step in replay(game, encode(row.options), seeds, opened_at, encode(row.journal)):
        if step.outcome is not None:
            return step.outcome
    raise ValueError("the journal stops before the end of the round")


def _carried(stakes: tuple[CarriedStake, ...], owners: dict[Seat, int]) -> tuple[StandingStake, ...]:
    return tuple(
        StandingStake(user_id=owners[stake.seat], seat=stake.seat, amount=stake.amount, selection=stake.selection)
        for stake in stakes
        if stake.seat in owners
    )


def _left_by_a_void_round(
    game: AnyGame, row: RoundRow, owners: dict[Seat, int]
) -> tuple[tuple[StandingStake, ...], tuple[StandingMove, ...]]:
    commands = [command for _, command in journal_from_json(game, encode(row.journal or []))]
    left = {command.seat for command in commands if isinstance(command, Leave)}
    stakes, moves = [], []
    for command in commands:
        if not isinstance(command, Bet | Act) or command.seat in left or command.seat not in owners:
            continue
        user_id = owners[command.seat]
        if isinstance(command, Act):
            moves.append(StandingMove(user_id, command))
        else:
            stakes.append(
                StandingStake(
                    user_id=user_id,
                    seat=command.seat,
                    amount=command.amount,
                    selection=command.selection,
                    brings_back=command.brings_back,
                )
            )
    return tuple(stakes), tuple(moves)
