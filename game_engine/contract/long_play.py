"""Compares a game's odds with what it states, and with what many rounds pay."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import sqrt
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.chance import ShiftedSeed
from game_engine.contract.chooser import structs_of, values_of, variants_of
from game_engine.contract.promise import BrokenPromiseError, Tried, require, script_of
from game_engine.contract.table import is_between_players
from game_engine.game import Act, AnyGame, Bet, BetResult, Command, Leave, RefusedError, Seat, Seeds, Step, Wake
from game_engine.odds import Odds

DEVIATIONS = 4.5
"""How many standard errors a sample may stray: about one clean sample in 150,000 strays further."""
CLOSE = Fraction(1, 1_000)
"""How far the best bet's return may lie from the stated one, as payouts are rounded."""
KINDS = 6
"""How many different selections long play bets on."""
PLAYERS_SHARE = 12
"""Rounds between players are longer than others, so one in so many is played."""
MOST_STEPS = 400
LONG_STEP_MS = 1_000
OPENED_AT = 1_790_000_000_000


class Sample(Struct):
    """Payouts in stakes, beside the odds of each bet."""

    paid: list[float] = msgspec.field(default_factory=list)
    expected: float = 0.0
    variance: float = 0.0
    largest: float = 0.0

    def add(self, result: BetResult, odds: Odds) -> None:
        self.paid.append(result.payout / result.amount)
        self.expected += float(odds.mean)
        self.variance += odds.deviation**2
        self.largest = max(self.largest, float(odds.largest))


