"""Crash: a multiplier climbs from 1.00 until it crashes. A bet pays the multiplier at which it is cashed out.

The crash point is that of ``game_engine.point``, from the first float of the round. A round has three phases::

    betting ──closes_at──▶ running ──crash_at──▶ ended
      Bet                    Cashout

Every command first brings the round up to its own time, so a wake that comes late, or after a cash-out that it should
have preceded, does not change what anyone is paid. Multipliers in this module are whole hundredths.
"""

import math
from decimal import Context
from fractions import Fraction
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from game_engine.chance import floats, joined_seeds
from game_engine.game import (
    BETTING_CLOSED,
    NO_LIVE_BET,
    ROUND_OVER,
    TOO_MANY_BETS,
    Act,
    Actions,
    Bet,
    BetEvent,
    BetResult,
    BettingOpened,
    Command,
    Event,
    Game,
    Outcome,
    Reason,
    RefusedError,
    RoundStarted,
    Seat,
    Seeds,
    Step,
)
from game_engine.money import (
    HUNDREDTHS,
    check_stake,
    check_win,
    exact_hundredths,
    payout,
)
from game_engine.odds import Odds
from game_engine.point import LARGEST_POINT, MAX_TARGET, MIN_TARGET, odds_of_target, point_of

MAX_BETS_PER_SEAT = 4

NOTHING_TO_WIN = Reason(
    "limit_exceeded", "nothing_to_win", "With this stake, the room's maximum payout leaves nothing to win."
)
ABOVE_PAYOUT = Reason(
    "limit_exceeded", "above_payout", "The stake is above the room's maximum payout of {most:chips} chips."
)
NOT_STARTED = Reason("illegal_action", "not_started", "The round hasn't started yet.")
CRASHED = Reason("illegal_action", "crashed", "Too late: the multiplier has crashed.")
BET_NOT_LIVE = Reason("illegal_action", "bet_not_live", "This bet is not live or not yours.")

_EXACT = Context(prec=40)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Times in milliseconds; ``max_payout`` is the most that one bet can pay, in cents."""

    betting_ms: Annotated[int, Meta(ge=100, le=600_000)] = 6_000
    tick_ms: Annotated[int, Meta(ge=20, le=10_000)] = 250
    max_payout: Annotated[int, Meta(ge=100, le=10**13)] = 100_000_000


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``auto_cashout`` is a multiplier with at most two decimals, at which the bet is cashed out automatically."""

    auto_cashout: Annotated[float, Meta(ge=1.01, le=1_000_000)] | None = None


class Cashout(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="cashout", tag_field="action"):
    """Cash out at the current multiplier: ``bet``, or all live bets of the seat if it is omitted."""

    bet: int | None = None


class Tick(Struct, frozen=True, tag="tick", tag_field="type"):
    """The current multiplier."""

    multiplier: float


class CashedOut(BetEvent, frozen=True, tag="cashed_out"):
    """A bet was cashed out; ``payout`` is in cents."""

    multiplier: float
    payout: int


class Facts(Struct, frozen=True):
    """The multiplier at which the round crashed."""

    point: float


class TakenBet(Struct, frozen=True):
    """A bet that was cashed out; ``payout`` is in cents."""

    bet: int
    multiplier: float
    payout: int


class View(Struct, frozen=True):
    """``closes_at`` is there while betting is open, ``started_at`` and ``cashed_out`` while the multiplier climbs, and
    ``point`` after the crash. Times are in ms since the epoch."""

    phase: Literal["betting", "running", "ended"]
    closes_at: int | UnsetType = UNSET
    started_at: int | UnsetType = UNSET
    cashed_out: tuple[TakenBet, ...] | UnsetType = UNSET
    point: float | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET


class Reply(Struct, frozen=True):
    """The reply to a cash-out: the multiplier, and what all bets that were cashed out pay together, in cents."""

    multiplier: float
    payout: int


class CrashBet(Struct, frozen=True):
    """An accepted bet. It is cashed out automatically at ``target``: its own or the one set by the largest payout."""

    seat: Seat
    amount: int
    target: int
    due_ms: int
    """The first millisecond after the start at which the multiplier has reached the target."""


class CrashBettor(Struct, frozen=True):
    """What a seat has in the round: the client seed of its first bet, and the numbers of its bets."""

    client_seed: str
    numbers: tuple[int, ...]


class Flight(Struct, frozen=True):
    """The state of a round that has started. ``point`` and ``crash_at`` are secret until the end."""

    point: int
    crash_at: int
    client_seed: str
    queue: tuple[int, ...]
    """The numbers of all bets, by rising target."""
    first: int = 0
    """The index in ``queue`` of the first bet that may still be live; all before it are cashed out."""
    cashed_out: dict[int, int] = {}
    """Bet number -> multiplier, in the order of the cash-outs."""
    ticks: int = 0
    ended: bool = False


