"""Plays rounds at random as players would: stakes and moves that the views offer, with all else tried beside them."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec import Struct

from game_engine.contract.chooser import below_and_above, ends_of, structs_of, value_of, values_of, variants_of
from game_engine.contract.table import Met, Refusal, Round
from game_engine.game import Act, AnyGame, Bet, CarriedStake, Command, Leave, Seat, Seeds, ShortenTurns, Wake

OPENED_AT = 1_790_000_000_000
MOST_MOVES = 80
MOST_SEATS = 9
MOST_ROUNDS = 3
"""How many rounds follow one another in a script if they hand something on."""
TRIES = 60
"""How many values are tried before an offer counts as one that can't be accepted."""
PUNCTUAL_WAKES, LATE_WAKES = 100, 40
"""How often a round is woken after its moves; the late wakes are ever later, so that a long round ends soon."""


class Style(Struct):
    """How the players of a script behave: chances, and a weight for each action."""

    seats: tuple[Seat, ...]
    bets: int
    """The most bets of a seat."""
    punctual: bool
    """Whether wakes come at their time, or only after all moves."""
    missing: float
    leaving: float
    probing: float
    """At how many steps everything is tried beside what happens."""
    ending: float
    """At how many of these the round is also played to its end."""
    weights: dict[str, float]


