"""The commands: each type of request has one function, and only requests have."""

import inspect
from typing import get_args

from server.messages import OK_TYPES, ClientMessage
from server.ws.commands import COMMANDS, greeting, playing, watching


def test_every_request_has_a_function_and_a_type_of_reply() -> None:
    assert set(COMMANDS) == set(get_args(ClientMessage)) == set(OK_TYPES)


def test_no_request_is_listed_twice() -> None:
    assert len(COMMANDS) == sum(len(module.COMMANDS) for module in (greeting, watching, playing))


def test_functions_take_the_request_that_they_are_listed_for() -> None:
    for kind, command in COMMANDS.items():
        _connection, request, _raw = inspect.signature(command).parameters.values()
        assert request.annotation in (kind, f"messages.{kind.__name__}"), kind
        assert inspect.iscoroutinefunction(command)
