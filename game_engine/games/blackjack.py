"""Blackjack: up to seven players against a dealer who stands on 17, with an infinite deck.

Each card is the next float of the round's stream, ``floor(f × 52)`` into ♦2 ♥2 ♠2 ♣2 ♦3 … ♣A, so any card can repeat.
The deal gives both cards to each player in the order of seats, then both to the dealer, the second face down. Further
cards are drawn as players and dealer take them. A split draws a card for the original hand, then one for the new hand,
which the seat plays last. A round goes through these phases::

    betting ──closes_at──▶ [insurance] ──▶ playing ──▶ ended
      Bet                Insure, Decline   Hit, Stand, Double, Split

The first bet sets ``closes_at``. Insurance is offered when the dealer shows an ace. Then, as when showing a ten, the
dealer peeks at the hidden card, and a blackjack ends the round. Every command first brings the round up to its own
time: a turn ends at its planned time however late the wake comes, and the next turn begins at that time.
"""

from fractions import Fraction
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, json
from msgspec.structs import replace

from game_engine.basic_strategy import odds_of_play
from game_engine.cards import card_of
from game_engine.chance import floats, joined_seeds
from game_engine.game import (
    BETTING_CLOSED,
    NOT_YOUR_TURN,
    ROUND_OVER,
    Act,
    Actions,
    Bet,
    BetResult,
    Command,
    Event,
    Game,
    Leave,
    NoReply,
    NoSelection,
    Outcome,
    Reason,
    RefusedError,
    Seat,
    Seeds,
    ShortenTurns,
    Step,
)
from game_engine.money import check_stake, payout
from game_engine.odds import Odds

SEATS = 7
MAX_HANDS = 4

DEALT = Reason("betting_closed", "dealt", "The cards are dealt; wait for the next round.")
ONE_BET = Reason("limit_exceeded", "one_bet", "You can place only one bet per round.")
NO_HAND = Reason("illegal_action", "no_hand", "You have no hand in this round.")
OTHER_HAND = Reason("illegal_action", "other_hand", "It is not this hand's turn.")
MOVE_NOT_OFFERED = Reason("illegal_action", "move_not_offered", "You can't {move:word} this hand.")
NO_INSURANCE = Reason("illegal_action", "no_insurance", "You have no insurance offer to answer.")
"""Per seat, split from one bet."""
BLACKJACK = 21

