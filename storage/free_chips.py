"""Free chips: the sign-up credit, once for each account, and the daily bonus, once a day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import open_wallet, pay_in
from storage.limits import in_force, limits_of
from storage.models import Transaction, Wallet
from storage.settlement import WalletChange
from storage.store import Store

BONUS_EVERY = timedelta(days=1)
BONUS_CATEGORY = "daily-bonus"


class BonusNotDueError(Exception):
    """The bonus can't be claimed before ``next_at``; None: not before the wallet is low."""

    def __init__(self, next_at: datetime | None) -> None:
        super().__init__(next_at)
        self.next_at = next_at


class OnBreakError(Exception):
    """The player is on a break ``until`` then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


async def sign_up_credit(session: AsyncSession, user_id: int, credit: int, now: datetime) -> WalletChange | None:
    """Open the wallet of a new account and pay ``credit`` cents in; None if that is 0."""
    await open_wallet(session, user_id, now)
    if not credit:
        return None
    return await pay_in(session, user_id, credit, category="sign-up", description="Welcome", now=now)


async def claim_daily_bonus(store: Store, user_id: int, amount: int, below: int, now: datetime) -> WalletChange:
    """Pay the bonus into a wallet that holds less than ``below`` cents, once in 24 hours.

    Raises BonusNotDueError, OnBreakError.
    """

    async def claim(session: AsyncSession) -> WalletChange:
        await _require_due(session, user_id, below, now, lock=True)
        return await pay_in(session, user_id, amount, category=BONUS_CATEGORY, description="Daily bonus", now=now)

    return await store.transact(claim)


async def require_daily_bonus_due(store: Store, user_id: int, below: int, now: datetime) -> None:
    """Return if the player could claim the bonus now. Raises BonusNotDueError, OnBreakError."""
    async with store.read() as session:
        await _require_due(session, user_id, below, now, lock=False)


async def _require_due(session: AsyncSession, user_id: int, below: int, now: datetime, *, lock: bool) -> None:
    mine = select(Wallet.id, Wallet.balance, Wallet.limits).where(Wallet.user_id == user_id)
    wallet = (await session.execute(mine.with_for_update() if lock else mine)).one()
    # A break that began with another account must not bring the bonus of this one.
    break_until = in_force(limits_of(wallet.limits), round(now.timestamp() * 1000)).break_until
    if break_until is not None:
        raise OnBreakError(datetime.fromtimestamp(break_until / 1000, UTC))
    last = select(Transaction.created_at).where(
        Transaction.wallet_id == wallet.id, Transaction.category == BONUS_CATEGORY
    )
    claimed = await session.scalar(last.order_by(Transaction.id.desc()).limit(1))
    if claimed is not None and claimed + BONUS_EVERY > now:
        raise BonusNotDueError(claimed + BONUS_EVERY)
    if wallet.balance >= below:
        raise BonusNotDueError(None)
