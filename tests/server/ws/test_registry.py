"""Tests of the registry of verbs: every message has its function, and only messages have."""

import inspect
from typing import get_args

from server.messages import OK_TYPES, ClientMessage
from server.ws.commands import COMMANDS, greeting, playing, watching
from server.ws.registry import Context


def test_every_verb_has_its_function_and_its_answer() -> None:
    assert set(COMMANDS) == set(get_args(ClientMessage)) == set(OK_TYPES)


def test_no_verb_is_written_down_twice() -> None:
    assert len(COMMANDS) == sum(len(module.COMMANDS) for module in (greeting, watching, playing))


def test_functions_take_what_they_are_given() -> None:
    for kind, command in COMMANDS.items():
        _, request, _, context = inspect.signature(command).parameters.values()
        assert request.annotation in (kind, f"messages.{kind.__name__}"), kind
        assert context.annotation in (Context, "Context")
        assert inspect.iscoroutinefunction(command)
