"""Writes the generated parts of docs/: the reference of the protocol and the operator's table of settings."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from game_engine.game import AnyGame
from game_engine.games import GAMES
from server import messages
from server.config import PREFIX, Config
from server.errors import CLOSES, ERRORS
from server.game_schemas import GameSchemas, PublishedReason, published_reasons
from server.schemas import Field, Schema, Schemas, bounds_of, fields_of, name_in, spell

ROOT = Path(__file__).parent.parent
PROTOCOL = "docs/protocol.md"
OPERATORS = "docs/operators.md"
START, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"

HEAD = """# Protocol reference

*Written by `make docs` from server/messages.py, server/errors.py and the games. Change those, not this page.*

One WebSocket at `/ws` carries everything live. Each message is a text frame with one JSON object. A request has an
`id`, which the client chooses, and a verb, `do`. The server answers it with exactly one reply, `{"re": id, "ok": …}` or
`{"re": id, "error": {"code", "message", "retry"}}`. Amounts are whole cents; times (`…_at`, `…_time`) are milliseconds
since the epoch. Unknown fields in a request are an error. A client's message has at most 16 KiB.
"""
FRAMES: tuple[type[Struct], ...] = (messages.Frame, messages.SnapshotFrame, messages.PrivateFrame)


class Markdown:
    """The notation of the reference. Structs are named; each has a section of its own."""

    def reference(self, name: str) -> str:
        return name

    def union(self, members: list[str]) -> str:
        return " or ".join(members)

    def literal(self, value: Any) -> str:
        return f'"{value}"'

    def array(self, item: str) -> str:
        return f"list of {item}"

    def mapping(self, key: str, value: str) -> str:
        return f"object, {key} to {value}"

    def scalar(self, schema: Schema) -> str:
        return f"{schema.get('type', 'any')}{_bounds(schema)}"


def pages() -> dict[str, str]:
    """The generated pages by their paths from the root."""
    operators = (ROOT / OPERATORS).read_text()
    before, _, rest = operators.partition(START)
    _, _, after = rest.partition(END)
    return {PROTOCOL: protocol(), OPERATORS: f"{before}{START}\n{settings()}{END}{after}"}


def protocol() -> str:
    """The reference of the protocol, as Markdown."""
    verbs = messages.OK_TYPES
    named = [*verbs, *verbs.values(), *FRAMES, *messages.NOTICES, *messages.COMMON_EVENTS]
    schemas = Schemas(named)
    have_sections = {kind.__name__ for kind in named if isinstance(kind, type)}
    others = [name for name in schemas.reachable(named) if name not in have_sections]
    parts = [HEAD, "## Requests\n", *(_request(schemas, verb, ok) for verb, ok in verbs.items())]
    parts += ["## Messages without a request\n", *map(_section, map(schemas.struct, (*FRAMES, *messages.NOTICES)))]
    # Some have the name of a request.
    events = [(event, f"{_title(event)} event") for event in map(schemas.struct, messages.COMMON_EVENTS)]
    parts += ["## Events of every room\n", *(_section(event, title) for event, title in events)]
    parts += ["## Shapes\n", *(_section(schemas.components[name]) for name in others)]
    shapes = {game.name: _shapes(game) for game in GAMES.values()}
    uses = Counter(name for each in shapes.values() for name in each)
    shared = {name: shape for each in shapes.values() for name, shape in each.items() if uses[name] > 1}
    parts += ["## Shapes of several games\n", *(_section(shape, name) for name, shape in shared.items())]
    for game in GAMES.values():
        own = [(shape, name) for name, shape in shapes[game.name].items() if name not in shared]
        parts += [*_game(game), *(_section(shape, name) for shape, name in own)]
    return "\n".join([*parts, _errors(), _reasons(), _closes()])


def settings() -> str:
    """The table of settings, as Markdown."""
    rows = []
    for field in msgspec.structs.fields(Config):
        text = as_written(field.default)
        rows.append((f"`{PREFIX}{field.name.upper()}`", f"`{text}`" if text else "", meaning_of(field.name)))
    return _table(("setting", "default", "meaning"), rows)


def as_written(value: Any) -> str:
    """A setting's value, as written in the environment."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def meaning_of(setting: str) -> str:
    """The meaning of a setting, from the description of its type in ``Config``."""
    component = Schemas([Config]).struct(Config)
    return str(component["properties"][setting].get("description", ""))


def _request(schemas: Schemas, verb: type[messages.Request], ok: Any) -> str:
    struct = schemas.struct(verb)
    arguments = _listing(field for field in _fields(struct) if field.name != "id")
    takes = f"Takes {arguments}" if arguments else "Takes nothing"
    answer = "`{}`" if ok is messages.Empty else "what the game defines"
    if "$ref" in schemas.of(ok):
        answer = _listing(_fields(schemas.struct(ok))) or answer
    return f"### {_title(struct)}\n\n{_about(struct)}{takes};\nanswers {answer}.\n"


