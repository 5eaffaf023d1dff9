"""Bad messages: for each field of each request a wrong value, derived from the request types."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from msgspec import inspect

from server import messages

ANYTHING: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    10**16,
    2**70,
    -(2**70),
    "",
    "x",
    "crash",
    "NO ROOM",
    "x" * 65,
    "x" * 400,
    [],
    [1],
    {},
    {"a": 1},
    {"crash": {}},
    {"crash": {"epoch": 1, "seq": 1}},
    {"crash": {"epoch": "e", "seq": -1}},
    {"crash": {"epoch": "e", "seq": 1, "x": 1}},
    {"A": {"epoch": "e", "seq": 1}},
    {"crash": None},
)

GOOD: dict[str, dict[str, Any]] = {
    "hello": {},
    "rooms": {"game": "crash"},
    "watch": {"room": "crash"},
    "unwatch": {"room": "crash"},
    "join": {"room": "crash"},
    "leave": {"room": "crash"},
    "bet": {"room": "crash", "amount": 100, "key": "abuse"},
    "act": {"room": "crash", "action": "cashout"},
    "chat": {"room": "crash", "text": "hello"},
    "ping": {},
}
"""A valid message for each verb."""


def fits(kind: inspect.Type, value: Any) -> bool:
    """Whether a JSON value is valid for the type and its bounds."""
    match kind:
        case inspect.Metadata():
            return fits(kind.type, value)
        case inspect.UnionType():
            return any(fits(each, value) for each in kind.types)
        case inspect.NoneType():
            return value is None
        case inspect.IntType():
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)
        case inspect.StrType():
            return isinstance(value, str) and _text_fits(kind, value)
        case inspect.DictType():
            return isinstance(value, dict) and all(
                fits(kind.key_type, key) and fits(kind.value_type, inner) for key, inner in value.items()
            )
        case inspect.StructType():
            return isinstance(value, dict) and _struct_fits(kind, value)
        case inspect.Metadata():
            return fits(kind.type, value)
        case inspect.RawType() | inspect.AnyType():
            return True
    raise AssertionError(f"{kind} is new: say what fits it")


def _text_fits(kind: inspect.StrType, value: str) -> bool:
    longest = len(value) if kind.max_length is None else kind.max_length
    matches = kind.pattern is None or re.search(kind.pattern, value) is not None
    return (kind.min_length or 0) <= len(value) <= longest and matches


def _struct_fits(kind: inspect.StructType, value: dict[str, Any]) -> bool:
    fields = {field.encode_name: field for field in kind.fields}
    known = all(name in fields and fits(fields[name].type, inner) for name, inner in value.items())
    return known and all(name in value for name, field in fields.items() if field.required)


def verbs() -> dict[str, inspect.StructType]:
    """The request type of each verb."""
    found = {}
    for kind in get_args(messages.ClientMessage):
        info = inspect.type_info(kind)
        assert isinstance(info, inspect.StructType)
        found[str(info.tag)] = info
    return found


def bad_messages(verb: str, kind: inspect.StructType) -> Iterator[tuple[str, dict[str, Any]]]:
    """(field, message) for messages in which only this field is wrong."""
    good = {"id": 7, "do": verb, **GOOD[verb]}
    for field in kind.fields:
        if field.required:
            yield field.name, {name: value for name, value in good.items() if name != field.name}
        for value in (*ANYTHING, *_beyond(field.type)):
            if not fits(field.type, value):
                yield field.name, {**good, field.name: value}
    if kind.forbid_unknown_fields:
        yield "surprise", {**good, "surprise": 1}
    for value in (None, 5, ["bet"], {}):
        yield "do", {**good, "do": value}


def _beyond(kind: inspect.Type) -> Iterator[Any]:
    """Values just outside the bounds."""
    match kind:
        case inspect.UnionType():
            for each in kind.types:
                yield from _beyond(each)
        case inspect.IntType():
            yield from [kind.ge - 1] if kind.ge is not None else []
            yield from [kind.le + 1] if kind.le is not None else []
        case inspect.StrType():
            yield from ["x" * (kind.max_length + 1)] if kind.max_length is not None else []


def encoded(message: dict[str, Any]) -> bytes:
    return msgspec.json.encode(message)
