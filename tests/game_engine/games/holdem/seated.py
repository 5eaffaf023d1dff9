"""A table whose players buy chips, move and leave as a test says."""

from typing import Any

from game_engine.game import Act, Bet, Command, Leave, Outcome, RefusedError, Seat, Seeds, Step, Wake
from game_engine.games.holdem import Holdem
from game_engine.games.holdem.moves import Action
from game_engine.games.holdem.state import Hand, Options, Selection, State

GAME = Holdem()
OPEN = Options(min_buy_in=1, max_buy_in=100_000, show_ms=0)
"""Options that allow any buy-in. A hand ends with the last move: nobody chooses what to show."""


class Seated:
    """A round at time ``now``; each command first advances the time by ``after`` ms."""

    def __init__(self, options: Options = OPEN, server_seed: str = "server seed") -> None:
        self.now = 1_000
        self.bets = 0
        self.steps: list[Step[State]] = [GAME.open(options, Seeds(server_seed, 1), self.now)]

    @property
    def step(self) -> Step[State]:
        return self.steps[-1]

    @property
    def state(self) -> State:
        return self.step.state

    @property
    def hand(self) -> Hand:
        assert self.state.hand
        return self.state.hand

    @property
    def outcome(self) -> Outcome:
        assert self.step.outcome
        return self.step.outcome

    @property
    def payouts(self) -> dict[int, int]:
        """Bet number -> payout."""
        return {result.number: result.payout for result in self.outcome.results}

    def do(self, command: Command, after: int = 0) -> "Seated":
        self.now += after
        self.steps.append(GAME.apply(self.state, command, self.now))
        return self

    def buy(self, seat: int, amount: int, *, sitting_out: bool = False, after: int = 0) -> "Seated":
        bet = Bet(
            seat=Seat(seat),
            number=self.bets + 1,
            amount=amount,
            client_seed=f"seed-{seat}",
            selection=Selection(sitting_out),
        )
        assert GAME.stake_of(self.state, bet) == amount
        self.do(bet, after)
        self.bets += 1
        return self

    def act(self, seat: int, action: Action, after: int = 1) -> "Seated":
        return self.do(Act(Seat(seat), action), after)

    def leave(self, seat: int, after: int = 1) -> "Seated":
        return self.do(Leave(Seat(seat)), after)

    def wake(self, late: int = 0) -> "Seated":
        """Wake the game at the time that the last step asked for."""
        assert self.step.wake_at is not None
        return self.do(Wake(), self.step.wake_at - self.now + late)

    def view(self, seat: int | None = None) -> dict[str, Any]:
        return GAME.view(self.state, None if seat is None else Seat(seat))

    def chair(self, seat: int) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.view()["seats"] if each["seat"] == seat)
        return found

    def refusal(self, command: Command, after: int = 1) -> tuple[str, str | None]:
        """Return the code and the field with which ``command`` is refused."""
        try:
            GAME.apply(self.state, command, self.now + after)
        except RefusedError as refusal:
            return refusal.code, refusal.field
        raise AssertionError("it was not refused")


def dealt(stacks: dict[int, int], options: Options = OPEN, server_seed: str = "server seed") -> Seated:
    """Return a table with these stacks whose hand has just been dealt."""
    table = Seated(options, server_seed)
    for seat, amount in stacks.items():
        table.buy(seat, amount)
    return table.wake()
