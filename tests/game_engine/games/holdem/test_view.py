"""What each viewer sees of the table."""

import msgspec

from game_engine.game import Seat, Step
from game_engine.games.holdem.moves import Call, Check, Fold, Muck, Raise, Show, SitOut
from game_engine.games.holdem.state import Options, State
from game_engine.games.holdem.view import HoleCards, Moved, TableChanged, hole_cards, table_of, to_json_value
from tests.game_engine.games.holdem.seated import GAME, Seated, dealt

STACKS = {1: 5_000, 4: 6_000, 6: 150}


def test_an_empty_table() -> None:
    assert Seated(Options()).view() == {
        "phase": "betting",
        "starts_at": None,
        "blinds": [50, 100],
        "buy_in": {"minimum": 4_000, "maximum": 10_000},
        "button": None,
        "board": [],
        "pots": [],
        "seats": [],
        "turn": None,
        "showdown": None,
        "moves": [],
    }


def test_stacks_waiting_for_the_deal() -> None:
    seated = Seated(Options(button=8)).buy(4, 5_000).buy(1, 9_000, sitting_out=True)
    waiting = {"staked": 0, "cards": None, "dealt": False, "owes": 0, "posts": False, "last": None}
    assert seated.view()["seats"] == [
        {"seat": 1, "stack": 9_000, "state": "sitting_out", "away": True, **waiting},
        {"seat": 4, "stack": 5_000, "state": "waiting", "away": False, **waiting},
    ]
    assert (seated.view()["button"], seated.view()["starts_at"]) == (8, None)
    seated.buy(7, 5_000, after=10)
    assert seated.view()["starts_at"] == seated.now + 5_000
    assert seated.view(7)["stake"] == {"minimum": 1, "maximum": 5_000}
    assert seated.view(0)["stake"] == {"minimum": 4_000, "maximum": 10_000}
    assert (seated.view(7)["actions"], seated.view(1)["actions"]) == ({"sit_out": {}}, {"sit_in": {}})
    assert (seated.view(0)["actions"], seated.view(0)["hole"]) == ({}, None)


def test_a_turn_has_its_bounds() -> None:
    seated = dealt(STACKS)
    turn = seated.view()["turn"]
    ends_at = seated.now + 20_000
    actions = {"fold": {}, "call": {}, "raise": {"amount": {"minimum": 200, "maximum": 5_000}}}
    assert turn == {"seat": 1, "ends_at": ends_at, "bank_ms": 30_000, "to_call": 100, "actions": actions}
    assert seated.view(1)["actions"] == {**actions, "sit_out": {}}
    assert seated.view(4)["actions"] == {"sit_out": {}}
    assert "stake" not in seated.view(1)


def test_stakes_join_the_pots_at_the_end_of_the_street() -> None:
    seated = dealt(STACKS).act(1, Raise(400)).act(4, Call())
    assert (seated.view()["pots"], seated.chair(4)["staked"], seated.chair(4)["stack"]) == ([], 400, 5_600)
    seated.act(6, Call())
    assert seated.view()["pots"] == [{"amount": 450, "seats": [4, 6, 1]}, {"amount": 500, "seats": [4, 1]}]
    assert [seated.chair(seat)["state"] for seat in (1, 4, 6)] == ["in", "in", "all_in"]
    assert (seated.chair(4)["staked"], len(seated.view()["board"])) == (0, 3)
    seated.act(4, Raise(100)).act(1, Fold())
    assert seated.chair(1)["state"] == "folded"


def test_hole_cards_are_private_until_they_are_shown() -> None:
    seated = dealt(STACKS)
    holes = {event.to: event.data for event in seated.step.events if isinstance(event.data, HoleCards)}
    assert {seat: list(told.cards) for seat, told in holes.items() if seat is not None} == {
        seat: seated.view(seat)["hole"] for seat in STACKS
    }
    assert seated.view(0)["hole"] is None
    assert {seated.chair(seat)["cards"] for seat in STACKS} == {None}
    seated.act(1, Fold()).act(4, Raise(200)).act(6, Call())
    assert seated.view()["phase"] == "ended"
    cards = {seat: seated.chair(seat)["cards"] for seat in STACKS}
    assert cards == {1: None, 4: list(hole_cards(seated.hand, Seat(4))), 6: list(hole_cards(seated.hand, Seat(6)))}


def test_the_end_shows_all_pots_and_stacks() -> None:
    seated = dealt(STACKS).act(1, Fold()).act(4, Raise(200)).act(6, Call())
    view = seated.view()
    assert view["pots"] == [{"amount": 300, "seats": [4, 6]}]
    assert sum(chair["stack"] for chair in view["seats"]) == sum(STACKS.values())
    assert {chair["staked"] for chair in view["seats"]} == {0}
    assert (view["turn"], view["starts_at"], seated.view(4)["actions"]) == (None, None, {})


