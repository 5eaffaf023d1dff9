"""The contract between a game and whoever runs it: a round is a state, a command goes in, a step comes out.

A game is a set of pure functions. Time comes in as ``now`` (milliseconds since the epoch), chance as ``Seeds``, players
as seats, and money as whole cents. The same inputs always give the same steps; replay and verification depend on that.

The life of a round, as its runner sees it::

    step = game.open(options, seeds, now)            # the round takes bets
    stake = game.stake_of(step.state, command)       # the cents to put on hold before the command is applied
    step = game.apply(step.state, command, now)      # a new state; the old one is unchanged
    ...                                              # until step.outcome is set

``stake_of`` and ``apply`` raise :class:`RefusedError` for a command that the rules do not allow. A refused command
changes nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from string import Formatter
from typing import Any, ClassVar, Final, Generic, NewType, TypeVar

from msgspec import UNSET, Struct, UnsetType

from game_engine.odds import Odds

Seat = NewType("Seat", int)
"""A player's place in a room. The engine, journals and outcomes know seats, never names."""


def _in_chips(cents: int) -> str:
    return f"{cents / 100:,.2f}".removesuffix(".00")


SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "chips": _in_chips,
    "number": lambda number: f"{number:,.10g}",
    "word": str,
}
"""How the kinds of values are written in English: an amount in cents, which players see in chips; a number; and a word
of the protocol or a name."""


class Reason(Struct, frozen=True):
    """Why something is refused, more exactly than its ``code`` says: a stable ``word``, and the English ``message``.

    The message has its values in braces, with their kinds, which are keys of ``SHOWN``: ``Bet {least:chips} or more.``
    Clients get the word and the values, so each can say the message in its own language.
    """

    code: str
    word: str
    message: str

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds of the values by their names."""
        return {name: kind for _, name, kind, _ in Formatter().parse(self.message) if name and kind}

    def say(self, values: Mapping[str, Any], shown: Mapping[str, Callable[[Any], str]] = SHOWN) -> str:
        """Return the message with these values. Raises KeyError if one is missing."""
        return "".join(
            text + (shown[kind](values[name]) if name and kind else "")
            for text, name, kind, _ in Formatter().parse(self.message)
        )


class RefusedError(Exception):
    """The rules do not allow a command: ``raise RefusedError(BUY_IN, field="amount", least=500, most=2000)``.

    ``why`` is one of the game's ``refusals``, and ``values`` are those of its message; ``field`` names the field at
    fault, if any. A game may also give a wire error code and a message instead, but only those who read English
    understand that.
    """

    def __init__(self, why: Reason | str, message: str = "", field: str | None = None, **values: Any) -> None:
        self.code = why if isinstance(why, str) else why.code
        self.message = message if isinstance(why, str) else why.say(values)
        self.field = field
        self.reason = "" if isinstance(why, str) else why.word
        self.values = values
        super().__init__(self.message)


BETTING_CLOSED = Reason("betting_closed", "closed", "Betting is closed; wait for the next round.")
ROUND_OVER = Reason("illegal_action", "round_over", "The round is over.")
NO_MOVES = Reason("illegal_action", "no_moves", "This game has no moves after the bet.")
NO_LIVE_BET = Reason("illegal_action", "no_live_bet", "You have no live bet in this round.")
NOT_YOUR_TURN = Reason("not_your_turn", "other_player", "It is not your turn.")
TOO_MANY_BETS = Reason("limit_exceeded", "too_many_bets", "You can place at most {most:number} bets per round.")
ALREADY_BET = Reason("betting_closed", "already_bet", "This round already has its bet.")
NOTHING_CHOSEN = Reason("bad_request", "nothing_chosen", "Choose what to bet on.")
STAKE_TOO_SMALL = Reason("bad_request", "stake_too_small", "The stake must be at least {least:chips} chips.")
NO_WIN = Reason("bad_request", "no_win", "This bet can't win more than its stake.")
WIN_TOO_SMALL = Reason(
    "bad_request",
    "win_too_small",
    "This bet pays {pays:number} times its stake at most, rounded down to whole cents. Stake at least {least:chips} "
    "chips, or a win would not pay more than your stake.",
)
NOT_IN_RANGE = Reason(
    "bad_request", "not_in_range", "Enter a number from {least:number} to {most:number} with at most two decimals."
)


class Seeds(Struct, frozen=True):
    """The part of a round's seeds that is fixed before it takes a bet; client seeds come with the bets."""

    server_seed: str
    nonce: int


