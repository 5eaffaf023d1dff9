"""A live round: the engine's state with its journal and holds, and how they look on the wire and in the database."""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from math import isfinite
from operator import attrgetter
from typing import Any, Literal, cast

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, structs

from game_engine.chance import commitment
from game_engine.game import Act, AnyGame, Bet, BetResult, Command, Event, Leave, Outcome, Seat, Seeds, Step, Wake
from game_engine.replay import journal_to_json
from server.backends.holds import Hold
from server.messages import DECODE_ERRORS, ResultLine, RoundEnded, RoundHead, VoidReason, Wager, bad_request, encode
from storage.settlement import EndedBet, EndedRound, OpenRound

LONG_STEP_MS = 1000
"""How far the time jumps at least from one step of a round that is played out to the next."""
MOST_STEPS_TO_THE_END = 10_000

_amount = attrgetter("amount")
_BET_NAME = re.compile(r"([a-z0-9-]{1,64})\.([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})")


def round_name(room: str, number: int) -> str:
    """A round's name on the wire, such as ``crash.812``."""
    return f"{room}.{number}"


def bet_name(room: str, number: int, bet: int) -> str:
    """A bet's name on the wire, such as ``crash.812.3``."""
    return f"{room}.{number}.{bet}"


def bet_number(name: str, round_: str) -> int | None:
    """The number of the bet with this name; None if that is no bet of ``round_``."""
    match = _BET_NAME.fullmatch(name)
    if match is None or f"{match[1]}.{match[2]}" != round_:
        return None
    return int(match[3])


class SeatedPlayer(Struct, frozen=True):
    """The player of a seat that has live bets."""

    user_id: int
    username: str
    session_id: int


class RoundSetup(Struct, frozen=True, kw_only=True):
    """The data that all rounds of a room share. ``options_json`` is ``options`` encoded."""

    game: AnyGame
    game_id: int
    room: str
    options: Any
    options_json: bytes


class StandingStake(Struct, frozen=True, kw_only=True):
    """A stake that stays in the game: the room bets it again if the user still has the seat."""

    user_id: int
    seat: Seat
    amount: int
    selection: Any
    brings_back: int | UnsetType = UNSET


class StandingMove(Struct, frozen=True):
    """A move of a void round, to be repeated in the next one."""

    user_id: int
    command: Act


class ImpossibleOutcomeError(Exception):
    """The game has a fault: it ended a round in a way that can't be. The message follows the game's name."""


