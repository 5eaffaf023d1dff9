"""A hand as a file: in the PHH format, and in the text format of online poker rooms. Hidden cards stay hidden.

PHH is the poker hand history format of the Computer Poker Student Research Group of the University of Toronto, a TOML
document (https://phh.readthedocs.io). Players count from the left of the button, and an unknown card is ``??``. The
actions are ``d dh p1 ????`` (hole cards), ``d db AsKd2c`` (board), ``p1 f``, ``p1 cc`` (check or call), ``p1 cbr 6.00``
(bet or raise to) and ``p1 sm`` (muck, or show with cards). A missed small blind is an ante, as it counts for no bet.
Cards that a player shows after everyone else has folded are in a comment, because the hand is over for a parser.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from game_engine.game import About, Seat
from game_engine.games.holdem.blinds import SEATS
from game_engine.games.holdem.pots import shares
from game_engine.games.holdem.showdown import board_of
from game_engine.games.holdem.state import STREETS, Hand, HandEnd, Move, State
from game_engine.games.holdem.view import hole_cards

STARS = "*** {} ***"


class Told(Struct, frozen=True):
    """A hand that is over, as one viewer may know it. ``cards`` are the hole cards that are known, by seat."""

    about: About
    state: State
    hand: Hand
    end: HandEnd
    cards: dict[Seat, tuple[str, ...]]
    won: dict[Seat, int]

    def name(self, seat: Seat) -> str:
        return self.about.names.get(seat, f"Seat {seat + 1}")

    @property
    def board(self) -> tuple[str, ...]:
        return board_of(self.hand.deck, len(self.hand.players), STREETS[self.hand.street])

    @property
    def start(self) -> dict[Seat, int]:
        """What each player had before the blinds, in cents, from the left of the button."""
        return {seat: self.state.buyers[seat].chips for seat in self.hand.players}


def export(state: State, about: About, form: str) -> str | None:
    """Return the hand as a file in ``form``, ``phh`` or ``text``; None if no hand was dealt."""
    hand = state.hand
    if hand is None or hand.end is None:
        return None
    shown = {each.seat: each.cards for each in hand.end.shown} | {each.seat: each.cards for each in hand.revealed}
    if about.viewer in hand.players and about.viewer is not None:
        shown[about.viewer] = hole_cards(hand, about.viewer)
    won: dict[Seat, int] = {}
    for award in hand.end.awards:
        for seat, share in shares(award.amount, award.winners).items():
            won[seat] = won.get(seat, 0) + share
    told = Told(about=about, state=state, hand=hand, end=hand.end, cards=shown, won=won)
    return _phh(told) if form == "phh" else _text(told)


def _card(card: str) -> str:
    """``SA`` → ``As``"""
    return card[1] + card[0].lower()


def _cards(cards: Iterable[str]) -> str:
    return " ".join(map(_card, cards))


def _chips(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _is_bet(move: Move) -> bool:
    return move.move in ("fold", "check", "call", "bet", "raise")


def _streets(told: Told) -> list[tuple[str, tuple[str, ...]]]:
    """The streets after the first that were dealt, with their cards."""
    board = told.board
    before = list(STREETS.values())
    return [
        (name, board[low:high])
        for (name, high), low in zip(list(STREETS.items())[1:], before, strict=False)
        if len(board) >= high
    ]


# ---- PHH ----


def _phh(told: Told) -> str:
    hand, about = told.hand, told.about
    seats = [player.seat for player in hand.betting.players]
    small, big = told.state.options.blinds
    live = {"small_blind": small, "big_blind": big, "post": big}
    blinds, antes = dict.fromkeys(seats, 0), dict.fromkeys(seats, 0)
    for move in hand.moves:
        blinds[move.seat] += live.get(move.move, 0)
        antes[move.seat] += move.amount if move.move == "post_dead" else 0
    year, month, day = map(int, about.date.split("-"))
    # With two players, PHH lists the small blind first, although the first player posts the big one.
    order = [blinds[seat] for seat in seats]
    fields = {
        "variant": '"NT"',
        "antes": _amounts(antes[seat] for seat in seats),
        "blinds_or_straddles": _amounts(reversed(order) if len(seats) == 2 else order),
        "min_bet": _chips(big),
        "starting_stacks": _amounts(told.start.values()),
        "actions": "[\n" + "".join(f"  {_quoted(action)},\n" for action in _actions(told, seats)) + "]",
        "venue": '"Croupier"',
        "time": about.time,
        "time_zone": '"UTC"',
        "day": str(day),
        "month": str(month),
        "year": str(year),
        "hand": str(about.number),
        "seats": f"[{', '.join(str(seat + 1) for seat in seats)}]",
        "seat_count": str(SEATS),
        "table": _quoted(about.room),
        "players": f"[{', '.join(_quoted(told.name(seat)) for seat in seats)}]",
        "finishing_stacks": _amounts(told.end.stacks[seat] for seat in seats),
        "winnings": _amounts(told.won.get(seat, 0) for seat in seats),
        "_rake": _chips(told.end.rake),
    }
    return "".join(f"{name} = {value}\n" for name, value in fields.items())


def _amounts(cents: Iterable[int]) -> str:
    return f"[{', '.join(map(_chips, cents))}]"


def _quoted(text: str) -> str:
    """A TOML string. Names of players and rooms have neither quotes nor control characters; be sure all the same."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _actions(told: Told, seats: list[Seat]) -> list[str]:
    player = {seat: f"p{at}" for at, seat in enumerate(seats, start=1)}
    actions = [f"d dh {player[seat]} {_hole(told.cards.get(seat, ()))}" for seat in seats]
    left = _streets(told)
    for move in filter(_is_bet, told.hand.moves):
        while left and list(STREETS).index(left[0][0]) <= list(STREETS).index(move.street):
            actions.append("d db " + "".join(map(_card, left.pop(0)[1])))
        words = {"fold": "f", "bet": f"cbr {_chips(move.to)}", "raise": f"cbr {_chips(move.to)}"}
        actions.append(f"{player[move.seat]} {words.get(move.move, 'cc')}")
    comments = [
        f"# {player[each.seat]} shows {''.join(map(_card, each.cards))}"
        for each in told.hand.revealed
        if not told.end.shown or len(each.cards) == 1
    ]
    boards = ["d db " + "".join(map(_card, cards)) for _, cards in left]
    # After an all-in, the hands are shown before the rest of the board is dealt.
    return [*actions, *_showdown(told, player), *boards, *comments]


