"""The past rounds of a room, and the proof of a round."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from game_engine.digest import digest_of
from game_engine.game import About, AnyGame, Seat, Seeds
from game_engine.replay import replay
from server.errors import ClientError
from server.messages import Invite, encode
from server.rooms.live_round import public_facts
from server.web.decode import NoFields
from server.web.paging import PageQuery, decode_cursor, page
from server.web.route import HttpCall, Route, Text
from server.web.views import Page, Proof, ProofBet, PublishedLater, RoundPlayer, RoundPlayers, RoundView
from storage import history
from storage.history import RoundBet, RoundRow, players_of_round
from storage.store import Store


class RoundsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """``invite`` gives access to a private room that only invited people may watch."""

    invite: Invite | UnsetType = UNSET


class HandQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """``invite`` gives access to a private room that only invited people may watch."""

    format: Literal["phh", "text"] = "phh"
    invite: Invite | UnsetType = UNSET


class ProofQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """``invite`` gives access to a private room that only invited people may watch."""

    invite: Invite | UnsetType = UNSET


async def rounds(call: HttpCall[NoFields, RoundsQuery]) -> Page[RoundView]:
    room, before = call.path["room"], decode_cursor(call.query.cursor)
    until = await _visible_until(call, room)

    async def fetch(limit: int) -> Sequence[RoundRow]:
        return await history.rounds(call.deps.db, room, before, limit, until)

    shown = await page(fetch, call.query.limit, lambda row: row.number, partial(_view, call.deps.games, call.now))
    is_empty = not shown.items and before is None
    if is_empty and await call.deps.private_rooms.snapshot(room, call.viewer, _invite(call)) is None:
        raise ClientError("not_found")
    return shown


async def _visible_until(call: HttpCall[Any, Any], room: str) -> datetime | None:
    """The time up to which the caller may see the room's past; None: no limit. Raises ClientError ``not_found``."""
    try:
        delay_s = await call.deps.private_rooms.delay_s(room, call.viewer, _invite(call))
    except ClientError as problem:
        raise ClientError("not_found") if problem.error.code == "no_such_room" else problem from None
    return call.now - timedelta(seconds=delay_s) if delay_s else None


def _invite(call: HttpCall[Any, Any]) -> str | None:
    return call.query.invite if isinstance(call.query.invite, str) else None


def _view(games: Mapping[str, AnyGame], now: datetime, row: RoundRow) -> RoundView:
    row, later = published(row, games, now)
    return RoundView(
        round=f"{row.room}.{row.number}",
        game=row.game,
        status=row.status,
        server_seed_hash=row.server_seed_hash,
        server_seed=row.server_seed,
        client_seed=row.client_seed,
        nonce=row.nonce,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        seed_published_at=None if later is None else later.at,
    )


def published(row: RoundRow, games: Mapping[str, AnyGame], now: datetime) -> tuple[RoundRow, PublishedLater | None]:
    """The round without what is secret until later, and what that is."""
    game = games.get(row.game)
    if game is None or row.status != "settled" or row.ended_at is None:
        return row, None
    try:
        delay_ms = game.seed_delay_ms(msgspec.convert(row.options, game.options))
    except msgspec.ValidationError:  # options of another version of the game
        delay_ms = game.seed_delay_ms(game.options())
    if not delay_ms:
        return row, None
    members = ["server_seed", *[f"outcome.{fact}" for fact in game.hidden_facts]]
    later = PublishedLater(row.ended_at + timedelta(milliseconds=delay_ms), members)
    if now < later.at:
        row = msgspec.structs.replace(row, server_seed=None, outcome=public_facts(game, row.outcome))
    return row, later


async def proof(call: HttpCall[NoFields, Any]) -> Proof:
    room, _, number = call.path["round"].rpartition(".")
    until = await _visible_until(call, room)
    found = await stored_proof(call.deps.db, call.deps.games, room, int(number), call.now)
    if found is None:
        raise ClientError("not_found")
    if until is not None and (found.ended_at or found.started_at) > until and not await _has_played(call, found):
        raise ClientError("not_found")
    return found


async def _has_played(call: HttpCall[Any, Any], found: Proof) -> bool:
    bettors = await players_of_round(call.deps.db, found.room, found.number)
    return call.viewer in [user_id for user_id, _ in bettors.values()]


