"""Checks the books: the rules between wallets, transactions, bets and rounds, over the whole database."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from storage.store import Store

MOST_BROKEN_ROWS = 100
"""For each rule, because a broken rule may be broken by every row."""


class BrokenRow(Struct, frozen=True):
    """A row that breaks a rule. ``where`` is its table and id, ``detail`` says what is wrong."""

    rule: str
    where: str
    detail: str


class Rule(Struct, frozen=True):
    """``query`` selects the rows that break the rule: table, id, and the values for {0}, {1}… in ``detail``."""

    name: str
    query: str
    detail: str


_WALLETS = (
    Rule(
        "balance",
        """SELECT 'wallets', w.id, w.balance, coalesce(t.total, 0) FROM wallets w LEFT JOIN (
             SELECT wallet_id, sum(CASE type WHEN 'credit' THEN amount ELSE -amount END) AS total
             FROM transactions GROUP BY wallet_id) t ON t.wallet_id = w.id
           WHERE w.balance <> coalesce(t.total, 0)""",
        "the balance is {0}, credits less debits are {1}",
    ),
    Rule(
        "chain",
        """SELECT 'transactions', id, balance_after, expected FROM (
             SELECT id, balance_after, CASE type WHEN 'credit' THEN amount ELSE -amount END
               + lag(balance_after, 1, CAST(0 AS bigint)) OVER (PARTITION BY wallet_id ORDER BY id) AS expected
             FROM transactions) t
           WHERE balance_after <> expected""",
        "balance_after is {0}, after the row before it must be {1}",
    ),
    Rule("negative", "SELECT 'wallets', id, balance FROM wallets WHERE balance < 0", "the balance is {0}"),
    Rule(
        "negative",
        "SELECT 'transactions', id, balance_after FROM transactions WHERE balance_after < 0",
        "balance_after is {0}",
    ),
    Rule(
        "amount",
        """SELECT 'transactions', id, type, amount FROM transactions
           WHERE amount <= 0 OR type NOT IN ('credit', 'debit')""",
        "a {0} of {1}",
    ),
    Rule(
        "amount",
        "SELECT 'bets', id, amount, payout FROM bets WHERE amount <= 0 OR payout < 0",
        "a stake of {0} with a payout of {1}",
    ),
)
_BETS = (
    Rule(
        "stake",
        """SELECT 'bets', b.id, b.amount, count(t.id), coalesce(sum(t.amount), 0) FROM bets b
           LEFT JOIN transactions t ON t.bet_id = b.id AND t.type = 'debit' AND t.category = 'bet'
           GROUP BY b.id, b.amount HAVING count(t.id) <> 1 OR sum(t.amount) <> b.amount""",
        "a stake of {0} has {1} debits that come to {2}",
    ),
    Rule(
        "payout",
        """SELECT 'bets', b.id, b.payout, count(t.id), coalesce(sum(t.amount), 0) FROM bets b
           LEFT JOIN transactions t ON t.bet_id = b.id AND t.type = 'credit'
           GROUP BY b.id, b.payout
           HAVING coalesce(sum(t.amount), 0) <> b.payout OR count(t.id) <> CASE WHEN b.payout > 0 THEN 1 ELSE 0 END""",
        "a payout of {0} has {1} credits that come to {2}",
    ),
    Rule(
        "category",
        """SELECT 'transactions', id, type, category, bet_id FROM transactions
           WHERE CASE WHEN bet_id IS NULL THEN category IN ('bet', 'win', 'refund')
             ELSE NOT (type = 'debit' AND category = 'bet' OR type = 'credit' AND category IN ('win', 'refund')) END""",
        "a {0} of category {1} names bet {2}",
    ),
    Rule(
        "owner",
        """SELECT 'transactions', t.id, w.user_id, b.user_id FROM transactions t
           JOIN wallets w ON w.id = t.wallet_id JOIN bets b ON b.id = t.bet_id WHERE w.user_id <> b.user_id""",
        "it moved the wallet of user {0} for a bet of user {1}",
    ),
    Rule(
        "owner",
        """SELECT 'bets', b.id, b.user_id, s.user_id FROM bets b
           JOIN game_sessions s ON s.id = b.session_id WHERE s.user_id <> b.user_id""",
        "a bet of user {0} in a session of user {1}",
    ),
    Rule(
        "key",
        """SELECT 'bets', max(id), count(*), user_id, key FROM bets GROUP BY user_id, key HAVING count(*) > 1""",
        "{0} bets of user {1} have the key {2}",
    ),
)
_ROUNDS = (
    Rule(
        "bets of a round",
        """SELECT 'bets', b.id, r.room, r.number, r.status FROM bets b
           JOIN rounds r ON r.id = b.round_id WHERE r.status = 'open'""",
        "round {0}.{1} has a bet and is {2}",
    ),
    Rule(
        "bets of a round",
        """SELECT 'bets', b.id, r.room, r.number, b.result, b.payout, b.amount FROM bets b
           JOIN rounds r ON r.id = b.round_id
           WHERE r.status = 'void' AND (b.result <> 'void' OR b.payout <> b.amount)""",
        "round {0}.{1} is void, but the bet is {2} and pays {3} for {4}",
    ),
    Rule(
        "results of a round",
        # No function that finds a text in another has the same name in both databases.
        """SELECT 'bets', id, room, number, bet FROM (
             SELECT b.id, r.room, r.number, b.number AS bet, replace(CAST(r.results AS text), ' ', '') AS told,
               replace('[' || b.number || ',' || b.amount || ',"' || replace(b.result, '"', '\\"') || '",' || b.payout
                 || ']', ' ', '') AS made
             FROM bets b JOIN rounds r ON r.id = b.round_id) t
           WHERE told IS NULL OR replace(told, made, '') = told""",
        "the results of round {0}.{1} do not say of bet {2} what its row says",
    ),
    Rule(
        "round",
        """SELECT 'rounds', id, room, number, status FROM rounds WHERE CASE status
             WHEN 'settled' THEN server_seed IS NULL OR client_seed IS NULL OR journal IS NULL OR outcome IS NULL
               OR ended_at IS NULL
             WHEN 'void' THEN server_seed IS NOT NULL OR ended_at IS NULL
             WHEN 'open' THEN server_seed IS NOT NULL OR ended_at IS NOT NULL
             ELSE 1 = 1 END""",
        "round {0}.{1} is {2}, but has the columns of another status",
    ),
    Rule(
        "round",
        """SELECT 'rounds', max(id), count(*), room, number FROM rounds GROUP BY room, number HAVING count(*) > 1""",
        "there are {0} rounds {1}.{2}",
    ),
)
_OPEN = Rule("open", "SELECT 'rounds', id, room, number FROM rounds WHERE status = 'open'", "round {0}.{1} is open")

# Foreign keys. The databases enforce them, unless the constraints were dropped or switched off.
_OWNERS = (
    ("user_profiles", "user_id", "users"),
    ("verification_tokens", "user_id", "users"),
    ("sign_up_links", "sign_up_id", "sign_ups"),
    ("wallets", "user_id", "users"),
    ("transactions", "wallet_id", "wallets"),
    ("transactions", "bet_id", "bets"),
    ("game_sessions", "user_id", "users"),
    ("game_sessions", "game_id", "games"),
    ("rounds", "game_id", "games"),
    ("bets", "user_id", "users"),
    ("bets", "session_id", "game_sessions"),
    ("bets", "round_id", "rounds"),
)
_ORPHANS = tuple(
    Rule(
        "orphan",
        f"""SELECT '{table}', c.id, c.{column} FROM {table} c LEFT JOIN {owner} o ON o.id = c.{column}
            WHERE c.{column} IS NOT NULL AND o.id IS NULL""",  # noqa: S608 (only constant names)
        f"{column} is {{0}}, and there is no such row in {owner}",
    )
    for table, column, owner in _OWNERS
)

RULES = (*_WALLETS, *_BETS, *_ROUNDS, *_ORPHANS)

# {results} is the store's own query. The bets of deleted accounts are in the results only.
_BY_GAME = """
  SELECT g.id, g.name, count(b.id) AS bets, sum(t.debits) AS staked, sum(t.credits) AS paid,
    coalesce(sum(o.amount), 0) AS outcomes_staked, coalesce(sum(o.payout), 0) AS outcomes_paid
  FROM bets b JOIN rounds r ON r.id = b.round_id JOIN games g ON g.id = r.game_id
    LEFT JOIN ({results}) o ON o.round_id = b.round_id AND o.number = b.number
    JOIN (SELECT b.id, coalesce(sum(CASE t.type WHEN 'debit' THEN t.amount END), 0) AS debits,
        coalesce(sum(CASE t.type WHEN 'credit' THEN t.amount END), 0) AS credits
      FROM bets b LEFT JOIN transactions t ON t.bet_id = b.id GROUP BY b.id) t ON t.id = b.id
  GROUP BY g.id, g.name"""


class GameTotals(Struct, frozen=True):
    """What wallets paid for a game's bets and got for them, and what the results of its rounds say of it, in cents."""

    game_id: int
    game: str
    bets: int
    staked: int
    paid: int
    outcomes_staked: int
    outcomes_paid: int