def _section(struct: Schema, title: str = "") -> str:
    tag = _tag(struct)
    told = f"`{tag.name}: {tag.schema['const']}` · " if tag else ""
    return (
        f"### {title or _title(struct)}\n\n{_about(struct)}{told}{_listing(_fields(struct)) or 'no further fields'}\n"
    )


def _game(game: AnyGame) -> Iterator[str]:
    yield f"## {game.title} (`{game.name}`)\n\n{game.summary} Return to player: {float(game.return_to_player):.2%}.\n"
    actions = [] if game.action is None else [game.action]
    schemas = Schemas([game.selection, *actions])
    yield f"Selection of a bet: {_listing(_fields(schemas.struct(game.selection))) or '`{}`'}\n"
    for action in map(schemas.components.__getitem__, schemas.reachable(actions)):
        yield f"Action `{_title(action)}`: {_listing(_fields(action)) or 'no further fields'}\n"
    view, outcome, *_ = map(name_in, GameSchemas({game.name: game}).shown[game.name])
    yield f"View: {view}. Outcome: {outcome}. Phases: {', '.join(game.phases)}.\n"


def _shapes(game: AnyGame) -> dict[str, Schema]:
    """The types of what the game sends, by their names."""
    described = GameSchemas({game.name: game})
    sent = map(name_in, [*described.events[game.name], *described.shown[game.name]])
    return {name: described.components[name] for name in described.reachable([*sent])}


def _tag(struct: Schema) -> Field | None:
    """The field that tells which type of message this is: the first one, which has one possible value."""
    first = next(fields_of(struct), None)
    return first if first and "const" in first.schema else None


def _title(struct: Schema) -> str:
    tag = _tag(struct)
    return str(tag.schema["const"] if tag else struct["title"])


def _fields(struct: Schema) -> list[Field]:
    """The fields without the tag."""
    fields = list(fields_of(struct))
    return fields[1:] if _tag(struct) else fields


def _listing(fields: Iterable[Field]) -> str:
    return ", ".join(f"`{field.name}{'' if field.required else '?'}` ({_type(field.schema)})" for field in fields)


def _type(schema: Schema) -> str:
    return schema.get("description") or spell(schema, Markdown())


def _bounds(schema: Schema) -> str:
    pattern = f" like `{schema['pattern']}`" if "pattern" in schema else ""
    unit = " characters" if schema.get("type") == "string" else ""
    least, greatest = bounds_of(schema)
    if least is None and greatest is None:
        return pattern
    if least is not None and greatest is not None:
        return f"{pattern}, {least} to {greatest}{unit}"
    return f"{pattern}, at {f'least {least}' if greatest is None else f'most {greatest}'}{unit}"


def _about(struct: Schema) -> str:
    return f"{struct['description']}\n\n" if "description" in struct else ""


def _errors() -> str:
    rows = [
        (f"`{e.code}`", str(e.status or "WebSocket"), "yes" if e.retry else "no", e.meaning) for e in ERRORS.values()
    ]
    intro = "HTTP (`code` of the problem document) and the WebSocket (`error.code`) use the same codes."
    return f"## Error codes\n\n{intro}\n\n" + _table(("code", "status", "retry", "meaning"), rows)


def _reasons() -> str:
    rows = [
        (f"`{each.code}`", f"`{each.reason}`", each.game, _values(each), each.message)
        for each in published_reasons(GAMES)
    ]
    intro = (
        "## Reasons\n\nAn error whose message says more than its code has a `reason`, a word that stays, and `values`, "
        "an object with the values in the message: a client can say it in its own language. The reasons of "
        "`validation_failed` are those of the entries of `errors`. Reasons without a game are the server's own or "
        "those of every game. The documents `/openapi.json` and `/asyncapi.json` have this list as `x-reasons`.\n\n"
    )
    return intro + _table(("code", "reason", "game", "values", "message"), rows)


def _values(reason: PublishedReason) -> str:
    return ", ".join(f"`{name}` ({unit})" for name, unit in reason.values.items())


def _closes() -> str:
    rows = [
        (str(c.code), f"`{c.name}`", "reconnect with back-off" if c.code < 4100 else "do not reconnect", c.meaning)
        for c in CLOSES.values()
    ]
    intro = "## Close codes\n\nBelow 4100, the client should reconnect with back-off; from 4100, it must not.\n\n"
    return intro + _table(("code", "name", "then", "meaning"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> int:
    """Write every page that is out of date."""
    for path, text in pages().items():
        page = ROOT / path
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
            print(f"{path} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
