"""The rate limits of the HTTP API, per account or per address. A whole campus may share one address."""

from hashlib import sha256

from server.backends.rate import AddressBuckets, Rate, RateLimiter
from server.web.problems import retry_later

READ = Rate("read", 30, 200)
SIGN_IN = Rate("sign_in", 1, 30)
SIGN_UP = Rate("sign_up", 0.5, 30)
MAIL = Rate("mail", 0.2, 15)
ACCOUNT = Rate("account", 10, 60)
EXPORT = Rate("export", 0.1, 6)
BAD_TOKEN = Rate("bad_token", 1, 30)


class RateLimits:
    """``scale`` multiplies all rates except that of mails. Accounts share a limit across nodes; addresses do not."""

    def __init__(self, rate_limiter: RateLimiter, scale: float, mails_per_hour: int) -> None:
        self._rate_limiter = rate_limiter
        self._scale = scale
        self._buckets: dict[str, AddressBuckets] = {}
        self._mails = Rate("mails", mails_per_hour / 3600, mails_per_hour)
        self._mails_together = Rate("mails_together", 10 * mails_per_hour / 3600, 10 * mails_per_hour)

    async def take(self, rate: Rate, user_id: int) -> None:
        """Raises ClientError ``rate_limited``."""
        _raise_if_limited(await self._rate_limiter.take(rate.scaled(self._scale), f"user {user_id}"))

    def take_address(self, rate: Rate, address: str, now_ms: int) -> None:
        """Raises ClientError ``rate_limited``."""
        buckets = self._buckets.get(rate.name)
        if buckets is None:
            buckets = self._buckets[rate.name] = AddressBuckets(rate.scaled(self._scale))
        _raise_if_limited(buckets.take(address, now_ms))

    async def may_mail(self, kind: str, to: str, source: str, *, is_known: bool = False) -> bool:
        """Whether this source may have this address sent another mail of this kind now; counts the mail if so.

        Mails of other kinds, or that other sources ask for, do not count: a stranger's sign-ups must not keep the owner
        of the address from a link. All sources together have ten times the limit, apart from those that are known to be
        the owner's.
        """
        # Hashed, so that Redis does not reveal e-mail addresses.
        key = sha256(f"{kind} {to}".encode()).hexdigest()
        if await self._rate_limiter.take(self._mails, sha256(f"{key} {source}".encode()).hexdigest()):
            return False
        return is_known or await self._rate_limiter.take(self._mails_together, key) == 0


def _raise_if_limited(wait_ms: int) -> None:
    if wait_ms:
        raise retry_later("rate_limited", wait_ms / 1000)