Milliseconds = Annotated[int, Meta(ge=100, le=600_000)]
HandNumber = Annotated[int, Meta(ge=0, le=MAX_HANDS - 1)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How long betting stays open after the first bet, a turn lasts, and insurance is offered, in milliseconds."""

    betting_ms: Milliseconds = 15_000
    turn_ms: Milliseconds = 15_000
    insurance_ms: Milliseconds = 8_000


class Move(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="action"):
    """A move. With ``hand``, it is refused unless that hand has the turn, so a late move can't reach the next hand."""

    hand: HandNumber | None = None


class Hit(Move, frozen=True, tag="hit"):
    """Take a card."""


class Stand(Move, frozen=True, tag="stand"):
    """Take no more cards."""


class Double(Move, frozen=True, tag="double"):
    """Double the stake of a two-card hand and take exactly one more card."""


class Split(Move, frozen=True, tag="split"):
    """Split two cards of equal value into two hands, for another stake."""


class Insure(Struct, frozen=True, forbid_unknown_fields=True, tag="insure", tag_field="action"):
    """Bet half the stake that the dealer has a blackjack."""


class Decline(Struct, frozen=True, forbid_unknown_fields=True, tag="decline", tag_field="action"):
    """Decline insurance."""


class ShownDealer(Struct, frozen=True):
    """The dealer's cards: ``dealt`` are face up and add up to ``total``; ``hidden`` is the number face down."""

    dealt: tuple[str, ...]
    hidden: int
    total: int
    soft: bool


class ShownHand(Struct, frozen=True):
    """A player's hand: ``hand`` counts the seat's hands from 0, ``amount`` is its stake in cents."""

    seat: Seat
    bet: int
    hand: int
    amount: int
    dealt: tuple[str, ...]
    total: int
    soft: bool
    state: Literal["playing", "stood", "doubled", "bust", "blackjack"]


class Insured(Struct, frozen=True):
    """A seat that has taken insurance for ``amount`` cents."""

    seat: Seat
    amount: int


class Turn(Struct, frozen=True):
    """Whose turn it is, until when (ms since the epoch), and what the seat can do."""

    seat: Seat
    hand: int
    ends_at: int
    actions: dict[str, dict[str, int]]


class ShownTable(Struct, frozen=True):
    """Everything on the table. ``closes_at`` is the end of betting or of insurance, in ms since the epoch."""

    phase: Literal["betting", "insurance", "playing", "ended"]
    closes_at: int | None
    dealer: ShownDealer
    hands: tuple[ShownHand, ...]
    insured: tuple[Insured, ...]
    turn: Turn | None


class TableChanged(ShownTable, frozen=True, tag="table", tag_field="type"):
    """The whole table, sent whenever it changes. ``closes_at`` is the end of betting or of insurance, in ms since the
    epoch."""


class View(ShownTable, frozen=True):
    """The table, and what a seat can do."""

    actions: Actions | UnsetType = UNSET


class Facts(Struct, frozen=True):
    """All cards in the order drawn, and those of the dealer among them."""

    cards: tuple[str, ...]
    dealer_cards: tuple[str, ...]


class Hand(Struct, frozen=True):
    """``state`` is ``playing`` until the hand is done. ``amount`` is the stake of the bet or split, in cents."""

    seat: Seat
    bet: int
    amount: int
    cards: tuple[str, ...]
    state: Literal["playing", "stood", "doubled", "bust", "blackjack"] = "playing"
    stakes: int = 1
    """How many times ``amount`` is staked: 2 after a double."""


class State(Struct, frozen=True):
    """A round. ``until`` is when betting, insurance or the turn ends; None before the first bet.

    ``drawn`` are all cards so far in drawing order, including the dealer's hidden one.
    """

    options: Options
    seeds: Seeds
    phase: Literal["betting", "insurance", "playing", "ended"] = "betting"
    until: int | None = None
    bets: tuple[Bet, ...] = ()
    drawn: tuple[str, ...] = ()
    hands: tuple[Hand, ...] = ()
    """By seat, and then in the order in which the seat's hands are played."""
    dealer: tuple[str, ...] = ()
    insurance: dict[Seat, int] = {}
    """The cents that each seat that has answered paid for insurance; 0 if it declined."""
    left: frozenset[Seat] = frozenset()
    """Seats whose players have left; they stand."""


def value_of(card: str) -> int:
    """Return 10 for a face card, 1 for an ace."""
    return {"A": 1, "T": 10, "J": 10, "Q": 10, "K": 10}.get(card[1]) or int(card[1])


def total_of(cards: tuple[str, ...]) -> tuple[int, bool]:
    """Return the best total, and whether it is soft: an ace counts eleven in it."""
    total = sum(map(value_of, cards))
    soft = total <= BLACKJACK - 10 and any(card[1] == "A" for card in cards)
    return total + 10 * soft, soft


def is_blackjack(cards: tuple[str, ...]) -> bool:
    """Return whether the two cards of a hand that was not split are a blackjack."""
    return len(cards) == 2 and total_of(cards)[0] == BLACKJACK


class Blackjack(Game[Options, State]):
    """The rules of blackjack."""

    name = "blackjack"
    title = "Blackjack"
    summary = "Get closer to 21 than the dealer without going over."
    rules = (
        "Betting closes a few seconds after the first bet. Each player is dealt two cards, and so is the dealer, one "
        "of them face down. Face cards count ten, aces one or eleven. If you get closer to 21 than the dealer without "
        "going over, you are paid twice your bet; a tie returns it. An ace with a ten-value card is a blackjack and "
        "pays 3:2.\n\n"
        "Hit to take a card, stand when you have enough. On any two cards you can double: double your bet and take "
        "exactly one more card. You can split two cards of equal value into two hands for another bet, up to four "
        "hands; split aces get one card each, and 21 after a split is not a blackjack. When the dealer shows an ace, "
        "you can take insurance for half your bet; it pays 2:1 if the dealer has a blackjack. With an ace or a "
        "ten-value card the dealer peeks for a blackjack. The dealer draws to 16 and stands on any 17.\n\n"
        "All cards come from an infinite deck. If you leave or run out of time, your hand stands. Payouts are rounded "
        "down to whole cents, so a blackjack on an odd number of cents pays half a cent less than 3:2."
    )
    shared = True
    seats = SEATS
    return_to_player = Fraction(994_882, 1_000_000)
    largest_multiplier = Fraction(4 * MAX_HANDS)
    options = Options
    selection = NoSelection
    action = Hit | Stand | Double | Split | Insure | Decline
    events = (TableChanged,)
    view_type = View
    facts_type = Facts
    reply_type = NoReply
    phases = ("betting", "insurance", "playing", "ended")
    refusals = (DEALT, ONE_BET, NO_HAND, OTHER_HAND, MOVE_NOT_OFFERED, NO_INSURANCE)

    def open(self, options: Options, seeds: Seeds, now: int) -> Step[State]:
        return Step(State(options, seeds))

    def stake_of(self, state: State, command: Command) -> int:
        if isinstance(command, Bet):
            _check_bet(state, command)
            return command.amount
        if isinstance(command, Act):
            return _stake_of_move(state, command)
        return 0

    def apply(self, state: State, command: Command, now: int) -> Step[State]:
        if isinstance(command, Bet):
            return _accept(state, command, now)
        if state.phase == "ended":
            raise RefusedError(ROUND_OVER)
        after = _advance(state, now)
        if isinstance(command, Leave) and any(bet.seat == command.seat for bet in state.bets):
            after = _leave(after, command.seat, now)
        if isinstance(command, ShortenTurns):
            after = _shorten_turns(after, command.turn_ms, now)
        if isinstance(command, Act):
            after = _act(after, command, now)
        return _step(state, after)

    def view(self, state: State, viewer: Seat | None) -> dict[str, Any]:
        shown: dict[str, Any] = json.decode(json.encode(_table_of(state)))
        del shown["type"]
        return shown if viewer is None else shown | {"actions": _offered(state, viewer)}

    def known(self, state: State, viewer: Seat | None) -> Any:
        """Everyone knows the players' cards and the dealer's first; the second when the round is over."""
        shown = state.drawn if state.phase == "ended" else state.dealer[:1]
        return shown, tuple(hand.cards for hand in state.hands)

    def odds(self, options: Options, selection: Any = None) -> tuple[Odds, ...]:
        return odds_of_play()


def _step(before: State, after: State) -> Step[State]:
    table = _table_of(after)
    events = () if table == _table_of(before) else (Event(table),)
    if after.phase == "ended":
        return Step(after, events, outcome=_outcome(after))
    return Step(state=after, events=events, wake_at=after.until)


# ---- bets and the deal ----


def _check_bet(state: State, bet: Bet) -> None:
    """Raises RefusedError."""
    if state.phase != "betting":
        raise RefusedError(DEALT)
    check_stake(bet.amount)
    if any(other.seat == bet.seat for other in state.bets):
        raise RefusedError(ONE_BET)


def _accept(state: State, bet: Bet, now: int) -> Step[State]:
    _check_bet(state, bet)
    if state.until is not None and now >= state.until:
        raise RefusedError(BETTING_CLOSED)
    until = now + state.options.betting_ms if state.until is None else state.until
    return _step(state, replace(state, bets=(*state.bets, bet), until=until))


def _client_seed(state: State) -> str:
    return joined_seeds(bet.client_seed for bet in state.bets)


def _draw(state: State, count: int) -> tuple[State, tuple[str, ...]]:
    """Draw ``count`` cards. Return the new state and the cards."""
    stream = floats(state.seeds.server_seed, _client_seed(state), state.seeds.nonce)
    cards = tuple(map(card_of, islice(stream, len(state.drawn), len(state.drawn) + count)))
    return replace(state, drawn=(*state.drawn, *cards)), cards


def _deal(state: State, at: int) -> State:
    hands = []
    for bet in sorted(state.bets, key=lambda bet: bet.seat):
        state, cards = _draw(state, 2)
        hands.append(
            Hand(
                seat=bet.seat,
                bet=bet.number,
                amount=bet.amount,
                cards=cards,
                state="blackjack" if is_blackjack(cards) else "playing",
            )
        )
    state, dealer = _draw(state, 2)
    state = replace(state, hands=tuple(hands), dealer=dealer)
    if value_of(dealer[0]) == 1:
        return _peek_if_answered(replace(state, phase="insurance", until=at + state.options.insurance_ms), at)
    return _peek(state, at)


def _peek_if_answered(state: State, at: int) -> State:
    """Go on once every seat that was offered insurance has answered."""
    return state if _premiums(state) else _peek(state, at)


def _peek(state: State, at: int) -> State:
    """End the round if the dealer has a blackjack; otherwise start the players' turns."""
    return _end(state) if is_blackjack(state.dealer) else _next_turn(replace(state, phase="playing"), at)


def _premiums(state: State) -> dict[Seat, int]:
    """Return the price of insurance, in cents, for each seat that can still take it."""
    if state.phase != "insurance":
        return {}
    answered = state.left.union(state.insurance)
    return {bet.seat: bet.amount // 2 for bet in state.bets if bet.seat not in answered and bet.amount >= 2}


# ---- turns ----


def _advance(state: State, now: int) -> State:
    """Bring the round up to ``now``. Everything due by then happens at its planned time."""
    while state.until is not None and state.until <= now:
        due = state.until
        if state.phase == "betting":
            state = _deal(state, due)
        elif state.phase == "insurance":
            state = _peek(state, due)
        else:
            state = _next_turn(_stand(state), due)
    return state


def _shorten_turns(state: State, turn_ms: int, now: int) -> State:
    """Let no phase last longer than ``turn_ms`` from now on."""
    options = replace(
        state.options,
        betting_ms=min(state.options.betting_ms, turn_ms),
        turn_ms=min(state.options.turn_ms, turn_ms),
        insurance_ms=min(state.options.insurance_ms, turn_ms),
    )
    return replace(state, options=options, until=None if state.until is None else min(state.until, now + turn_ms))


def _hand_to_act(state: State) -> int | None:
    """Return the index in ``hands`` of the hand whose turn it is."""
    if state.phase != "playing":
        return None
    return next((index for index, hand in enumerate(state.hands) if hand.state == "playing"), None)


def _next_turn(state: State, at: int) -> State:
    """Start the turn of the next hand that is not done, or the dealer's. Hands of players who have left stand."""
    while (index := _hand_to_act(state)) is not None:
        if state.hands[index].seat not in state.left:
            return replace(state, until=at + state.options.turn_ms)
        state = _stand(state)
    return _end(state)


def _stand(state: State) -> State:
    index = _hand_to_act(state)
    assert index is not None
    return _replace_hand(state, index, replace(state.hands[index], state="stood"))


def _replace_hand(state: State, index: int, *hands: Hand) -> State:
    """Return the state with ``hands`` in place of the one at ``index``."""
    return replace(state, hands=(*state.hands[:index], *hands, *state.hands[index + 1 :]))


def _end(state: State) -> State:
    """Play the dealer's hand, if there is a hand to beat, and end the round."""
    state = replace(state, phase="ended", until=None)
    if any(hand.state in ("stood", "doubled") for hand in state.hands):
        while total_of(state.dealer)[0] < 17:
            state, cards = _draw(state, 1)
            state = replace(state, dealer=state.dealer + cards)
    return state


def _leave(state: State, seat: Seat, now: int) -> State:
    state = replace(state, left=state.left | {seat})
    if state.phase == "insurance":
        return _peek_if_answered(state, now)
    index = _hand_to_act(state)
    return state if index is None or state.hands[index].seat != seat else _next_turn(state, now)


# ---- moves ----


def _moves(state: State, index: int) -> dict[str, dict[str, int]]:
    """Return the moves that are open to the hand at ``index``, whose turn it is."""
    hand = state.hands[index]
    moves = ["hit", "stand"]
    if len(hand.cards) == 2:
        moves.append("double")
        same = value_of(hand.cards[0]) == value_of(hand.cards[1])
        if same and sum(other.seat == hand.seat for other in state.hands) < MAX_HANDS:
            moves.append("split")
    return {move: {} for move in moves}


def _offered(state: State, seat: Seat) -> dict[str, dict[str, int]]:
    index = _hand_to_act(state)
    if index is not None and state.hands[index].seat == seat:
        return _moves(state, index)
    return {"insure": {}, "decline": {}} if seat in _premiums(state) else {}


def _checked_turn(state: State, act: Act) -> int:
    """Return the index of the hand that a move applies to. Raises RefusedError."""
    if all(hand.seat != act.seat for hand in state.hands):
        raise RefusedError(NO_HAND)
    index = _hand_to_act(state)
    if index is None or state.hands[index].seat != act.seat:
        raise RefusedError(NOT_YOUR_TURN)
    wanted: int | None = act.action.hand
    if wanted not in (None, _number(state, index)):
        raise RefusedError(OTHER_HAND)
    if (name := _name(act.action)) not in _moves(state, index):
        raise RefusedError(MOVE_NOT_OFFERED, move=name)
    return index


def _checked_premium(state: State, seat: Seat) -> int:
    """Return the price of insurance for the seat, in cents. Raises RefusedError."""
    premiums = _premiums(state)
    if seat not in premiums:
        raise RefusedError(NO_INSURANCE)
    return premiums[seat]


def _name(action: Any) -> str:
    return str(action.__struct_config__.tag)


def _number(state: State, index: int) -> int:
    """Return the number of the hand at ``index`` among its seat's hands, from 0."""
    return sum(hand.seat == state.hands[index].seat for hand in state.hands[:index])


def _stake_of_move(state: State, act: Act) -> int:
    """Return what a move adds to the stake, in cents: another stake of its hand, or a premium. Raises RefusedError."""
    if isinstance(act.action, Insure):
        return _checked_premium(state, act.seat)
    return state.hands[_checked_turn(state, act)].amount if isinstance(act.action, Double | Split) else 0


def _act(state: State, act: Act, now: int) -> State:
    if isinstance(act.action, Insure | Decline):
        premium = _checked_premium(state, act.seat)
        taken = premium if isinstance(act.action, Insure) else 0
        return _peek_if_answered(replace(state, insurance={**state.insurance, act.seat: taken}), now)
    index = _checked_turn(state, act)
    if isinstance(act.action, Stand):
        return _next_turn(_stand(state), now)
    return _next_turn(_split(state, index) if isinstance(act.action, Split) else _take(state, index, act.action), now)


def _take(state: State, index: int, action: Hit | Double) -> State:
    state, cards = _draw(state, 1)
    hand = state.hands[index]
    hand = replace(hand, cards=hand.cards + cards)
    if isinstance(action, Double):
        hand = replace(hand, stakes=2, state="doubled")
    total, _ = total_of(hand.cards)
    if total > BLACKJACK:
        hand = replace(hand, state="bust")
    elif total == BLACKJACK and hand.state == "playing":
        hand = replace(hand, state="stood")
    return _replace_hand(state, index, hand)


def _split(state: State, index: int) -> State:
    state, drawn = _draw(state, 2)
    hand = state.hands[index]
    halves = [replace(hand, cards=(kept, new)) for kept, new in zip(hand.cards, drawn, strict=True)]
    aces = value_of(hand.cards[0]) == 1
    first, second = (replace(h, state="stood") if aces or total_of(h.cards)[0] == BLACKJACK else h for h in halves)
    state = _replace_hand(state, index, first)
    last = max(other for other, each in enumerate(state.hands) if each.seat == hand.seat)
    return _replace_hand(state, last, state.hands[last], second)


# ---- the table as players see it, and the outcome ----


def _table_of(state: State) -> TableChanged:
    index = _hand_to_act(state)
    turn = None
    if index is not None and state.until is not None:
        turn = Turn(
            seat=state.hands[index].seat, hand=_number(state, index), ends_at=state.until, actions=_moves(state, index)
        )
    insured = tuple(Insured(seat, amount) for seat, amount in state.insurance.items() if amount)
    return TableChanged(
        phase=state.phase,
        closes_at=None if state.phase == "playing" else state.until,
        dealer=_shown_dealer(state),
        hands=tuple(_shown_hand(state, each) for each in range(len(state.hands))),
        insured=insured,
        turn=turn,
    )


def _shown_dealer(state: State) -> ShownDealer:
    dealt = state.dealer if state.phase == "ended" else state.dealer[:1]
    total, soft = total_of(dealt)
    return ShownDealer(dealt=dealt, hidden=len(state.dealer) - len(dealt), total=total, soft=soft)


def _shown_hand(state: State, index: int) -> ShownHand:
    hand = state.hands[index]
    total, soft = total_of(hand.cards)
    number, amount = _number(state, index), hand.amount * hand.stakes
    return ShownHand(
        seat=hand.seat,
        bet=hand.bet,
        hand=number,
        amount=amount,
        dealt=hand.cards,
        total=total,
        soft=soft,
        state=hand.state,
    )


def _outcome(state: State) -> Outcome:
    results = tuple(_result(state, bet) for bet in state.bets)
    # The history of past rounds shows only these facts, so they name the dealer's cards.
    facts = {"cards": list(state.drawn), "dealer_cards": list(state.dealer)}
    return Outcome(facts=facts, results=results, client_seed=_client_seed(state))


def _result(state: State, bet: Bet) -> BetResult:
    hands = [hand for hand in state.hands if hand.bet == bet.number]
    premium = state.insurance.get(bet.seat, 0)
    staked = premium + sum(hand.amount * hand.stakes for hand in hands)
    paid = sum(_paid(hand, state.dealer) for hand in hands)
    if is_blackjack(state.dealer):
        paid += 3 * premium
    result = "win" if paid > staked else "push" if paid == staked else "loss"
    if hands[0].state == "blackjack" and not is_blackjack(state.dealer):
        result = "blackjack"
    return BetResult(seat=bet.seat, number=bet.number, amount=staked, result=result, payout=paid)


def _paid(hand: Hand, dealer: tuple[str, ...]) -> int:
    """Return what a hand is paid, in cents, including its stake."""
    if hand.state == "blackjack":
        return hand.amount if is_blackjack(dealer) else payout(hand.amount, 5, 2)
    stake = hand.amount * hand.stakes
    # A dealer's blackjack ends the round before any hand can draw to 21, so comparing totals is enough.
    (total, _), (other, _) = total_of(hand.cards), total_of(dealer)
    if total > BLACKJACK:
        return 0
    if other > BLACKJACK or total > other:
        return 2 * stake
    return stake if total == other else 0
