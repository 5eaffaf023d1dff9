"""Blackjack: up to seven players against a dealer who stands on 17, dealt from decks without end.

Each card is the next float of the round's stream, ``floor(f × 52)`` into ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A, so that any card can come
again at once. Dealt are both cards of each player in the order of seats, both of the dealer, the second face
down, and then whatever is asked for, as it is asked for. A split draws a card for the hand that was split, then one
for the new hand, which is the seat's last to be played. A round goes through these phases::

    betting ──closes_at──▶ [insurance] ──▶ playing ──▶ ended
      Bet                Insure, Decline   Hit, Stand, Double, Split

The first bet sets ``closes_at``. Insurance is offered when the dealer shows an ace; after it the dealer looks at the
hidden card, as with a ten, and a blackjack ends the round. Every command first brings the round up to its own time:
a turn ends when it was planned to, however late the wake for it comes, and the next one begins then.
"""

from fractions import Fraction
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, json
from msgspec.structs import replace

from game_engine.basic_strategy import odds_of_play
from game_engine.cards import card_of
from game_engine.chance import floats
from game_engine.game import Act, Bet, BetResult, Command, Event, Game, Leave, Outcome, RefusedError, Seat, Seeds, Step
from game_engine.money import payout
from game_engine.odds import Odds

SEATS = 7
MOST_HANDS = 4
"""Of a seat, split from one bet."""
BLACKJACK = 21

