"""Tests of the bus of a node that is alone."""

from server.fanout.bus import BusMessage, Closed, LocalBus, room_channel, user_channel


def test_subscribers_of_a_channel_hear_in_order() -> None:
    bus, heard, other = LocalBus(), list[BusMessage](), list[BusMessage]()
    bus.subscribe(room_channel("crash"), heard.append)
    bus.subscribe(room_channel("dice-1"), other.append)
    first, second = Closed("crash"), Closed("crash")
    bus.publish(room_channel("crash"), first)
    bus.publish(room_channel("crash"), second)
    assert [id(each) for each in heard] == [id(first), id(second)]
    assert other == []


def test_who_unsubscribes_hears_no_more_and_others_do() -> None:
    bus, gone, stays = LocalBus(), list[BusMessage](), list[BusMessage]()
    receivers = (gone.append, stays.append)
    for receive in receivers:
        bus.subscribe("x", receive)
    bus.unsubscribe("x", receivers[0])
    bus.publish("x", Closed("crash"))
    assert (len(gone), len(stays)) == (0, 1)


def test_a_receiver_may_unsubscribe_while_it_hears() -> None:
    bus, heard = LocalBus(), list[BusMessage]()

    def once(message: BusMessage) -> None:
        heard.append(message)
        bus.unsubscribe("x", once)

    bus.subscribe("x", once)
    bus.subscribe("x", heard.append)
    bus.publish("x", Closed("crash"))
    bus.publish("x", Closed("crash"))
    assert len(heard) == 3


def test_nobody_listens() -> None:
    LocalBus().publish("x", Closed("crash"))


def test_channels_of_rooms_and_players_differ() -> None:
    assert room_channel("7") != user_channel(7)