class Driver:
    """Plays one script, which its number determines. Raises BrokenPromiseError where a promise breaks."""

    def __init__(self, game: AnyGame, number: int, met: Met | None = None, options: Any = None) -> None:
        self.game, self.met = game, met or Met()
        self.dice = Random(f"{game.name} {number}")
        self.style = self._style()
        self.options = self._options() if options is None else options

    def play(self) -> list[Round]:
        """Play a round, and those to which it hands something on. Returns them."""
        played: list[Round] = []
        options, now = self.options, OPENED_AT
        carried: tuple[CarriedStake, ...] = ()
        server_seed = f"{self.dice.getrandbits(256):064x}"
        nonce = self.dice.randint(1, 10**6)
        for number in range(MOST_ROUNDS):
            seeds = Seeds(f"{server_seed[number:]}{server_seed[:number]}", nonce + number)
            round_ = Round(
                self.game, options=options, seeds=seeds, now=now, seats=self.style.seats, met=self.met, carried=carried
            )
            played.append(round_)
            self._play(round_, carried)
            outcome = round_.step.outcome
            if outcome is None or not (outcome.carried_stakes or outcome.next_options):
                break
            options = self.options if outcome.next_options is None else outcome.next_options
            carried, now = outcome.carried_stakes, round_.now
        return played

    # -- what the players are like --

    def _style(self) -> Style:
        dice, game = self.dice, self.game
        most = min(game.seats, MOST_SEATS if dice.random() < 0.2 else 4)
        count = dice.randint(min(2, most), most) if dice.random() < 0.85 else 1
        among = range(min(game.seats, 12) if dice.random() < 0.9 else game.seats)
        actions = structs_of(game.action) if game.action is not None else {}
        return Style(
            seats=tuple(Seat(seat) for seat in sorted(dice.sample(among, count))),
            bets=dice.choice([1, 1, 2, 5]) if game.shared else 1,
            punctual=dice.random() < 0.8,
            missing=dice.choice([0.0, 0.03, 0.15]),
            leaving=dice.choice([0.0, 0.02, 0.1]),
            probing=0.15,
            ending=0.3,
            weights={name: dice.choice([0.0, 0.3, 1.0, 4.0]) for name in actions},
        )

    def _options(self) -> Any:
        """Return the default options, or random ones without those that only a round hands on."""
        default = self.game.options()
        if self.dice.random() < 0.6:
            return default
        for options in values_of(self.game.options, self.dice, 1):
            handed_on = {name: getattr(default, name) for name in self.game.handed_on}
            return type(options)(**{**_fields(options), **handed_on})
        return default

    # -- a round --

    def _play(self, round_: Round, carried: tuple[CarriedStake, ...]) -> None:
        for stake in carried:
            if not round_.ended:
                refusal = round_.try_(self._bet(stake.seat, stake.amount, stake.selection))
                round_.require(refusal is None, f"A carried stake is refused in the next round: {refusal}")
        for _ in range(MOST_MOVES):
            if round_.ended:
                break
            if not self.style.punctual or not round_.is_due:
                self._probe(round_)
            if not self._move(round_):
                break
        if round_.ended:
            self._check_after_the_end(round_)
        elif self.dice.random() < 0.3:
            round_.play_out()
        else:
            self._leave_and_wake(round_)

    def _move(self, round_: Round) -> bool:
        """Let one thing happen. Returns whether anything could."""
        dice, style = self.dice, self.style
        soon = round_.now + dice.choice([0, dice.randint(0, 40), dice.randint(0, 3_000)])
        if round_.step.wake_at is not None and style.punctual:
            soon = min(soon, round_.step.wake_at - 1)
        round_.now = max(round_.now, soon)
        if dice.random() < style.leaving:
            round_.try_(Leave(dice.choice(style.seats)))
            return True
        if round_.phase == "betting" and self._bets(round_):
            return True
        waits = round_.step.wake_at is not None
        idle = waits and dice.random() < (0.8 if round_.phase == "betting" else style.missing)
        if not idle and self._acts(round_):
            return True
        if waits and style.punctual:
            round_.wake(late_ms=dice.choice([0, 0, 0, dice.randint(0, 9_000)]))
            return True
        return waits and dice.random() < 0.7 and round_.try_(self._anything(round_)) is not None

    def _bets(self, round_: Round) -> bool:
        """Let a player who has few enough bets place one. Returns whether one was accepted."""
        counts = {seat: sum(bet.seat == seat for bet in round_.bets) for seat in self.style.seats}
        eager = [seat for seat in self.style.seats if counts[seat] < self.style.bets]
        if not eager or (round_.bets and self.dice.random() < 0.2):
            return False
        seat = min(eager, key=lambda each: (counts[each], self.dice.random()))
        refusal: Refusal | None = None
        for bet in self._candidates(round_, seat):
            refusal = round_.try_(bet)
            if refusal is None:
                return True
        bounds = round_.views[seat].get("stake")
        late = round_.is_due or counts[seat] > 0
        round_.require(late or not bounds, f"Seat {seat} may stake {bounds}, but every bet is refused: {refusal}")
        return False

    def _candidates(self, round_: Round, seat: Seat) -> Iterator[Bet]:
        bounds = round_.views[seat].get("stake") or {}
        least = bounds.get("minimum", 1)
        most = bounds.get("maximum", max(least, 10 ** self.dice.randint(2, 9)))
        for selection in values_of(self.game.selection, self.dice, 20):
            amount = self.dice.choice([least, most, self.dice.randint(least, min(most, least + 2_000))])
            yield self._bet(seat, amount, selection)

    def _bet(self, seat: Seat, amount: int, selection: Any) -> Bet:
        word = self.dice.choice(["a", "seed-1", "Z_z"])
        return Bet(seat=seat, number=0, amount=amount, client_seed=f"{word}{seat}", selection=selection)

    def _acts(self, round_: Round) -> bool:
        """Let a player act, most likely the one who has most to choose from. Returns whether one could."""
        choices = [len(round_.offered(seat)) ** 2 for seat in self.style.seats]
        if not any(choices):
            return False
        [seat] = self.dice.choices(self.style.seats, choices)
        offered = round_.offered(seat)
        names = sorted(offered)
        weights = [self.style.weights[name] + 0.01 for name in names]
        return self._takes(round_, seat, self.dice.choices(names, weights)[0])

    def _takes(self, round_: Round, seat: Seat, name: str) -> bool:
        """Let the seat take an offered action. Fails if it is refused with all values that the offer allows."""
        refusal: Refusal | None = None
        due = round_.is_due
        for action in variants_of(round_.actions[name], round_.offered(seat)[name], self.dice, TRIES):
            refusal = round_.try_(Act(seat, action))
            if refusal is None:
                return True
            bounds = round_.offered(seat)[name]
            round_.require(
                due or not bounds, f"Seat {seat} is offered {name!r} with {bounds}, but is refused: {refusal}"
            )
        round_.require(due, f"Seat {seat} is offered {name!r}, but is refused: {refusal}")
        return False

    def _anything(self, round_: Round) -> Command:
        """Return some command of some player, allowed or not."""
        dice = self.dice
        seat = dice.choice(self.style.seats)
        commands: list[Command] = [Wake(), Leave(seat), ShortenTurns(dice.randint(1, 20_000))]
        for selection in values_of(self.game.selection, dice, 1):
            commands.append(self._bet(seat, dice.randint(-1, 10 ** dice.randint(1, 12)), selection))
        if round_.actions:
            action = value_of(dice.choice([*round_.actions.values()]), dice)
            commands += [Act(seat, action)] * 3
        return dice.choice(commands)

    # -- what else is tried at a step --

    def _probe(self, round_: Round) -> None:
        """Try what players could do now, each in a copy of the round."""
        dice = self.dice
        if dice.random() >= self.style.probing:
            return
        commands: list[Command] = [Wake(), ShortenTurns(dice.randint(1, 20_000)), *map(Leave, round_.seats)]
        commands += [Leave(Seat(seat)) for seat in (0, self.game.seats - 1)]
        for command in commands:
            round_.fork().try_(command)
        if not round_.is_due:
            self._probe_actions(round_)
            self._probe_stakes(round_)
        if dice.random() < self.style.ending:
            self._probe_the_end(round_)

    def _probe_actions(self, round_: Round) -> None:
        """Every offered action is accepted, and everything else is refused; ``Round`` fails if it isn't."""
        for seat in round_.seats:
            offered = round_.offered(seat)
            for name, struct in round_.actions.items():
                if name in offered:
                    self._takes(round_.fork(), seat, name)
                    for end in ends_of(struct, offered[name]):
                        refusal = round_.fork().try_(Act(seat, end))
                        said = f"Seat {seat} is offered {name!r} with {offered[name]}, but is refused: {refusal}"
                        round_.require(refusal is None, said)
                    for outside in below_and_above(struct, offered[name], self.dice):
                        self._beside(round_, Act(seat, outside))
                else:
                    self._beside(round_, Act(seat, value_of(struct, self.dice)))

    def _probe_stakes(self, round_: Round) -> None:
        """Amounts within the bounds of a view are accepted, and others are refused; ``Round`` fails if they aren't."""
        for seat in round_.seats:
            bounds = round_.views[seat].get("stake") or {}
            amounts = [-1, 0, *(end + step for end in bounds.values() for step in (-1, 0, 1))]
            for amount in amounts:
                refusals = []
                for selection in values_of(self.game.selection, self.dice, 20):
                    refusals.append(self._beside(round_, self._bet(seat, amount, selection)))
                    if refusals[-1] is None or amount not in bounds.values():
                        break
                refused = amount in bounds.values() and None not in refusals and round_.phase == "betting"
                round_.require(not refused, f"Seat {seat} may stake {bounds}, but {amount} is refused: {refusals}")
            if not bounds:
                for selection in values_of(self.game.selection, self.dice, 1):
                    self._beside(round_, self._bet(seat, self.dice.randint(1, 2_000), selection))

    def _beside(self, round_: Round, command: Command) -> Refusal | None:
        """Try a command in a copy of the round. A refused one changes nothing, so it becomes part of the script."""
        other = round_.fork()
        refusal = other.try_(command)
        if refusal is not None:
            round_.tried.append(other.tried[-1])
        return refusal

    def _probe_the_end(self, round_: Round) -> None:
        """A closing room plays the round out, and however late it wakes the round, the payouts are the same."""
        ends: list[Round] = []
        for late_ms in (0, 0, self.dice.randint(1, 60_000)):
            other = round_.fork()
            if len(ends) == 1:
                other.try_(ShortenTurns(self.dice.randint(1, 20_000)))
                other.play_out()
            for _ in range(PUNCTUAL_WAKES):
                if other.ended or other.step.wake_at is None:
                    break
                other.wake(late_ms)
            ends.append(other)
        paid = [[result.payout for result in each.step.outcome.results] for each in ends if each.step.outcome]
        if ends[0].ended and ends[2].ended:
            ends[2].require(
                paid[0] == paid[-1], f"A late wake must not change what is paid: {paid[-1]} instead of {paid[0]}."
            )

    # -- the end --

    def _leave_and_wake(self, round_: Round) -> None:
        """Everyone leaves; then a round with a bet must end by waking alone."""
        for seat in round_.seats:
            if not round_.ended:
                round_.try_(Leave(seat))
        for number in range(PUNCTUAL_WAKES + LATE_WAKES):
            if round_.ended or round_.step.wake_at is None:
                break
            round_.wake(late_ms=2 ** max(0, number - PUNCTUAL_WAKES) - 1)
        round_.require(round_.ended or not round_.bets, "A round with a bet must end when it is left and woken.")

    def _check_after_the_end(self, round_: Round) -> None:
        """A round that has ended takes neither bets nor actions; ``Round`` fails if it does."""
        seat = self.dice.choice(round_.seats)
        for selection in values_of(self.game.selection, self.dice, 1):
            round_.fork().try_(self._bet(seat, 100, selection))
        for struct in round_.actions.values():
            round_.fork().try_(Act(seat, value_of(struct, self.dice)))


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