Milliseconds = Annotated[int, Meta(ge=100, le=600_000)]
HandNumber = Annotated[int, Meta(ge=0, le=MOST_HANDS - 1)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How long bets stay open after the first one, a turn takes at most, and insurance is offered, in milliseconds."""

    betting_ms: Milliseconds = 15_000
    turn_ms: Milliseconds = 15_000
    insurance_ms: Milliseconds = 8_000


class Selection(Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to choose at the bet."""


class Move(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="action"):
    """With ``hand``, it counts only while that hand of the seat's has the turn: a late one can't meet the next hand."""

    hand: HandNumber | None = None


class Hit(Move, frozen=True, tag="hit"):
    """Take a card."""


class Stand(Move, frozen=True, tag="stand"):
    """Leave the hand as it is."""


class Double(Move, frozen=True, tag="double"):
    """Stake as much again on a hand of two cards and take exactly one more."""


class Split(Move, frozen=True, tag="split"):
    """Stake as much again and make two hands of two cards that count the same."""


class Insure(Struct, frozen=True, forbid_unknown_fields=True, tag="insure", tag_field="action"):
    """Stake half the bet on a dealer's blackjack."""


class Decline(Struct, frozen=True, forbid_unknown_fields=True, tag="decline", tag_field="action"):
    """No insurance."""


class ShownDealer(Struct, frozen=True):
    """``dealt`` lie open and make ``total``; ``hidden`` is how many lie face down."""

    dealt: tuple[str, ...]
    hidden: int
    total: int
    soft: bool


class ShownHand(Struct, frozen=True):
    """A hand, ``hand`` being its place among the seat's own, and ``amount`` the cents staked on it."""

    seat: Seat
    bet: int
    hand: int
    amount: int
    dealt: tuple[str, ...]
    total: int
    soft: bool
    state: str


class Insured(Struct, frozen=True):
    """A seat that has taken insurance, for so many cents."""

    seat: Seat
    amount: int


class Turn(Struct, frozen=True):
    """Whose turn it is until when, in ms since the epoch, and what the seat can do."""

    seat: Seat
    hand: int
    ends_at: int
    actions: dict[str, dict[str, int]]


class Table(Struct, frozen=True, tag="table", tag_field="type"):
    """All that lies on the table, whenever that changes. ``closes_at`` is the end of betting or of insurance."""

    phase: str
    closes_at: int | None
    dealer: ShownDealer
    hands: tuple[ShownHand, ...]
    insured: tuple[Insured, ...]
    turn: Turn | None


class Hand(Struct, frozen=True):
    """``state`` is ``playing`` until the hand is through. ``amount``, in cents, is what it was bet or split for."""

    seat: Seat
    bet: int
    amount: int
    cards: tuple[str, ...]
    state: Literal["playing", "stood", "doubled", "bust", "blackjack"] = "playing"
    staked: int = 1
    """How many times ``amount``."""


class State(Struct, frozen=True):
    """A round. ``until`` is when bets close, insurance ends or the turn is over; None before the first bet.

    ``drawn`` are all the cards so far in drawing order, the dealer's hidden one among them.
    """

    options: Options
    seeds: Seeds
    phase: Literal["betting", "insurance", "playing", "ended"] = "betting"
    until: int | None = None
    bets: tuple[Bet, ...] = ()
    drawn: tuple[str, ...] = ()
    hands: tuple[Hand, ...] = ()
    """By seat, and in the order in which a seat's hands are played."""
    dealer: tuple[str, ...] = ()
    insurance: dict[Seat, int] = {}
    """Cents of those who have answered, 0 of who declined."""
    gone: frozenset[Seat] = frozenset()
    """Seats whose players have left: they stand."""


def value_of(card: str) -> int:
    """Pictures count ten, an ace one."""
    return {"A": 1, "T": 10, "J": 10, "Q": 10, "K": 10}.get(card[1]) or int(card[1])


def total_of(cards: tuple[str, ...]) -> tuple[int, bool]:
    """The best total, and whether an ace counts eleven in it."""
    total = sum(map(value_of, cards))
    soft = total <= BLACKJACK - 10 and any(card[1] == "A" for card in cards)
    return total + 10 * soft, soft


def is_blackjack(cards: tuple[str, ...]) -> bool:
    """Of the two cards first dealt; a hand out of a split never asks."""
    return len(cards) == 2 and total_of(cards)[0] == BLACKJACK


class Blackjack(Game[Options, State]):
    """Seven seats and a dealer."""

    name = "blackjack"
    title = "Blackjack"
    summary = "Closer to 21 than the dealer, and not over it."
    rules = (
        "Bets close some seconds after the first one. Each player is dealt two cards and the dealer two, one of them "
        "face down. Pictures count ten, aces one or eleven. Come closer to 21 than the dealer without going over it "
        "and the bet is doubled; a tie gives it back. An ace with a ten-value card is a blackjack and pays 3:2.\n\n"
        "Hit for a card, stand when you have enough. Double your bet on any two cards for exactly one more. Split two "
        "cards that count the same into two hands for another bet, up to four hands; split aces get one card each, and "
        "21 after a split is no blackjack. When the dealer shows an ace you can insure for half your bet, which pays "
        "2:1 on a dealer's blackjack. The dealer looks for one with an ace or a ten, draws to 16 and stands on any "
        "17.\n\n"
        "Every card comes from decks without end. Who leaves, or lets the time of a turn pass, stands."
    )
    shared = True
    seats = SEATS
    return_to_player = Fraction(994_882, 1_000_000)
    largest_multiplier = Fraction(4 * MOST_HANDS)
    options = Options
    selection = Selection
    action = Hit | Stand | Double | Split | Insure | Decline
    events = (Table,)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(options, seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if isinstance(command, Bet):
            _check_bet(state, command)
            return command.amount
        if isinstance(command, Act):
            return _raised_by(state, command)
        return 0

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _place(state, command, now)
        if state.phase == "ended":
            raise RefusedError("illegal_action", "The round is over.")
        after = _advance(state, now)
        if isinstance(command, Leave) and any(bet.seat == command.seat for bet in state.bets):
            after = _leave(after, command.seat, now)
        if isinstance(command, Act):
            after = _act(after, command, now)
        return _step(state, after)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = json.decode(json.encode(_table(state)))
        del shown["type"]
        return shown if viewer is None else shown | {"actions": _offered(state, viewer)}

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        return odds_of_play()


def _step(before: State, after: State) -> Step[State]:
    table = _table(after)
    events = () if table == _table(before) else (Event(table),)
    if after.phase == "ended":
        return Step(after, events, outcome=_outcome(after))
    return Step(after, events, after.until)


# ---- bets and the deal ----


def _check_bet(state: State, bet: Bet) -> None:
    """Raises RefusedError."""
    if state.phase != "betting":
        raise RefusedError("betting_closed", "The cards are dealt; the next round takes bets.")
    if bet.amount < 1:
        raise RefusedError("bad_request", "The stake has to be at least one cent.", "amount")
    if any(other.seat == bet.seat for other in state.bets):
        raise RefusedError("limit_exceeded", "A player may have one bet a round.")


def _place(state: State, bet: Bet, now: int) -> Step[State]:
    _check_bet(state, bet)
    if state.until is not None and now >= state.until:
        raise RefusedError("betting_closed", "Bets are closed; the next round takes them.")
    until = now + state.options.betting_ms if state.until is None else state.until
    return _step(state, replace(state, bets=(*state.bets, bet), until=until))


def _client_seed(state: State) -> str:
    return ",".join(bet.client_seed for bet in state.bets)


def _draw(state: State, count: int) -> tuple[State, tuple[str, ...]]:
    """The next ``count`` cards, and the state that has drawn them."""
    stream = floats(state.seeds.server_seed, _client_seed(state), state.seeds.nonce)
    cards = tuple(map(card_of, islice(stream, len(state.drawn), len(state.drawn) + count)))
    return replace(state, drawn=(*state.drawn, *cards)), cards


def _deal(state: State, at: int) -> State:
    hands = []
    for bet in sorted(state.bets, key=lambda bet: bet.seat):
        state, cards = _draw(state, 2)
        hands.append(Hand(bet.seat, bet.number, bet.amount, cards, "blackjack" if is_blackjack(cards) else "playing"))
    state, dealer = _draw(state, 2)
    state = replace(state, hands=tuple(hands), dealer=dealer)
    if value_of(dealer[0]) == 1:
        return _hear(replace(state, phase="insurance", until=at + state.options.insurance_ms), at)
    return _peek(state, at)


def _hear(state: State, at: int) -> State:
    """Go on when everybody who is offered insurance has answered."""
    return state if _premiums(state) else _peek(state, at)


def _peek(state: State, at: int) -> State:
    return _end(state) if is_blackjack(state.dealer) else _pass_on(replace(state, phase="playing"), at)


def _premiums(state: State) -> dict[Seat, int]:
    """What insurance costs, in cents, each seat that may still take it."""
    if state.phase != "insurance":
        return {}
    answered = state.gone.union(state.insurance)
    return {bet.seat: bet.amount // 2 for bet in state.bets if bet.seat not in answered and bet.amount >= 2}


# ---- turns ----


def _advance(state: State, now: int) -> State:
    """Bring the round up to ``now``: what was due happens at the time that was planned for it."""
    while state.until is not None and state.until <= now:
        due = state.until
        if state.phase == "betting":
            state = _deal(state, due)
        elif state.phase == "insurance":
            state = _peek(state, due)
        else:
            state = _pass_on(_stood(state), due)
    return state


def _turn(state: State) -> int | None:
    """The place among ``hands`` of the one whose turn it is."""
    if state.phase != "playing":
        return None
    return next((place for place, hand in enumerate(state.hands) if hand.state == "playing"), None)


def _pass_on(state: State, at: int) -> State:
    """Begin the turn of the next hand that is not through, or the dealer's. Whose player has left stands."""
    while (place := _turn(state)) is not None:
        if state.hands[place].seat not in state.gone:
            return replace(state, until=at + state.options.turn_ms)
        state = _stood(state)
    return _end(state)


def _stood(state: State) -> State:
    place = _turn(state)
    assert place is not None
    return _with(state, place, replace(state.hands[place], state="stood"))


def _with(state: State, place: int, *hands: Hand) -> State:
    """With ``hands`` in the stead of the one at ``place``."""
    return replace(state, hands=(*state.hands[:place], *hands, *state.hands[place + 1 :]))


def _end(state: State) -> State:
    """The dealer's turn, if there is a hand to beat."""
    state = replace(state, phase="ended", until=None)
    if any(hand.state in ("stood", "doubled") for hand in state.hands):
        while total_of(state.dealer)[0] < 17:
            state, cards = _draw(state, 1)
            state = replace(state, dealer=state.dealer + cards)
    return state


def _leave(state: State, seat: Seat, now: int) -> State:
    state = replace(state, gone=state.gone | {seat})
    if state.phase == "insurance":
        return _hear(state, now)
    place = _turn(state)
    return state if place is None or state.hands[place].seat != seat else _pass_on(state, now)


# ---- moves ----


def _moves(state: State, place: int) -> dict[str, dict[str, int]]:
    """What can be done with the hand at ``place``, whose turn it is."""
    hand = state.hands[place]
    moves = ["hit", "stand"]
    if len(hand.cards) == 2:
        moves.append("double")
        same = value_of(hand.cards[0]) == value_of(hand.cards[1])
        if same and sum(other.seat == hand.seat for other in state.hands) < MOST_HANDS:
            moves.append("split")
    return {move: {} for move in moves}


def _offered(state: State, seat: Seat) -> dict[str, dict[str, int]]:
    place = _turn(state)
    if place is not None and state.hands[place].seat == seat:
        return _moves(state, place)
    return {"insure": {}, "decline": {}} if seat in _premiums(state) else {}


def _checked_turn(state: State, act: Act) -> int:
    """The place of the hand that a move is for. Raises RefusedError."""
    if all(hand.seat != act.seat for hand in state.hands):
        raise RefusedError("illegal_action", "You have no hand to play.")
    place = _turn(state)
    if place is None or state.hands[place].seat != act.seat:
        raise RefusedError("not_your_turn", "It is not your turn.")
    wanted: int | None = act.action.hand
    if wanted not in (None, _number(state, place)):
        raise RefusedError("illegal_action", "It is not this hand's turn.")
    if (name := _name(act.action)) not in _moves(state, place):
        raise RefusedError("illegal_action", f"This hand can't {name}.")
    return place


def _checked_premium(state: State, seat: Seat) -> int:
    """What insurance costs the seat, in cents. Raises RefusedError."""
    premiums = _premiums(state)
    if seat not in premiums:
        raise RefusedError("illegal_action", "You are not offered insurance now.")
    return premiums[seat]


def _name(action: Any) -> str:
    return str(action.__struct_config__.tag)


def _number(state: State, place: int) -> int:
    """Which of its seat's hands the one at ``place`` is, from 0."""
    return sum(hand.seat == state.hands[place].seat for hand in state.hands[:place])


def _raised_by(state: State, act: Act) -> int:
    """What a move adds to the stake, in cents: it doubles that of its hand, or is a premium. Raises RefusedError."""
    if isinstance(act.action, Insure):
        return _checked_premium(state, act.seat)
    return state.hands[_checked_turn(state, act)].amount if isinstance(act.action, Double | Split) else 0


def _act(state: State, act: Act, now: int) -> State:
    if isinstance(act.action, Insure | Decline):
        premium = _checked_premium(state, act.seat)
        taken = premium if isinstance(act.action, Insure) else 0
        return _hear(replace(state, insurance={**state.insurance, act.seat: taken}), now)
    place = _checked_turn(state, act)
    if isinstance(act.action, Stand):
        return _pass_on(_stood(state), now)
    return _pass_on(_split(state, place) if isinstance(act.action, Split) else _take(state, place, act.action), now)


def _take(state: State, place: int, action: Hit | Double) -> State:
    state, cards = _draw(state, 1)
    hand = state.hands[place]
    hand = replace(hand, cards=hand.cards + cards)
    if isinstance(action, Double):
        hand = replace(hand, staked=2, state="doubled")
    total, _ = total_of(hand.cards)
    if total > BLACKJACK:
        hand = replace(hand, state="bust")
    elif total == BLACKJACK and hand.state == "playing":
        hand = replace(hand, state="stood")
    return _with(state, place, hand)


def _split(state: State, place: int) -> State:
    state, drawn = _draw(state, 2)
    hand = state.hands[place]
    halves = [replace(hand, cards=(kept, new)) for kept, new in zip(hand.cards, drawn, strict=True)]
    aces = value_of(hand.cards[0]) == 1
    first, second = (replace(h, state="stood") if aces or total_of(h.cards)[0] == BLACKJACK else h for h in halves)
    state = _with(state, place, first)
    last = max(other for other, each in enumerate(state.hands) if each.seat == hand.seat)
    return _with(state, last, state.hands[last], second)


# ---- what is shown, and the end ----


def _table(state: State) -> Table:
    place = _turn(state)
    turn = None
    if place is not None and state.until is not None:
        turn = Turn(state.hands[place].seat, _number(state, place), state.until, _moves(state, place))
    insured = tuple(Insured(seat, amount) for seat, amount in state.insurance.items() if amount)
    return Table(
        phase=state.phase,
        closes_at=None if state.phase == "playing" else state.until,
        dealer=_shown_dealer(state),
        hands=tuple(_shown_hand(state, each) for each in range(len(state.hands))),
        insured=insured,
        turn=turn,
    )


def _shown_dealer(state: State) -> ShownDealer:
    dealt = state.dealer if state.phase == "ended" else state.dealer[:1]
    return ShownDealer(dealt, len(state.dealer) - len(dealt), *total_of(dealt))


def _shown_hand(state: State, place: int) -> ShownHand:
    hand = state.hands[place]
    total, soft = total_of(hand.cards)
    number, amount = _number(state, place), hand.amount * hand.staked
    return ShownHand(hand.seat, hand.bet, number, amount, hand.cards, total, soft, hand.state)


def _outcome(state: State) -> Outcome:
    results = tuple(_result(state, bet) for bet in state.bets)
    # Which cards became the dealer's follows from the moves, and who looks at past rounds has only these facts.
    facts = {"cards": list(state.drawn), "dealer_cards": list(state.dealer)}
    return Outcome(facts, results, _client_seed(state))


def _result(state: State, bet: Bet) -> BetResult:
    hands = [hand for hand in state.hands if hand.bet == bet.number]
    premium = state.insurance.get(bet.seat, 0)
    staked = premium + sum(hand.amount * hand.staked for hand in hands)
    paid = sum(_paid(hand, state.dealer) for hand in hands)
    if is_blackjack(state.dealer):
        paid += 3 * premium
    word = "win" if paid > staked else "push" if paid == staked else "loss"
    if hands[0].state == "blackjack" and not is_blackjack(state.dealer):
        word = "blackjack"
    return BetResult(bet.seat, bet.number, staked, word, paid)


def _paid(hand: Hand, dealer: tuple[str, ...]) -> int:
    """What a hand brings, its stake included, in cents."""
    if hand.state == "blackjack":
        return hand.amount if is_blackjack(dealer) else payout(hand.amount, 5, 2)
    stake = hand.amount * hand.staked
    # A dealer's blackjack ends the round before any hand has come to 21 by other cards, so totals decide.
    (total, _), (other, _) = total_of(hand.cards), total_of(dealer)
    if total > BLACKJACK:
        return 0
    if other > BLACKJACK or total > other:
        return 2 * stake
    return stake if total == other else 0
