"""The no-limit betting of a hand: who is to act, what they may do, and what it leads to.

Players are in a tuple from the left of the button round to the button itself; a *position* is an index into it.
Heads-up, position 0 is the big blind and position 1 the button, which posts the small blind. With a dead button, the
last position is the player before it. The betting of a street::

    to_act ──fold, call, raise_to──▶ next to_act … ──▶ None: everyone has answered the bet, or no one can

The rules are those of the Tournament Directors Association (rules 43 and 47, on raises and all-ins). A raise adds at
least as much as the last full raise. An all-in for less raises the bet, but a player who has already acted may raise
again only if everything added since then amounts to a full raise.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from game_engine.game import Seat


class Player(Struct, frozen=True):
    """A player who was dealt in. In cents: what is left, what is staked on this street and in the whole hand, and a
    missed small blind that went ``dead`` into the pot."""

    seat: Seat
    stack: int
    staked: int = 0
    total: int = 0
    folded: bool = False
    dead: int = 0
    answered: int | None = None
    """The bet when the player last acted on this street; None if they have not acted yet."""

    @property
    def maximum(self) -> int:
        """The most that the player can have staked on this street, in cents."""
        return self.staked + self.stack


class BettingRound(Struct, frozen=True):
    """The betting of a street. ``bet`` is the stake that keeps a player in; ``raise_by`` is the least that the next
    raise adds."""

    players: tuple[Player, ...]
    bet: int
    raise_by: int
    to_act: int | None
    """The position of the player to act; None when the betting of this street is over."""
    aggressor: int | None = None
    """The position of the player who bet or raised last on this street."""


class Offer(Struct, frozen=True):
    """What the player to act can do besides folding: check if ``to_call`` is 0, otherwise call.

    A raise is to a total for this street from ``minimum`` to ``maximum``; with ``minimum`` None, no raise is allowed.
    """

    to_call: int
    minimum: int | None
    maximum: int


class Posts(Struct, frozen=True):
    """The positions of the players who post: the blinds (``small`` None: dead), and those who pay what they owe."""

    small: int | None
    big: int
    live: tuple[int, ...] = ()
    dead: tuple[int, ...] = ()


def post_blinds(
    stacks: Iterable[tuple[Seat, int]], small_blind: int, big_blind: int, posts: Posts | None = None
) -> BettingRound:
    """Start a hand with its blinds posted. ``stacks`` go from the left of the button to the button; at least two.

    A player who can't post a whole blind is all in. The others still have to answer the whole blind. Without
    ``posts``, the first two players post.
    """
    players = [Player(seat, chips) for seat, chips in stacks]
    if posts is None:
        posts = Posts(1, 0) if len(players) == 2 else Posts(0, 1)
    if posts.small is not None:
        players[posts.small] = _staking(players[posts.small], min(small_blind, players[posts.small].stack))
    for position in (posts.big, *posts.live):
        players[position] = _staking(players[position], min(big_blind, players[position].stack))
    for position in posts.dead:
        player = players[position]
        dead = min(small_blind, player.stack)
        players[position] = replace(player, stack=player.stack - dead, dead=dead)
    to_act = _next_to_act(players, big_blind, posts.big)
    return BettingRound(players=tuple(players), bet=big_blind, raise_by=big_blind, to_act=to_act)


def next_street(betting: BettingRound, big_blind: int) -> BettingRound:
    """Start the next street: nothing is staked, and the first player left of the button who can act does so."""
    players = tuple(replace(player, staked=0, answered=None) for player in betting.players)
    return BettingRound(players=players, bet=0, raise_by=big_blind, to_act=_next_to_act(players, 0, len(players) - 1))


def offer(betting: BettingRound) -> Offer:
    """Return what the player to act can do."""
    assert betting.to_act is not None
    player = betting.players[betting.to_act]
    # No player has to match more than another live player can stake: a blind may exceed every stack that is left.
    others = max(each.maximum for each in _others(betting.players, betting.to_act))
    to_call = min(player.stack, max(0, min(betting.bet, others) - player.staked))
    reopened = player.answered is None or betting.bet - player.answered >= betting.raise_by
    if not reopened or player.maximum <= betting.bet or others <= betting.bet:
        return Offer(to_call, None, player.maximum)
    return Offer(to_call, min(betting.bet + betting.raise_by, player.maximum), player.maximum)


def fold(betting: BettingRound) -> BettingRound:
    """The player to act folds."""
    assert betting.to_act is not None
    return _after(betting, replace(betting.players[betting.to_act], folded=True))


def call(betting: BettingRound) -> BettingRound:
    """The player to act calls, or checks if there is nothing to call."""
    assert betting.to_act is not None
    player = _staking(betting.players[betting.to_act], offer(betting).to_call)
    return _after(betting, replace(player, answered=betting.bet))


def raise_to(betting: BettingRound, amount: int) -> BettingRound:
    """The player to act raises to ``amount`` cents, which :func:`offer` must allow."""
    assert betting.to_act is not None
    player = betting.players[betting.to_act]
    added = amount - betting.bet
    player = replace(_staking(player, amount - player.staked), answered=amount)
    raised = replace(betting, bet=amount, raise_by=max(added, betting.raise_by), aggressor=betting.to_act)
    return _after(raised, player)


def live_players(betting: BettingRound) -> list[Player]:
    """Return the players who have not folded, from the left of the button."""
    return [player for player in betting.players if not player.folded]


def return_uncalled(betting: BettingRound) -> BettingRound:
    """Return the part of the highest stake that no other player matched to the player who staked it."""
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


def _after(betting: BettingRound, acted: Player) -> BettingRound:
    """Return the betting after the player to act has become ``acted``."""
    position = betting.to_act
    assert position is not None
    players = (*betting.players[:position], acted, *betting.players[position + 1 :])
    return replace(betting, players=players, to_act=_next_to_act(players, betting.bet, position))


def _next_to_act(players: Sequence[Player], bet: int, after: int) -> int | None:
    """Return the first position after ``after`` whose player has to act."""
    if sum(not player.folded for player in players) == 1:
        return None
    positions = ((after + step) % len(players) for step in range(1, len(players) + 1))
    return next((position for position in positions if _has_to_act(players, position, bet)), None)


def _has_to_act(players: Sequence[Player], position: int, bet: int) -> bool:
    player = players[position]
    if player.folded or not player.stack:
        return False
    others = _others(players, position)
    if all(not other.stack for other in others):
        # All others are all in, so the player can only call what they have staked.
        return player.staked < max(other.staked for other in others)
    return player.answered is None or player.staked < bet


def _others(players: Sequence[Player], position: int) -> list[Player]:
    return [player for at, player in enumerate(players) if at != position and not player.folded]
