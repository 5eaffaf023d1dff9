"""Leases driven by Hypothesis: whatever happens to nodes and Redis, at most one node is certain of a claim."""

import asyncio
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from devtools.services import RedisServer
from server.backends.bus import Claim
from server.backends.lease_redis import RENEW
from server.backends.redis_link import RedisLink
from server.errors import UnreachableError
from tests.redis_server import clear, join_run
from tests.server.backends.lease_world import Node, fence, tell
from tests.waiting import eventually

MEMBERS = st.integers(0, 2)
ROOMS = st.sampled_from(["crash", "dice-1", "mines-1"])
SETTINGS = settings(max_examples=25, stateful_step_count=20)

LEASE_MS, RENEW_MS = 60_000, 4
PATIENCE_S = 20.0


class Way(RedisLink):
    """A link that can be paused, and that can lose the answers to commands which Redis has run; ``renewals`` counts
    the renewals sent."""

    def __init__(self, url: str) -> None:
        # The machine may stall for seconds; that is not one of the failures that this test is about.
        super().__init__(url, connect_s=PATIENCE_S, answer_s=PATIENCE_S)
        self.open_ = asyncio.Event()
        self.open_.set()
        self.deaf = False
        self.renewals = 0

    async def run(self, *asked: Any) -> Any:
        await self.open_.wait()
        if asked[0] is RENEW:
            self.renewals += 1
        answer = await super().run(*asked)
        if self.deaf:
            raise UnreachableError("the answer got lost")
        return answer


class Member:
    """A node, the claims that it must have, and those that it must have lost; ``now`` is its clock, in seconds."""

    def __init__(self, url: str) -> None:
        self.now = 0.0
        self.way = Way(url)
        self.node = Node(url, link=self.way, lease_ms=LEASE_MS, renew_ms=RENEW_MS, monotonic=lambda: self.now)
        self.alive = True
        self.claims: dict[str, Claim] = {}
        self.lost: list[Claim] = []

    async def acquire_unheard(self, room: str) -> int:
        """Acquire a room and lose the answer. Returns the last fence once the node has released the room."""
        self.way.deaf = True
        try:
            await self.node.lease.acquire(room)
            raise AssertionError("the answer got through")
        except UnreachableError:
            newest = int(await self.way.call("GET", self.way.key("fence")))
        self.way.deaf = False
        while await self.way.call("HGET", self.way.key("owners"), room):
            await asyncio.sleep(RENEW_MS / 1000)
        return newest

    async def resume(self) -> None:
        self.way.open_.set()


