"""A hand's betting by the rules of no limit: whose turn it is, what they may do, and what that makes of it.

Players stand in a tuple from the left of the button to the button itself, and a *place* is an index into it. Heads-up
that is the big blind, then the button, which posts the small one. A street's betting::

    turn ──fold, call, raise_to──▶ next turn … ──▶ None: everybody has answered the bet, or nobody can

The rules are those of the Tournament Directors Association (raises and all-ins: its rules 43 and 47): a raise adds at
least what the last full raise added; an all-in for less raises the bet, but whoever has acted may raise again only when
all that has come since adds up to a full raise.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import Seat


class Player(Struct, frozen=True):
    """Who was dealt into the hand. In cents: what is left, what is staked on this street, and in the whole hand."""

    seat: Seat
    stack: int
    staked: int = 0
    total: int = 0
    folded: bool = False
    answered: int | None = None
    """The bet as it stood when the player last acted on this street; None: has not acted yet."""

    @property
    def most(self) -> int:
        """The most that the player can have staked on this street."""
        return self.staked + self.stack


class Betting(Struct, frozen=True):
    """A street. ``bet`` is what has to be staked to stay in, ``raise_by`` what the next raise has to add at least."""

    players: tuple[Player, ...]
    bet: int
    raise_by: int
    turn: int | None
    """Whose turn it is, a place; None: this street's betting is over."""
    aggressor: int | None = None
    """Who bet or raised last on this street, a place."""


class Offer(Struct, frozen=True):
    """What a player can do in turn, beside folding: ``to_call`` 0 is a check. A raise is from ``least`` to ``most``,
    the totals of this street that it raises to; None: no raise is open."""

    to_call: int
    least: int | None
    most: int


def begin(stacks: Iterable[tuple[Seat, int]], small_blind: int, big_blind: int) -> Betting:
    """The hand with its blinds posted; ``stacks`` from the left of the button to the button, two at least.

    Who can't post a whole blind is all in with what there is; the others have to answer the whole one all the same.
    """
    players = [Player(seat, chips) for seat, chips in stacks]
    small, big = (1, 0) if len(players) == 2 else (0, 1)
    players[small] = _staking(players[small], min(small_blind, players[small].stack))
    players[big] = _staking(players[big], min(big_blind, players[big].stack))
    return Betting(tuple(players), big_blind, big_blind, _next_turn(players, big_blind, big))


def next_street(betting: Betting, big_blind: int) -> Betting:
    """The next street: nothing is staked, and the first from the left of the button who can begins."""
    players = tuple(replace(player, staked=0, answered=None) for player in betting.players)
    return Betting(players, 0, big_blind, _next_turn(players, 0, len(players) - 1))


def offer(betting: Betting) -> Offer:
    """What the player whose turn it is can do."""
    assert betting.turn is not None
    player = betting.players[betting.turn]
    # Nobody has to stake more than somebody else in the hand could: a blind may stand above all that is left.
    others = max(each.most for each in _others(betting.players, betting.turn))
    to_call = min(player.stack, max(0, min(betting.bet, others) - player.staked))
    reopened = player.answered is None or betting.bet - player.answered >= betting.raise_by
    if not reopened or player.most <= betting.bet or others <= betting.bet:
        return Offer(to_call, None, player.most)
    return Offer(to_call, min(betting.bet + betting.raise_by, player.most), player.most)


def fold(betting: Betting) -> Betting:
    """The turn's player is out of the hand."""
    assert betting.turn is not None
    return _go_on(betting, replace(betting.players[betting.turn], folded=True))


def call(betting: Betting) -> Betting:
    """The turn's player stakes what there is to call; with nothing to call, that is a check."""
    assert betting.turn is not None
    player = _staking(betting.players[betting.turn], offer(betting).to_call)
    return _go_on(betting, replace(player, answered=betting.bet))


def raise_to(betting: Betting, amount: int) -> Betting:
    """The turn's player raises to ``amount``, which :func:`offer` has to allow."""
    assert betting.turn is not None
    player = betting.players[betting.turn]
    added = amount - betting.bet
    player = replace(_staking(player, amount - player.staked), answered=amount)
    raised = replace(betting, bet=amount, raise_by=max(added, betting.raise_by), aggressor=betting.turn)
    return _go_on(raised, player)


def in_the_hand(betting: Betting) -> list[Player]:
    """All who have not folded, from the left of the button."""
    return [player for player in betting.players if not player.folded]


def without_uncalled(betting: Betting) -> Betting:
    """The hand with what nobody has called given back to whoever staked it."""
    second, first = sorted(player.total for player in betting.players)[-2:]
    if first == second:
        return betting
    extra = first - second
    players = tuple(
        replace(p, stack=p.stack + extra, staked=p.staked - extra, total=second) if p.total == first else p
        for p in betting.players
    )
    return replace(betting, players=players)


def _staking(player: Player, amount: int) -> Player:
    return replace(player, stack=player.stack - amount, staked=player.staked + amount, total=player.total + amount)


def _go_on(betting: Betting, acted: Player) -> Betting:
    turn = betting.turn
    assert turn is not None
    players = (*betting.players[:turn], acted, *betting.players[turn + 1 :])
    return replace(betting, players=players, turn=_next_turn(players, betting.bet, turn))


def _next_turn(players: Sequence[Player], bet: int, after: int) -> int | None:
    """The first place after ``after`` that has to act."""
    if sum(not player.folded for player in players) == 1:
        return None
    places = ((after + step) % len(players) for step in range(1, len(players) + 1))
    return next((place for place in places if _has_to_act(players, place, bet)), None)


def _has_to_act(players: Sequence[Player], place: int, bet: int) -> bool:
    player = players[place]
    if player.folded or not player.stack:
        return False
    others = _others(players, place)
    if all(not other.stack for other in others):
        # Nobody could answer a bet, so there is nothing to do but to call what the others have staked.
        return player.staked < max(other.staked for other in others)
    return player.answered is None or player.staked < bet


def _others(players: Sequence[Player], place: int) -> list[Player]:
    return [player for at, player in enumerate(players) if at != place and not player.folded]