class Bet(Struct, frozen=True, tag="bet", tag_field="do"):
    """A command: bet ``amount`` cents. ``number`` counts the bets of the round from 1, without gaps."""

    seat: Seat
    number: int
    amount: int
    client_seed: str
    selection: Any = None
    """An instance of the game's ``selection`` type."""
    brings_back: int | UnsetType = UNSET
    """In a game with table stakes, the cents that the player took from this room a short while ago and has to bring
    back: with the first bet of the seat in this round, at least that, even if it is more than the rules let others buy.
    Other games ignore it."""


class Act(Struct, frozen=True, tag="act", tag_field="do"):
    """A command: a player's move. ``action`` is an instance of the game's ``action`` type."""

    seat: Seat
    action: Any


class Leave(Struct, frozen=True, tag="leave", tag_field="do"):
    """A command: the player at ``seat`` has left. The game continues without them by its own rule and still ends."""

    seat: Seat


class Wake(Struct, frozen=True, tag="wake", tag_field="do"):
    """A command: time has passed, at least to the ``wake_at`` of the last step."""


class ShortenTurns(Struct, frozen=True, tag="shorten_turns", tag_field="do"):
    """A command: the room is closing. From now on no turn lasts longer than ``turn_ms``, and neither does what is left
    of the turn that is running.

    A game without turn clocks treats it as a Wake.
    """

    turn_ms: int


Command = Bet | Act | Leave | Wake | ShortenTurns


class BetEvent(Struct, frozen=True, tag_field="type"):
    """The base of events about one bet: on the wire they also have the bet's name and its player."""


class Event(Struct, frozen=True):
    """Something that happened. ``data`` is a tagged struct; its tag is the event's ``type`` on the wire.

    ``seat`` and ``bet`` (a bet's number) belong to a :class:`BetEvent`, and to no other: on the wire they appear as
    ``player`` and as the bet's name. An event with ``to`` goes to that seat only. The server may drop a ``tick`` on its
    way to a slow client.
    """

    data: Struct
    seat: Seat | None = None
    bet: int | None = None
    to: Seat | None = None
    tick: bool = False


class BetResult(Struct, frozen=True):
    """The result of one bet: ``amount`` cents went in, ``payout`` cents (0 or more) come back."""

    seat: Seat
    number: int
    amount: int
    result: str
    """``win``, ``loss``, ``push`` (the stake comes back), ``cashout``, ``blackjack`` (a win at 3 to 2), or another word
    of at most 20 small letters and underscores."""
    payout: int


class CarriedStake(Struct, frozen=True):
    """A stake that the room bets again for ``seat`` when the next round opens, such as a stack in hold'em.

    The room does so only if the player is still seated and the stake can be put on hold. ``amount`` is in cents;
    ``selection`` is an instance of the game's ``selection`` type.
    """

    seat: Seat
    amount: int
    selection: Any = None


class Outcome(Struct, frozen=True):
    """How a round ended: ``facts`` are what was drawn (``{"roll": 74.67}``), ``results`` the bets by number."""

    facts: dict[str, Any]
    results: tuple[BetResult, ...]
    client_seed: str
    """The bettors' client seeds, joined by ``,`` in the order of their first bets; empty if nobody bet."""
    carried_stakes: tuple[CarriedStake, ...] = ()
    next_options: Any = None
    """Options for the next round, if they differ from the room's own: for example who has the button.

    A void round passes on the options that it was opened with. A room that moves to another node with its players goes
    on from the options in ``handed_on``, and takes the others from its own.
    """


class About(Struct, frozen=True, kw_only=True):
    """What a file about a round says beside its moves. ``names`` are the players' by seat; deleted accounts have none.
    The round started at ``date`` (``2026-12-03``) and ``time`` (``06:47:00``), in UTC. ``viewer`` is the seat of the
    player who gets the file, if a player does.
    """

    room: str
    number: int
    date: str
    time: str
    names: Mapping[Seat, str]
    viewer: Seat | None


S = TypeVar("S")
O = TypeVar("O", bound=Struct)


class Step(Struct, Generic[S], frozen=True):
    """The result of a command. ``reply`` goes to the player who sent it, in addition to the events."""

    state: S
    events: tuple[Event, ...] = ()
    wake_at: int | None = None
    """When to apply a :class:`Wake`, in ms since the epoch; None if the round waits for a player."""
    reply: dict[str, Any] = {}
    outcome: Outcome | None = None


