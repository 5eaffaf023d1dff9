"""How often an address or an account may call: a few named rates, each with its buckets."""

from msgspec import Struct

from server.address import rate_key
from server.rate import Buckets
from server.web.problems import later


class Rate(Struct, frozen=True):
    """So many calls a second, ``burst`` of them at once. Many players may share one address: a campus does."""

    name: str
    per_s: float
    burst: float


READ = Rate("read", 30, 200)
SIGN_IN = Rate("sign_in", 1, 30)
SIGN_UP = Rate("sign_up", 0.5, 30)
MAIL = Rate("mail", 0.2, 15)
ACCOUNT = Rate("account", 10, 60)
EXPORT = Rate("export", 0.1, 6)
BAD_TOKEN = Rate("bad_token", 1, 30)


class Rates:
    """Buckets by name of the rate and key; ``scale`` multiplies all of them."""

    def __init__(self, scale: float, mails_per_hour: int) -> None:
        self._scale = scale
        self._buckets: dict[str, Buckets] = {}
        self._mails = Buckets(mails_per_hour / 3600, mails_per_hour)

    def take(self, rate: Rate, key: str, now_ms: int) -> None:
        """Raises Problem ``rate_limited``."""
        self._refuse(self._of(rate).take(key, now_ms))

    def take_address(self, rate: Rate, address: str, now_ms: int) -> None:
        self.take(rate, rate_key(address), now_ms)

    def may_mail(self, to: str, now_ms: int) -> bool:
        """Whether one more mail may go to this address within the hour. Load tests don't change this."""
        return self._mails.take(to, now_ms) == 0

    def _of(self, rate: Rate) -> Buckets:
        buckets = self._buckets.get(rate.name)
        if buckets is None:
            buckets = self._buckets[rate.name] = Buckets(rate.per_s * self._scale, rate.burst * self._scale)
        return buckets

    def _refuse(self, wait_ms: int) -> None:
        if wait_ms:
            raise later("rate_limited", wait_ms / 1000)
