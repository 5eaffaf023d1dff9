"""The contract between a game and whoever runs it: a round is a state, a command goes in, a step comes out.

A game is a value-to-value function set. Time comes in as ``now`` (milliseconds since the epoch), chance as
``Seeds``, players as seats, money as whole cents. The same inputs give the same steps, always; replay,
verification and failover rest on that alone.

The life of a round, as its runner sees it::

    step = game.open(options, seeds, now)            # bets may come
    stake = game.stake_of(step.state, command)       # what has to be on hold before the command counts
    step = game.apply(step.state, command, now)      # a new state; the old one is untouched
    ...                                              # until step.outcome is there

``apply`` and ``stake_of`` raise :class:`RefusedError` for a command the rules do not allow; nothing has changed then.
"""

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any, ClassVar, Generic, NewType, TypeVar

from msgspec import Struct

from game_engine.odds import Odds

Seat = NewType("Seat", int)
"""A player's place in a room. The engine, journals and outcomes know seats, never names."""


class RefusedError(Exception):
    """A command that the rules do not allow. ``code`` is one of the wire's error codes; ``field`` names the culprit."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Seeds(Struct, frozen=True):
    """What is fixed about a round's chance before it takes a bet; client seeds come with the bets."""

    server_seed: str
    nonce: int


class Bet(Struct, frozen=True, tag="bet", tag_field="do"):
    """A wager of ``amount`` cents; ``number`` is its place in the round, from 1, without gaps."""

    seat: Seat
    number: int
    amount: int
    client_seed: str
    selection: Any = None
    """An instance of the game's ``selection`` type."""


class Act(Struct, frozen=True, tag="act", tag_field="do"):
    """A player's move in a round; ``action`` is an instance of the game's ``action`` type."""

    seat: Seat
    action: Any


class Leave(Struct, frozen=True, tag="leave", tag_field="do"):
    """The player at ``seat`` is gone; the game goes on without them by its own rule, so that the round ends."""

    seat: Seat


class Wake(Struct, frozen=True, tag="wake", tag_field="do"):
    """Time has passed, at least up to the ``wake_at`` that the last step asked for."""


Command = Bet | Act | Leave | Wake


class Event(Struct, frozen=True):
    """Something that happened. ``data`` is a tagged struct (its tag is the event's ``type`` on the wire).

    ``seat`` and ``bet`` (a bet's number), if given, are told to the world as ``player`` and ``bet``; with ``to`` the
    event is for that seat alone. A ``tick`` may be dropped on its way to a slow client.
    """

    data: Struct
    seat: Seat | None = None
    bet: int | None = None
    to: Seat | None = None
    tick: bool = False


class BetResult(Struct, frozen=True):
    """What became of one bet: ``amount`` went in, ``payout`` (0 or more) comes back, both in cents."""

    seat: Seat
    number: int
    amount: int
    result: str
    """``win``, ``loss``, ``push``, ``cashout`` …"""
    payout: int


class CarriedStake(Struct, frozen=True):
    """A stake that stays on: the room bets it for ``seat`` as the next round opens, if its player is still there and
    the bank holds it. ``amount`` is in cents, ``selection`` an instance of the game's ``selection`` type."""

    seat: Seat
    amount: int
    selection: Any = None


class Outcome(Struct, frozen=True):
    """How a round ended: ``facts`` are what was drawn (``{"roll": 74.67}``), ``results`` every bet by its number."""

    facts: dict[str, Any]
    results: tuple[BetResult, ...]
    client_seed: str
    """The bettors' client seeds, joined by ``,`` in the order of their first bets; empty when nobody bet."""
    standing: tuple[CarriedStake, ...] = ()
    """Stakes that stay on for the next round, as the stacks of a card room do."""
    next_options: Any = None
    """The options of the next round where they are not the room's own: what one round hands to the next (who deals).
    A round that is void hands on its own; a room that changes hands begins with the room's own again."""


S = TypeVar("S")
O = TypeVar("O", bound=Struct)


