"""Games that show what a player may not know yet. ``breaks`` is what the contract test says of each."""

from typing import Any

from msgspec.structs import replace

from game_engine.cards import rank_of
from game_engine.chance import floats
from game_engine.game import Act, Bet, BetEvent, Command, Event, RefusedError, RoundStarted, Seat, Seeds, Step
from tests.game_engine.contract.games import high, ladder, race
from tests.game_engine.contract.games.high import Dealt, High, Raise
from tests.game_engine.contract.games.ladder import Climb, Climbed, Ladder
from tests.game_engine.contract.games.race import Furlong, Race

HIDDEN = "Nothing hidden may appear"


class OpenCards(High):
    """Every view shows all cards."""

    breaks = f"{HIDDEN}: .*view shows"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        players = [player | {"held": state.cards.get(player["seat"])} for player in shown["players"]]
        return shown | {"players": players}


class OneCardOpen(High):
    """Every view shows the card of the last bettor."""

    breaks = f"{HIDDEN}: .*view shows"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        last = state.cards.get(state.bets[-1].seat) if state.bets else None
        return super().view(state, viewer) | {"last": last}


class ToldToAll(High):
    """The cards are told to everyone."""

    breaks = f"{HIDDEN}: .*is told"

    def announce(self, cards: dict[Seat, str]) -> tuple[Event, ...]:
        first, *others = super().announce(cards)
        return (first, *(replace(event, to=None) for event in others))


class ToldToTheNext(High):
    """Each card is told to the next player."""

    breaks = f"{HIDDEN}: .*is told"

    def announce(self, cards: dict[Seat, str]) -> tuple[Event, ...]:
        seats = list(cards)
        return tuple(Event(Dealt(cards[seat]), to=seats[at - 1]) for at, seat in enumerate(seats))


class OpenTable(ToldToAll):
    """Views and events show all cards, so that only ``known`` says that they are secret."""

    breaks = f"{HIDDEN}: .*is told"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"all": list(state.cards.values())}


class TalksInRefusals(High):
    """A refusal names the card of the player whose turn it is."""

    breaks = f"{HIDDEN}: .*command is answered"

    def check_turn(self, state: high.State, act: Act) -> None:
        if state.waiting and state.waiting[0] != act.seat and act.seat in state.live:
            raise RefusedError("not_your_turn", f"It is the turn of {state.cards[state.waiting[0]]}.")
        super().check_turn(state, act)


class TalksInCodes(High):
    """The code of a refusal depends on another player's card."""

    breaks = f"{HIDDEN}: .*command is answered"

    def check_turn(self, state: high.State, act: Act) -> None:
        if state.waiting and state.waiting[0] != act.seat and act.seat in state.live:
            strong = rank_of(state.cards[state.waiting[0]]) > 8
            raise RefusedError("not_your_turn" if strong else "illegal_action", "It is not your turn.")
        super().check_turn(state, act)


class TalksInReplies(High):
    """The reply to a raise says whether it is well founded."""

    breaks = f"{HIDDEN}: .*gets the reply"

    def act(self, state: high.State, act: Act, now: int) -> Step[high.State]:
        step = super().act(state, act, now)
        best = max(state.cards, key=lambda seat: rank_of(state.cards[seat]))
        return replace(step, reply={"good": best == act.seat}) if isinstance(act.action, Raise) else step


class TellsTheEnd(High):
    """The reply to the move that ends the round says who has won, before the round is settled."""

    breaks = f"{HIDDEN}: .*gets the reply"

    def act(self, state: high.State, act: Act, now: int) -> Step[high.State]:
        step = super().act(state, act, now)
        return replace(step, reply={"won": self.winners(step.state)[0]}) if step.outcome else step


class Tick(High):
    """The clock runs longer for a player with a good card."""

    breaks = HIDDEN

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        turn = state.waiting[0] if state.phase == "playing" else None
        extra = 0 if turn is None else rank_of(state.cards[turn])
        return super().view(state, viewer) | {"until": state.until and state.until + extra}


class Bounds(High):
    """How much a player may raise depends on the best card at the table."""

    breaks = f"{HIDDEN}: .*view shows"

    def offered(self, state: high.State, seat: Seat) -> dict[str, Any]:
        offered = super().offered(state, seat)
        if "raise" in offered:
            offered["raise"] = {"amount": {"minimum": 100, "maximum": 300 + max(map(rank_of, state.cards.values()))}}
        return offered


class NamesTheFolded(High):
    """The outcome names the cards of players who have folded."""

    breaks = f"{HIDDEN}: .*is told"

    def end(self, state: high.State) -> Step[high.State]:
        won = self.shares(self.pot(state), self.winners(state))
        return self.finish(state, won, {"cards": list(state.cards.values())})