class Game(ABC, Generic[O, S]):
    """The rules of one game. Subclasses have no data except these class attributes."""

    name: ClassVar[str]
    """For example ``crash``. The keys of the game's rooms start with it."""
    title: ClassVar[str]
    summary: ClassVar[str]
    """One sentence for first-time players."""
    rules: ClassVar[str]
    """A few short paragraphs of plain text for players."""
    shared: ClassVar[bool]
    """True: players share a room. False: each player gets a room of their own."""
    public: ClassVar[bool] = True
    """For shared games. True: one public room is always open. False: there are only rooms that players open."""
    private_views: ClassVar[bool] = False
    """True if some events go to one seat only (``Event.to``). A returning player then gets a new snapshot."""
    hidden_facts: ClassVar[tuple[str, ...]] = ()
    """The facts of the outcome that reveal what stayed hidden between players, such as a deck. They are published with
    the server seed, ``seed_delay_ms`` after the end."""
    seats: ClassVar[int]
    """The most players that a room takes."""
    return_to_player: ClassVar[Fraction]
    """The stated long-run return; a test proves it."""
    largest_multiplier: ClassVar[Fraction]
    """The largest possible payout, in stakes, before any cap by a room option."""
    options: type[O]
    options_before: ClassVar[Mapping[str, Any]] = {}
    """The values that count for rounds on record from before an option existed, if they were played by another one than
    its default. Without them, those rounds could not be verified any more."""
    handed_on: ClassVar[tuple[str, ...]] = ()
    """The options that each round sets for the next one. Players can't set them."""
    table_stakes: ClassVar[bool] = False
    """True if bets are stacks that stay on the table from round to round until their players leave. A player who comes
    back to the room within the hour brings the whole stack (``Bet.brings_back``), and if the room moves to another node
    before a round ends, its stacks stay where they are."""
    selection: type[Struct]
    """The type of a bet's selection, with bounds. Its JSON Schema is published."""
    action: Any = None
    """The type of the game's actions: a tagged struct or a union of them (``tag_field="action"``), or None.

    A field named ``bet`` in an action is a bet's number here and a bet's name (``crash.812.3``) on the wire.
    """
    events: ClassVar[tuple[type[Struct], ...]] = ()
    """The types of all events that the game can emit, for the published descriptions."""
    refusals: ClassVar[tuple[Reason, ...]] = (
        BETTING_CLOSED,
        ALREADY_BET,
        NOTHING_CHOSEN,
        STAKE_TOO_SMALL,
        NO_WIN,
        WIN_TOO_SMALL,
        NOT_IN_RANGE,
        TOO_MANY_BETS,
        ROUND_OVER,
        NO_MOVES,
        NO_LIVE_BET,
        NOT_YOUR_TURN,
    )
    """The game's own reasons for refusing a command, for the published descriptions. Those of its base classes, such as
    the ones here, count for it, too: see ``refusals_of``."""
    view_type: Any = dict[str, Any]
    """The type of what ``view`` returns, for the published descriptions: a struct in which a member that is not always
    there is ``UNSET`` by default. Without one, the views are described as objects with any members."""
    facts_type: Any = dict[str, Any]
    """The type of an outcome's ``facts``, likewise."""
    reply_type: Any = dict[str, Any]
    """The type of the replies to actions, likewise."""
    phases: ClassVar[tuple[str, ...]]
    """Every ``phase`` that a view can have. The contract test must reach all of them."""
    exports: ClassVar[tuple[str, ...]] = ()
    """The formats in which ``export`` writes a round."""
    between_players: ClassVar[bool | None] = None
    """True if players win one another's stakes, so that a round pays back what went in, less a rake. None: it is so if
    the game is shared and ``return_to_player`` is 1."""

    @abstractmethod
    def open(self, options: O, seeds: Seeds, now: int) -> Step[S]:
        """Start a round. A game whose betting closes at a set time emits ``BettingOpened``."""

    @abstractmethod
    def stake_of(self, state: S, command: Command) -> int:
        """Return the cents to put on hold before ``command`` is applied; 0 for most. Raises RefusedError."""

    def check_win(self, options: O, bet: Bet) -> None:
        """Raise RefusedError if ``bet`` can't win more than its stake, because payouts are rounded down to whole cents.

        A room asks for every new bet that the rules allow. A replay does not ask: rounds from before this rule hold.
        """

    @abstractmethod
    def apply(self, state: S, command: Command, now: int) -> Step[S]:
        """Apply one command. ``now`` is never earlier than that of the last command.

        Raises RefusedError and changes nothing if the rules do not allow the command. Until the round has its outcome,
        a Wake, a Leave or a ShortenTurns is never refused, even if it is late, early or repeated.

        When a room closes, its live round is played to the end by the rules and settled (see ``LiveRound.play_out``):
        each step that has a ``wake_at`` must lead to the end by Wakes alone, and each other step by the Leaves of all
        seats. Nobody can turn a round void after they have seen a part of it.
        """

    @abstractmethod
    def view(self, state: S, viewer: Seat | None) -> dict[str, Any]:
        """Return everything in the state that ``viewer`` may see (None: a spectator), as JSON-ready values.

        - ``phase`` is always present: ``betting`` or the game's own word (``running`` …).
        - ``actions`` is present for a seat if the game has actions: each action that the seat can take now, by name,
          with tighter bounds for its fields as in a JSON Schema
          (``{"fold": {}, "raise": {"amount": {"minimum": 400, "maximum": 9000}}}``). All other actions are refused.
        - ``stake`` may give a seat bounds for its next bet (``{"minimum": 2000, "maximum": 10000}``). Other amounts are
          refused, except those of carried stakes.
        - In a game between players, ``stack``, ``staked``, ``pot`` and the ``amount`` of each of ``pots`` are reserved
          for what lies on the table, in cents. If a view has them while the round runs, they add up to what is on hold.

        The room adds the ``player`` beside each key ``seat`` and replaces the number under each key ``bet`` by the
        bet's name. So every ``seat`` in a view or an event is that of a bettor.
        """

    def known(self, state: S, viewer: Seat | None) -> Any:
        """Return what ``viewer`` may know by now of what was drawn, as values that can be compared.

        Only the contract test asks. It plays rounds that differ in draws of which the viewer knows nothing, and
        compares everything that the viewer gets. A game with hidden cards should override this; for a game that does
        not, the test takes as known what both an event and the view show.
        """
        return None

    def seed_delay_ms(self, options: O) -> int:
        """Return how long after the end of a round its server seed stays secret, because with it anyone can compute
        what was hidden between players; 0: it is published with the result, as in every game without private views."""
        return 0

    def export(self, state: S, about: About, form: str) -> str | None:
        """Return an ended round as a file in one of the formats in ``exports``; None if there is nothing to tell.

        The file says nothing that its viewer may not know: what was hidden between players stays hidden for good, also
        after the server seed is published.
        """
        return None

    @abstractmethod
    def odds(self, options: O, selection: Any = None) -> tuple[Odds, ...]:
        """Return what bets return in the long run: those with ``selection`` or, without one, every kind of bet.

        If there are too many kinds, the typical ones. Raises RefusedError if the rules do not allow the selection.
        """

    def odds_at(self, stake: int, options: O, selection: Any = None) -> tuple[Odds, ...]:
        """Return ``odds`` for bets of ``stake`` cents, whose payouts are rounded down to whole cents.

        Raises RefusedError if the rules do not allow the selection, or not with this stake.
        """
        found = self.odds(options, selection)
        if selection is not None:
            opened = self.open(options, Seeds(server_seed="00" * 32, nonce=1), now=0)
            bet = Bet(Seat(0), number=1, amount=stake, client_seed="", selection=selection)
            self.stake_of(opened.state, bet)
            self.check_win(options, bet)
        return tuple(each.at_stake(stake) for each in found)