class State(Struct, frozen=True):
    """A round. ``bettors`` is in the order of first bets. Dicts are replaced, never changed."""

    options: Options
    seeds: Seeds
    closes_at: int
    """When betting closes and the multiplier starts to climb."""
    wagers: tuple[CrashBet, ...] = ()
    bettors: dict[Seat, CrashBettor] = {}
    flight: Flight | None = None


def multiplier_at(elapsed_ms: int) -> int:
    """Return the multiplier in hundredths, ``elapsed_ms`` after the start: ``floor(100 × e^(0.00006 t))``."""
    value = 100 * math.exp(elapsed_ms * 6 / 100_000)
    whole = int(value)
    # A double is accurate to about 14 digits. If it is so close to an integer that floor() might differ between
    # machines, compute 40 digits instead.
    if min(value - whole, whole + 1 - value) > value * 1e-12:
        return whole
    return int(_EXACT.multiply(100, _EXACT.exp(_EXACT.divide(elapsed_ms * 6, 100_000))))


def time_of(multiplier: int) -> int:
    """Return the first millisecond after the start at which ``multiplier_at`` reaches ``multiplier`` (at least 100)."""
    elapsed_ms = math.ceil(math.log(multiplier / 100) * 100_000 / 6)
    while elapsed_ms > 0 and multiplier_at(elapsed_ms - 1) >= multiplier:
        elapsed_ms -= 1
    while multiplier_at(elapsed_ms) < multiplier:
        elapsed_ms += 1
    return elapsed_ms