class LiveRound:
    """One round, from its opening to its settlement. Its methods do no I/O."""

    def __init__(self, setup: RoundSetup, number: int, server_seed: str) -> None:
        self.setup = setup
        self.number = number
        self.name = round_name(setup.room, number)
        self.seeds = Seeds(server_seed, number)
        self.server_seed_hash = commitment(self.seeds.server_seed)
        self.opened_at = 0
        self.now = 0
        self.journal: list[tuple[int, Command]] = []
        self.players: dict[Seat, SeatedPlayer] = {}
        self.bets: dict[int, tuple[Bet, Hold]] = {}
        self.holds: list[Hold] = []
        self.new_stakes: Counter[int] = Counter()
        """Cents by user that came from the wallet in this round, and not from the round before."""
        self.ended = False
        self._played_out_at: int | None = None
        self._step: Step[Any]

    # -- playing --

    def open(self, now: int) -> Step[Any]:
        self.opened_at = self.now = now
        self._step = self.setup.game.open(self.setup.options, self.seeds, now)
        return self._step

    def wait(self, now: int) -> None:
        """The round opens later. If it never does, it is on record as void, and began and ended now."""
        self.opened_at = self.now = now

    def stake_of(self, command: Command) -> int:
        """Cents to put on hold before ``attempt``. Raises RefusedError."""
        game = self.setup.game
        stake = game.stake_of(self._step.state, command)
        if isinstance(command, Bet):
            game.check_win(self.setup.options, command)
        return stake

    def attempt(self, command: Command, now: int) -> tuple[int, Step[Any]]:
        """The time of the command in the round and the step to which it would lead; changes nothing. Raises
        RefusedError."""
        at = max(now, self.now)
        return at, self.setup.game.apply(self._step.state, command, at)

    def adopt(self, at: int, command: Command, step: Step[Any]) -> None:
        """Make an attempted command part of the round."""
        self.now = at
        self.journal.append((at, command))
        self._step = step
        self.ended = step.outcome is not None

    def play_out(self, now: int) -> Iterator[tuple[int, Command, Step[Any]]]:
        """Play the round to its end as if no player acted any more: time passes, and where the rules wait for a player
        without a clock, the players leave. Yields each command with its time and step, already adopted.

        The times of these commands run ahead of ``now``. Raises RuntimeError if the rules don't end the round.
        """
        self._played_out_at = now
        leaving = deque(self.players)
        for _ in range(MOST_STEPS_TO_THE_END):
            if self.ended:
                return
            wake_at, command = self._step.wake_at, cast(Command, Wake())
            if wake_at is None and leaving:
                wake_at, command = self.now, Leave(leaving.popleft())
            elif wake_at is None:
                break
            at, step = self.attempt(command, max(wake_at, self.now + LONG_STEP_MS, now))
            self.adopt(at, command, step)
            yield at, command, step
        raise RuntimeError(f"{self.name} does not end although no player acts")

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has happened in the round since its opening."""
        return not (self.journal or self.ended)

    @property
    def takes_bets(self) -> bool:
        """Whether betting is open, so nobody has seen anything of the result."""
        return not self.ended and bool(self.setup.game.view(self._step.state, None)["phase"] == "betting")

    def is_over_at(self, now: int) -> bool:
        """Whether time alone has ended the round by ``now``, although the room has not been woken yet."""
        return self.ended or self.attempt(Wake(), now)[1].outcome is not None

    def add_bet(self, player: SeatedPlayer, bet: Bet, hold: Hold, *, stands: bool = False) -> None:
        """``stands``: the stake stayed in the game after the round before."""
        self.players[bet.seat] = player
        self.bets[bet.number] = (bet, hold)
        self.add_hold(hold, stands=stands)

    def add_hold(self, hold: Hold, *, stands: bool = False) -> None:
        self.holds.append(hold)
        if not stands:
            self.new_stakes[hold.user_id] += hold.amount

    def client_seed_of(self, seat: Seat) -> str | None:
        """The client seed of the seat's first bet; None if it has none."""
        if seat not in self.players:
            return None
        return next(bet.client_seed for bet, _ in self.bets.values() if bet.seat == seat)

    def own_key(self) -> str:
        """A key for a hold that the room itself takes. No client can choose it: the keys of clients contain no control
        characters."""
        return f"\x1f{self.name}.{len(self.holds)}"

    @property
    def next_bet(self) -> int:
        return len(self.bets) + 1

    # -- on the wire --

    def describe(self) -> RoundHead:
        return RoundHead(self.name, self.number, self.server_seed_hash)

    def view(self, viewer: Seat | None) -> dict[str, Any]:
        """The game's view for ``viewer``. The outcome of an ended round stays hidden until it is settled."""
        if self.ended:
            return {"phase": "settling"}
        named: dict[str, Any] = self._named(self.setup.game.view(self._step.state, viewer))
        return named

    def wire_bets(self) -> list[Wager]:
        return [
            Wager(
                player=self.players[bet.seat].username, bet=hold.bet, amount=bet.amount, selection=Raw(hold.selection)
            )
            for bet, hold in self.bets.values()
        ]

    def wire_event(self, event: Event) -> dict[str, Any]:
        """The event as clients get it: seats with the names of their players, bets by their names."""
        wire: dict[str, Any] = self._named(msgspec.to_builtins(event.data))
        if event.seat is not None:
            wire["player"] = self.players[event.seat].username
        if event.bet is not None:
            wire["bet"] = self.bet_name(event.bet)
        return wire

    def bet_name(self, number: int) -> str:
        return bet_name(self.setup.room, self.number, number)

    def ended_event(self, outcome: Outcome) -> RoundEnded:
        results = [
            ResultLine(
                player=self.players[r.seat].username,
                bet=self.bet_name(r.number),
                amount=r.amount,
                result=r.result,
                payout=r.payout,
            )
            for r in outcome.results
        ]
        game = self.setup.game
        delay_ms = game.seed_delay_ms(self.setup.options) if game.private_views else 0
        return RoundEnded(
            round=self.name,
            outcome=public_facts(game, outcome.facts),
            server_seed=None if delay_ms else self.seeds.server_seed,
            client_seed=outcome.client_seed,
            nonce=self.seeds.nonce,
            results=results,
            seed_published_at=self._ended_at + delay_ms if delay_ms else None,
        )

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            named = {}
            for key, inner in value.items():
                if key == "bet" and isinstance(inner, int):
                    named["bet"] = self.bet_name(inner)
                else:
                    named[key] = self._named(inner)
                    if key == "seat" and inner in self.players:
                        named["player"] = self.players[Seat(inner)].username
            return named
        if isinstance(value, list | tuple):
            return [self._named(inner) for inner in value]
        return value

    # -- in the database --

    def open_row(self, now: int) -> OpenRound:
        return OpenRound(
            game_id=self.setup.game_id,
            room=self.setup.room,
            number=self.number,
            server_seed_hash=self.server_seed_hash,
            nonce=self.seeds.nonce,
            options=self.setup.options_json,
            started_at=now,
        )

    def settled_row(self, outcome: Outcome, upcoming: OpenRound | None) -> EndedRound:
        """The settled round. Raises ImpossibleOutcomeError."""
        self._check_outcome(outcome)
        placed_at = self._bets_placed_at()
        bets = tuple([self._settled_bet(result, placed_at[result.number]) for result in outcome.results])
        return self._row("settled", encode(outcome.facts), outcome.client_seed, bets, upcoming)

    def _check_outcome(self, outcome: Outcome) -> None:
        """A game with a fault must not make chips: no payout exceeds what the game states as its largest, a game
        between players pays no more than they staked, the results are those of the stakes on hold, and only stakes of
        seats with bets are carried over."""
        game, results = self.setup.game, outcome.results
        for result in results:
            if type(result.payout) is not int or not 0 <= result.payout <= result.amount * game.largest_multiplier:
                largest = float(game.largest_multiplier)
                raise ImpossibleOutcomeError(
                    f"it pays {result.payout!r} cents for {result.amount}, and its largest multiplier is {largest:g}"
                )
        strangers = {stake.seat for stake in outcome.carried_stakes} - self.players.keys()
        if strangers:
            raise ImpossibleOutcomeError(f"it carries over stakes of seats without bets: {sorted(strangers)}")
        staked, held = sum(result.amount for result in results), sum(map(_amount, self.holds))
        if staked != held:
            raise ImpossibleOutcomeError(f"its results are for {staked} cents, and {held} are on hold")
        paid = sum(result.payout for result in results)
        if game.between_players and paid > staked:
            raise ImpossibleOutcomeError(f"it pays {paid} cents, and its players staked {staked}")
        if not _is_finite(outcome.facts):
            raise ImpossibleOutcomeError("its facts have a number that is not finite")

    def void_row(self, reason: VoidReason, upcoming: OpenRound | None) -> EndedRound:
        bets = tuple([self.void_bet(number, at) for number, at in self._bets_placed_at().items()])
        return self._row("void", encode({"reason": reason}), "", bets, upcoming)

    def void_bet(self, number: int, placed_at: int) -> EndedBet:
        """The bet as it is on record if the round becomes void."""
        bet, hold = self.bets[number]
        return void_bet(hold, number, self.players[bet.seat].session_id, placed_at)

    def with_void_bets(self, outcome: Outcome, users: Collection[int]) -> Outcome:
        """The outcome in which the bets of these users are void."""
        results = [
            structs.replace(result, result="void", payout=result.amount)
            if self.players[result.seat].user_id in users
            else result
            for result in outcome.results
        ]
        return structs.replace(outcome, results=tuple(results))

    def losses(self, outcome: Outcome) -> dict[int, int]:
        """Stakes minus payouts, in cents, by user."""
        losses: dict[int, int] = {}
        for result in outcome.results:
            user_id = self.players[result.seat].user_id
            losses[user_id] = losses.get(user_id, 0) + result.amount - result.payout
        return losses

    def staked(self) -> dict[int, int]:
        """What each user has on hold in the round, in cents."""
        staked: Counter[int] = Counter()
        for hold in self.holds:
            staked[hold.user_id] += hold.amount
        return dict(staked)

    def returned(self, outcome: Outcome, uncovered: Collection[int]) -> dict[int, int]:
        """What each user got back, in cents; nothing for those who could not pay."""
        returned = dict.fromkeys([player.user_id for player in self.players.values()], 0)
        for result in outcome.results:
            user_id = self.players[result.seat].user_id
            returned[user_id] += 0 if user_id in uncovered else result.payout
        return returned

    def _bets_placed_at(self) -> dict[int, int]:
        """When each bet was placed, in ms since the epoch, by its number."""
        return {command.number: at for at, command in self.journal if isinstance(command, Bet)}

    def _settled_bet(self, result: BetResult, placed_at: int) -> EndedBet:
        player, (_, hold) = self.players[result.seat], self.bets[result.number]
        return EndedBet(
            user_id=player.user_id,
            session_id=player.session_id,
            number=result.number,
            amount=result.amount,
            selection=hold.selection,
            result=result.result,
            payout=result.payout,
            key=hold.key,
            placed_at=placed_at,
        )

    @property
    def _ended_at(self) -> int:
        return self.now if self._played_out_at is None else self._played_out_at

    def _row(
        self,
        status: Literal["settled", "void"],
        outcome: bytes,
        client_seed: str,
        bets: tuple[EndedBet, ...],
        upcoming: OpenRound | None,
    ) -> EndedRound:
        return EndedRound(
            game_id=self.setup.game_id,
            room=self.setup.room,
            number=self.number,
            server_seed_hash=self.server_seed_hash,
            server_seed=self.seeds.server_seed,
            client_seed=client_seed,
            nonce=self.seeds.nonce,
            status=status,
            options=self.setup.options_json,
            journal=journal_to_json(self.journal),
            outcome=outcome,
            started_at=self.opened_at,
            ended_at=self._ended_at,
            bets=bets,
            next=upcoming,
        )