AnyGame = Game[Any, Any]
"""Some game, for code that treats all games alike."""


def refusals_of(game: AnyGame) -> tuple[Reason, ...]:
    """Return every reason for which the game refuses commands, those of its base classes first."""
    found = [reason for kind in reversed(type(game).__mro__) for reason in vars(kind).get("refusals", ())]
    return tuple(dict.fromkeys(found))


class NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The game has no options."""


class NoSelection(Struct, frozen=True, forbid_unknown_fields=True):
    """A bet has nothing to choose except its amount."""


class NoReply(Struct, frozen=True):
    """The reply to an action says only that it was accepted."""


Actions = dict[str, dict[str, dict[str, Any]]]
"""The ``actions`` of a view: the names of the actions on offer, with the bounds of their fields."""


class StakeBounds(Struct, frozen=True):
    """The ``stake`` of a view: bounds for the seat's next bet, in cents."""

    minimum: int | UnsetType = UNSET
    maximum: int | UnsetType = UNSET


class BettingOpened(Struct, frozen=True, tag="round_opened", tag_field="type"):
    """The round takes bets until ``closes_at``, in ms since the epoch.

    ``open`` of a timed game emits it. The room sends it as part of its own event ``round_opened``, with the round's
    name and the hash of its seed.
    """

    closes_at: int


class RoundStarted(Struct, frozen=True, tag="round_started", tag_field="type"):
    """Betting is closed and the round runs; ``started_at`` is in ms since the epoch."""

    started_at: int
