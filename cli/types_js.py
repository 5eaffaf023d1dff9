"""Write what the browser client shares with the server: the types of messages and HTTP calls, and the pages."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_origin

import msgspec
from msgspec import Struct, inspect

from cli.protocol_docs import inner_types
from server import messages
from server.web.app import ROUTES
from server.web.client_files import PAGES
from server.web.decode import NoFields
from server.web.problems import ProblemDocument
from server.web.route import Route

CLIENT = Path(__file__).parent.parent / "server" / "client"
HEAD = "// Written by `python -m cli.types_js` from {source}. Change that file, not this one.\n"
API = "/api/v1"
SIMPLE: dict[type, str] = {
    inspect.StrType: "string",
    inspect.DateTimeType: "string",
    inspect.DateType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
}
FRAMES: tuple[type[Struct], ...] = (
    messages.Reply,
    messages.ErrorReply,
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)


def generate() -> dict[str, str]:
    """The generated files, as name → text.

    ``types.d.ts`` has the messages of the WebSocket, ``http.d.ts`` the calls of the HTTP API, ``routes.js`` the pages.
    """
    return {"types.d.ts": _message_types(), "http.d.ts": _http_types(), "routes.js": _routes()}


def _message_types() -> str:
    """One interface for each struct, then the unions and the table of verbs."""
    parts = [HEAD.format(source="server/messages.py"), *map(_declare, _structs(_message_roots()))]
    parts.append(_union("CommonEvent", messages.COMMON_EVENTS))
    parts.append(_union("ServerMessage", FRAMES))
    parts.append(_verbs(messages.OK_TYPES))
    return "\n".join(parts)


def _message_roots() -> list[Any]:
    verbs = messages.OK_TYPES
    return [*verbs, *verbs.values(), *messages.COMMON_EVENTS, *FRAMES, messages.Snapshot, messages.RoomSummary]


def _http_types() -> str:
    """One interface for each struct that is not a message, then the table of calls."""
    routes = [route for route in ROUTES if route.path.startswith(f"{API}/")]
    used = [type_ for route in routes for type_ in (route.body, route.query, route.answer)]
    roots = [ProblemDocument, *(type_ for type_ in used if type_ not in (NoFields, None))]
    found = _structs(roots, stop_at=messages.__name__)
    imported = [info.cls.__name__ for info in found if info.cls.__module__ == messages.__name__]
    parts = [HEAD.format(source="the routes of server/web")]
    parts.append(f'import type {{ {", ".join(imported)} }} from "./types.js";\n')
    parts += [_declare(info) for info in found if info.cls.__name__ not in imported]
    return "\n".join([*parts, _calls(routes)])


def _structs(roots: Iterable[Any], stop_at: str = "") -> list[inspect.StructType]:
    """Every struct that the roots contain, by name; those of the module ``stop_at`` without what they contain."""
    found: dict[str, inspect.StructType] = {}
    for root in roots:
        _collect(inspect.type_info(root), found, stop_at)
    return [found[name] for name in sorted(found)]


def _collect(info: inspect.Type, found: dict[str, inspect.StructType], stop_at: str) -> None:
    """Raises ValueError if two structs share a name."""
    if not isinstance(info, inspect.StructType):
        for inner in inner_types(info):
            _collect(inner, found, stop_at)
        return
    if not _is_generic(info):
        known = found.setdefault(info.cls.__name__, info)
        if known.cls is not info.cls:
            raise ValueError(f"two types are called {info.cls.__name__}: {known.cls}, {info.cls}")
        if known is not info or info.cls.__module__ == stop_at:
            return
    for field in info.fields:
        _collect(field.type, found, stop_at)


def _routes() -> str:
    lines = [f'  "{name}": "{path}",' if "-" in name else f'  {name}: "{path}",' for name, path in PAGES.items()]
    head = HEAD.format(source="server/web/client_files.py")
    return "\n".join([head, "/** Each page's path. */", "export const ROUTES = {", *lines, "};", ""])


def _is_generic(info: inspect.StructType) -> bool:
    return get_origin(info.cls) is not None


def _declare(info: inspect.StructType) -> str:
    doc = info.cls.__doc__
    lines = [f"/** {' '.join(doc.split())} */"] if doc and not doc.startswith("Struct(") else []
    lines.append(f"export interface {info.cls.__name__} {{")
    lines += [f"  {line}" for line in _fields(info)]
    return "\n".join([*lines, "}", ""])


def _fields(info: inspect.StructType) -> list[str]:
    tag = [f"{info.tag_field}: {msgspec.json.encode(info.tag).decode()};"] if info.tag_field else []
    return tag + [f"{field.encode_name}{'' if field.required else '?'}: {_type(field.type)};" for field in info.fields]


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.StructType() if _is_generic(info):
            return f"{{ {' '.join(_fields(info))} }}"
        case inspect.StructType():
            return info.cls.__name__
        case inspect.LiteralType():
            return " | ".join(msgspec.json.encode(value).decode() for value in info.values)
        case inspect.UnionType():
            return " | ".join(dict.fromkeys(_type(each) for each in info.types))
        case inspect.ListType() | inspect.VarTupleType():
            return f"Array<{_type(info.item_type)}>"
        case inspect.DictType():
            return f"Record<string, {_type(info.value_type)}>"
        case inspect.Metadata():
            return _type(info.type)
    return SIMPLE.get(type(info), "any")


def _union(name: str, members: tuple[type[Struct], ...]) -> str:
    return f"export type {name} = {' | '.join(member.__name__ for member in members)};\n"


def _verbs(verbs: dict[type[messages.Request], Any]) -> str:
    lines = ["/** The arguments of each verb, without its id, and the type of its `ok`. */", "export interface Verbs {"]
    for request, ok in verbs.items():
        tag = request.__struct_config__.tag
        answer = ok.__name__ if isinstance(ok, type) and issubclass(ok, Struct) else "Record<string, any>"
        extra = " & Record<string, unknown>" if not request.__struct_config__.forbid_unknown_fields else ""
        lines.append(f'  {tag}: {{ args: Omit<{request.__name__}, "id" | "do">{extra}; ok: {answer} }};')
    return "\n".join([*lines, "}", ""])


def _calls(routes: Iterable[Route]) -> str:
    lines = ["/** The arguments and the answer of each call, by method and path. */", "export interface HttpCalls {"]
    for route in routes:
        answer = "null" if route.answer is None else _type(inspect.type_info(route.answer))
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


def main(argv: list[str] | None = None) -> int:
    """Write the files; with ``--check``, only report which ones are out of date."""
    parser = argparse.ArgumentParser(prog="python -m cli.types_js", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file is out of date")
    check = parser.parse_args(argv).check
    stale = [(CLIENT / name, text) for name, text in generate().items() if _read(CLIENT / name) != text]
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
