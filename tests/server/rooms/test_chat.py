"""A room's chat: the last lines, and none of a player who is gone."""

from server.messages import ChatLine
from server.rooms.chat import ChatLog


def test_the_last_lines_are_shown() -> None:
    chat = ChatLog(keep=2)
    for n in range(3):
        chat.add(n, ChatLine(f"p{n}", "hi", n), seq=n, oldest=n)
    assert [line.player for line in chat.lines] == ["p1", "p2"]
    assert chat.authors() == {1, 2}


def test_lines_in_kept_frames_are_remembered() -> None:
    chat = ChatLog(keep=1)
    for n in range(4):
        chat.add(n, ChatLine(f"p{n}", "hi", n), seq=n, oldest=1)
    assert [line.player for line in chat.lines] == ["p3"]
    assert chat.authors() == {1, 2, 3}
    assert chat.forget(1) == [ChatLine("p1", "hi", 1)]
    chat.add(4, ChatLine("p4", "hi", 4), seq=4, oldest=4)
    assert chat.authors() == {4}


def test_a_player_is_forgotten_under_all_names() -> None:
    chat = ChatLog(keep=10)
    for user_id, name in ((1, "ann"), (2, "bob"), (1, "anna")):
        chat.add(user_id, ChatLine(name, "hi", 5), seq=1, oldest=1)
    assert [line.player for line in chat.forget(1)] == ["ann", "anna"]
    assert chat.lines == [ChatLine("bob", "hi", 5)]
    assert chat.forget(1) == []