def highest_multiplier(stake: int, max_payout: int) -> int:
    """Return the largest multiplier that pays no more than ``max_payout`` for ``stake``."""
    return min(LARGEST_POINT, ((max_payout + 1) * HUNDREDTHS - 1) // stake)


class Crash(Game[Options, State]):
    """The rules of crash."""

    name = "crash"
    title = "Crash"
    summary = "The multiplier climbs until it crashes. Cash out before it does."
    rules = (
        "Betting is open for a few seconds. Then the multiplier starts at 1.00 and climbs, faster and faster, until it "
        "crashes at a secret point that was fixed when betting closed. Cash out before that, and your bet pays the "
        "current multiplier. If the crash comes first, you lose the stake. It may come at once, at 1.00.\n\n"
        "You can place up to four bets per round. With an automatic cash-out, a bet is cashed out at exactly that "
        "multiplier, whether you are connected or not; it wins if the point is at least that high. A bet that reaches "
        "the room's maximum payout is cashed out there.\n\n"
        "If you lose the connection, your bet stays in the round until its automatic cash-out or the crash.\n\n"
        "Payouts are rounded down to whole cents. Stakes in whole chips lose nothing by that; smaller ones return "
        "less, and a stake is refused if its automatic cash-out would pay no more than the stake."
    )
    shared = True
    seats = 1_000
    return_to_player = Fraction(99, 100)
    largest_multiplier = Fraction(LARGEST_POINT, HUNDREDTHS)
    options = Options
    selection = Selection
    action = Cashout
    events = (BettingOpened, RoundStarted, Tick, CashedOut)
    view_type = View
    facts_type = Facts
    reply_type = Reply
    phases = ("betting", "running", "ended")
    refusals = (ABOVE_PAYOUT, NOTHING_TO_WIN, NOT_STARTED, CRASHED, BET_NOT_LIVE)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        closes_at = now + options.betting_ms
        return Step(
            state=State(options=options, seeds=seeds, closes_at=closes_at),
            events=(Event(BettingOpened(closes_at)),),
            wake_at=closes_at,
        )

    def stake_of(self, state: State, command: Command) -> int:
        if not isinstance(command, Bet):
            return 0
        _checked_target(state, command)
        return command.amount

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _accept(state, command, now)
        if state.flight and state.flight.ended:
            raise RefusedError(ROUND_OVER)
        step = _advance(state, now)
        # The bets of a player who leaves stay in the round, so a Leave only advances the time.
        return _cash_out(step, command, now) if isinstance(command, Act) else step

    def check_win(self, options: Options, bet: Bet) -> None:
        highest = _highest_target(bet.amount, options)
        wanted = bet.selection.auto_cashout if bet.selection else None
        target = highest if wanted is None else min(highest, round(wanted * HUNDREDTHS))
        check_win(bet.amount, Fraction(target, HUNDREDTHS))

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown = _shown(state)
        return shown if viewer is None else shown | {"actions": _actions(state, viewer)}

    def known(self, state: State, viewer: Seat | None) -> Any:
        """While the round runs, only the bets that were cashed out say something of the point."""
        flight = state.flight
        return flight and (flight.cashed_out, flight.point if flight.ended else None)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        typical = [1.01, 1.5, 2.0, 5.0, 10.0, 100.0, 1_000.0, 1_000_000.0]
        targets = [selection.auto_cashout] if selection and selection.auto_cashout else typical
        aims = [exact_hundredths(each, MIN_TARGET, MAX_TARGET, "selection.auto_cashout") for each in targets]
        return tuple(odds_of_target(f"cashed out at {aim / HUNDREDTHS:,.2f}", aim) for aim in aims)

    def odds_at(self, stake: int, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        """A bet is cashed out at the room's maximum payout at the latest."""
        found = super().odds_at(stake, options, selection)
        highest = _highest_target(stake, options)
        if all(each.largest <= Fraction(highest, HUNDREDTHS) for each in found):
            return found
        if selection is not None:
            return super().odds_at(stake, options, Selection(highest / HUNDREDTHS))
        return tuple(each for each in found if each.largest <= Fraction(highest, HUNDREDTHS))


def _highest_target(stake: int, options: Options) -> int:
    """Return the multiplier at which a bet of ``stake`` cents reaches the room's maximum payout. Raises RefusedError if
    it can't win anything below that."""
    highest = highest_multiplier(stake, options.max_payout)
    if highest < MIN_TARGET:
        raise RefusedError(NOTHING_TO_WIN, field="amount")
    return highest


def _checked_target(state: State, bet: Bet) -> int:
    """Return the multiplier at which ``bet`` is cashed out automatically. Raises RefusedError."""
    if state.flight:
        raise _closed()
    check_stake(bet.amount)
    if bet.amount > state.options.max_payout:
        raise RefusedError(ABOVE_PAYOUT, field="amount", most=state.options.max_payout)
    bettor = state.bettors.get(bet.seat)
    if bettor and len(bettor.numbers) == MAX_BETS_PER_SEAT:
        raise RefusedError(TOO_MANY_BETS, most=MAX_BETS_PER_SEAT)
    highest = highest_multiplier(bet.amount, state.options.max_payout)
    wanted = bet.selection.auto_cashout if bet.selection else None
    if wanted is None:
        return highest
    return min(highest, exact_hundredths(wanted, MIN_TARGET, MAX_TARGET, "selection.auto_cashout"))


def _closed() -> RefusedError:
    return RefusedError(BETTING_CLOSED)


def _accept(state: State, bet: Bet, now: int) -> Step[State]:
    target = _checked_target(state, bet)
    if now >= state.closes_at:
        raise _closed()
    before = state.bettors.get(bet.seat) or CrashBettor(bet.client_seed, ())
    bettor = CrashBettor(before.client_seed, (*before.numbers, bet.number))
    wager = CrashBet(seat=bet.seat, amount=bet.amount, target=target, due_ms=time_of(target))
    accepted = replace(state, wagers=(*state.wagers, wager), bettors={**state.bettors, bet.seat: bettor})
    return Step(accepted, wake_at=state.closes_at)


def _start(state: State) -> Flight:
    client_seed = joined_seeds(bettor.client_seed for bettor in state.bettors.values())
    point = point_of(next(floats(state.seeds.server_seed, client_seed, state.seeds.nonce)))
    crash_ms = 0 if point == HUNDREDTHS else time_of(point + 1)
    queue = sorted(range(1, len(state.wagers) + 1), key=lambda number: state.wagers[number - 1].target)
    return Flight(point=point, crash_at=state.closes_at + crash_ms, client_seed=client_seed, queue=tuple(queue))


def _advance(state: State, now: int) -> Step[State]:
    """Bring the round up to ``now``: start it, pay the targets that it has passed, tick, and end it at the crash."""
    if now < state.closes_at:
        return Step(state, wake_at=state.closes_at)
    events: list[Event] = []
    flight = state.flight
    if flight is None:
        flight = _start(state)
        events.append(Event(RoundStarted(state.closes_at)))
    flight = _pay_due(state, flight, now, events)
    if now >= flight.crash_at:
        ended = replace(state, flight=replace(flight, ended=True))
        return Step(ended, tuple(events), outcome=_outcome(state, flight))
    ticks = (now - state.closes_at) // state.options.tick_ms
    if ticks > flight.ticks:
        flight = replace(flight, ticks=ticks)
        multiplier = multiplier_at(ticks * state.options.tick_ms)
        events.append(Event(Tick(multiplier / HUNDREDTHS), tick=True))
    return Step(state=replace(state, flight=flight), events=tuple(events), wake_at=_wake_at(state, flight))


def _pay_due(state: State, flight: Flight, now: int, events: list[Event]) -> Flight:
    """Cash out every bet whose target was reached by ``now`` and is not above the point. Appends to ``events``."""
    first, cashed_out = flight.first, flight.cashed_out
    while first < len(flight.queue):
        number = flight.queue[first]
        wager = state.wagers[number - 1]
        if number not in cashed_out:
            if state.closes_at + wager.due_ms > now or wager.target > flight.point:
                break
            if cashed_out is flight.cashed_out:
                cashed_out = dict(cashed_out)
            cashed_out[number] = wager.target
            events.append(_cashed_out(wager, number, wager.target))
        first += 1
    return flight if first == flight.first else replace(flight, first=first, cashed_out=cashed_out)


def _cashed_out(wager: CrashBet, number: int, multiplier: int) -> Event:
    amount = payout(wager.amount, multiplier, HUNDREDTHS)
    return Event(CashedOut(multiplier / HUNDREDTHS, amount), seat=wager.seat, bet=number)


def _wake_at(state: State, flight: Flight) -> int:
    next_tick = state.closes_at + (flight.ticks + 1) * state.options.tick_ms
    wake_at = min(next_tick, flight.crash_at)
    if flight.first < len(flight.queue):
        wake_at = min(wake_at, state.closes_at + state.wagers[flight.queue[flight.first] - 1].due_ms)
    return wake_at


def _cash_out(step: Step[State], act: Act, now: int) -> Step[State]:
    """Return ``step``, which has brought the round up to ``now``, extended by a player's cash-out."""
    state, flight = step.state, step.state.flight
    if flight is None:
        raise RefusedError(NOT_STARTED)
    if flight.ended:
        raise RefusedError(CRASHED)
    numbers = _live_numbers(state, flight, act)
    multiplier = multiplier_at(now - state.closes_at)
    events = [_cashed_out(state.wagers[number - 1], number, multiplier) for number in numbers]
    total = sum(payout(state.wagers[number - 1].amount, multiplier, HUNDREDTHS) for number in numbers)
    flight = replace(flight, cashed_out=flight.cashed_out | dict.fromkeys(numbers, multiplier))
    # Skip the bets that were just cashed out, so that the next wake is not for one of them.
    flight = _pay_due(state, flight, now, [])
    reply = {"multiplier": multiplier / HUNDREDTHS, "payout": total}
    return Step(
        state=replace(state, flight=flight),
        events=(*step.events, *events),
        wake_at=_wake_at(state, flight),
        reply=reply,
    )


def _live_numbers(state: State, flight: Flight, act: Act) -> list[int]:
    """Return the numbers of the live bets that ``act`` applies to. Raises RefusedError if there are none."""
    bettor = state.bettors.get(act.seat)
    wanted = act.action.bet
    numbers = [
        number
        for number in (bettor.numbers if bettor else ())
        if number not in flight.cashed_out and wanted in (None, number)
    ]
    if not numbers:
        raise RefusedError(NO_LIVE_BET if wanted is None else BET_NOT_LIVE)
    return numbers


def _outcome(state: State, flight: Flight) -> Outcome:
    results = []
    for number, wager in enumerate(state.wagers, start=1):
        multiplier = flight.cashed_out.get(number, 0)
        paid = payout(wager.amount, multiplier, HUNDREDTHS)
        results.append(
            BetResult(
                seat=wager.seat,
                number=number,
                amount=wager.amount,
                result="cashout" if multiplier else "loss",
                payout=paid,
            )
        )
    return Outcome(facts={"point": flight.point / HUNDREDTHS}, results=tuple(results), client_seed=flight.client_seed)


def _shown(state: State) -> dict[str, Any]:
    flight = state.flight
    if flight is None:
        return {"phase": "betting", "closes_at": state.closes_at}
    if flight.ended:
        return {"phase": "ended", "point": flight.point / HUNDREDTHS}
    taken = [
        {
            "bet": number,
            "multiplier": multiplier / HUNDREDTHS,
            "payout": payout(state.wagers[number - 1].amount, multiplier, HUNDREDTHS),
        }
        for number, multiplier in flight.cashed_out.items()
    ]
    return {"phase": "running", "started_at": state.closes_at, "cashed_out": taken}


def _actions(state: State, viewer: Seat) -> dict[str, Any]:
    bettor, flight = state.bettors.get(viewer), state.flight
    if bettor is None or flight is None or flight.ended:
        return {}
    return {"cashout": {}} if any(number not in flight.cashed_out for number in bettor.numbers) else {}
