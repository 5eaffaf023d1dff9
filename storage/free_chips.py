"""Free chips: the sign-up credit, once for each account, and the daily bonus, once a day."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.credentials import EMAIL_VERIFICATION, spend_token
from storage.ledger import open_wallet, pay_in
from storage.models import Transaction, User, Wallet
from storage.settlement import WalletChange
from storage.store import Store

BONUS_EVERY = timedelta(days=1)
BONUS_CATEGORY = "daily-bonus"


class BonusNotDueError(Exception):
    """The bonus can't be claimed before ``next_at``; None: not before the wallet is low."""

    def __init__(self, next_at: datetime | None) -> None:
        super().__init__(next_at)
        self.next_at = next_at


async def verify_email(store: Store, token: str, credit: int, now: datetime) -> tuple[int, WalletChange | None]:
    """Use a verification token: verify the account, open its wallet and pay the sign-up credit.

    Answers the user's id, and the wallet's change if there was one. Raises TokenInvalidError, TokenExpiredError.
    """

    async def verify(session: AsyncSession) -> tuple[int, WalletChange | None]:
        user_id = await spend_token(session, token, EMAIL_VERIFICATION, now)
        return user_id, await _verify(session, user_id, credit, now)

    return await store.transact(verify)


async def verify_account(store: Store, user_id: int, credit: int, now: datetime) -> WalletChange | None:
    """The same without a token, for the operator; None if the account was verified already."""
    return await store.transact(_verify, user_id, credit, now)


async def _verify(session: AsyncSession, user_id: int, credit: int, now: datetime) -> WalletChange | None:
    unverified = User.id == user_id, ~User.email_verified
    done = await session.execute(update(User).where(*unverified).values(email_verified=True))
    if not done.rowcount:  # type: ignore[attr-defined]
        return None
    return await sign_up_credit(session, user_id, credit, now)


async def sign_up_credit(session: AsyncSession, user_id: int, credit: int, now: datetime) -> WalletChange | None:
    """Open the wallet of a new account and pay ``credit`` cents in; None if that is 0."""
    await open_wallet(session, user_id, now)
    if not credit:
        return None
    return await pay_in(session, user_id, credit, category="sign-up", description="Welcome", now=now)


async def claim_daily_bonus(store: Store, user_id: int, amount: int, below: int, now: datetime) -> WalletChange:
    """Pay the bonus into a wallet that holds less than ``below`` cents, once in 24 hours. Raises BonusNotDueError."""

    async def claim(session: AsyncSession) -> WalletChange:
        mine = select(Wallet.id, Wallet.balance).where(Wallet.user_id == user_id)
        wallet = (await session.execute(mine.with_for_update())).one()
        last = select(Transaction.created_at).where(
            Transaction.wallet_id == wallet.id, Transaction.category == BONUS_CATEGORY
        )
        claimed = await session.scalar(last.order_by(Transaction.id.desc()).limit(1))
        if claimed is not None and claimed + BONUS_EVERY > now:
            raise BonusNotDueError(claimed + BONUS_EVERY)
        if wallet.balance >= below:
            raise BonusNotDueError(None)
        return await pay_in(session, user_id, amount, category=BONUS_CATEGORY, description="Daily bonus", now=now)

    return await store.transact(claim)
