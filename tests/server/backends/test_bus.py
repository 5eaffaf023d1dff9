"""What every bus guarantees, tested with the local one and with that of two nodes that share a Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.backends import bus as messages
from server.backends.bus import Bus, BusMessage, Claim, EncodedFrame, RoomGone, node_channel, room_channel, user_channel
from tests.server.backends.buses import Buses, Received, buses_of


@pytest.fixture(params=["alone", "redis"])
async def buses(request: pytest.FixtureRequest) -> AsyncIterator[Buses]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    async with buses_of(url) as buses:
        yield buses


@pytest.fixture
def here(buses: Buses) -> Bus:
    return buses.here


@pytest.fixture
def there(buses: Buses) -> Bus:
    return buses.there


def frame(seq: int, room: str = "crash") -> EncodedFrame:
    return EncodedFrame(room=room, epoch="e", seq=seq, wire=b"wire of %d" % seq)


async def test_subscribers_on_this_node_receive_at_once(here: Bus) -> None:
    heard, other = Received(), Received()
    await here.subscribe(room_channel("crash"), heard.take)
    await here.subscribe(room_channel("dice-1"), other.take)
    first, second = frame(1), frame(2)
    here.publish(room_channel("crash"), first)
    here.publish(room_channel("crash"), second)
    assert [id(each) for each in heard] == [id(first), id(second)]
    assert other == []


async def test_subscribers_on_another_node_receive_in_order(here: Bus, there: Bus) -> None:
    heard, other = Received(), Received()
    await there.subscribe(room_channel("crash"), heard.take)
    await there.subscribe(room_channel("dice-1"), other.take)
    sent = [frame(n) for n in range(200)]
    for n, each in enumerate(sent):
        here.publish(room_channel("crash"), each)
        if n % 7 == 0:
            await asyncio.sleep(0)
    assert await heard.all_from(here, room_channel("crash")) == sent
    assert other == []


async def test_no_message_arrives_twice(here: Bus, there: Bus) -> None:
    mine, theirs = Received(), Received()
    await here.subscribe("x", mine.take)
    await there.subscribe("x", theirs.take)
    here.publish("x", frame(1))
    assert await theirs.all_from(here, "x") == [frame(1)]
    assert (await mine.all_from(there, "x")).count(frame(1)) == 1


@pytest.mark.parametrize(
    "message",
    [
        EncodedFrame(room="crash", epoch="e", seq=2**40, wire=bytes(range(256)), without_ticks=b""),
        EncodedFrame(room="crash", epoch="e", seq=1, wire=b"", without_ticks=None),
        messages.NewOwner("crash", "e", 7),
        messages.RoomGone("crash"),
        messages.EncodedPrivateFrame(5, b"\x00\xff"),
        messages.SignOut(5, "signed_out", "password_changed", but=2**53),
        messages.SignOut(5, "signed_out", only=7),
        messages.SignOut(5, "account_disabled"),
        messages.WalletState(user_id=5, balance=100_000, version=3, held=500, revision=9),
        messages.PlayerChanged(5),
        messages.RpcCall("here", 1, b"body"),
        messages.RpcAnswer(1, b"body"),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_every_message_arrives_unchanged(here: Bus, there: Bus, message: BusMessage) -> None:
    heard = Received()
    await there.subscribe("x", heard.take)
    here.publish("x", message)
    assert await heard.all_from(here, "x") == [message]


async def test_unsubscribing_ends_delivery_to_that_subscriber_only(here: Bus, there: Bus) -> None:
    gone, stays = Received(), Received()
    receivers = (gone.take, stays.take)
    for receive in receivers:
        await there.subscribe("x", receive)
    there.unsubscribe("x", receivers[0])
    here.publish("x", frame(1))
    assert await stays.all_from(here, "x") == [frame(1)]
    assert gone == []


async def test_subscribing_again_starts_delivery_again(here: Bus, there: Bus) -> None:
    heard, fence = Received(), Received()
    receive = heard.take
    await there.subscribe("y", fence.take)
    for n in range(3):
        await there.subscribe("x", receive)
        here.publish("x", frame(n))
        await fence.all_from(here, "y")
        there.unsubscribe("x", receive)
        here.publish("x", frame(100 + n))
        await fence.all_from(here, "y")
    assert heard == [frame(n) for n in range(3)]


async def test_unsubscribing_without_a_subscription_fails(there: Bus) -> None:
    heard = Received()
    await there.subscribe("x", heard.take)
    with pytest.raises(ValueError):
        there.unsubscribe("x", Received().take)


async def test_a_receiver_may_unsubscribe_during_delivery(here: Bus, there: Bus) -> None:
    once, all_ = Received(), Received()

    def hear_once(message: BusMessage) -> None:
        once.append(message)
        there.unsubscribe("x", hear_once)

    await there.subscribe("x", hear_once)
    await there.subscribe("x", all_.take)
    here.publish("x", frame(1))
    here.publish("x", frame(2))
    assert await all_.all_from(here, "x") == [frame(1), frame(2)]
    assert once == [frame(1)]


async def test_a_message_that_a_receiver_publishes_arrives_later_at_every_node(here: Bus, there: Bus) -> None:
    heard = Received()
    await there.subscribe("x", heard.take)

    def answer(message: BusMessage) -> None:
        if message == frame(1):
            here.publish("x", frame(2))

    await here.subscribe("x", answer)
    here.publish("x", frame(1))
    assert await heard.all_from(here, "x") == [frame(1), frame(2)]


async def test_many_subscriptions_at_once(here: Bus, there: Bus) -> None:
    ears = [Received() for _ in range(100)]
    await asyncio.gather(*(there.subscribe(user_channel(n % 40), ear.take) for n, ear in enumerate(ears)))
    for n in range(40):
        here.publish(user_channel(n), messages.PlayerChanged(n))
    for n, ear in enumerate(ears):
        arrived = await ear.all_from(here, user_channel(n % 40))
        assert [each for each in arrived if isinstance(each, messages.PlayerChanged)] == [
            messages.PlayerChanged(n % 40)
        ]


async def test_publishing_without_subscribers_is_harmless(here: Bus) -> None:
    here.publish("x", RoomGone("crash"))
    here.publish("x", RoomGone("crash"), Claim("crash", "here 1"))


async def test_no_loss_is_reported_without_a_failure(here: Bus, there: Bus) -> None:
    losses: list[str] = []
    there.on_loss(lambda: losses.append("there"))
    heard = Received()
    await there.subscribe("x", heard.take)
    await heard.all_from(here, "x")
    assert losses == []


def test_channels_of_rooms_players_and_nodes_differ() -> None:
    assert len({room_channel("7"), user_channel(7), node_channel("7")}) == 3
