"""A link that loses commands or answers when a test says so."""

from collections.abc import Sequence
from typing import Any, Literal

from server.backends.redis_link import Argument, RedisLink, Script
from server.errors import UnreachableError
from tests.waiting import WAIT_S


class ShakyLink(RedisLink):
    """A link that by default waits as long as tests do, so that a busy machine causes no failure that a test has not
    asked for.

    ``loses`` says whether commands or answers of scripts get lost; with lost answers the scripts still run.
    ``asked`` counts the scripts."""

    loses: Literal["nothing", "questions", "answers"] = "nothing"
    asked = 0
    breaks_after: Script | None = None
    """From the answer to this script on, commands are lost."""

    def __init__(self, url: str, answer_s: float = WAIT_S) -> None:
        super().__init__(url, connect_s=WAIT_S, answer_s=answer_s)
        self.failing: list[Script] = []
        """The next run of each of these scripts fails; a script may be listed several times."""

    async def run(self, script: Script, keys: Sequence[bytes], args: Sequence[Argument] = ()) -> Any:
        self.asked += 1
        if self.loses == "questions":
            raise UnreachableError("the test has lost the question")
        if script in self.failing:
            self.failing.remove(script)
            raise UnreachableError("the test lets the script fail")
        answer = await super().run(script, keys, args)
        if script is self.breaks_after:
            self.loses = "questions"
        if self.loses == "answers":
            raise UnreachableError("the test has lost the answer")
        return answer
