"""How often an address or an account may call: a few named rates. Many players may share one address: a campus does."""

from hashlib import sha256

from server.address import rate_key
from server.backends.rate import Buckets, Rate, RateLimiter
from server.web.problems import later

READ = Rate("read", 30, 200)
SIGN_IN = Rate("sign_in", 1, 30)
SIGN_UP = Rate("sign_up", 0.5, 30)
MAIL = Rate("mail", 0.2, 15)
ACCOUNT = Rate("account", 10, 60)
EXPORT = Rate("export", 0.1, 6)
BAD_TOKEN = Rate("bad_token", 1, 30)


class Rates:
    """``scale`` multiplies all rates but that of mails. Accounts have theirs over all nodes, addresses on each."""

    def __init__(self, rate_limiter: RateLimiter, scale: float, mails_per_hour: int) -> None:
        self._rate_limiter = rate_limiter
        self._scale = scale
        self._buckets: dict[str, Buckets] = {}
        self._mails = Rate("mails", mails_per_hour / 3600, mails_per_hour)

    async def take(self, rate: Rate, user_id: int) -> None:
        """Raises ClientError ``rate_limited``."""
        _refuse(await self._rate_limiter.take(rate.scaled(self._scale), f"user {user_id}"))

    def take_address(self, rate: Rate, address: str, now_ms: int) -> None:
        """Raises ClientError ``rate_limited``."""
        buckets = self._buckets.get(rate.name)
        if buckets is None:
            scaled = rate.scaled(self._scale)
            buckets = self._buckets[rate.name] = Buckets(scaled.per_s, scaled.burst)
        _refuse(buckets.take(rate_key(address), now_ms))

    async def may_mail(self, to: str) -> bool:
        """Whether one more mail may go to this address within the hour."""
        # An address is nobody's business who looks into Redis.
        return await self._rate_limiter.take(self._mails, sha256(to.encode()).hexdigest()) == 0


def _refuse(wait_ms: int) -> None:
    if wait_ms:
        raise later("rate_limited", wait_ms / 1000)