def void_bet(hold: Hold, number: int, session_id: int, placed_at: int) -> EndedBet:
    """The bet with this hold as it is on record if its round becomes void."""
    return EndedBet(
        user_id=hold.user_id,
        session_id=session_id,
        number=number,
        amount=hold.amount,
        selection=hold.selection,
        result="void",
        payout=hold.amount,
        key=hold.key,
        placed_at=placed_at,
    )


def public_facts(game: AnyGame, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an outcome without those that are published later."""
    return {name: fact for name, fact in facts.items() if name not in game.hidden_facts}


def selection_of(game: AnyGame, raw: Raw) -> Any:
    """A bet's selection from the wire, as the game's own type. Raises ClientError bad_request."""
    try:
        return msgspec.json.decode(raw, type=game.selection)
    except DECODE_ERRORS as error:
        raise bad_request(error, "selection") from None


def action_of(game: AnyGame, round_: LiveRound, seat: Seat, fields: dict[str, Any]) -> Act:
    """An action from the wire, with the bet's number in place of its name. Raises msgspec.ValidationError."""
    from_wire = dict(fields)
    name = from_wire.get("bet")
    if name is not None:
        from_wire["bet"] = bet_number(name, round_.name) if isinstance(name, str) else None
        if from_wire["bet"] is None:
            raise msgspec.ValidationError(f"Not a bet of {round_.name} - at `$.bet`")
    return Act(seat, msgspec.convert(from_wire, game.action))


def _is_finite(value: Any) -> bool:
    """Whether every number in the value is finite. JSON has no others: they would be on record as null."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list | tuple) or all(map(_is_finite, value))
