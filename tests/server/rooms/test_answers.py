"""A copy of a move or a leave gets the first answer, for a time, and a key stands for one command."""

import json

import pytest

from server.backends.holds import Hold
from server.clock import utc
from server.errors import ClientError
from server.messages import encode
from server.rooms.answers import Answer, Answered, Answers, CommandKey, decode_answer
from tests.server.fanout.fakes import StillClock
from tests.server.rooms.parts import deps_of


class Remembered:
    """What a room lets the holds backend remember."""

    def __init__(self) -> None:
        self.used: list[Hold] = []

    def remember(self, used: Hold) -> None:
        self.used.append(used)


def test_answers_outlive_their_round_for_a_time() -> None:
    clock = StillClock()
    answers = Answers("crash", deps_of(clock=clock), keep_ms=1_000)
    first, second = CommandKey.of("a", "act", 1), CommandKey.of("b", "act", 2)
    answers.add(1, first, Answer({"payout": 5}), "crash.1")
    clock.ms += 50_000
    known = answers.first(1, first)
    assert known == Answered(first.command, Answer({"payout": 5}), "crash.1")
    answers.round_over()
    answers.add(1, second, Answer(code="not_your_turn", message="Wait."))
    for _ in range(2):
        clock.ms += 501
        assert answers.first(1, first) == known
        answers.require_unused(1, "c")
        with pytest.raises(ClientError):
            answers.require_unused(1, "a")
        answers.round_over()
    assert answers.first(1, first) is None
    answers.require_unused(1, "a")
    assert answers.first(1, second) is not None
    clock.ms += 501
    answers.round_over()
    assert answers.first(1, second) is None


def test_a_room_remembers_the_last_answers_of_each_player() -> None:
    answers = Answers("crash", deps_of(), most=3)
    keys = [CommandKey.of(f"{number}", "act") for number in range(5)]
    for key in keys:
        answers.add(1, key, Answer())
    answers.add(2, keys[0], Answer())
    assert [answers.first(1, key) is not None for key in keys] == [False, False, True, True, True]
    assert answers.first(2, keys[0]) is not None
    assert answers.first(3, keys[4]) is None
    assert answers.first(1, None) is None


def test_a_used_key_that_was_forgotten_is_remembered_anew() -> None:
    clock = StillClock()
    answers = Answers("crash", deps_of(clock=clock), keep_ms=1_000, most=1)
    first, other = CommandKey.of("a", "act"), CommandKey.of("b", "act")
    answers.add(1, first, Answer())
    answers.round_over()
    clock.ms += 600
    for key in (other, first):
        answers.add(1, key, Answer({"again": True}))
    answers.round_over()
    clock.ms += 600
    answers.round_over()  # the time of the first answer under the key is over, not that of the second
    assert answers.first(1, first) is not None


def test_a_key_stands_for_equal_commands_only() -> None:
    """The order of members says nothing, and no two different commands look alike."""
    answers = Answers("crash", deps_of())
    answers.add(1, CommandKey.of("k", "act", "crash", None, {"action": "raise", "amount": 5}), Answer())
    assert answers.first(1, CommandKey.of("k", "act", "crash", None, {"amount": 5, "action": "raise"})) is not None
    for other in (
        ("act", "crash", "crash.1", {"action": "raise", "amount": 5}),
        ("act", "crash", None, {"action": "raise", "amount": "5"}),
        ("act", "crash", None, {"action": "raise"}),
        ("leave", "crash"),
    ):
        with pytest.raises(ClientError) as conflict:
            answers.first(1, CommandKey.of("k", *other))
        assert conflict.value.error.code == "key_conflict"


def test_a_refusal_is_told_like_the_first_time() -> None:
    refusal = ClientError("self_excluded", "On a break.", until=utc(1_795_000_000_000))
    for answer in (Answer.of_refusal(refusal), decode_answer(encode(Answer.of_refusal(refusal)))):
        with pytest.raises(ClientError) as told:
            answer.tell()
        assert (told.value.error, told.value.message) == (refusal.error, refusal.message)
        assert json.loads(encode(told.value.extra)) == json.loads(encode(refusal.extra))
    assert Answer({"multiplier": 2.31}).tell() == {"multiplier": 2.31}


def test_a_shared_answer_names_its_player_key_and_command() -> None:
    holds, key = Remembered(), CommandKey.of("k", "leave", "crash")
    Answers("crash", deps_of(holds=holds)).share(7, key, Answer())
    assert holds.used == [
        Hold(
            user_id=7, key="k", amount=0, room="crash", bet="", selection=key.command.encode(), answer=encode(Answer())
        )
    ]
