"""What the last look at the database said of wallets and sessions, so that a settlement need not look them up again.

It may be out of date: others write too. Whoever relies on it makes sure, in the statement that writes, that every
wallet still has this balance and this version, and that every session exists.
"""

from collections.abc import Sequence

from storage.settlement import Known, SettledRound, WalletState

LARGEST = 10_000
"""Wallets, and sessions; beyond that all of it is forgotten."""


class LastKnown:
    def __init__(self) -> None:
        self._wallets: dict[int, tuple[int, int, int]] = {}
        """User id → the wallet's id, balance and version."""
        self._owners: dict[int, int] = {}
        """Session id → user id."""

    def of(self, rounds: Sequence[SettledRound]) -> tuple[dict[int, WalletState], dict[int, int]] | None:
        """The wallets by user id, and the sessions' users. None: not all are known, or a round may be on record as
        open, of which nothing is known here."""
        wallets: dict[int, WalletState] = {}
        owners: dict[int, int] = {}
        for round_ in rounds:
            if round_.next is not None:
                return None
            for bet in round_.bets:
                wallet = self._wallets.get(bet.user_id)
                if wallet is None or self._owners.get(bet.session_id) != bet.user_id:
                    return None
                owners[bet.session_id] = bet.user_id
                wallets.setdefault(bet.user_id, WalletState(*wallet))
        return wallets, owners

    def keep(self, known: Known) -> None:
        """Take over what a batch left when it was committed."""
        if max(len(self._wallets), len(self._owners)) > LARGEST:
            self.forget()
        for user_id, wallet in known.wallets.items():
            self._wallets[user_id] = wallet.id, wallet.balance, wallet.version
        self._owners.update(known.sessions)

    def forget(self) -> None:
        self._wallets.clear()
        self._owners.clear()
