"""A live round: the engine's state, the journal and the stakes behind it, and how both are told to the world."""

from operator import attrgetter
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from game_engine.chance import commitment
from game_engine.game import Act, AnyGame, Bet, BetResult, Command, Event, Outcome, Seat, Seeds, Step
from game_engine.replay import journal_to_json
from server.backends.holds import Hold
from server.messages import DECODE_ERRORS, ResultLine, RoundEnded, RoundName, Wager, bad_request, encode
from server.rooms.room_names import bet_name, bet_number, round_name
from storage.settlement import EndedBet, EndedRound, OpenRound

_amount = attrgetter("amount")


class Bettor(Struct, frozen=True):
    """Who sits at a seat while its bets are live."""

    user_id: int
    username: str
    session_id: int


class Place(Struct, frozen=True):
    """Where a round is played and where it stands in the books; ``options`` is JSON."""

    game_id: int
    room: str
    number: int
    options: bytes


class LiveRound:
    """One round, from its opening to its settlement. Its methods do no I/O."""

    def __init__(self, game: AnyGame, options: Any, place: Place, server_seed: str) -> None:
        self.game = game
        self.place = place
        self.name = round_name(place.room, place.number)
        self.seeds = Seeds(server_seed, place.number)
        self.server_seed_hash = commitment(self.seeds.server_seed)
        self.opened_at = 0
        self.now = 0
        self.journal: list[tuple[int, Command]] = []
        self.bettors: dict[Seat, Bettor] = {}
        self.bets: dict[int, tuple[Bet, Hold]] = {}
        self.holds: list[Hold] = []
        self.ended = False
        self.options = options
        self._step: Step[Any]

    # -- playing --

    def open(self, now: int) -> Step[Any]:
        self.opened_at = self.now = now
        self._step = self.game.open(self.options, self.seeds, now)
        return self._step

    def stake_of(self, command: Command) -> int:
        """Cents to put on hold before ``apply``. Raises RefusedError."""
        return self.game.stake_of(self._step.state, command)

    def attempt(self, command: Command, now: int) -> tuple[int, Step[Any]]:
        """What a command would lead to, and its time in the round; nothing changes. Raises RefusedError."""
        at = max(now, self.now)
        return at, self.game.apply(self._step.state, command, at)

    def adopt(self, at: int, command: Command, step: Step[Any]) -> None:
        """What was attempted last has happened."""
        self.now = at
        self.journal.append((at, command))
        self._step = step
        self.ended = step.outcome is not None

    def placed(self, bettor: Bettor, bet: Bet, hold: Hold) -> None:
        self.bettors[bet.seat] = bettor
        self.bets[bet.number] = (bet, hold)
        self.holds.append(hold)

    @property
    def next_bet(self) -> int:
        return len(self.bets) + 1

    # -- telling --

    def described(self) -> RoundName:
        return RoundName(self.name, self.place.number, self.server_seed_hash)

    def view(self, viewer: Seat | None) -> dict[str, Any]:
        """What ``viewer`` may see. What an ended round led to is not told before it is settled."""
        if self.ended:
            return {"phase": "settling"}
        named: dict[str, Any] = self._named(self.game.view(self._step.state, viewer))
        return named

    def wagers(self) -> list[Wager]:
        return [
            Wager(self.bettors[bet.seat].username, hold.bet, bet.amount, Raw(hold.selection))
            for bet, hold in self.bets.values()
        ]

    def wire_event(self, event: Event) -> dict[str, Any]:
        """The event as clients get it: seats with their players, bets by their names."""
        told: dict[str, Any] = self._named(msgspec.to_builtins(event.data))
        if event.seat is not None:
            told["player"] = self.bettors[event.seat].username
        if event.bet is not None:
            told["bet"] = self.bet_name(event.bet)
        return told

    def bet_name(self, number: int) -> str:
        return bet_name(self.place.room, self.place.number, number)

    def ended_event(self, outcome: Outcome) -> RoundEnded:
        results = [
            ResultLine(self.bettors[r.seat].username, self.bet_name(r.number), r.amount, r.result, r.payout)
            for r in outcome.results
        ]
        return RoundEnded(
            self.name, outcome.facts, self.seeds.server_seed, outcome.client_seed, self.seeds.nonce, results
        )

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            named = {}
            for key, inner in value.items():
                if key == "bet" and isinstance(inner, int):
                    named["bet"] = self.bet_name(inner)
                else:
                    named[key] = self._named(inner)
                    if key == "seat" and inner in self.bettors:
                        named["player"] = self.bettors[Seat(inner)].username
            return named
        if isinstance(value, list | tuple):
            return [self._named(inner) for inner in value]
        return value

    # -- the books --

    def open_row(self, now: int) -> OpenRound:
        place = self.place
        return OpenRound(
            game_id=place.game_id,
            room=place.room,
            number=place.number,
            server_seed_hash=self.server_seed_hash,
            nonce=self.seeds.nonce,
            options=place.options,
            started_at=now,
        )

    def settled_row(self, outcome: Outcome, upcoming: OpenRound | None) -> EndedRound:
        """The round as it goes into the books. ``assert``s that every cent on hold is accounted for."""
        bets = tuple([self._settled_bet(result) for result in outcome.results])
        staked, held = sum(map(_amount, bets)), sum(map(_amount, self.holds))
        assert staked == held, f"{self.name}: {staked} staked, {held} held"
        return self._row("settled", encode(outcome.facts), outcome.client_seed, bets, upcoming)

    def void_row(self, reason: str, upcoming: OpenRound | None) -> EndedRound:
        return self._row("void", encode({"reason": reason}), "", (), upcoming)

    def lost(self, outcome: Outcome) -> dict[int, int]:
        """Stakes minus payouts, in cents, by user."""
        lost: dict[int, int] = {}
        for result in outcome.results:
            user_id = self.bettors[result.seat].user_id
            lost[user_id] = lost.get(user_id, 0) + result.amount - result.payout
        return lost

    def _settled_bet(self, result: BetResult) -> EndedBet:
        bettor, (_, hold) = self.bettors[result.seat], self.bets[result.number]
        return EndedBet(
            user_id=bettor.user_id,
            session_id=bettor.session_id,
            number=result.number,
            amount=result.amount,
            selection=hold.selection,
            result=result.result,
            payout=result.payout,
            key=hold.key,
        )

    def _row(
        self,
        status: Literal["settled", "void"],
        outcome: bytes,
        client_seed: str,
        bets: tuple[EndedBet, ...],
        upcoming: OpenRound | None,
    ) -> EndedRound:
        place = self.place
        return EndedRound(
            game_id=place.game_id,
            room=place.room,
            number=place.number,
            server_seed_hash=self.server_seed_hash,
            server_seed=self.seeds.server_seed,
            client_seed=client_seed,
            nonce=self.seeds.nonce,
            status=status,
            options=place.options,
            journal=journal_to_json(self.journal),
            outcome=outcome,
            started_at=self.opened_at,
            ended_at=self.now,
            bets=bets,
            next=upcoming,
        )


def selection_of(game: AnyGame, raw: Raw) -> Any:
    """A bet's selection from the wire, as the game's own type. Raises ClientError bad_request."""
    try:
        return msgspec.json.decode(raw, type=game.selection)
    except DECODE_ERRORS as error:
        raise bad_request(error, "selection") from None


def action_of(game: AnyGame, round_: LiveRound, seat: Seat, fields: dict[str, Any]) -> Act:
    """An action from the wire: ``bet`` names become numbers. Raises msgspec.ValidationError."""
    from_wire = dict(fields)
    name = from_wire.get("bet")
    if name is not None:
        from_wire["bet"] = bet_number(name, round_.name) if isinstance(name, str) else None
        if from_wire["bet"] is None:
            raise msgspec.ValidationError(f"Not a bet of {round_.name} - at `$.bet`")
    return Act(seat, msgspec.convert(from_wire, game.action))