class Step(Struct, Generic[S], frozen=True):
    """What a command led to. ``reply`` is what the one who acted is told, beside the events."""

    state: S
    events: tuple[Event, ...] = ()
    wake_at: int | None = None
    """When to apply a :class:`Wake`, ms since the epoch; None: the round waits for a command."""
    reply: dict[str, Any] = {}
    outcome: Outcome | None = None


class Game(ABC, Generic[O, S]):
    """The rules of one game. Subclasses hold no data but these class attributes."""

    name: ClassVar[str]
    """``crash``; also the first part of its rooms' keys."""
    title: ClassVar[str]
    summary: ClassVar[str]
    """One sentence for a first visit."""
    rules: ClassVar[str]
    """A few short paragraphs of plain text for players."""
    shared: ClassVar[bool]
    """True: players sit together; False: a room opens by itself for each player."""
    public: ClassVar[bool] = True
    """Of a shared game: True, a room of its name is always open; False, there are only rooms that players open."""
    private_views: ClassVar[bool] = False
    """True: some of what a seat is told is for it alone (``Event.to``). Who comes back is then shown the room anew."""
    seats: ClassVar[int]
    """How many players a room takes."""
    return_to_player: ClassVar[Fraction]
    """The stated long-run return; a test proves it."""
    largest_multiplier: ClassVar[Fraction]
    """The largest payout, in stakes, before any cap by a room option."""
    options: type[O]
    handed_on: ClassVar[tuple[str, ...]] = ()
    """The options that one round hands to the next; nobody else sets them."""
    selection: type[Struct]
    """The type of a bet's selection, with bounds; its JSON Schema is published."""
    action: Any = None
    """The type (a tagged struct or a union of them, ``tag_field="action"``) of its actions, None for a game without.

    A field named ``bet`` in an action is a bet's number here and its wire name (``crash.812.3``) outside.
    """
    events: ClassVar[tuple[type[Struct], ...]] = ()
    """The types of all the events that it may yield, for the published descriptions."""

    @abstractmethod
    def open(self, options: O, seeds: Seeds, now: int) -> Step[S]:
        """Start a round. Yields a ``round_opened`` event when bets close by themselves (``RoundOpened.closes_at``)."""

    @abstractmethod
    def stake_of(self, state: S, command: Command) -> int:
        """Cents that must be on hold before ``command`` can be applied; 0 for most. Raises RefusedError."""

    @abstractmethod
    def apply(self, state: S, command: Command, now: int) -> Step[S]:
        """Apply one command at ``now``, never earlier than the last one. Raises RefusedError; then nothing has changed.

        A Wake or a Leave is never refused before the round has its outcome, even when it comes late, early or twice.
        """

    @abstractmethod
    def view(self, state: S, viewer: Seat | None) -> dict[str, Any]:
        """All of the state that ``viewer`` may see (None: a spectator), as JSON-ready values.

        Always has ``phase``: ``betting`` or the game's own word (``running`` …). For a seat, a game with actions adds
        ``actions``: the name of each that the seat can take now → tighter bounds of its fields, if there are any, as
        in a JSON Schema (``{"fold": {}, "raise": {"amount": {"minimum": 400, "maximum": 9000}}}``). What is not in it
        is refused. A game with bounds of its own for the amount of the seat's next bet adds them as ``stake``
        (``{"minimum": 2000, "maximum": 10000}``). A value under the key ``seat`` is told with the seat's ``player``,
        one under ``bet`` as its name.
        """

    @abstractmethod
    def odds(self, options: O, selection: Any = None) -> tuple[Odds, ...]:
        """What a bet returns in the long run: the bets of one selection, or, without one, all kinds of bets (the usual
        ones, where there are too many). Raises RefusedError for a selection that the rules do not allow."""


AnyGame = Game[Any, Any]
"""Some game, for code that treats all games alike."""


class RoundOpened(Struct, frozen=True, tag="round_opened", tag_field="type"):
    """Yielded by ``open`` of a timed game; the room adds the round's name and the seed's hash."""

    closes_at: int


class RoundStarted(Struct, frozen=True, tag="round_started", tag_field="type"):
    """Bets are closed, the round runs."""

    started_at: int