async def players(call: HttpCall[NoFields, ProofQuery]) -> RoundPlayers:
    found = await proof(call)
    bettors = await players_of_round(call.deps.db, found.room, found.number)
    return RoundPlayers([RoundPlayer(f"{found.round}.{bet}", username) for bet, (_, username) in bettors.items()])


async def hand(call: HttpCall[NoFields, HandQuery]) -> Text:
    """The caller sees their own cards in it, also while the deck is secret."""
    shown = await proof(call)
    game = call.deps.games.get(shown.game)
    found = await history.find_round(call.deps.db, shown.room, shown.number)
    if game is None or call.query.format not in game.exports or found is None or shown.status != "settled":
        raise ClientError("not_found")
    row = found[0]
    bettors = await players_of_round(call.deps.db, shown.room, shown.number)
    seats = {bet.number: Seat(bet.seat) for bet in found[1] if bet.seat is not None}
    began = shown.started_at.astimezone(UTC)
    about = About(
        room=shown.room,
        number=shown.number,
        date=f"{began:%Y-%m-%d}",
        time=f"{began:%H:%M:%S}",
        names={seats[bet]: name for bet, (_, name) in bettors.items() if bet in seats},
        viewer=next((seats[bet] for bet, (user, _) in bettors.items() if user == call.viewer and bet in seats), None),
    )
    seeds = Seeds(row.server_seed or "", row.nonce)
    *_, (_, _, last) = replay(game, encode(row.options), seeds, shown.opened_at_ms, encode(row.journal))
    written = game.export(last.state, about, call.query.format)
    if written is None:
        raise ClientError("not_found")
    return Text(written.encode(), f"{HAND_TYPES[call.query.format]}; charset=utf-8")


async def stored_proof(db: Store, games: Mapping[str, AnyGame], room: str, number: int, now: datetime) -> Proof | None:
    """The proof of a round, as it is published at the time ``now``; None if there is no such round."""
    found = await history.find_round(db, room, number)
    if found is None:
        return None
    row, later = published(found[0], games, now)
    name = f"{row.room}.{row.number}"
    undigested = Proof(
        round=name,
        game=row.game,
        room=row.room,
        number=row.number,
        status=row.status,
        server_seed_hash=row.server_seed_hash,
        server_seed=row.server_seed,
        client_seed=row.client_seed,
        nonce=row.nonce,
        options=row.options,
        journal=row.journal,
        outcome=row.outcome,
        opened_at_ms=round(row.started_at.timestamp() * 1000),
        started_at=row.started_at,
        ended_at=row.ended_at,
        bets=[_bet(name, bet) for bet in found[1]],
        published_later=later,
    )
    return msgspec.structs.replace(undigested, digest=digest_of(msgspec.to_builtins(undigested)))


def _bet(round_: str, bet: RoundBet) -> ProofBet:
    return ProofBet(
        bet=f"{round_}.{bet.number}",
        seat=bet.seat,
        amount=bet.amount,
        selection=bet.selection,
        result=bet.result,
        payout=bet.payout,
        created_at=bet.created_at,
        transactions=bet.ledger,
    )


HAND_TYPES = {"phh": "application/toml", "text": "text/plain"}

ROUTES = (
    Route(
        method="GET",
        path="/rooms/{room}/rounds",
        handler=rounds,
        summary="A room's past rounds, newest first.",
        query=RoundsQuery,
        answer=Page[RoundView],
        may_sign_in=True,
    ),
    Route(
        method="GET",
        path="/rounds/{round}",
        handler=proof,
        summary="The proof of a round: seeds, options, journal, outcome, bets and ledger rows.",
        query=ProofQuery,
        answer=Proof,
        may_sign_in=True,
    ),
    Route(
        method="GET",
        path="/rounds/{round}/hand",
        handler=hand,
        summary="A poker hand as a file: PHH, or the text format of online rooms. Hidden cards stay hidden.",
        query=HandQuery,
        may_sign_in=True,
        media=tuple(HAND_TYPES.values()),
    ),
    Route(
        method="GET",
        path="/rounds/{round}/players",
        handler=players,
        summary="The players of a round under their present names.",
        query=ProofQuery,
        answer=RoundPlayers,
        may_sign_in=True,
    ),
)