async def totals_by_game(store: Store) -> list[GameTotals]:
    """The games that have bets, by name."""
    (rows,) = await store.scan([_BY_GAME.format(results=store.results)])
    totals = [
        GameTotals(
            game_id=game_id,
            game=game,
            bets=bets,
            staked=int(staked),
            paid=int(paid),
            outcomes_staked=int(outcomes_staked),
            outcomes_paid=int(outcomes_paid),
        )
        for game_id, game, bets, staked, paid, outcomes_staked, outcomes_paid in rows
    ]
    return sorted(totals, key=lambda each: each.game)


def broken_conservation(totals: Sequence[GameTotals]) -> list[BrokenRow]:
    """The games in which money was created or lost: credits less debits are not what the rounds' results say."""
    return [
        BrokenRow(
            "conservation",
            f"games {each.game_id}",
            f"the wallets got {each.paid - each.staked} from {each.game}, its rounds say "
            f"{each.outcomes_paid - each.outcomes_staked}",
        )
        for each in totals
        if each.paid - each.staked != each.outcomes_paid - each.outcomes_staked
    ]


async def audit(store: Store, *, open_rounds: bool = False) -> list[BrokenRow]:
    """The rows that break a rule, as of one moment, at most MOST_BROKEN_ROWS for each rule; none: the books balance.

    ``open_rounds`` reports open rounds too, which there must not be when no server runs. Safe beside a running server.
    Raises DatabaseUnavailableError.
    """
    rules = (*RULES, _OPEN) if open_rounds else RULES
    found = await store.scan([limited(rule) for rule in rules])
    broken = [broken_row for rule, rows in zip(rules, found, strict=True) for broken_row in _broken_rows(rule, rows)]
    return broken + broken_conservation(await totals_by_game(store))


def limited(rule: Rule) -> str:
    """The rule's query, for at most MOST_BROKEN_ROWS rows."""
    return f"{rule.query} LIMIT {MOST_BROKEN_ROWS}"


def _broken_rows(rule: Rule, rows: Sequence[Any]) -> list[BrokenRow]:
    return [BrokenRow(rule.name, f"{table} {row_id}", rule.detail.format(*values)) for table, row_id, *values in rows]
