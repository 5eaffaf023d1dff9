"""Write what the browser client shares with the server: the types of messages and HTTP calls, and the pages."""

import argparse
import json
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from game_engine.games import GAMES
from server import messages
from server.game_schemas import PublishedReason, published_reasons
from server.schemas import Schema, Schemas, fields_of, spell
from server.web.app import ROUTES
from server.web.client_files import PAGES
from server.web.decode import NoFields
from server.web.problems import ProblemDocument
from server.web.route import Route

CLIENT = Path(__file__).parent.parent / "server" / "client"
HEAD = "// Written by `python -m cli.types_js` from {source}. Change that file, not this one.\n"
API = "/api/v1"
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
VALUES = {"cents": "number", "ms": "number", "number": "number", "string": "string", "strings": "string[]"}
"""The types of the values of reasons."""
FRAMES: tuple[type[Struct], ...] = (
    messages.Reply,
    messages.ErrorReply,
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)


class TypeScript:
    """The notation of TypeScript."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self._components = components

    def reference(self, name: str) -> str:
        return name

    def union(self, members: list[str]) -> str:
        return " | ".join(members)

    def literal(self, value: Any) -> str:
        return json.dumps(value)

    def array(self, item: str) -> str:
        return f"Array<{item}>"

    def mapping(self, _key: str, value: str) -> str:
        return f"Record<string, {value}>"

    def scalar(self, schema: Schema) -> str:
        return SCALARS.get(schema.get("type", ""), "any")

    def fields(self, name: str) -> list[str]:
        fields = fields_of(self._components[name])
        return [f"{field.name}{'' if field.required else '?'}: {spell(field.schema, self)};" for field in fields]

    def interface(self, name: str) -> str:
        about = self._components[name].get("description")
        lines = [f"/** {about} */"] if about else []
        return "\n".join([*lines, f"export interface {name} {{", *(f"  {line}" for line in self.fields(name)), "}", ""])


def generate() -> dict[str, str]:
    """The generated files, as name → text.

    ``types.d.ts`` has the messages of the WebSocket, ``http.d.ts`` the calls of the HTTP API, ``reasons.d.ts`` the
    reasons of errors, ``routes.js`` the pages.
    """
    routes = [route for route in ROUTES if route.path.startswith(f"{API}/")]
    message_roots = _message_roots()
    http_roots = _http_roots(routes)
    schemas = Schemas([*message_roots, *http_roots])
    message_names = schemas.reachable(message_roots)
    http_names = schemas.reachable(http_roots, stop_at=message_names)
    notation = TypeScript(schemas.components)
    return {
        "types.d.ts": _message_types(notation, schemas, message_names),
        "http.d.ts": _http_types(notation, schemas, routes, http_names, message_names),
        "reasons.d.ts": _reasons(),
        "routes.js": _routes(),
    }


def _message_roots() -> list[Any]:
    verbs = messages.OK_TYPES
    return [*verbs, *verbs.values(), *messages.COMMON_EVENTS, *FRAMES, messages.Snapshot, messages.RoomSummary]


def _http_roots(routes: Iterable[Route]) -> list[Any]:
    used = [type_ for route in routes for type_ in (route.body, route.query, route.answer)]
    return [ProblemDocument, *(type_ for type_ in used if type_ not in (NoFields, None))]


def _message_types(notation: TypeScript, schemas: Schemas, names: Iterable[str]) -> str:
    """One interface for each struct, then the unions and the table of verbs."""
    return "\n".join(
        [
            HEAD.format(source="server/messages.py"),
            *map(notation.interface, sorted(names)),
            _union("CommonEvent", messages.COMMON_EVENTS),
            _union("ServerMessage", FRAMES),
            _verbs(notation, schemas),
        ]
    )


def _http_types(
    notation: TypeScript, schemas: Schemas, routes: Iterable[Route], names: Iterable[str], imported: Collection[str]
) -> str:
    """One interface for each struct that is not a message, then the table of calls."""
    own = [name for name in sorted(names) if name not in imported]
    messages_used = [name for name in sorted(names) if name in imported]
    return "\n".join(
        [
            HEAD.format(source="the routes of server/web"),
            f'import type {{ {", ".join(messages_used)} }} from "./types.js";\n',
            *map(notation.interface, own),
            _calls(notation, schemas, routes),
        ]
    )


def _reasons() -> str:
    """The types of the texts for each reason: those of the server and of every game by code, the others by game."""
    by_code: dict[str, list[PublishedReason]] = {}
    by_game: dict[str, list[PublishedReason]] = {}
    for each in published_reasons(GAMES):
        groups, name = (by_game, each.game) if each.game else (by_code, each.code)
        groups.setdefault(name, []).append(each)
    head = HEAD.format(source="server/errors.py and the games")
    parts = ("Reasons", "A language's texts", by_code), ("GameReasons", "A language's texts of the games", by_game)
    return "\n".join([head, *(_reason_table(name, about, groups) for name, about, groups in parts)])


def _reason_table(name: str, about: str, groups: dict[str, list[PublishedReason]]) -> str:
    key = "game" if name == "GameReasons" else "code"
    lines = [f"/** {about} about errors, by {key} and reason. */", f"export interface {name} {{"]
    for group, reasons in groups.items():
        lines += [f"  {group}: {{", *(f"    {each.reason}: {_text_of(each)};" for each in reasons), "  };"]
    return "\n".join([*lines, "}", ""])


def _text_of(reason: PublishedReason) -> str:
    values = [f"{name}: {VALUES[unit]}" for name, unit in reason.values.items()]
    return f"(values: {{ {'; '.join(values)} }}) => string" if values else "string"


def _routes() -> str:
    lines = [f'  "{name}": "{path}",' if "-" in name else f'  {name}: "{path}",' for name, path in PAGES.items()]
    head = HEAD.format(source="server/web/client_files.py")
    return "\n".join([head, "/** Each page's path. */", "export const ROUTES = {", *lines, "};", ""])


def _union(name: str, members: tuple[type[Struct], ...]) -> str:
    return f"export type {name} = {' | '.join(member.__name__ for member in members)};\n"


def _verbs(notation: TypeScript, schemas: Schemas) -> str:
    lines = ["/** The arguments of each verb, without its id, and the type of its `ok`. */", "export interface Verbs {"]
    for request, ok in messages.OK_TYPES.items():
        tag = request.__struct_config__.tag
        is_open = "additionalProperties" not in schemas.struct(request)
        extra = " & Record<string, unknown>" if is_open else ""
        answer = spell(schemas.of(ok), notation)
        lines.append(f'  {tag}: {{ args: Omit<{request.__name__}, "id" | "do">{extra}; ok: {answer} }};')
    return "\n".join([*lines, "}", ""])


def _calls(notation: TypeScript, schemas: Schemas, routes: Iterable[Route]) -> str:
    lines = ["/** The arguments and the answer of each call, by method and path. */", "export interface HttpCalls {"]
    for route in routes:
        answer = "null" if route.answer is None else spell(schemas.of(route.answer), notation)
        call = f"{route.method} {route.path.removeprefix(API)}"
        lines.append(f'  "{call}": {{ args: {_arguments(route)}; answer: {answer} }};')
    return "\n".join([*lines, "}", ""])


def _arguments(route: Route) -> str:
    parts = [f"path: {{ {'; '.join(f'{name}: string' for name in route.names)} }}"] if route.names else []
    if route.query is not NoFields:
        parts.append(f"query?: {route.query.__name__}")
    if route.wants_fields:
        parts.append(f"body: {route.body.__name__}")
    return f"{{ {'; '.join(parts)} }}" if parts else "{}"


def main(argv: list[str] | None = None, folder: Path = CLIENT) -> int:
    """Write the files; with ``--check``, only report which ones are out of date."""
    parser = argparse.ArgumentParser(prog="python -m cli.types_js", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file is out of date")
    check = parser.parse_args(argv).check
    stale = [(folder / name, text) for name, text in generate().items() if _read(folder / name) != text]
    for path, text in stale:
        if check:
            print(f"{path.name} is out of date: run `python -m cli.types_js`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