class Leases(RuleBasedStateMachine):
    """``owners`` and ``newest`` are what Redis must have: each room's owner and claim, and the last fence."""

    server: ClassVar[RedisServer]

    def __init__(self) -> None:
        super().__init__()
        clear(self.server)
        self.cleanup = ExitStack()
        self.runner = self.cleanup.enter_context(asyncio.Runner())
        self.members: list[Member] = []
        self.everybody: list[Member] = []
        self.claims: list[tuple[Member, Claim]] = []
        self.owners: dict[str, tuple[Member, Claim]] = {}
        self.newest = 0
        self.key = RedisLink(self.server.url).key
        for _ in range(3):
            self.join()

    def teardown(self) -> None:
        for member in self.members:
            self.runner.run(member.resume())
            self.runner.run(member.node.close())
        self.cleanup.close()

    def member(self, number: int) -> Member:
        return self.members[number % len(self.members)]

    @rule()
    def join(self) -> None:
        if len(self.members) < 3:
            pass_time(self)
            member = Member(self.server.url)
            self.members.append(member)
            self.everybody.append(member)
            self.runner.run(member.node.start())

    @rule(number=MEMBERS, room=ROOMS)
    def acquire(self, number: int, room: str) -> None:
        member = self.member(number)
        if not member.alive:
            return
        claim = self.runner.run(member.node.lease.acquire(room))
        assert (claim is not None) == self.is_free(room)
        if claim is not None:
            assert all(fence(claim) > fence(earlier) for _, earlier in self.claims)
            self.claims.append((member, claim))
            member.claims[room] = claim
            self.owners[room] = member, claim
            self.newest = fence(claim)

    @rule(number=MEMBERS, room=ROOMS)
    def acquire_unheard(self, number: int, room: str) -> None:
        member = self.member(number)
        if member.alive and self.is_free(room):
            self.newest = self.runner.run(member.acquire_unheard(room))
            self.owners.pop(room, None)

    @rule(number=MEMBERS, which=st.integers(0))
    def release(self, number: int, which: int) -> None:
        """Release a claim that the member has, or had before."""
        member = self.member(number)
        claims = [claim for owner, claim in self.claims if owner is member]
        if not member.alive or not claims:
            return
        claim = claims[which % len(claims)]
        self.runner.run(member.node.lease.release(claim))
        if self.owners.get(claim.room) == (member, claim):
            del self.owners[claim.room]
        if member.claims.get(claim.room) == claim:
            del member.claims[claim.room]

    @rule(number=MEMBERS)
    def stop(self, number: int) -> None:
        """Pause the member for longer than its lease."""
        member = self.member(number)
        if member.alive:
            member.way.open_.clear()
            self.runner.run(member.way.call("PING"))
            self.run_out(member)

    @rule(number=MEMBERS)
    def wake(self, number: int) -> None:
        member = self.member(number)
        if not member.alive:
            self.runner.run(member.resume())
            self.put_back(member)
            pass_time(self)

    @rule(number=MEMBERS)
    def crash(self, number: int) -> None:
        member = self.member(number)
        self.runner.run(member.way.close())
        self.runner.run(member.node.lease.leave())
        self.run_out(member)
        self.part(member)

    @rule(number=MEMBERS)
    def leave(self, number: int) -> None:
        member = self.member(number)
        if member.alive:
            others = any(other.alive for other in self.members if other is not member)
            assert self.runner.run(member.node.lease.leave()) == others
            self.runner.run(member.way.close())
            self.part(member)

    @rule()
    def forget(self) -> None:
        """Redis comes back empty."""
        tell(self.server, "FLUSHALL")
        self.owners, self.newest = {}, 0
        for member in self.members:
            if member.alive:
                self.put_back(member)
        pass_time(self)

    @invariant()
    def a_claim_counts_on_one_node_at_most(self) -> None:
        for member, claim in self.claims:
            counts = member.alive and self.owners.get(claim.room) == (member, claim)
            assert member.node.lease.owns(claim) == counts

    @invariant()
    def all_is_told_and_told_once(self) -> None:
        for member in self.everybody:
            if member.alive:
                assert sorted(map(fence, member.node.lost)) == sorted(map(fence, member.lost))

    @invariant()
    def what_the_dead_leave_is_found(self) -> None:
        alive = [member for member in self.members if member.alive]
        if alive:
            left = sorted(room for room, (owner, _) in self.owners.items() if not owner.alive)
            assert sorted(self.runner.run(alive[0].node.lease.orphans())) == left
            for room, (owner, _) in self.owners.items():
                expected = owner.node.name if owner.alive else None
                assert self.runner.run(alive[0].node.lease.owner(room)) == expected

    def is_free(self, room: str) -> bool:
        return room not in self.owners or not self.owners[room][0].alive

    def run_out(self, member: Member) -> None:
        member.alive = False
        member.now += LEASE_MS / 1000
        tell(self.server, "DEL", self.key(f"node:{member.node.name}"))

    def part(self, member: Member) -> None:
        member.alive = False
        self.members.remove(member)
        if not self.members:
            self.join()

    def put_back(self, member: Member) -> None:
        """The member is alive again, and learns which claims are still current."""
        member.alive = True
        for room, claim in list(member.claims.items()):
            newest = fence(self.owners[room][1]) if room in self.owners else self.newest
            if newest > fence(claim):
                member.lost.append(member.claims.pop(room))
            else:
                self.owners[room] = member, claim
        self.runner.run(self.settled(member))

    async def settled(self, member: Member) -> None:
        async def is_on_record() -> bool:
            found = await member.way.call("HGETALL", self.key("owners"))
            tokens = [claim.token.encode() for claim in member.claims.values()]
            return member.node.name in await member.node.lease.nodes() and set(tokens) <= set(found[1::2])

        # A renewal on its way may bring the news that the lease was gone. When the second one from now is sent, the
        # first has been sent, answered and dealt with.
        enough = member.way.renewals + 2
        await eventually(lambda: member.way.renewals >= enough)
        await eventually(is_on_record)
        for owner, claim in self.claims:
            if owner is member:
                counts = self.owners.get(claim.room) == (member, claim)
                async with asyncio.timeout(10):
                    assert await member.node.lease.confirm(claim) == counts


def pass_time(machine: Leases) -> None:
    """Pass so much time that the record is not fresh, also for the first node that joins."""
    tell(machine.server, "DEL", machine.key("fresh"))
    join_run(machine.server.url)


def test_at_most_one_node_is_certain_of_a_claim(redis_server: RedisServer) -> None:
    class LeasesHere(Leases):
        server = redis_server

    run_state_machine_as_test(LeasesHere, settings=SETTINGS)
