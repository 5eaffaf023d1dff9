"""Writes the pages of docs/ that come from the code: the protocol's reference and the operator's table of settings."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, inspect

from game_engine.game import AnyGame
from game_engine.games import GAMES
from server import messages
from server.config import PREFIX, Config
from server.errors import CLOSES, ERRORS

ROOT = Path(__file__).parent.parent
PROTOCOL = "docs/protocol.md"
OPERATORS = "docs/operators.md"
START, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"

HEAD = """# The protocol's reference

*Written by `make docs` from server/messages.py, server/errors.py and the games. Change those, not this page.*

One WebSocket at `/ws` carries everything live, as text frames of one JSON object each. A request has an `id` of the
client's choosing and a verb, `do`; it is answered by exactly one reply, `{"re": id, "ok": …}` or
`{"re": id, "error": {"code", "message", "retry"}}`. Amounts are whole cents, times (`…_at`, `…_time`) milliseconds
since the epoch. Unknown fields in a request are an error. A message from a client has at most 16 KiB.
"""
FRAMES: tuple[type[Struct], ...] = (messages.Frame, messages.SnapshotFrame, messages.PrivateFrame)
PLAIN: dict[type, str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "any",
    inspect.RawType: "the game's own",
}


def pages() -> dict[str, str]:
    """The generated pages by their paths from the root."""
    operators = (ROOT / OPERATORS).read_text()
    before, _, rest = operators.partition(START)
    _, _, after = rest.partition(END)
    return {PROTOCOL: protocol(), OPERATORS: f"{before}{START}\n{settings()}{END}{after}"}


def protocol() -> str:
    parts = [HEAD, "## Requests\n", *(_request(verb, ok) for verb, ok in messages.OK_TYPES.items())]
    parts += ["## What comes unasked\n", *map(_section, (*FRAMES, *messages.NOTICES))]
    parts += ["## Events of every room\n", *map(_section, messages.COMMON_EVENTS)]
    parts += ["## Shapes\n", *(_section(shape) for shape in _shapes())]
    parts += [part for game in GAMES.values() for part in _game(game)]
    return "\n".join([*parts, _errors(), _closes()])


def settings() -> str:
    """The table of settings, as Markdown."""
    rows = []
    for field in msgspec.structs.fields(Config):
        text = as_written(field.default)
        rows.append((f"`{PREFIX}{field.name.upper()}`", f"`{text}`" if text else "", meaning_of(field.name)))
    return _table(("setting", "default", "meaning"), rows)


def as_written(value: Any) -> str:
    """A setting's value as one writes it into the environment."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def meaning_of(setting: str) -> str:
    """What a setting of ``Config`` is for, as its type says."""
    info = msgspec.inspect.type_info(Config)
    assert isinstance(info, inspect.StructType)
    field = next(f for f in info.fields if f.name == setting)
    schema = field.type.extra_json_schema if isinstance(field.type, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))


def _request(verb: type[messages.Request], ok: Any) -> str:
    info = inspect.type_info(verb)
    assert isinstance(info, inspect.StructType)
    arguments = [field for field in info.fields if field.name != "id"]
    answer = inspect.type_info(ok)
    fields = answer.fields if isinstance(answer, inspect.StructType) else ()
    shown = (
        f"answers {_listing(fields)}"
        if fields
        else "answers `{}`"
        if ok is messages.Empty
        else "answers what the game says"
    )
    given = f"takes {_listing(arguments)}" if arguments else "takes nothing"
    return f"### {info.tag}\n\n{_doc(verb)}{given[0].upper()}{given[1:]};\n{shown}.\n"


def _section(shape: type[Struct]) -> str:
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    tag = f"`{info.tag_field}: {info.tag}` · " if info.tag_field else ""
    title = info.tag if info.tag_field else shape.__name__
    return f"### {title}\n\n{_doc(shape)}{tag}{_listing(info.fields) or 'no further fields'}\n"


def _shapes() -> Iterator[type[Struct]]:
    """The structs that the messages are made of and that have no section of their own."""
    told = {*messages.OK_TYPES, *FRAMES, *messages.NOTICES, *messages.COMMON_EVENTS}
    told |= {ok for ok in messages.OK_TYPES.values() if isinstance(ok, type)}
    found: dict[type[Struct], None] = {}
    for shape in (*messages.OK_TYPES, *messages.OK_TYPES.values(), *messages.COMMON_EVENTS, *FRAMES):
        for inner in _structs(inspect.type_info(shape)):
            if inner not in told:
                found[inner] = None
    yield from found