class HandsOnACard(High):
    """The options of the next round tell the best card of this one, even if nobody has shown it."""

    breaks = f"{HIDDEN}: .*is told"

    def finish(self, state: high.State, won: dict[Seat, int], facts: dict[str, Any]) -> Step[high.State]:
        step = super().finish(state, won, facts)
        assert step.outcome
        best = max(map(rank_of, state.cards.values()), default=0)
        following = replace(step.outcome.next_options, played=best)
        return replace(step, outcome=replace(step.outcome, next_options=following))


class FactsEarly(High):
    """A key of the facts is in the view while the round runs."""

    breaks = "Facts stay hidden until the end"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"cards": []}


class SeedInView(High):
    """The view shows the server seed."""

    breaks = "Only the room may reveal the server seed"

    def view(self, state: high.State, viewer: Seat | None) -> dict[str, Any]:
        return super().view(state, viewer) | {"proof": state.seeds.server_seed}


class SeedInRefusal(High):
    """A refusal reveals the server seed."""

    breaks = "A refusal must not reveal the server seed"

    def check_bet(self, state: high.State, bet: Bet) -> None:
        if bet.amount != 100:
            raise RefusedError("bad_request", f"Bet 100 cents on {state.seeds.server_seed}.", "amount")
        super().check_bet(state, bet)


class NextRung(Ladder):
    """The view shows whether the next rung is broken."""

    breaks = f"{HIDDEN}: the view"

    def show(self, state: ladder.State) -> dict[str, Any]:
        return super().show(state) | {"careful": not state.ended and state.broken[state.climbed]}


class Creaks(Ladder):
    """An event about a sound rung tells whether the next one is broken."""

    breaks = f"{HIDDEN}: an event"

    def event(self, state: ladder.State, data: BetEvent) -> Event:
        if isinstance(data, Climbed) and state.climbed < len(state.broken) and state.broken[state.climbed]:
            data = replace(data, rung=-data.rung)
        return super().event(state, data)


class Whispers(Ladder):
    """The reply to a climb tells whether the next rung is broken."""

    breaks = f"{HIDDEN}: .*gets the reply"

    def move(self, state: ladder.State, action: Climb) -> Step[ladder.State]:
        step = super().move(state, action)
        after = step.state
        return step if after.ended else replace(step, reply={"next": after.broken[after.climbed]})


class Complains(Ladder):
    """The refusal of a second bet tells how many rungs are broken."""

    breaks = f"{HIDDEN}: .*command is answered"

    def stake_of(self, state: ladder.State, command: Command) -> int:
        if isinstance(command, Bet) and state.bet:
            raise RefusedError("betting_closed", f"You are on a ladder with {sum(state.broken)} broken rungs.")
        return super().stake_of(state, command)


class WinnerInView(Race):
    """The view shows the winner while the horses run, under another key than the facts do."""

    breaks = f"{HIDDEN}: the view"

    def view(self, state: race.State, viewer: Seat | None) -> dict[str, Any]:
        shown = super().view(state, viewer)
        return shown if state.ended else shown | {"favourite": state.winner}


class WinnerInEvent(Race):
    """An event in the middle of the race has a time that depends on the winner."""

    breaks = f"{HIDDEN}: an event"

    def advance(self, state: race.State, now: int) -> Step[race.State]:
        step = super().advance(state, now)
        winner = step.state.winner or 0
        events = tuple(
            replace(event, data=Furlong(event.data.ends_at + winner)) if isinstance(event.data, Furlong) else event
            for event in step.events
        )
        return replace(step, events=events)


class WinnerAtTheStart(Race):
    """The event at the start has a time that depends on the winner."""

    breaks = f"{HIDDEN}: an event"

    def started(self, state: race.State) -> list[Event]:
        return [Event(RoundStarted(state.closes_at + (state.winner or 0)))]


class DrawnTooEarly(Race):
    """The winner is drawn with the first bet, so that later bettors' seeds don't count."""

    breaks = "Nothing may be drawn in the phase betting"

    def check_bet(self, state: race.State, bet: Bet) -> None:
        super().check_bet(state, bet)
        assert 0 <= next(floats(state.seeds.server_seed, bet.client_seed, state.seeds.nonce)) < 1


class DrawnAtTheOpening(High):
    """The deck is drawn when the round opens."""

    breaks = "Nothing may be drawn in the phase betting"

    def open(self, options: high.Options, seeds: Seeds, now: int) -> Step[high.State]:
        assert next(floats(seeds.server_seed, "", seeds.nonce)) < 1
        return super().open(options, seeds, now)


FAULTS = (
    OpenCards,
    OneCardOpen,
    ToldToAll,
    ToldToTheNext,
    OpenTable,
    TalksInRefusals,
    TalksInCodes,
    TalksInReplies,
    TellsTheEnd,
    Tick,
    Bounds,
    NamesTheFolded,
    HandsOnACard,
    FactsEarly,
    SeedInView,
    SeedInRefusal,
    NextRung,
    Creaks,
    Whispers,
    Complains,
    WinnerInView,
    WinnerInEvent,
    WinnerAtTheStart,
    DrawnTooEarly,
    DrawnAtTheOpening,
)