def check_odds(game: AnyGame, rounds: int) -> None:
    """Raise BrokenPromiseError if odds, stated return, stated largest payout and long play don't agree."""
    options = game.options()
    odds = game.odds(options)
    require(bool(odds), "`odds` lists at least one kind of bet.")
    for each in odds:
        fits = each.mean >= 0 and each.largest <= game.largest_multiplier
        require(fits, f"The odds of {each.bet!r} exceed the largest multiplier, {game.largest_multiplier}: {each}")
    best = max(odds, key=lambda each: each.mean)
    slack = CLOSE + Fraction(4 * best.error)
    mean, stated = float(best.mean), float(game.return_to_player)
    close = abs(best.mean - game.return_to_player) <= slack
    require(close, f"The best odds ({best.bet}) return {mean:.4%}, but the game states {stated:.4%}.")
    dice = Random(f"odds of {game.name}")
    _check_wins(game, options, dice)
    if game.action is None:
        _check_rounding(game, options, dice)
    _check_passive_play(game, options, rounds, dice)
    if is_between_players(game):
        _check_play_between_players(game, options, rounds // PLAYERS_SHARE, dice)
    elif game.action is not None:
        _check_active_play(game, options, odds, rounds, dice)


# ---- bets that a player leaves alone ----


def _check_passive_play(game: AnyGame, options: Any, rounds: int, dice: Random) -> None:
    """Bets whose odds depend on nothing but the selection return in many rounds what the odds say."""
    kinds = _kinds(game, options, dice)
    if not kinds:
        return
    samples: dict[str, Sample] = defaultdict(Sample)
    for number in range(rounds):
        chosen = [dice.choice(kinds) for _ in range(3 if game.shared else 1)]
        table = _Table(game, options, number)
        for seat, (selection, _) in enumerate(chosen):
            table.bet(Seat(min(seat, game.seats - 1)), selection, dice)
        table.wait()
        for result in table.results():
            one = next((odds for value, odds in kinds if value == table.selections[result.number]), None)
            if one is not None:
                fits = result.payout <= result.amount * one.largest
                require(fits, f"{result.payout} cents for {result.amount} are above the largest payout of {one}.")
                samples[one.bet].add(result, one)
                samples["all bets"].add(result, one)
    for bet, sample in samples.items():
        _require_agreement(bet, sample)


def _kinds(game: AnyGame, options: Any, dice: Random) -> list[tuple[Any, Odds]]:
    """Return the selections with exactly one kind of odds that stray least, with these odds."""
    found: list[tuple[Any, Odds]] = []
    tried: list[Any] = []
    for selection in values_of(game.selection, dice, 60):
        if selection in tried:
            continue
        tried.append(selection)
        try:
            odds = game.odds(options, selection)
        except RefusedError:
            continue
        slack = 5 * CLOSE
        over = max((each.mean for each in odds), default=Fraction(0)) - game.return_to_player
        require(over <= slack, f"{selection} returns {float(over):.4%} more than the game states.")
        if len(odds) == 1 and odds[0].deviation <= 10:
            found.append((selection, odds[0]))
    return sorted(found, key=lambda kind: kind[1].deviation)[:KINDS]


def _require_agreement(bet: str, sample: Sample) -> None:
    count = len(sample.paid)
    if count < 100:
        return
    tolerance = DEVIATIONS * sqrt(sample.variance) + 2 * sample.largest
    paid = sum(sample.paid)
    require(
        abs(paid - sample.expected) <= tolerance,
        f"The odds don't agree with play: {count} bets ({bet}) paid {paid / count:.4f} stakes on average, and the odds "
        f"say {sample.expected / count:.4f} (± {tolerance / count:.4f}).",
    )


# ---- bets with moves ----


def _check_active_play(game: AnyGame, options: Any, odds: Sequence[Odds], rounds: int, dice: Random) -> None:
    """Random moves return no more than the best odds, and no less than the worst if all odds are the same."""
    paid: list[float] = []
    for number in range(rounds):
        table = _Table(game, options, -1 - number)
        for selection in values_of(game.selection, dice, 5):
            table.bet(Seat(0), selection, dice)
            if table.selections:
                break
        table.act(dice)
        results = list(table.results())
        # A player who leaves before the first move may get the stake back.
        if table.moved or any(result.result != "push" for result in results):
            paid += [result.payout / result.amount for result in results]
    if len(paid) < 100:
        return
    mean = sum(paid) / len(paid)
    error = sqrt(sum((each - mean) ** 2 for each in paid)) / len(paid)
    tolerance = DEVIATIONS * error + 2 * max(paid) / len(paid)
    best, worst = (float(pick(each.mean for each in odds)) for pick in (max, min))
    said = f"The odds don't agree with play: {len(paid)} bets with random moves paid {mean:.4f} stakes on average"
    require(mean <= best + tolerance, f"{said}, and the best odds are {best:.4f} (± {tolerance:.4f}).")
    same = best - worst <= float(CLOSE)
    require(not same or mean >= worst - tolerance, f"{said}, and all odds are {worst:.4f} (± {tolerance:.4f}).")


def _check_play_between_players(game: AnyGame, options: Any, rounds: int, dice: Random) -> None:
    """Whatever players do, they get back what they put in, if the odds keep nothing: also in ties and odd cents."""
    if min(each.mean for each in game.odds(options)) < 1:
        return
    for number in range(rounds):
        table = _Table(game, options, number)
        seats = [Seat(seat) for seat in range(min(game.seats, dice.randint(2, 4)))]
        for seat in seats:
            for selection in values_of(game.selection, dice, 5):
                if table.bet(seat, selection, dice):
                    break
        table.play(seats, dice)
        paid = sum(result.payout for result in table.results())
        played = table.step.outcome is not None and bool(table.seed.read)
        if played and paid != table.held:
            raise BrokenPromiseError(f"Players put in {table.held} cents and got back {paid}.", table.script())


# ---- rounding ----


def _check_rounding(game: AnyGame, options: Any, dice: Random) -> None:
    """A bet without moves pays its stake times one multiplier, rounded down once, whatever the stake."""
    for number, selection in enumerate(values_of(game.selection, dice, 40)):
        least, most = Fraction(0), None
        amounts = [1, 7, 10, 29, 100, 1_000, *(dice.randint(1, 20_000) for _ in range(20))]
        for amount in amounts:
            table = _Table(game, options, number)
            table.bet(Seat(0), selection, dice, amount)
            table.wait()
            for result in table.results():
                least = max(least, Fraction(result.payout, amount))
                above = Fraction(result.payout + 1, amount)
                most = above if most is None else min(most, above)
                require(
                    least < most,
                    f"A payout is stake × multiplier, rounded down once. {result.payout} cents for a stake of {amount} "
                    f"fit no multiplier that fits the other stakes of the same bet, {selection}.",
                )


def _check_wins(game: AnyGame, options: Any, dice: Random) -> None:
    """A bet that is accepted can win more than its stake, in whole cents."""
    for selection in values_of(game.selection, dice, 40):
        for stake in (1, 7, 50, 99, 101):
            try:
                odds = game.odds_at(stake, options, selection)
            except RefusedError:
                continue
            require(
                max(each.largest for each in odds) > 1,
                f"A stake of {stake} cents on {selection} can't win more than itself, since payouts are whole cents. "
                "`check_win` refuses it.",
            )


# ---- a table without checks ----


class _Table:
    """A round that is only played, for its results."""

    def __init__(self, game: AnyGame, options: Any, number: int) -> None:
        self.game, self.now, self.moved = game, OPENED_AT, False
        self.options, self.seed = options, ShiftedSeed(f"long play {number}")
        self.seeds = Seeds(self.seed, abs(number) + 1)
        self.step: Step[Any] = game.open(options, self.seeds, self.now)
        self.tried: list[Tried] = []
        self.selections: dict[int, Any] = {}
        self.held = 0

    def try_(self, command: Command) -> bool:
        try:
            stake = self.game.stake_of(self.step.state, command)
            self.step = self.game.apply(self.step.state, command, self.now)
        except RefusedError:
            return False
        self.tried.append((self.now, command))
        self.held += stake
        return True

    def script(self) -> str:
        return script_of(self.options, self.seeds, OPENED_AT, self.tried)

    def bet(self, seat: Seat, selection: Any, dice: Random, amount: int | None = None) -> bool:
        """Place a bet of ``amount``, or of the most that the seat may stake. Returns whether it was accepted."""
        if self.step.outcome is not None:
            return False
        number = len(self.selections) + 1
        bounds = self.game.view(self.step.state, seat).get("stake") or {}
        stake = amount or bounds.get("maximum") or bounds.get("minimum", 10_000)
        bet = Bet(seat=seat, number=number, amount=stake, client_seed=f"{dice.random()}", selection=selection)
        if amount is not None:
            bet = msgspec.structs.replace(bet, client_seed="the same")
        accepted = self.try_(bet)
        if accepted:
            self.selections[number] = selection
        return accepted

    def wait(self) -> None:
        """Let the time pass; where the round waits for players, they leave."""
        leaving = [Seat(0), Seat(1), Seat(2)]
        for _ in range(MOST_STEPS):
            if self.step.outcome is not None:
                return
            self._pass(leaving)

    def act(self, dice: Random) -> None:
        """Make up to three random moves, and then wait."""
        moves = dice.randint(1, 3)
        for _ in range(MOST_STEPS):
            if self.step.outcome is not None or not moves:
                break
            offered = self.game.view(self.step.state, Seat(0)).get("actions") or {}
            if offered and dice.random() < 0.7:
                moves -= 1
                self.moved |= self._takes(Seat(0), dice.choice(sorted(offered)), offered, dice)
            elif self.step.wake_at is not None:
                self.now = self.step.wake_at
                self.try_(Wake())
            elif not offered:
                break
        self.wait()

    def play(self, seats: Sequence[Seat], dice: Random) -> None:
        """Let all seats move until the round ends; each round, the players like other actions."""
        weights = {name: dice.choice([0.01, 1.0, 4.0]) for name in structs_of(self.game.action)}
        while self.step.outcome is None and self.step.wake_at is not None and self.takes_bets:
            self.now = self.step.wake_at
            self.try_(Wake())
        for _ in range(MOST_STEPS):
            if self.step.outcome is not None:
                return
            offers = {seat: self.game.view(self.step.state, seat).get("actions") or {} for seat in seats}
            most = max(map(len, offers.values()))
            if not most:
                break
            seat = next(each for each in seats if len(offers[each]) == most)
            names = sorted(offers[seat])
            [name] = dice.choices(names, [weights[each] for each in names])
            if not self._takes(seat, name, offers[seat], dice):
                break
        self.wait()

    @property
    def takes_bets(self) -> bool:
        return bool(self.game.view(self.step.state, None)["phase"] == "betting")

    def _takes(self, seat: Seat, name: str, offered: dict[str, Any], dice: Random) -> bool:
        struct = structs_of(self.game.action)[name]
        variants = list(variants_of(struct, offered[name], dice, 5))
        dice.shuffle(variants)
        return any(self.try_(Act(seat, each)) for each in variants)

    def _pass(self, leaving: list[Seat]) -> None:
        if self.step.wake_at is not None:
            self.now = max(self.step.wake_at, self.now + LONG_STEP_MS)
            self.try_(Wake())
        elif leaving:
            self.try_(Leave(leaving.pop(0)))

    def results(self) -> Iterator[BetResult]:
        """Return the results of a round that has ended and in which something was drawn."""
        if self.step.outcome is not None and self.seed.read:
            yield from self.step.outcome.results