def test_a_player_who_was_not_dealt_in_sits_out() -> None:
    seated = Seated().buy(2, 300, sitting_out=True).buy(1, 500).buy(0, 500).wake()
    assert (seated.chair(2)["state"], seated.chair(2)["dealt"], seated.chair(1)["dealt"]) == (
        "sitting_out",
        False,
        True,
    )
    assert seated.view(2)["hole"] is None
    seated.act(1, SitOut())
    assert (seated.chair(1)["state"], seated.chair(1)["away"]) == ("in", True)


def test_the_event_is_the_view() -> None:
    seated = dealt(STACKS).act(1, Call()).act(4, Call()).act(6, Check())
    told = seated.step.events[-1]
    assert isinstance(told.data, TableChanged)
    assert (told.data, told.to) == (table_of(seated.state), None)
    view = seated.view()
    del view["moves"]
    assert to_json_value(msgspec.to_builtins(told.data)) == {"type": "table", **view}
    assert GAME.view(seated.state, None)["phase"] == "flop"


def moved(step: Step[State]) -> list[tuple[int, str, int, int, bool]]:
    """The moves that a step tells of: seat, move, amount, stake on the street, all-in."""
    made = [event.data for event in step.events if isinstance(event.data, Moved)]
    return [(each.seat, each.move, each.amount, each.to, each.all_in) for each in made]


def last(seated: Seated) -> dict[int, tuple[str, int] | None]:
    shown = {chair["seat"]: chair["last"] for chair in seated.view()["seats"]}
    return {seat: each and (each["move"], each["to"]) for seat, each in shown.items()}


def test_each_move_is_told_once_and_stays_at_its_seat_for_the_street() -> None:
    seated = dealt(STACKS)
    assert moved(seated.step) == [(4, "small_blind", 50, 50, False), (6, "big_blind", 100, 100, False)]
    assert last(seated) == {1: None, 4: ("small_blind", 50), 6: ("big_blind", 100)}
    assert moved(seated.act(1, Raise(400)).step) == [(1, "raise", 400, 400, False)]
    assert moved(seated.act(4, Call()).step) == [(4, "call", 350, 400, False)]
    assert last(seated) == {1: ("raise", 400), 4: ("call", 400), 6: ("big_blind", 100)}
    assert moved(seated.act(6, Call()).step) == [(6, "call", 50, 150, True)]
    assert last(seated) == {1: None, 4: None, 6: None}, "a new street"
    assert moved(seated.act(4, Check()).step) == [(4, "check", 0, 0, False)]
    assert moved(seated.act(1, Raise(500)).step) == [(1, "bet", 500, 500, False)]
    assert moved(seated.act(4, Fold()).step)[:2] == [(4, "fold", 0, 0, False), (1, "uncalled", 500, 0, False)]
    told = [move for step in seated.steps for move in moved(step)]
    kept = seated.view()["moves"]
    assert told == [(each["seat"], each["move"], each["amount"], each["to"], each["all_in"]) for each in kept]
    put_in = sum(amount if move != "uncalled" else -amount for _, move, amount, _, _ in told)
    assert put_in == sum(award["amount"] for award in seated.outcome.facts["awards"])


def test_a_player_who_is_gone_is_seen_to_fold() -> None:
    seated = dealt(STACKS).leave(6).act(1, Raise(400)).act(4, Call())
    assert moved(seated.step) == [(4, "call", 350, 400, False), (6, "fold", 0, 100, False)]
    assert last(seated)[6] == ("fold", 100), "also on the next street"


def test_the_winner_of_the_showdown_waits_in_the_view() -> None:
    seated = dealt({1: 5_000, 4: 6_000}, Options(min_buy_in=1, show_ms=4_000)).act(1, Raise(300)).act(4, Fold())
    view = seated.view()
    assert (view["phase"], view["turn"], view["pots"]) == ("showdown", None, [{"amount": 200, "seats": [1]}])
    ends_at = seated.now + 4_000
    assert view["showdown"] == {
        "ends_at": ends_at,
        "choosing": [1],
        "hands": [],
        "won": [{"amount": 200, "winners": [1]}],
        "actions": {"show": {}, "muck": {}},
    }
    assert seated.view(1)["actions"] == {"show": {}, "muck": {}, "sit_out": {}}
    assert seated.view(4)["actions"] == {"sit_out": {}}
    assert (seated.chair(1)["stack"], seated.chair(1)["cards"]) == (4_900, None)
    shown = seated.act(1, Show("second"))
    assert (shown.chair(1)["cards"], shown.chair(1)["stack"]) == ([hole_cards(seated.hand, Seat(1))[1]], 5_100)
    assert shown.view()["phase"] == "ended"


def test_cards_that_are_mucked_are_in_no_view_and_no_event() -> None:
    seated = dealt({1: 5_000, 4: 6_000}, Options(min_buy_in=1, show_ms=4_000)).act(1, Raise(300)).act(4, Fold())
    hole = hole_cards(seated.hand, Seat(1))
    seated.act(1, Muck())
    told = str([event for step in seated.steps for event in step.events if event.to is None])
    facts = {name: fact for name, fact in seated.outcome.facts.items() if name != "deck"}
    for card in hole:
        assert card not in told + str(facts) + str(seated.view()) + str(seated.view(4))