def _hole(cards: tuple[str, ...]) -> str:
    return "".join(map(_card, cards)) + "??" * (2 - len(cards))


def _showdown(told: Told, player: Mapping[Seat, str]) -> list[str]:
    if not told.end.shown:
        return []
    shown = {each.seat: each.cards for each in told.end.shown}
    shown |= {each.seat: each.cards for each in told.hand.revealed if len(each.cards) > 1}
    players = told.hand.betting.players
    first = told.hand.betting.aggressor or 0
    live = [each.seat for each in (*players[first:], *players[:first]) if not each.folded]
    return [f"{player[seat]} sm {''.join(map(_card, shown.get(seat, ())))}".rstrip() for seat in live]


# ---- text ----


def _text(told: Told) -> str:
    about, hand = told.about, told.hand
    small, big = told.state.options.blinds
    lines = [
        f"Croupier Hand #{about.room}.{about.number}: Hold'em No Limit ({_chips(small)}/{_chips(big)}) - "
        f"{about.date.replace('-', '/')} {about.time} UTC",
        f"Table '{about.room}' {SEATS}-max (Play Money) Seat #{hand.button + 1} is the button",
    ]
    lines += [
        f"Seat {seat + 1}: {told.name(seat)} ({_chips(chips)} in chips)" for seat, chips in sorted(told.start.items())
    ]
    blinds = [move for move in hand.moves if move.move in _BLINDS]
    lines += [f"{told.name(move.seat)}: {_BLINDS[move.move]} {_chips(move.amount)}{_all_in(move)}" for move in blinds]
    lines.append(STARS.format("HOLE CARDS"))
    if about.viewer in hand.players and about.viewer is not None:
        lines.append(f"Dealt to {told.name(about.viewer)} [{_cards(told.cards[about.viewer])}]")
    lines += _played(told)
    return "\n".join([*lines, *_summary(told)]) + "\n"


_BLINDS = {
    "small_blind": "posts small blind",
    "big_blind": "posts big blind",
    "post": "posts big blind",
    "post_dead": "posts small blind",
}


def _all_in(move: Move) -> str:
    return " and is all-in" if move.all_in else ""


def _played(told: Told) -> list[str]:
    """The moves with the streets between them, the showdown, and who collects."""
    lines: list[str] = []
    left, dealt, bet = _streets(told), list[str](), told.state.options.big_blind
    shows: list[str] = []

    def deal() -> None:
        street, cards = left.pop(0)
        before = f"[{_cards(dealt)}] " if dealt else ""
        lines.append(f"{STARS.format(street.upper())} {before}[{_cards(cards)}]")
        dealt.extend(cards)

    for move in told.hand.moves:
        if move.move in _BLINDS:
            continue
        name = told.name(move.seat)
        if move.move in ("show", "muck"):
            shows.append(f"{name}: {_shown(told, move)}")
            continue
        while left and list(STREETS).index(left[0][0]) <= list(STREETS).index(move.street):
            deal()
            bet = 0
        if move.move == "uncalled":
            lines.append(f"Uncalled bet ({_chips(move.amount)}) returned to {name}")
            continue
        words = {
            "fold": "folds",
            "check": "checks",
            "call": f"calls {_chips(move.amount)}",
            "bet": f"bets {_chips(move.to)}",
            "raise": f"raises {_chips(move.to - bet)} to {_chips(move.to)}",
        }[move.move]
        bet = max(bet, move.to)
        lines.append(f"{name}: {words}{_all_in(move)}")
    while left:
        deal()
    if told.end.shown:
        lines.append(STARS.format("SHOW DOWN"))
    collected = [f"{told.name(seat)} collected {_chips(cents)} from pot" for seat, cents in told.won.items()]
    return [*lines, *shows, *collected] if told.end.shown else [*lines, *collected, *shows]


def _shown(told: Told, move: Move) -> str:
    if move.move == "muck":
        return "mucks hand" if told.end.shown else "doesn't show hand"
    kind = next((each.hand.lower() for each in told.end.shown if each.seat == move.seat), "")
    return f"shows [{_cards(move.cards)}]{f' ({kind})' if kind else ''}"


def _summary(told: Told) -> list[str]:
    total = sum(pot.amount for pot in told.end.pots)
    lines = [STARS.format("SUMMARY"), f"Total pot {_chips(total)} | Rake {_chips(told.end.rake)}"]
    if told.board:
        lines.append(f"Board [{_cards(told.board)}]")
    seen = {move.seat: move.cards for move in told.hand.moves if move.move == "show"}
    for player in sorted(told.hand.betting.players, key=lambda each: each.seat):
        seat = player.seat
        did = f"showed [{_cards(seen[seat])}]" if seat in seen else "folded" if player.folded else "mucked"
        won = told.won.get(seat, 0)
        if won:
            did = f"{did} and won ({_chips(won)})" if seat in seen else f"collected ({_chips(won)})"
        button = " (button)" if seat == told.hand.button else ""
        lines.append(f"Seat {seat + 1}: {told.name(seat)}{button} {did}")
    return lines