def _structs(info: inspect.Type) -> Iterator[type[Struct]]:
    if isinstance(info, inspect.StructType):
        yield info.cls
        inner: Iterable[inspect.Type] = (field.type for field in info.fields)
    else:
        inner = inner_types(info)
    for each in inner:
        yield from _structs(each)


def inner_types(info: inspect.Type) -> tuple[inspect.Type, ...]:
    """The types that a type is made of, a struct's fields aside."""
    match info:
        case inspect.UnionType():
            return info.types
        case inspect.ListType() | inspect.VarTupleType():
            return (info.item_type,)
        case inspect.DictType():
            return (info.value_type,)
        case inspect.Metadata():
            return (info.type,)
    return ()


def _game(game: AnyGame) -> Iterator[str]:
    yield f"## {game.title} (`{game.name}`)\n\n{game.summary} Return to player: {float(game.return_to_player):.2%}.\n"
    yield f"Selection of a bet: {_fields(game.selection) or '`{}`'}\n"
    if game.action is not None:
        for action in _structs(inspect.type_info(game.action)):
            tag = inspect.type_info(action)
            assert isinstance(tag, inspect.StructType)
            yield f"Action `{tag.tag}`: {_fields(action) or 'no further fields'}\n"
    common = {event.__struct_config__.tag for event in messages.COMMON_EVENTS}
    yield from (_section(event) for event in game.events if event.__struct_config__.tag not in common)


def _fields(shape: type[Struct]) -> str:
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    return _listing(info.fields)


def _listing(fields: Iterable[inspect.Field]) -> str:
    return ", ".join(f"`{f.encode_name}{'' if f.required else '?'}` ({_type(f.type)})" for f in fields)


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            return _type(info.type)
        case inspect.StructType():
            return info.cls.__name__
        case inspect.LiteralType():
            return " or ".join(f'"{value}"' for value in info.values)
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(_type(each) for each in info.types if not _is_unset(each)))
        case inspect.ListType() | inspect.VarTupleType():
            return f"list of {_type(info.item_type)}"
        case inspect.DictType():
            return f"object, {_type(info.key_type)} to {_type(info.value_type)}"
    return f"{PLAIN.get(type(info), 'any')}{_bounds(info)}"


def _is_unset(info: inspect.Type) -> bool:
    return type(info).__name__ == "UnsetType"


def _bounds(info: inspect.Type) -> str:
    match info:
        case inspect.IntType() | inspect.FloatType():
            pattern = ""
            low, high = info.ge if info.ge is not None else info.gt, info.le if info.le is not None else info.lt
        case inspect.StrType():
            pattern = f" like `{info.pattern}`" if info.pattern else ""
            low, high = info.min_length, info.max_length
        case _:
            return ""
    if low is None and high is None:
        return pattern
    unit = " characters" if isinstance(info, inspect.StrType) else ""
    if low is not None and high is not None:
        return f"{pattern}, {low} to {high}{unit}"
    return f"{pattern}, at {f'least {low}' if high is None else f'most {high}'}{unit}"


def _doc(shape: type) -> str:
    doc = shape.__doc__
    return f"{' '.join(doc.split()).replace('``', '`')}\n\n" if doc and not doc.startswith(f"{shape.__name__}(") else ""


def _errors() -> str:
    rows = [
        (f"`{e.code}`", str(e.status or "WebSocket"), "yes" if e.retry else "no", e.meaning) for e in ERRORS.values()
    ]
    intro = (
        "## Error codes\n\nThe same over HTTP (`code` of the problem document) and the WebSocket (`error.code`).\n\n"
    )
    return intro + _table(("code", "status", "retry", "meaning"), rows)


def _closes() -> str:
    rows = [
        (str(c.code), f"`{c.name}`", "back off, come back" if c.code < 4100 else "stay away", c.meaning)
        for c in CLOSES.values()
    ]
    intro = "## Close codes\n\nBelow 4100 the client should come back, with back-off; from 4100 it must not.\n\n"
    return intro + _table(("code", "name", "then", "meaning"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> int:
    """Write every page that is not what the code says."""
    for path, text in pages().items():
        page = ROOT / path
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
            print(f"{path} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
